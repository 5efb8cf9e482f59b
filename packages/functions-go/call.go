package koyalite

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

const callHeader = "Koyalite-Call"

// callInfo is what the server says about a call: the header Koyalite-Call.
type callInfo struct {
	Execution string `json:"execution"`
	// Token is for requests to the server, until the call has ended.
	Token   string `json:"token"`
	Version int    `json:"version"`
	Auth    *Auth  `json:"auth"`
	Request struct {
		ID      string            `json:"id"`
		IP      string            `json:"ip"`
		Headers map[string]string `json:"headers"`
		URL     string            `json:"url"`
	} `json:"request"`
	// Deadline is in milliseconds since 1970.
	Deadline int64 `json:"deadline"`
	Chain    Chain `json:"chain"`
	Dev      bool  `json:"dev"`
	// Job is what the call runs, if any.
	Job *Job `json:"job"`
	// Event says that the input is an event.
	Event bool `json:"event"`
}

// Chain is the call that a call began with, and how many calls are between them.
type Chain struct {
	Root  string `json:"root"`
	Depth int    `json:"depth"`
}

// readCallInfo reads what the server wrote: it is not checked further.
func readCallInfo(header http.Header) (info callInfo, err error) {
	text, err := base64.RawURLEncoding.DecodeString(header.Get(callHeader))
	if err == nil {
		err = json.Unmarshal(text, &info)
	}
	if err != nil {
		return info, fmt.Errorf("%s is not that of a call: %w", callHeader, err)
	}
	return info, nil
}

// call is one call of the function, as long as anything of it runs.
type call struct {
	info   callInfo
	log    *callLog
	server *server
	cancel context.CancelCauseFunc
	// late ends the call when its time is over, unless the answer has begun.
	late *time.Timer
	// hasTransaction: meanwhile nothing but the transaction may touch documents.
	hasTransaction atomic.Bool
	// event is why it is made, once its input was read.
	event *Event
}

// calls are those that run in this process.
type calls struct {
	server  *server
	mutex   sync.Mutex
	running map[string]*call
	// left are executions that nobody waits for, and that have not come yet: a call and the word that its caller has
	// gone come by two connections.
	left map[string]bool
}

func newCalls(server *server) *calls {
	return &calls{server: server, running: map[string]*call{}, left: map[string]bool{}}
}

// open begins a call. Its context ends when the caller has gone or the time is over.
func (c *calls) open(parent context.Context, info callInfo) (*call, context.Context) {
	ctx, cancel := context.WithCancelCause(parent)
	opened := &call{info: info, server: c.server, cancel: cancel}
	opened.log = newCallLog(func(lines []byte) {
		if !c.server.sendLines(info, lines) {
			fmt.Fprintf(os.Stderr, "log of execution %s, which has ended:\n%s", info.Execution, lines)
		}
	})
	opened.late = time.AfterFunc(time.Until(time.UnixMilli(info.Deadline)), func() { cancel(context.DeadlineExceeded) })
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.running[info.Execution] = opened
	if c.left[info.Execution] {
		cancel(context.Canceled)
	}
	return opened, ctx
}

func (c *calls) end(ended *call) {
	ended.late.Stop()
	c.mutex.Lock()
	defer c.mutex.Unlock()
	delete(c.running, ended.info.Execution)
}

// leave ends the context of an execution whose answer nobody waits for.
func (c *calls) leave(execution string) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if left := c.running[execution]; left != nil {
		left.cancel(context.Canceled)
		return
	}
	c.left[execution] = true
	time.AfterFunc(lateTime, func() {
		c.mutex.Lock()
		defer c.mutex.Unlock()
		delete(c.left, execution)
	})
}

// only returns the call that runs where no other does; else nil.
func (c *calls) only() *call {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if len(c.running) == 1 {
		for _, one := range c.running {
			return one
		}
	}
	return nil
}
