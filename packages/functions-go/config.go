package koyalite

import "encoding/json"

// Config is the manifest of a function, as code: the same keys as functions/<name>.yaml, which describes them. What is
// left out gets its default. Dependencies of a function in Go are those of its go.mod.
type Config struct {
	// Access says who may call it over HTTP, in CEL over auth and request. Without it nobody may: it is internal.
	Access string `json:"access,omitempty"`
	// Auth is "none" for a function that takes no credential.
	Auth    string   `json:"auth,omitempty"`
	Route   string   `json:"route,omitempty"`
	Methods []string `json:"methods,omitempty"`
	MaxBody string   `json:"max_body,omitempty"`
	// CORS is "own" for a function that answers OPTIONS itself.
	CORS string `json:"cors,omitempty"`
	HTML bool   `json:"html,omitempty"`
	Rate string `json:"rate,omitempty"`
	// Isolation is "auto", "process", "sandbox" or "container".
	Isolation     string  `json:"isolation,omitempty"`
	StartTimeout  string  `json:"start_timeout,omitempty"`
	Timeout       string  `json:"timeout,omitempty"`
	StreamTimeout string  `json:"stream_timeout,omitempty"`
	Memory        string  `json:"memory,omitempty"`
	CPU           float64 `json:"cpu,omitempty"`
	// Concurrency is how many calls one instance runs at a time.
	Concurrency int `json:"concurrency,omitempty"`
	// Env is what Ctx.Env has: {"STRIPE_KEY": "${STRIPE_KEY}"}.
	Env map[string]string `json:"env,omitempty"`
	// Network is where it may connect to: api.stripe.com:443. AllNetwork is everything; the default is nothing.
	Network Network `json:"network,omitzero"`
	Read    bool    `json:"read,omitempty"`
	// Calls are the functions that Ctx.Call may call.
	Calls []string `json:"calls,omitempty"`
	// Queue makes jobs of what is pushed to the function. &QueueConfig{} has all defaults.
	Queue *QueueConfig `json:"queue,omitempty"`
	// Queues are the functions that Ctx.Queue may push jobs of.
	Queues []string `json:"queues,omitempty"`
	// Schedule makes it run by itself: &ScheduleConfig{Cron: "0 8 * * *"}.
	Schedule *ScheduleConfig `json:"schedule,omitempty"`
	// Events call it: posts.created, posts.*, orders.paid.
	Events []string `json:"events,omitempty"`
	// IgnoreOwn leaves out changes that it makes itself.
	IgnoreOwn bool `json:"ignore_own,omitempty"`
	// Publishes are the project's own events that Ctx.Events may publish.
	Publishes []string `json:"publishes,omitempty"`
	// RunAs is "enqueuer", or "system" for jobs that run without a caller, which needs Admin.
	RunAs string `json:"run_as,omitempty"`
	// Admin gives Ctx.Admin: the rights of the server.
	Admin bool `json:"admin,omitempty"`
}

// ScheduleConfig says when a function runs by itself.
type ScheduleConfig struct {
	// Cron has five fields, or six with seconds first.
	Cron string `json:"cron"`
	// Timezone is UTC by default.
	Timezone string `json:"timezone,omitempty"`
	// Overlap is "skip" or "allow": where the job before still waits or runs.
	Overlap string `json:"overlap,omitempty"`
	// Missed is "run_once" or "skip": what was due while the server was not there.
	Missed string `json:"missed,omitempty"`
	// Jitter makes each firing later by up to this.
	Jitter string `json:"jitter,omitempty"`
	// Payload is what it is given.
	Payload any `json:"payload,omitempty"`
}

// QueueConfig says how jobs of a function run.
type QueueConfig struct {
	// Name is the queue whose concurrency and rate they share.
	Name string `json:"name,omitempty"`
	// Timeout is in the place of that of calls: "15m".
	Timeout string       `json:"timeout,omitempty"`
	Retry   *RetryConfig `json:"retry,omitempty"`
	// GroupConcurrency is how many jobs of one group run at once.
	GroupConcurrency int `json:"group_concurrency,omitempty"`
	// KeyScope is "enqueuer" or "all": over whose jobs keys are unique.
	KeyScope string `json:"key_scope,omitempty"`
	// Sensitive hides payloads and results from operators.
	Sensitive bool `json:"sensitive,omitempty"`
	// Result lets the enqueuer see the result.
	Result bool `json:"result,omitempty"`
}

// MarshalJSON writes one that has all defaults as true.
func (q QueueConfig) MarshalJSON() ([]byte, error) {
	if q == (QueueConfig{}) {
		return []byte("true"), nil
	}
	type plain QueueConfig
	return json.Marshal(plain(q))
}

// RetryConfig says when a job is run again after an error.
type RetryConfig struct {
	MaxAttempts int `json:"max_attempts,omitempty"`
	// Base is how long it waits after the first error, Max the longest wait: it doubles with each.
	Base string `json:"base,omitempty"`
	Max  string `json:"max,omitempty"`
}

// Network lists hosts with their ports.
type Network []string

// AllNetwork is every address, and every protocol.
var AllNetwork = Network{"all"}

// IsZero reports whether nothing is set: then nothing is reached.
func (n Network) IsZero() bool { return n == nil }

// MarshalJSON writes the words of a manifest as such.
func (n Network) MarshalJSON() ([]byte, error) {
	if len(n) == 1 && (n[0] == "all" || n[0] == "none") {
		return json.Marshal(n[0])
	}
	return json.Marshal([]string(n))
}
