package koyalite

// Auth is who called: which fields it has depends on Kind.
type Auth struct {
	// Kind is "user", "operator", "service" or "system".
	Kind string `json:"kind"`
	// ID is that of a user.
	ID string `json:"id"`
	// Email is that of a user or operator.
	Email string `json:"email"`
	// Role is that of a user; of an operator "owner", "admin", "editor" or "viewer".
	Role     string `json:"role"`
	Verified bool   `json:"verified"`
	// Claims are those of a user: written by operators, keys and the server only.
	Claims   map[string]any `json:"claims"`
	Metadata map[string]any `json:"metadata"`
	// OperatorID is that of an operator.
	OperatorID string `json:"operator_id"`
	// KeyID is that of a service key, and Scopes what it may do.
	KeyID  string `json:"key_id"`
	Scopes []any  `json:"scopes"`
}

// UserID returns the id of the user who called; "" where nobody, or no user did.
func (a *Auth) UserID() string {
	if a == nil || a.Kind != "user" {
		return ""
	}
	return a.ID
}
