package koyalite

import (
	"context"
	"log/slog"
	"maps"
	"net/http"
	"time"
)

// Ctx is what a call of a function has. As a context it is done when the caller has gone, or the time is over.
type Ctx struct {
	context.Context
	call *call
}

// Deadline is when the time of the call is over.
func (c Ctx) Deadline() (time.Time, bool) { return time.UnixMilli(c.call.info.Deadline), true }

// Auth returns who called; nil: anonymous.
func (c Ctx) Auth() *Auth { return c.call.info.Auth }

// Log writes lines of the log of the call. The packages log and log/slog do so, too, wherever a call can be told.
func (c Ctx) Log() *slog.Logger { return slog.New(&logHandler{call: c.call}) }

// Env returns the env of the manifest, and nothing else of the environment.
func (c Ctx) Env() map[string]string { return maps.Clone(c.call.server.settings.env) }

// IP returns the address of the caller.
func (c Ctx) IP() string { return c.call.info.Request.IP }

// Headers returns those of the caller's request, without credentials.
func (c Ctx) Headers() http.Header {
	headers := http.Header{}
	for name, value := range c.call.info.Request.Headers {
		headers.Set(name, value)
	}
	return headers
}

// RequestID is what the log of the server has the request under.
func (c Ctx) RequestID() string { return c.call.info.Request.ID }

// Version says which version of the function runs.
func (c Ctx) Version() int { return c.call.info.Version }

// Chain returns the call that this one began with, and how many are between them.
func (c Ctx) Chain() Chain { return c.call.info.Chain }

type ctxKey struct{}

// FromRequest returns the Ctx of a request to the handler of ServeHTTP. It panics with any other request.
func FromRequest(request *http.Request) Ctx {
	found, ok := request.Context().Value(ctxKey{}).(*call)
	if !ok {
		panic("koyalite.FromRequest: this is not a request that ServeHTTP has got")
	}
	return Ctx{request.Context(), found}
}
