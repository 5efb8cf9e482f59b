package koyalite

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"time"
)

// schema is a JSON Schema.
type schema map[string]any

// Schemed is a type that says itself what its JSON is: a JSON Schema.
type Schemed interface{ KoyaSchema() map[string]any }

// Enumerated is a type with few values: type Status string; func (Status) Enum() []any.
type Enumerated interface{ Enum() []any }

// role is what a schema is for: what is left out of an input is not what is left out of an output.
type role string

const (
	inputRole  role = "input"
	outputRole role = "output"
)

// schemaOf reads the schema of a type; nil where it allows anything. See Serve, and the README for the tags.
func schemaOf(of reflect.Type, role role) (schema, error) {
	reader := &schemaReader{role: role, names: map[reflect.Type]string{}, definitions: map[string]any{}}
	for of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	read, err := reader.read(of, string(role))
	if err != nil || len(read) == 0 {
		return nil, err
	}
	if len(reader.definitions) > 0 {
		read["$defs"] = reader.definitions
	}
	return read, nil
}

type schemaReader struct {
	role role
	// path has the structs that are being read, from the outermost in.
	path []reflect.Type
	// names are those of structs that contain themselves, in definitions.
	names       map[reflect.Type]string
	definitions map[string]any
}

var (
	timeType       = reflect.TypeFor[time.Time]()
	bytesType      = reflect.TypeFor[[]byte]()
	rawType        = reflect.TypeFor[json.RawMessage]()
	schemedType    = reflect.TypeFor[Schemed]()
	enumeratedType = reflect.TypeFor[Enumerated]()
	jsonType       = reflect.TypeFor[json.Marshaler]()
	textType       = reflect.TypeFor[encoding.TextMarshaler]()
)

// read returns the schema of a type. place says where it stands, for messages.
func (r *schemaReader) read(of reflect.Type, place string) (schema, error) {
	if of.Kind() == reflect.Pointer {
		read, err := r.read(of.Elem(), place)
		return nullable(read), err
	}
	if read := ownSchema(of); read != nil {
		return read, nil
	}
	read, err := r.readKind(of, place)
	if err != nil {
		return nil, err
	}
	if of.Implements(enumeratedType) {
		read["enum"] = reflect.Zero(of).Interface().(Enumerated).Enum()
	}
	return read, nil
}

// ownSchema returns the schema of a type whose JSON is not that of its kind; nil for all others.
func ownSchema(of reflect.Type) schema {
	if of.Kind() == reflect.Pointer {
		return ownSchema(of.Elem())
	}
	pointer := reflect.PointerTo(of)
	switch {
	case of == timeType:
		return schema{"type": "string", "format": "date-time"}
	case of == bytesType:
		return schema{"type": "string", "format": "byte"}
	case of == rawType || of.Kind() == reflect.Interface:
		return schema{}
	case of.Implements(schemedType):
		return reflect.Zero(of).Interface().(Schemed).KoyaSchema()
	case of.Implements(jsonType) || pointer.Implements(jsonType):
		return schema{}
	case of.Implements(textType) || pointer.Implements(textType):
		return schema{"type": "string"}
	}
	return nil
}

func (r *schemaReader) readKind(of reflect.Type, place string) (schema, error) {
	switch of.Kind() {
	case reflect.String:
		return schema{"type": "string"}, nil
	case reflect.Bool:
		return schema{"type": "boolean"}, nil
	case reflect.Float32, reflect.Float64:
		return schema{"type": "number"}, nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return signed(of.Bits()), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return unsigned(of.Bits()), nil
	case reflect.Slice, reflect.Array:
		return r.readList(of, place)
	case reflect.Map:
		return r.readMap(of, place)
	case reflect.Struct:
		return r.readStruct(of, place)
	}
	return nil, fmt.Errorf("%s: JSON has nothing for a %s", place, of)
}

// signed is the schema of integers. Those of 64 bits have the range of JSON's numbers.
func signed(bits int) schema {
	read := schema{"type": "integer"}
	if bits < 64 {
		read["minimum"] = -(int64(1) << (bits - 1))
		read["maximum"] = int64(1)<<(bits-1) - 1
	}
	return read
}

func unsigned(bits int) schema {
	read := schema{"type": "integer", "minimum": 0}
	if bits < 64 {
		read["maximum"] = int64(1)<<bits - 1
	}
	return read
}

func (r *schemaReader) readList(of reflect.Type, place string) (schema, error) {
	if of.Kind() == reflect.Slice && of.Elem().Kind() == reflect.Uint8 {
		return schema{"type": "string", "format": "byte"}, nil
	}
	items, err := r.read(of.Elem(), place+"[]")
	if err != nil {
		return nil, err
	}
	read := schema{"type": "array", "items": items}
	if of.Kind() == reflect.Array {
		read["minItems"] = of.Len()
		read["maxItems"] = of.Len()
	}
	return read, nil
}

func (r *schemaReader) readMap(of reflect.Type, place string) (schema, error) {
	switch of.Key().Kind() {
	case reflect.String, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
	default:
		if !of.Key().Implements(textType) {
			return nil, fmt.Errorf("%s: JSON has no maps of a %s", place, of.Key())
		}
	}
	values, err := r.read(of.Elem(), place+"{}")
	if err != nil {
		return nil, err
	}
	return schema{"type": "object", "additionalProperties": values}, nil
}

// nullable also allows null.
func nullable(read schema) schema {
	if kind, ok := read["type"].(string); ok {
		read["type"] = []string{kind, "null"}
		if values, ok := read["enum"].([]any); ok {
			read["enum"] = append(values[:len(values):len(values)], nil)
		}
		return read
	}
	if _, ok := read["$ref"]; ok {
		return schema{"anyOf": []any{read, schema{"type": "null"}}}
	}
	return read
}
