package match

import (
	"cmp"
	"context"
	"math"
	"slices"
	"sync"

	"chengqiao/internal/policy"
	"chengqiao/internal/span"
)

// question is what is asked of the index and the store.
type question struct {
	asked Listing
	// own is the listing as the reader has it, tiers those of the reader.
	own   *View
	tiers []policy.Tier
	// judged is what the reader's organisation said of the other side, the
	// latest first.
	judged []Judgement
	// least: pairs that score less are left out.
	least float64
	// ledger asks for what is written down, and not for a list that somebody reads:
	// fewer are compared, all that are good are kept, and the store itself says which
	// are live.
	ledger bool
	// explainer explains pairs with own; nil where nobody asks why.
	explainer *Explainer
}

// explained tells why a pair that was found fits, by q's explainer or a fork of it.
func (q question) explained(by *Explainer, f finding) Explanation {
	if q.asked.Kind == Need {
		return by.WithResult(f.result, f.verdicts)
	}
	return by.WithNeed(f.need, f.verdicts)
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
	ask := Ask{View: q.own, Of: q.asked.Kind, Tiers: q.tiers, ExceptOrg: q.asked.OrgID}
	if q.ledger {
		ask.Candidates, ask.Keep = followed, true
	}
	_, ended := span.Begin(ctx, "match rank")
	ranked, pulls := s.preferring(q.judged, s.index().Rank(s.model, ask), q.tiers)
	ended(nil)
	may := s.mayScore(ranked)
	ranked = slices.DeleteFunc(ranked, func(r Ranked) bool { return may[r.Ref] < q.least })
	if !q.ledger {
		return s.first(ctx, q, ranked, pulls, may)
	}
	listings, err := s.listings.Live(ctx, refsOf(ranked))
	if err != nil {
		return nil, err
	}
	found := s.findings(q, ranked, pulls, byRef(listings))
	slices.SortFunc(found, finding.order)
	return withoutParts(found), nil
}

// mayScore is how much each of those that are ranked may score at most: whether
// measured criteria are met is known when the listings are read, and can lift a
// pair a little.
func (s *Service) mayScore(ranked []Ranked) map[Ref]float64 {
	scorer := s.model.scorer()
	may := make(map[Ref]float64, len(ranked))
	for _, r := range ranked {
		if may[r.Ref] = r.Score; r.Measured {
			may[r.Ref] = scorer.best(r.values)
		}
	}
	return may
}

// first are the findings that a list shows. Listings are read as far as one of
// those that are left may still stand before the last that is shown, or twice as
// many as are shown have been read.
func (s *Service) first(ctx context.Context, q question, ranked []Ranked, pulls map[Ref]Pull, may map[Ref]float64) ([]finding, error) {
	reach := reachOf(ranked, pulls, may)
	var found, list []finding
	for read, there := 0, 0; read < len(ranked) && there < 2*s.model.Shown; {
		missing := s.model.Shown - len(list)
		if missing == 0 && list[len(list)-1].worth() > reach[read] {
			break
		}
		part := ranked[read:min(read+max(missing, (s.model.Shown+1)/2), len(ranked))]
		listings, err := s.live(ctx, refsOf(part))
		if err != nil {
			return nil, err
		}
		read, there = read+len(part), there+len(listings)
		found = append(found, s.findings(q, part, pulls, listings)...)
		slices.SortFunc(found, finding.order)
		list = firstWhole(found, s.model.Shown)
	}
	return list, nil
}

// reachOf is by place, and for the end, what the best of those from there on may
// be worth.
func reachOf(ranked []Ranked, pulls map[Ref]Pull, may map[Ref]float64) []float64 {
	reach := make([]float64, len(ranked)+1)
	for i := len(ranked) - 1; i >= 0; i-- {
		f := finding{pull: pulls[ranked[i].Ref]}
		f.match.Score = int64(math.Ceil(may[ranked[i].Ref] * millionths))
		reach[i] = max(f.worth(), reach[i+1])
	}
	return reach
}

func refsOf(ranked []Ranked) []Ref {
	refs := make([]Ref, len(ranked))
	for i, r := range ranked {
		refs[i] = r.Ref
	}
	return refs
}

