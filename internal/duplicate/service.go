package duplicate

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/journal"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// Kinds are the kinds of listings that are compared.
var Kinds = []string{"achievement", "need"}

// History reads the steps that the journal keeps.
type History interface {
	Steps(ctx context.Context, kind, subject string) ([]lifecycle.Step, error)
}

// Deps are what the service works with.
type Deps struct {
	Tx       journal.Transactor
	Store    Store
	Listings Listings
	Journal  journal.Journal
	History  History
	Clock    clock.Clock
	Finder   *Finder
	Log      *slog.Logger
}

// Service finds pairs, shows them and carries out decisions. Every error is an
// *errs.Error. Safe for concurrent use.
type Service struct {
	deps Deps

	mu sync.Mutex
	// pass is that of LookAtChanged under way; the next one begins with what was
	// updated after passed, or where passedAll, when the last of all began, is long
	// ago, with everything.
	pass              pass
	passed, passedAll time.Time
}

// NewService makes the service.
func NewService(d Deps) *Service { return &Service{deps: d} }

// Shown is a pair as one reader sees it.
type Shown struct {
	Pair
	Band        Band
	Sides       [2]Side
	Reasons     []Reason
	Differences []Difference
	// Actions are the verbs of the decisions that the reader may take now.
	Actions []string
}

// ListFilter chooses among the pairs that a reader may know of.
type ListFilter struct {
	// State is Suspected where empty.
	State  lifecycle.State
	Kind   string
	Cursor string
	Limit  int
}

// Page is one page of pairs with the cursor of the next; "" at the end.
type Page struct {
	Items []Shown
	Next  string
}

// MaxPage bounds the pairs of one page.
const MaxPage = 50

// List is the pairs that wait for the actor, or were decided, most alike
// first. Errors: those of policy; errs.Malformed "malformed_cursor";
// errs.Invalid for an unknown state or kind.
func (s *Service) List(ctx context.Context, actor policy.Actor, f ListFilter) (Page, error) {
	if err := policy.Check(actor, policy.DuplicateList, policy.Facts{OwnerOrg: actor.OrgID}).Err(); err != nil {
		return Page{}, err
	}
	filter, err := s.filter(actor, f)
	if err != nil {
		return Page{}, err
	}
	limit := filter.Limit
	filter.Limit++
	pairs, err := s.deps.Store.List(ctx, filter)
	if err != nil {
		return Page{}, err
	}
	var out Page
	if len(pairs) > limit {
		pairs = pairs[:limit]
		last := pairs[limit-1]
		out.Next = Mark{last.Score, last.ID}.cursor()
	}
	out.Items, err = s.shown(ctx, actor, pairs)
	return out, err
}

func (s *Service) filter(actor policy.Actor, f ListFilter) (Filter, error) {
	var faults []errs.Field
	if f.State == "" {
		f.State = Suspected
	}
	if !slices.Contains(States, f.State) {
		faults = append(faults, errs.Field{Path: "state", Code: "unknown_value"})
	}
	if f.Kind != "" && !slices.Contains(Kinds, f.Kind) {
		faults = append(faults, errs.Field{Path: "kind", Code: "unknown_value"})
	}
	if err := errs.InvalidFields(faults); err != nil {
		return Filter{}, err
	}
	mark, err := parseMark(f.Cursor)
	if err != nil {
		return Filter{}, err
	}
	out := Filter{State: f.State, Kind: f.Kind, After: mark, Limit: MaxPage}
	if f.Limit > 0 {
		out.Limit = min(f.Limit, MaxPage)
	}
	if scope := policy.ScopeOf(actor, policy.DuplicateRead); !scope.All {
		out.Org = scope.PartyOrg
	}
	return out, nil
}

func (m Mark) cursor() string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(m.Score, 10) + " " + m.ID))
}

