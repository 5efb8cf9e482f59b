package koyalite

import (
	"encoding/json"
	"time"
)

// Event is why a function with Events is called: its input, too.
type Event struct {
	// ID is the same whenever the event is delivered.
	ID string `json:"id"`
	// Type is its name: posts.created, orders.paid.
	Type string `json:"type"`
	// Seq is the position of the change; "" of events without a document.
	Seq string    `json:"seq"`
	At  time.Time `json:"at"`
	// Collection is "" for events without a document.
	Collection string `json:"collection"`
	// Key is a text or a number, as JSON.
	Key json.RawMessage `json:"key"`
	// Doc is the document as the change left it; null where it was deleted.
	Doc json.RawMessage `json:"doc"`
	// Old is what it was before; null where it was created.
	Old json.RawMessage `json:"old"`
	// Truncated says that Doc and Old are left out, since they are too large.
	Truncated bool `json:"truncated"`
	// Cause is the deletion that a foreign key has followed; nil of a change that was made for itself.
	Cause *EventCause `json:"cause"`
	// Data is that of events without a document.
	Data json.RawMessage `json:"data"`
}

// EventCause is an event that has led to another one, by onDelete: cascade or set null.
type EventCause struct {
	ID string `json:"id"`
	// Type is its name: posts.deleted.
	Type       string `json:"type"`
	Collection string `json:"collection"`
	// Key is a text or a number, as JSON; null where it has more than 1024 characters.
	Key json.RawMessage `json:"key"`
}

// Event returns why the call is made, where the function has Events; nil for other calls.
func (c Ctx) Event() *Event { return c.call.event }

// Events publishes events of the project's own, that the manifest names in publishes: Ctx.Events, or that of a
// transaction.
type Events struct {
	part *part
	ctx  Ctx
	path string
}

// Events is for what the function says has happened. While a transaction is open, only its own publishes.
func (c Ctx) Events() Events {
	return Events{&part{call: c.call, source: "queue"}, c, "/internal/v1/events"}
}

// Events is for what has happened once the transaction has committed.
func (t Tx) Events() Events {
	events := &part{call: t.part.call, source: "queue", transaction: t.part.transaction}
	return Events{events, t.ctx, t.part.base + "/events"}
}

// Publish publishes an event: ctx.Events().Publish("orders.paid", paid). It returns when it is stored.
func (e Events) Publish(eventType string, data any) error {
	return e.part.request(e.ctx, "POST", e.path, map[string]any{"type": eventType, "data": data}, nil)
}
