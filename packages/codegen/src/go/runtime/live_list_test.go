package koyalite

import (
	"encoding/json"
	"strings"
	"testing"
)

// row is a document with a key that is a number, and one field.
type row struct {
	ID     int64
	Name   string
	extra  map[string]json.RawMessage
	loaded loaded
}

func (r *row) UnmarshalJSON(data []byte) error {
	return decodeDocument(data, &r.loaded, &r.extra, func(name string) any {
		switch name {
		case "id":
			return &r.ID
		case "name":
			return &r.Name
		}
		return nil
	})
}

func (r *row) key() any     { return r.ID }
func (r *row) tag() *string { return &r.loaded.etag }

// take gives an event to a list, and returns the names that it has then; "-" for no new state.
func take(t *testing.T, list *liveList[row], name, payload string) (string, *Snapshot[row]) {
	t.Helper()
	snapshot, err := list.take(name, []byte(`{"payload":`+payload+`}`))
	if err != nil {
		t.Fatal(err)
	}
	if snapshot == nil {
		return "-", nil
	}
	var names []string
	for _, doc := range snapshot.Docs {
		names = append(names, doc.Name)
	}
	return strings.Join(names, " "), snapshot
}

func TestLiveList(t *testing.T) {
	list := &liveList[row]{}
	steps := []struct{ name, payload, want, resume string }{
		{"subscribed", `{"resume":"r0"}`, "-", ""},
		{"snapshot", `{"part":0,"more":true,"docs":[{"id":1,"name":"a"}]}`, "-", ""},
		// The first part of another snapshot: the parts before it are of no use.
		{"snapshot", `{"part":0,"more":true,"docs":[{"id":1,"name":"a"},{"id":2,"name":"b"}]}`, "-", ""},
		{"snapshot", `{"part":1,"resume":"r1","docs":[{"id":3,"name":"c"}]}`, "a b c", "r1"},
		{"progress", `{"seq":"e.9"}`, "-", "r1"},
		{"delta", `{"resume":"r2","changes":{"inserts":[{"doc":{"id":4,"name":"d"},"after":null}],"updates":[],"deletes":[2]}}`, "d a c", "r2"},
		{"delta", `{"resume":"r3","changes":{"updates":[{"doc":{"id":1,"name":"A"}},{"doc":{"id":4,"name":"D"},"after":3}]}}`, "A c D", "r3"},
		{"delta", `{"resume":"r4","changes":{"inserts":[{"doc":{"id":5,"name":"e"},"after":1},{"doc":{"id":6,"name":"f"},"after":5}]}}`, "A e f c D", "r4"},
		{"delta", `{"resume":"r5","changes":{"deletes":[99]}}`, "A e f c D", "r5"},
		{"delta", `{"resume":"r6","changes":{"updates":[{"doc":{"name":"C"},"key":3}]}}`, "A e f C D", "r6"},
	}
	for i, step := range steps {
		if got, _ := take(t, list, step.name, step.payload); got != step.want || list.resume != step.resume {
			t.Fatalf("step %d: got %q and %q", i, got, list.resume)
		}
	}
	if _, err := list.take("error", []byte(`{"payload":{"code":"TOO_MANY_DOCUMENTS","message":"x"}}`)); err == nil {
		t.Fatal("no error")
	}
	_, err := list.take("delta", []byte(`{"payload":{"changes":{"updates":[{"doc":{"id":77,"name":"x"}}]}}}`))
	if err == nil {
		t.Fatal("a change of what is not there")
	}
}

func TestLiveListKeepsDocuments(t *testing.T) {
	list := &liveList[row]{}
	_, first := take(t, list, "snapshot", `{"docs":[{"id":1,"name":"a"},{"id":2,"name":"b"},{"id":3,"name":"c"}],"etags":["x","y","z"]}`)
	_, second := take(t, list, "snapshot", `{"docs":[{"id":2,"name":"b"},{"id":1,"name":"A"},{"id":4,"name":"d"}],"etags":["y","x2","w"]}`)
	changes := second.Changes
	if second.Docs[0] != first.Docs[1] || second.Docs[1] == first.Docs[0] || ETagOf(second.Docs[1]) != "x2" {
		t.Fatal("unchanged documents are kept, others are new")
	}
	if len(first.Changes.Inserts) != 3 || changes.Inserts[0].Name != "d" || changes.Updates[0].Name != "A" || changes.Deletes[0].Name != "c" {
		t.Fatalf("%+v", changes)
	}
	if first.Docs[0].Name != "a" {
		t.Fatal("the snapshot before has changed")
	}
}

func TestEventReader(t *testing.T) {
	lines := 0
	reader := newEventReader(strings.NewReader("retry: 5\n: live\n\nid: r1\nevent: delta\ndata: {\"a\":\r\ndata:1}\n\nevent: x\n\nevent: cut"))
	e, err := reader.next(func() { lines++ })
	if err != nil || e.name != "delta" || string(e.data) != "{\"a\":\n1}" || lines != 8 {
		t.Fatal(e, err, lines)
	}
	if e, err = reader.next(func() {}); err != nil || e.name != "x" {
		t.Fatal(e, err)
	}
	if _, err = reader.next(func() {}); err == nil {
		t.Fatal("an event that was cut is none")
	}
}
