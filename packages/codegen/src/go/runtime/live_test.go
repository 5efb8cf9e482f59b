package koyalite

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
)

// TestStatusOfLive reports an interruption once, however many tries it takes.
func TestStatusOfLive(t *testing.T) {
	tries := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		tries++
		if tries%4 != 0 {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		fmt.Fprintf(w, "event: subscribed\ndata: {}\n\nevent: snapshot\ndata: {\"payload\":{\"docs\":[{\"id\":%d,\"name\":\"a\"}]}}\n\n", tries)
	}))
	defer server.Close()
	var got []LiveStatus
	query := Query[row]{conn: connTo(t, server.URL), collection: "rows"}
	for s, err := range query.Live(t.Context(), OnStatus(func(status LiveStatus) { got = append(got, status) })) {
		if err != nil {
			t.Fatal(err)
		}
		if s.Docs[0].ID == 8 {
			break
		}
	}
	if want := []LiveStatus{LiveInterrupted, LiveConnected, LiveInterrupted, LiveConnected}; !slices.Equal(got, want) {
		t.Fatal(got)
	}
}
