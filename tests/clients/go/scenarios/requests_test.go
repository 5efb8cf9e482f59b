package scenarios

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/scenarios/generated/go/koyalite"
)

func operationOf(err error) int {
	var failure *koyalite.Error
	if errors.As(err, &failure) && failure.Operation != nil {
		return *failure.Operation
	}
	return -1
}

func failureOf(t *testing.T, err error) *koyalite.Error {
	t.Helper()
	var failure *koyalite.Error
	if !errors.As(err, &failure) {
		t.Fatalf("%v is not a *koyalite.Error", err)
	}
	return failure
}

func TestErrors(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	koya := newClient(t, serverURL())
	_, err := koya.Posts.Create(ctx, koyalite.PostCreate{Title: ""})
	isKind(t, err, koyalite.ErrValidation)
	failure := failureOf(t, err)
	equal(t, failure.Status, 422)
	equal(t, failure.Details[0].Field, "title")
	equal(t, failure.Details[0].Code, "minLength")
	equal(t, failure.RequestID != "" && strings.Contains(err.Error(), failure.RequestID), true)

	slug := unique("slug")
	must(koya.Posts.Create(ctx, koyalite.PostCreate{Title: "x", Slug: koyalite.Value(slug)}))
	_, err = koya.Posts.Create(ctx, koyalite.PostCreate{Title: "x", Slug: koyalite.Value(slug)})
	isKind(t, err, koyalite.ErrConflict)
	_, err = koya.Comments.Create(ctx, koyalite.CommentCreate{Text: "x"})
	isKind(t, err, koyalite.ErrUnauthenticated)
	isKind(t, koya.Request(ctx, http.MethodGet, "/api/collections/nothing", nil, nil), koyalite.ErrNotFound)
	_, err = koya.Posts.Query().Sort("-nope").List(ctx)
	equal(t, failureOf(t, err).Code, koyalite.CodeInvalidSort)
	_, err = newClient(t, serverURL(), koyalite.WithToken("wrong")).Posts.Query().List(ctx)
	isKind(t, err, koyalite.ErrUnauthenticated)
	session := must(koya.Auth.Register(ctx, unique("errors")+"@example.com", "correct horse battery"))
	_, err = koya.Users.Create(ctx, koyalite.UserCreate{Email: "x@example.com"})
	isKind(t, err, koyalite.ErrForbidden)
	equal(t, session.User.Role, "user")

	for _, address := range []string{"", "localhost:8090", "ftp://example.com", "http://example.com?x=1", "http://a:b@example.com"} {
		if _, err := koyalite.New(address); err == nil {
			t.Fatal(address)
		}
	}
}

// TestLostResponses drops the response to the first try of every write, after the server has done it.
func TestLostResponses(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	var tried sync.Map
	p := newProxy(t, func(_ int, r *http.Request) fault {
		if _, again := tried.LoadOrStore(r.Header.Get("Idempotency-Key"), true); r.Method != http.MethodGet && !again {
			return dropResponse
		}
		return nil
	})
	koya := newClient(t, p.URL)
	title := unique("lost")
	counter := must(koya.Todos.Create(ctx, koyalite.TodoCreate{Title: title}))
	var group sync.WaitGroup
	failures := make(chan error, 100)
	for range 25 {
		group.Add(1)
		go func() {
			defer group.Done()
			_, err := koya.Todos.Create(ctx, koyalite.TodoCreate{Title: title})
			failures <- err
			_, err = koya.Todos.Update(ctx, counter.ID, koyalite.TodoFields.Rank.Inc(1))
			failures <- err
			_, err = koya.Batch(ctx, func(b *koyalite.BatchBuilder) {
				b.Todos.Create(koyalite.TodoCreate{Title: title})
				b.Todos.Update(counter.ID, koyalite.TodoFields.Rank.Inc(1))
			})
			failures <- err
		}()
	}
	group.Wait()
	close(failures)
	for err := range failures {
		if err != nil {
			t.Fatal(err)
		}
	}
	equal(t, must(koya.Todos.Query().Filter(koyalite.TodoFields.Title.Eq(title)).Count(ctx)), 51)
	equal(t, must(koya.Todos.Get(ctx, counter.ID)).Rank, 50)
}

