package koyalite

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// readStruct returns the schema of a struct: of one that contains itself a reference to it.
func (r *schemaReader) readStruct(of reflect.Type, place string) (schema, error) {
	if slices.Contains(r.path, of) {
		if r.names[of] == "" {
			r.names[of] = fmt.Sprintf("%s%d", of.Name(), len(r.names)+1)
		}
		return schema{"$ref": "#/$defs/" + r.names[of]}, nil
	}
	r.path = append(r.path, of)
	defer func() { r.path = r.path[:len(r.path)-1] }()
	properties, required := map[string]any{}, []string{}
	for _, field := range fieldsOf(of) {
		inner := place + "." + field.name
		read, err := r.read(field.Type, inner)
		if err == nil {
			err = field.apply(read, inner)
		}
		if err != nil {
			return nil, err
		}
		properties[field.name] = read
		if field.isRequired(r.role) {
			required = append(required, field.name)
		}
	}
	read := schema{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		read["required"] = required
	}
	if name := r.names[of]; name != "" {
		r.definitions[name] = read
		return schema{"$ref": "#/$defs/" + name}, nil
	}
	return read, nil
}

// structField is a field of a struct, as encoding/json has it.
type structField struct {
	reflect.StructField
	name string
	// canBeLeftOut: omitempty, omitzero.
	canBeLeftOut bool
	// isText: a number or boolean as a string.
	isText bool
	tag    fieldTag
}

// fieldsOf returns the fields that encoding/json knows of a struct, with those of embedded ones. Of several with one
// name the least deep counts.
func fieldsOf(of reflect.Type) []structField {
	var fields []structField
	depths := map[string]int{}
	for _, field := range reflect.VisibleFields(of) {
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "-" && options == "" || isFlattened(field, name) || isWithinNamed(of, field) {
			continue
		}
		if !field.IsExported() {
			continue
		}
		if name == "" {
			name = field.Name
		}
		if depth, known := depths[name]; known && depth <= len(field.Index) {
			continue
		}
		depths[name] = len(field.Index)
		given := strings.Split(options, ",")
		fields = append(fields, structField{
			StructField:  field,
			name:         name,
			canBeLeftOut: slices.Contains(given, "omitempty") || slices.Contains(given, "omitzero"),
			isText:       slices.Contains(given, "string"),
			tag:          fieldTag(field.Tag.Get("koya")),
		})
	}
	return fields
}

// isFlattened reports whether the fields of an embedded struct stand beside the others.
func isFlattened(field reflect.StructField, name string) bool {
	of := field.Type
	if of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	return field.Anonymous && name == "" && of.Kind() == reflect.Struct && ownSchema(of) == nil
}

// isWithinNamed reports whether a promoted field is one of an embedded struct that is a field of its own.
func isWithinNamed(of reflect.Type, field reflect.StructField) bool {
	for at := 1; at < len(field.Index); at++ {
		outer := of.FieldByIndex(field.Index[:at])
		name, _, _ := strings.Cut(outer.Tag.Get("json"), ",")
		if !isFlattened(outer, name) {
			return true
		}
	}
	return false
}

// isRequired: a field is there unless it is a pointer, or its tags say otherwise.
func (f structField) isRequired(role role) bool {
	switch {
	case f.tag.has("optional"), f.tag.has("default") && role == inputRole:
		return false
	case f.tag.has("required"):
		return true
	case role == outputRole:
		return !f.canBeLeftOut
	}
	return !f.canBeLeftOut && f.Type.Kind() != reflect.Pointer && f.Type.Kind() != reflect.Interface
}

// apply adds what the tags say to the schema of the field's type.
func (f structField) apply(read schema, place string) error {
	if text := f.Tag.Get("doc"); text != "" {
		read["description"] = text
	}
	if f.isText {
		read["type"] = "string"
		delete(read, "minimum")
		delete(read, "maximum")
	}
	if err := f.tag.apply(read); err != nil {
		return fmt.Errorf("%s: %w", place, err)
	}
	return nil
}
