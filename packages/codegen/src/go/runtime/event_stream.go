package koyalite

import (
	"bufio"
	"bytes"
	"io"
)

// event is one server-sent event.
type event struct {
	name string
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
		field, value, _ := bytes.Cut(line, []byte(":"))
		value = bytes.TrimPrefix(value, []byte(" "))
		switch string(field) {
		case "event":
			e.name = string(value)
		case "data":
			if e.data == nil {
				e.data = value
				continue
			}
			e.data = append(append(e.data, '\n'), value...)
		}
	}
}
