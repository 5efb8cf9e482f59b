package koyalite

import (
	"context"
	"encoding/json"
	"net/http"
)

// Collection reads and writes the documents of a collection: D is a document, K its key, N a new one, A what changes one.
// It is safe for concurrent use.
type Collection[D any, K KeyType, N any, A UpdateArgument] struct {
	conn *conn
	name string
}

// Query returns the query of all documents.
func (c *Collection[D, K, N, A]) Query() Query[D] {
	return Query[D]{conn: c.conn, collection: c.name}
}

// Get returns one document, or ErrNotFound if there is none that may be read.
func (c *Collection[D, K, N, A]) Get(ctx context.Context, id K, options ...GetOption) (*D, error) {
	call := collectGetOptions(options)
	query := map[string][]string{}
	for name, list := range call.query {
		setList(query, name, list)
	}
	return c.document(ctx, request{method: http.MethodGet, path: c.pathOf(id), query: query}, call)
}

// Create returns the document as it was stored. Where it may not be read, only its key is there.
func (c *Collection[D, K, N, A]) Create(ctx context.Context, data N, options ...CallOption) (*D, error) {
	body, err := wireDocument(data)
	if err != nil {
		return nil, err
	}
	return c.write(ctx, http.MethodPost, collectionPath(c.name), body, collectOptions(options))
}

// CreateMany creates all of the documents or none, at most 1000. They are returned in the same order.
func (c *Collection[D, K, N, A]) CreateMany(ctx context.Context, data []N, options ...CallOption) ([]*D, error) {
	if len(data) == 0 {
		return nil, nil
	}
	list := make([]json.RawMessage, len(data))
	for i, one := range data {
		body, err := wireDocument(one)
		if err != nil {
			return nil, failedOperation(err, i)
		}
		list[i] = body
	}
	body, err := marshal(list)
	if err != nil {
		return nil, err
	}
	var sent struct {
		Docs []*D `json:"docs"`
	}
	r := request{method: http.MethodPost, path: collectionPath(c.name), body: body, isWrite: true}
	if err := c.conn.call(ctx, r, collectOptions(options), &sent); err != nil {
		return nil, err
	}
	return sent.Docs, nil
}

// Update changes the fields that are given, and returns the document: Update(ctx, id, PostFields.Title.Set("New")).
// Options of the call come last.
func (c *Collection[D, K, N, A]) Update(ctx context.Context, id K, changes ...A) (*D, error) {
	update, err := newUpdate(changes)
	if err != nil {
		return nil, err
	}
	body, err := marshal(update.fields)
	if err != nil {
		return nil, err
	}
	return c.write(ctx, http.MethodPatch, c.pathOf(id), body, update.call)
}

// Replace creates the document with this key, or replaces it as a whole: fields that are left out get their defaults.
func (c *Collection[D, K, N, A]) Replace(ctx context.Context, id K, data N, options ...CallOption) (*D, error) {
	body, err := wireDocument(data)
	if err != nil {
		return nil, err
	}
	return c.write(ctx, http.MethodPut, c.pathOf(id), body, collectOptions(options))
}

// Delete deletes one document.
func (c *Collection[D, K, N, A]) Delete(ctx context.Context, id K, options ...CallOption) error {
	r := request{method: http.MethodDelete, path: c.pathOf(id), isWrite: true}
	return c.conn.call(ctx, r, collectOptions(options), nil)
}

func (c *Collection[D, K, N, A]) pathOf(id K) string {
	return collectionPath(c.name) + "/" + keySegment(id)
}

func (c *Collection[D, K, N, A]) write(ctx context.Context, method, path string, body json.RawMessage, call callOptions) (*D, error) {
	return c.document(ctx, request{method: method, path: path, body: body, isWrite: true}, call)
}

func (c *Collection[D, K, N, A]) document(ctx context.Context, r request, call callOptions) (*D, error) {
	doc := new(D)
	call.onResponse = append(call.onResponse, func(header http.Header) { *documentOf(doc).tag() = header.Get("ETag") })
	if err := c.conn.call(ctx, r, call, doc); err != nil {
		return nil, err
	}
	return doc, nil
}
