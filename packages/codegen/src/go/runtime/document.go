package koyalite

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// document is what the generated types of documents are: *Post.
type document interface {
	json.Unmarshaler
	// key is the value of the primary key.
	key() any
	// tag is where the ETag of the document is.
	tag() *string
}

// loaded is what is known of how a document was read.
type loaded struct {
	etag string
	// names of the fields and relations that it came with, in order; nil for a document that was not read.
	names []string
}

func documentOf[D any](doc *D) document {
	d, _ := any(doc).(document)
	return d
}

// ETagOf returns the ETag of a document as it was read, for IfMatch. It is "" in documents that came without one: those
// of lists and live queries without ETags, and those inside of others.
func ETagOf[D any](doc *D) string {
	if d := documentOf(doc); d != nil && doc != nil {
		return *d.tag()
	}
	return ""
}

// decodeDocument stores the fields of a JSON document where place says. What nobody has a place for, because the server
// is newer or the table is that of another program, is stored in extra.
func decodeDocument(data []byte, read *loaded, extra *map[string]json.RawMessage, placeOf func(name string) any) error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil {
		return err
	}
	read.names = slices.Sorted(maps.Keys(fields))
	for name, value := range fields {
		place := placeOf(name)
		if _, isRaw := place.(*json.RawMessage); isRaw && string(value) == "null" {
			continue // nil
		}
		if place != nil && decodeValue(value, place) == nil {
			continue
		}
		if *extra == nil {
			*extra = map[string]json.RawMessage{}
		}
		(*extra)[name] = value
	}
	return nil
}

// encodeDocument writes a document as the API has it, with the relations that were expanded, and what is in extra. doc is
// the struct. Of a document that was read, fields that were not loaded are left out, unless they have been set since.
func encodeDocument(doc any, read loaded, extra map[string]json.RawMessage, placeOf func(name string) any) ([]byte, error) {
	var names []string
	values := map[string]any{}
	set := func(name string, value any) {
		if _, known := values[name]; !known {
			names = append(names, name)
		}
		values[name] = value
	}
	fields := reflect.ValueOf(doc)
	for i := range fields.NumField() {
		name, _, _ := strings.Cut(fields.Type().Field(i).Tag.Get("json"), ",")
		if name == "" || name == "-" {
			continue
		}
		value := fields.Field(i)
		optional, isOptional := value.Interface().(interface{ IsSet() bool })
		if isOptional && !optional.IsSet() {
			continue
		}
		if read.names == nil || slices.Contains(read.names, name) || !value.IsZero() {
			set(name, value.Interface())
		}
	}
	for _, name := range read.names {
		if relation, ok := placeOf(name).(interface{ expanded() (any, bool) }); ok {
			if documents, ok := relation.expanded(); ok {
				set(name, documents)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(extra)) {
		set(name, extra[name])
	}
	text := []byte{'{'}
	for i, name := range names {
		member, err := json.Marshal(map[string]any{name: values[name]})
		if err != nil {
			return nil, err
		}
		if i > 0 {
			text = append(text, ',')
		}
		text = append(text, member[1:len(member)-1]...)
	}
	return append(text, '}'), nil
}

// decodeValue is json.Unmarshal of a value that is known to be valid JSON, without what that costs for most values.
func decodeValue(data []byte, place any) error {
	switch p := place.(type) {
	case json.Unmarshaler:
		return p.UnmarshalJSON(data)
	case *string:
		if last := len(data) - 1; data[0] == '"' && bytes.IndexByte(data, '\\') < 0 && utf8.Valid(data) {
			*p = string(data[1:last])
			return nil
		}
	case **string:
		if data[0] == '"' {
			*p = new(string)
			return decodeValue(data, *p)
		}
	}
	return json.Unmarshal(data, place)
}

// expansion is what a document knows of its relations.
type expansion struct{ asked []string }

// Asked reports whether the relation was expanded: if so, nil means that there is no document, or none that may be read.
func (e expansion) Asked(relation string) bool { return slices.Contains(e.asked, relation) }

// related is the place of the documents of a relation: D is *User, or []*Comment.
type related[D any] struct {
	name string
	to   *D
	of   *expansion
}

func (r *related[D]) UnmarshalJSON(data []byte) error {
	r.of.asked = append(r.of.asked, r.name)
	return json.Unmarshal(data, r.to)
}

// expanded returns the documents of the relation, and whether it was expanded.
func (r *related[D]) expanded() (any, bool) { return *r.to, r.of.Asked(r.name) }

// inPlace is the place of a reference that is expanded under its own name: there is a value, or the document that has
// the value in a field.
type inPlace[D any] struct {
	related[*D]
	value any
	field string
}

func (p *inPlace[D]) UnmarshalJSON(data []byte) error {
	if !bytes.HasPrefix(data, []byte("{")) {
		return json.Unmarshal(data, p.value)
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil {
		return err
	}
	if value, ok := fields[p.field]; ok {
		if err := json.Unmarshal(value, p.value); err != nil {
			return err
		}
	}
	return p.related.UnmarshalJSON(data)
}

// expanded is false where there is the value alone.
func (p *inPlace[D]) expanded() (any, bool) { return *p.to, *p.to != nil }

// KeyType is the type of a primary key.
type KeyType interface{ ~string | ~int64 }

// keySegment is a key in a path: behind a ~ it is never taken for a word of the API, such as "live".
func keySegment[K KeyType](id K) string {
	return "~" + url.PathEscape(keyText(id))
}

func keyText(id any) string {
	v := reflect.ValueOf(id)
	if v.Kind() == reflect.Int64 {
		return strconv.FormatInt(v.Int(), 10)
	}
	return v.String()
}
