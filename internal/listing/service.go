package listing

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/ident"
	"chengqiao/internal/journal"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
)

// DefaultConfirmDays is how long a listing holds without a word of its owner
// (domain.md section 2).
const DefaultConfirmDays = 180

// Deps are what a service works with.
type Deps struct {
	Tx      journal.Transactor
	Store   Store
	Journal Journal
	History History
	Clock   clock.Clock
	NDAs    NDAs
	// Introductions is asked for anonymous listings alone; kinds that have
	// none may leave it out.
	Introductions Introductions
	// Merges leads from merged listings on; kinds that have none may leave it out.
	Merges Merges
	// ConfirmDays is how long a listing holds unconfirmed; 0 is DefaultConfirmDays.
	ConfirmDays int
	// Weights grade contents by kind; a kind without any is not graded.
	Weights map[string]Weights
	Marks   Marks
	// Checklists are what reviewers work through.
	Checklists Checklists
	// Members keeps reviewers from their own organisation's listings.
	Members Members
}

// Service is the use cases of one kind of listing. Every error is an
// *errs.Error; what an actor may not know of is errs.NotFound. Safe for
// concurrent use.
type Service[C any] struct {
	kind  Kind[C]
	rules Rules
	deps  Deps
}

// NewService makes the service of a kind. It panics when a machine contradicts
// itself or a step has no rule in policy: a programmer's mistake.
func NewService[C any](kind Kind[C], deps Deps) *Service[C] {
	if deps.ConfirmDays <= 0 {
		deps.ConfirmDays = DefaultConfirmDays
	}
	rules := kind.Rules()
	for _, m := range rules.Machines() {
		m.Validate()
		for _, e := range m.Edges {
			policy.Check(policy.Actor{}, policy.Action(e.Action), policy.Facts{})
		}
	}
	return &Service[C]{kind: kind, rules: rules, deps: deps}
}

// Rules are the kind's.
func (s *Service[C]) Rules() Rules { return s.rules }

// WorkingCopy is a working copy with its head and with what submission would still
// refuse.
type WorkingCopy[C any] struct {
	Head     Head
	Content  C
	Problems []errs.Field
	Quality  Quality
	// WarnBelow is the score below which its owner is warned.
	WarnBelow int
}

// Create makes a listing of the acting organisation with its first draft.
// Errors: errs.Invalid "invalid_fields"; those of policy.
func (s *Service[C]) Create(ctx context.Context, actor policy.Actor, content C) (WorkingCopy[C], error) {
	facts := policy.Facts{OwnerOrg: actor.OrgID}
	if err := policy.Check(actor, s.rules.action(Create), facts).Err(); err != nil {
		return WorkingCopy[C]{}, err
	}
	content = s.kind.Clean(content)
	if err := errs.InvalidFields(s.kind.Check(content)); err != nil {
		return WorkingCopy[C]{}, err
	}
	var record Record
	err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		var err error
		var entries []journal.Entry
		record, entries, err = s.begin(actor, actor.OrgID, content)
		if err != nil {
			return err
		}
		if err := s.deps.Store.Insert(ctx, []Record{record}); err != nil {
			return err
		}
		return s.deps.Journal.WriteAll(ctx, entries)
	})
	if err != nil {
		return WorkingCopy[C]{}, err
	}
	return s.draft(ctx, actor, record, content)
}

// begin is a new listing with its first draft and the record of both.
func (s *Service[C]) begin(actor policy.Actor, owner string, content C) (Record, []journal.Entry, error) {
	now := s.deps.Clock.Now()
	id := ident.NewID()
	life, err := s.rules.Life.Step(id, lifecycle.Position{}, string(s.rules.action(Create)), "")
	if err != nil {
		return Record{}, nil, err
	}
	l := Listing{
		ID: id, Kind: s.rules.Kind, OwnerOrg: owner, Position: after(life), Version: 1,
		CreatedAt: now, UpdatedAt: now, ChangedAt: now, CreatedBy: actor.AccountID,
	}
	revision, review, err := s.newRevision(l, Create, content)
	if err != nil {
		return Record{}, nil, err
	}
	return Record{Listing: l, Working: &revision},
		[]journal.Entry{s.entry(actor, l, life, ""), s.reviewEntry(actor, l, review)}, nil
}

