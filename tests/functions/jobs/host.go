package main

import (
	"errors"
	"time"

	"koyalite.dev/koyalite"
)

type input struct {
	Do string  `json:"do"`
	At float64 `json:"at,omitempty"`
}

type payload struct {
	N int `json:"n"`
}

func main() { koyalite.Serve(run) }

// run does one thing that a test wants to see.
func run(ctx koyalite.Ctx, in input) (any, error) {
	queue := ctx.Queue()
	closed := errors.New("the shop is closed")
	switch in.Do {
	case "push":
		return shown(queue.Push("send", payload{1}, koyalite.PushOptions{
			RunAt: time.Date(2026, 1, 31, 8, 0, 0, 0, time.UTC), Priority: 5,
			Key: "a", OnConflict: "replace", KeyFor: 24 * time.Hour, Group: "g",
		}))
	case "delayed":
		return shown(queue.Push("send", payload{1}, koyalite.PushOptions{Delay: 10 * time.Minute}))
	case "plain":
		return shown(queue.Push("send", payload{1}))
	case "theirs":
		return shown(queue.Push("send", payload{1}, koyalite.PushOptions{Key: "theirs"}))
	case "many":
		return allShown(queue.PushMany("send", []koyalite.NewJob{{Payload: payload{1}}, {Payload: payload{2}}}))
	case "many with options":
		return allShown(queue.PushMany("send", []koyalite.NewJob{
			{Payload: payload{3}, PushOptions: koyalite.PushOptions{Group: "g"}},
			{Payload: payload{4}, PushOptions: koyalite.PushOptions{Key: "theirs"}},
		}))
	case "many of none":
		return allShown(queue.PushMany("send", nil))
	case "full":
		return shown(queue.Push("full", nil))
	case "in a transaction":
		var pushed koyalite.PushedJob
		err := koyalite.Transaction(ctx, func(tx koyalite.Tx) (err error) {
			if err = create(ctx, tx); err == nil {
				pushed, err = tx.Queue().Push("send", payload{1})
			}
			return err
		})
		return shown(pushed, err)
	case "rolled back":
		return nil, koyalite.Transaction(ctx, func(tx koyalite.Tx) error {
			if _, err := tx.Queue().Push("send", payload{1}); err != nil {
				return err
			}
			return koyalite.Err("NO", "no")
		})
	case "open":
		var codes []string
		err := koyalite.Transaction(ctx, func(koyalite.Tx) error {
			_, err := queue.Push("send", nil)
			codes = []string{codeOf(err), codeOf(ctx.Job().Progress(0.5))}
			return nil
		})
		return codes, err
	case "job":
		if ctx.Job() == nil {
			return nil, nil
		}
		return ctx.Job(), nil
	case "progress":
		return nil, ctx.Job().Progress(in.At)
	case "completes":
		work := func(tx koyalite.Tx) error { return create(ctx, tx) }
		return nil, koyalite.Transaction(ctx, work, koyalite.Completes())
	case "retry":
		return nil, koyalite.Retry(0, closed)
	case "retry later":
		return nil, koyalite.Retry(10*time.Minute, closed)
	case "abort":
		return nil, koyalite.Abort(closed)
	case "lease lost":
		return nil, koyalite.Err("LEASE_LOST", "x")
	case "queue full":
		return nil, koyalite.Err("QUEUE_FULL", "x")
	}
	return nil, errors.New("no such thing: " + in.Do)
}

func create(ctx koyalite.Ctx, tx koyalite.Tx) error {
	return tx.Collection("posts").Create(ctx, map[string]string{"title": "a"}, nil)
}

func codeOf(err error) string {
	var known *koyalite.Error
	if errors.As(err, &known) {
		return known.Code
	}
	return "allowed"
}

// shown is what a push came to, as the other languages have it.
func shown(job koyalite.PushedJob, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	result := map[string]any{"id": nil, "created": job.Created}
	if job.ID != "" {
		result["id"] = job.ID
	}
	return result, nil
}

func allShown(jobs []koyalite.PushedJob, err error) (any, error) {
	results := []any{}
	for _, job := range jobs {
		result, _ := shown(job, nil)
		results = append(results, result)
	}
	return results, err
}
