package koyalite

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// silentServer accepts requests, and never responds.
func silentServer(t *testing.T) *conn {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	t.Cleanup(server.Close)
	return connTo(t, server.URL)
}

func connTo(t *testing.T, address string) *conn {
	t.Helper()
	c, _, err := newConn(address, 0, []Option{WithRetries(0)})
	if err != nil {
		t.Fatal(err)
	}
	c.retryPause = time.Millisecond
	t.Cleanup(c.Close)
	return c
}

// TestWhoseDeadline tells the deadline of the caller apart from the timeout of the client.
func TestWhoseDeadline(t *testing.T) {
	rows := Query[row]{conn: silentServer(t), collection: "rows"}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, ofCaller := rows.List(ctx)
	var live error
	for _, err := range rows.Live(ctx) {
		live = err
	}
	_, ofClient := rows.List(t.Context(), Timeout(20*time.Millisecond))
	for _, one := range []struct {
		err  error
		code ErrorCode
		text string
	}{
		{ofCaller, CodeAborted, "the call was not done by the deadline of its context"},
		{live, CodeAborted, "the call was not done by the deadline of its context"},
		{ofClient, CodeTimeout, "no response within 20ms"},
	} {
		var failure *Error
		if !errors.As(one.err, &failure) || failure.Code != one.code || !strings.Contains(failure.Message, one.text) {
			t.Fatal(one.err)
		}
		if !errors.Is(one.err, context.DeadlineExceeded) {
			t.Fatalf("%v has not its cause", one.err)
		}
	}
}

func TestServerThatIsAway(t *testing.T) {
	server := httptest.NewServer(nil)
	server.Close()
	rows := &Collection[row, int64, struct{}, CallOption]{conn: connTo(t, server.URL), name: "rows"}
	_, err := rows.Get(t.Context(), 7)
	if err == nil || !strings.Contains(err.Error(), server.URL+" cannot be reached: dial") || strings.Contains(err.Error(), "~") {
		t.Fatal(err)
	}
}

// TestErrorsOfFunctions are errors whatever they say in their details.
func TestErrorsOfFunctions(t *testing.T) {
	for _, details := range []string{`{"executed":"maybe"}`, `"text"`, `null`, `[{"field":"name","code":"required","message":"m"}]`} {
		body := `{"error":{"code":"FUNCTION_CRASHED","message":"it ended","details":` + details + `,"request_id":"r","timestamp":"t"}}`
		err := responseError(&http.Response{StatusCode: 502, Header: http.Header{}}, []byte(body))
		if err.Code != "FUNCTION_CRASHED" || err.Message != "it ended" {
			t.Errorf("with details %s: %v", details, err)
		}
		if wanted := strings.HasPrefix(details, "["); (len(err.Details) == 1) != wanted {
			t.Errorf("with details %s: %v", details, err.Details)
		}
	}
}
