package koyalite

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"
)

const (
	transactionPath = "/internal/v1/transactions"
	// maxTries: the last one holds the writer, so that it cannot be overtaken.
	maxTries = 5
)

// Tx is documents and jobs inside of a transaction.
type Tx struct {
	DB
	ctx Ctx
}

// TransactionOption is an option of Transaction.
type TransactionOption func(*transactionOptions)

type transactionOptions struct{ isExclusive, completes bool }

// Exclusive holds the writer while work runs, for at most two seconds: for work that conflicts with others all the time.
func Exclusive() TransactionOption { return func(o *transactionOptions) { o.isExclusive = true } }

// Completes has the job that the call runs done when the transaction commits: its effects and its end are stored together,
// or neither is. Transaction fails with LEASE_LOST, and stores nothing, where the job is no longer this call's.
func Completes() TransactionOption { return func(o *transactionOptions) { o.completes = true } }

// Transaction does all that work writes with tx, or nothing where work returns an error. Where a document that it has
// read was changed meanwhile, work runs again: it must not have other effects. Inside, only tx may touch documents.
func Transaction(ctx Ctx, work func(tx Tx) error, options ...TransactionOption) error {
	given := transactionOptions{}
	for _, option := range options {
		option(&given)
	}
	if given.completes && ctx.Job() == nil {
		return errors.New("koyalite.Completes is for jobs, and this call runs none: ctx.Job() is nil")
	}
	if !ctx.call.hasTransaction.CompareAndSwap(false, true) {
		return transactionOpen("db")
	}
	defer ctx.call.hasTransaction.Store(false)
	for try := 1; ; try++ {
		given.isExclusive = given.isExclusive || try == maxTries
		err := tryTransaction(ctx, work, given)
		var conflict *transactionConflict
		if !errors.As(err, &conflict) {
			return err
		}
		pause := time.Duration(rand.Float64() * float64(10*try) * float64(time.Millisecond))
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(pause):
		}
	}
}

// transactionConflict: what was read has changed meanwhile.
type transactionConflict struct{ error }

func transactionOpen(source string) *Error {
	message := "A transaction of this call is open: use its tx, or end it first."
	return &Error{Code: "TRANSACTION_OPEN", Message: message, Status: 409, Details: []any{}, from: source}
}

// transaction is one try of Transaction.
type transaction struct {
	mutex  sync.Mutex
	ended  *sync.Cond
	open   int
	isLate bool
	// failed is the first error of a request that work did not wait for.
	failed error
}

// follow counts a request until it has its response: a write that nobody waits for is a part of it all the same.
func (t *transaction) follow(source string, send func() (*http.Response, error)) (*http.Response, error) {
	t.mutex.Lock()
	t.open++
	t.mutex.Unlock()
	response, err := send()
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.open--
	if t.isLate && t.failed == nil {
		t.failed = err
		if err == nil && response.StatusCode >= 400 {
			var body []byte
			body, t.failed = io.ReadAll(response.Body)
			response.Body = io.NopCloser(bytes.NewReader(body))
			if t.failed == nil {
				t.failed = responseError(source, response.StatusCode, body)
			}
		}
	}
	t.ended.Broadcast()
	return response, err
}

// settled returns when no request is open, with the error of one that work did not wait for.
func (t *transaction) settled() error {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.isLate = true
	for t.open > 0 {
		t.ended.Wait()
	}
	return t.failed
}

func tryTransaction(ctx Ctx, work func(tx Tx) error, options transactionOptions) error {
	mode := "optimistic"
	if options.isExclusive {
		mode = "exclusive"
	}
	server := &part{call: ctx.call, source: "db", transaction: newTransaction()}
	var begun struct{ ID string }
	if err := server.request(ctx, "POST", transactionPath, map[string]string{"mode": mode}, &begun); err != nil {
		return err
	}
	path := transactionPath + "/" + begun.ID
	// What panics rolls back, too.
	isDone := false
	defer func() {
		if !isDone {
			_ = server.request(context.WithoutCancel(ctx), "DELETE", path, nil, nil)
		}
	}()
	opened := newTransaction()
	err := work(Tx{DB{&part{call: ctx.call, source: "db", base: path, transaction: opened}}, ctx})
	if late := opened.settled(); err == nil {
		err = late
	}
	isDone = true
	if err != nil {
		// What made it fail may not hold any more.
		refused := server.request(context.WithoutCancel(ctx), "DELETE", path, nil, nil)
		return conflictOr(err, options.isExclusive, err, refused)
	}
	var said any
	if options.completes {
		said = map[string]bool{"completes": true}
	}
	err = server.request(ctx, "POST", path+"/commit", said, nil)
	return conflictOr(err, options.isExclusive, err)
}

func newTransaction() *transaction {
	made := &transaction{}
	made.ended = sync.NewCond(&made.mutex)
	return made
}

// conflictOr returns a transactionConflict where one of the errors is one, else the first.
func conflictOr(otherwise error, isExclusive bool, candidates ...error) error {
	for _, err := range candidates {
		var known *Error
		if !isExclusive && errors.As(err, &known) && known.Code == "TRANSACTION_CONFLICT" && known.from != "" {
			return &transactionConflict{err}
		}
	}
	return otherwise
}
