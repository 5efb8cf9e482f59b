package koyalite

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// What errors.Is finds in the error of a call.
const (
	ErrNotFound           = sentinel("not found")
	ErrConflict           = sentinel("conflict")
	ErrPreconditionFailed = sentinel("precondition failed")
	ErrUnauthenticated    = sentinel("unauthenticated")
	ErrForbidden          = sentinel("forbidden")
	ErrRateLimited        = sentinel("rate limited")
	ErrValidation         = sentinel("validation failed")
	ErrUnavailable        = sentinel("unavailable")
)

type sentinel string

func (s sentinel) Error() string { return "koyalite: " + string(s) }

// ErrorCode says what went wrong. A newer server may send codes that are not listed here.
type ErrorCode string

// Codes of the server.
const (
	CodeInvalidRequest       ErrorCode = "INVALID_REQUEST"
	CodeInvalidFilter        ErrorCode = "INVALID_FILTER"
	CodeInvalidSort          ErrorCode = "INVALID_SORT"
	CodeInvalidJSON          ErrorCode = "INVALID_JSON"
	CodeUnauthenticated      ErrorCode = "UNAUTHENTICATED"
	CodeForbidden            ErrorCode = "FORBIDDEN"
	CodeNotFound             ErrorCode = "NOT_FOUND"
	CodeCollectionNotFound   ErrorCode = "COLLECTION_NOT_FOUND"
	CodeMethodNotAllowed     ErrorCode = "METHOD_NOT_ALLOWED"
	CodeConflict             ErrorCode = "CONFLICT"
	CodeProfileIncomplete    ErrorCode = "PROFILE_INCOMPLETE"
	CodeTooManyDocuments     ErrorCode = "TOO_MANY_DOCUMENTS"
	CodePreconditionFailed   ErrorCode = "PRECONDITION_FAILED"
	CodePayloadTooLarge      ErrorCode = "PAYLOAD_TOO_LARGE"
	CodeUnsupportedMediaType ErrorCode = "UNSUPPORTED_MEDIA_TYPE"
	CodeValidationError      ErrorCode = "VALIDATION_ERROR"
	CodeOutOfRange           ErrorCode = "OUT_OF_RANGE"
	CodeRateLimited          ErrorCode = "RATE_LIMITED"
	CodeInternal             ErrorCode = "INTERNAL"
	CodeUnavailable          ErrorCode = "UNAVAILABLE"
	CodeRealtimeBusy         ErrorCode = "REALTIME_BUSY"
	CodeQueryTimeout         ErrorCode = "QUERY_TIMEOUT"
	// CodeVerificationRequired: the account is created by the link that was sent.
	CodeVerificationRequired ErrorCode = "VERIFICATION_REQUIRED"
)

// Codes of this client, where no response of the server came.
const (
	// CodeNetwork: the server cannot be reached, or the connection broke.
	CodeNetwork ErrorCode = "NETWORK"
	// CodeAborted: the context of the call has ended: it was canceled, or its deadline has passed.
	CodeAborted ErrorCode = "ABORTED"
	// CodeTimeout: no response came within WithTimeout, or the Timeout of the call.
	CodeTimeout ErrorCode = "TIMEOUT"
	// CodeUnexpectedResponse: something else has responded, such as a proxy.
	CodeUnexpectedResponse ErrorCode = "UNEXPECTED_RESPONSE"
)

// IsKnown reports whether this client has a constant for the code.
func (c ErrorCode) IsKnown() bool {
	switch c {
	case CodeInvalidRequest, CodeInvalidFilter, CodeInvalidSort, CodeInvalidJSON, CodeUnauthenticated, CodeForbidden,
		CodeNotFound, CodeCollectionNotFound, CodeMethodNotAllowed, CodeConflict, CodeProfileIncomplete,
		CodeTooManyDocuments, CodePreconditionFailed, CodePayloadTooLarge, CodeUnsupportedMediaType,
		CodeValidationError, CodeOutOfRange, CodeRateLimited, CodeInternal, CodeUnavailable, CodeRealtimeBusy,
		CodeQueryTimeout, CodeVerificationRequired, CodeNetwork, CodeAborted, CodeTimeout, CodeUnexpectedResponse:
		return true
	}
	return false
}

// Error is the error of every call. Its cause, such as context.Canceled or a *net.OpError, is found by errors.Is and
// errors.As.
type Error struct {
	Code    ErrorCode
	Message string
	// Status is the HTTP status; 0 where no response came, or none was asked for.
	Status int
	// Details has everything that is wrong with the input, by field.
	Details []ErrorDetail
	// RequestID is the id under which the log of the server has the request.
	RequestID string
	// RetryAfter is how long to wait before another try makes sense; 0 where the server does not say.
	RetryAfter time.Duration
	// Operation is the index of what failed in a batch or in CreateMany; nil for all other calls.
	Operation *int
	// Executed says, of a call of a function that failed, whether its code may have run: ExecutedNo or ExecutedMaybe; ""
	// for all other errors.
	Executed Executed
	// Execution is the id under which the log of a function has the call.
	Execution string

	cause error
}

// Executed says whether the code of a function may have run.
type Executed string

// After ExecutedNo, the same call can be made again.
const (
	ExecutedNo    Executed = "no"
	ExecutedMaybe Executed = "maybe"
)

