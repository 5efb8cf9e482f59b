package koyalite

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Opt is a value that may be left out, or be null. Its zero value is left out: so a zero that is meant is different from
// none.
type Opt[T any] struct {
	value T
	state optState
}

type optState uint8

const (
	unset optState = iota
	isNull
	isValue
)

// Value returns an Opt with a value. For fields of type int use Int, for those of type float Float or a constant like
// 0.0: of the constant 5, Go would make an Opt[int].
func Value[T any](value T) Opt[T] { return Opt[T]{value: value, state: isValue} }

// Null returns an Opt that is null: Null[string]().
func Null[T any]() Opt[T] { return Opt[T]{state: isNull} }

// Int returns the value of an int field.
func Int[N ~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint8 | ~uint16 | ~uint32](value N) Opt[int64] {
	return Value(int64(value))
}

// Float returns the value of a float field.
func Float[N ~int | ~int32 | ~int64 | ~float32 | ~float64](value N) Opt[float64] {
	return Value(float64(value))
}

// FromPointer returns an Opt with the value that p points to, and null for nil.
func FromPointer[T any](p *T) Opt[T] {
	if p == nil {
		return Null[T]()
	}
	return Value(*p)
}

// Get returns the value, and whether there is one: neither left out nor null.
func (o Opt[T]) Get() (T, bool) { return o.value, o.state == isValue }

// Or returns the value, or fallback where there is none.
func (o Opt[T]) Or(fallback T) T {
	if o.state == isValue {
		return o.value
	}
	return fallback
}

// IsSet reports whether the Opt has a value or is null.
func (o Opt[T]) IsSet() bool { return o.state != unset }

// IsNull reports whether the Opt is null.
func (o Opt[T]) IsNull() bool { return o.state == isNull }

// IsZero reports whether the Opt is left out: encoding/json leaves it out too, with `omitzero`.
func (o Opt[T]) IsZero() bool { return o.state == unset }

// MarshalJSON writes the value, or null.
func (o Opt[T]) MarshalJSON() ([]byte, error) {
	if o.state != isValue {
		return []byte("null"), nil
	}
	return json.Marshal(o.value)
}

// UnmarshalJSON reads a value, or null.
func (o *Opt[T]) UnmarshalJSON(data []byte) error {
	if bytes.Equal(data, []byte("null")) {
		*o = Null[T]()
		return nil
	}
	var value T
	if err := json.Unmarshal(data, &value); err != nil {
		return err
	}
	*o = Value(value)
	return nil
}

// String returns the value as text, "null", or "(not set)".
func (o Opt[T]) String() string {
	switch o.state {
	case isValue:
		return fmt.Sprint(o.value)
	case isNull:
		return "null"
	}
	return "(not set)"
}

// get is Get, where the type is not known.
func (o Opt[T]) get() (any, bool) { return o.value, o.state == isValue }
