package main

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"example.com/scenarios/generated/go/koyalite"
)

// runCall calls a function of the scenarios by its method.
func runCall(ctx context.Context, koya *koyalite.Client, o *operation) (any, error) {
	var options []koyalite.CallOption
	if o.IdempotencyKey != "" {
		options = append(options, koyalite.IdempotencyKey(o.IdempotencyKey))
	}
	switch o.Function {
	case "placeOrder":
		return call(ctx, koya.Functions.PlaceOrder, o.Input, options)
	case "add-note":
		return call(ctx, koya.Functions.AddNote, o.Input, options)
	case "countUp":
		return call(ctx, koya.Functions.CountUp, o.Input, options)
	case "now":
		now, err := koya.Functions.Now(ctx, options...)
		return taggedParts(reflect.ValueOf(now)), err
	}
	return nil, fmt.Errorf("unknown function %s", o.Function)
}

func call[I, O any](
	ctx context.Context, function func(context.Context, I, ...koyalite.CallOption) (O, error),
	input json.RawMessage, options []koyalite.CallOption,
) (any, error) {
	var given I
	if err := json.Unmarshal(input, &given); err != nil {
		return nil, err
	}
	out, err := function(ctx, given, options...)
	return taggedParts(reflect.ValueOf(out)), err
}

// taggedParts is what a function returns, with the values in it tagged.
func taggedParts(v reflect.Value) any {
	switch {
	case v.Type() == reflect.TypeFor[time.Time](), v.Type() == reflect.TypeFor[koyalite.Date]():
		return taggedValue(v)
	case v.Kind() == reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return taggedParts(v.Elem())
	case v.Kind() == reflect.Slice:
		said := make([]any, v.Len())
		for i := range said {
			said[i] = taggedParts(v.Index(i))
		}
		return said
	case v.Kind() == reflect.Struct:
		said := map[string]any{}
		for i := range v.NumField() {
			name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			said[name] = taggedParts(v.Field(i))
		}
		return said
	}
	return taggedValue(v)
}
