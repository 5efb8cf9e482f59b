package koyalite

import (
	"encoding/json"
	"fmt"
	"sync"
	"time"
	"unicode/utf8"
)

const (
	// Bytes of one line, and of all lines of a call.
	maxLine = 8 * 1024
	maxLog  = 1024 * 1024
	sendAt  = 64 * 1024
	// sendAfter is how long a line waits for more.
	sendAfter = 100 * time.Millisecond
)

// callLog is the log of one call: its lines are sent in their order, in batches, and all of them before the answer.
type callLog struct {
	send func(lines []byte)
	// sending is held while lines are sent, so that they arrive in their order.
	sending sync.Mutex

	mutex  sync.Mutex
	lines  []byte
	total  int
	isFull bool
	timer  *time.Timer
}

func newCallLog(send func(lines []byte)) *callLog { return &callLog{send: send} }

type logLine struct {
	Level     string          `json:"level"`
	Message   string          `json:"message"`
	Fields    json.RawMessage `json:"fields,omitempty"`
	At        int64           `json:"at"`
	Truncated bool            `json:"truncated,omitempty"`
}

func (l *callLog) write(level, message string, fields map[string]any) {
	text := lineText(level, message, fields)
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.isFull {
		return
	}
	if l.total+len(text) > maxLog {
		l.isFull = true
		text = encodeLine(logLine{
			Level:     "warn",
			Message:   "the log of this call is full: the rest is left out",
			Truncated: true,
		})
	}
	l.lines = append(l.lines, text...)
	l.total += len(text)
	if len(l.lines) >= sendAt {
		go l.flush()
	} else if l.timer == nil {
		l.timer = time.AfterFunc(sendAfter, l.flush)
	}
}

// flush returns when the server has all lines up to now.
func (l *callLog) flush() {
	l.sending.Lock()
	defer l.sending.Unlock()
	if lines := l.take(); len(lines) > 0 {
		l.send(lines)
	}
}

func (l *callLog) take() []byte {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	lines := l.lines
	l.lines = nil
	if l.timer != nil {
		l.timer.Stop()
		l.timer = nil
	}
	return lines
}

func lineText(level, message string, fields map[string]any) []byte {
	line := logLine{Level: level, Message: cutText(message, maxLine)}
	line.Truncated = line.Message != message
	if len(fields) > 0 {
		text, err := json.Marshal(fields)
		if err != nil {
			text, _ = json.Marshal(map[string]string{"not_json": err.Error()})
		}
		if len(line.Message)+len(text) <= maxLine {
			line.Fields = text
		} else {
			line.Truncated = true
		}
	}
	return encodeLine(line)
}

func encodeLine(line logLine) []byte {
	line.At = time.Now().UnixMilli()
	text, err := json.Marshal(line)
	if err != nil {
		panic(fmt.Sprintf("a line of the log is not JSON: %v", err))
	}
	return append(text, '\n')
}

// cutText returns the beginning of a text, within a number of bytes, and not in the middle of a character.
func cutText(text string, maxBytes int) string {
	if len(text) <= maxBytes {
		return text
	}
	end := maxBytes
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end]
}
