package token

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"strings"
	"time"

	"chengqiao/internal/policy"
)

// Kind names tokens in the journal.
const Kind = "token"

// Token is one API token. Its secret is shown once, to its maker, and stands
// nowhere.
type Token struct {
	ID string
	// Prefix is the readable beginning by which people recognise it, and by
	// which it is looked up.
	Prefix string
	// Hash is that of the whole text.
	Hash      string
	AccountID string
	OrgID     string
	Name      string
	Scopes    []policy.TokenScope
	CreatedAt time.Time
	ExpiresAt time.Time // zero: no end date
	// LastUsedAt is exact to SeenEvery; zero before the first use.
	LastUsedAt time.Time
	EndedAt    time.Time // zero while it is good
	EndReason  string
}

// Why a token ended before its date.
const (
	Revoked    = "revoked"
	Membership = "membership_ended"
)

// good tells whether the token opens anything at an instant.
func (t Token) good(now time.Time) bool {
	return t.EndedAt.IsZero() && (t.ExpiresAt.IsZero() || now.Before(t.ExpiresAt))
}

// mark begins every token's text, so that people and scanners of leaked
// secrets know what they have found.
const mark = "cq_"

// The lengths of a text's parts in characters of base 32.
const (
	prefixLength = 8  // 40 random bits, to look up by
	secretLength = 52 // 256 random bits
)

var base = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// newText makes a token's text and the prefix in it.
func newText() (text, prefix string) {
	raw := make([]byte, 5+32)
	_, _ = rand.Read(raw) // never fails, see crypto/rand
	prefix = mark + base.EncodeToString(raw[:5])
	return prefix + "_" + base.EncodeToString(raw[5:]), prefix
}

// prefixOf is the prefix of a text that has a token's form.
func prefixOf(text string) (prefix string, ok bool) {
	at := len(mark) + prefixLength
	if len(text) != at+1+secretLength || !strings.HasPrefix(text, mark) || text[at] != '_' {
		return "", false
	}
	return text[:at], true
}

// hash is the form in which a text is stored. It has 256 random bits, so a
// fast hash does.
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
