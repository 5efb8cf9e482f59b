package koyalite

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
)

// Auth signs users in and out. D is the document of a user, A what changes one. It is safe for concurrent use; the
// session is refreshed by itself.
type Auth[D any, A UpdateArgument] struct {
	conn    *conn
	session *session
}

// Session is what signing in returns.
type Session[D any] struct {
	// User is nil where the rules do not let the user read the own document.
	User *D
	Tokens
}

// MFARequiredError is the error of a sign-in that needs a second factor: complete it by VerifyMFA with its Token,
// within 5 minutes.
type MFARequiredError struct {
	Token string
	// Methods are those that the user has, such as "totp" and "recovery_code".
	Methods []string
}

func (e *MFARequiredError) Error() string { return "koyalite: signing in needs a second factor" }

// Is reports that such an error is also ErrUnauthenticated: nobody is signed in yet.
func (e *MFARequiredError) Is(target error) bool { return target == ErrUnauthenticated }

func newAuth[D any, A UpdateArgument](c *conn, s *settings) *Auth[D, A] {
	auth := &Auth[D, A]{conn: c, session: &session{conn: c, store: s.onSession, tokens: s.session}}
	if c.credentials == nil {
		c.credentials = auth.session
	}
	return auth
}

// Tokens returns those of the session; nil if nobody is signed in.
func (a *Auth[D, A]) Tokens() *Tokens {
	tokens := a.session.current()
	if tokens == nil {
		return nil
	}
	own := *tokens
	return &own
}

// Register creates an account and signs in. Other fields of the user are changes, such as UserFields.Name.Set("Ann").
func (a *Auth[D, A]) Register(ctx context.Context, email, password string, fields ...A) (*Session[D], error) {
	return a.signUp(ctx, "/api/auth/register", map[string]any{"email": email, "password": password}, fields)
}

// Anonymous creates an account without an email address and signs in. Register makes a full account of it.
func (a *Auth[D, A]) Anonymous(ctx context.Context, fields ...A) (*Session[D], error) {
	return a.signUp(ctx, "/api/auth/anonymous", map[string]any{}, fields)
}

func (a *Auth[D, A]) signUp(ctx context.Context, path string, body map[string]any, fields []A) (*Session[D], error) {
	update, err := newUpdate(fields)
	if err != nil {
		return nil, err
	}
	maps.Copy(body, update.fields)
	// With the session of an anonymous user, registering makes a full account of that.
	return a.signInWith(ctx, request{method: http.MethodPost, path: path}, body, update.call)
}

// Login signs in with a password. With a second factor, the error is an *MFARequiredError.
func (a *Auth[D, A]) Login(ctx context.Context, email, password string, options ...CallOption) (*Session[D], error) {
	return a.signIn(ctx, "/api/auth/login", map[string]any{"email": email, "password": password}, options)
}

// VerifyMFA completes a sign-in with a code of the authenticator app.
func (a *Auth[D, A]) VerifyMFA(ctx context.Context, token, code string, options ...CallOption) (*Session[D], error) {
	return a.signIn(ctx, "/api/auth/mfa/totp/verify", map[string]any{"mfa_token": token, "code": code}, options)
}

// VerifyRecoveryCode completes a sign-in with a recovery code, which is used up.
func (a *Auth[D, A]) VerifyRecoveryCode(ctx context.Context, token, code string, options ...CallOption) (*Session[D], error) {
	return a.signIn(ctx, "/api/auth/mfa/totp/verify", map[string]any{"mfa_token": token, "recovery_code": code}, options)
}

// RequestMagicLink sends a link to sign in. Nobody learns whether there is such an account.
func (a *Auth[D, A]) RequestMagicLink(ctx context.Context, email string, options ...CallOption) error {
	return a.post(ctx, "/api/auth/magic-link", map[string]any{"email": email}, options)
}

// LoginWithMagicLink signs in with the token of a link.
func (a *Auth[D, A]) LoginWithMagicLink(ctx context.Context, token string, options ...CallOption) (*Session[D], error) {
	return a.signIn(ctx, "/api/auth/magic-link", map[string]any{"token": token}, options)
}