// ErrorDetail is one thing that is wrong with one field.
type ErrorDetail struct {
	Field   string `json:"field"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

func (e *Error) Error() string {
	text := fmt.Sprintf("koyalite: %s (%s", strings.TrimSuffix(e.Message, "."), e.Code)
	if e.RequestID != "" {
		text += ", request " + e.RequestID
	}
	return text + ")"
}

// Unwrap returns the cause; nil where the server has refused the request.
func (e *Error) Unwrap() error { return e.cause }

// Is reports whether the error is of the kind of one of the sentinels, such as ErrNotFound.
func (e *Error) Is(target error) bool {
	kind, ok := target.(sentinel)
	return ok && kind == e.kind()
}

func (e *Error) kind() sentinel {
	switch e.Code {
	case CodeConflict:
		return ErrConflict
	case CodeValidationError, CodeOutOfRange:
		return ErrValidation
	case CodeNotFound:
		return ErrNotFound
	case CodeUnauthenticated:
		return ErrUnauthenticated
	case CodeQueryTimeout:
		return ""
	}
	switch e.Status {
	case http.StatusUnauthorized:
		return ErrUnauthenticated
	case http.StatusForbidden:
		return ErrForbidden
	case http.StatusNotFound:
		return ErrNotFound
	case http.StatusPreconditionFailed:
		return ErrPreconditionFailed
	case http.StatusUnprocessableEntity:
		return ErrValidation
	case http.StatusTooManyRequests:
		return ErrRateLimited
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return ErrUnavailable
	}
	return ""
}

// localError is an error that comes from here, before or instead of a response.
func localError(code ErrorCode, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

func invalidField(field, format string, args ...any) *Error {
	message := "'" + field + "' " + fmt.Sprintf(format, args...)
	err := localError(CodeValidationError, "%s", message)
	err.Details = []ErrorDetail{{Field: field, Code: "type", Message: message}}
	return err
}

// networkError is the error of a request that has got no whole response.
func networkError(ctx context.Context, cause error) *Error {
	if ctx.Err() != nil {
		return contextError(ctx)
	}
	server, why := "the server", cause
	var failure *url.Error
	if errors.As(cause, &failure) {
		// Its text has the whole address, as it is sent.
		why = failure.Err
		if address, parseErr := url.Parse(failure.URL); parseErr == nil {
			server = address.Scheme + "://" + address.Host
		}
	}
	err := localError(CodeNetwork, "%s cannot be reached: %v", server, why)
	err.cause = cause
	return err
}

// timeoutError is why the context of a try has ended that took longer than the timeout allows.
type timeoutError time.Duration

func (t timeoutError) Error() string { return fmt.Sprintf("no response within %v", time.Duration(t)) }

// withTimeout limits a context. Its end is told apart from a deadline that the caller has set.
func withTimeout(ctx context.Context, timeout time.Duration) (context.Context, context.CancelFunc) {
	if timeout <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeoutCause(ctx, timeout, timeoutError(timeout))
}

// contextError is the error of a call whose context has ended.
func contextError(ctx context.Context) *Error {
	why := context.Cause(ctx)
	var timeout timeoutError
	var err *Error
	switch {
	case errors.As(why, &timeout):
		err = localError(CodeTimeout, "%v", timeout)
		why = ctx.Err()
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		err = localError(CodeAborted, "the call was not done by the deadline of its context: %v", why)
	default:
		err = localError(CodeAborted, "the call was canceled: %v", why)
	}
	err.cause = ctx.Err()
	if why != err.cause {
		err.cause = errors.Join(err.cause, why)
	}
	return err
}

// responseError is the error that a response with a status of 400 and above stands for.
func responseError(response *http.Response, body []byte) *Error {
	var sent struct {
		Error *sentError `json:"error"`
	}
	err := unexpectedResponse(response, body)
	if json.Unmarshal(body, &sent) == nil && sent.Error != nil && sent.Error.Code != "" {
		err.Code = sent.Error.Code
		err.Message = sent.Error.Message
		// Of a function's own error they may be anything: then they are no details of ours.
		if json.Unmarshal(sent.Error.Details, &err.Details) != nil {
			err.Executed = executedIn(sent.Error.Details)
		}
		err.Operation = sent.Error.Operation
	}
	if seconds, parseErr := strconv.Atoi(response.Header.Get("Retry-After")); parseErr == nil && seconds > 0 {
		err.RetryAfter = time.Duration(seconds) * time.Second
	}
	return err
}

func executedIn(details json.RawMessage) Executed {
	var said struct {
		Executed Executed `json:"executed"`
	}
	_ = json.Unmarshal(details, &said)
	return said.Executed
}

type sentError struct {
	Code      ErrorCode       `json:"code"`
	Message   string          `json:"message"`
	Details   json.RawMessage `json:"details"`
	Operation *int            `json:"operation"`
}

// unexpectedResponse is the error of a response that is not one of a KoyaLite server.
func unexpectedResponse(response *http.Response, body []byte) *Error {
	text := strings.TrimSpace(string(body))
	if runes := []rune(text); len(runes) > 200 {
		text = string(runes[:200])
	}
	err := localError(CodeUnexpectedResponse, "the response (%d) is not one of a KoyaLite server: %s", response.StatusCode, text)
	err.Status = response.StatusCode
	err.RequestID = response.Header.Get("X-Request-Id")
	err.Execution = response.Header.Get("Koyalite-Execution")
	return err
}
