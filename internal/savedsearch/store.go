package savedsearch

import (
	"context"
	"time"

	"chengqiao/internal/policy"
)

// Store keeps saved searches and the ledger. Writes join the transaction in
// ctx; single reads give errs.NotFound "not_found", updates by version
// errs.Stale "stale_version".
type Store interface {
	InsertSearch(ctx context.Context, s Search) error
	Search(ctx context.Context, id string) (Search, error)
	// Searches of an account, newest first, before an id ("" begins at the
	// newest).
	Searches(ctx context.Context, account, before string, limit int) ([]Search, error)
	CountSearches(ctx context.Context, account string) (int, error)
	// SaveSearch stores the row that still has the version before.
	SaveSearch(ctx context.Context, s Search) error
	// DeleteSearch forgets one with its ledger, DeleteSearches an account's.
	DeleteSearch(ctx context.Context, id string) error
	DeleteSearches(ctx context.Context, account string) error
	// Alerting lists those with an alert by id after one.
	Alerting(ctx context.Context, after string, limit int) ([]Search, error)
	// Due lists daily and weekly ones whose instant has come.
	Due(ctx context.Context, now time.Time, limit int) ([]Search, error)

	// Known are the entries of the ledger about any of the searches and any of
	// the listings.
	Known(ctx context.Context, searches, listings []string) ([]Entry, error)
	// InsertEntries keeps those that are new, and says of which searches.
	InsertEntries(ctx context.Context, entries []Entry) (searches []string, err error)
	// Waiting tells whether a search has entries that were not told.
	Waiting(ctx context.Context, search string) (bool, error)
	// InDigest are the listings of a digest; those that wait, for "". Up to
	// limit, the earliest found first.
	InDigest(ctx context.Context, search, digest string, limit int) ([]string, error)
	// Claim gives those of the listings that wait to a digest.
	Claim(ctx context.Context, search, digest string, listings []string) error
	// Told are the live listings that were told of, the latest found first, up to limit.
	Told(ctx context.Context, search string, limit int) ([]Told, error)
	// Tallies count what Told lists of several searches; those without any are left out.
	Tallies(ctx context.Context, searches []string) (map[string]Tally, error)
	// Drop forgets those of the listings that wait, DropWaiting all that wait.
	Drop(ctx context.Context, search string, listings []string) error
	DropWaiting(ctx context.Context, search string) error
}

// People knows as whom an account acts; see account.Service.Acting.
type People interface {
	Acting(ctx context.Context, account, org string) (actor policy.Actor, locale string, ok bool, err error)
}

// Finder answers queries.
type Finder interface {
	// Check is errs.Invalid "invalid_fields" for a query that search does not
	// understand, each fault with the path query.<name>.
	Check(q Query) error
	// Found is what answers every word of a query now, as the actor reads,
	// newest first.
	Found(ctx context.Context, actor policy.Actor, q Query, limit int) ([]Item, error)
	// Known is what Found gives, and behind it what an alert would tell of where it is new.
	Known(ctx context.Context, actor policy.Actor, q Query, limit int) ([]Item, error)
	// Marks are those of what listings say that are live now, by id. Two
	// versions that say the same have the same mark.
	Marks(ctx context.Context, listings []string) (map[string]string, error)
	// Gather makes listings that are live now searchable by themselves,
	// whatever the index knows yet. The caller closes it.
	Gather(ctx context.Context, listings []string) (Gathered, error)
}

// Gathered are a few listings by themselves.
type Gathered interface {
	// Candidates are those that answer a query for a reader of every tier.
	Candidates(ctx context.Context, q Query) ([]string, error)
	// Found are those that answer a query as the actor reads, newest first.
	Found(ctx context.Context, actor policy.Actor, q Query) ([]Item, error)
	Close() error
}

// Digest is what one alert says.
type Digest struct {
	// EventID is the same when it is told again after a failure.
	EventID string
	Search  Search
	Person  policy.Actor
	Items   []Item
	// Unsubscribe is the text of the signed link that ends such letters.
	Unsubscribe string
}

// Teller tells a digest, by mail and in the app as the search says; a
// repetition by the same event tells nothing twice.
type Teller interface {
	Tell(ctx context.Context, d Digest) error
	// Forget takes back what was told in the app of a search that is deleted, in
	// the transaction that deletes it.
	Forget(ctx context.Context, s Search) error
}
