package koyalite

import (
	"net/http"
	"net/url"
	"strings"
)

// answerRaw gives a handler the request as the caller sent it.
func answerRaw(handler http.Handler) answer {
	return func(ctx Ctx, w http.ResponseWriter, request *http.Request) {
		outer := &rawWriter{ResponseWriter: w, call: ctx.call}
		defer func() {
			reason := recover()
			switch {
			case reason == nil:
			case reason == http.ErrAbortHandler || outer.hasBegun:
				panic(http.ErrAbortHandler)
			default:
				ctx.call.log.flush()
				clear(w.Header())
				panicked(reason).write(w)
			}
		}()
		// A handler may answer while it still reads.
		_ = http.NewResponseController(w).EnableFullDuplex()
		handler.ServeHTTP(outer, outerRequest(ctx, request))
		ctx.call.log.flush()
	}
}

// outerRequest is the request to the address that the caller knows.
func outerRequest(ctx Ctx, request *http.Request) *http.Request {
	request.Header.Del(callHeader)
	if outer, err := url.Parse(ctx.call.info.Request.URL); err == nil {
		request.Host = outer.Host
		request.URL.Scheme = outer.Scheme
		request.URL.Host = outer.Host
	}
	request.RemoteAddr = ctx.IP()
	return request
}

// rawWriter keeps the headers to itself by which the server and the host speak to each other.
type rawWriter struct {
	http.ResponseWriter
	call     *call
	hasBegun bool
}

func (w *rawWriter) WriteHeader(status int) {
	if !w.hasBegun && status >= 200 {
		w.begin()
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *rawWriter) Write(data []byte) (int, error) {
	if !w.hasBegun {
		w.begin()
	}
	return w.ResponseWriter.Write(data)
}

// FlushError sends what was written so far.
func (w *rawWriter) FlushError() error {
	if !w.hasBegun {
		w.begin()
	}
	return http.NewResponseController(w.ResponseWriter).Flush()
}

// Flush sends what was written so far.
func (w *rawWriter) Flush() { _ = w.FlushError() }

// begin is called before the answer: the deadline has been met, and the lines of the log come first.
func (w *rawWriter) begin() {
	w.hasBegun = true
	w.call.late.Stop()
	w.call.log.flush()
	for name := range w.Header() {
		if strings.HasPrefix(http.CanonicalHeaderKey(name), "Koyalite-") {
			w.Header().Del(name)
		}
	}
}