func TestBatchReferencesAndAssertions(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	koya := newClient(t, serverURL())
	slug := unique("topic")
	var post *koyalite.BatchResult[koyalite.Post]
	var category *koyalite.BatchResult[koyalite.Category]
	build := func(views int64) error {
		_, err := koya.Batch(ctx, func(b *koyalite.BatchBuilder) {
			category = b.Categories.Replace(slug, koyalite.CategoryCreate{Slug: slug})
			inTopic := b.Posts.With(koyalite.PostReferences.Category.To(category))
			post = inTopic.Create(koyalite.PostCreate{Title: `{"$result":0}`})
			b.Posts.Of(post).Update(koyalite.PostFields.ViewCount.Inc(3))
			inTopic.Of(post).Assert(koyalite.PostFields.ViewCount.Eq(3), koyalite.PostFields.Excerpt.IsNull())
			b.Posts.Of(post).AssertWhere("doc.view_count < $1 && doc.category == $2", views, slug)
		})
		return err
	}
	if err := build(4); err != nil {
		t.Fatal(err)
	}
	stored := must(koya.Posts.Get(ctx, post.Doc().ID))
	equal(t, stored.Title, `{"$result":0}`)
	equal(t, *stored.Category, slug)
	equal(t, stored.ViewCount, 3)
	err := build(3)
	isKind(t, err, koyalite.ErrPreconditionFailed)
	equal(t, operationOf(err), 4)
	equal(t, must(koya.Posts.Query().Filter(koyalite.PostFields.Category.Eq(slug)).Count(ctx)), 1)
	_, err = koya.Batch(ctx, func(b *koyalite.BatchBuilder) {
		b.Posts.Assert(stored.ID, koyalite.PostFields.Title.Eq("another"))
	})
	isKind(t, err, koyalite.ErrPreconditionFailed)

	mistakes := map[koyalite.ErrorCode]func(b *koyalite.BatchBuilder){
		koyalite.CodeInvalidRequest: func(b *koyalite.BatchBuilder) { b.Posts.Of(post).Delete() },
		koyalite.CodeInvalidFilter: func(b *koyalite.BatchBuilder) {
			b.Posts.Assert(stored.ID, koyalite.PostFields.ViewCount.Gt(1))
		},
	}
	for code, mistake := range mistakes {
		_, err := koya.Batch(ctx, mistake)
		equal(t, failureOf(t, err).Code, code)
		equal(t, failureOf(t, err).Status, 0)
		equal(t, operationOf(err), 0)
	}
}