// newRevision is a fresh working copy of a listing.
func (s *Service[C]) newRevision(l Listing, verb string, content C) (Revision, lifecycle.Step, error) {
	now := s.deps.Clock.Now()
	raw, err := encode(content)
	if err != nil {
		return Revision{}, lifecycle.Step{}, err
	}
	id := ident.NewID()
	step, err := s.rules.Review.Step(id, lifecycle.Position{}, string(s.rules.action(verb)), "")
	if err != nil {
		return Revision{}, lifecycle.Step{}, err
	}
	return Revision{
		ID: id, ListingID: l.ID, Kind: s.rules.Review.Kind, Position: after(step),
		Title: s.kind.Title(content), TechnicalField: s.kind.TechnicalField(content), Quality: s.kind.Quality(content).Score,
		Content: raw, CreatedAt: now, UpdatedAt: now,
	}, step, nil
}

// Draft reads the working copy; where there is none, the live content as the
// one to begin from. Errors: errs.NotFound.
func (s *Service[C]) Draft(ctx context.Context, actor policy.Actor, id string) (WorkingCopy[C], error) {
	record, err := s.load(ctx, actor, id, Inside)
	if err != nil {
		return WorkingCopy[C]{}, err
	}
	source := record.Working
	if source == nil {
		source = record.Live
	}
	if source == nil { // withdrawn before it was ever published
		var none C
		return s.draft(ctx, actor, record, none)
	}
	content, err := decode[C](source.Content)
	if err != nil {
		return WorkingCopy[C]{}, err
	}
	return s.draft(ctx, actor, record, content)
}

func (s *Service[C]) draft(ctx context.Context, actor policy.Actor, record Record, content C) (WorkingCopy[C], error) {
	quality := s.kind.Quality(content)
	problems, err := s.problems(ctx, record.Listing, content, quality)
	if err != nil {
		return WorkingCopy[C]{}, err
	}
	content, err = s.kind.Present(ctx, content, true)
	if err != nil {
		return WorkingCopy[C]{}, err
	}
	facts, err := s.factsFor(ctx, actor, record)
	return WorkingCopy[C]{
		Head: headOf(s.rules, actor, record, true, facts), Content: content, Problems: problems,
		Quality: quality, WarnBelow: s.deps.Marks.WarnBelow,
	}, err
}

// problems are what submission would refuse of a content of l of some quality.
func (s *Service[C]) problems(ctx context.Context, l Listing, content C, quality Quality) ([]errs.Field, error) {
	found, err := s.kind.CheckSubmission(ctx, l, content)
	return append(found, s.deps.Marks.refuse(quality)...), err
}

// Save keeps the working copy; on something published the first save begins
// one. version is the one last read. Errors: errs.Stale "stale_version";
// errs.Conflict "in_review" while review has it, "illegal_step" when the
// listing has ended; errs.Invalid "invalid_fields".
func (s *Service[C]) Save(ctx context.Context, actor policy.Actor, id string, version int64, content C) (WorkingCopy[C], error) {
	content = s.kind.Clean(content)
	var record Record
	err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		var err error
		if record, err = s.loadVersion(ctx, actor, id, Edit, version); err != nil {
			return err
		}
		if err := s.editable(record); err != nil {
			return err
		}
		if err := errs.InvalidFields(s.kind.Check(content)); err != nil {
			return err
		}
		return s.write(ctx, actor, &record, content)
	})
	if err != nil {
		return WorkingCopy[C]{}, err
	}
	return s.draft(ctx, actor, record, content)
}

func (s *Service[C]) editable(r Record) error {
	switch {
	case slices.Contains(s.rules.Final, r.Position.State):
		return errs.Newp(errs.Conflict, "illegal_step",
			errs.Params{"kind": s.rules.Kind, "state": string(r.Position.State), "action": string(s.rules.action(Edit))})
	case r.Working != nil && r.Working.Position.State == InReview:
		return errs.New(errs.Conflict, "in_review")
	}
	return nil
}

// write puts content into the working copy and counts the listing's version.
func (s *Service[C]) write(ctx context.Context, actor policy.Actor, record *Record, content C) error {
	record.Version++
	record.UpdatedAt = s.deps.Clock.Now()
	if err := s.deps.Store.Save(ctx, record.Listing); err != nil {
		return err
	}
	if record.Working == nil {
		revision, step, err := s.newRevision(record.Listing, Edit, content)
		if err != nil {
			return err
		}
		record.Working = &revision
		if err := s.deps.Store.InsertRevision(ctx, revision); err != nil {
			return err
		}
		return s.deps.Journal.Write(ctx, s.reviewEntry(actor, record.Listing, step))
	}
	raw, err := encode(content)
	if err != nil {
		return err
	}
	w := *record.Working
	w.Content, w.Title, w.UpdatedAt = raw, s.kind.Title(content), record.UpdatedAt
	w.TechnicalField, w.Quality = s.kind.TechnicalField(content), s.kind.Quality(content).Score
	record.Working = &w
	return s.deps.Store.SaveRevision(ctx, w)
}

