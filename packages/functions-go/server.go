package koyalite

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"time"
)

const protocol = 1

const serverURL = "http://koyalite"

// server is the server that has started this instance.
type server struct {
	settings  settings
	transport http.RoundTripper
}

func connectServer(settings settings) *server {
	dialer := &net.Dialer{}
	return &server{settings, &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, "unix", settings.serverSocket)
		},
		MaxIdleConnsPerHost: 64,
		DisableCompression:  true,
	}}
}

// announce says what the function is; it fails where the server does not take the instance.
func (s *server) announce(function described) error {
	return s.sendReady(map[string]any{
		"kind":   function.kind,
		"config": function.config,
		"input":  function.input,
		"output": function.output,
	})
}

// announceFailure says why the function cannot be served. It returns the error with which the instance ends.
func (s *server) announceFailure(failed thrown) error {
	if err := s.sendReady(map[string]any{"failed": failed}); err != nil {
		return err
	}
	return fmt.Errorf("%s", failed.Message)
}

func (s *server) sendReady(said map[string]any) error {
	said["protocol"] = protocol
	said["runtime"] = "go " + strings.TrimPrefix(runtime.Version(), "go")
	body, err := json.Marshal(said)
	if err != nil {
		return err
	}
	response, err := s.request("POST", "/internal/v1/ready", body)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, _ := io.ReadAll(response.Body)
	if response.StatusCode < 400 {
		return nil
	}
	var refused struct {
		Error struct{ Message string }
	}
	message := string(text)
	if json.Unmarshal(text, &refused) == nil && refused.Error.Message != "" {
		message = refused.Error.Message
	}
	if response.StatusCode == http.StatusBadRequest {
		return fmt.Errorf("the server does not speak protocol %d, which this host of functions speaks: %s", protocol, message)
	}
	return fmt.Errorf("the server refused this instance (%d): %s", response.StatusCode, message)
}

// untilEnd returns when the server is gone, or wants the instance to end.
func (s *server) untilEnd() {
	response, err := s.request("GET", "/internal/v1/alive", nil)
	if err != nil {
		return
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)
}

// request sends what the instance itself has to say.
func (s *server) request(method, path string, body []byte) (*http.Response, error) {
	request, err := http.NewRequest(method, serverURL+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+s.settings.token)
	request.Header.Set("Content-Type", "application/json")
	return s.transport.RoundTrip(request)
}

// sendLines sends lines of the log of a call. What the server does not take is left to the instance's own log.
func (s *server) sendLines(info callInfo, lines []byte) bool {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, "POST", serverURL+"/internal/v1/logs", bytes.NewReader(lines))
	if err != nil {
		return false
	}
	request.Header.Set("Authorization", "Bearer "+info.Token)
	request.Header.Set("Content-Type", "application/x-ndjson")
	response, err := s.transport.RoundTrip(request)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)
	return response.StatusCode < 400
}
