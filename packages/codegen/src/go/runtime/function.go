package koyalite

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// Functions are the functions of the project. A call is repeated only with an IdempotencyKey: the server then runs it
// once.
type Functions struct{ conn *conn }

// Call calls a function by its name, also one that has no method here. What it returns is stored in out, if that is not
// nil.
func (f *Functions) Call(ctx context.Context, name string, input, out any, options ...CallOption) error {
	body, err := wireInput(input)
	if err != nil {
		return err
	}
	r := request{method: http.MethodPost, path: "/api/functions/" + name, body: body}
	return f.conn.call(ctx, r, collectOptions(options), out)
}

// wireInput is the JSON of what a function is called with: the values in it are as the API takes them.
func wireInput(input any) (json.RawMessage, error) {
	value, err := wireParts(reflect.ValueOf(input), "")
	if err != nil {
		return nil, err
	}
	return marshal(value)
}

// wireParts is a value with all that is in it; path is where it is.
func wireParts(v reflect.Value, path string) (any, error) {
	if !v.IsValid() {
		return nil, nil
	}
	switch value := v.Interface().(type) {
	case time.Time, Date, json.RawMessage:
		return wirePart(value, path)
	case interface{ get() (any, bool) }:
		inner, ok := value.get()
		if !ok {
			return nil, nil
		}
		return wireParts(reflect.ValueOf(inner), path)
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return wireParts(v.Elem(), path)
	case reflect.Struct:
		fields := map[string]any{}
		for i := range v.NumField() {
			name, option, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			if option == "omitzero" && v.Field(i).IsZero() {
				continue
			}
			if err := addPart(fields, name, v.Field(i), path); err != nil {
				return nil, err
			}
		}
		return fields, nil
	case reflect.Map:
		values := map[string]any{}
		for name, value := range v.Seq2() {
			if err := addPart(values, name.String(), value, path); err != nil {
				return nil, err
			}
		}
		return values, nil
	case reflect.Slice:
		values := make([]any, v.Len())
		for i := range values {
			value, err := wireParts(v.Index(i), join(path, strconv.Itoa(i)))
			if err != nil {
				return nil, err
			}
			values[i] = value
		}
		return values, nil
	}
	return wirePart(v.Interface(), path)
}

func addPart(parts map[string]any, name string, v reflect.Value, path string) error {
	value, err := wireParts(v, join(path, name))
	parts[name] = value
	return err
}

func wirePart(value any, path string) (any, error) {
	wire, err := wireValue(value)
	if err != nil {
		return nil, invalidField(path, "%v", err)
	}
	return wire, nil
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
