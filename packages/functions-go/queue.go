package koyalite

import "time"

// Queue is jobs of the functions that the manifest names in queues: Ctx.Queue, or that of a transaction.
type Queue struct {
	part *part
	ctx  Ctx
	path string
}

// Queue is for work that other functions do later. While a transaction is open, only its own queue takes jobs.
func (c Ctx) Queue() Queue {
	return Queue{&part{call: c.call, source: "queue"}, c, "/internal/v1/jobs"}
}

// Queue is for jobs that are there once the transaction has committed.
func (t Tx) Queue() Queue {
	jobs := &part{call: t.part.call, source: "queue", transaction: t.part.transaction}
	return Queue{jobs, t.ctx, t.part.base + "/jobs"}
}

// PushOptions are those of a job. What is left out gets its default.
type PushOptions struct {
	// Delay is how long the job waits at least: instead of RunAt.
	Delay time.Duration
	// RunAt is when it runs at the earliest.
	RunAt time.Time
	// Priority is from -10 to 10, higher ones first. A job that waits rises by 1 a minute.
	Priority int
	// Key is unique among the jobs of the function, pushed by the same caller, that wait, run or are to be tried again.
	Key string
	// OnConflict says what happens where there is a job with this key: "keep" it, which is the default; "replace" what it
	// is given and when it runs, where it waits; or "rerun" it once more, where it runs.
	OnConflict string
	// KeyFor is how long after the push no other job has this key, even when this one is done.
	KeyFor time.Duration
	// Group is of jobs of the function that run one after the other.
	Group string
}

// NewJob is one of PushMany.
type NewJob struct {
	Payload any
	PushOptions
}

// PushedJob is what a push came to.
type PushedJob struct {
	// ID is "" where the job is somebody else's.
	ID string `json:"id"`
	// Created is false where there was a job with its key.
	Created bool `json:"created"`
}

// Push pushes a job of a function. The payload is validated against the function's input.
func (q Queue) Push(name string, payload any, options ...PushOptions) (PushedJob, error) {
	job := NewJob{Payload: payload}
	if len(options) > 0 {
		job.PushOptions = options[0]
	}
	pushed, err := q.PushMany(name, []NewJob{job})
	if err != nil {
		return PushedJob{}, err
	}
	return pushed[0], nil
}

// PushMany pushes all jobs, at most 1,000, or none. The results are in the same order.
func (q Queue) PushMany(name string, jobs []NewJob) ([]PushedJob, error) {
	if len(jobs) == 0 {
		return nil, nil
	}
	sent := make([]sentJob, len(jobs))
	for i, job := range jobs {
		sent[i] = sentOf(name, job)
	}
	var pushed struct {
		Jobs []PushedJob `json:"jobs"`
	}
	err := q.part.request(q.ctx, "POST", q.path, map[string]any{"jobs": sent}, &pushed)
	return pushed.Jobs, err
}

// sentJob is a job as the server takes it: PROTOCOL.md. Times are in milliseconds.
type sentJob struct {
	Name       string `json:"name"`
	Payload    any    `json:"payload,omitempty"`
	Delay      int64  `json:"delay,omitempty"`
	RunAt      int64  `json:"run_at,omitempty"`
	Priority   int    `json:"priority,omitempty"`
	Key        string `json:"key,omitempty"`
	OnConflict string `json:"on_conflict,omitempty"`
	KeyFor     int64  `json:"key_for,omitempty"`
	Group      string `json:"group,omitempty"`
}

func sentOf(name string, job NewJob) sentJob {
	sent := sentJob{
		Name: name, Payload: job.Payload, Priority: job.Priority, Group: job.Group,
		Delay: job.Delay.Milliseconds(), KeyFor: job.KeyFor.Milliseconds(), Key: job.Key, OnConflict: job.OnConflict,
	}
	if !job.RunAt.IsZero() {
		sent.RunAt = job.RunAt.UnixMilli()
	}
	return sent
}
