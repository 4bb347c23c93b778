package listing

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// MaxPage bounds the entries of one page.
const MaxPage = 100

// ListFilter chooses among an organisation's own listings.
type ListFilter struct {
	// State is the listing's or its working copy's; "" is every state.
	State lifecycle.State
	// Query is a part of the title; "" is every title.
	Query  string
	Cursor string
	Limit  int
}

// List is the acting organisation's own listings in every state, last changed
// first. Errors: errs.Unauthenticated; errs.Malformed "malformed_cursor";
// errs.Invalid for a state that the kind does not have.
func (s *Service[C]) List(ctx context.Context, actor policy.Actor, f ListFilter) (Page[Head], error) {
	filter, err := s.ownFilter(actor, f)
	if err != nil || filter.OwnerOrg == "" {
		return Page[Head]{}, err
	}
	limit := bounded(f.Limit)
	filter.Limit = limit + 1
	records, err := s.deps.Store.Own(ctx, filter)
	if err != nil {
		return Page[Head]{}, err
	}
	return pageOf(records, limit,
		func(r Record) Head { return headOf(s.rules, actor, r, true, s.own(r)) },
		func(r Record) Mark { return Mark{r.UpdatedAt, r.ID} }), nil
}

// Count is how many listings List has on all pages together. Errors: as List.
func (s *Service[C]) Count(ctx context.Context, actor policy.Actor, f ListFilter) (int, error) {
	filter, err := s.ownFilter(actor, f)
	if err != nil || filter.OwnerOrg == "" {
		return 0, err
	}
	return s.deps.Store.CountOwn(ctx, filter)
}

// ownFilter chooses among what the actor's organisation lists; its OwnerOrg is
// "" where that is nothing.
func (s *Service[C]) ownFilter(actor policy.Actor, f ListFilter) (OwnFilter, error) {
	if !actor.SignedIn() {
		return OwnFilter{}, errs.New(errs.Unauthenticated, "sign_in_required")
	}
	if err := s.knownState(f.State); err != nil {
		return OwnFilter{}, err
	}
	mark, err := parseMark(f.Cursor)
	if err != nil {
		return OwnFilter{}, err
	}
	return OwnFilter{
		Kind: s.rules.Kind, OwnerOrg: policy.ScopeOf(actor, s.rules.action(Inside)).OwnerOrg,
		State: f.State, Folded: text.Fold(f.Query), After: mark,
	}, nil
}

func (s *Service[C]) knownState(state lifecycle.State) error {
	if state == "" {
		return nil
	}
	for _, m := range s.rules.Machines() {
		for _, e := range m.Edges {
			if e.To == state && state != Discarded {
				return nil
			}
		}
	}
	return errs.InvalidFields([]errs.Field{{Path: "state", Code: "unknown_value"}})
}

// Version is one published version.
type Version[C any] struct {
	Number      int64
	PublishedAt time.Time
	Content     C
}

// Versions are the published versions, newest first. Errors: errs.NotFound.
func (s *Service[C]) Versions(ctx context.Context, actor policy.Actor, id string) ([]Version[C], error) {
	if _, err := s.load(ctx, actor, id, Inside); err != nil {
		return nil, err
	}
	revisions, err := s.deps.Store.Revisions(ctx, id)
	if err != nil {
		return nil, err
	}
	var out []Version[C]
	for _, r := range slices.Backward(revisions) {
		if r.Number == 0 {
			continue
		}
		content, err := decode[C](r.Content)
		if err != nil {
			return nil, err
		}
		if content, err = s.kind.Present(ctx, content, true); err != nil {
			return nil, err
		}
		out = append(out, Version[C]{Number: r.Number, PublishedAt: r.PublishedAt, Content: content})
	}
	slices.SortFunc(out, func(a, b Version[C]) int { return cmp.Compare(b.Number, a.Number) })
	return out, nil
}

// HistoryStep is a step of a listing or of one of its revisions.
type HistoryStep struct {
	lifecycle.Step
	// Fields are the reviewer's reasons by field, of a return.
	Fields []FieldReason
}

