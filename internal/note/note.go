// Package note owns what an organisation writes down for itself about
// listings, its own and others': who may read a note are the organisation's
// members and nobody else, the platform's people included. Its text stands in
// no event, no audit line and no index.
package note

import (
	"context"
	"slices"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/ident"
	"chengqiao/internal/journal"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// Kind is the kind of notes in the journal.
const Kind = "note"

// Kinds are the kinds of listings that notes are about.
var Kinds = []string{"achievement", "package", "need"}

// MaxText is the length of a note, in characters; MaxNotes how many notes an
// organisation keeps on one listing.
const (
	MaxText  = 5000
	MaxNotes = 200
)

// Note is one note of one organisation on one listing.
type Note struct {
	ID      string
	Version int64
	OrgID   string
	// SubjectKind and SubjectID name the listing.
	SubjectKind, SubjectID string
	// AccountID wrote it.
	AccountID string
	Text      string
	WrittenAt time.Time
	ChangedAt time.Time
}

// Facts are what policy has to know of it.
func (n Note) Facts() policy.Facts { return policy.Facts{OwnerOrg: n.OrgID} }

// Filter chooses an organisation's notes, newest first.
type Filter struct {
	OrgID string
	// SubjectKind and SubjectID choose those on one listing; "" is every listing.
	SubjectKind, SubjectID string
	// Before is the id of the last one already seen; "" begins at the newest.
	Before string
	Limit  int
}

// Store keeps notes. Writes join the transaction in ctx.
type Store interface {
	InsertNote(ctx context.Context, n Note) error
	// Note is one by its id; errs.NotFound.
	Note(ctx context.Context, id string) (Note, error)
	// SaveNote stores the text of the row that still has the version before;
	// errs.Stale "stale_version" otherwise.
	SaveNote(ctx context.Context, n Note) error
	DeleteNote(ctx context.Context, id string) error
	Notes(ctx context.Context, f Filter) ([]Note, error)
	// CountNotes of an organisation on a listing.
	CountNotes(ctx context.Context, org, subjectKind, subjectID string) (int, error)
}

// Listings tells who may read what notes are written on.
type Listings interface {
	// Readable is errs.NotFound for a listing that the actor may not read.
	Readable(ctx context.Context, actor policy.Actor, kind, id string) error
}

// Deps are what the service works with.
type Deps struct {
	Tx       journal.Transactor
	Store    Store
	Journal  journal.Journal
	Listings Listings
	Clock    clock.Clock
}

// Service is the use cases of notes. Every error is an *errs.Error.
type Service struct{ deps Deps }

// NewService makes the service.
func NewService(deps Deps) *Service { return &Service{deps: deps} }

// Page is one page of a list with the cursor of the next; "" at the end.
type Page struct {
	Items []Note
	Next  string
}

// Query chooses among the acting organisation's notes.
type Query struct {
	SubjectKind, SubjectID string
	Cursor                 string
	Limit                  int
}

// MaxPage bounds the entries of one page.
const MaxPage = 100

// List is the acting organisation's notes, newest first; none for who acts for
// no organisation. Errors: errs.Unauthenticated; errs.Malformed "malformed_cursor".
func (s *Service) List(ctx context.Context, actor policy.Actor, q Query) (Page, error) {
	if !actor.SignedIn() {
		return Page{}, errs.New(errs.Unauthenticated, "sign_in_required")
	}
	if err := ident.CheckCursor(q.Cursor); err != nil {
		return Page{}, err
	}
	org := policy.ScopeOf(actor, policy.NoteRead).OwnerOrg
	if org == "" {
		return Page{}, nil
	}
	limit := max(1, min(q.Limit, MaxPage))
	found, err := s.deps.Store.Notes(ctx, Filter{OrgID: org, SubjectKind: q.SubjectKind, SubjectID: q.SubjectID, Before: q.Cursor, Limit: limit + 1})
	if err != nil || len(found) <= limit {
		return Page{Items: found}, err
	}
	return Page{Items: found[:limit], Next: found[limit-1].ID}, nil
}

// Write keeps a note on a listing that the actor may read. Errors:
// errs.NotFound for the listing; errs.Forbidden for who acts for no
// organisation; errs.Invalid for the text; errs.Conflict "too_many_notes".
func (s *Service) Write(ctx context.Context, actor policy.Actor, kind, id, words string) (Note, error) {
	var made Note
	err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		if !slices.Contains(Kinds, kind) {
			return errs.InvalidFields([]errs.Field{{Path: "kind", Code: "unknown_value"}})
		}
		if err := s.deps.Listings.Readable(ctx, actor, kind, id); err != nil {
			return err
		}
		n := Note{ID: ident.NewID(), Version: 1, OrgID: actor.OrgID, SubjectKind: kind, SubjectID: id, AccountID: actor.AccountID, Text: words}
		if err := s.mayWrite(actor, n); err != nil {
			return err
		}
		count, err := s.deps.Store.CountNotes(ctx, n.OrgID, kind, id)
		if err != nil {
			return err
		}
		if count >= MaxNotes {
			return errs.Newp(errs.Conflict, "too_many_notes", errs.Params{"max": MaxNotes})
		}
		n.WrittenAt = s.deps.Clock.Now()
		n.ChangedAt = n.WrittenAt
		if err := s.deps.Store.InsertNote(ctx, n); err != nil {
			return err
		}
		made = n
		return s.write(ctx, actor, n, "written")
	})
	return made, err
}

