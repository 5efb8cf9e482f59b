package koyalite

import "reflect"

// maxDepth is how deep an output is looked into: encoding/json refuses what contains itself.
const maxDepth = 100

// withoutNil returns a value whose JSON has [] and {} for nil slices and maps: in Go they are empty, and a schema has no
// null for them. What it is given is not changed.
func withoutNil(value reflect.Value) reflect.Value {
	if !value.IsValid() || !mayHoldNil(value.Type(), 0) {
		return value
	}
	return filled(value, 0)
}

// mayHoldNil reports whether values of a type need to be looked at.
func mayHoldNil(of reflect.Type, depth int) bool {
	if depth > maxDepth {
		return true
	}
	switch of.Kind() {
	case reflect.Slice, reflect.Map, reflect.Interface:
		return true
	case reflect.Pointer, reflect.Array:
		return ownSchema(of) == nil && mayHoldNil(of.Elem(), depth+1)
	case reflect.Struct:
		if ownSchema(of) != nil {
			return false
		}
		for at := range of.NumField() {
			if field := of.Field(at); field.IsExported() && mayHoldNil(field.Type, depth+1) {
				return true
			}
		}
	}
	return false
}

func filled(value reflect.Value, depth int) reflect.Value {
	of := value.Type()
	if depth > maxDepth || of.Kind() != reflect.Interface && of != bytesType && ownSchema(of) != nil {
		return value
	}
	switch of.Kind() {
	case reflect.Slice:
		return filledSlice(value, depth)
	case reflect.Map:
		return filledMap(value, depth)
	case reflect.Pointer, reflect.Interface:
		if value.IsNil() {
			return value
		}
		inner := filled(value.Elem(), depth+1)
		if of.Kind() == reflect.Interface {
			return inner
		}
		copied := reflect.New(of.Elem())
		copied.Elem().Set(inner)
		return copied
	case reflect.Struct:
		copied := reflect.New(of).Elem()
		copied.Set(value)
		for at := range of.NumField() {
			if of.Field(at).IsExported() {
				copied.Field(at).Set(filled(value.Field(at), depth+1))
			}
		}
		return copied
	}
	return value
}

func filledSlice(value reflect.Value, depth int) reflect.Value {
	if value.IsNil() {
		return reflect.MakeSlice(value.Type(), 0, 0)
	}
	if !mayHoldNil(value.Type().Elem(), 0) {
		return value
	}
	copied := reflect.MakeSlice(value.Type(), value.Len(), value.Len())
	for at := range value.Len() {
		copied.Index(at).Set(filled(value.Index(at), depth+1))
	}
	return copied
}

func filledMap(value reflect.Value, depth int) reflect.Value {
	copied := reflect.MakeMapWithSize(value.Type(), value.Len())
	for entries := value.MapRange(); entries.Next(); {
		copied.SetMapIndex(entries.Key(), filled(entries.Value(), depth+1))
	}
	return copied
}
