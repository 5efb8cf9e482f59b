package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"example.com/scenarios/generated/go/koyalite"
)

// collection is a collection whose types are known at run time only.
type collection interface {
	query(ctx context.Context, koya *koyalite.Client, o *operation) (any, error)
	follow(koya *koyalite.Client, spec *querySpec, f *follower)
	// document also returns the key of the document.
	document(ctx context.Context, koya *koyalite.Client, o *operation, options []koyalite.CallOption) (string, any, error)
	step(b *koyalite.BatchBuilder, s batchStep) error
}

// typed is a collection with the types that were generated for it.
type typed[D, N any, U koyalite.UpdateArgument] struct {
	of     func(*koyalite.Client) *koyalite.Collection[D, string, N, U]
	batch  func(*koyalite.BatchBuilder) *koyalite.BatchCollection[D, string, N, U]
	key    func(*D) string
	fields map[string]field[D, U]
}

func (c typed[D, N, U]) query(ctx context.Context, koya *koyalite.Client, o *operation) (any, error) {
	query, err := c.queryOf(koya, &o.Query)
	if err != nil {
		return nil, err
	}
	fields := o.Query.Fields
	switch o.Op {
	case "list":
		docs, err := query.List(ctx)
		return taggedList(docs, fields), err
	case "all":
		var docs []*D
		for doc, err := range query.All(ctx) {
			if err != nil {
				return nil, err
			}
			docs = append(docs, doc)
		}
		return taggedList(docs, fields), nil
	case "first":
		doc, err := query.First(ctx)
		if errors.Is(err, koyalite.ErrNotFound) {
			return nil, nil
		}
		return tagged(doc, fields), err
	case "count":
		return query.Count(ctx)
	case "page":
		page, err := query.Page(ctx, koyalite.PageOptions{Cursor: o.Cursor, Count: o.Count})
		if err != nil {
			return nil, err
		}
		said := map[string]any{"docs": taggedList(page.Docs, fields), "nextCursor": nil, "total": nil}
		if page.NextCursor != "" {
			said["nextCursor"] = page.NextCursor
		}
		if o.Count {
			said["total"] = page.Total
		}
		return said, nil
	case "aggregate":
		var in aggregation
		if err := json.Unmarshal(o.Input, &in); err != nil {
			return nil, err
		}
		return query.Aggregate(ctx, koyalite.Aggregation{Values: in.Values, Group: in.Group, Having: in.Having, Sort: in.Sort})
	}
	return nil, fmt.Errorf("unknown operation %s", o.Op)
}

func (c typed[D, N, U]) follow(koya *koyalite.Client, spec *querySpec, f *follower) {
	ctx, stop := context.WithCancel(context.Background())
	f.stop, f.docs = stop, []any{}
	query, err := c.queryOf(koya, spec)
	if f.err = err; err != nil {
		return
	}
	go func() {
		for s, err := range query.Live(ctx) {
			f.mutex.Lock()
			if f.err = err; err == nil {
				f.docs, f.seq, f.count = taggedList(s.Docs, spec.Fields), s.Seq, f.count+1
			}
			f.mutex.Unlock()
		}
	}()
}

func (c typed[D, N, U]) document(
	ctx context.Context, koya *koyalite.Client, o *operation, options []koyalite.CallOption,
) (id string, value any, err error) {
	of := c.of(koya)
	var doc *D
	switch o.Op {
	case "get":
		read := []koyalite.GetOption{koyalite.Expand(o.Expand...)}
		for _, option := range options {
			read = append(read, option)
		}
		doc, err = of.Get(ctx, o.ID, read...)
	case "create", "replace":
		var data N
		if err := json.Unmarshal(o.Data, &data); err != nil {
			return "", nil, err
		}
		if o.Op == "create" {
			doc, err = of.Create(ctx, data, options...)
		} else {
			doc, err = of.Replace(ctx, o.ID, data, options...)
		}
	case "createMany":
		var data []N
		if err := json.Unmarshal(o.Data, &data); err != nil {
			return "", nil, err
		}
		docs, err := of.CreateMany(ctx, data, options...)
		return "", taggedList(docs, nil), err
	case "update":
		changes, err := c.changes(o.Data)
		if err != nil {
			return "", nil, err
		}
		for _, option := range options {
			changes = append(changes, any(option).(U))
		}
		doc, err = of.Update(ctx, o.ID, changes...)
		if err != nil {
			return "", nil, err
		}
	case "delete":
		return o.ID, nil, of.Delete(ctx, o.ID, options...)
	default:
		return "", nil, fmt.Errorf("unknown operation %s", o.Op)
	}
	if err != nil {
		return "", nil, err
	}
	return c.key(doc), tagged(doc, nil), nil
}

