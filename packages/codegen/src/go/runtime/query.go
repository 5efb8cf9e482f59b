package koyalite

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Query is a list of documents. It never changes: each method returns another one, until one with a context asks the
// server. A query may be used any number of times, also concurrently.
type Query[D any] struct {
	conn       *conn
	collection string
	conditions []Condition[D]
	where      []expression
	sort       []string
	limit      *int
	offset     int
	expand     []string
	fields     []string
	withETags  bool
}

// pageSize is the most that one page has.
const pageSize = 500

// Filter keeps documents for which all conditions hold; repeated: these too.
func (q Query[D]) Filter(conditions ...Condition[D]) Query[D] {
	q.conditions = append(slices.Clip(q.conditions), conditions...)
	return q
}

// Where keeps documents for which a CEL expression over doc, auth and request.time holds; repeated: this one too. Values
// are parameters: Where("size(doc.title) < $1", 80).
func (q Query[D]) Where(cel string, params ...any) Query[D] {
	q.where = append(slices.Clip(q.where), expression{cel, params})
	return q
}

// Sort orders by fields, descending with a "-": "-created_at", or PostFields.CreatedAt.Desc(). The default is the key.
func (q Query[D]) Sort(keys ...string) Query[D] {
	q.sort = keys
	return q
}

// Limit is how many documents the query has at most. Without it, List and Page return 50, All and Live all documents.
func (q Query[D]) Limit(limit int) Query[D] {
	q.limit = &limit
	return q
}

// Offset skips documents.
func (q Query[D]) Offset(offset int) Query[D] {
	q.offset = offset
	return q
}

// Expand puts the documents of relations into Expanded, at most three deep: "author", "comments.author"; repeated: these
// too.
func (q Query[D]) Expand(relations ...string) Query[D] {
	q.expand = append(slices.Clip(q.expand), relations...)
	return q
}

// Fields reads these fields only; all others are zero.
func (q Query[D]) Fields(names ...string) Query[D] {
	q.fields = names
	return q
}

// ETags reads the ETag of each document, for ETagOf.
func (q Query[D]) ETags() Query[D] {
	q.withETags = true
	return q
}

// List returns the documents of the query: as many as Limit says (at most 500), or 50.
func (q Query[D]) List(ctx context.Context, options ...CallOption) ([]*D, error) {
	page, err := q.Page(ctx, PageOptions{}, options...)
	if err != nil {
		return nil, err
	}
	return page.Docs, nil
}

// First returns the first document, or ErrNotFound if there is none.
func (q Query[D]) First(ctx context.Context, options ...CallOption) (*D, error) {
	docs, err := q.Limit(1).List(ctx, options...)
	if err != nil {
		return nil, err
	}
	if len(docs) == 0 {
		return nil, localError(CodeNotFound, "no document of %s is like that", q.collection)
	}
	return docs[0], nil
}

// Count returns how many documents the query has, without Limit and Offset.
func (q Query[D]) Count(ctx context.Context, options ...CallOption) (int, error) {
	q.sort, q.expand, q.fields, q.offset, q.withETags = nil, nil, nil, 0, false
	page, err := q.Limit(1).Page(ctx, PageOptions{Count: true}, options...)
	if err != nil {
		return 0, err
	}
	return page.Total, nil
}

// PageOptions say which page is read.
type PageOptions struct {
	// Cursor is the NextCursor of the page before; "" for the first page.
	Cursor string
	// Count fills Total.
	Count bool
}

// Page is a part of a list.
type Page[D any] struct {
	Docs []*D
	// NextCursor is "" on the last page.
	NextCursor string
	// Total is how many documents the query has, if they were counted.
	Total int
}

// Page returns one page: as many documents as Limit says (at most 500), or 50.
func (q Query[D]) Page(ctx context.Context, page PageOptions, options ...CallOption) (*Page[D], error) {
	parameters, err := q.parameters()
	if err != nil {
		return nil, err
	}
	if page.Cursor != "" {
		parameters.Set("cursor", page.Cursor)
		parameters.Del("offset")
	}
	if page.Count {
		parameters.Set("count", "true")
	}
	var sent struct {
		Docs       []*D     `json:"docs"`
		ETags      []string `json:"etags"`
		NextCursor *string  `json:"next_cursor"`
		Total      int      `json:"total"`
	}
	r := request{method: http.MethodGet, path: collectionPath(q.collection), query: parameters}
	if err := q.conn.call(ctx, r, collectOptions(options), &sent); err != nil {
		return nil, err
	}
	setTags(sent.Docs, sent.ETags)
	found := &Page[D]{Docs: sent.Docs, Total: sent.Total}
	if sent.NextCursor != nil {
		found.NextCursor = *sent.NextCursor
	}
	return found, nil
}

// All iterates over all documents of the query, or as many as Limit says, page by page. What stands still meanwhile comes
// exactly once. After an error the iteration ends.
func (q Query[D]) All(ctx context.Context, options ...CallOption) iter.Seq2[*D, error] {
	return func(yield func(*D, error) bool) {
		left := -1
		if q.limit != nil {
			left = *q.limit
		}
		cursor := ""
		for left != 0 {
			size := pageSize
			if left > 0 {
				size = min(left, pageSize)
			}
			page, err := q.Limit(size).Page(ctx, PageOptions{Cursor: cursor}, options...)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, doc := range page.Docs {
				if !yield(doc, nil) {
					return
				}
			}
			if page.NextCursor == "" {
				return
			}
			cursor = page.NextCursor
			left = max(left-len(page.Docs), min(left, 0))
		}
	}
}

// parameters are those of a list.
func (q Query[D]) parameters() (url.Values, error) {
	values, err := q.selection()
	if err != nil {
		return nil, err
	}
	setList(values, "sort", q.sort)
	setList(values, "expand", q.expand)
	setList(values, "fields", q.fields)
	if q.limit != nil {
		values.Set("limit", strconv.Itoa(*q.limit))
	}
	if q.offset != 0 {
		values.Set("offset", strconv.Itoa(q.offset))
	}
	if q.withETags {
		values.Set("etags", "true")
	}
	return values, nil
}

// selection is which documents the query has.
func (q Query[D]) selection() (url.Values, error) {
	values := url.Values{}
	if len(q.conditions) > 0 {
		all := q.conditions[0]
		if len(q.conditions) > 1 {
			all = And(q.conditions...)
		}
		if err := all.invalid(); err != nil {
			return nil, err
		}
		filter, err := json.Marshal(all.filter)
		if err != nil {
			return nil, localError(CodeInvalidFilter, "the filter is not valid: %v", err)
		}
		values.Set("filter", string(filter))
	}
	if len(q.where) > 0 {
		where, params, err := joinExpressions(q.where)
		if err != nil {
			return nil, err
		}
		values.Set("where", where)
		if params != "" {
			values.Set("params", params)
		}
	}
	return values, nil
}

func setList(values url.Values, name string, list []string) {
	if len(list) > 0 {
		values.Set(name, strings.Join(list, ","))
	}
}

func setTags[D any](docs []*D, tags []string) {
	for i, tag := range tags[:min(len(tags), len(docs))] {
		*documentOf(docs[i]).tag() = tag
	}
}

func collectionPath(collection string) string { return "/api/collections/" + collection }
