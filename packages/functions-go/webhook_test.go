package koyalite

import (
	"encoding/json"
	"net/http"
	"os"
	"testing"
	"time"
)

func TestVerifyWebhook(t *testing.T) {
	text, err := os.ReadFile("../functions/src/testing/webhook-cases.json")
	if err != nil {
		t.Skip("the cases of all languages are beside this package in its repository only")
	}
	var file struct {
		Now   int64
		Cases []struct {
			Name, Body string
			Headers    map[string]string
			Secret     []string
			Expected   bool
		}
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	for _, one := range file.Cases {
		headers := http.Header{}
		for name, value := range one.Headers {
			headers.Set(name, value)
		}
		if got := verifyWebhookAt(time.Unix(file.Now, 0), []byte(one.Body), headers, one.Secret); got != one.Expected {
			t.Errorf("%s: %v", one.Name, got)
		}
	}
	if len(file.Cases) < 40 {
		t.Errorf("only %d cases", len(file.Cases))
	}
}
