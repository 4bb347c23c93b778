package match

import (
	"context"
	"log/slog"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
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
	log           *slog.Logger
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
	Log           *slog.Logger
}

// NewService makes the service.
func NewService(d Deps) *Service {
	if d.Ready == nil {
		d.Ready = func(context.Context) error { return nil }
	}
	return &Service{ready: d.Ready, index: d.Index, model: d.Model, store: d.Store, listings: d.Listings,
		introductions: d.Introductions, reasons: d.Reasons, tx: d.Tx, journal: d.Journal, clock: d.Clock, log: d.Log}
}

// List is the answer to "who fits?", best first.
type List struct {
	// Model is the version of the ranking model.
	Model string
	// At is when it was asked for: nothing that was found before is missing in it.
	At    time.Time
	Items []Item
	// Relevant and Irrelevant are how much of the other side the reader's
	// organisation has judged; the irrelevant are not among the items. Moved
	// tells how many of the items stand elsewhere for what was said of others.
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
	list := List{Model: s.model.Version, At: s.clock.Now()}
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
	if q.own != nil {
		q.explainer = s.index().Explainer(q.own, q.asked.Kind)
	}
	var found []finding
	if which == Hidden {
		found, err = s.hidden(ctx, q)
	} else {
		found, err = s.find(ctx, q)
	}
	if err != nil {
		return List{}, err
	}
	inHalves(len(found), func(from, to int) {
		explainer := q.explainer.fork()
		for i := from; i < to; i++ {
			found[i].explanation = q.explained(explainer, found[i])
		}
	})
	for i := range found {
		f := &found[i]
		s.tellMeaning(f)
		if f.pull.Code != "" {
			list.Moved++
		}
	}
	if err := s.because(ctx, q, found); err != nil {
		return List{}, err
	}
	var side Side
	if which == Standing && actor.OrgID == own.OrgID {
		side = sideOfKind(own.Kind)
	}
	if err := s.recorded(ctx, found, side); err != nil {
		return List{}, err
	}
	if which == Standing {
		found, err = s.withProposed(ctx, q, said, found)
	} else {
		err = s.tellProposed(ctx, q, found)
	}
	if err != nil {
		return List{}, err
	}
	list.Items, err = s.items(ctx, said, found)
	return list, err
}

// tellMeaning adds to the reasons of a pair that an embedding service found its
// sides alike; their words do not say so.
func (s *Service) tellMeaning(f *finding) {
	if f.match.Features[NearMeaning] >= s.model.Meaning.Telling {
		f.explanation.Reasons = append(f.explanation.Reasons, Reason{Code: AlikeInMeaning})
	}
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