func (c typed[D, N, U]) step(b *koyalite.BatchBuilder, s batchStep) error {
	of := c.batch(b)
	switch s.Op {
	case "delete":
		of.Delete(s.ID)
	case "update":
		changes, err := c.changes(s.Data)
		if err != nil {
			return err
		}
		of.Update(s.ID, changes...)
	default:
		var data N
		if err := json.Unmarshal(s.Data, &data); err != nil {
			return err
		}
		if s.Op == "create" {
			of.Create(data)
		} else {
			of.Replace(s.ID, data)
		}
	}
	return nil
}

func runBatch(ctx context.Context, koya *koyalite.Client, steps []batchStep) (any, error) {
	var stepErr error
	results, err := koya.Batch(ctx, func(b *koyalite.BatchBuilder) {
		for _, s := range steps {
			stepErr = errors.Join(stepErr, collectionOf(s.Collection).step(b, s))
		}
	})
	if err = errors.Join(stepErr, err); err != nil {
		return nil, err
	}
	said := make([]any, len(results))
	for i, result := range results {
		said[i] = tagged(result, nil)
	}
	return said, nil
}

func (c typed[D, N, U]) queryOf(koya *koyalite.Client, spec *querySpec) (koyalite.Query[D], error) {
	query := c.of(koya).Query().Sort(spec.Sort...).Offset(spec.Offset).Expand(spec.Expand...).Fields(spec.Fields...)
	if spec.Limit != nil {
		query = query.Limit(*spec.Limit)
	}
	if spec.Where != nil {
		query = query.Where(spec.Where.Expression, spec.Where.Params...)
	}
	if spec.Filter == nil {
		return query, nil
	}
	condition, err := c.condition(spec.Filter)
	return query.Filter(condition), err
}

// condition builds what a JSON filter says of the parts of the client.
func (c typed[D, N, U]) condition(filter map[string]json.RawMessage) (koyalite.Condition[D], error) {
	var all []koyalite.Condition[D]
	for name, raw := range filter {
		one, err := c.entry(name, raw)
		if err != nil {
			return one, err
		}
		all = append(all, one)
	}
	return koyalite.And(all...), nil
}

func (c typed[D, N, U]) entry(name string, raw json.RawMessage) (koyalite.Condition[D], error) {
	switch name {
	case "$and", "$or":
		var filters []map[string]json.RawMessage
		if err := json.Unmarshal(raw, &filters); err != nil {
			return koyalite.Condition[D]{}, err
		}
		var parts []koyalite.Condition[D]
		for _, filter := range filters {
			part, err := c.condition(filter)
			if err != nil {
				return part, err
			}
			parts = append(parts, part)
		}
		if name == "$or" {
			return koyalite.Or(parts...), nil
		}
		return koyalite.And(parts...), nil
	case "$not":
		var filter map[string]json.RawMessage
		if err := json.Unmarshal(raw, &filter); err != nil {
			return koyalite.Condition[D]{}, err
		}
		part, err := c.condition(filter)
		return koyalite.Not(part), err
	}
	f, known := c.fields[name]
	if !known {
		return koyalite.Condition[D]{}, fmt.Errorf("the driver has no field %s", name)
	}
	var operators map[string]json.RawMessage
	if !bytes.HasPrefix(raw, []byte(`{"$`)) || json.Unmarshal(raw, &operators) != nil {
		return f.compare("$eq", raw)
	}
	var all []koyalite.Condition[D]
	for operator, operand := range operators {
		one, err := f.compare(operator, operand)
		if err != nil {
			return one, err
		}
		all = append(all, one)
	}
	return koyalite.And(all...), nil
}

func (c typed[D, N, U]) changes(data json.RawMessage) ([]U, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil {
		return nil, err
	}
	var changes []U
	for name, raw := range fields {
		change, err := c.fields[name].change(raw)
		if err != nil {
			return nil, err
		}
		changes = append(changes, change)
	}
	return changes, nil
}

// field is what the scenarios do with a field.
type field[D, U any] struct {
	compare func(operator string, raw json.RawMessage) (koyalite.Condition[D], error)
	change  func(raw json.RawMessage) (U, error)
}

