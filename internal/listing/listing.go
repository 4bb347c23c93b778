package listing

import (
	"encoding/json"
	"slices"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/text"
)

// Listing is the head of one listing: whose it is and where it stands.
type Listing struct {
	ID       string
	Kind     string
	OwnerOrg string
	// Position is where the listing itself stands; its step number changes
	// exactly when what readers see changes.
	Position lifecycle.Position
	// Version counts every change, for optimistic concurrency.
	Version int64
	// LiveRevision is the published revision that readers see, LiveNumber its
	// number; empty and 0 before the first publication.
	LiveRevision string
	LiveNumber   int64
	CreatedAt    time.Time
	// UpdatedAt is the last change of any sort, ChangedAt the last of what
	// readers see.
	UpdatedAt   time.Time
	ChangedAt   time.Time
	PublishedAt time.Time // of the live revision
	// ConfirmBy is the last day on which the listing holds unconfirmed.
	ConfirmBy clock.Date
	// SuspendedBy is the organisation that suspended it.
	SuspendedBy string
	// Outcome is how it ended, for kinds that ask.
	Outcome string
	// CreatedBy is the account that began it; "" for the program itself.
	CreatedBy string
}

// Revision is one version of a listing's content, from its first draft on.
type Revision struct {
	ID        string
	ListingID string
	// Kind is the listing's with "_revision" behind it.
	Kind     string
	Position lifecycle.Position
	// Number counts the published ones from 1; 0 before publication.
	Number  int64
	Title   text.Text
	Content json.RawMessage
	// TechnicalField is the content's, for the reviewers' queue.
	TechnicalField string
	// Quality is the content's score when it was saved last; -1 where nobody
	// has graded it.
	Quality int
	// ReturnReason is why review sent it back last, until it is submitted again.
	ReturnReason string
	CreatedAt    time.Time
	UpdatedAt    time.Time
	SubmittedAt  time.Time
	PublishedAt  time.Time
}

// open tells whether the revision is a working copy.
func (r Revision) open() bool { return slices.Contains(OpenStates, r.Position.State) }

// Record is a listing with its working copy and its live revision, either of
// which may be absent.
type Record struct {
	Listing
	Working *Revision
	Live    *Revision
}

// shown is the state a person sees: that of the working copy until there has
// been a publication.
func (r Record) shown() lifecycle.State {
	if r.Position.State == Draft && r.Working != nil {
		return r.Working.Position.State
	}
	return r.Position.State
}

// title is the working copy's, for those who may see it, else the live one.
func (r Record) title(inside bool) text.Text {
	switch {
	case inside && r.Working != nil:
		return r.Working.Title
	case r.Live != nil:
		return r.Live.Title
	}
	return text.Text{}
}

// Head is a listing as lists and pages show it to one reader.
type Head struct {
	ID    string
	Kind  string
	Title text.Text
	State lifecycle.State
	// WorkingState is the state of the working copy; "" without one.
	WorkingState lifecycle.State
	LiveNumber   int64
	Version      int64
	UpdatedAt    time.Time
	SubmittedAt  time.Time
	PublishedAt  time.Time
	ConfirmBy    clock.Date
	// OwnerOrg is empty where the listing hides its organisation from the reader.
	OwnerOrg     string
	ReturnReason string
	Outcome      string
	// TechnicalField is the content's as it is before the owner and review.
	TechnicalField string
	// Quality is its score when it was saved last; -1 where it has none, or the
	// reader is neither the owner nor the reviewer.
	Quality int
	// Claim is the reviewer who has the submission before them, in the
	// reviewers' queue alone.
	Claim *Claim
	// Actions are the verbs of the steps that the reader may take now.
	Actions []string
}

// FieldReason is a reviewer's reason about one field.
type FieldReason struct {
	Path   string `json:"path"`
	Reason string `json:"reason"`
}

// Page is one page of a list with the cursor of the next; "" at the end.
type Page[T any] struct {
	Items []T
	Next  string
}

// Disclosure is one entry of the log of who saw what above the public tier.
type Disclosure struct {
	ID        string
	Kind      string
	ListingID string
	// Revision is what was read.
	RevisionID string
	ViewerOrg  string
	AccountID  string
	Day        clock.Date
	At         time.Time
	// Tier is the narrowest that was shown.
	Tier   string
	Fields []string
}
