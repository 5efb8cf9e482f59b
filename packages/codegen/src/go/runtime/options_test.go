package koyalite

import (
	"errors"
	"strings"
	"testing"
)

// TestIfMatchWithoutTag sends nothing: the address leads nowhere.
func TestIfMatchWithoutTag(t *testing.T) {
	c, _, err := newConn("http://nowhere.invalid", 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	rows := &Collection[row, int64, struct{}, CallOption]{conn: c, name: "rows"}
	tag := IfMatch(ETagOf(&row{ID: 1}))
	_, updated := rows.Update(t.Context(), 1, tag)
	_, replaced := rows.Replace(t.Context(), 1, struct{}{}, tag)
	for _, err := range []error{updated, replaced, rows.Delete(t.Context(), 1, tag)} {
		var failure *Error
		if !errors.As(err, &failure) || failure.Code != CodeInvalidRequest || !strings.Contains(failure.Message, "ETags()") {
			t.Fatal(err)
		}
	}
}