// History is what happened to a listing and its revisions, oldest first, with
// the steps numbered through. A move that both take together (the first
// draft, a publication, the end) stands once. Errors: errs.NotFound.
func (s *Service[C]) History(ctx context.Context, actor policy.Actor, id string) ([]HistoryStep, error) {
	if _, err := s.load(ctx, actor, id, Inside); err != nil {
		return nil, err
	}
	life, err := s.deps.History.Steps(ctx, s.rules.Kind, id)
	if err != nil {
		return nil, err
	}
	revisions, err := s.deps.Store.Revisions(ctx, id)
	if err != nil {
		return nil, err
	}
	returns, err := s.deps.Store.Returns(ctx, id)
	if err != nil {
		return nil, err
	}
	var out []HistoryStep
	for _, r := range revisions {
		steps, err := s.deps.History.Steps(ctx, r.Kind, r.ID)
		if err != nil {
			return nil, err
		}
		for _, step := range steps {
			if verbOf(step.Action) == s.rules.End {
				continue // the listing's own step tells it
			}
			h := HistoryStep{Step: step}
			for _, kept := range returns {
				if kept.RevisionID == r.ID && kept.Seq == step.Seq {
					h.Fields = kept.Fields
				}
			}
			out = append(out, h)
		}
	}
	for _, step := range life {
		if v := verbOf(step.Action); v != Create && v != Publish {
			out = append(out, HistoryStep{Step: step})
		}
	}
	slices.SortStableFunc(out, func(a, b HistoryStep) int { return a.At.Compare(b.At) })
	for i := range out {
		out[i].Seq = int64(i + 1)
	}
	return out, nil
}

// Containing are the heads, for any reader, of the published listings that
// have the part, as far as the actor may read them.
func (s *Service[C]) Containing(ctx context.Context, actor policy.Actor, part string) ([]Head, error) {
	ids, err := s.deps.Store.Containing(ctx, s.rules.Kind, part, []lifecycle.State{Published})
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	records, err := s.deps.Store.LoadMany(ctx, s.rules.Kind, ids)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(records, func(a, b Record) int { return strings.Compare(a.ID, b.ID) })
	var out []Head
	for _, r := range records {
		_, facts, err := s.facts(ctx, r, actor.OrgID != "")
		if err != nil {
			return nil, err
		}
		if policy.Check(actor, s.rules.action(Read), facts).Allowed() {
			out = append(out, headOf(s.rules, actor, r, false, facts))
		}
	}
	return out, nil
}

// Parents are the ids of the listings, published or no longer, whose last
// published version has the part.
func (s *Service[C]) Parents(ctx context.Context, part string) ([]string, error) {
	return s.deps.Store.Containing(ctx, s.rules.Kind, part, []lifecycle.State{Published, Suspended, Expired, Matched, Closed, Withdrawn})
}

// pageOf cuts what was read with one entry more than asked for.
func pageOf(records []Record, limit int, head func(Record) Head, mark func(Record) Mark) Page[Head] {
	var page Page[Head]
	if len(records) > limit {
		records = records[:limit]
		page.Next = mark(records[limit-1]).cursor()
	}
	for _, r := range records {
		page.Items = append(page.Items, head(r))
	}
	return page
}

func bounded(limit int) int { return max(1, min(limit, MaxPage)) }

// cursor is the wire form of a mark; opaque to clients.
func (m Mark) cursor() string { return strconv.FormatInt(clock.Micros(m.At), 36) + "." + m.ID }

func parseMark(cursor string) (Mark, error) {
	if cursor == "" {
		return Mark{}, nil
	}
	at, id, ok := strings.Cut(cursor, ".")
	us, err := strconv.ParseInt(at, 36, 64)
	if !ok || err != nil {
		return Mark{}, errs.New(errs.Malformed, "malformed_cursor")
	}
	return Mark{At: clock.FromMicros(us), ID: id}, nil
}
