package koyalite

import (
	"encoding/json"
	"errors"
	"math"
	"testing"
	"time"
)

type part struct {
	Pieces int64          `json:"pieces"`
	At     Opt[time.Time] `json:"at,omitzero"`
}

type partsInput struct {
	Title string               `json:"title"`
	At    time.Time            `json:"at"`
	Day   Opt[Date]            `json:"day,omitzero"`
	Note  Opt[string]          `json:"note,omitzero"`
	Lines Opt[[]part]          `json:"lines,omitzero"`
	List  []part               `json:"list"`
	Times map[string]time.Time `json:"times"`
	Ratio float64              `json:"ratio"`
	Maybe *string              `json:"maybe"`
	Any   json.RawMessage      `json:"any"`
}

func TestInputsOfFunctions(t *testing.T) {
	at := time.Date(2026, 1, 2, 4, 4, 5, 678_999_999, time.FixedZone("", 3600))
	input := partsInput{
		Title: "x", At: at, Day: Value(Date{2026, 1, 2}), Note: Null[string](),
		Lines: Value([]part{{Pieces: 1, At: Value(at)}, {}}),
		Times: map[string]time.Time{"one": at}, Ratio: 1, Any: json.RawMessage(`[1]`),
	}
	text, err := wireInput(input)
	const want = `{"any":[1],"at":"2026-01-02T03:04:05.678Z","day":"2026-01-02",` +
		`"lines":[{"at":"2026-01-02T03:04:05.678Z","pieces":1},{"pieces":0}],"list":[],"maybe":null,"note":null,` +
		`"ratio":1,"times":{"one":"2026-01-02T03:04:05.678Z"},"title":"x"}`
	if string(text) != want || err != nil {
		t.Fatal(string(text), err)
	}
	for value, want := range map[any]string{nil: "null", 5: "5", struct{}{}: "{}", at: `"2026-01-02T03:04:05.678Z"`} {
		if text, err := wireInput(value); string(text) != want || err != nil {
			t.Fatal(string(text), err)
		}
	}
}

func TestInputsThatJSONWouldChange(t *testing.T) {
	for field, input := range map[string]partsInput{
		"ratio":          {Ratio: math.NaN()},
		"lines.1.pieces": {Lines: Value([]part{{}, {Pieces: 1 << 53}})},
		"times.one":      {Times: map[string]time.Time{"one": time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)}},
	} {
		_, err := wireInput(input)
		var failure *Error
		if !errors.As(err, &failure) || !errors.Is(err, ErrValidation) || failure.Details[0].Field != field {
			t.Fatal(field, err)
		}
	}
}
