package koyalite

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// fieldTag is the tag koya of a field: required, optional, min=1, max=200, enum=a|b, format=email, default=…, unique,
// and last, since it may have commas, pattern=….
type fieldTag string

type tagPart struct{ name, value string }

func (t fieldTag) parts() []tagPart {
	var parts []tagPart
	for rest := string(t); rest != ""; {
		part := rest
		if !strings.HasPrefix(rest, "pattern=") {
			part, rest, _ = strings.Cut(rest, ",")
		} else {
			rest = ""
		}
		name, value, _ := strings.Cut(part, "=")
		parts = append(parts, tagPart{strings.TrimSpace(name), value})
	}
	return parts
}

func (t fieldTag) has(name string) bool {
	for _, part := range t.parts() {
		if part.name == name {
			return true
		}
	}
	return false
}

var tagFormats = map[string]string{
	"email": "email", "url": "uri", "uri": "uri", "uuid": "uuid", "date": "date", "time": "time",
	"timestamp": "date-time", "date-time": "date-time", "hostname": "hostname", "ipv4": "ipv4", "ipv6": "ipv6",
}

// limits are the keywords of min and max, by type.
var limits = map[string][2]string{
	"string":  {"minLength", "maxLength"},
	"array":   {"minItems", "maxItems"},
	"integer": {"minimum", "maximum"},
	"number":  {"minimum", "maximum"},
	"object":  {"minProperties", "maxProperties"},
}

func (t fieldTag) apply(read schema) error {
	kind := typeName(read)
	for _, part := range t.parts() {
		switch part.name {
		case "required", "optional":
		case "min", "max":
			number, err := strconv.ParseFloat(part.value, 64)
			if err != nil {
				return fmt.Errorf("koya:%q: %s is not a number", string(t), part.value)
			}
			keywords, ok := limits[kind]
			if !ok {
				return fmt.Errorf("koya:%q: a %s has no %s", string(t), kindName(kind), part.name)
			}
			if part.name == "min" {
				read[keywords[0]] = number
			} else {
				read[keywords[1]] = number
			}
		case "enum":
			values := []any{}
			for _, text := range strings.Split(part.value, "|") {
				value, err := t.value(kind, text)
				if err != nil {
					return err
				}
				values = append(values, value)
			}
			read["enum"] = values
			if _, isNullable := read["type"].([]string); isNullable {
				read["enum"] = append(values, nil)
			}
		case "default":
			value, err := t.value(kind, part.value)
			if err != nil {
				return err
			}
			read["default"] = value
		case "format":
			format, ok := tagFormats[part.value]
			if !ok {
				return fmt.Errorf("koya:%q: unknown format %s", string(t), part.value)
			}
			read["format"] = format
		case "pattern":
			read["pattern"] = part.value
		case "unique":
			read["uniqueItems"] = true
		default:
			return fmt.Errorf("koya:%q: unknown option %s; known are required, optional, min, max, enum, format, default, unique, pattern",
				string(t), part.name)
		}
	}
	return nil
}

// value reads a value of a tag: text as it stands, everything else as JSON.
func (t fieldTag) value(kind, text string) (any, error) {
	if kind == "string" {
		return text, nil
	}
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		return nil, fmt.Errorf("koya:%q: %s is not a value of a %s", string(t), text, kindName(kind))
	}
	return value, nil
}

// typeName returns the type of a schema, whether null is allowed too or not; "" where there is none.
func typeName(read schema) string {
	switch kind := read["type"].(type) {
	case string:
		return kind
	case []string:
		return kind[0]
	}
	return ""
}

func kindName(kind string) string {
	if kind == "" {
		return "value of any type"
	}
	return kind
}
