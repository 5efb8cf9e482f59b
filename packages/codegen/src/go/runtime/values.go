package koyalite

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strings"
	"time"
)

// maxInt is the largest int that every client can hold: 2^53 - 1.
const maxInt = 1<<53 - 1

// timeLayout is how the server writes timestamps.
const timeLayout = "2006-01-02T15:04:05.000Z"

// wireValue is a value as the API takes it: timestamps in UTC, truncated to milliseconds. It refuses what the server
// would read as something else.
func wireValue(value any) (any, error) {
	switch v := value.(type) {
	case nil, string, bool, json.RawMessage, Date:
		return v, nil
	case time.Time:
		if year := v.UTC().Year(); year < 0 || year > 9999 {
			return nil, fmt.Errorf("is in the year %d, which a timestamp cannot have", year)
		}
		return v.UTC().Truncate(time.Millisecond).Format(timeLayout), nil
	}
	switch v := reflect.ValueOf(value); v.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		if n := v.Int(); n > maxInt || n < -maxInt {
			return nil, fmt.Errorf("is %d, and integers are exact up to 2^53 - 1 only", n)
		}
	case reflect.Uint, reflect.Uint64:
		if n := v.Uint(); n > maxInt {
			return nil, fmt.Errorf("is %d, and integers are exact up to 2^53 - 1 only", n)
		}
	case reflect.Slice:
		// An empty list or blob: null is said by Null and SetNull.
		if v.IsNil() {
			return reflect.MakeSlice(v.Type(), 0, 0).Interface(), nil
		}
	case reflect.Float32, reflect.Float64:
		if f := v.Float(); math.IsNaN(f) || math.IsInf(f, 0) {
			return nil, fmt.Errorf("is %v, which JSON does not have", f)
		}
	}
	return value, nil
}

// wireDocument is the JSON of an input such as PostCreate. Fields that are left out stay out.
func wireDocument(input any) (json.RawMessage, error) {
	fields, err := wireFields(input)
	if err != nil {
		return nil, err
	}
	return marshal(fields)
}

func wireFields(input any) (map[string]any, error) {
	fields := map[string]any{}
	v := reflect.ValueOf(input)
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		value := v.Field(i).Interface()
		if optional, ok := value.(interface {
			get() (any, bool)
			IsSet() bool
		}); ok {
			if !optional.IsSet() {
				continue
			}
			if value, ok = optional.get(); !ok {
				value = nil
			}
		}
		wire, err := wireValue(value)
		if err != nil {
			return nil, invalidField(name, "%v", err)
		}
		fields[name] = wire
	}
	return fields, nil
}

// marshal is json.Marshal with an *Error.
func marshal(value any) (json.RawMessage, error) {
	data, err := json.Marshal(value)
	if err != nil {
		invalid := localError(CodeValidationError, "the input is not valid: %v", err)
		invalid.cause = err
		return nil, invalid
	}
	return data, nil
}
