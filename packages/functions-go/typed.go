package koyalite

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"reflect"
)

// answerTyped calls a handler with the input, and answers its output.
func answerTyped[In, Out any](handler func(Ctx, In) (Out, error)) answer {
	return func(ctx Ctx, w http.ResponseWriter, request *http.Request) {
		output, failure := callTyped(ctx, handler, request.Body)
		ctx.call.log.flush()
		if failure != nil {
			failure.write(w)
			return
		}
		if output == nil {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(output)
	}
}

func callTyped[In, Out any](ctx Ctx, handler func(Ctx, In) (Out, error), body io.Reader) (output []byte, failed *failure) {
	defer func() {
		if reason := recover(); reason != nil {
			failed = panicked(reason)
		}
	}()
	var input In
	text, err := io.ReadAll(body)
	if err == nil && len(text) > 0 {
		err = json.Unmarshal(text, &input)
	}
	if err == nil && ctx.call.info.Event {
		ctx.call.event = &Event{}
		err = json.Unmarshal(text, ctx.call.event)
	}
	if err != nil {
		return nil, failureOf(err, "the input")
	}
	result, err := handler(ctx, input)
	if err == nil {
		output, err = encode(result)
	}
	if err != nil {
		if ctx.Job() != nil {
			failed = failureOfJob(err)
		}
		if failed == nil {
			failed = failureOf(err, nameOf(handler))
		}
		return nil, failed
	}
	return output, nil
}

// encode returns the JSON of an output; nil where there is none.
func encode(output any) ([]byte, error) {
	value := withoutNil(reflect.ValueOf(output))
	if !value.IsValid() {
		return nil, nil
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value.Interface()); err != nil {
		return nil, err
	}
	encoded := bytes.TrimSuffix(text.Bytes(), []byte("\n"))
	if string(encoded) == "null" {
		return nil, nil
	}
	return encoded, nil
}
