package scenarios

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/scenarios/generated/go/koyalite"
)

const password = "correct horse battery"

func TestAuth(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	koya := newClient(t, serverURL())
	email := unique("ann") + "@example.com"
	session := must(koya.Auth.Register(ctx, email, password, koyalite.UserFields.Name.Set("Ann")))
	equal(t, *session.User.Name, "Ann")
	equal(t, must(koya.Auth.Me(ctx)).ID, session.User.ID)
	equal(t, *must(koya.Auth.UpdateMe(ctx, koyalite.UserFields.Name.Set("Ann B."))).Name, "Ann B.")
	equal(t, len(must(koya.Auth.Sessions(ctx))), 1)
	before := *koya.Auth.Tokens()
	if err := koya.Auth.Refresh(ctx); err != nil {
		t.Fatal(err)
	}
	equal(t, koya.Auth.Tokens().RefreshToken != before.RefreshToken, true)

	other := newClient(t, serverURL())
	must(other.Auth.Login(ctx, email, password))
	equal(t, must(koya.Auth.EndOtherSessions(ctx)), 1)
	_, err := other.Auth.Me(ctx)
	isKind(t, err, koyalite.ErrUnauthenticated)
	_, err = other.Auth.Login(ctx, email, "wrong")
	isKind(t, err, koyalite.ErrUnauthenticated)
	if err := koya.Auth.ChangePassword(ctx, password, "battery horse correct"); err != nil {
		t.Fatal(err)
	}
	if err := koya.Auth.ForgotPassword(ctx, email); err != nil {
		t.Fatal(err)
	}
	isKind(t, koya.Auth.Reauthenticate(ctx, "wrong"), koyalite.ErrUnauthenticated)
	if err := koya.Auth.Logout(ctx); err != nil {
		t.Fatal(err)
	}
	if koya.Auth.Tokens() != nil {
		t.Fatal("signed in after Logout")
	}
	_, err = koya.Auth.Me(ctx)
	isKind(t, err, koyalite.ErrUnauthenticated)

	_, err = newClient(t, serverURL(), withKey()).Auth.Login(ctx, email, password)
	equal(t, failureOf(t, err).Code, koyalite.CodeInvalidRequest)
	guest := must(koya.Auth.Anonymous(ctx))
	full := must(koya.Auth.Register(ctx, unique("guest")+"@example.com", password))
	equal(t, guest.User.ID, full.User.ID)
}

func TestSecondFactor(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	koya := newClient(t, serverURL())
	must(koya.Auth.Register(ctx, unique("mfa")+"@example.com", password))
	secret := must(koya.Auth.EnrollMFA(ctx))
	equal(t, secret.Secret != "" && secret.OTPAuthURL != "", true)
	_, err := koya.Auth.ActivateMFA(ctx, "000000")
	isKind(t, err, koyalite.ErrValidation)

	p := newProxy(t, func(int, *http.Request) fault {
		return respond(200, nil, `{"mfa_required":true,"mfa_token":"m","methods":["totp"]}`)
	})
	_, err = newClient(t, p.URL).Auth.Login(ctx, "ann@example.com", password)
	var required *koyalite.MFARequiredError
	equal(t, errors.As(err, &required) && required.Token == "m", true)
	isKind(t, err, koyalite.ErrUnauthenticated)
}

// TestSessionIsStored continues a session in another client, as a program does that is started again.
func TestSessionIsStored(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	var stored atomic.Pointer[koyalite.Tokens]
	store := koyalite.WithSessionStore(func(tokens *koyalite.Tokens) { stored.Store(tokens) })
	first := newClient(t, serverURL(), store)
	session := must(first.Auth.Register(ctx, unique("stored")+"@example.com", password))
	second := newClient(t, serverURL(), store, koyalite.WithSession(*stored.Load()))
	equal(t, must(second.Auth.Me(ctx)).ID, session.User.ID)
	if err := second.Auth.Refresh(ctx); err != nil {
		t.Fatal(err)
	}
	equal(t, stored.Load().AccessToken, second.Auth.Tokens().AccessToken)
	if err := second.Auth.Logout(ctx); err != nil {
		t.Fatal(err)
	}
	if stored.Load() != nil {
		t.Fatal("stored after Logout")
	}
}

