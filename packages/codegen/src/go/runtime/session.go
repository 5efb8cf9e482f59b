package koyalite

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"
)

// Tokens are what a session consists of. Whoever has them is the user: store them where only the user can read them.
type Tokens struct {
	AccessToken  string    `json:"access_token"`
	RefreshToken string    `json:"refresh_token"`
	ExpiresAt    time.Time `json:"expires_at"`
}

// sentTokens are tokens as the server sends them.
type sentTokens struct {
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token"`
	ExpiresIn    int    `json:"expires_in"`
}

func (s sentTokens) tokens() *Tokens {
	expiresAt := time.Now().Add(time.Duration(s.ExpiresIn) * time.Second)
	return &Tokens{AccessToken: s.AccessToken, RefreshToken: s.RefreshToken, ExpiresAt: expiresAt}
}

// session is the credentials of a user who has signed in.
type session struct {
	conn  *conn
	store func(*Tokens)

	mutex   sync.Mutex
	tokens  *Tokens
	running *renewal
	// restarts are called when the user changes.
	restarts map[int]func()
	lastID   int
	// storing is held while store runs: calls of it are in the order of the changes.
	storing sync.Mutex
}

func (s *session) current() *Tokens {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.tokens
}

// signIn takes the tokens of another session, nil for none.
func (s *session) signIn(tokens *Tokens) {
	s.replace(tokens)
	s.mutex.Lock()
	restarts := s.restarts
	s.restarts = nil
	s.mutex.Unlock()
	for _, restart := range restarts {
		restart()
	}
}

func (s *session) onUserChange(restart func()) (remove func()) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.lastID++
	id := s.lastID
	if s.restarts == nil {
		s.restarts = map[int]func(){}
	}
	s.restarts[id] = restart
	return func() {
		s.mutex.Lock()
		defer s.mutex.Unlock()
		delete(s.restarts, id)
	}
}

// replace takes other tokens, nil for none.
func (s *session) replace(tokens *Tokens) {
	s.storing.Lock()
	defer s.storing.Unlock()
	s.mutex.Lock()
	s.tokens = tokens
	s.mutex.Unlock()
	if s.store != nil {
		s.store(tokens)
	}
}

// bearer waits for new tokens if the present one has expired.
func (s *session) bearer(ctx context.Context) (string, error) {
	tokens := s.current()
	if tokens == nil {
		return "", nil
	}
	if !tokens.ExpiresAt.IsZero() && !time.Now().Before(tokens.ExpiresAt) {
		return s.renewed(ctx, tokens.AccessToken)
	}
	return tokens.AccessToken, nil
}

func (s *session) renewed(ctx context.Context, refused string) (string, error) {
	s.mutex.Lock()
	tokens, running := s.tokens, s.running
	switch {
	case running != nil:
	case tokens == nil:
		// Another call has found out that the session has ended. This one had a session: it is not sent without.
		s.mutex.Unlock()
		return "", localError(CodeUnauthenticated, "the session has ended")
	case tokens.AccessToken != refused:
		s.mutex.Unlock()
		return tokens.AccessToken, nil
	default:
		running = startRenewal(ctx, func(ctx context.Context) (string, error) { return s.refresh(ctx, tokens) })
		s.running = running
	}
	s.mutex.Unlock()
	return running.wait(ctx)
}

// refresh replaces the tokens. The same refresh token can be sent again after a lost response: for 10 seconds, the
// server returns the same successor.
func (s *session) refresh(ctx context.Context, old *Tokens) (string, error) {
	defer func() {
		s.mutex.Lock()
		s.running = nil
		s.mutex.Unlock()
	}()
	body, err := marshal(map[string]string{"refresh_token": old.RefreshToken})
	if err != nil {
		return "", err
	}
	r := request{method: http.MethodPost, path: "/api/auth/refresh", body: body, isAuth: true}
	var sent sentTokens
	err = retry(ctx, s.conn.retries, s.conn.retryPause, isNetworkFailure, func() error {
		return s.conn.call(ctx, r, callOptions{}, &sent)
	})
	if s.current() != old {
		// The user has signed out or in meanwhile.
		if now := s.current(); now != nil {
			return now.AccessToken, nil
		}
		return "", localError(CodeUnauthenticated, "the session has ended")
	}
	if errors.Is(err, ErrUnauthenticated) {
		s.replace(nil)
	}
	if err != nil {
		return "", err
	}
	tokens := sent.tokens()
	s.replace(tokens)
	return tokens.AccessToken, nil
}
