package koyalite

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Clocks of sender and receiver may differ by this much, both ways.
const webhookTolerance = 5 * time.Minute

var webhookTimestamp = regexp.MustCompile(`^[0-9]{1,12}$`)

// VerifyWebhook tells whether a request is a webhook that was signed with a
// secret of yours (whsec_…; several while it is rotated), by Standard Webhooks
// (https://www.standardwebhooks.com). It is false for everything else, whatever
// is wrong with it. The body is the bytes as they came. Verify before you parse,
// and remember webhook-id: an event may come more than once.
func VerifyWebhook(body []byte, headers http.Header, secrets ...string) bool {
	return verifyWebhookAt(time.Now(), body, headers, secrets)
}

func verifyWebhookAt(now time.Time, body []byte, headers http.Header, secrets []string) bool {
	id, timestamp, signatures := oneHeader(headers, "webhook-id"), oneHeader(headers, "webhook-timestamp"), oneHeader(headers, "webhook-signature")
	if id == "" || signatures == "" || !webhookTimestamp.MatchString(timestamp) {
		return false
	}
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || now.Sub(time.Unix(seconds, 0)).Abs() > webhookTolerance {
		return false
	}
	for _, secret := range secrets {
		key := webhookKey(secret)
		if key == nil {
			continue
		}
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(id + "." + timestamp + "."))
		mac.Write(body)
		expected := []byte("v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)))
		for _, given := range strings.Split(signatures, " ") {
			if hmac.Equal([]byte(given), expected) {
				return true
			}
		}
	}
	return false
}

// A header that is there once.
func oneHeader(headers http.Header, name string) string {
	if values := headers.Values(name); len(values) == 1 {
		return values[0]
	}
	return ""
}

// Nil for what is not base64, or nothing: an empty key accepts what anybody signs.
func webhookKey(secret string) []byte {
	text := strings.TrimRight(strings.TrimPrefix(secret, "whsec_"), "=")
	key, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil || len(key) == 0 {
		return nil
	}
	return key
}
