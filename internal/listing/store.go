package listing

import (
	"context"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/journal"
	"chengqiao/internal/lifecycle"
)

// Store keeps listings. Its methods join the transaction in ctx.
type Store interface {
	// Load reads a listing with its working copy and live revision;
	// errs.NotFound "not_found".
	Load(ctx context.Context, kind, id string) (Record, error)
	// LoadMany reads those of the ids that exist, in no particular order.
	LoadMany(ctx context.Context, kind string, ids []string) ([]Record, error)
	// LiveMany reads those of the ids that search may show, with what is live of
	// them alone, in no particular order.
	LiveMany(ctx context.Context, kind string, ids []string) ([]Record, error)
	// Insert adds new listings with the revisions they hold.
	Insert(ctx context.Context, records []Record) error
	// Save changes a listing whose stored version is one less than
	// l.Version; errs.Stale "stale_version" otherwise.
	Save(ctx context.Context, l Listing) error
	// InsertRevision adds a working copy; errs.Stale "stale_version" when
	// there is one already.
	InsertRevision(ctx context.Context, r Revision) error
	// SaveRevision changes an open revision.
	SaveRevision(ctx context.Context, r Revision) error
	// SetParts replaces the parts of a listing's live revision.
	SetParts(ctx context.Context, id string, parts []string) error
	// KeepReturn keeps a reviewer's reasons by field with the step that
	// returned the revision.
	KeepReturn(ctx context.Context, revisionID string, seq int64, fields []FieldReason) error

	// Own lists an organisation's listings, last changed first.
	Own(ctx context.Context, f OwnFilter) ([]Record, error)
	// CountOwn is how many Own lists on all pages together.
	CountOwn(ctx context.Context, f OwnFilter) (int, error)
	// InReview lists what waits for review, oldest first.
	InReview(ctx context.Context, f ReviewFilter) ([]Record, error)
	// Claims are the claims of revisions that hold at a time.
	Claims(ctx context.Context, revisionIDs []string, at time.Time) ([]Claim, error)
	// Claim gives a submission to one reviewer, or renews it; errs.Conflict
	// "claimed_by_other" while another has it.
	Claim(ctx context.Context, c Claim, at time.Time) error
	// Release ends the claims of a revision: an account's, or with "" anybody's.
	Release(ctx context.Context, revisionID, accountID string) error
	// KeepRound keeps what a round of review found; LastRound is the last one
	// in which the revision was returned, errs.NotFound before the first.
	KeepRound(ctx context.Context, r Round) error
	LastRound(ctx context.Context, revisionID string) (Round, error)
	// CountRounds is how often the revision was returned.
	CountRounds(ctx context.Context, revisionID string) (int, error)
	// Containing lists the ids of the listings of a kind, in one of the
	// states, whose live revision has the part, by id.
	Containing(ctx context.Context, kind, part string, states []lifecycle.State) ([]string, error)
	// Revisions lists all revisions of a listing, oldest first.
	Revisions(ctx context.Context, listingID string) ([]Revision, error)
	// Returns are the reasons by field of a listing's returned revisions.
	Returns(ctx context.Context, listingID string) ([]KeptReturn, error)
	// Due lists the ids of published listings whose ConfirmBy is before day.
	Due(ctx context.Context, kind string, day clock.Date, limit int) ([]string, error)
	// ToRemind lists the ids of published listings whose ConfirmBy is from day
	// to days later, and of which no reminder that near was given.
	ToRemind(ctx context.Context, kind string, day clock.Date, days, limit int) ([]string, error)
	// KeepReminder notes one; given tells whether nobody had noted it before.
	KeepReminder(ctx context.Context, r Reminder) (given bool, err error)
	// LiveAfter reads published listings by id after one, with their live
	// revisions.
	LiveAfter(ctx context.Context, f LiveFilter) ([]Record, error)
	// LiveRefs is LiveAfter without contents.
	LiveRefs(ctx context.Context, f LiveFilter) ([]Ref, error)

	// Disclose adds an entry to the log, once a day for the same viewer,
	// revision and tier.
	Disclose(ctx context.Context, d Disclosure) error

	// Sources finds the listings that an owner's source ids have become.
	Sources(ctx context.Context, kind, owner, source string, sourceIDs []string) ([]Source, error)
	// KeepSources adds or changes source ids.
	KeepSources(ctx context.Context, sources []Source) error
}

// Mark is a place in a list ordered by time and id; the zero Mark is its begin.
type Mark struct {
	At time.Time
	ID string
}

// OwnFilter chooses an organisation's own listings.
type OwnFilter struct {
	Kind, OwnerOrg string
	// State is the listing's or its working copy's; "" is every state.
	State lifecycle.State
	// Folded is a part of the folded title; "" is every title.
	Folded string
	After  Mark
	Limit  int
}

// ReviewFilter chooses among what waits for review.
type ReviewFilter struct {
	// Kind and TechnicalField are "" for all of them.
	Kind, TechnicalField string
	// SubmittedBefore keeps those that have waited longer; zero is all.
	SubmittedBefore time.Time
	// Unclaimed keeps those that nobody, or AccountID itself, has at Now;
	// ClaimedBy those that an account has.
	Unclaimed            bool
	AccountID, ClaimedBy string
	Now                  time.Time
	After                Mark
	Limit                int
}

// LiveFilter chooses published listings by id.
type LiveFilter struct {
	Kind     string
	OwnerOrg string // "" is every owner
	After    string
	Limit    int
}

// Ref names a published listing and the state of it that readers see.
type Ref struct {
	ID  string
	Seq int64
}

// KeptReturn is the reasons by field of one step.
type KeptReturn struct {
	RevisionID string
	Seq        int64
	Fields     []FieldReason
}

// Source says what a record of elsewhere has become here.
type Source struct {
	Kind, OwnerOrg   string
	Source, SourceID string
	ListingID        string
	// Hash is over the content as it was imported last.
	Hash string
}

// Journal is journal.Journal with many entries at once, for imports.
type Journal interface {
	journal.Journal
	WriteAll(ctx context.Context, entries []journal.Entry) error
}

// History reads the steps that the journal keeps.
type History interface {
	Steps(ctx context.Context, kind, subject string) ([]lifecycle.Step, error)
}

// NDAs tells who has signed.
type NDAs interface {
	// WithSigned are the organisations with a signed NDA in a deal about a
	// listing.
	WithSigned(ctx context.Context, kind, subject string) ([]string, error)
}

// Introductions tells who knows whom.
type Introductions interface {
	// Introduced are the organisations whose introduction about a listing was
	// accepted.
	Introduced(ctx context.Context, kind, subject string) ([]string, error)
}
