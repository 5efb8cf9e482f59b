package koyalite

import (
	"encoding/json"
	"fmt"
	"regexp"
)

// Error is an error that has a code: one of the function, made with Err, or one of what it asked the server for.
type Error struct {
	Code    string
	Message string
	Status  int
	// Details is JSON that the caller gets.
	Details any

	// from is the part of Ctx that it comes from: "db", "admin", "functions", "queue"; "" for one of the function itself.
	from  string
	cause error
}

func (e *Error) Error() string { return e.Message + " (" + e.Code + ")" }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.cause }

// ErrorOption is an option of Err.
type ErrorOption func(*Error)

// Status is that of an error, from 400 to 499. The default is that of the code where the API has it too (404 for
// NOT_FOUND), else 400.
func Status(status int) ErrorOption { return func(e *Error) { e.Status = status } }

// Details is JSON that the caller gets with an error.
func Details(details any) ErrorOption { return func(e *Error) { e.Details = details } }

// Cause is what errors.Is and errors.As find in an error. The caller does not see it.
func Cause(cause error) ErrorOption { return func(e *Error) { e.cause = cause } }

// Err returns an error that the caller of the function gets as it is:
//
//	return out, koyalite.Err("SOLD_OUT", "no seats are left", koyalite.Status(409))
//
// Any other error is a FUNCTION_ERROR, whose text callers see in dev only.
func Err(code, message string, options ...ErrorOption) error {
	made := &Error{Code: code, Message: message, Status: sharedCodes[code], Details: []any{}}
	if made.Status == 0 {
		made.Status = 400
	}
	for _, option := range options {
		option(made)
	}
	switch {
	case !codePattern.MatchString(code):
		return fmt.Errorf("koyalite.Err: a code is like SOLD_OUT, not %q", code)
	case reservedCodes.MatchString(code):
		return fmt.Errorf("koyalite.Err: %s is a code of the server: choose another one", code)
	case made.Status < 400 || made.Status > 499:
		return fmt.Errorf("koyalite.Err: the status of an error is from 400 to 499, not %d", made.Status)
	}
	if made.Details == nil {
		made.Details = []any{}
	}
	return made
}

var (
	codePattern = regexp.MustCompile(`^[A-Z][A-Z0-9_]{0,63}$`)
	// What the server and clients alone say: a caller acts by them.
	reservedCodes = regexp.MustCompile(`^((FUNCTION|TRANSACTION)_\w*|CHAIN_TOO_DEEP|NO_CALLER|READ_AFTER_WRITE|LEASE_LOST|` +
		`INTERNAL|UNAVAILABLE|QUEUE_FULL|REALTIME_BUSY|QUERY_TIMEOUT|NETWORK|ABORTED|TIMEOUT|UNEXPECTED_RESPONSE)$`)
	// sharedCodes are those of the API that a function may answer with, and what they mean there.
	sharedCodes = map[string]int{
		"INVALID_REQUEST":     400,
		"UNAUTHENTICATED":     401,
		"FORBIDDEN":           403,
		"NOT_FOUND":           404,
		"CONFLICT":            409,
		"PRECONDITION_FAILED": 412,
		"PAYLOAD_TOO_LARGE":   413,
		"VALIDATION_ERROR":    422,
		"RATE_LIMITED":        429,
	}
)

// responseError is the error that a response of the server with a status of 400 and above stands for.
func responseError(from string, status int, body []byte) *Error {
	var sent struct {
		Error struct {
			Code    string `json:"code"`
			Message string `json:"message"`
			Details any    `json:"details"`
		} `json:"error"`
	}
	if err := json.Unmarshal(body, &sent); err != nil || sent.Error.Code == "" {
		message := fmt.Sprintf("the server answered with status %d: %s", status, cutText(string(body), 200))
		return &Error{Code: "UNEXPECTED_RESPONSE", Message: message, from: from, Details: []any{}}
	}
	return &Error{Code: sent.Error.Code, Message: sent.Error.Message, Status: status, Details: sent.Error.Details, from: from}
}
