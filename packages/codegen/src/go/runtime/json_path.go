package koyalite

import "strings"

// JSONPath is a place inside a json field. Values are compared with their types: true is not 1.
type JSONPath[D any] string

func jsonPath[D any](field string, path []string) JSONPath[D] {
	return JSONPath[D](strings.Join(append([]string{field}, path...), "."))
}

// Eq and Ne, In and NotIn compare for equality. Ne and NotIn hold where there is nothing.
func (p JSONPath[D]) Eq(value any) Condition[D]     { return compare[D](string(p), "$eq", value) }
func (p JSONPath[D]) Ne(value any) Condition[D]     { return compare[D](string(p), "$ne", value) }
func (p JSONPath[D]) In(values ...any) Condition[D] { return compareList[D](string(p), "$in", values) }
func (p JSONPath[D]) NotIn(values ...any) Condition[D] {
	return compareList[D](string(p), "$nin", values)
}

// Gt (>), Gte (>=), Lt (<) and Lte (<=) compare numbers with numbers, and texts with texts.
func (p JSONPath[D]) Gt(value any) Condition[D]  { return compare[D](string(p), "$gt", value) }
func (p JSONPath[D]) Gte(value any) Condition[D] { return compare[D](string(p), "$gte", value) }
func (p JSONPath[D]) Lt(value any) Condition[D]  { return compare[D](string(p), "$lt", value) }
func (p JSONPath[D]) Lte(value any) Condition[D] { return compare[D](string(p), "$lte", value) }

// Like matches a pattern, as TextField.Like does.
func (p JSONPath[D]) Like(pattern string) Condition[D] {
	return compare[D](string(p), "$like", pattern)
}

// Contains holds where a text contains the text, or a list the value.
func (p JSONPath[D]) Contains(value any) Condition[D] {
	return compare[D](string(p), "$contains", value)
}

// IsNull holds where there is nothing, or null; IsNotNull where there is something else.
func (p JSONPath[D]) IsNull() Condition[D]    { return compare[D](string(p), "$eq", nil) }
func (p JSONPath[D]) IsNotNull() Condition[D] { return compare[D](string(p), "$ne", nil) }
