package koyalite

import (
	"encoding/json"
	"testing"
	"time"
)

func TestDate(t *testing.T) {
	day, err := ParseDate("2024-02-29")
	if err != nil || day.String() != "2024-02-29" || day.AddDays(1) != (Date{2024, time.March, 1}) {
		t.Fatal(day, err)
	}
	if DateOf(time.Date(2026, 1, 1, 23, 0, 0, 0, time.FixedZone("", -7200))) != (Date{2026, 1, 1}) {
		t.Fatal("the day is that of the time zone")
	}
	if day.Compare(day.AddDays(-1)) != 1 || day.Compare(day) != 0 || day.IsZero() || !(Date{}).IsZero() {
		t.Fatal("compared wrongly")
	}
	for _, text := range []string{"2023-02-29", "2024-2-9", "2024-02-29T00:00:00Z", ""} {
		if _, err := ParseDate(text); err == nil {
			t.Fatal(text)
		}
	}
	if _, err := json.Marshal(Date{2023, 2, 29}); err == nil {
		t.Fatal("no day of the calendar")
	}
}

func TestOpt(t *testing.T) {
	type input struct {
		A Opt[string] `json:"a,omitzero"`
		B Opt[string] `json:"b,omitzero"`
		C Opt[int64]  `json:"c,omitzero"`
	}
	text, err := json.Marshal(input{B: Null[string](), C: Int(0)})
	if string(text) != `{"b":null,"c":0}` || err != nil {
		t.Fatal(string(text), err)
	}
	var back input
	if err := json.Unmarshal(text, &back); err != nil || back.A.IsSet() || !back.B.IsNull() || back.C.Or(7) != 0 {
		t.Fatal(back, err)
	}
}

func TestCompareSeq(t *testing.T) {
	for _, c := range []struct {
		a, b  string
		order int
		ok    bool
	}{{"e.9", "e.10", -1, true}, {"e.1", "e.1", 0, true}, {"e.2", "f.1", 0, false}, {"", "e.1", 0, false}, {"e.x", "e.1", 0, false}} {
		if order, ok := CompareSeq(c.a, c.b); order != c.order || ok != c.ok {
			t.Fatal(c, order, ok)
		}
	}
}

func TestReferenceLeadsThroughGroups(t *testing.T) {
	condition := Reference[row, row]{name: "author"}.Where(Or(compare[row]("name", "$eq", "x"), Not(compare[row]("a.b", "$gt", 1))))
	text, err := json.Marshal(condition)
	if err != nil || string(text) != `{"$or":[{"author.name":{"$eq":"x"}},{"$not":{"author.a.b":{"$gt":1}}}]}` {
		t.Fatal(string(text), err)
	}
	if (Reference[row, row]{name: "author"}).Where(Condition[row]{}).invalid() == nil {
		t.Fatal("an empty condition")
	}
}

func TestBackOffGrows(t *testing.T) {
	for tries := range 40 {
		longest := 100 * time.Millisecond << min(tries, 10)
		if wait := backOff(100*time.Millisecond, tries); wait < longest/2 || wait > longest*3/2 {
			t.Fatal(tries, wait)
		}
	}
}
