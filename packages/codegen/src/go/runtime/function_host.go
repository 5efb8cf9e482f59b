package koyalite

import "net/http"

// functionConnection is how the code of a function reaches documents: ctx.DB(), ctx.Admin(), and the tx of a
// transaction.
type functionConnection interface {
	URL() string
	HTTPClient() *http.Client
	// ErrorOf returns what errors.As finds in the error that a response stands for.
	ErrorOf(status int, body []byte) error
}

// functionOptions: a call is made once, for as long as it takes, since the server knows when it is over, and tries again
// what makes sense.
func functionOptions(connection functionConnection) []Option {
	return []Option{
		WithHTTPClient(connection.HTTPClient()),
		WithRetries(0),
		WithTimeout(0),
		func(s *settings) { s.errorOf = connection.ErrorOf },
	}
}
