package koyalite

import (
	"context"
	"testing"
	"time"
)

func TestCallersThatLeave(t *testing.T) {
	calls := newCalls(&server{})
	info := callInfo{Execution: "a", Deadline: time.Now().Add(time.Hour).UnixMilli()}
	opened, ctx := calls.open(context.Background(), info)
	calls.leave("a")
	if ctx.Err() == nil {
		t.Error("the call goes on")
	}
	calls.end(opened)
	// The word that the caller has gone may come before the call.
	calls.leave("b")
	info.Execution = "b"
	if _, ctx = calls.open(context.Background(), info); ctx.Err() == nil {
		t.Error("the call goes on")
	}
}

func TestTheTimeOfACall(t *testing.T) {
	calls := newCalls(&server{})
	_, ctx := calls.open(context.Background(), callInfo{Deadline: time.Now().Add(10 * time.Millisecond).UnixMilli()})
	<-ctx.Done()
	if context.Cause(ctx) != context.DeadlineExceeded {
		t.Error(context.Cause(ctx))
	}
}
