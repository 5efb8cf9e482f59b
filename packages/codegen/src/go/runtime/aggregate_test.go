package koyalite

import (
	"encoding/json"
	"fmt"
	"testing"
)

func TestGroup(t *testing.T) {
	var group Group
	if err := json.Unmarshal([]byte(`{"status":"draft","count":3,"avg_score":null}`), &group); err != nil {
		t.Fatal(err)
	}
	if group.Text("status") != "draft" || group.Int("count") != 3 || group.Int("status") != 0 || group.Float("avg_score") != 0 {
		t.Fatal(group)
	}
	if got := fmt.Sprint(group); got != `{"avg_score":null,"count":3,"status":"draft"}` {
		t.Fatal(got)
	}
	var count int
	if err := group.Decode("count", &count); err != nil || count != 3 {
		t.Fatal(count, err)
	}
	err := group.Decode("coutn", &count)
	if err == nil || err.Error() != `koyalite: the group has no "coutn", only avg_score, count, status (INVALID_REQUEST)` {
		t.Fatal(err)
	}
	if err := group.Decode("status", &count); err == nil {
		t.Fatal("a text is no number")
	}
}

func TestOptAsText(t *testing.T) {
	post := struct{ A, B, C Opt[int64] }{Int(5), Null[int64](), Opt[int64]{}}
	if got := fmt.Sprintf("%+v", post); got != "{A:5 B:null C:(not set)}" {
		t.Fatal(got)
	}
}
