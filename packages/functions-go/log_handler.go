package koyalite

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

// logByCalls sends what the packages log and log/slog write to the log of the call in which they do.
func logByCalls(calls *calls) {
	slog.SetDefault(slog.New(&logHandler{calls: calls}))
	log.SetFlags(0)
	log.SetOutput(&logWriter{calls})
}

// logHandler writes records into the log of a call.
type logHandler struct {
	// call is nil where the goroutine says which one it is; then calls has those that run.
	call  *call
	calls *calls
	// groups are those that were opened, and attributes what was given to each: one more than groups.
	groups     []string
	attributes [][]slog.Attr
}

func (h *logHandler) Enabled(context.Context, slog.Level) bool { return true }

func (h *logHandler) WithAttrs(attributes []slog.Attr) slog.Handler {
	added := *h
	added.attributes = slices.Clone(h.attributes)
	for len(added.attributes) <= len(h.groups) {
		added.attributes = append(added.attributes, nil)
	}
	last := &added.attributes[len(h.groups)]
	*last = slices.Concat(*last, attributes)
	return &added
}

func (h *logHandler) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	added := *h
	added.groups = append(slices.Clip(h.groups), name)
	return &added
}

func (h *logHandler) Handle(_ context.Context, record slog.Record) error {
	own := make([]slog.Attr, 0, record.NumAttrs())
	record.Attrs(func(attribute slog.Attr) bool {
		own = append(own, attribute)
		return true
	})
	fields := map[string]any{}
	within := fields
	for at := 0; at <= len(h.groups); at++ {
		if at > 0 {
			group := map[string]any{}
			within[h.groups[at-1]] = group
			within = group
		}
		if at < len(h.attributes) {
			addFields(within, h.attributes[at])
		}
	}
	addFields(within, own)
	found := h.call
	if found == nil {
		found = h.calls.current()
	}
	writeLine(found, levelName(record.Level), record.Message, fields)
	return nil
}

func addFields(fields map[string]any, attributes []slog.Attr) {
	for _, attribute := range attributes {
		value := attribute.Value.Resolve()
		switch {
		case value.Kind() == slog.KindGroup && attribute.Key == "":
			addFields(fields, value.Group())
		case value.Kind() == slog.KindGroup:
			group := map[string]any{}
			addFields(group, value.Group())
			fields[attribute.Key] = group
		case attribute.Key != "":
			fields[attribute.Key] = fieldOf(value.Any())
		}
	}
}

// fieldOf returns what JSON has for a value: of an error its text, and of what JSON does not have that which is printed.
func fieldOf(value any) any {
	switch known := value.(type) {
	case error:
		return known.Error()
	case time.Duration:
		return known.String()
	}
	if text, err := json.Marshal(value); err == nil {
		return json.RawMessage(text)
	}
	return fmt.Sprintf("%+v", value)
}

func levelName(level slog.Level) string {
	switch {
	case level < slog.LevelInfo:
		return "debug"
	case level < slog.LevelWarn:
		return "info"
	case level < slog.LevelError:
		return "warn"
	}
	return "error"
}

// current returns the call that the present goroutine belongs to; nil where none or several may be it.
func (c *calls) current() *call {
	if found := currentCall(); found != nil {
		return found
	}
	return c.only()
}

// writeLine writes to the log of a call, or to that of the instance. A line of an error is sent at once: the process may
// end with it.
func writeLine(found *call, level, message string, fields map[string]any) {
	if found == nil {
		var out io.Writer = os.Stdout
		if level == "error" || level == "warn" {
			out = os.Stderr
		}
		fmt.Fprint(out, message)
		for name, value := range fields {
			fmt.Fprintf(out, " %s=%v", name, value)
		}
		fmt.Fprintln(out)
		return
	}
	found.log.write(level, message, fields)
	if level == "error" {
		found.log.flush()
	}
}

// logWriter is where the package log writes to.
type logWriter struct{ calls *calls }

func (w *logWriter) Write(text []byte) (int, error) {
	level := "info"
	if isLast() {
		level = "error"
	}
	writeLine(w.calls.current(), level, strings.TrimSuffix(string(text), "\n"), nil)
	return len(text), nil
}

// isLast reports whether the process ends, or the call panics, with what the package log writes at the moment.
func isLast() bool {
	callers := make([]uintptr, 12)
	frames := runtime.CallersFrames(callers[:runtime.Callers(3, callers)])
	for {
		frame, more := frames.Next()
		name := strings.TrimPrefix(strings.TrimPrefix(frame.Function, "log."), "(*Logger).")
		if strings.HasPrefix(frame.Function, "log.") && (strings.HasPrefix(name, "Fatal") || strings.HasPrefix(name, "Panic")) {
			return true
		}
		if !more {
			return false
		}
	}
}
