package koyalite

import (
	"errors"
	"fmt"
	"time"
)

// Job is what a call runs. When it is cancelled, its time is over or the server stops, the Ctx is done.
type Job struct {
	ID string `json:"id"`
	// Attempt is 1 for the first run.
	Attempt int `json:"attempt"`
	// Key is "" where it has none.
	Key string `json:"key"`

	ctx Ctx
}

// Job returns the job that the call runs; nil where it runs none.
func (c Ctx) Job() *Job {
	if c.call.info.Job == nil {
		return nil
	}
	job := *c.call.info.Job
	job.ctx = c
	return &job
}

// Progress says how far the job is, from 0 to 1. It fails with LEASE_LOST where the job is no longer this call's.
func (j *Job) Progress(fraction float64) error {
	if !(fraction >= 0 && fraction <= 1) {
		return fmt.Errorf("koyalite.Job: progress is from 0 to 1, not %v", fraction)
	}
	server := &part{call: j.ctx.call, source: "queue"}
	return server.request(j.ctx, "POST", "/internal/v1/job/progress", map[string]float64{"progress": fraction}, nil)
}

// jobError is what a job says of its own future.
type jobError struct {
	// kind is "retry" or "abort".
	kind string
	// after is when the job runs again; nil: when its back-off says.
	after  *time.Duration
	reason error
}

func (e *jobError) Error() string { return e.reason.Error() }

// Unwrap returns the reason.
func (e *jobError) Unwrap() error { return e.reason }

// Retry returns an error that has the job run again, after so much time; 0 is when its back-off says. It counts as an
// error, as any other that a job returns. The reason is for operators.
//
//	return out, koyalite.Retry(10*time.Minute, err)
func Retry(after time.Duration, reason error) error {
	made := &jobError{kind: "retry", reason: reason}
	if reason == nil {
		made.reason = errors.New("the job asks to be run again")
	}
	if after > 0 {
		made.after = &after
	}
	return made
}

// Abort returns an error that gives the job up at once: it is not run again. The reason is for operators.
//
//	return out, koyalite.Abort(errors.New("the account is closed"))
func Abort(reason error) error {
	if reason == nil {
		reason = errors.New("the job has given itself up")
	}
	return &jobError{kind: "abort", reason: reason}
}

// failureOfJob describes what a job says of its own future; nil where an error says nothing of it.
func failureOfJob(err error) *failure {
	var known *jobError
	if !errors.As(err, &known) {
		return nil
	}
	body := map[string]any{"message": cutText(err.Error(), maxFailureText)}
	if known.kind == "retry" {
		body["after"] = nil
		if known.after != nil {
			body["after"] = known.after.Milliseconds()
		}
	}
	return &failure{known.kind, body}
}
