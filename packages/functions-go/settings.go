package koyalite

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// settings are what the server starts an instance with: services/functions/PROTOCOL.md, "Start".
type settings struct {
	serverSocket string
	callSocket   string
	// proxySocket is "" where there is no network at all.
	proxySocket string
	// token is for what the instance says of itself.
	token string
	// env is what the manifest gives the function.
	env map[string]string
}

// takenSettings are read before any code of the function runs: it has no use for the token.
var takenSettings = takeSettings()

func takeSettings() (taken struct {
	values settings
	err    error
}) {
	sockets, token := os.Getenv("KOYALITE_SOCKETS"), os.Getenv("KOYALITE_INSTANCE")
	for _, name := range []string{"KOYALITE_SOCKETS", "KOYALITE_INSTANCE"} {
		if os.Getenv(name) == "" {
			taken.err = fmt.Errorf("%s is not set: the KoyaLite server starts this program, nobody else", name)
			return taken
		}
	}
	os.Unsetenv("KOYALITE_INSTANCE")
	taken.values = settings{
		serverSocket: filepath.Join(sockets, "server.sock"),
		callSocket:   filepath.Join(sockets, "call.sock"),
		proxySocket:  os.Getenv("KOYALITE_PROXY"),
		token:        token,
		env:          map[string]string{},
	}
	for _, name := range strings.Split(os.Getenv("KOYALITE_ENV"), ",") {
		if name != "" {
			taken.values.env[name] = os.Getenv(name)
		}
	}
	return taken
}
