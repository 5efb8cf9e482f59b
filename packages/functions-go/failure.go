package koyalite

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"runtime"
	"strings"
)

const maxFailureText = 16 * 1024

// failure is what the server gets of an error that the function has returned: PROTOCOL.md, "A call".
type failure struct {
	// kind is "thrown", "error", "passed", "retry" or "abort".
	kind string
	body any
}

// thrown is anything that is not meant for the caller.
type thrown struct {
	Name    string `json:"name"`
	Message string `json:"message"`
	Stack   string `json:"stack"`
}

func (f *failure) write(w http.ResponseWriter) {
	w.Header().Set("Koyalite-Failure", f.kind)
	writeJSON(w, http.StatusInternalServerError, f.body)
}

// failureOf describes an error. where is what has returned it: errors of Go have no stack.
func failureOf(err error, where string) *failure {
	var known *Error
	if errors.As(err, &known) && (known.from == "" || known.Status >= 400) {
		body := map[string]any{"code": known.Code, "message": known.Message, "status": known.Status, "details": known.Details}
		kind := "error"
		if known.from != "" {
			kind = "passed"
			body["from"] = known.from
		}
		if _, notJSON := json.Marshal(known.Details); notJSON != nil {
			body["details"] = []any{}
			body["message"] = fmt.Sprintf("%s (its details are not JSON: %v)", known.Message, notJSON)
		}
		return &failure{kind, body}
	}
	message := cutText(err.Error(), maxFailureText)
	return &failure{"thrown", thrown{Name: typeOf(err), Message: message, Stack: message + "\n    returned by " + where}}
}

// typeOf returns the name of an error's type; "error" for one that has none.
func typeOf(err error) string {
	name := fmt.Sprintf("%T", err)
	if strings.HasPrefix(name, "*errors.") || strings.HasPrefix(name, "*fmt.") {
		return "error"
	}
	return name
}

// panicked describes the reason of a panic, where that is recovered.
func panicked(reason any) *failure {
	message := cutText(fmt.Sprint(reason), maxFailureText)
	name := "panic"
	if _, isRuntime := reason.(runtime.Error); isRuntime {
		name = "runtime error"
		message = strings.TrimPrefix(message, "runtime error: ")
	}
	stack := cutText("panic: "+message+ownFrames(), maxFailureText)
	return &failure{"thrown", thrown{Name: name, Message: message, Stack: stack}}
}

// ownFrames are those from the panic that is recovered up to this package, which calls the code of the function.
func ownFrames() string {
	callers := make([]uintptr, 256)
	frames := runtime.CallersFrames(callers[:runtime.Callers(1, callers)])
	var own strings.Builder
	for hasPanicked := false; ; {
		frame, more := frames.Next()
		isRuntime := strings.HasPrefix(frame.Function, "runtime.")
		if hasPanicked && strings.HasPrefix(frame.Function, ownPackage) {
			break
		}
		if hasPanicked && !isRuntime {
			fmt.Fprintf(&own, "\n    at %s (%s:%d)", frame.Function, frame.File, frame.Line)
		}
		hasPanicked = hasPanicked || frame.Function == "runtime.gopanic"
		if !more {
			break
		}
	}
	return own.String()
}

var ownPackage = reflect.TypeFor[Error]().PkgPath() + "."

// nameOf returns the name of a function, and where it is written.
func nameOf(function any) string {
	found := runtime.FuncForPC(reflect.ValueOf(function).Pointer())
	if found == nil {
		return "the function"
	}
	file, line := found.FileLine(found.Entry())
	return fmt.Sprintf("%s (%s:%d)", found.Name(), file, line)
}
