package match

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/ident"
	"chengqiao/internal/journal"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// Service answers who fits whom, and keeps the ledger.
type Service struct {
	index         func() *Index
	model         Model
	store         Store
	listings      Listings
	introductions Introductions
	reasons       Reasons
	tx            journal.Transactor
	journal       journal.Journal
	clock         clock.Clock
	ready         func(ctx context.Context) error
	precision     countedPrecision
}

// Deps are what the service works with; Introductions may be nil.
type Deps struct {
	// Ready says whether the index may be asked; nil means always.
	Ready func(ctx context.Context) error
	// Index gives the index that answers now: a rebuild puts another in its place.
	Index         func() *Index
	Model         Model
	Store         Store
	Listings      Listings
	Introductions Introductions
	Reasons       Reasons
	Tx            journal.Transactor
	Journal       journal.Journal
	Clock         clock.Clock
}

// NewService makes the service.
func NewService(d Deps) *Service {
	if d.Ready == nil {
		d.Ready = func(context.Context) error { return nil }
	}
	return &Service{ready: d.Ready, index: d.Index, model: d.Model, store: d.Store, listings: d.Listings,
		introductions: d.Introductions, reasons: d.Reasons, tx: d.Tx, journal: d.Journal, clock: d.Clock}
}

// List is the answer to "who fits?", best first.
type List struct {
	// Model is the version of the ranking model.
	Model string
	Items []Item
	// Relevant and Irrelevant are how much of the other side the reader's
	// organisation has judged; the irrelevant are not among the items. Moved
	// tells how many of the items stand elsewhere for it.
	Relevant, Irrelevant, Moved int
}

// Item is one match as its reader sees it.
type Item struct {
	MatchID   string
	Other     Ref
	Title     text.Text
	ValueLine text.Text
	OrgName   text.Text
	Band      Band
	Explanation
	// Said is what the reader's organisation said of it.
	Said Say
	// Proposal is a mediator's of this pair; nil for none.
	Proposal *Proposal
	// IntroductionID is set when the two were introduced already.
	IntroductionID string
}

// Which of the matches are asked for.
type Which bool

// The two lists: the matches, and those that the reader's organisation finds
// irrelevant, of which the latest judged come first.
const (
	Standing Which = false
	Hidden   Which = true
)

// ForNeed gives the packages and achievements that may meet a need, with
// reasons, by its last published version: also while a deal has taken it out
// of search. A need that was never published has none. Errors: those of policy
// for match.read; errs.NotFound; those of Deps.Ready.
func (s *Service) ForNeed(ctx context.Context, actor policy.Actor, needID string, which Which) (List, error) {
	return s.answer(ctx, actor, Ref{Need, needID}, which)
}

// ForResult gives the needs that a package or an achievement may meet, with
// reasons. Errors as in ForNeed.
func (s *Service) ForResult(ctx context.Context, actor policy.Actor, result Ref, which Which) (List, error) {
	return s.answer(ctx, actor, result, which)
}