// RequestCode sends a code to sign in. Nobody learns whether there is such an account.
func (a *Auth[D, A]) RequestCode(ctx context.Context, email string, options ...CallOption) error {
	return a.post(ctx, "/api/auth/otp/request", map[string]any{"email": email}, options)
}

// LoginWithCode signs in with a code that was sent.
func (a *Auth[D, A]) LoginWithCode(ctx context.Context, email, code string, options ...CallOption) (*Session[D], error) {
	return a.signIn(ctx, "/api/auth/otp/verify", map[string]any{"email": email, "code": code}, options)
}

// ExchangeCode signs in with the code that a sign-in at another provider has returned; verifier is that of PKCE.
func (a *Auth[D, A]) ExchangeCode(ctx context.Context, code, verifier string, options ...CallOption) (*Session[D], error) {
	return a.signIn(ctx, "/api/auth/oauth/exchange", map[string]any{"code": code, "code_verifier": verifier}, options)
}

// Refresh gets new tokens now, without waiting for the present ones to expire.
func (a *Auth[D, A]) Refresh(ctx context.Context) error {
	tokens := a.session.current()
	if tokens == nil {
		return localError(CodeUnauthenticated, "nobody is signed in")
	}
	_, err := a.session.renewed(ctx, tokens.AccessToken)
	return err
}

// Logout ends the session, on the server and here. Where the server cannot be reached, it ends here.
func (a *Auth[D, A]) Logout(ctx context.Context, options ...CallOption) error {
	tokens := a.session.current()
	if tokens == nil {
		return nil
	}
	a.session.signIn(nil)
	body, err := marshal(map[string]any{"refresh_token": tokens.RefreshToken})
	if err != nil {
		return err
	}
	r := request{method: http.MethodPost, path: "/api/auth/logout", body: body, isAuth: true}
	return a.conn.call(ctx, r, collectOptions(options), nil)
}

func (a *Auth[D, A]) signIn(ctx context.Context, path string, body map[string]any, options []CallOption) (*Session[D], error) {
	return a.signInWith(ctx, request{method: http.MethodPost, path: path, isAuth: true}, body, collectOptions(options))
}

func (a *Auth[D, A]) signInWith(ctx context.Context, r request, body map[string]any, options callOptions) (*Session[D], error) {
	if a.conn.credentials != a.session {
		return nil, localError(CodeInvalidRequest, "this client has a token of its own: sign in with one without")
	}
	var err error
	if r.body, err = marshal(body); err != nil {
		return nil, err
	}
	var sent struct {
		sentTokens
		User                 json.RawMessage `json:"user"`
		MFARequired          bool            `json:"mfa_required"`
		MFAToken             string          `json:"mfa_token"`
		Methods              []string        `json:"methods"`
		VerificationRequired bool            `json:"verification_required"`
	}
	if err := a.conn.call(ctx, r, options, &sent); err != nil {
		return nil, err
	}
	if sent.MFARequired {
		return nil, &MFARequiredError{Token: sent.MFAToken, Methods: sent.Methods}
	}
	if sent.VerificationRequired {
		return nil, localError(CodeVerificationRequired, "the account is created by the link that was sent")
	}
	if sent.AccessToken == "" {
		return nil, localError(CodeUnexpectedResponse, "the response to a sign-in has no tokens")
	}
	in := &Session[D]{Tokens: *sent.tokens()}
	if len(sent.User) > 0 && string(sent.User) != "null" {
		in.User = new(D)
		if err := decode(sent.User, in.User); err != nil {
			return nil, err
		}
	}
	tokens := in.Tokens
	a.session.signIn(&tokens)
	return in, nil
}

// post sends a request of the session, whose response says nothing.
func (a *Auth[D, A]) post(ctx context.Context, path string, body any, options []CallOption) error {
	return a.conn.Request(ctx, http.MethodPost, path, body, nil, options...)
}

func authPath(parts ...string) string {
	path := "/api/auth"
	for _, part := range parts {
		path += "/" + url.PathEscape(part)
	}
	return path
}
