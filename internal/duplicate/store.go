package duplicate

import (
	"context"
	"encoding/json"
	"time"

	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// Ref names a listing.
type Ref struct{ Kind, ID string }

// Place is one in the order of updates; before all of them where zero.
type Place struct {
	At time.Time
	ID string
}

// Updated is a listing with when it was updated last.
type Updated struct {
	Ref
	At time.Time
}

// Print is what was found of a listing at a version of it.
type Print struct {
	Ref
	Version int64
	Keys    []int64
}

// Store keeps pairs, and the keys by which they are found. Its methods join
// the transaction in ctx.
type Store interface {
	// SetKeys replaces the keys of listings.
	SetKeys(ctx context.Context, prints []Print) error
	// Looked notes that listings were compared at these versions, by a model.
	Looked(ctx context.Context, model string, prints []Print) error
	// ByUpdate are listings in the order of their last updates, after a place in it.
	ByUpdate(ctx context.Context, kinds []string, after Place, limit int) ([]Updated, error)
	// StillUnlooked are those of some listings that changed since they were
	// compared, or never were, or by another model.
	StillUnlooked(ctx context.Context, model string, refs []Ref) ([]Ref, error)
	// Sharing gives, for each of the listings, those that share at least so
	// many keys with it, or a negative one, which no more than largest
	// listings have.
	Sharing(ctx context.Context, ids []string, least, largest int) (map[string][]string, error)
	// Having are the listings of an organisation that have at least so many of
	// the keys, or a negative one; keys that more than largest of them have
	// count for nothing.
	Having(ctx context.Context, org string, keys []int64, least, largest, limit int) ([]string, error)

	// Load reads a pair. Error: errs.NotFound.
	Load(ctx context.Context, id string) (Pair, error)
	// Of are all pairs with one of the listings.
	Of(ctx context.Context, ids []string) ([]Pair, error)
	// Insert adds a pair. Error: errs.Conflict "duplicate" when it exists.
	Insert(ctx context.Context, p Pair) error
	// Save changes a pair whose stored version is one less than p.Version;
	// errs.Stale "stale_version" otherwise.
	Save(ctx context.Context, p Pair) error
	// Rate changes the scores of a pair at a version and not the version:
	// somebody may be deciding on it. One that has moved on is left alone.
	Rate(ctx context.Context, p Pair) error
	// List gives pairs by score, highest first.
	List(ctx context.Context, f Filter) ([]Pair, error)
}

// Filter chooses pairs.
type Filter struct {
	State lifecycle.State
	// Kind of listing; "" is every kind.
	Kind string
	// Org admits the pairs of an organisation; "" with Open those of all that
	// are suspected by what anybody has.
	Org   string
	After Mark
	Limit int
}

// Mark is a place in a list by score and id; the zero Mark is its begin.
type Mark struct {
	Score int64
	ID    string
}

// Subject is a listing as the finder has it.
type Subject struct {
	Ref
	OrgID   string
	Version int64
	// Ended: it is withdrawn, closed or merged, and compared no more.
	Ended bool
	// Stumbled is the panic of who read its texts, nil where they could be read:
	// without views it is compared with nothing until it changes.
	Stumbled error
	// Inside is what its owner has: the working copy, else the live version.
	Inside View
	// Open is what anybody has of it now; nil where nobody but the owner has.
	Open *View
}

// Side is a listing as one reader sees it beside another.
type Side struct {
	Ref
	// OrgID is empty where the listing hides its organisation.
	OrgID string
	// Own: the reader acts for its owner.
	Own   bool
	Title text.Text
	State lifecycle.State
	// Version is the owner's to decide by; 0 for others.
	Version int64
	// Content is what the reader may see, by field; values never null.
	Content map[string]json.RawMessage
}

// Working is a listing's working copy as decisions handle it.
type Working struct {
	Version int64
	// Content is the working copy's, else that of the live version.
	Content json.RawMessage
	// Open tells that there is a working copy.
	Open bool
}

// Listings are the listings behind pairs. Writes check policy themselves.
type Listings interface {
	// Subjects reads those of the listings that exist.
	Subjects(ctx context.Context, kind string, ids []string) ([]Subject, error)
	// Sides reads those that the actor may see anything of.
	Sides(ctx context.Context, actor policy.Actor, kind string, ids []string) ([]Side, error)
	// Working reads what a decision would change.
	Working(ctx context.Context, actor policy.Actor, ref Ref) (Working, error)
	// Save keeps a working copy and is the listing's version after it.
	Save(ctx context.Context, actor policy.Actor, ref Ref, version int64, content json.RawMessage) (int64, error)
	// Discard drops the working copy of something published.
	Discard(ctx context.Context, actor policy.Actor, ref Ref, version int64) error
	// Merge takes a listing at a version out of everybody's sight but its
	// owner's; Unmerge brings it back as it was.
	Merge(ctx context.Context, actor policy.Actor, ref Ref, version int64) error
	Unmerge(ctx context.Context, actor policy.Actor, ref Ref) error
	// Bound tells why a listing cannot vanish: errs.Conflict
	// "listing_in_package" or "listing_in_deal"; nil where nothing holds it.
	Bound(ctx context.Context, ref Ref) error
}
