// The client of Go does what each line of the input says: see ../../driver.ts.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"time"

	"example.com/scenarios/generated/go/koyalite"
)

type line struct {
	ID     int `json:"id"`
	Client struct {
		Name    string `json:"name"`
		URL     string `json:"url"`
		Token   string `json:"token"`
		Timeout *int   `json:"timeout"`
		Retries *int   `json:"retries"`
	} `json:"client"`
	Operation operation `json:"operation"`
}

type operation struct {
	Op             string          `json:"op"`
	Collection     string          `json:"collection"`
	Name           string          `json:"name"`
	Query          querySpec       `json:"query"`
	Cursor         string          `json:"cursor"`
	Count          bool            `json:"count"`
	Input          json.RawMessage `json:"input"`
	Function       string          `json:"function"`
	Method         string          `json:"method"`
	Path           string          `json:"path"`
	Body           json.RawMessage `json:"body"`
	ID             string          `json:"id"`
	Expand         []string        `json:"expand"`
	Data           json.RawMessage `json:"data"`
	IdempotencyKey string          `json:"idempotencyKey"`
	IfMatch        any             `json:"ifMatch"`
	Operations     []batchStep     `json:"operations"`
	Email          string          `json:"email"`
	Password       string          `json:"password"`
}

type batchStep struct {
	Op         string          `json:"op"`
	Collection string          `json:"collection"`
	ID         string          `json:"id"`
	Data       json.RawMessage `json:"data"`
}

type querySpec struct {
	Collection string                     `json:"collection"`
	Filter     map[string]json.RawMessage `json:"filter"`
	Where      *struct {
		Expression string `json:"expression"`
		Params     []any  `json:"params"`
	} `json:"where"`
	Sort   []string `json:"sort"`
	Limit  *int     `json:"limit"`
	Offset int      `json:"offset"`
	Expand []string `json:"expand"`
	Fields []string `json:"fields"`
}

type aggregation struct {
	Values []string       `json:"values"`
	Group  []string       `json:"group"`
	Having map[string]any `json:"having"`
	Sort   []string       `json:"sort"`
}

// driver has the clients, by their names.
type driver struct {
	mutex     sync.Mutex
	clients   map[string]*koyalite.Client
	followers map[string]*follower
	// tags are those of documents as they were seen last, by client, collection and key.
	tags map[[3]string]string
}

func main() {
	d := &driver{clients: map[string]*koyalite.Client{}, followers: map[string]*follower{}, tags: map[[3]string]string{}}
	input := bufio.NewReader(os.Stdin)
	var output sync.Mutex
	for {
		text, err := input.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return
		}
		go func() {
			answer := d.answer(text)
			output.Lock()
			defer output.Unlock()
			_, _ = os.Stdout.Write(append(answer, '\n'))
		}()
	}
}

func (d *driver) answer(text []byte) []byte {
	var l line
	said := map[string]any{}
	err := json.Unmarshal(untagged(text), &l)
	said["id"] = l.ID
	if err == nil {
		said["value"], err = d.do(&l)
	}
	var failure *koyalite.Error
	if errors.As(err, &failure) {
		said["failure"] = failureOf(failure)
	} else if err != nil {
		said["fault"] = err.Error()
	}
	answer, err := json.Marshal(said)
	if err != nil {
		panic(err)
	}
	return answer
}

func (d *driver) do(l *line) (any, error) {
	ctx := context.Background()
	koya, err := d.client(l)
	if err != nil {
		return nil, err
	}
	o := &l.Operation
	switch o.Op {
	case "batch":
		return runBatch(ctx, koya, o.Operations)
	case "call":
		return runCall(ctx, koya, o)
	case "request":
		var said any
		err := koya.Request(ctx, o.Method, o.Path, o.Body, &said)
		return said, err
	case "lastSeq":
		return koya.LastSeq(), nil
	case "register":
		_, err := koya.Auth.Register(ctx, o.Email, o.Password)
		return nil, err
	case "login":
		_, err := koya.Auth.Login(ctx, o.Email, o.Password)
		return nil, err
	case "logout":
		return nil, koya.Auth.Logout(ctx)
	case "user":
		if koya.Auth.Tokens() == nil {
			return nil, nil
		}
		user, err := koya.Auth.Me(ctx)
		return tagged(user, nil), err
	case "follow":
		f := &follower{}
		collectionOf(o.Query.Collection).follow(koya, &o.Query, f)
		d.mutex.Lock()
		d.followers[o.Name] = f
		d.mutex.Unlock()
		return nil, nil
	case "followed", "unfollow":
		d.mutex.Lock()
		f := d.followers[o.Name]
		d.mutex.Unlock()
		if o.Op == "unfollow" {
			f.stop()
		}
		return f.state(), nil
	}
	if o.Query.Collection != "" {
		return collectionOf(o.Query.Collection).query(ctx, koya, o)
	}
	return d.document(ctx, koya, l)
}

