// Package disclosure owns the log of who saw what: for an owner, over all
// listings and their documents, who of another organisation was shown
// something above the public tier, or was given a document. The entries are
// written where the showing happens (listing, document); here they are read.
package disclosure

import (
	"context"
	"slices"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/ident"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// What was shown.
const (
	Fields   = "fields"
	Document = "document"
)

// Entry is one showing.
type Entry struct {
	ID   string
	What string
	// ListingKind and ListingID are what it belongs to, Title its live title.
	ListingKind, ListingID string
	Title                  text.Text
	// ViewerOrg is empty for a person who acted for none.
	ViewerOrg string
	AccountID string
	At        time.Time
	// Tier is the narrowest that was shown, of a document its own.
	Tier policy.Tier
	// Fields of the listing, by their names.
	Fields []string
	// FileID, FileName, Number and Marked are about a document: which version,
	// and whether with a watermark.
	FileID, FileName string
	Number           int64
	Marked           bool
}

// Filter chooses entries about one owner's listings, newest first.
type Filter struct {
	OwnerOrg string
	// ListingID, ViewerOrg, AccountID, Tier and What: "" is every one.
	ListingID, ViewerOrg, AccountID string
	Tier                            policy.Tier
	What                            string
	// From and To are instants; To is excluded; zero is open.
	From, To time.Time
	// Before is the id of the last one already seen; "" begins at the newest.
	Before string
	Limit  int
}

// Store reads the entries.
type Store interface {
	Entries(ctx context.Context, f Filter) ([]Entry, error)
}

// Query is what a person asks of the log.
type Query struct {
	ListingID, ViewerOrg, AccountID string
	Tier                            policy.Tier
	What                            string
	// From and To are the first and the last day, in Shanghai.
	From, To clock.Date
	Cursor   string
	Limit    int
}

// MaxPage bounds the entries of one page, MaxExport those of one file.
const (
	MaxPage   = 100
	MaxExport = 10_000
)

// Page is one page of the log with the cursor of the next; "" at the end.
type Page struct {
	Items []Entry
	Next  string
}

// Log answers owners.
type Log struct{ store Store }

// NewLog makes the log.
func NewLog(store Store) *Log { return &Log{store} }

// List is the log of the acting organisation's listings, newest first. Errors:
// those of policy for disclosure.read; errs.Invalid for what is asked;
// errs.Malformed "malformed_cursor".
func (l *Log) List(ctx context.Context, actor policy.Actor, q Query) (Page, error) {
	limit := max(1, min(q.Limit, MaxPage))
	found, err := l.read(ctx, actor, q, limit+1)
	if err != nil || len(found) <= limit {
		return Page{Items: found}, err
	}
	return Page{Items: found[:limit], Next: found[limit-1].ID}, nil
}

// Export is List for a file: the newest MaxExport entries.
func (l *Log) Export(ctx context.Context, actor policy.Actor, q Query) ([]Entry, error) {
	return l.read(ctx, actor, q, MaxExport)
}

func (l *Log) read(ctx context.Context, actor policy.Actor, q Query, limit int) ([]Entry, error) {
	if !actor.SignedIn() {
		return nil, errs.New(errs.Unauthenticated, "sign_in_required")
	}
	if err := policy.Check(actor, policy.DisclosureRead, policy.Facts{OwnerOrg: actor.OrgID}).Err(); err != nil {
		return nil, err
	}
	if err := ident.CheckCursor(q.Cursor); err != nil {
		return nil, err
	}
	f := Filter{OwnerOrg: actor.OrgID, ListingID: q.ListingID, ViewerOrg: q.ViewerOrg, AccountID: q.AccountID,
		Tier: q.Tier, What: q.What, Before: q.Cursor, Limit: limit}
	var faults []errs.Field
	if q.Tier != "" && !q.Tier.Valid() {
		faults = append(faults, errs.Field{Path: "tier", Code: "unknown_value"})
	}
	if q.What != "" && !slices.Contains([]string{Fields, Document}, q.What) {
		faults = append(faults, errs.Field{Path: "what", Code: "unknown_value"})
	}
	for _, day := range []struct {
		path string
		date clock.Date
		into *time.Time
		add  int
	}{{"from", q.From, &f.From, 0}, {"until", q.To, &f.To, 1}} {
		if day.date == "" {
			continue
		}
		begins, err := time.ParseInLocation(time.DateOnly, string(day.date), clock.Shanghai)
		if err != nil {
			faults = append(faults, errs.Field{Path: day.path, Code: "wrong_format"})
			continue
		}
		*day.into = begins.AddDate(0, 0, day.add)
	}
	if err := errs.InvalidFields(faults); err != nil {
		return nil, err
	}
	return l.store.Entries(ctx, f)
}
