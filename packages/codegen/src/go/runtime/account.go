package koyalite

import (
	"context"
	"net/http"
	"time"
)

// Me returns the user who is signed in.
func (a *Auth[D, A]) Me(ctx context.Context, options ...CallOption) (*D, error) {
	user := new(D)
	return user, a.conn.Request(ctx, http.MethodGet, "/api/auth/me", nil, user, options...)
}

// UpdateMe changes the user who is signed in: UserFields.Name.Set("Ann").
func (a *Auth[D, A]) UpdateMe(ctx context.Context, changes ...A) (*D, error) {
	update, err := newUpdate(changes)
	if err != nil {
		return nil, err
	}
	body, err := marshal(update.fields)
	if err != nil {
		return nil, err
	}
	user := new(D)
	return user, a.conn.call(ctx, request{method: http.MethodPatch, path: "/api/auth/me", body: body}, update.call, user)
}

// SessionInfo is one session of a user.
type SessionInfo struct {
	ID         string    `json:"id"`
	Method     string    `json:"method"`
	IP         *string   `json:"ip"`
	UserAgent  *string   `json:"user_agent"`
	CreatedAt  time.Time `json:"created_at"`
	LastUsedAt time.Time `json:"last_used_at"`
	ExpiresAt  time.Time `json:"expires_at"`
	// Current is true of the session of this client.
	Current bool `json:"current"`
}

// Sessions returns all sessions of the user.
func (a *Auth[D, A]) Sessions(ctx context.Context, options ...CallOption) ([]SessionInfo, error) {
	var sent struct {
		Sessions []SessionInfo `json:"sessions"`
	}
	err := a.conn.Request(ctx, http.MethodGet, "/api/auth/sessions", nil, &sent, options...)
	return sent.Sessions, err
}

// EndSession ends a session of the user.
func (a *Auth[D, A]) EndSession(ctx context.Context, id string, options ...CallOption) error {
	return a.conn.Request(ctx, http.MethodDelete, authPath("sessions", id), nil, nil, options...)
}

// EndOtherSessions ends all sessions of the user but that of this client, and returns how many there were.
func (a *Auth[D, A]) EndOtherSessions(ctx context.Context, options ...CallOption) (int, error) {
	var sent struct {
		Ended int `json:"ended"`
	}
	err := a.conn.Request(ctx, http.MethodDelete, "/api/auth/sessions", nil, &sent, options...)
	return sent.Ended, err
}

// Reauthenticate proves with the password that it is still the user, before a change of credentials.
func (a *Auth[D, A]) Reauthenticate(ctx context.Context, password string, options ...CallOption) error {
	return a.post(ctx, "/api/auth/reauthenticate", map[string]string{"password": password}, options)
}

// ForgotPassword sends a link to choose another password. Nobody learns whether there is such an account.
func (a *Auth[D, A]) ForgotPassword(ctx context.Context, email string, options ...CallOption) error {
	return a.post(ctx, "/api/auth/password/forgot", map[string]string{"email": email}, options)
}

// ResetPassword chooses another password with the token of a link. All sessions of the user end.
func (a *Auth[D, A]) ResetPassword(ctx context.Context, token, password string, options ...CallOption) error {
	return a.post(ctx, "/api/auth/password/reset", map[string]string{"token": token, "password": password}, options)
}

// ChangePassword changes the password. All other sessions of the user end.
func (a *Auth[D, A]) ChangePassword(ctx context.Context, current, password string, options ...CallOption) error {
	body := map[string]string{"current_password": current, "new_password": password}
	return a.post(ctx, "/api/auth/password/change", body, options)
}

// VerifyEmail confirms the email address with the token of a link. Whoever is not signed in to the account also gives
// its password.
func (a *Auth[D, A]) VerifyEmail(ctx context.Context, token string, password Opt[string], options ...CallOption) error {
	return a.post(ctx, "/api/auth/email/verify", tokenAndPassword{Token: token, Password: password}, options)
}

// ResendVerification sends the link to confirm the email address again.
func (a *Auth[D, A]) ResendVerification(ctx context.Context, email string, options ...CallOption) error {
	return a.post(ctx, "/api/auth/email/resend", map[string]string{"email": email}, options)
}

// ChangeEmail sends a link to a new email address; users with a password give it.
func (a *Auth[D, A]) ChangeEmail(ctx context.Context, email string, password Opt[string], options ...CallOption) error {
	body := struct {
		Email    string      `json:"email"`
		Password Opt[string] `json:"password,omitzero"`
	}{email, password}
	return a.post(ctx, "/api/auth/email/change", body, options)
}

// ConfirmEmail takes the new email address with the token of a link. Whoever is not signed in to the account also gives
// its password.
func (a *Auth[D, A]) ConfirmEmail(ctx context.Context, token string, password Opt[string], options ...CallOption) error {
	return a.post(ctx, "/api/auth/email/confirm", tokenAndPassword{Token: token, Password: password}, options)
}

type tokenAndPassword struct {
	Token    string      `json:"token"`
	Password Opt[string] `json:"password,omitzero"`
}

// TOTPSecret is what an authenticator app is set up with: the URL as a QR code, or the secret.
type TOTPSecret struct {
	Secret     string `json:"secret"`
	OTPAuthURL string `json:"otpauth_url"`
}

// EnrollMFA begins to set up an authenticator app, shortly after signing in.
func (a *Auth[D, A]) EnrollMFA(ctx context.Context, options ...CallOption) (*TOTPSecret, error) {
	secret := &TOTPSecret{}
	return secret, a.conn.Request(ctx, http.MethodPost, "/api/auth/mfa/totp/enroll", nil, secret, options...)
}

// ActivateMFA completes it with a code of the app, and returns the recovery codes, which are shown once.
func (a *Auth[D, A]) ActivateMFA(ctx context.Context, code string, options ...CallOption) ([]string, error) {
	var sent struct {
		RecoveryCodes []string `json:"recovery_codes"`
	}
	body := map[string]string{"code": code}
	err := a.conn.Request(ctx, http.MethodPost, "/api/auth/mfa/totp/activate", body, &sent, options...)
	return sent.RecoveryCodes, err
}

// DisableMFA removes the authenticator app, with a code of it.
func (a *Auth[D, A]) DisableMFA(ctx context.Context, code string, options ...CallOption) error {
	return a.post(ctx, "/api/auth/mfa/totp/disable", map[string]string{"code": code}, options)
}
