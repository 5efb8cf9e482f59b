package koyalite

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
)

// batch is the operations of a BatchBuilder.
type batch struct {
	operations []batchOperation
	results    []batchResult
	err        error
}

type batchOperation struct {
	Op         string          `json:"op"`
	Collection string          `json:"collection"`
	ID         any             `json:"id,omitempty"`
	Data       json.RawMessage `json:"data,omitempty"`
	Where      string          `json:"where,omitempty"`
	Params     []any           `json:"params,omitempty"`
}

// resultKey is the key of the document of an earlier operation.
type resultKey struct {
	Result int `json:"$result"`
}

type batchResult interface {
	decode(data []byte) (any, error)
}

// BatchResult is what an operation of a batch results in, once Batch has returned without an error. Later operations of
// the same batch can be about its document (BatchCollection.Of), and refer to it (Reference.To).
type BatchResult[D any] struct {
	doc   *D
	batch *batch
	index int
}

// Doc returns the document as it was stored; nil before Batch has returned, and of a delete and an assertion.
func (r *BatchResult[D]) Doc() *D { return r.doc }

// key is the key of the document in a batch.
func (r *BatchResult[D]) key(b *batch) (resultKey, error) {
	if r == nil || r.batch != b {
		return resultKey{}, localError(CodeInvalidRequest, "a batch can only use results of its own")
	}
	return resultKey{r.index}, nil
}

func (r *BatchResult[D]) decode(data []byte) (any, error) {
	if string(data) == "null" {
		return nil, nil
	}
	doc := new(D)
	if err := decode(data, doc); err != nil {
		return nil, err
	}
	r.doc = doc
	return doc, nil
}

// BatchReference is a reference of a document D to that of an earlier operation of the same batch.
type BatchReference[D any] struct {
	field string
	key   func(b *batch) (resultKey, error)
}

// To refers to the document that an earlier operation of the same batch results in, in a write of
// BatchCollection.With.
func (r Reference[D, To]) To(result *BatchResult[To]) BatchReference[D] {
	if r.field == "" {
		return BatchReference[D]{key: func(*batch) (resultKey, error) {
			return resultKey{}, localError(CodeInvalidRequest, "'%s' does not refer to keys", r.name)
		}}
	}
	return BatchReference[D]{r.field, result.key}
}

// BatchCollection adds writes of a collection to a batch.
type BatchCollection[D any, K KeyType, N any, A UpdateArgument] struct {
	batch      *batch
	name       string
	references []BatchReference[D]
}

// With returns the collection for writes that also set these references:
//
//	b.Comments.With(CommentReferences.Post.To(post)).Create(CommentCreate{Text: "First!"})
func (c *BatchCollection[D, K, N, A]) With(references ...BatchReference[D]) *BatchCollection[D, K, N, A] {
	return &BatchCollection[D, K, N, A]{c.batch, c.name, append(slices.Clip(c.references), references...)}
}

// Of returns the document that an earlier operation of the same batch results in, for more operations on it.
func (c *BatchCollection[D, K, N, A]) Of(result *BatchResult[D]) *BatchDocument[D, N, A] {
	key, err := result.key(c.batch)
	return &BatchDocument[D, N, A]{c.operations(), key, err}
}

// Create creates a document.
func (c *BatchCollection[D, K, N, A]) Create(data N) *BatchResult[D] {
	fields, err := wireFields(data)
	return c.operations().add(batchOperation{Op: "create"}, fields, err)
}

// Update changes the fields of a document that are given. It takes no options of calls.
func (c *BatchCollection[D, K, N, A]) Update(id K, changes ...A) *BatchResult[D] {
	return c.document(id).Update(changes...)
}

// Replace creates the document with this key, or replaces it as a whole.
func (c *BatchCollection[D, K, N, A]) Replace(id K, data N) *BatchResult[D] {
	return c.document(id).Replace(data)
}

// Delete deletes a document.
func (c *BatchCollection[D, K, N, A]) Delete(id K) *BatchResult[D] {
	return c.document(id).Delete()
}

// Assert makes the batch fail with ErrPreconditionFailed, and nothing is written, unless the document is there and
// fields have these values: conditions are Eq and IsNull, and And of them.
func (c *BatchCollection[D, K, N, A]) Assert(id K, conditions ...Condition[D]) *BatchResult[D] {
	return c.document(id).Assert(conditions...)
}

// AssertWhere does the same unless a CEL expression holds of the document, as in Query.Where.
func (c *BatchCollection[D, K, N, A]) AssertWhere(id K, cel string, params ...any) *BatchResult[D] {
	return c.document(id).AssertWhere(cel, params...)
}

func (c *BatchCollection[D, K, N, A]) document(id K) *BatchDocument[D, N, A] {
	return &BatchDocument[D, N, A]{c.operations(), id, nil}
}

func (c *BatchCollection[D, K, N, A]) operations() operations[D] {
	return operations[D]{c.batch, c.name, c.references}
}

