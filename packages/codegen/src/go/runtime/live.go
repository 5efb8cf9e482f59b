package koyalite

import (
	"context"
	"errors"
	"io"
	"iter"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"
)

// LiveStatus is the state of a live query.
type LiveStatus int

const (
	// LiveInterrupted: there is no connection. What was delivered may be out of date; another connection is tried.
	LiveInterrupted LiveStatus = iota
	// LiveConnected: changes are delivered.
	LiveConnected
)

func (s LiveStatus) String() string {
	if s == LiveConnected {
		return "connected"
	}
	return "interrupted"
}

// Snapshot is the state of a live query after a change. Documents that have not changed are the same pointers as before;
// none of them may be changed.
type Snapshot[D any] struct {
	// Docs are all documents of the query, in its order.
	Docs []*D
	// Seq is the position of the server that the documents are of, see CompareSeq.
	Seq string
	// Changes is the difference to the snapshot before.
	Changes Changes[D]
}

// Changes is what a snapshot has that the one before had not.
type Changes[D any] struct {
	Inserts []*D
	Updates []*D
	Deletes []*D
}

const (
	// maxSilence is how long a stream may be silent: the server sends something every 25 seconds.
	maxSilence = 60 * time.Second
	// maxBackOff is the longest pause between two connections.
	maxBackOff = 30 * time.Second
)

// Live iterates over the states of the query: the first one at once, then another one after each change. Without Limit
// it has all documents, up to realtime.max_documents of the server (10,000). Interruptions are bridged: the query is
// resumed where it was. It ends when the loop ends, when ctx does, or with an error that does not go away by itself; then
// nothing of it is left behind.
func (q Query[D]) Live(ctx context.Context, options ...CallOption) iter.Seq2[Snapshot[D], error] {
	return func(yield func(Snapshot[D], error) bool) {
		if err := q.follow(ctx, collectOptions(options), yield); err != nil {
			yield(Snapshot[D]{}, err)
		}
	}
}

// follow is Live; nil where the loop has ended.
func (q Query[D]) follow(ctx context.Context, options callOptions, yield func(Snapshot[D], error) bool) error {
	if options.err != nil {
		return options.err
	}
	options.onStatus = transitions(options.onStatus)
	parameters, err := q.parameters()
	if err != nil {
		return err
	}
	if q.limit == nil {
		parameters.Set("limit", "all")
	}
	list := &liveList[D]{}
	for failures := 0; ; failures++ {
		more, err := q.stream(ctx, parameters, options, list, func(s *Snapshot[D]) bool {
			failures = 0
			return s == nil || yield(*s, nil)
		})
		if !more {
			return nil
		}
		if ctx.Err() != nil {
			return contextError(ctx)
		}
		var failure *Error
		if errors.As(err, &failure) && !isTemporaryForLive(failure) {
			return err
		}
		options.onStatus(LiveInterrupted)
		wait := min(backOff(q.conn.retryPause, failures), maxBackOff)
		if failure != nil {
			wait = max(wait, failure.RetryAfter)
		}
		if !sleep(ctx, wait) {
			return contextError(ctx)
		}
	}
}

// transitions calls status where it is another one than before.
func transitions(status func(LiveStatus)) func(LiveStatus) {
	last := LiveStatus(-1)
	return func(now LiveStatus) {
		if now != last && status != nil {
			status(now)
		}
		last = now
	}
}

// isTemporaryForLive reports whether another connection may work. A live query has no deadline: it outlasts restarts.
func isTemporaryForLive(err *Error) bool {
	switch err.Code {
	case CodeNetwork, CodeTimeout, CodeUnavailable, CodeRealtimeBusy, CodeQueryTimeout, CodeRateLimited, CodeInternal:
		return true
	case CodeUnexpectedResponse:
		return err.Status == 0 || err.Status == http.StatusTooManyRequests || err.Status >= 500
	}
	return false
}

// stream follows the query over one connection. It calls took for each snapshot, and with nil where the server only says
// that nothing has changed. more is false where the loop has ended.
func (q Query[D]) stream(
	ctx context.Context, parameters url.Values, options callOptions, list *liveList[D], took func(*Snapshot[D]) bool,
) (more bool, err error) {
	connection, cancel := context.WithCancel(ctx)
	defer cancel()
	if q.conn.credentials != nil {
		var isOther atomic.Bool
		remove := q.conn.credentials.onUserChange(func() {
			isOther.Store(true)
			cancel()
		})
		defer func() {
			remove()
			if isOther.Load() {
				// What another user could read is not continued.
				list.resume = ""
			}
		}()
	}
	silence := time.AfterFunc(maxSilence, cancel)
	defer silence.Stop()
	if timeout := options.timeoutOr(q.conn.timeout); timeout > 0 {
		silence.Reset(timeout)
	}
	header := options.headers(q.conn.header)
	header.Set("Accept", "text/event-stream")
	if list.resume != "" {
		header.Set("Last-Event-ID", list.resume)
	}
	r := request{method: http.MethodGet, path: collectionPath(q.collection) + "/live", query: parameters}
	res, err := q.conn.authorized(connection, r, header)
	if err != nil {
		return true, lostConnection(ctx, err)
	}
	defer res.Body.Close()
	if res.StatusCode >= 400 {
		body, _ := io.ReadAll(res.Body)
		return true, responseError(res, body)
	}
	token := bearerOf(res.Request)
	alive := func() { silence.Reset(maxSilence) }
	for events := newEventReader(res.Body); ; {
		e, err := events.next(alive)
		if err != nil {
			return true, lostConnection(ctx, err)
		}
		snapshot, err := list.take(e.name, e.data)
		if errors.Is(err, ErrUnauthenticated) && q.conn.credentials != nil && token != "" {
			// The token has ended while the query was live: with another one it goes on.
			if renewed, renewErr := q.conn.credentials.renewed(ctx, token); renewErr != nil || renewed != "" {
				return true, renewErr
			}
		}
		if err != nil {
			return true, err
		}
		if e.name == "subscribed" {
			options.onStatus(LiveConnected)
			continue
		}
		// The loop may take its time: that is no silence of the server.
		silence.Stop()
		if !took(snapshot) {
			return false, nil
		}
		alive()
	}
}

// lostConnection is the error of a connection that has ended; ctx is that of the caller.
func lostConnection(ctx context.Context, cause error) error {
	var failure *Error
	if ctx.Err() == nil && errors.As(cause, &failure) && failure.Code != CodeAborted {
		return failure
	}
	return networkError(ctx, cause)
}

func bearerOf(r *http.Request) string {
	const scheme = "Bearer "
	if value := r.Header.Get("Authorization"); len(value) > len(scheme) {
		return value[len(scheme):]
	}
	return ""
}
