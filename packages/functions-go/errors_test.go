package koyalite

import (
	"errors"
	"fmt"
	"io"
	"testing"
)

func TestErr(t *testing.T) {
	tests := []struct {
		err    error
		status int
		fault  string
	}{
		{Err("SOLD_OUT", "no seats"), 400, ""},
		{Err("NOT_FOUND", "no such seat"), 404, ""},
		{Err("SOLD_OUT", "no seats", Status(409)), 409, ""},
		{Err("sold out", "no seats"), 0, `koyalite.Err: a code is like SOLD_OUT, not "sold out"`},
		{Err("FUNCTION_BUSY", "later"), 0, "koyalite.Err: FUNCTION_BUSY is a code of the server: choose another one"},
		{Err("SOLD_OUT", "no seats", Status(500)), 0, "koyalite.Err: the status of an error is from 400 to 499, not 500"},
	}
	for _, test := range tests {
		failed := failureOf(fmt.Errorf("while booking: %w", test.err), "main.Book")
		if test.fault == "" {
			if body := failed.body.(map[string]any); failed.kind != "error" || body["status"] != test.status {
				t.Errorf("%v: %s %v", test.err, failed.kind, body)
			}
			continue
		}
		if said := failed.body.(thrown); failed.kind != "thrown" || test.err.Error() != test.fault {
			t.Errorf("%v: %s %v", test.err, failed.kind, said)
		}
	}
	if !errors.Is(Err("READ", "unreadable", Cause(io.EOF)), io.EOF) {
		t.Error("the cause is not found")
	}
}

func TestDetailsThatAreNotJSON(t *testing.T) {
	failed := failureOf(Err("NO", "no", Details(func() {})), "main.Book")
	if body := failed.body.(map[string]any); body["message"] != "no (its details are not JSON: json: unsupported type: func())" {
		t.Error(body)
	}
}

func TestErrorsOfTheServer(t *testing.T) {
	refused := responseError("db", 409, []byte(`{"error":{"code":"CONFLICT","message":"taken","details":[{"field":"slug"}]}}`))
	if failed := failureOf(refused, "main.Book"); failed.kind != "passed" || failed.body.(map[string]any)["from"] != "db" {
		t.Error(failed)
	}
	// No answer of the API is a fault of the function, not a message to its caller.
	if failed := failureOf(responseError("db", 502, []byte("bad")), "main.Book"); failed.kind != "thrown" {
		t.Error(failed)
	}
}
