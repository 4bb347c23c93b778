package account

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"time"
)

// Purpose is what a one-time token allows.
type Purpose string

// The purposes.
const (
	ForVerification Purpose = "verify_email"
	ForReset        Purpose = "reset_password"
	ForInvitation   Purpose = "claim_invitation"
)

// Token is a one-time token sent by mail. Its text is not stored anywhere: it
// is the id with a MAC over purpose and id under the server's key, so the mail
// worker can make it from the id that the event carries, and neither the
// outbox nor a stolen database holds anything that opens an account.
type Token struct {
	ID      string
	Purpose Purpose
	// AccountID is whose address or password it is about; InvitationID what it
	// accepts.
	AccountID    string
	InvitationID string
	// Registration is what proving an address completes; zero for the other
	// purposes, and once the token is used.
	Registration Unproven
	CreatedAt    time.Time
	ExpiresAt    time.Time
	// UsedAt is when it was used or withdrawn; zero while it is good.
	UsedAt time.Time
}

// Unproven is a registration that waits for the proof of its address. It stands
// with the token of its own letter: somebody else's registration of the same
// address has another, and neither changes the other's password.
type Unproven struct {
	Name         string    `json:"name,omitempty"`
	Locale       string    `json:"locale,omitempty"`
	PasswordHash string    `json:"password_hash,omitempty"`
	Consents     []Consent `json:"consents,omitempty"`
}

// good tells whether the token still opens what it is for.
func (t Token) good(p Purpose, now time.Time) bool {
	return t.Purpose == p && t.UsedAt.IsZero() && now.Before(t.ExpiresAt)
}

// keyring makes and checks token texts.
type keyring struct{ key []byte }

func (k keyring) text(t Token) string {
	return t.ID + "." + base64.RawURLEncoding.EncodeToString(k.mac(t.Purpose, t.ID))
}

// open gives the id of a text whose MAC is right for the purpose.
func (k keyring) open(p Purpose, text string) (id string, ok bool) {
	id, mac, found := strings.Cut(strings.TrimSpace(text), ".")
	got, err := base64.RawURLEncoding.DecodeString(mac)
	if !found || err != nil || !hmac.Equal(got, k.mac(p, id)) {
		return "", false
	}
	return id, true
}

func (k keyring) mac(p Purpose, id string) []byte {
	h := hmac.New(sha256.New, k.key)
	h.Write([]byte("chengqiao/token/" + string(p) + "/" + id))
	return h.Sum(nil)
}

// newSessionToken is a fresh secret for a session's cookie.
func newSessionToken() string {
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // never fails, see crypto/rand
	return base64.RawURLEncoding.EncodeToString(secret)
}

// hashToken is the form in which a session's secret is stored. The secret has
// 256 random bits, so a fast hash does.
func hashToken(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
