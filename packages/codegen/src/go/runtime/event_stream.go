package koyalite

import (
	"bufio"
	"bytes"
	"io"
	"strings"
)

// event is one server-sent event.
type event struct {
	name string
	id   string
	data []byte
}

// eventReader reads server-sent events.
type eventReader struct {
	lines *bufio.Reader
}

func newEventReader(r io.Reader) *eventReader {
	return &eventReader{bufio.NewReaderSize(r, 64<<10)}
}

// next returns the next event. alive is called for each line: comments too show that the server is there.
func (r *eventReader) next(alive func()) (event, error) {
	var e event
	for {
		line, err := r.lines.ReadBytes('\n')
		if err != nil {
			return event{}, err
		}
		alive()
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			if e.name != "" || e.data != nil {
				return e, nil
			}
			continue
		}
		field, value, _ := strings.Cut(string(line), ":")
		value = strings.TrimPrefix(value, " ")
		switch field {
		case "event":
			e.name = value
		case "id":
			e.id = value
		case "data":
			if e.data != nil {
				e.data = append(e.data, '\n')
			}
			e.data = append(e.data, value...)
		}
	}
}
