// Package koyalite is what functions of a KoyaLite project in Go are written with.
//
//	func main() { koyalite.Serve(Publish, koyalite.Config{Access: "auth.id != null"}) }
//
//	func Publish(ctx koyalite.Ctx, in Input) (Output, error) { … }
package koyalite

import (
	"fmt"
	"net/http"
	"os"
	"reflect"
)

// Serve runs a function that takes JSON and returns JSON: what its program does in main, last. It does not return. What
// it takes and returns is checked by the server, by a schema that is read from the types: see Schema.
func Serve[In, Out any](handler func(Ctx, In) (Out, error), config ...Config) {
	function := described{kind: "typed", config: oneOf(config)}
	var err error
	if function.input, err = schemaOf(reflect.TypeFor[In](), inputRole); err == nil {
		function.output, err = schemaOf(reflect.TypeFor[Out](), outputRole)
	}
	run(function, err, answerTyped(handler))
}

// ServeHTTP runs a function that gets requests as they come, and answers what it likes: any body, streams, headers. Its
// Ctx is that of FromRequest. It does not return.
func ServeHTTP(handler http.Handler, config ...Config) {
	run(described{kind: "raw", config: oneOf(config)}, nil, answerRaw(handler))
}

// described is what a function is, for the server.
type described struct {
	kind          string
	config        Config
	input, output schema
}

func oneOf(configs []Config) Config {
	if len(configs) == 0 {
		return Config{}
	}
	return configs[0]
}

func run(function described, fault error, answer answer) {
	if err := serve(function, fault, answer); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// serve returns nil once the server is gone, or wants the instance to end.
func serve(function described, fault error, answer answer) error {
	settings, err := takenSettings.values, takenSettings.err
	if err != nil {
		return err
	}
	server := connectServer(settings)
	if fault != nil {
		return server.announceFailure(thrown{Name: "SchemaError", Message: fault.Error(), Stack: fault.Error()})
	}
	if err := openEgress(settings.proxySocket); err != nil {
		return err
	}
	calls := newCalls(server)
	logByCalls(calls)
	if err := listen(settings.callSocket, calls, answer); err != nil {
		return err
	}
	if err := server.announce(function); err != nil {
		return err
	}
	server.untilEnd()
	return nil
}
