package koyalite

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// conn is the connection to a server that the parts of a client share. It is safe for concurrent use.
type conn struct {
	base        string
	http        *http.Client
	ownsHTTP    bool
	timeout     time.Duration
	retries     int
	retryPause  time.Duration
	header      http.Header
	credentials credentials
	lastSeq     atomic.Pointer[string]
	schema      schemaHash
	hasWarned   atomic.Bool
	// errorOf is nil outside of functions.
	errorOf func(status int, body []byte) error
}

// credentials say what a request is authorized with; "" is nothing.
type credentials interface {
	bearer(ctx context.Context) (string, error)
	// renewed returns another token than the one that was refused; "" where there is none.
	renewed(ctx context.Context, refused string) (string, error)
	// onUserChange calls restart once another user signs in, or this one out, until remove is called.
	onUserChange(restart func()) (remove func())
}

// request is one call of the API.
type request struct {
	method string
	path   string
	query  url.Values
	// body is JSON; nil for none.
	body json.RawMessage
	// isWrite: it gets an idempotency key, and can be repeated.
	isWrite bool
	// isAuth: it is sent without the session, and not repeated.
	isAuth bool
}

type response struct {
	body   []byte
	header http.Header
}

func newConn(address string, schema schemaHash, options []Option) (*conn, *settings, error) {
	s := &settings{timeout: 30 * time.Second, retries: 3, retryPause: 100 * time.Millisecond, header: http.Header{}}
	for _, option := range options {
		option(s)
	}
	parsed, err := url.Parse(address)
	if err != nil || parsed.Scheme != "http" && parsed.Scheme != "https" || parsed.Host == "" {
		return nil, nil, localError(CodeInvalidRequest, "%q is not the URL of a server, such as http://127.0.0.1:8090", address)
	}
	if parsed.RawQuery != "" || parsed.Fragment != "" || parsed.User != nil {
		return nil, nil, localError(CodeInvalidRequest, "the URL of a server has no user, query or fragment")
	}
	if s.userAgent != "" {
		s.header.Set("User-Agent", s.userAgent)
	}
	c := &conn{
		base:       strings.TrimRight(address, "/"),
		http:       s.http,
		timeout:    s.timeout,
		retries:    s.retries,
		retryPause: s.retryPause,
		header:     s.header,
		schema:     schema,
		errorOf:    s.errorOf,
	}
	c.hasWarned.Store(!isLocal(parsed.Hostname()))
	if c.http == nil {
		c.ownsHTTP = true
		c.http = &http.Client{}
		if transport, ok := http.DefaultTransport.(*http.Transport); ok {
			own := transport.Clone()
			own.MaxIdleConnsPerHost = 32
			c.http.Transport = own
		}
	}
	if s.token != nil {
		c.credentials = &tokenFunc{ask: s.token}
	}
	return c, s, nil
}

// Close closes the connections that are idle. The client can still be used.
func (c *conn) Close() {
	if c.ownsHTTP {
		c.http.CloseIdleConnections()
	}
}

// LastSeq returns the latest position that a response had, see CompareSeq; "" before the first one.
func (c *conn) LastSeq() string {
	if seq := c.lastSeq.Load(); seq != nil {
		return *seq
	}
	return ""
}

// Request calls any route of the server. body is sent as JSON if it is not nil, and the JSON of the response is stored
// in out if that is not nil. Writes have no idempotency key of their own: they are repeated only with IdempotencyKey.
func (c *conn) Request(ctx context.Context, method, path string, body, out any, options ...CallOption) error {
	r := request{method: method, path: path}
	if body != nil {
		data, err := marshal(body)
		if err != nil {
			return err
		}
		r.body = data
	}
	return c.call(ctx, r, collectOptions(options), out)
}

// call sends a request and stores the JSON of the response in out, if that is not nil.
func (c *conn) call(ctx context.Context, r request, options callOptions, out any) error {
	res, err := c.send(ctx, r, options)
	if err != nil {
		return err
	}
	if out == nil || len(res.body) == 0 {
		return nil
	}
	return decode(res.body, out)
}