func (s *Service) answer(ctx context.Context, actor policy.Actor, asked Ref, which Which) (List, error) {
	facts, err := s.listings.Facts(ctx, asked)
	if err != nil {
		return List{}, err
	}
	if err := policy.Check(actor, policy.MatchRead, facts).Err(); err != nil {
		return List{}, err
	}
	if err := s.ready(ctx); err != nil {
		return List{}, err
	}
	list := List{Model: s.model.Version}
	own, err := s.listings.Published(ctx, asked)
	if errs.KindOf(err) == errs.NotFound {
		return list, nil
	}
	if err != nil {
		return List{}, err
	}
	var said []Feedback
	if actor.OrgID != "" {
		if said, err = s.store.FeedbackOn(ctx, actor.OrgID, asked, remembered); err != nil {
			return List{}, err
		}
	}
	list.Relevant, list.Irrelevant = s.counted(said)
	q := question{asked: own, own: own.ViewFor(policy.TiersOf(actor, facts)), tiers: policy.ReaderTiers(actor),
		judged: judgementsOf(said), least: s.model.Bands.Possible}
	var found []finding
	if which == Hidden {
		found, err = s.hidden(ctx, q)
	} else {
		found, err = s.find(ctx, q)
		found = found[:min(len(found), s.model.Shown)]
	}
	if err != nil {
		return List{}, err
	}
	for i := range found {
		f := &found[i]
		f.explanation = s.index().Explain(f.need, f.result, f.verdicts)
		if f.match.Features[NearMeaning] >= s.model.Meaning.Telling {
			f.explanation.Reasons = append(f.explanation.Reasons, Reason{Code: AlikeInMeaning})
		}
		if f.pull.moves() {
			list.Moved++
		}
	}
	if err := s.because(ctx, q, found); err != nil {
		return List{}, err
	}
	if err := s.recorded(ctx, found); err != nil {
		return List{}, err
	}
	if which == Standing && actor.OrgID == own.OrgID {
		if err := s.shown(ctx, sideOfKind(own.Kind), found); err != nil {
			return List{}, err
		}
	}
	if which == Standing {
		if found, err = s.withProposed(ctx, q, said, found); err != nil {
			return List{}, err
		}
	}
	list.Items, err = s.items(ctx, said, found)
	return list, err
}

// question is what is asked of the index and the store.
type question struct {
	asked Listing
	// own is the listing as the reader has it, tiers those of the reader.
	own   *View
	tiers []policy.Tier
	// judged is what the reader's organisation said of the other side, the
	// latest first.
	judged []Judgement
	// candidates are as in Ask; pairs that score less than least are left out.
	candidates int
	least      float64
}

// finding is a pair with both sides as the reader has them.
type finding struct {
	match        Match
	other        Listing
	need, result *View
	verdicts     []Verdict
	explanation  Explanation
	// proposal is a mediator's, nil for what nobody proposed.
	proposal *Proposal
	// pull is how it moves for the reader's organisation.
	pull Pull
}

const millionths = 1_000_000

// view is the other side's.
func (f finding) view() *View {
	if f.other.Kind == Need {
		return f.need
	}
	return f.result
}

// find gives the listings of the other side, best first for who asks.
func (s *Service) find(ctx context.Context, q question) ([]finding, error) {
	if q.own == nil {
		return nil, nil
	}
	ranked := s.index().Rank(s.model, Ask{View: q.own, Of: q.asked.Kind, Tiers: q.tiers, ExceptOrg: q.asked.OrgID, Candidates: q.candidates})
	ranked, pulls := s.preferring(q.judged, ranked, q.tiers)
	ranked = ranked[:min(len(ranked), s.loaded(q))]
	refs := make([]Ref, 0, len(ranked))
	for _, r := range ranked {
		if s.model.best(r.Features) < q.least {
			continue
		}
		refs = append(refs, r.Ref)
	}
	byRef, err := s.live(ctx, refs)
	if err != nil {
		return nil, err
	}
	var out []finding
	for _, r := range ranked {
		other, ok := byRef[r.Ref]
		if !ok {
			continue // it left between the index and the store
		}
		f, ok := s.finding(q, other)
		if !ok {
			continue
		}
		f.match.Features, f.pull = r.Features, pulls[r.Ref]
		if s.weigh(&f) >= q.least {
			out = append(out, f)
		}
	}
	slices.SortStableFunc(out, func(a, b finding) int {
		return cmp.Or(-cmp.Compare(a.worth(), b.worth()), cmp.Compare(a.other.ID, b.other.ID))
	})
	return withoutParts(out), nil
}

// loaded is how many of the first listings are read. Measured criteria can lift a
// pair a little, so that more are read than are shown; where a need has none,
// only parts of packages and what has just left fall out.
func (s *Service) loaded(q question) int {
	if q.asked.Kind == Need && len(q.own.Requirements) == 0 {
		return s.model.Shown + s.model.Shown/2
	}
	return 2 * s.model.Shown
}

