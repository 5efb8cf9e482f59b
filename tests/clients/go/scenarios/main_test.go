// Package scenarios runs the client of a generated schema against a real server. KOYALITE_URL is the server; POST to
// KOYALITE_CONTROL/restart restarts it.
package scenarios

import (
	"errors"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"example.com/scenarios/generated/go/koyalite"
)

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.NewTextHandler(&warnings, nil)))
	goleak.VerifyTestMain(m)
}

// warnings is what the clients log.
var warnings lockedBuffer

type lockedBuffer struct {
	mutex  sync.Mutex
	buffer strings.Builder
}

func (b *lockedBuffer) Write(text []byte) (int, error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.buffer.Write(text)
}

func (b *lockedBuffer) String() string {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.buffer.String()
}

// newClient returns a client of the server, or of a proxy before it.
func newClient(t *testing.T, address string, options ...koyalite.Option) *koyalite.Client {
	t.Helper()
	koya, err := koyalite.New(address, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(koya.Close)
	return koya
}

func serverURL() string { return os.Getenv("KOYALITE_URL") }

func withKey() koyalite.Option { return koyalite.WithToken(os.Getenv("KOYALITE_KEY")) }

func restartServer(t *testing.T) {
	t.Helper()
	res, err := http.Post(os.Getenv("KOYALITE_CONTROL")+"/restart", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	http.DefaultClient.CloseIdleConnections()
}

// seen is a request that has passed a proxy.
type seen struct{ method, path, key, body string }

// proxy is a server before the server. fault says what becomes of a request, by its number: nil passes it on.
type proxy struct {
	URL string

	mutex    sync.Mutex
	requests []seen
	server   *httptest.Server
}

type fault func(w http.ResponseWriter, r *http.Request, pass http.Handler)

// dropResponse passes a request on, and cuts the connection in the place of the response.
func dropResponse(w http.ResponseWriter, r *http.Request, pass http.Handler) {
	pass.ServeHTTP(httptest.NewRecorder(), r)
	panic(http.ErrAbortHandler)
}

func respond(status int, header map[string]string, body string) fault {
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		for name, value := range header {
			w.Header().Set(name, value)
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

func newProxy(t *testing.T, faultOf func(n int, r *http.Request) fault) *proxy {
	t.Helper()
	target, err := url.Parse(serverURL())
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	pass := httputil.NewSingleHostReverseProxy(target)
	pass.Transport = transport
	pass.FlushInterval = -1
	pass.ErrorHandler = func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) }
	p := &proxy{}
	p.server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mutex.Lock()
		n := len(p.requests)
		p.requests = append(p.requests, seen{method: r.Method, path: r.URL.Path, key: r.Header.Get("Idempotency-Key")})
		p.mutex.Unlock()
		if made := faultOf(n, r); made != nil {
			made(w, r, pass)
			return
		}
		pass.ServeHTTP(w, r)
	}))
	p.server.Config.ErrorLog = log.New(io.Discard, "", 0)
	p.server.Start()
	p.URL = p.server.URL
	t.Cleanup(func() {
		p.server.CloseClientConnections()
		p.server.Close()
		transport.CloseIdleConnections()
	})
	return p
}

// cut ends all connections.
func (p *proxy) cut() { p.server.CloseClientConnections() }

func (p *proxy) seen(path string) []seen {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	var found []seen
	for _, one := range p.requests {
		if strings.HasPrefix(one.path, path) {
			found = append(found, one)
		}
	}
	return found
}

func none(int, *http.Request) fault { return nil }

// must returns a value, and panics on an error: the test fails with its line.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func equal[T comparable](t *testing.T, got, want T) {
	t.Helper()
	if got != want {
		t.Fatalf("got %v, want %v", got, want)
	}
}

func isKind(t *testing.T, err, kind error) {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Fatalf("got %v, want %v", err, kind)
	}
}

// within fails the test if something takes too long; a bound against hanging.
const within = 20 * time.Second