func decode(data []byte, out any) error {
	if err := json.Unmarshal(data, out); err != nil {
		unexpected := localError(CodeUnexpectedResponse, "the response cannot be read: %v", err)
		unexpected.cause = err
		return unexpected
	}
	return nil
}

// send sends a request, again where that may help.
func (c *conn) send(ctx context.Context, r request, options callOptions) (*response, error) {
	if options.err != nil {
		return nil, options.err
	}
	header := options.headers(c.header)
	if r.body != nil {
		header.Set("Content-Type", "application/json")
	}
	key := options.idempotencyKey
	if key == "" && r.isWrite {
		key = rand.Text()
	}
	retries := c.retries
	if r.method != http.MethodGet {
		if key == "" {
			retries = 0
		} else {
			header.Set("Idempotency-Key", key)
		}
	}
	timeout := options.timeoutOr(c.timeout)
	var res *response
	err := retry(ctx, retries, c.retryPause, isTemporary, func() (err error) {
		res, err = c.try(ctx, r, header, timeout)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, took := range options.onResponse {
		took(res.header)
	}
	return res, nil
}

// try sends a request once; twice where the token has expired.
func (c *conn) try(ctx context.Context, r request, header http.Header, timeout time.Duration) (*response, error) {
	limited, cancel := withTimeout(ctx, timeout)
	defer cancel()
	sent, err := c.authorized(limited, r, header)
	if err != nil {
		return nil, err
	}
	defer sent.Body.Close()
	body, err := io.ReadAll(sent.Body)
	if err != nil {
		return nil, networkError(limited, err)
	}
	if sent.StatusCode >= 400 {
		refused := responseError(sent, body)
		if c.errorOf != nil {
			refused.cause = c.errorOf(sent.StatusCode, body)
		}
		return nil, refused
	}
	if len(body) > 0 && !json.Valid(body) {
		return nil, unexpectedResponse(sent, body)
	}
	c.noteSeq(sent.Header.Get("Koyalite-Seq"))
	c.checkSchema(sent.Header.Get("Koyalite-Schema"))
	return &response{body: body, header: sent.Header}, nil
}

// authorized sends a request with the token, and with another one if that is refused.
func (c *conn) authorized(ctx context.Context, r request, header http.Header) (*http.Response, error) {
	if r.isAuth || c.credentials == nil {
		return c.roundTrip(ctx, r, header, "")
	}
	token, err := c.credentials.bearer(ctx)
	if err != nil {
		return nil, err
	}
	res, err := c.roundTrip(ctx, r, header, token)
	if err != nil || res.StatusCode != http.StatusUnauthorized || token == "" {
		return res, err
	}
	renewed, err := c.credentials.renewed(ctx, token)
	if err != nil || renewed == "" {
		if err != nil {
			res.Body.Close()
			return nil, err
		}
		return res, nil
	}
	res.Body.Close()
	return c.roundTrip(ctx, r, header, renewed)
}

func (c *conn) roundTrip(ctx context.Context, r request, header http.Header, token string) (*http.Response, error) {
	address := c.base + r.path
	if len(r.query) > 0 {
		address += "?" + r.query.Encode()
	}
	var body io.Reader
	if r.body != nil {
		body = bytes.NewReader(r.body)
	}
	sent, err := http.NewRequestWithContext(ctx, r.method, address, body)
	if err != nil {
		return nil, localError(CodeInvalidRequest, "%v", err)
	}
	sent.Header = header.Clone()
	if token != "" && sent.Header.Get("Authorization") == "" {
		sent.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := c.http.Do(sent)
	if err != nil {
		return nil, networkError(ctx, err)
	}
	return res, nil
}

func (c *conn) noteSeq(seq string) {
	for seq != "" {
		last := c.lastSeq.Load()
		if last != nil {
			if order, ok := CompareSeq(seq, *last); ok && order <= 0 {
				return
			}
		}
		if c.lastSeq.CompareAndSwap(last, &seq) {
			return
		}
	}
}