// mayWrite refuses who acts for nobody as not allowed: there is no secret in it.
func (s *Service) mayWrite(actor policy.Actor, n Note) error {
	if !actor.SignedIn() {
		return errs.New(errs.Unauthenticated, "sign_in_required")
	}
	if actor.OrgID == "" {
		return errs.Newp(errs.Forbidden, "not_allowed", errs.Params{"reason": "not_a_party"})
	}
	if err := policy.Check(actor, policy.NoteWrite, n.Facts()).Err(); err != nil {
		return err
	}
	switch {
	case text.Blank(n.Text):
		return errs.InvalidFields([]errs.Field{{Path: "text", Code: "required"}})
	case text.Length(n.Text) > MaxText:
		return errs.InvalidFields([]errs.Field{{Path: "text", Code: "too_long", Params: errs.Params{"max": MaxText}}})
	}
	return nil
}

// Change puts another text into a note of the version last read. Errors:
// errs.NotFound; errs.Stale; errs.Invalid for the text.
func (s *Service) Change(ctx context.Context, actor policy.Actor, id string, version int64, words string) (Note, error) {
	var changed Note
	err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		n, err := s.load(ctx, actor, id, version)
		if err != nil {
			return err
		}
		n.Text = words
		if err := s.mayWrite(actor, n); err != nil {
			return err
		}
		n.Version++
		n.ChangedAt = s.deps.Clock.Now()
		if err := s.deps.Store.SaveNote(ctx, n); err != nil {
			return err
		}
		changed = n
		return s.write(ctx, actor, n, "changed")
	})
	return changed, err
}

// Delete removes a note of the version last read for good. Errors: as Change.
func (s *Service) Delete(ctx context.Context, actor policy.Actor, id string, version int64) error {
	return s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		n, err := s.load(ctx, actor, id, version)
		if err != nil {
			return err
		}
		if err := s.deps.Store.DeleteNote(ctx, id); err != nil {
			return err
		}
		return s.write(ctx, actor, n, "deleted")
	})
}

func (s *Service) load(ctx context.Context, actor policy.Actor, id string, version int64) (Note, error) {
	n, err := s.deps.Store.Note(ctx, id)
	if err != nil {
		return n, err
	}
	if err := policy.Check(actor, policy.NoteWrite, n.Facts()).Err(); err != nil {
		return n, err
	}
	if n.Version != version {
		return n, errs.New(errs.Stale, "stale_version")
	}
	return n, nil
}

// write journals that something was done, and nothing of what it says.
func (s *Service) write(ctx context.Context, actor policy.Actor, n Note, done string) error {
	return s.deps.Journal.Write(ctx, journal.Entry{
		Actor: actor, Action: policy.NoteWrite, Kind: Kind, Subject: n.ID, Version: n.Version, At: s.deps.Clock.Now(),
		Detail: map[string]any{"done": done, "subject_kind": n.SubjectKind, "subject_id": n.SubjectID},
	})
}