// What the types of fields have, as far as they have it: T are the values, C the changes.
type (
	nulls[D any] interface {
		IsNull() koyalite.Condition[D]
		IsNotNull() koyalite.Condition[D]
	}
	equals[D, T any] interface {
		Eq(T) koyalite.Condition[D]
		Ne(T) koyalite.Condition[D]
		In(...T) koyalite.Condition[D]
		NotIn(...T) koyalite.Condition[D]
	}
	orders[D, T any] interface {
		Gt(T) koyalite.Condition[D]
		Gte(T) koyalite.Condition[D]
		Lt(T) koyalite.Condition[D]
		Lte(T) koyalite.Condition[D]
	}
	matches[D any] interface {
		Like(string) koyalite.Condition[D]
		Contains(string) koyalite.Condition[D]
	}
	sets[C, T any]  interface{ Set(T) C }
	setsNull[C any] interface{ SetNull() C }
	adds[C, T any]  interface{ Inc(T) C }
	pushes[C any]   interface {
		Push(string) C
		Pull(string) C
	}
)

// fieldOf is a field whose type is found out at run time.
func fieldOf[D, C, T, U any](f any) field[D, U] {
	return field[D, U]{
		compare: func(operator string, raw json.RawMessage) (koyalite.Condition[D], error) {
			return compare[D, T](f, operator, raw)
		},
		change: func(raw json.RawMessage) (U, error) {
			change, err := changeOf[C, T](f, raw)
			if err != nil {
				return *new(U), err
			}
			return any(change).(U), nil
		},
	}
}

func compare[D, T any](f any, operator string, raw json.RawMessage) (koyalite.Condition[D], error) {
	if string(raw) == "null" {
		if operator == "$eq" {
			return f.(nulls[D]).IsNull(), nil
		}
		return f.(nulls[D]).IsNotNull(), nil
	}
	if operator == "$in" || operator == "$nin" {
		var values []T
		err := json.Unmarshal(raw, &values)
		if operator == "$in" {
			return f.(equals[D, T]).In(values...), err
		}
		return f.(equals[D, T]).NotIn(values...), err
	}
	if operator == "$like" || operator == "$contains" {
		var text string
		err := json.Unmarshal(raw, &text)
		if operator == "$like" {
			return f.(matches[D]).Like(text), err
		}
		return f.(interface {
			Contains(string) koyalite.Condition[D]
		}).Contains(text), err
	}
	var value T
	if err := json.Unmarshal(raw, &value); err != nil {
		return koyalite.Condition[D]{}, err
	}
	switch operator {
	case "$eq":
		return f.(equals[D, T]).Eq(value), nil
	case "$ne":
		return f.(equals[D, T]).Ne(value), nil
	case "$gt":
		return f.(orders[D, T]).Gt(value), nil
	case "$gte":
		return f.(orders[D, T]).Gte(value), nil
	case "$lt":
		return f.(orders[D, T]).Lt(value), nil
	case "$lte":
		return f.(orders[D, T]).Lte(value), nil
	}
	return koyalite.Condition[D]{}, fmt.Errorf("unknown operator %s", operator)
}

func changeOf[C, T any](f any, raw json.RawMessage) (C, error) {
	if string(raw) == "null" {
		return f.(setsNull[C]).SetNull(), nil
	}
	var operators map[string]json.RawMessage
	if bytes.HasPrefix(raw, []byte(`{"$`)) && json.Unmarshal(raw, &operators) == nil {
		if by, ok := operators["$inc"]; ok {
			var value T
			err := json.Unmarshal(by, &value)
			return f.(adds[C, T]).Inc(value), err
		}
		var element string
		if pushed, ok := operators["$push"]; ok {
			err := json.Unmarshal(pushed, &element)
			return f.(pushes[C]).Push(element), err
		}
		err := json.Unmarshal(operators["$pull"], &element)
		return f.(pushes[C]).Pull(element), err
	}
	var value T
	err := json.Unmarshal(raw, &value)
	return f.(sets[C, T]).Set(value), err
}

// behind are the fields of other documents that a reference leads to: "post.title".
func behind[D, U, To, ToU any](reference koyalite.Reference[D, To], fields map[string]field[To, ToU], into map[string]field[D, U]) {
	for name, f := range fields {
		if strings.Contains(name, ".") {
			continue
		}
		into[reference.Name()+"."+name] = field[D, U]{
			compare: func(operator string, raw json.RawMessage) (koyalite.Condition[D], error) {
				condition, err := f.compare(operator, raw)
				return reference.Where(condition), err
			},
		}
	}
}
