package koyalite

import (
	"context"
	"sync"
	"time"
)

// renewal gets one new token for all calls that wait for it.
type renewal struct {
	done  chan struct{}
	token string
	err   error
}

func (r *renewal) wait(ctx context.Context) (string, error) {
	select {
	case <-r.done:
		return r.token, r.err
	case <-ctx.Done():
		return "", contextError(ctx)
	}
}

// startRenewal runs renew apart from the call that needs it: if that is canceled, the others still get the token.
func startRenewal(ctx context.Context, renew func(ctx context.Context) (string, error)) *renewal {
	r := &renewal{done: make(chan struct{})}
	detached, cancel := withTimeout(context.WithoutCancel(ctx), 30*time.Second)
	go func() {
		defer cancel()
		defer close(r.done)
		r.token, r.err = renew(detached)
	}()
	return r
}

// tokenFunc asks a function for tokens.
type tokenFunc struct {
	ask     func(ctx context.Context, expired bool) (string, error)
	mutex   sync.Mutex
	running *renewal
}

func (t *tokenFunc) bearer(ctx context.Context) (string, error) {
	token, err := t.ask(ctx, false)
	if err != nil {
		return "", tokenError(ctx, err)
	}
	return token, nil
}

func (t *tokenFunc) onUserChange(func()) func() { return func() {} }

func (t *tokenFunc) renewed(ctx context.Context, refused string) (string, error) {
	// One that was replaced since the request was sent needs no renewal.
	if token, err := t.bearer(ctx); err != nil || token != refused {
		return token, err
	}
	t.mutex.Lock()
	if t.running == nil {
		t.running = startRenewal(ctx, t.renew)
	}
	running := t.running
	t.mutex.Unlock()
	token, err := running.wait(ctx)
	if token == refused {
		token = ""
	}
	return token, err
}

func (t *tokenFunc) renew(ctx context.Context) (string, error) {
	token, err := t.ask(ctx, true)
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.running = nil
	if err != nil {
		return "", tokenError(ctx, err)
	}
	return token, nil
}

func tokenError(ctx context.Context, cause error) *Error {
	if ctx.Err() != nil {
		return contextError(ctx)
	}
	err := localError(CodeUnauthenticated, "there is no token: %v", cause)
	err.cause = cause
	return err
}
