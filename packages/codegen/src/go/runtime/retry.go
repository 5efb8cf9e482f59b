package koyalite

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"time"
)

const (
	// maxRetryTime is how long all tries of a call take together.
	maxRetryTime = 60 * time.Second
	// maxRetryAfter is the longest Retry-After that is waited for.
	maxRetryAfter = 10 * time.Second
)

// retry runs try until it succeeds, fails with what again refuses, or has failed retries times more.
func retry(ctx context.Context, retries int, pause time.Duration, again func(*Error) bool, try func() error) error {
	started := time.Now()
	for n := 0; ; n++ {
		err := try()
		var failure *Error
		if err == nil || n >= retries || !errors.As(err, &failure) || !again(failure) {
			return err
		}
		wait := max(failure.RetryAfter, backOff(pause, n))
		if time.Since(started)+wait > maxRetryTime {
			return err
		}
		if !sleep(ctx, wait) {
			return contextError(ctx)
		}
	}
}

// isTemporary reports whether what has failed may work a moment later.
func isTemporary(err *Error) bool {
	if err.RetryAfter > maxRetryAfter {
		return false
	}
	switch err.Status {
	case 0:
		return isNetworkFailure(err)
	case http.StatusTooManyRequests:
		return err.RetryAfter > 0
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return err.Code == CodeUnavailable || err.Code == CodeUnexpectedResponse
	}
	return false
}

func isNetworkFailure(err *Error) bool { return err.Code == CodeNetwork }

// backOff is the pause after a number of tries: twice as long each time, and a random part of it, so that clients that
// have failed together do not come back together.
func backOff(pause time.Duration, tries int) time.Duration {
	longest := pause << min(tries, 10)
	return longest/2 + rand.N(longest)
}

// sleep reports whether the context lives still.
func sleep(ctx context.Context, duration time.Duration) bool {
	timer := time.NewTimer(duration)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
