package match

import (
	"cmp"
	"context"
	"math"
	"slices"

	"chengqiao/internal/policy"
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
	ask, live := Ask{View: q.own, Of: q.asked.Kind, Tiers: q.tiers, ExceptOrg: q.asked.OrgID}, s.listings.LiveToShow
	if q.ledger {
		ask.Candidates, live = followed, s.listings.Live
	}
	ranked, pulls := s.preferring(q.judged, s.index().Rank(s.model, ask), q.tiers)
	if !q.ledger {
		ranked = ranked[:min(len(ranked), s.loaded(q))]
	}
	refs := make([]Ref, 0, len(ranked))
	scorer := s.model.scorer()
	for _, r := range ranked {
		if scorer.best(r.values) < q.least {
			continue
		}
		refs = append(refs, r.Ref)
	}
	byRef, err := byRef(ctx, live, refs)
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
		f.match.Features, f.pull = r.Features(), pulls[r.Ref]
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
