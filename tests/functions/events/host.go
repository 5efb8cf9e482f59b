package main

import (
	"encoding/json"
	"errors"

	"koyalite.dev/koyalite"
)

type input struct {
	Do string `json:"do"`
}

type paid struct {
	ID int `json:"id"`
}

func main() { koyalite.Serve(run) }

// run does one thing that a test wants to see.
func run(ctx koyalite.Ctx, in input) (any, error) {
	if ctx.Event() != nil {
		if err := json.Unmarshal(ctx.Event().Data, &in); err != nil {
			return nil, err
		}
	}
	switch in.Do {
	case "event":
		return shown(ctx.Event()), nil
	case "publish":
		return nil, publish(ctx.Events())
	case "in a transaction":
		return nil, koyalite.Transaction(ctx, func(tx koyalite.Tx) error { return createAndPublish(ctx, tx) })
	case "rolled back":
		return nil, koyalite.Transaction(ctx, func(tx koyalite.Tx) error {
			if err := createAndPublish(ctx, tx); err != nil {
				return err
			}
			return koyalite.Err("NO", "no")
		})
	case "open":
		code := "allowed"
		err := koyalite.Transaction(ctx, func(koyalite.Tx) error {
			var known *koyalite.Error
			if errors.As(publish(ctx.Events()), &known) {
				code = known.Code
			}
			return nil
		})
		return code, err
	}
	return nil, errors.New("no such thing: " + in.Do)
}

func publish(events koyalite.Events) error { return events.Publish("orders.paid", paid{1}) }

func createAndPublish(ctx koyalite.Ctx, tx koyalite.Tx) error {
	if err := tx.Collection("posts").Create(ctx, map[string]string{"title": "a"}, nil); err != nil {
		return err
	}
	return publish(tx.Events())
}

// shown is an event without a document, as the other languages have it.
func shown(event *koyalite.Event) any {
	if event == nil {
		return nil
	}
	return map[string]any{
		"id": event.ID, "type": event.Type, "seq": nil, "at": event.At.Format("2006-01-02T15:04:05.000Z07:00"),
		"collection": nil, "key": event.Key, "doc": event.Doc, "old": event.Old, "truncated": event.Truncated, "cause": event.Cause, "data": event.Data,
	}
}
