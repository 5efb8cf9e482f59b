package koyalite

import (
	"bytes"
	"encoding/json"
	"slices"
)

// liveList is what is known of a live query: it goes from snapshot to snapshot.
type liveList[D any] struct {
	entries []liveEntry[D]
	// parts are those of a snapshot that is still arriving.
	parts []liveEntry[D]
	// resume is what the query continues with over another connection.
	resume string
}

type liveEntry[D any] struct {
	key string
	doc *D
	// text is the JSON of doc, by which it is found out whether it has changed.
	text []byte
}

// liveKey is a primary key as text.
type liveKey string

func (k *liveKey) UnmarshalJSON(data []byte) error {
	if bytes.HasPrefix(data, []byte(`"`)) {
		return json.Unmarshal(data, (*string)(k))
	}
	*k = liveKey(data)
	return nil
}

// liveMessage is the data of an event.
type liveMessage struct {
	Payload struct {
		Resume  string            `json:"resume"`
		Seq     string            `json:"seq"`
		Docs    []json.RawMessage `json:"docs"`
		Keys    []liveKey         `json:"keys"`
		ETags   []string          `json:"etags"`
		Part    int               `json:"part"`
		More    bool              `json:"more"`
		Code    ErrorCode         `json:"code"`
		Message string            `json:"message"`
		Changes struct {
			Inserts []liveChange `json:"inserts"`
			Updates []liveChange `json:"updates"`
			Deletes []liveKey    `json:"deletes"`
		} `json:"changes"`
	} `json:"payload"`
}

type liveChange struct {
	Doc json.RawMessage `json:"doc"`
	// After is the key of the document before it; null for the first place, unset where it stays in its place.
	After Opt[liveKey] `json:"after"`
	// Key is there where the document does not show it.
	Key  *liveKey `json:"key"`
	ETag string   `json:"etag"`
}

// take returns the snapshot that an event leads to; nil where it leads to none.
func (l *liveList[D]) take(name string, data []byte) (*Snapshot[D], error) {
	var message liveMessage
	switch name {
	case "snapshot", "delta", "error":
		if err := decode(data, &message); err != nil {
			return nil, err
		}
	}
	payload := &message.Payload
	var changes Changes[D]
	var err error
	switch name {
	case "snapshot":
		if payload.Part == 0 {
			l.parts = nil
		}
		if err := l.addPart(&message); err != nil {
			return nil, err
		}
		if payload.More {
			return nil, nil
		}
		changes = l.replace(l.parts)
		l.parts = nil
	case "delta":
		if changes, err = l.apply(&message); err != nil {
			return nil, err
		}
	case "error":
		return nil, &Error{Code: payload.Code, Message: payload.Message}
	default:
		return nil, nil
	}
	l.resume = payload.Resume
	docs := make([]*D, len(l.entries))
	for i, entry := range l.entries {
		docs[i] = entry.doc
	}
	return &Snapshot[D]{Docs: docs, Seq: payload.Seq, Changes: changes}, nil
}

func (l *liveList[D]) addPart(message *liveMessage) error {
	for i, text := range message.Payload.Docs {
		change := liveChange{Doc: text}
		if i < len(message.Payload.Keys) {
			change.Key = &message.Payload.Keys[i]
		}
		if i < len(message.Payload.ETags) {
			change.ETag = message.Payload.ETags[i]
		}
		entry, err := entryOf[D](change)
		if err != nil {
			return err
		}
		l.parts = append(l.parts, entry)
	}
	return nil
}

// replace takes the documents of a whole snapshot. Those that were there before and have not changed stay.
func (l *liveList[D]) replace(entries []liveEntry[D]) Changes[D] {
	var changes Changes[D]
	old := make(map[string]liveEntry[D], len(l.entries))
	for _, entry := range l.entries {
		old[entry.key] = entry
	}
	for i, entry := range entries {
		before, known := old[entry.key]
		delete(old, entry.key)
		switch {
		case !known:
			changes.Inserts = append(changes.Inserts, entry.doc)
		case bytes.Equal(before.text, entry.text) && ETagOf(before.doc) == ETagOf(entry.doc):
			entries[i] = before
		default:
			changes.Updates = append(changes.Updates, entry.doc)
		}
	}
	for _, entry := range l.entries {
		if _, gone := old[entry.key]; gone {
			changes.Deletes = append(changes.Deletes, entry.doc)
		}
	}
	l.entries = entries
	return changes
}

// apply changes the list, in the order of the API: deletes, inserts, updates.
func (l *liveList[D]) apply(message *liveMessage) (Changes[D], error) {
	var changes Changes[D]
	sent := &message.Payload.Changes
	l.entries = slices.Clone(l.entries)
	for _, key := range sent.Deletes {
		if i := l.find(string(key)); i >= 0 {
			changes.Deletes = append(changes.Deletes, l.entries[i].doc)
			l.entries = slices.Delete(l.entries, i, i+1)
		}
	}
	for _, change := range sent.Inserts {
		doc, err := l.put(change)
		if err != nil {
			return changes, err
		}
		changes.Inserts = append(changes.Inserts, doc)
	}
	for _, change := range sent.Updates {
		doc, err := l.put(change)
		if err != nil {
			return changes, err
		}
		changes.Updates = append(changes.Updates, doc)
	}
	return changes, nil
}

func (l *liveList[D]) put(change liveChange) (*D, error) {
	entry, err := entryOf[D](change)
	if err != nil {
		return nil, err
	}
	place := l.find(entry.key)
	if place >= 0 {
		l.entries = slices.Delete(l.entries, place, place+1)
	}
	if after, ok := change.After.Get(); ok {
		place = l.find(string(after)) + 1
	} else if change.After.IsNull() {
		place = 0
	}
	if place < 0 {
		return nil, localError(CodeUnexpectedResponse, "a change is of a document that is not in the list: %s", entry.key)
	}
	l.entries = slices.Insert(l.entries, place, entry)
	return entry.doc, nil
}

func (l *liveList[D]) find(key string) int {
	return slices.IndexFunc(l.entries, func(entry liveEntry[D]) bool { return entry.key == key })
}

func entryOf[D any](change liveChange) (liveEntry[D], error) {
	doc := new(D)
	if err := decode(change.Doc, doc); err != nil {
		return liveEntry[D]{}, err
	}
	d := documentOf(doc)
	*d.tag() = change.ETag
	entry := liveEntry[D]{key: keyText(d.key()), doc: doc, text: change.Doc}
	if change.Key != nil {
		entry.key = string(*change.Key)
	}
	return entry, nil
}
