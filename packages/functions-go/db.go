package koyalite

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
)

// DB is documents, as Ctx.DB, Ctx.Admin and a transaction have them. The generated client for Go has types for them:
//
//	posts, err := db.With(ctx.DB()).Posts.Query().List(ctx)
type DB struct{ part *part }

// DB is documents, with the rights of whoever called.
func (c Ctx) DB() DB { return DB{&part{call: c.call, source: "db", base: "/internal/v1/db"}} }

// Admin is documents, with the rights of the server: it needs admin: true in the manifest.
func (c Ctx) Admin() DB { return DB{&part{call: c.call, source: "admin", base: "/internal/v1/admin"}} }

// Call calls a function that the manifest names in calls, as the same caller. Its output is stored in output, unless
// that is nil. What it fails with is an *Error.
func (c Ctx) Call(name string, input, output any) error {
	functions := &part{call: c.call, source: "functions"}
	return functions.request(c, "POST", "/internal/v1/functions/"+url.PathEscape(name), input, output)
}

// Request calls a route of documents, such as POST /api/batch. body is sent as JSON if it is not nil, and the JSON of
// the response is stored in out if that is not nil.
func (d DB) Request(ctx context.Context, method, path string, body, out any) error {
	return d.part.request(ctx, method, d.part.base+path, body, out)
}

// Collection is documents of one kind, without types: a document is anything that encoding/json writes and reads.
func (d DB) Collection(name string) Collection {
	return Collection{d, "/api/collections/" + url.PathEscape(name)}
}

// URL is where a client reaches the server, by HTTPClient.
func (d DB) URL() string { return serverURL + d.part.base }

// HTTPClient sends requests with the rights that this has. It is for generated clients.
func (d DB) HTTPClient() *http.Client { return &http.Client{Transport: d.part} }

// ErrorOf returns the *Error that a response stands for. It is for generated clients.
func (d DB) ErrorOf(status int, body []byte) error { return responseError(d.part.source, status, body) }

// Collection is documents of one kind: Ctx.DB().Collection("posts").
type Collection struct {
	db   DB
	path string
}

// Query is which documents a list has, and in which order.
type Query struct {
	// Filter is "status:eq:draft", Where an expression.
	Filter, Where string
	// Sort is "-created_at,title".
	Sort          string
	Limit, Offset int
}

// Get reads a document.
func (c Collection) Get(ctx context.Context, key, document any) error {
	return c.db.Request(ctx, "GET", c.of(key), nil, document)
}

// List reads documents into a slice.
func (c Collection) List(ctx context.Context, query Query, documents any) error {
	values := url.Values{}
	for name, text := range map[string]string{"filter": query.Filter, "where": query.Where, "sort": query.Sort} {
		if text != "" {
			values.Set(name, text)
		}
	}
	for name, number := range map[string]int{"limit": query.Limit, "offset": query.Offset} {
		if number > 0 {
			values.Set(name, strconv.Itoa(number))
		}
	}
	var page struct {
		Docs json.RawMessage `json:"docs"`
	}
	if err := c.db.Request(ctx, "GET", c.path+"?"+values.Encode(), nil, &page); err != nil {
		return err
	}
	return json.Unmarshal(page.Docs, documents)
}

// Create stores a new document. What it is then is stored in document, unless that is nil.
func (c Collection) Create(ctx context.Context, data, document any) error {
	return c.db.Request(ctx, "POST", c.path, data, document)
}

// Update changes fields of a document. What it is then is stored in document, unless that is nil.
func (c Collection) Update(ctx context.Context, key, changes, document any) error {
	return c.db.Request(ctx, "PATCH", c.of(key), changes, document)
}

// Replace stores a document in the place of another one, or of none.
func (c Collection) Replace(ctx context.Context, key, data, document any) error {
	return c.db.Request(ctx, "PUT", c.of(key), data, document)
}

// Delete removes a document.
func (c Collection) Delete(ctx context.Context, key any) error {
	return c.db.Request(ctx, "DELETE", c.of(key), nil, nil)
}

func (c Collection) of(key any) string { return c.path + "/" + url.PathEscape(fmt.Sprint(key)) }

// part is a part of the server, for one call. A request is made once, for as long as it takes: the server knows when it
// is over, and tries again what makes sense.
type part struct {
	call *call
	// source is "db", "admin", "functions" or "queue".
	source string
	// base is before the paths of the API.
	base string
	// transaction is nil outside of one.
	transaction *transaction
}

// RoundTrip sends a request with the token of the call.
func (p *part) RoundTrip(request *http.Request) (*http.Response, error) {
	if p.source != "functions" && p.transaction == nil && p.call.hasTransaction.Load() {
		return nil, transactionOpen(p.source)
	}
	sent := request.Clone(request.Context())
	sent.Header.Set("Authorization", "Bearer "+p.call.info.Token)
	if p.transaction == nil {
		return p.call.server.transport.RoundTrip(sent)
	}
	send := func() (*http.Response, error) { return p.call.server.transport.RoundTrip(sent) }
	return p.transaction.follow(p.source, send)
}

func (p *part) request(ctx context.Context, method, path string, body, out any) error {
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return err
		}
		content = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(ctx, method, serverURL+path, content)
	if err != nil {
		return err
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := p.RoundTrip(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode >= 400 {
		return responseError(p.source, response.StatusCode, text)
	}
	if out == nil || len(text) == 0 {
		return nil
	}
	return json.Unmarshal(text, out)
}
