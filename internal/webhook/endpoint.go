package webhook

import (
	"slices"
	"time"

	"chengqiao/internal/event"
)

// Kind names endpoints in the journal and in events.
const Kind = "webhook"

// State is whether an endpoint is told of anything.
type State string

// The states. Messages wait for a paused endpoint and are not made for a
// disabled one.
const (
	Active   State = "active"
	Paused   State = "paused"
	Disabled State = "disabled" // by the platform: it failed too long
)

// Why an endpoint was disabled.
const (
	Failing = "failing"
	Gone    = "gone" // it answered 410
)

// Endpoint is one address that an organisation has messages sent to.
type Endpoint struct {
	ID    string
	OrgID string
	URL   string
	Name  string
	// Types are those it is told of.
	Types []Type
	State State
	// DisabledReason is why the platform disabled it.
	DisabledReason string
	// Secrets sign its messages, the newest first; several during a rotation.
	Secrets []Secret
	// Failures are the attempts that failed since the last that did not,
	// FailingSince is when the first of them did; zero without any.
	Failures     int
	FailingSince time.Time
	CreatedBy    string
	CreatedAt    time.Time
	UpdatedAt    time.Time
	Version      int64
}

// Secret is one signing secret, sealed (see Sealer).
type Secret struct {
	Sealed    string    `json:"sealed"`
	CreatedAt time.Time `json:"created_at"`
	// ExpiresAt is when a secret that was replaced signs no longer; zero for
	// the newest.
	ExpiresAt time.Time `json:"expires_at,omitzero"`
}

// Type is what a message is about: kind, dot, past participle.
type Type string

// The types of messages.
const (
	ListingPublished Type = "listing.published" // for the first time, or again after a rest
	ListingChanged   Type = "listing.changed"   // a newer version is live
	ListingExpired   Type = "listing.expired"
	ListingSuspended Type = "listing.suspended"
	ListingWithdrawn Type = "listing.withdrawn"
	ListingMatched   Type = "listing.matched" // a need: a deal has begun
	ListingClosed    Type = "listing.closed"  // a need: it ended with an outcome

	IntroductionMade     Type = "introduction.made"
	IntroductionAnswered Type = "introduction.answered"
	DealOpened           Type = "deal.opened"
	DealChanged          Type = "deal.changed"

	// Ping is sent when a person asks for it, to every endpoint.
	Ping Type = "ping"
)

// AllTypes are those to choose from, in the order in which they are offered.
var AllTypes = []Type{
	ListingPublished, ListingChanged, ListingExpired, ListingSuspended, ListingWithdrawn, ListingMatched, ListingClosed,
	IntroductionMade, IntroductionAnswered, DealOpened, DealChanged,
}

// hiddenTypes name what a listing's new state is to a receiver.
var hiddenTypes = map[string]Type{
	"expired": ListingExpired, "suspended": ListingSuspended, "withdrawn": ListingWithdrawn,
	"matched": ListingMatched, "closed": ListingClosed,
}

// typeOf is the type of the message that an event makes; "" for none.
func typeOf(e event.Event) Type {
	switch e.Name {
	case event.AchievementPublished, event.PackagePublished, event.NeedPublished:
		// Numbers are float64 once they have been through JSON.
		if number, _ := e.Data["number"].(float64); number > 1 && e.Data["step"] == "publish" {
			return ListingChanged
		}
		return ListingPublished
	case event.AchievementHidden, event.PackageHidden, event.NeedHidden:
		state, _ := e.Data["state"].(string)
		return hiddenTypes[state]
	case event.IntroductionMade:
		return IntroductionMade
	case event.IntroductionAnswered:
		return IntroductionAnswered
	case event.DealOpened:
		return DealOpened
	case event.DealChanged:
		return DealChanged
	}
	return ""
}

// Events are those that FanOut is to be told of.
func Events() []event.Name {
	return []event.Name{
		event.AchievementPublished, event.PackagePublished, event.NeedPublished,
		event.AchievementHidden, event.PackageHidden, event.NeedHidden,
		event.IntroductionMade, event.IntroductionAnswered, event.DealOpened, event.DealChanged,
	}
}

// wants tells whether an endpoint is to be told.
func (e Endpoint) wants(t Type) bool {
	return e.State != Disabled && slices.Contains(e.Types, t)
}
