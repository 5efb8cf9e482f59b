package koyalite

import "testing"

func TestShiftParameters(t *testing.T) {
	for cel, want := range map[string]string{
		`doc.a == $1 && doc.b == $2`:      `doc.a == $4 && doc.b == $5`,
		`doc.a == '$1' || doc.b == "$1"`:  `doc.a == '$1' || doc.b == "$1"`,
		`doc.a == 'it\'s $1' + $1`:        `doc.a == 'it\'s $1' + $4`,
		`doc.a == r'\' && $1`:             `doc.a == r'\' && $4`,
		"doc.a == '''\n' $1''' && $1":     "doc.a == '''\n' $1''' && $4",
		`doc.a == """ " $1""" && $12 > 1`: `doc.a == """ " $1""" && $15 > 1`,
		"$1 // $1\n == doc.a":             "$4 // $1\n == doc.a",
	} {
		if got := shiftParameters(cel, 3); got != want {
			t.Errorf("%s: got %s, want %s", cel, got, want)
		}
		if got := shiftParameters(cel, 0); got != cel {
			t.Errorf("%s: got %s", cel, got)
		}
	}
}

func TestJoinExpressions(t *testing.T) {
	cel, params, err := joinExpressions([]expression{{"a == $1", []any{"x"}}, {"b == $1 || c == $2", []any{1, true}}})
	if cel != "(a == $1) && (b == $2 || c == $3)" || params != `["x",1,true]` || err != nil {
		t.Fatal(cel, params, err)
	}
}
