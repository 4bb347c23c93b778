package deal

import (
	"context"
	"time"

	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
)

// Store keeps introductions and deals. Writes join the transaction in ctx.
type Store interface {
	// InsertIntroduction keeps a new one. Error: errs.Conflict
	// "introduction_exists" when one of the same pair is open.
	InsertIntroduction(ctx context.Context, i Introduction, pair string) error
	// Introduction is one by its id; errs.NotFound.
	Introduction(ctx context.Context, id string) (Introduction, error)
	// SaveIntroduction stores the state, its end and the reason of the row
	// that still has the version before; errs.Stale "stale_version" otherwise.
	SaveIntroduction(ctx context.Context, i Introduction) error
	Introductions(ctx context.Context, f IntroductionFilter) ([]Introduction, error)
	// DueIntroductions are ids of open ones whose time to answer ended before
	// now, the longest overdue first.
	DueIntroductions(ctx context.Context, now time.Time, limit int) ([]string, error)
	// Introduced are the two sides of every accepted introduction about a
	// package or a need, by kind "package" or "need"; each organisation once.
	Introduced(ctx context.Context, kind, subject string) ([]string, error)
	// ResponseTimes are the latest times from making to ending of the
	// introductions that an organisation answered or let lapse since an
	// instant, in any order.
	ResponseTimes(ctx context.Context, org string, since time.Time, limit int) ([]time.Duration, error)

	// InsertDeal keeps a new one. Error: errs.Conflict "deal_exists" when one
	// of the same pair is being negotiated.
	InsertDeal(ctx context.Context, d Deal, pair string) error
	// Deal is one by its id, with its NDA; errs.NotFound.
	Deal(ctx context.Context, id string) (Deal, error)
	// SaveDeal is SaveIntroduction for a deal; it also stores the NDA's text
	// version and when it came in force.
	SaveDeal(ctx context.Context, d Deal) error
	Deals(ctx context.Context, f DealFilter) ([]Deal, error)
	// Negotiating tells whether a deal of the pair is being negotiated.
	Negotiating(ctx context.Context, pair string) (bool, error)

	InsertSignature(ctx context.Context, dealID string, s Signature, textVersion string) error
	InsertMessage(ctx context.Context, m Message) error
	// Messages of a deal, newest first, before the message of an id ("" begins
	// at the newest).
	Messages(ctx context.Context, dealID, before string, limit int) ([]Message, error)
	// Participants are the people who have acted in a deal for one of its sides,
	// each once for a side, in any order.
	Participants(ctx context.Context, d Deal, limit int) ([]Participant, error)
	// Signed are the parties of deals that are not closed, have their NDA in
	// force, and match; each organisation once.
	Signed(ctx context.Context, f SignedFilter) ([]string, error)
	// Granted are the subjects of such deals of an organisation, by id, the
	// newest first: packages, needs, and those achievements, named or parts of the
	// packages, that a party of the deal owns.
	Granted(ctx context.Context, org string, limit int) ([]string, error)
}

// SignedFilter chooses deals about any of the packages, about the achievement or
// about the need.
type SignedFilter struct {
	PackageIDs    []string
	AchievementID string
	NeedID        string
	// Party, where it is set, must be one of the deal's two organisations.
	Party string
}

// IntroductionFilter chooses introductions of one organisation, newest first.
type IntroductionFilter struct {
	OrgID string
	Box   Box
	State lifecycle.State // "" for every state
	// ListingID is the package, the achievement or the need that they are about;
	// "" for all.
	ListingID string
	// Before is the id of the last one already seen; "" begins at the newest.
	Before string
	Limit  int
}

// DealFilter chooses deals of one organisation, newest first.
type DealFilter struct {
	OrgID  string
	State  lifecycle.State
	Before string
	Limit  int
}

// History reads the steps that the journal keeps.
type History interface {
	Steps(ctx context.Context, kind, subject string) ([]lifecycle.Step, error)
}

// Listing is what an introduction has to know of a package or a need.
type Listing struct {
	// Facts decide whether the asker may read it; OwnerOrg is the side that
	// offers or wants it, Published whether it is live.
	Facts policy.Facts
	// Anonymous: a need that hides its organisation.
	Anonymous bool
}

// Listings reads the catalogue and the needs.
type Listings interface {
	// Listing is a package or a need, by kind "package" or "need"; errs.NotFound.
	Listing(ctx context.Context, kind, id string) (Listing, error)
}

// Components reads what packages are made of.
type Components interface {
	// PackagesWith are the packages that contain an achievement, and the
	// organisation that owns the achievement; errs.NotFound.
	PackagesWith(ctx context.Context, achievementID string) (owner string, packageIDs []string, err error)
}

// Needs moves the need that a deal has begun from. Matched joins the
// transaction in ctx and does nothing when the need is matched already.
type Needs interface {
	Matched(ctx context.Context, needID string) error
}

// Matches tells of matches.
type Matches interface {
	// Pair is what a match pairs: a package or an achievement, and a need.
	// Error: errs.NotFound.
	Pair(ctx context.Context, matchID string) (offered, needID string, err error)
	// Broker is the mediator that has put a package or an achievement and a need
	// before both sides by hand; "" for none.
	Broker(ctx context.Context, offered, needID string) (string, error)
}