// finding pairs what is asked about with another listing; false where the
// reader has nothing of that.
func (s *Service) finding(q question, other Listing) (finding, bool) {
	f := finding{other: other, match: Match{Origin: Found, Model: s.model.Version}}
	view := other.ViewFor(q.tiers)
	if view == nil {
		return f, false
	}
	need, result := q.asked, other
	f.need, f.result = q.own, view
	if q.asked.Kind != Need {
		need, result = other, q.asked
		f.need, f.result = view, q.own
	}
	f.match.NeedID, f.match.NeedOrg = need.ID, need.OrgID
	f.match.Subject, f.match.SubjectOrg = result.Ref, result.OrgID
	return f, true
}

// weigh judges a finding's requirements and gives its score, from the features
// of the texts and facts.
func (s *Service) weigh(f *finding) float64 {
	f.verdicts = judge(s.index().analyse, f.need.Requirements, f.result)
	if v := fit(f.verdicts); v != 0 {
		f.match.Features[RequirementFit] = v
	}
	score := s.model.Score(f.match.Features)
	f.match.Score, f.match.Band = int64(math.Round(score*millionths)), s.model.Bands.Of(score)
	return score
}

// worth is the score as the reader's organisation moves it.
func (f finding) worth() float64 {
	if f.pull.moves() {
		return float64(f.match.Score) * f.pull.Factor
	}
	return float64(f.match.Score)
}

// best is the score if every measured criterion were met.
func (m Model) best(f Features) float64 {
	g := Features{}
	for k, v := range f {
		g[k] = v
	}
	g[RequirementFit] = 1
	return max(m.Score(g), m.Score(f))
}

// withoutParts leaves out achievements whose package is in the list as well:
// the package is what can be taken.
func withoutParts(found []finding) []finding {
	inside := map[string]bool{}
	for _, f := range found {
		for _, id := range f.view().Contains {
			inside[id] = true
		}
	}
	return slices.DeleteFunc(found, func(f finding) bool {
		return f.other.Kind == Achievement && inside[f.other.ID]
	})
}

// recorded gives each finding its row in the ledger, a new one where there is none.
func (s *Service) recorded(ctx context.Context, found []finding) error {
	missing, err := s.attach(ctx, found)
	if err != nil || len(missing) == 0 {
		return err
	}
	return s.tx.InTx(ctx, func(ctx context.Context) error {
		fresh := make([]Match, 0, len(missing))
		for _, i := range missing {
			fresh = append(fresh, s.fresh(found[i].match))
		}
		if err := s.store.Insert(ctx, fresh); err != nil {
			return err
		}
		_, err := s.attach(ctx, found) // another replica may have been first
		return err
	})
}

// attach sets the ids of the findings that have rows and gives the places of
// those that have none.
func (s *Service) attach(ctx context.Context, found []finding) (missing []int, err error) {
	rows, err := s.rowsOf(ctx, found)
	if err != nil {
		return nil, err
	}
	for i := range found {
		if row, ok := rows[found[i].match.Pair()]; ok {
			found[i].match.ID = row.ID
		} else {
			missing = append(missing, i)
		}
	}
	return missing, nil
}

// rowsOf reads the ledger for findings of one listing.
func (s *Service) rowsOf(ctx context.Context, found []finding) (map[Pair]Match, error) {
	out := map[Pair]Match{}
	if len(found) == 0 {
		return out, nil
	}
	var rows []Match
	var err error
	if found[0].other.Kind == Need {
		ids := make([]string, 0, len(found))
		for _, f := range found {
			ids = append(ids, f.match.NeedID)
		}
		rows, err = s.store.OfSubject(ctx, found[0].match.Subject, ids)
	} else {
		subjects := make([]Ref, 0, len(found))
		for _, f := range found {
			subjects = append(subjects, f.match.Subject)
		}
		rows, err = s.store.OfNeed(ctx, found[0].match.NeedID, subjects)
	}
	for _, row := range rows {
		out[row.Pair()] = row
	}
	return out, err
}