// TestConcurrentRefresh has 100 goroutines with a token that has expired; the one that began the refresh is canceled
// meanwhile.
func TestConcurrentRefresh(t *testing.T) {
	t.Parallel()
	for name, tokens := range map[string]func(koyalite.Tokens) koyalite.Tokens{
		"by the clock":  func(old koyalite.Tokens) koyalite.Tokens { old.ExpiresAt = time.Now().Add(-time.Second); return old },
		"by the server": func(old koyalite.Tokens) koyalite.Tokens { old.AccessToken = "expired"; return old },
	} {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			refreshing, resume := make(chan struct{}), make(chan struct{})
			p := newProxy(t, func(_ int, r *http.Request) fault {
				if r.URL.Path != "/api/auth/refresh" {
					return nil
				}
				return func(w http.ResponseWriter, r *http.Request, pass http.Handler) {
					close(refreshing)
					<-resume
					pass.ServeHTTP(w, r)
				}
			})
			session := must(newClient(t, serverURL()).Auth.Register(ctx, unique("refresh")+"@example.com", password))
			koya := newClient(t, p.URL, koyalite.WithSession(tokens(session.Tokens)))
			canceled, cancel := context.WithCancel(ctx)
			results := make(chan error, 100)
			var group sync.WaitGroup
			count := func(ctx context.Context) {
				defer group.Done()
				_, err := koya.Posts.Query().Count(ctx)
				results <- err
			}
			group.Add(100)
			go count(canceled)
			<-refreshing
			for range 99 {
				go count(ctx)
			}
			cancel()
			isKind(t, <-results, context.Canceled)
			close(resume)
			group.Wait()
			close(results)
			for err := range results {
				if err != nil {
					t.Fatal(err)
				}
			}
			equal(t, len(p.seen("/api/auth/refresh")), 1)
		})
	}
}

// TestRefreshThatFails shows that no call that had a session is sent without.
func TestRefreshThatFails(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	session := must(newClient(t, serverURL()).Auth.Register(ctx, unique("fails")+"@example.com", password))
	expired := session.Tokens
	expired.ExpiresAt = time.Now().Add(-time.Second)
	p := newProxy(t, func(n int, r *http.Request) fault {
		if n < 2 {
			return dropResponse
		}
		return nil
	})
	koya := newClient(t, p.URL, koyalite.WithSession(expired))
	equal(t, must(koya.Auth.Me(ctx)).ID, session.User.ID)
	equal(t, len(p.seen("/api/auth/refresh")), 3)

	away := newProxy(t, func(int, *http.Request) fault {
		return respond(503, nil, `{"error":{"code":"UNAVAILABLE","message":"x"}}`)
	})
	koya = newClient(t, away.URL, koyalite.WithSession(expired), koyalite.WithRetries(0))
	_, err := koya.Posts.Query().Count(ctx)
	isKind(t, err, koyalite.ErrUnavailable)
	equal(t, len(away.seen("/api/collections")), 0)
	if koya.Auth.Tokens() == nil {
		t.Fatal("the session has not ended")
	}

	expired.RefreshToken = "wrong"
	koya = newClient(t, serverURL(), koyalite.WithSession(expired))
	_, err = koya.Posts.Query().Count(ctx)
	isKind(t, err, koyalite.ErrUnauthenticated)
	if koya.Auth.Tokens() != nil {
		t.Fatal("the session has ended")
	}
}

func TestTokenFunc(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	session := must(newClient(t, serverURL()).Auth.Register(ctx, unique("func")+"@example.com", password))
	var renewals atomic.Int32
	current := atomic.Pointer[string]{}
	old := "old"
	current.Store(&old)
	koya := newClient(t, serverURL(), koyalite.WithTokenFunc(func(_ context.Context, expired bool) (string, error) {
		if expired {
			renewals.Add(1)
			current.Store(&session.AccessToken)
		}
		return *current.Load(), nil
	}))
	equal(t, must(koya.Auth.Me(ctx)).ID, session.User.ID)
	equal(t, must(koya.Auth.Me(ctx)).ID, session.User.ID)
	equal(t, renewals.Load(), 1)
	broken := newClient(t, serverURL(), koyalite.WithTokenFunc(func(context.Context, bool) (string, error) { return "", errors.ErrUnsupported }))
	_, err := broken.Posts.Query().Count(ctx)
	isKind(t, err, errors.ErrUnsupported)
	isKind(t, err, koyalite.ErrUnauthenticated)
}