func TestRetries(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	busy := map[string]string{"Retry-After": "1", "Content-Type": "application/json"}
	// By the path of what is asked for, what the first responses are.
	faults := map[string]fault{
		"/unavailable": respond(503, nil, `{"error":{"code":"UNAVAILABLE","message":"later"}}`),
		"/gateway":     respond(502, nil, "<html>Bad gateway</html>"),
		"/limited":     respond(429, busy, `{"error":{"code":"RATE_LIMITED","message":"slower"}}`),
		"/long":        respond(429, map[string]string{"Retry-After": "11"}, `{"error":{"code":"RATE_LIMITED","message":"slower"}}`),
		"/slow":        respond(503, nil, `{"error":{"code":"QUERY_TIMEOUT","message":"slow"}}`),
		"/function":    respond(503, nil, `{"error":{"code":"FUNCTION_BUSY","message":"busy"}}`),
		"/newer":       respond(418, nil, `{"error":{"code":"NEWER","message":"tea"}}`),
		"/html":        respond(200, nil, "<html>"+strings.Repeat("é", 300)),
	}
	var p *proxy
	p = newProxy(t, func(_ int, r *http.Request) fault {
		if made, ok := faults[r.URL.Path]; ok && len(p.seen(r.URL.Path)) < 3 {
			return made
		}
		return respond(200, nil, `{"ok":true}`)
	})
	koya := newClient(t, p.URL)
	var out struct{ OK bool }
	for path, requests := range map[string]int{"/unavailable": 3, "/gateway": 3, "/limited": 3} {
		if err := koya.Request(ctx, http.MethodGet, path, nil, &out); err != nil {
			t.Fatal(path, err)
		}
		equal(t, len(p.seen(path)), requests)
	}
	for path, code := range map[string]koyalite.ErrorCode{"/long": "RATE_LIMITED", "/slow": "QUERY_TIMEOUT", "/function": "FUNCTION_BUSY", "/newer": "NEWER", "/html": "UNEXPECTED_RESPONSE"} {
		err := koya.Request(ctx, http.MethodGet, path, nil, &out)
		equal(t, failureOf(t, err).Code, code)
		equal(t, len(p.seen(path)), 1)
	}
	err := koya.Request(ctx, http.MethodGet, "/long", nil, nil)
	isKind(t, err, koyalite.ErrRateLimited)
	equal(t, failureOf(t, err).RetryAfter, 11*time.Second)
	if errors.Is(koya.Request(ctx, http.MethodGet, "/slow", nil, nil), koyalite.ErrUnavailable) {
		t.Fatal("a query that takes too long is not an unavailable server")
	}

	patient := newClient(t, p.URL, koyalite.WithRetries(0))
	faults["/once"] = faults["/unavailable"]
	isKind(t, patient.Request(ctx, http.MethodGet, "/once", nil, nil), koyalite.ErrUnavailable)
	equal(t, len(p.seen("/once")), 1)
	// A write without a key is not repeated.
	faults["/post"] = faults["/unavailable"]
	isKind(t, koya.Request(ctx, http.MethodPost, "/post", map[string]int{"a": 1}, nil), koyalite.ErrUnavailable)
	equal(t, len(p.seen("/post")), 1)
	faults["/keyed"] = faults["/unavailable"]
	if err := koya.Request(ctx, http.MethodPost, "/keyed", nil, nil, koyalite.IdempotencyKey("a-key-of-the-caller-22")); err != nil {
		t.Fatal(err)
	}
	for _, one := range p.seen("/keyed") {
		equal(t, one.key, "a-key-of-the-caller-22")
	}
}

func TestIdempotencyKeys(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	p := newProxy(t, none)
	koya := newClient(t, p.URL)
	key := unique("a-key-of-at-least-22-characters-")
	first := must(koya.Todos.Create(ctx, koyalite.TodoCreate{Title: "once"}, koyalite.IdempotencyKey(key)))
	second := must(koya.Todos.Create(ctx, koyalite.TodoCreate{Title: "once"}, koyalite.IdempotencyKey(key)))
	equal(t, first.ID, second.ID)
	must(koya.Todos.Create(ctx, koyalite.TodoCreate{Title: "other"}))
	must(koya.Todos.Create(ctx, koyalite.TodoCreate{Title: "other"}))
	writes := p.seen("/api/collections/todos")
	equal(t, len(writes[2].key) >= 22 && writes[2].key != writes[3].key, true)
}

func TestCausesAndTimeouts(t *testing.T) {
	t.Parallel()
	hang := func(w http.ResponseWriter, r *http.Request, _ http.Handler) { <-r.Context().Done() }
	p := newProxy(t, func(int, *http.Request) fault { return hang })
	koya := newClient(t, p.URL, koyalite.WithTimeout(500*time.Millisecond))
	_, err := koya.Posts.Query().List(t.Context())
	equal(t, failureOf(t, err).Code, koyalite.CodeTimeout)
	isKind(t, err, context.DeadlineExceeded)
	equal(t, len(p.seen("/")), 1)

	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("the user went away")
	time.AfterFunc(20*time.Millisecond, func() { cancel(why) })
	_, err = koya.Posts.Query().List(ctx, koyalite.Timeout(0))
	equal(t, failureOf(t, err).Code, koyalite.CodeAborted)
	isKind(t, err, context.Canceled)
	isKind(t, err, why)

	refused, listenErr := net.Listen("tcp", "127.0.0.1:0")
	if listenErr != nil {
		t.Fatal(listenErr)
	}
	refused.Close()
	away := newClient(t, "http://"+refused.Addr().String(), koyalite.WithRetries(0))
	_, err = away.Posts.Query().Count(t.Context())
	var cause *net.OpError
	equal(t, failureOf(t, err).Code, koyalite.CodeNetwork)
	equal(t, errors.As(err, &cause), true)

	// A call that is canceled while it waits for its next try ends at once.
	ctx, cancel = context.WithCancelCause(t.Context())
	later := newProxy(t, func(int, *http.Request) fault {
		time.AfterFunc(20*time.Millisecond, func() { cancel(nil) })
		return respond(429, map[string]string{"Retry-After": "9"}, `{"error":{"code":"RATE_LIMITED","message":"slower"}}`)
	})
	_, err = newClient(t, later.URL).Posts.Query().List(ctx)
	isKind(t, err, context.Canceled)
	equal(t, len(later.seen("/")), 1)
}

