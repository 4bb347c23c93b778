package account

import (
	"slices"
	"time"

	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// Session is one signed-in device.
type Session struct {
	ID        string
	TokenHash string
	AccountID string
	// ActingOrg is whom requests act for unless they say otherwise; "" for oneself.
	ActingOrg  string
	CreatedAt  time.Time
	LastSeenAt time.Time
	ExpiresAt  time.Time
	UserAgent  string
	Address    string
}

// Membership is what an account may do for one organisation.
type Membership struct {
	OrgID    string         `json:"org_id"`
	Name     text.Text      `json:"name"`
	Kind     policy.OrgKind `json:"kind"`
	Verified bool           `json:"verified"`
	Roles    []policy.Role  `json:"roles"`
}

// identity is everything a request needs to know of its session. It is cached
// as JSON.
type identity struct {
	SessionID   string       `json:"session_id"`
	AccountID   string       `json:"account_id"`
	PersonID    string       `json:"person_id"`
	Entries     []string     `json:"entries"`
	Locale      string       `json:"locale"`
	ActingOrg   string       `json:"acting_org"`
	ExpiresAt   time.Time    `json:"expires_at"`
	Memberships []Membership `json:"memberships"`
}

// actor acts for the organisation; ok is false when the account is no member.
func (i identity) actor(org string) (actor policy.Actor, ok bool) {
	actor = policy.Actor{AccountID: i.AccountID, PersonID: i.PersonID, Entries: i.Entries}
	if org == "" {
		return actor, true
	}
	at := slices.IndexFunc(i.Memberships, func(m Membership) bool { return m.OrgID == org })
	if at < 0 {
		return actor, false
	}
	m := i.Memberships[at]
	actor.OrgID, actor.OrgKind, actor.OrgVerified, actor.Roles = m.OrgID, m.Kind, m.Verified, m.Roles
	return actor, true
}

// Authenticated is a request's session resolved.
type Authenticated struct {
	SessionID string
	Actor     policy.Actor
	Locale    string
}