func (s *Service) fresh(m Match) Match {
	now := s.clock.Now()
	m.ID, m.Version, m.CreatedAt, m.UpdatedAt = ident.NewID(), 1, now, now
	return m
}

func (s *Service) items(ctx context.Context, feedback []Feedback, found []finding) ([]Item, error) {
	pairs := make([]Pair, 0, len(found))
	for _, f := range found {
		pairs = append(pairs, f.match.Pair())
	}
	said := map[Ref]Say{}
	for _, f := range feedback {
		said[f.Other] = Say{f.Opinion, f.Code, f.Reason}
	}
	var introduced map[Pair]string
	if s.introductions != nil && len(pairs) > 0 {
		var err error
		if introduced, err = s.introductions.OfPairs(ctx, pairs); err != nil {
			return nil, err
		}
	}
	items := make([]Item, 0, len(found))
	for _, f := range found {
		view := f.view()
		items = append(items, Item{
			MatchID: f.match.ID, Other: f.other.Ref,
			Title: view.Title, ValueLine: view.ValueLine, OrgName: view.OrgName,
			Band: f.match.Band, Explanation: f.explanation,
			Said: said[f.other.Ref], IntroductionID: introduced[f.match.Pair()], Proposal: f.proposal,
		})
	}
	return items, nil
}

// followed is how many listings are compared with one that changed. The ledger
// keeps good matches alone, and those are among the first.
const followed = 40

// Follow writes the ledger for listings that changed: each is matched at once
// against the other side, as members see both. Pairs that are good or better
// are kept; strong ones that are new make an event for each side. from and to are the places
// in the feed; where another replica has done it meanwhile, nothing is
// written and the error is errs.Stale "stale_version".
//
// The index must already hold what the feed says up to `to`.
func (s *Service) Follow(ctx context.Context, from, to int64, changed []Ref) error {
	members := []policy.Tier{policy.TierPublic, policy.TierMembers}
	live, err := s.listings.Live(ctx, changed)
	if err != nil {
		return err
	}
	var found []finding
	for _, l := range live {
		fs, err := s.find(ctx, question{
			asked: l, own: l.ViewFor(members), tiers: members, candidates: followed, least: s.model.Bands.Good,
		})
		if err != nil {
			return err
		}
		found = append(found, fs...)
	}
	return s.tx.InTx(ctx, func(ctx context.Context) error {
		if err := s.store.Advance(ctx, from, to); err != nil {
			return err
		}
		now := s.clock.Now()
		for _, f := range found {
			if err := s.keep(ctx, f, now); err != nil {
				return err
			}
		}
		return nil
	})
}

// keep writes one finding into the ledger.
func (s *Service) keep(ctx context.Context, f finding, now time.Time) error {
	rows, err := s.store.OfNeed(ctx, f.match.NeedID, []Ref{f.match.Subject})
	if err != nil {
		return err
	}
	if len(rows) == 1 {
		row := rows[0]
		if row.Model == f.match.Model && row.Band == f.match.Band && row.Score == f.match.Score {
			return nil
		}
		row.Model, row.Features, row.Score, row.Band = f.match.Model, f.match.Features, f.match.Score, f.match.Band
		row.Version++
		row.UpdatedAt = now
		return s.store.Save(ctx, row)
	}
	m := s.fresh(f.match)
	if err := s.store.Insert(ctx, []Match{m}); err != nil {
		return err
	}
	if m.Band != Strong {
		return nil
	}
	return s.journal.Write(ctx, journal.Entry{
		Actor: policy.SystemActor(), Action: policy.MatchFind, Kind: "match", Subject: m.ID, Version: m.Version, At: now,
		Events: []event.Event{
			foundFor(Ref{Need, m.NeedID}, m), foundFor(m.Subject, m),
		},
	})
}

// foundFor is the event for the owner of one side.
func foundFor(ref Ref, m Match) event.Event {
	return event.Event{
		Name: event.MatchFound, Kind: string(ref.Kind), Subject: ref.ID, Version: m.Version,
		Data: map[string]any{"match_id": m.ID},
	}
}