// BatchDocument adds operations on one document to a batch: what BatchCollection does by its key.
type BatchDocument[D, N any, A UpdateArgument] struct {
	operations operations[D]
	key        any
	err        error
}

// Update changes the fields that are given. It takes no options of calls.
func (d *BatchDocument[D, N, A]) Update(changes ...A) *BatchResult[D] {
	update, err := newUpdate(changes)
	if err == nil && update.call.isSet() {
		err = localError(CodeInvalidRequest, "an update in a batch has no options of its own: give them to Batch")
	}
	return d.add("update", update.fields, err)
}

// Replace creates the document, or replaces it as a whole.
func (d *BatchDocument[D, N, A]) Replace(data N) *BatchResult[D] {
	fields, err := wireFields(data)
	return d.add("upsert", fields, err)
}

// Delete deletes the document.
func (d *BatchDocument[D, N, A]) Delete() *BatchResult[D] {
	return d.operations.add(batchOperation{Op: "delete", ID: d.key}, nil, d.err)
}

// Assert is BatchCollection.Assert.
func (d *BatchDocument[D, N, A]) Assert(conditions ...Condition[D]) *BatchResult[D] {
	fields := map[string]any{}
	var err error
	for _, condition := range conditions {
		err = errors.Join(err, condition.invalid(), valuesOf(condition.filter, fields))
	}
	return d.add("assert", fields, err)
}

// AssertWhere is BatchCollection.AssertWhere.
func (d *BatchDocument[D, N, A]) AssertWhere(cel string, params ...any) *BatchResult[D] {
	err := d.err
	wires := make([]any, len(params))
	for i, param := range params {
		wire, wireErr := wireValue(param)
		if wireErr != nil {
			err = errors.Join(err, localError(CodeInvalidFilter, "$%d of an assertion %v", i+1, wireErr))
		}
		wires[i] = wire
	}
	return d.operations.add(batchOperation{Op: "assert", ID: d.key, Where: cel, Params: wires}, nil, err)
}

func (d *BatchDocument[D, N, A]) add(op string, fields map[string]any, err error) *BatchResult[D] {
	return d.operations.add(batchOperation{Op: op, ID: d.key}, fields, errors.Join(d.err, err))
}

// valuesOf collects the values that a condition compares fields with.
func valuesOf(filter map[string]any, into map[string]any) error {
	for name, value := range filter {
		if parts, ok := value.([]any); ok && name == "$and" {
			for _, part := range parts {
				inner, _ := part.(map[string]any)
				if err := valuesOf(inner, into); err != nil {
					return err
				}
			}
			continue
		}
		comparison, _ := value.(map[string]any)
		wire, isEqual := comparison["$eq"]
		if _, twice := into[name]; twice || !isEqual || strings.ContainsAny(name, "$.") {
			return localError(CodeInvalidFilter, "an assertion compares each field with one value: use AssertWhere instead")
		}
		into[name] = wire
	}
	return nil
}

// operations adds operations on documents of one collection, with the references that they set.
type operations[D any] struct {
	batch      *batch
	collection string
	references []BatchReference[D]
}

func (o operations[D]) add(operation batchOperation, fields map[string]any, err error) *BatchResult[D] {
	operation.Collection = o.collection
	if fields != nil {
		for _, reference := range o.references {
			key, keyErr := reference.key(o.batch)
			err = errors.Join(err, keyErr)
			fields[reference.field] = key
		}
		body, marshalErr := marshal(fields)
		operation.Data, err = body, errors.Join(err, marshalErr)
	}
	result := &BatchResult[D]{batch: o.batch, index: len(o.batch.operations)}
	if err != nil && o.batch.err == nil {
		o.batch.err = failedOperation(err, result.index)
	}
	o.batch.operations = append(o.batch.operations, operation)
	o.batch.results = append(o.batch.results, result)
	return result
}

// failedOperation is the error with the index of what has failed.
func failedOperation(err error, index int) error {
	var failure *Error
	if errors.As(err, &failure) {
		failure.Operation = &index
		return failure
	}
	return err
}

// send sends the operations: all of them are done, or none. The results are documents, such as *Post, and nil for
// deletes and assertions.
func (b *batch) send(ctx context.Context, c *conn, options []CallOption) ([]any, error) {
	if b.err != nil || len(b.operations) == 0 {
		return nil, b.err
	}
	body, err := marshal(map[string]any{"operations": b.operations})
	if err != nil {
		return nil, err
	}
	var sent struct {
		Results []json.RawMessage `json:"results"`
	}
	r := request{method: http.MethodPost, path: "/api/batch", body: body, isWrite: true}
	if err := c.call(ctx, r, collectOptions(options), &sent); err != nil {
		return nil, err
	}
	if len(sent.Results) != len(b.results) {
		return nil, localError(CodeUnexpectedResponse, "the response to a batch of %d has %d results", len(b.results), len(sent.Results))
	}
	results := make([]any, len(b.results))
	for i, result := range b.results {
		if results[i], err = result.decode(sent.Results[i]); err != nil {
			return nil, err
		}
	}
	return results, nil
}
