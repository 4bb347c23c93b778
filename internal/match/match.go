package match

import (
	"context"
	"time"

	"chengqiao/internal/policy"
)

// Match is one pair in the ledger: a need and a result that were found to fit.
type Match struct {
	ID     string
	NeedID string
	// Subject is the achievement or package.
	Subject Ref
	// NeedOrg and SubjectOrg own the two sides.
	NeedOrg, SubjectOrg string
	// Origin is how the pair came into the ledger.
	Origin Origin
	// Model is the version of the model that made score, band and features; ""
	// where no model has looked at the pair.
	Model    string
	Features Features
	// Score is in millionths, so that it is the same after it was stored.
	Score int64
	Band  Band
	// Version counts the changes of the row.
	Version   int64
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Origin is how a pair came into the ledger.
type Origin string

// The origins. It stays what it was first: a pair that was found and introduced
// later was found.
const (
	Found        Origin = "found"        // by the matching
	Introduction Origin = "introduction" // the two were introduced, and it was in no list before
	Hand         Origin = "hand"         // a person put the two together
)

// Pair is the key of a match.
type Pair struct {
	NeedID  string
	Subject Ref
}

// Pair is the match's key.
func (m Match) Pair() Pair { return Pair{m.NeedID, m.Subject} }

// Store keeps the ledger. Its methods join the transaction in ctx.
type Store interface {
	// Load reads a match; errs.NotFound "not_found".
	Load(ctx context.Context, id string) (Match, error)
	// OfNeed reads the matches of a need with these results; those that are
	// not there are left out.
	OfNeed(ctx context.Context, needID string, subjects []Ref) ([]Match, error)
	// StandingOf reads the matches of a listing that are good or better, by id, after
	// one and at most limit.
	StandingOf(ctx context.Context, of Ref, after string, limit int) ([]Match, error)
	// Told tells whether the owners of a match were ever told that it was found.
	Told(ctx context.Context, id string) (bool, error)
	// NeedsMatching reads the published needs of an organisation that have a match
	// with a result, best first, at most limit: without those that it finds
	// irrelevant and those about which the two sides talk or are asked to.
	NeedsMatching(ctx context.Context, orgID string, result Ref, limit int) ([]MatchedNeed, error)
	// NewOf reads the newest strong matches of an organisation's live listings, at
	// most limit: without those that it has an opinion of, or about which the two
	// sides were introduced, and without an achievement beside its package.
	NewOf(ctx context.Context, orgID string, limit int) ([]Match, error)
	// NewerOf are the ids of the matches that came into the ledger after an instant,
	// of a listing's best so many that are good: without those that the organisation
	// finds irrelevant, and without an achievement beside its package.
	NewerOf(ctx context.Context, of Ref, orgID string, after time.Time, best int) ([]string, error)
	// IDs are those of the matches of pairs that all have a side in common;
	// pairs that have no match are left out.
	IDs(ctx context.Context, pairs []Pair) (map[Pair]string, error)
	// Insert adds matches; one whose pair is there already is left alone.
	Insert(ctx context.Context, matches []Match) error
	// Save changes model, features, score, band and times of a match.
	Save(ctx context.Context, m Match) error
	// FeedbackOn reads the latest of an organisation's feedback on matches of a
	// listing, newest first, so many at most.
	FeedbackOn(ctx context.Context, orgID string, listing Ref, limit int) ([]Feedback, error)
	// SetFeedback keeps an organisation's feedback on a match, or replaces it;
	// then the model that the first was about stays.
	SetFeedback(ctx context.Context, f Feedback) error
	// DropFeedback takes an organisation's feedback on a match back, and tells
	// whether there was any.
	DropFeedback(ctx context.Context, matchID, orgID string) (bool, error)
	// ShownBy are those of the matches that a model has shown to a side.
	ShownBy(ctx context.Context, model string, side Side, matchIDs []string) ([]string, error)
	// Show keeps showings; one that is there already stays as it was first.
	Show(ctx context.Context, showings []Showing) error
	// LastShown is the model that showed a match last before a time, to a side
	// or, "", to either; "" when none did.
	LastShown(ctx context.Context, matchID string, side Side, before time.Time) (string, error)
	// KeepOutcome keeps when something first became of a match: of two the
	// earlier stays.
	KeepOutcome(ctx context.Context, o Outcome) error
	// Tallies counts what the models showed and what became of it.
	Tallies(ctx context.Context) (Tallies, error)
	// OpenProposals are the open ones of a need or of a result, the newest
	// first, at most limit.
	OpenProposals(ctx context.Context, of Ref, limit int) ([]Proposal, error)
	// Cursor is the position in the feed of events up to which the ledger is
	// written; 0 at the beginning.
	Cursor(ctx context.Context) (int64, error)
	// Advance moves the cursor; errs.Stale "stale_version" when it no longer
	// stands at from.
	Advance(ctx context.Context, from, to int64) error
}

// Listings gives the listings that are matched.
type Listings interface {
	// Facts are what policy needs to know of a listing in any state; errs.NotFound.
	Facts(ctx context.Context, ref Ref) (policy.Facts, error)
	// Published gives a listing's last published version, in whatever state it
	// is now; errs.NotFound when there is none.
	Published(ctx context.Context, ref Ref) (Listing, error)
	// Live gives those of the listings that are live, in no order.
	Live(ctx context.Context, refs []Ref) ([]Listing, error)
	// LiveToShow gives those that are live, or were a moment ago, in no order: for
	// lists that people read, as if they had been sent that much earlier.
	LiveToShow(ctx context.Context, refs []Ref) ([]Listing, error)
	// Parents are the packages that were published with an achievement.
	Parents(ctx context.Context, achievementID string) ([]string, error)
}

// Introductions tells which pairs have been introduced already.
type Introductions interface {
	// OfPairs gives the latest introduction of each pair that has one.
	OfPairs(ctx context.Context, pairs []Pair) (map[Pair]string, error)
}
