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
	// Admin gives Ctx.Admin: the rights of the server.
	Admin bool `json:"admin,omitempty"`
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