// document does what is about one document, and notes its tag.
func (d *driver) document(ctx context.Context, koya *koyalite.Client, l *line) (any, error) {
	o := &l.Operation
	var options []koyalite.CallOption
	if o.IdempotencyKey != "" {
		options = append(options, koyalite.IdempotencyKey(o.IdempotencyKey))
	}
	switch match := o.IfMatch.(type) {
	case string:
		options = append(options, koyalite.IfMatch(match))
	case bool:
		d.mutex.Lock()
		options = append(options, koyalite.IfMatch(d.tags[[3]string{l.Client.Name, o.Collection, o.ID}]))
		d.mutex.Unlock()
	}
	var etag string
	if o.Op != "createMany" && o.Op != "delete" {
		options = append(options, koyalite.ETagInto(&etag))
	}
	id, value, err := collectionOf(o.Collection).document(ctx, koya, o, options)
	if err == nil && etag != "" {
		d.mutex.Lock()
		d.tags[[3]string{l.Client.Name, o.Collection, id}] = etag
		d.mutex.Unlock()
	}
	return value, err
}

func (d *driver) client(l *line) (*koyalite.Client, error) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if koya := d.clients[l.Client.Name]; koya != nil {
		return koya, nil
	}
	var options []koyalite.Option
	if l.Client.Token != "" {
		options = append(options, koyalite.WithToken(l.Client.Token))
	}
	if l.Client.Timeout != nil {
		options = append(options, koyalite.WithTimeout(time.Duration(*l.Client.Timeout)*time.Millisecond))
	}
	if l.Client.Retries != nil {
		options = append(options, koyalite.WithRetries(*l.Client.Retries))
	}
	koya, err := koyalite.New(l.Client.URL, options...)
	if err == nil {
		d.clients[l.Client.Name] = koya
	}
	return koya, err
}

// failureOf is an error as the scenarios want it; kind is what errors.Is and errors.As find in it.
func failureOf(failure *koyalite.Error) map[string]any {
	kinds := map[string]error{
		"ErrNotFound":              koyalite.ErrNotFound,
		"ErrConflict":              koyalite.ErrConflict,
		"ErrPreconditionFailed":    koyalite.ErrPreconditionFailed,
		"ErrUnauthenticated":       koyalite.ErrUnauthenticated,
		"ErrForbidden":             koyalite.ErrForbidden,
		"ErrRateLimited":           koyalite.ErrRateLimited,
		"ErrValidation":            koyalite.ErrValidation,
		"ErrUnavailable":           koyalite.ErrUnavailable,
		"context.DeadlineExceeded": context.DeadlineExceeded,
	}
	kind := "*koyalite.Error"
	for name, one := range kinds {
		if errors.Is(failure, one) {
			kind = name
		}
	}
	var cause *net.OpError
	if errors.As(failure, &cause) {
		kind = "*net.OpError"
	}
	details := failure.Details
	if details == nil {
		details = []koyalite.ErrorDetail{}
	}
	var requestID any
	if failure.RequestID != "" {
		requestID = failure.RequestID
	}
	var executed, execution any
	if failure.Executed != "" {
		executed = failure.Executed
	}
	if failure.Execution != "" {
		execution = failure.Execution
	}
	return map[string]any{
		"kind": kind, "code": failure.Code, "status": failure.Status, "message": failure.Message,
		"details": details, "requestId": requestID, "operation": failure.Operation,
		"executed": executed, "execution": execution,
	}
}

// follower is a live query that is followed.
type follower struct {
	stop  context.CancelFunc
	mutex sync.Mutex
	docs  any
	seq   any
	count int
	err   error
}

func (f *follower) state() map[string]any {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	var failure *koyalite.Error
	var said any
	if errors.As(f.err, &failure) && !errors.Is(f.err, context.Canceled) {
		said = failureOf(failure)
	}
	return map[string]any{"docs": f.docs, "seq": f.seq, "states": f.count, "error": said}
}
