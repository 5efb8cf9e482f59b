package koyalite

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"
)

func TestWhatAJobSaysOfItsFuture(t *testing.T) {
	refused := responseError("db", 404, []byte(`{"error":{"code":"NOT_FOUND","message":"no such shop"}}`))
	tests := []struct {
		name string
		err  error
		kind string
		body map[string]any
	}{
		{"again", Retry(0, errors.New("closed")), "retry", map[string]any{"message": "closed", "after": nil}},
		{"later", Retry(time.Minute, nil), "retry",
			map[string]any{"message": "the job asks to be run again", "after": int64(60_000)}},
		{"for an error of ctx", Retry(time.Second, refused), "retry",
			map[string]any{"message": "no such shop (NOT_FOUND)", "after": int64(1000)}},
		{"wrapped", fmt.Errorf("pay: %w", Abort(errors.New("closed"))), "abort", map[string]any{"message": "pay: closed"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			found := failureOfJob(test.err)
			if found == nil || found.kind != test.kind || !reflect.DeepEqual(found.body, test.body) {
				t.Errorf("described as %+v", found)
			}
		})
	}
	if found := failureOfJob(refused); found != nil {
		t.Errorf("an error of another kind is described as %+v", found)
	}
	if !errors.Is(Retry(0, refused), refused) {
		t.Error("the reason cannot be found")
	}
}

func TestConfigOfJobs(t *testing.T) {
	tests := []struct {
		queue *QueueConfig
		want  string
	}{
		{nil, `{}`},
		{&QueueConfig{}, `{"queue":true}`},
		{&QueueConfig{Name: "mail", Retry: &RetryConfig{MaxAttempts: 3}},
			`{"queue":{"name":"mail","retry":{"max_attempts":3}}}`},
	}
	for _, test := range tests {
		if text, err := json.Marshal(Config{Queue: test.queue}); err != nil || string(text) != test.want {
			t.Errorf("%s, %v", text, err)
		}
	}
}
