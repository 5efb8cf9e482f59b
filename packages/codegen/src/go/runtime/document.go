package koyalite

import (
	"bytes"
	"encoding/json"
	"net/url"
	"reflect"
	"slices"
	"strconv"
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

// decodeDocument stores the fields of a JSON document where target says. What nobody has a place for, because the server
// is newer or the table is that of another program, is stored in extra.
func decodeDocument(data []byte, extra *map[string]json.RawMessage, target func(name string) any) error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil {
		return err
	}
	for name, value := range fields {
		place := target(name)
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
