package koyalite

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Aggregation says which values are computed, of which groups of documents.
type Aggregation struct {
	// Values are such as "count", "sum:amount", "avg:score", "min:created_at", "max:score", "count_distinct:author_id".
	Values []string
	// Group has fields, also along references, and time buckets: "status", "created_at:month". Without it, all documents
	// are one group.
	Group []string
	// Having keeps groups: {"count": {"$gt": 5}}.
	Having map[string]any
	// Sort orders the groups: "-count".
	Sort []string
	// Limit is how many groups there are at most; 0 for the default of the server.
	Limit int
	// Timezone is that of time buckets, such as "Europe/Paris". The default is UTC.
	Timezone string
}

// Group has the values of one group by their names: "count", "sum_amount", "status". Int, Float, Text and Time return
// zeros where there is no such value; Decode says why.
type Group map[string]json.RawMessage

// Decode stores a value in the variable that into points to, as json.Unmarshal does: null leaves a number as it is. It
// fails for a name that the group does not have, and for a value that does not fit.
func (g Group) Decode(name string, into any) error {
	value, ok := g[name]
	if !ok {
		return localError(CodeInvalidRequest, "the group has no %q, only %s", name, strings.Join(slices.Sorted(maps.Keys(g)), ", "))
	}
	if err := json.Unmarshal(value, into); err != nil {
		invalid := localError(CodeInvalidRequest, "%q of the group is %s: %v", name, value, err)
		invalid.cause = err
		return invalid
	}
	return nil
}

// String returns the group as JSON.
func (g Group) String() string {
	text, err := json.Marshal(g)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// Int returns a whole number; 0 for null and other values.
func (g Group) Int(name string) int64 { return groupValue[int64](g, name) }

// Float returns a number; 0 for null and other values.
func (g Group) Float(name string) float64 { return groupValue[float64](g, name) }

// Text returns a text; "" for null and other values.
func (g Group) Text(name string) string { return groupValue[string](g, name) }

// Time returns a timestamp; the zero time for null and other values.
func (g Group) Time(name string) time.Time { return groupValue[time.Time](g, name) }

// IsNull reports whether a value is null, or not there.
func (g Group) IsNull(name string) bool { return len(g[name]) == 0 || string(g[name]) == "null" }

func groupValue[T any](g Group, name string) T {
	var value T
	if g.Decode(name, &value) != nil {
		return *new(T)
	}
	return value
}

// Aggregate computes values of the documents of the query, in groups: at most 1000.
func (q Query[D]) Aggregate(ctx context.Context, aggregation Aggregation, options ...CallOption) ([]Group, error) {
	values, err := q.selection()
	if err != nil {
		return nil, err
	}
	setList(values, "values", aggregation.Values)
	setList(values, "group", aggregation.Group)
	setList(values, "sort", aggregation.Sort)
	if aggregation.Having != nil {
		having, err := marshal(aggregation.Having)
		if err != nil {
			return nil, err
		}
		values.Set("having", string(having))
	}
	if aggregation.Limit > 0 {
		values.Set("limit", strconv.Itoa(aggregation.Limit))
	}
	if aggregation.Timezone != "" {
		values.Set("timezone", aggregation.Timezone)
	}
	var sent struct {
		Groups []Group `json:"groups"`
	}
	r := request{method: http.MethodGet, path: collectionPath(q.collection) + "/aggregate", query: values}
	if err := q.conn.call(ctx, r, collectOptions(options), &sent); err != nil {
		return nil, err
	}
	return sent.Groups, nil
}
