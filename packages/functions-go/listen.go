package koyalite

import (
	"context"
	"encoding/json"
	"io"
	"log"
	"net"
	"net/http"
	"runtime/pprof"
)

// answer answers one call.
type answer func(ctx Ctx, w http.ResponseWriter, request *http.Request)

// listen begins to take calls. What may be large and what takes how long is the server's to limit.
func listen(socket string, calls *calls, answer answer) error {
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	handler := http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		if request.Header.Get(callHeader) == "" && request.URL.Path == "/cancel" {
			cancelCall(w, request, calls)
			return
		}
		info, err := readCallInfo(request.Header)
		if err != nil {
			writeJSON(w, http.StatusBadRequest, map[string]any{
				"error": map[string]any{"code": "INVALID_REQUEST", "message": err.Error(), "details": []any{}},
			})
			return
		}
		opened, ctx := calls.open(request.Context(), info)
		defer calls.end(opened)
		defer opened.log.flush()
		ctx = context.WithValue(ctx, ctxKey{}, opened)
		// Goroutines that the handler starts have its labels: by them it is known whose log a line belongs to.
		pprof.Do(ctx, pprof.Labels("execution", info.Execution), func(ctx context.Context) {
			defer forget(remember(opened))
			answer(Ctx{ctx, opened}, w, request.WithContext(ctx))
		})
	})
	// What it has to say is about connections, and of no use to anybody: the server knows when one breaks.
	server := &http.Server{Handler: handler, ErrorLog: log.New(io.Discard, "", 0)}
	go func() { _ = server.Serve(listener) }()
	return nil
}

func cancelCall(w http.ResponseWriter, request *http.Request, calls *calls) {
	var body struct{ Execution string }
	if json.NewDecoder(request.Body).Decode(&body) == nil {
		calls.leave(body.Execution)
	}
	w.WriteHeader(http.StatusNoContent)
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	body, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
