package main

import (
	"errors"

	"koyalite.dev/koyalite"
)

type input struct {
	Do string `json:"do"`
}

func main() { koyalite.Serve(run) }

// run does one thing that a test wants to see.
func run(ctx koyalite.Ctx, in input) (any, error) {
	switch in.Do {
	case "send":
		return send(ctx.Mail())
	case "everything":
		return ctx.Mail().Send(koyalite.Email{
			To: []string{"ann@example.com", "bob@example.com"}, CC: []string{"cy@example.com"}, BCC: []string{"di@example.com"},
			ReplyTo: "help@example.com", Subject: "Hello", HTML: "<p>Hi</p>",
			Headers: map[string]string{"X-Campaign": "spring"}, Key: "hello-1", Delivery: "at_most_once",
		})
	case "template":
		return ctx.Mail().Send(koyalite.Email{
			To: []string{"ann@example.com"}, Template: "welcome", Props: welcome{"Ann", 2}, Locale: "fr-CA",
		})
	case "file":
		return ctx.Mail().Send(koyalite.Email{
			To: []string{"ann@example.com"}, Subject: "Hello", Text: "Hi",
			Attachments: []koyalite.Attachment{{Filename: "a.csv", Content: []byte("a,b"), ContentType: "text/csv"}},
		})
	case "in a transaction":
		var id string
		err := koyalite.Transaction(ctx, func(tx koyalite.Tx) error {
			err := tx.Collection("posts").Create(ctx, map[string]string{"title": "a"}, nil)
			if err == nil {
				id, err = send(tx.Mail())
			}
			return err
		})
		return id, err
	case "rolled back":
		return nil, koyalite.Transaction(ctx, func(tx koyalite.Tx) error {
			if _, err := send(tx.Mail()); err != nil {
				return err
			}
			return koyalite.Err("NO", "no")
		})
	case "open":
		code := "allowed"
		err := koyalite.Transaction(ctx, func(koyalite.Tx) error {
			_, refused := send(ctx.Mail())
			var known *koyalite.Error
			if errors.As(refused, &known) {
				code = known.Code
			}
			return nil
		})
		return code, err
	}
	return nil, errors.New("no such thing: " + in.Do)
}

type welcome struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
}

func send(mail koyalite.Mail) (string, error) {
	return mail.Send(koyalite.Email{To: []string{"ann@example.com"}, Subject: "Hello", Text: "Hi"})
}
