package koyalite

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// fakeServer answers requests of transactions, and lists them.
type fakeServer struct {
	asked []string
	// answer returns a status and a body; 0: 200 and {}.
	answer func(request string) (int, string)
}

func (f *fakeServer) RoundTrip(request *http.Request) (*http.Response, error) {
	asked := request.Method + " " + request.URL.Path
	f.asked = append(f.asked, asked)
	status, body := f.answer(asked)
	if status == 0 {
		status, body = 200, "{}"
	}
	if strings.HasSuffix(request.URL.Path, "/transactions") {
		status, body = 201, `{"id":"1"}`
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}, nil
}

func fakeCtx(answer func(request string) (int, string)) (Ctx, *fakeServer) {
	fake := &fakeServer{answer: answer}
	return Ctx{context.Background(), &call{server: &server{transport: fake}}}, fake
}

const (
	begin    = "POST /internal/v1/transactions"
	commit   = "POST /internal/v1/transactions/1/commit"
	rollback = "DELETE /internal/v1/transactions/1"
	write    = "POST /internal/v1/transactions/1/api/collections/notes"
	conflict = `{"error":{"code":"TRANSACTION_CONFLICT","message":"changed"}}`
)

func refuse(request string, status int, body string) func(string) (int, string) {
	return func(asked string) (int, string) {
		if asked == request {
			return status, body
		}
		return 0, ""
	}
}

func writeNote(tx Tx) error {
	return tx.Collection("notes").Create(context.Background(), map[string]string{"title": "a"}, nil)
}

func TestTransactionCommitsOrRollsBack(t *testing.T) {
	failure := errors.New("no")
	tests := []struct {
		name   string
		answer func(string) (int, string)
		work   func(tx Tx) error
		want   string
		asked  string
	}{
		{"commits", refuse("", 0, ""), writeNote, "", begin + "," + write + "," + commit},
		{"fails", refuse("", 0, ""), func(Tx) error { return failure }, "no", begin + "," + rollback},
		{"is refused", refuse(write, 422, `{"error":{"code":"VALIDATION_ERROR","message":"bad"}}`), writeNote,
			"bad (VALIDATION_ERROR)", begin + "," + write + "," + rollback},
		{"is refused at last", refuse(commit, 403, `{"error":{"code":"FORBIDDEN","message":"bad"}}`), writeNote,
			"bad (FORBIDDEN)", begin + "," + write + "," + commit},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			ctx, fake := fakeCtx(test.answer)
			err := Transaction(ctx, test.work)
			if err == nil && test.want != "" || err != nil && err.Error() != test.want {
				t.Errorf("failed with %v", err)
			}
			if asked := strings.Join(fake.asked, ","); asked != test.asked {
				t.Errorf("asked %s", asked)
			}
			if ctx.call.hasTransaction.Load() {
				t.Error("it is still open")
			}
		})
	}
}

func TestTransactionRunsAgain(t *testing.T) {
	for _, refused := range []string{write, commit, rollback} {
		ctx, fake := fakeCtx(nil)
		runs := 0
		fake.answer = func(asked string) (int, string) {
			if asked == refused && runs < 3 {
				return 503, conflict
			}
			return 0, ""
		}
		err := Transaction(ctx, func(tx Tx) error {
			runs++
			if err := writeNote(tx); err != nil {
				return err
			}
			// What made it fail holds no more when it runs again.
			if refused == rollback && runs < 3 {
				return errors.New("no")
			}
			return nil
		})
		if err != nil || runs != 3 {
			t.Errorf("%s: %d runs, %v", refused, runs, err)
		}
	}
}

func TestTransactionGivesUpNever(t *testing.T) {
	ctx, fake := fakeCtx(nil)
	begun := 0
	fake.answer = func(asked string) (int, string) {
		if asked == begin {
			begun++
		}
		if asked == commit && begun < maxTries {
			return 503, conflict
		}
		return 0, ""
	}
	if err := Transaction(ctx, writeNote); err != nil || begun != maxTries {
		t.Errorf("%d tries, %v", begun, err)
	}
}

func TestTransactionWaitsForWritesThatNobodyWaitsFor(t *testing.T) {
	ctx, fake := fakeCtx(nil)
	started, goOn := make(chan struct{}), make(chan struct{})
	fake.answer = func(asked string) (int, string) {
		if asked != write {
			return 0, ""
		}
		close(started)
		<-goOn
		return 422, `{"error":{"code":"VALIDATION_ERROR","message":"bad"}}`
	}
	err := Transaction(ctx, func(tx Tx) error {
		go func() { _ = writeNote(tx) }()
		<-started
		go func() {
			// Not before the work has ended.
			for isLate := false; !isLate; time.Sleep(time.Millisecond) {
				tx.part.transaction.mutex.Lock()
				isLate = tx.part.transaction.isLate
				tx.part.transaction.mutex.Unlock()
			}
			close(goOn)
		}()
		return nil
	})
	if err == nil || err.Error() != "bad (VALIDATION_ERROR)" || fake.asked[len(fake.asked)-1] != rollback {
		t.Errorf("%v after %v", err, fake.asked)
	}
}

func TestOnlyTheTransactionTouchesDocuments(t *testing.T) {
	ctx, _ := fakeCtx(refuse("", 0, ""))
	err := Transaction(ctx, func(Tx) error {
		for _, err := range []error{
			ctx.DB().Collection("notes").Get(ctx, "a", nil),
			ctx.Admin().Collection("notes").Delete(ctx, "a"),
			Transaction(ctx, writeNote),
		} {
			var known *Error
			if !errors.As(err, &known) || known.Code != "TRANSACTION_OPEN" {
				t.Errorf("failed with %v", err)
			}
		}
		return ctx.Call("other", nil, nil)
	})
	if err != nil {
		t.Error(err)
	}
}

func TestTransactionRollsBackWhatPanics(t *testing.T) {
	ctx, fake := fakeCtx(refuse("", 0, ""))
	func() {
		defer func() { _ = recover() }()
		_ = Transaction(ctx, func(Tx) error { panic("no") })
	}()
	if asked := strings.Join(fake.asked, ","); asked != begin+","+rollback || ctx.call.hasTransaction.Load() {
		t.Errorf("asked %s", asked)
	}
}