func parseMark(cursor string) (Mark, error) {
	if cursor == "" {
		return Mark{}, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	score, id, ok := strings.Cut(string(raw), " ")
	n, parseErr := strconv.ParseInt(score, 10, 64)
	if err != nil || !ok || parseErr != nil {
		return Mark{}, errs.New(errs.Malformed, "malformed_cursor")
	}
	return Mark{n, id}, nil
}

// Get is one pair side by side. Error: errs.NotFound, also for what exists and
// is not for the actor.
func (s *Service) Get(ctx context.Context, actor policy.Actor, id string) (Shown, error) {
	pair, err := s.load(ctx, actor, id)
	if err != nil {
		return Shown{}, err
	}
	return s.show(ctx, actor, pair)
}

func (s *Service) load(ctx context.Context, actor policy.Actor, id string) (Pair, error) {
	pair, err := s.deps.Store.Load(ctx, id)
	if err != nil {
		return Pair{}, err
	}
	if !pair.readable(actor) {
		return Pair{}, errs.New(errs.NotFound, "not_found")
	}
	return pair, nil
}

func (s *Service) show(ctx context.Context, actor policy.Actor, pair Pair) (Shown, error) {
	out, err := s.shown(ctx, actor, []Pair{pair})
	if err != nil {
		return Shown{}, err
	}
	if len(out) == 0 {
		return Shown{}, errs.New(errs.NotFound, "not_found")
	}
	return out[0], nil
}

// Steps is what happened to a pair, oldest first. What the other owner decided
// names neither person nor organisation: who posted anonymously would be known
// by it. Error: errs.NotFound.
func (s *Service) Steps(ctx context.Context, actor policy.Actor, id string) ([]lifecycle.Step, error) {
	pair, err := s.load(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	steps, err := s.deps.History.Steps(ctx, PairKind, id)
	if err != nil || actor.System {
		return steps, err
	}
	steps = slices.Clone(steps)
	for i := range steps {
		if by := steps[i].OrgID; by != actor.OrgID && slices.Contains(pair.owners(), by) {
			steps[i].AccountID, steps[i].OrgID = "", ""
		}
	}
	return steps, nil
}

// shown puts both sides to pairs, as the actor may see them, and the reasons
// that follow from just that. A pair of which a side cannot be seen any more
// is left out.
func (s *Service) shown(ctx context.Context, actor policy.Actor, pairs []Pair) ([]Shown, error) {
	sides, subjects := map[string]Side{}, map[string]Subject{}
	for _, kind := range Kinds {
		ids := idsOf(pairs, kind)
		if len(ids) == 0 {
			continue
		}
		seen, err := s.deps.Listings.Sides(ctx, actor, kind, ids)
		if err != nil {
			return nil, err
		}
		for _, side := range seen {
			sides[side.ID] = side
		}
		found, err := s.deps.Listings.Subjects(ctx, kind, ids)
		if err != nil {
			return nil, err
		}
		for _, subject := range found {
			subjects[subject.ID] = subject
		}
	}
	var out []Shown
	for _, p := range pairs {
		first, ok1 := sides[p.First]
		second, ok2 := sides[p.Second]
		if !ok1 || !ok2 {
			continue
		}
		shown := Shown{Pair: p, Sides: [2]Side{first, second}, Differences: differences(first.Content, second.Content), Actions: s.actions(actor, p)}
		score := p.OpenScore
		if first.Own && second.Own {
			score = p.Score
		}
		shown.Band = s.deps.Finder.model.BandOf(float64(score) / millionths)
		if a, b := views(subjects[p.First], subjects[p.Second], first.Own && second.Own); a != nil && b != nil {
			s.read(ctx, p.Kind, []string{p.First, p.Second}, func() {
				shown.Reasons = s.deps.Finder.Compare(s.deps.Finder.Sketch(*a), s.deps.Finder.Sketch(*b)).Reasons
			})
		}
		out = append(out, shown)
	}
	return out, nil
}

// views are what a reader has of both: all of it where both are the reader's
// own, else what anybody has; nil of what could not be read.
func views(first, second Subject, own bool) (*View, *View) {
	if first.Stumbled != nil || second.Stumbled != nil {
		return nil, nil
	}
	if own {
		return &first.Inside, &second.Inside
	}
	return first.Open, second.Open
}

func idsOf(pairs []Pair, kind string) []string {
	var ids []string
	for _, p := range pairs {
		if p.Kind == kind {
			ids = append(ids, p.First, p.Second)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// actions are the verbs of the legal decisions that policy allows the actor.
func (s *Service) actions(actor policy.Actor, p Pair) []string {
	var out []string
	for _, action := range Machine.Actions(p.Position.State) {
		facts := p.facts()
		switch action {
		case string(policy.DuplicateUndo):
			facts = p.undoFacts()
		case string(policy.DuplicateMerge): // either side can go, by its owner
			facts.OwnerOrg = p.ownOf(actor)
		}
		if actor.System || !policy.Check(actor, policy.Action(action), facts).Allowed() {
			continue
		}
		_, verb, _ := strings.Cut(action, ".")
		out = append(out, verb)
	}
	return out
}

// undoFacts: what the owner of the vanished listing merged, that owner undoes.
func (p Pair) undoFacts() policy.Facts {
	f := p.facts()
	if p.Position.State == Merged {
		f.OwnerOrg = p.ownerOf(p.Other(p.Survivor))
	}
	return f
}

// Difference says how a field stands on both sides.
type Difference struct {
	Field string
	// Where is "same", "first", "second" (only there) or "different".
	Where string
}

// differences compares two contents field by field, by name.
func differences(first, second map[string]json.RawMessage) []Difference {
	var out []Difference
	for field := range first {
		switch other, both := second[field]; {
		case !both:
			out = append(out, Difference{field, "first"})
		case sameJSON(first[field], other):
			out = append(out, Difference{field, "same"})
		default:
			out = append(out, Difference{field, "different"})
		}
	}
	for field := range second {
		if _, both := first[field]; !both {
			out = append(out, Difference{field, "second"})
		}
	}
	slices.SortFunc(out, func(a, b Difference) int { return cmp.Compare(a.Field, b.Field) })
	return out
}

// sameJSON compares values whatever the order of their keys: an engine may
// store them in its own.
func sameJSON(a, b json.RawMessage) bool {
	return canonical(a) == canonical(b)
}

func canonical(raw json.RawMessage) string {
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return string(raw)
	}
	out, err := json.Marshal(v)
	if err != nil {
		return string(raw)
	}
	return string(out)
}

// Suspect is one of an owner's listings that a text looks like.
type Suspect struct {
	Ref
	Title   text.Text
	Score   float64
	Band    Band
	Reasons []Reason
}

// mostSuspects bounds a hint: nobody reads more.
const mostSuspects = 5

// Suspects are the acting organisation's own listings that a view looks like,
// most alike first; except is the listing that the view is of, "" where it is
// not stored yet. Errors: those of policy.
func (s *Service) Suspects(ctx context.Context, actor policy.Actor, kind string, v View, except string) ([]Suspect, error) {
	if err := policy.Check(actor, policy.DuplicateHint, policy.Facts{OwnerOrg: actor.OrgID}).Err(); err != nil {
		return nil, err
	}
	var sketch *Sketch
	var keys []int64
	finder := s.deps.Finder
	if !s.read(ctx, kind, []string{except}, func() { sketch = finder.Sketch(v); keys = finder.Keys(kind, sketch) }) {
		return nil, nil // a hint is all that is lost
	}
	ids, err := s.deps.Store.Having(ctx, actor.OrgID, keys, finder.model.SharedKeys, finder.model.LargestBucket, finder.model.LargestBucket)
	if err != nil {
		return nil, err
	}
	ids = slices.DeleteFunc(ids, func(id string) bool { return id == except })
	if len(ids) == 0 {
		return nil, nil
	}
	subjects, err := s.deps.Listings.Subjects(ctx, kind, ids)
	if err != nil {
		return nil, err
	}
	decided, err := s.keptApart(ctx, except)
	if err != nil {
		return nil, err
	}
	var out []Suspect
	for _, subject := range subjects {
		if subject.Ended || subject.Stumbled != nil || decided[subject.ID] {
			continue
		}
		var like Likeness
		s.read(ctx, kind, []string{subject.ID}, func() { like = finder.Compare(sketch, finder.Sketch(subject.Inside)) })
		if like.Score < finder.model.Possible {
			continue
		}
		out = append(out, Suspect{Ref: subject.Ref, Title: subject.Inside.Title, Score: like.Score,
			Band: finder.model.BandOf(like.Score), Reasons: like.Reasons})
	}
	slices.SortFunc(out, func(a, b Suspect) int { return cmp.Or(-cmp.Compare(a.Score, b.Score), cmp.Compare(a.ID, b.ID)) })
	return out[:min(len(out), mostSuspects)], nil
}

// keptApart are the listings that somebody has told from this one.
func (s *Service) keptApart(ctx context.Context, id string) (map[string]bool, error) {
	out := map[string]bool{}
	if id == "" {
		return out, nil
	}
	pairs, err := s.deps.Store.Of(ctx, []string{id})
	for _, p := range pairs {
		if p.Position.State == Apart {
			out[p.Other(id)] = true
		}
	}
	return out, err
}

// SuspectsOf is Suspects for a listing of the acting organisation as it is
// saved now. Errors: errs.NotFound; those of policy.
func (s *Service) SuspectsOf(ctx context.Context, actor policy.Actor, ref Ref) ([]Suspect, error) {
	if !slices.Contains(Kinds, ref.Kind) {
		return nil, errs.New(errs.NotFound, "not_found")
	}
	found, err := s.deps.Listings.Subjects(ctx, ref.Kind, []string{ref.ID})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 || actor.OrgID == "" || found[0].OrgID != actor.OrgID {
		return nil, errs.New(errs.NotFound, "not_found")
	}
	return s.Suspects(ctx, actor, ref.Kind, found[0].Inside, ref.ID)
}