func TestHeadersAndHTTPClient(t *testing.T) {
	t.Parallel()
	got := make(chan http.Header, 1)
	p := newProxy(t, func(int, *http.Request) fault {
		return func(w http.ResponseWriter, r *http.Request, pass http.Handler) {
			got <- r.Header.Clone()
			pass.ServeHTTP(w, r)
		}
	})
	own := &http.Client{Transport: &http.Transport{}}
	defer own.CloseIdleConnections()
	koya := newClient(t, p.URL, koyalite.WithHTTPClient(own), koyalite.WithUserAgent("report/1.0"), koyalite.WithHeader("X-Team", "a"), withKey())
	must(koya.Posts.Query().Count(t.Context(), koyalite.Header("X-Call", "b")))
	header := <-got
	equal(t, header.Get("User-Agent")+header.Get("X-Team")+header.Get("X-Call"), "report/1.0ab")
	equal(t, strings.HasPrefix(header.Get("Authorization"), "Bearer kl_"), true)
}

// TestSchemaOfServer warns once of another schema, and never of the same one.
func TestSchemaOfServer(t *testing.T) {
	must(newClient(t, serverURL()).Posts.Query().Count(t.Context()))
	equal(t, warnings.String(), "")
	p := newProxy(t, func(int, *http.Request) fault {
		return respond(200, map[string]string{"Koyalite-Schema": "00000000000000ff"}, `{"docs":[],"next_cursor":null}`)
	})
	koya := newClient(t, p.URL)
	must(koya.Posts.Query().List(t.Context()))
	must(koya.Posts.Query().List(t.Context()))
	equal(t, strings.Count(warnings.String(), "run koyalite generate"), 1)
}

func TestDocumentsAsJSON(t *testing.T) {
	t.Parallel()
	var post koyalite.Post
	if err := json.Unmarshal([]byte(`{"id":"x","title":"t","status":"draft","score":1,"published":false,"view_count":2,"created_at":"2026-01-31T00:00:00.000Z"}`), &post); err != nil {
		t.Fatal(err)
	}
	text := string(must(json.Marshal(post)))
	equal(t, text, `{"id":"x","title":"t","status":"draft","score":1,"published":false,"view_count":2,"created_at":"2026-01-31T00:00:00Z"}`)
	for _, sent := range []string{
		// Fields, references under a name of their own and in place, lists, none that may be read.
		`{"id":"x","slug":null,"category":{"slug":"go","title":null},"author":{"id":"u","name":"Ann"},"comments":[{"id":"c","text":""}]}`,
		`{"id":"x","category":"go","author":null,"comments":[]}`,
		// What is null, of another type, and of a newer schema.
		`{"notes":null,"newer":[1,2],"score":"many"}`,
	} {
		var doc koyalite.Post
		if err := json.Unmarshal([]byte(sent), &doc); err != nil {
			t.Fatal(err)
		}
		var got, want any
		text := must(json.Marshal(map[string]any{"post": &doc}))
		if err := errors.Join(json.Unmarshal(text, &got), json.Unmarshal([]byte(`{"post":`+sent+`}`), &want)); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%s has become %s", sent, text)
		}
	}
	partial := koyalite.Post{}
	if err := json.Unmarshal([]byte(`{"id":"x"}`), &partial); err != nil {
		t.Fatal(err)
	}
	partial.Title = "set since"
	equal(t, string(must(json.Marshal(partial))), `{"id":"x","title":"set since"}`)
	equal(t, string(must(json.Marshal(koyalite.Comment{Text: "of a test"}))), `{"id":"","post_id":"","author_id":null,"text":"of a test"}`)
}
