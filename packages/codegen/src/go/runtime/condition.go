package koyalite

import (
	"encoding/json"
	"strings"
)

// Condition is what documents of a type have to fulfil. Conditions are made of fields, such as PostFields.Title.Eq("x"),
// and of other conditions by And, Or and Not.
//
// A comparison with a null is false, except Ne and NotIn, which keep nulls; so Not is plain negation.
type Condition[D any] struct {
	filter map[string]any
	err    error
}

// And holds where all of the conditions hold.
func And[D any](conditions ...Condition[D]) Condition[D] { return group("$and", conditions) }

// Or holds where one of the conditions holds.
func Or[D any](conditions ...Condition[D]) Condition[D] { return group("$or", conditions) }

// Not holds where the condition does not.
func Not[D any](condition Condition[D]) Condition[D] {
	return Condition[D]{filter: map[string]any{"$not": condition.filter}, err: condition.invalid()}
}

func group[D any](word string, conditions []Condition[D]) Condition[D] {
	all := Condition[D]{}
	filters := make([]any, len(conditions))
	for i, condition := range conditions {
		filters[i] = condition.filter
		if err := condition.invalid(); all.err == nil {
			all.err = err
		}
	}
	all.filter = map[string]any{word: filters}
	return all
}

// MarshalJSON writes the condition as the JSON filter of the API.
func (c Condition[D]) MarshalJSON() ([]byte, error) {
	if err := c.invalid(); err != nil {
		return nil, err
	}
	return json.Marshal(c.filter)
}

// invalid says why the condition cannot be sent. A condition without content is one: left out, it would show more than
// was asked for.
func (c Condition[D]) invalid() error {
	if c.err == nil && c.filter == nil {
		return localError(CodeInvalidFilter, "a condition of a query is empty")
	}
	return c.err
}

// compare is the condition on one field.
func compare[D any](field, operator string, value any) Condition[D] {
	wire, err := wireValue(value)
	if err != nil {
		return Condition[D]{err: localError(CodeInvalidFilter, "'%s' of a filter %v", field, err)}
	}
	return Condition[D]{filter: map[string]any{field: map[string]any{operator: wire}}}
}

func compareList[D, T any](field, operator string, values []T) Condition[D] {
	list := make([]any, len(values))
	for i, value := range values {
		wire, err := wireValue(value)
		if err != nil {
			return Condition[D]{err: localError(CodeInvalidFilter, "'%s' of a filter %v", field, err)}
		}
		list[i] = wire
	}
	return Condition[D]{filter: map[string]any{field: map[string]any{operator: list}}}
}

// Reference leads from documents D to one document To, as author does from a post to a user.
type Reference[D, To any] struct {
	name string
	// That has the key; empty where it has another value of the document.
	field string
}

// Where holds for documents whose reference leads to one for which the condition holds.
func (r Reference[D, To]) Where(condition Condition[To]) Condition[D] {
	filter, _ := behind(r.name, condition.filter).(map[string]any)
	return Condition[D]{filter: filter, err: condition.invalid()}
}

// Name returns the name that Expand takes.
func (r Reference[D, To]) Name() string { return r.name }

// behind puts a reference before the fields of a filter.
func behind(reference string, filter any) any {
	switch part := filter.(type) {
	case []any:
		parts := make([]any, len(part))
		for i, one := range part {
			parts[i] = behind(reference, one)
		}
		return parts
	case map[string]any:
		moved := make(map[string]any, len(part))
		for name, value := range part {
			if strings.HasPrefix(name, "$") {
				moved[name] = behind(reference, value)
			} else {
				moved[reference+"."+name] = value
			}
		}
		return moved
	}
	return filter
}
