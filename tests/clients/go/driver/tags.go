package main

import (
	"encoding/json"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/scenarios/generated/go/koyalite"
)

var tag = regexp.MustCompile(`\{"\$(?:timestamp|date|bytes)":("(?:[^"\\]|\\.)*")\}`)

// untagged has values as the API has them, which is how the types of the client read them.
func untagged(text []byte) []byte { return tag.ReplaceAll(text, []byte("$1")) }

// tagged is a document with the values of its types tagged; of fields those that were asked for, all for none.
func tagged(doc any, fields []string) any {
	v := reflect.ValueOf(doc)
	if !v.IsValid() || v.IsNil() {
		return nil
	}
	said := map[string]any{}
	v = v.Elem()
	for i := range v.NumField() {
		member := v.Type().Field(i)
		name, _, _ := strings.Cut(member.Tag.Get("json"), ",")
		switch {
		case member.Name == "Expanded":
			tagExpanded(v.Field(i), said)
		case name != "" && name != "-" && (len(fields) == 0 || slices.Contains(fields, name)):
			said[name] = taggedValue(v.Field(i))
		}
	}
	return said
}

func tagExpanded(v reflect.Value, said map[string]any) {
	asked, _ := v.Interface().(interface{ Asked(string) bool })
	for i := range v.NumField() {
		name := strings.ToLower(v.Type().Field(i).Name)
		if !v.Type().Field(i).IsExported() || !asked.Asked(name) {
			continue
		}
		if v.Field(i).Kind() != reflect.Slice {
			said[name] = tagged(v.Field(i).Interface(), nil)
			continue
		}
		docs := []any{}
		for j := range v.Field(i).Len() {
			docs = append(docs, tagged(v.Field(i).Index(j).Interface(), nil))
		}
		said[name] = docs
	}
}

func taggedList[D any](docs []*D, fields []string) any {
	said := make([]any, len(docs))
	for i, doc := range docs {
		said[i] = tagged(doc, fields)
	}
	return said
}

func taggedValue(v reflect.Value) any {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return nil
		}
		v = v.Elem()
	}
	switch value := v.Interface().(type) {
	case time.Time:
		return map[string]any{"$timestamp": value.UTC().Format("2006-01-02T15:04:05.000Z")}
	case koyalite.Date:
		return map[string]any{"$date": value}
	case json.RawMessage:
		if value == nil {
			return nil
		}
		return value
	case []byte:
		if value == nil {
			return nil
		}
		return map[string]any{"$bytes": value}
	case float64:
		if value == math.Trunc(value) {
			return map[string]any{"$float": strconv.FormatFloat(value, 'g', -1, 64)}
		}
	}
	return v.Interface()
}
