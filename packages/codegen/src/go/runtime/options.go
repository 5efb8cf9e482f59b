package koyalite

import (
	"context"
	"maps"
	"net/http"
	"time"
)

// Option is a setting of a client.
type Option func(*settings)

type settings struct {
	token      func(ctx context.Context, expired bool) (string, error)
	http       *http.Client
	timeout    time.Duration
	retries    int
	userAgent  string
	header     http.Header
	session    *Tokens
	onSession  func(*Tokens)
	retryPause time.Duration
	errorOf    func(status int, body []byte) error
}

// WithToken sends a service key or an access token with every request.
func WithToken(token string) Option {
	return WithTokenFunc(func(context.Context, bool) (string, error) { return token, nil })
}

// WithTokenFunc asks token for what to send with each request, "" for nothing. Once the server has refused a token, it
// is asked with expired = true, once for all requests that were refused together. It must be safe for concurrent use.
func WithTokenFunc(token func(ctx context.Context, expired bool) (string, error)) Option {
	return func(s *settings) { s.token = token }
}

// WithHTTPClient sends requests with a client of your own: for proxies, certificates, tracing. Its Timeout would end
// live queries too: use WithTimeout instead.
func WithHTTPClient(client *http.Client) Option {
	return func(s *settings) { s.http = client }
}

// WithTimeout limits each try of a call; of a live query only the wait until it begins. The default is 30 seconds, 0 is
// no limit.
func WithTimeout(timeout time.Duration) Option {
	return func(s *settings) { s.timeout = timeout }
}

// WithRetries is how often a call is repeated that has failed for a moment; the default is 3.
func WithRetries(retries int) Option {
	return func(s *settings) { s.retries = retries }
}

// WithUserAgent sends a User-Agent.
func WithUserAgent(userAgent string) Option {
	return func(s *settings) { s.userAgent = userAgent }
}

// WithHeader sends a header with every request.
func WithHeader(name, value string) Option {
	return func(s *settings) { s.header.Add(name, value) }
}

// WithSession continues a session that was stored before.
func WithSession(tokens Tokens) Option {
	return func(s *settings) { s.session = &tokens }
}

// WithSessionStore calls store whenever the tokens of the session change, with nil once there is none any more: a
// program that wants to continue the session later has to store them. Calls come one after the other, and must not use
// the client.
func WithSessionStore(store func(*Tokens)) Option {
	return func(s *settings) { s.onSession = store }
}

// CallOption is an option of one call.
type CallOption struct{ apply func(*callOptions) }

type callOptions struct {
	header         http.Header
	idempotencyKey string
	timeout        *time.Duration
	onResponse     []func(http.Header)
	onStatus       func(LiveStatus)
	query          map[string][]string
	err            error
}

// IfMatch refuses a write with ErrPreconditionFailed if the document has changed since it had this ETag. An empty one is
// refused before anything is sent: documents of lists and live queries have one only with Query().ETags().
func IfMatch(etag string) CallOption {
	if etag == "" {
		// Without a tag, the write would be done in any case.
		return CallOption{func(o *callOptions) {
			o.err = localError(CodeInvalidRequest, "IfMatch needs an ETag, and this one is empty: "+
				"read the document with Get, or the list with Query().ETags()")
		}}
	}
	return Header("If-Match", etag)
}

// IdempotencyKey makes repetitions of a write have its effect once: within 24 hours, the same key gets the first
// response again. Without it, each call has a key of its own.
func IdempotencyKey(key string) CallOption {
	return CallOption{func(o *callOptions) { o.idempotencyKey = key }}
}

// Timeout limits each try of this call, instead of WithTimeout.
func Timeout(timeout time.Duration) CallOption {
	return CallOption{func(o *callOptions) { o.timeout = &timeout }}
}

// Header sends a header with this call.
func Header(name, value string) CallOption {
	return CallOption{func(o *callOptions) { o.header.Set(name, value) }}
}

// ETagInto stores the ETag of the document in etag, for IfMatch.
func ETagInto(etag *string) CallOption { return headerInto("ETag", etag) }

// SeqInto stores the position of the response in the history of the server in seq, see CompareSeq.
func SeqInto(seq *string) CallOption { return headerInto("Koyalite-Seq", seq) }

func headerInto(name string, into *string) CallOption {
	return CallOption{func(o *callOptions) {
		o.onResponse = append(o.onResponse, func(header http.Header) { *into = header.Get(name) })
	}}
}

// OnStatus is an option of Live. It calls status once a live query delivers changes (LiveConnected), and once it is
// interrupted (LiveInterrupted), however many tries it takes to go on. It is called by the goroutine that iterates.
func OnStatus(status func(LiveStatus)) CallOption {
	return CallOption{func(o *callOptions) { o.onStatus = status }}
}

// GetOption is an option of Get: a CallOption, Expand or Fields.
type GetOption interface{ applyGet(*callOptions) }

type readOption struct {
	name  string
	value []string
}

// Expand puts the documents of relations into Expanded: "author", "comments.author".
func Expand(relations ...string) GetOption { return readOption{"expand", relations} }

// Fields reads these fields only; all others are zero.
func Fields(names ...string) GetOption { return readOption{"fields", names} }

func (r readOption) applyGet(o *callOptions) { o.query[r.name] = append(o.query[r.name], r.value...) }
func (c CallOption) applyGet(o *callOptions) { c.applyCall(o) }
func (c CallOption) applyUpdate(u *update)   { c.applyCall(&u.call) }

func (c CallOption) applyCall(o *callOptions) {
	if c.apply == nil {
		return
	}
	if o.header == nil {
		o.header = http.Header{}
	}
	c.apply(o)
}

func collectOptions(options []CallOption) callOptions {
	all := callOptions{}
	for _, option := range options {
		option.applyCall(&all)
	}
	return all
}

func collectGetOptions(options []GetOption) callOptions {
	all := callOptions{query: map[string][]string{}}
	for _, option := range options {
		option.applyGet(&all)
	}
	return all
}

func (o callOptions) headers(base http.Header) http.Header {
	header := base.Clone()
	maps.Copy(header, o.header)
	return header
}

func (o callOptions) timeoutOr(otherwise time.Duration) time.Duration {
	if o.timeout != nil {
		return *o.timeout
	}
	return otherwise
}

// isSet reports whether any option was given.
func (o callOptions) isSet() bool { return o.header != nil }