// fewToRead is how many listings are read by one question to the store: the
// halves of more are read at the same time.
const fewToRead = 6

// live are those of the listings that are live to be shown, by what they are. It
// is not for use inside a transaction.
func (s *Service) live(ctx context.Context, refs []Ref) (map[Ref]Listing, error) {
	switch {
	case len(refs) == 0:
		return nil, nil
	case len(refs) <= fewToRead:
		listings, err := s.listings.LiveToShow(ctx, refs)
		return byRef(listings), err
	}
	var mu sync.Mutex
	var all []Listing
	var failed error
	inHalves(len(refs), func(from, to int) {
		listings, err := s.listings.LiveToShow(ctx, refs[from:to])
		mu.Lock()
		defer mu.Unlock()
		all, failed = append(all, listings...), cmp.Or(failed, err)
	})
	return byRef(all), failed
}

func byRef(listings []Listing) map[Ref]Listing {
	out := make(map[Ref]Listing, len(listings))
	for _, l := range listings {
		out[l.Ref] = l
	}
	return out
}

// findings pairs what is asked about with the listings that were read; what
// scores less than the question's least is left out.
func (s *Service) findings(q question, ranked []Ranked, pulls map[Ref]Pull, listings map[Ref]Listing) []finding {
	var out []finding
	judge := newJudge(s.index().analyse)
	for _, r := range ranked {
		other, ok := listings[r.Ref]
		if !ok {
			continue // it left between the index and the store
		}
		f, ok := s.finding(q, other)
		if !ok {
			continue
		}
		f.match.Features, f.pull = r.Features(), pulls[r.Ref]
		if s.weigh(&f, judge) >= q.least {
			out = append(out, f)
		}
	}
	return out
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
// of the texts and facts, and its band: nothing fits strongly that misses what must
// be met or costs twice what would be paid, however much of the texts agrees.
func (s *Service) weigh(f *finding, judge *judge) float64 {
	f.verdicts = judge.verdicts(f.need, f.result)
	if v := fit(f.verdicts); v != 0 {
		f.match.Features[RequirementFit] = v
	}
	score := s.model.Score(f.match.Features)
	f.match.Score, f.match.Band = int64(math.Round(score*millionths)), s.model.Bands.Of(score)
	if f.match.Band == Strong && (missesMust(f.verdicts) || f.match.Features[PriceFit] <= -1) {
		f.match.Band = Good
	}
	return score
}

// worth is the score as the reader's organisation moves it.
func (f finding) worth() float64 {
	if f.pull.moves() {
		return float64(f.match.Score) * f.pull.Factor
	}
	return float64(f.match.Score)
}

// order puts findings best first, as they move for who asks.
func (f finding) order(g finding) int {
	return cmp.Or(-cmp.Compare(f.worth(), g.worth()), cmp.Compare(f.other.ID, g.other.ID))
}

// firstWhole are so many of the findings as a list shows, without parts of
// packages that it shows too; all there are if they are fewer.
func firstWhole(found []finding, shown int) []finding {
	for n := min(shown, len(found)); ; n++ {
		if list := withoutParts(slices.Clone(found[:n])); len(list) >= shown || n == len(found) {
			return list
		}
	}
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

// explained gives pairs of the ledger both sides as readers of some tiers have
// them, and their reasons; one of which a side has left is left out.
func (s *Service) explained(ctx context.Context, matches []Match, tiers []policy.Tier) ([]finding, error) {
	var refs []Ref
	for _, m := range matches {
		refs = append(refs, Ref{Need, m.NeedID}, m.Subject)
	}
	live, err := s.listings.Live(ctx, refs)
	if err != nil {
		return nil, err
	}
	views := map[Ref]*View{}
	for _, l := range live {
		if v := l.ViewFor(tiers); v != nil {
			views[l.Ref] = v
		}
	}
	out := make([]finding, 0, len(matches))
	for _, m := range matches {
		need, result := views[Ref{Need, m.NeedID}], views[m.Subject]
		if need != nil && result != nil {
			f := finding{match: m, need: need, result: result, explanation: s.index().Explainer(need, Need).WithResult(result, nil)}
			s.tellMeaning(&f)
			out = append(out, f)
		}
	}
	return out, nil
}
