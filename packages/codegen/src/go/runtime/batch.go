package koyalite

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
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
}

type batchResult interface {
	decode(data []byte) (any, error)
}

// BatchResult is what an operation of a batch results in, once Batch has returned without an error.
type BatchResult[D any] struct{ doc *D }

// Doc returns the document as it was stored; nil before Batch has returned, and of a delete.
func (r *BatchResult[D]) Doc() *D { return r.doc }

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

// BatchCollection adds writes of a collection to a batch.
type BatchCollection[D any, K KeyType, N any, A UpdateArgument] struct {
	batch *batch
	name  string
}

// Create creates a document.
func (c *BatchCollection[D, K, N, A]) Create(data N) *BatchResult[D] {
	body, err := wireDocument(data)
	return c.add(batchOperation{Op: "create", Data: body}, err)
}

// Update changes the fields of a document that are given. It takes no options of calls.
func (c *BatchCollection[D, K, N, A]) Update(id K, changes ...A) *BatchResult[D] {
	update, err := newUpdate(changes)
	if err == nil && update.call.isSet() {
		err = localError(CodeInvalidRequest, "an update in a batch has no options of its own: give them to Batch")
	}
	body, marshalErr := marshal(update.fields)
	return c.add(batchOperation{Op: "update", ID: id, Data: body}, errors.Join(err, marshalErr))
}

// Replace creates the document with this key, or replaces it as a whole.
func (c *BatchCollection[D, K, N, A]) Replace(id K, data N) *BatchResult[D] {
	body, err := wireDocument(data)
	return c.add(batchOperation{Op: "upsert", ID: id, Data: body}, err)
}

// Delete deletes a document.
func (c *BatchCollection[D, K, N, A]) Delete(id K) *BatchResult[D] {
	return c.add(batchOperation{Op: "delete", ID: id}, nil)
}

func (c *BatchCollection[D, K, N, A]) add(operation batchOperation, err error) *BatchResult[D] {
	operation.Collection = c.name
	result := &BatchResult[D]{}
	if err != nil && c.batch.err == nil {
		c.batch.err = failedOperation(err, len(c.batch.operations))
	}
	c.batch.operations = append(c.batch.operations, operation)
	c.batch.results = append(c.batch.results, result)
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
// deletes.
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