// load reads a listing for one who may do the action with it.
func (s *Service[C]) load(ctx context.Context, actor policy.Actor, id, verb string) (Record, error) {
	record, err := s.deps.Store.Load(ctx, s.rules.Kind, id)
	if err != nil {
		return Record{}, err
	}
	facts, err := s.factsFor(ctx, actor, record)
	if err != nil {
		return Record{}, err
	}
	if err := policy.Check(actor, s.rules.action(verb), facts).Err(); err != nil {
		return Record{}, err
	}
	return record, nil
}

// own are the facts of a listing as its owner's people and reviewers meet it.
func (s *Service[C]) own(record Record) policy.Facts {
	return policy.Facts{OwnerOrg: record.OwnerOrg, CreatedBy: record.CreatedBy, Authors: s.authors(record)}
}

// authors are the persons whom the working copy names, or else the live
// version. A content that cannot be read names nobody; whoever reads it meets
// the error.
func (s *Service[C]) authors(record Record) []string {
	source := record.Working
	if source == nil {
		source = record.Live
	}
	if source == nil || len(source.Content) == 0 {
		return nil
	}
	content, err := decode[C](source.Content)
	if err != nil {
		return nil
	}
	return s.kind.Terms(content).Persons
}

// factsFor are own with what may keep the actor from reviewing.
func (s *Service[C]) factsFor(ctx context.Context, actor policy.Actor, record Record) (policy.Facts, error) {
	facts := s.own(record)
	var err error
	facts.Conflicted, err = conflicted(ctx, s.deps.Members, actor, record.OwnerOrg, facts.Authors)
	return facts, err
}

// loadVersion is load for a write. Error: errs.Stale "stale_version".
func (s *Service[C]) loadVersion(ctx context.Context, actor policy.Actor, id, verb string, version int64) (Record, error) {
	record, err := s.load(ctx, actor, id, verb)
	if err != nil {
		return Record{}, err
	}
	if record.Version != version {
		return Record{}, errs.New(errs.Stale, "stale_version")
	}
	return record, nil
}

// entry journals a step of the listing itself; what is the event that follows, if any.
func (s *Service[C]) entry(actor policy.Actor, l Listing, step lifecycle.Step, what string) journal.Entry {
	e := journal.Entry{
		Actor: actor, Action: policy.Action(step.Action), Kind: l.Kind, Subject: l.ID, Version: l.Version,
		At: s.deps.Clock.Now(), Step: &step,
	}
	if what != "" {
		happened := s.happened(l, what)
		happened.Data["step"] = verbOf(step.Action)
		e.Events = []event.Event{happened}
	}
	return e
}

// happened is an event about a listing.
func (s *Service[C]) happened(l Listing, what string) event.Event {
	return event.Event{
		Name: s.rules.event(what), Kind: l.Kind, Subject: l.ID, Version: l.Version,
		Data: map[string]any{"owner_org": l.OwnerOrg, "state": string(l.Position.State), "number": l.LiveNumber},
	}
}

// reviewEntry journals a step of a revision; events are about its listing.
func (s *Service[C]) reviewEntry(actor policy.Actor, l Listing, step lifecycle.Step, what ...string) journal.Entry {
	e := journal.Entry{
		Actor: actor, Action: policy.Action(step.Action), Kind: step.Kind, Subject: step.Subject, Version: l.Version,
		At: s.deps.Clock.Now(), Step: &step, Detail: map[string]any{"listing": l.ID},
	}
	for _, w := range what {
		e.Events = append(e.Events, s.happened(l, w))
	}
	return e
}

func after(step lifecycle.Step) lifecycle.Position {
	return lifecycle.Position{State: step.To, Seq: step.Seq}
}

func encode[C any](content C) (json.RawMessage, error) {
	raw, err := json.Marshal(content)
	if err != nil {
		return nil, errs.Wrap(errs.Internal, "internal", fmt.Errorf("encode content: %w", err))
	}
	// PostgreSQL keeps no NUL in a text; an escaped backslash before "u0000" is
	// the text \u0000 itself, which is fine.
	if bytes.Contains(bytes.ReplaceAll(raw, []byte(`\\`), nil), []byte(`\u0000`)) {
		return nil, errs.New(errs.Malformed, "malformed_request")
	}
	return raw, nil
}

func decode[C any](raw json.RawMessage) (C, error) {
	var content C
	if err := json.Unmarshal(raw, &content); err != nil {
		return content, errs.Wrap(errs.Internal, "internal", fmt.Errorf("decode content: %w", err))
	}
	return content, nil
}
