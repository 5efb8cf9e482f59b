package main

import (
	"sync"
	"time"

	db "koyalite.dev/db"
	"koyalite.dev/koyalite"
)

// Input says whose payments are added up, and of which year.
type Input struct {
	TeamID string `json:"team_id" koya:"format=uuid"`
	Year   int    `json:"year" koya:"min=2000,max=2100"`
}

// Month is what was paid in one month.
type Month struct {
	Month    time.Month `json:"month"`
	Payments int        `json:"payments"`
	Cents    int64      `json:"cents"`
}

// Output has the months in which something was paid.
type Output struct {
	Team   string  `json:"team"`
	Months []Month `json:"months"`
	Cents  int64   `json:"cents"`
}

func main() { koyalite.Serve(Report, koyalite.Config{Access: "auth.id != null"}) }

// Report reads all months at once, with the rights of the caller: members of the team see its payments.
func Report(ctx koyalite.Ctx, in Input) (Output, error) {
	koya := db.With(ctx.DB())
	team, err := koya.Teams.Get(ctx, in.TeamID)
	if err != nil {
		return Output{}, err
	}
	var months [12]Month
	var failures [12]error
	var all sync.WaitGroup
	for at := range months {
		all.Add(1)
		go func() {
			defer all.Done()
			months[at], failures[at] = addUp(ctx, koya, in, time.Month(at+1))
		}()
	}
	all.Wait()
	out := Output{Team: team.Name}
	for at, month := range months {
		if failures[at] != nil {
			return Output{}, failures[at]
		}
		if month.Payments > 0 {
			out.Months = append(out.Months, month)
			out.Cents += month.Cents
		}
	}
	ctx.Log().Info("added up", "team", team.Name, "months", len(out.Months))
	return out, nil
}

func addUp(ctx koyalite.Ctx, koya *db.Client, in Input, of time.Month) (Month, error) {
	begin := time.Date(in.Year, of, 1, 0, 0, 0, 0, time.UTC)
	fields := db.PaymentFields
	month := Month{Month: of}
	payments := koya.Payments.Query().
		Filter(fields.TeamID.Eq(in.TeamID), fields.PaidAt.Gte(begin), fields.PaidAt.Lt(begin.AddDate(0, 1, 0))).
		Limit(1000)
	for payment, err := range payments.All(ctx) {
		if err != nil {
			return month, err
		}
		month.Payments++
		month.Cents += payment.Cents
	}
	return month, nil
}
