package match

import (
	"context"
	"math"
	"slices"

	"chengqiao/internal/errs"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// Related is what somebody who reads a listing may want to read next: of the
// listing's own side those that are like it, of the other those that may meet
// it. Best first.
type Related struct {
	Results, Needs []Akin
}

// Akin is one listing beside another, as their reader has both.
type Akin struct {
	Ref       Ref
	Title     text.Text
	ValueLine text.Text
	// Band is the pair's, as in a list of matches; None where both are of one side.
	Band    Band
	Reasons []Reason
}

const (
	// relatedShown is how many listings of either side are told.
	relatedShown = 6
	// relatedLoaded is how many are looked at for them: some left the store
	// since, some are parts of others.
	relatedLoaded = relatedShown + 4
	// relatedCompared is how many are compared to find them.
	relatedCompared = 100
)

// readActions are what it takes to read a listing.
var readActions = map[Kind]policy.Action{
	Achievement: policy.AchievementRead, Package: policy.PackageRead, Need: policy.NeedRead,
}

// Related are the listings to read beside one. Both sides count as any member,
// or anybody, reads them: an owner is shown what others are shown. Of a package
// its own parts are left out, and of an achievement the packages that hold it
// with their parts. The owner plays no part, so that the list tells nothing of
// who is behind an anonymous need. Errors: those of policy for reading the
// listing; errs.NotFound; those of Deps.Ready.
func (s *Service) Related(ctx context.Context, actor policy.Actor, ref Ref) (Related, error) {
	q, err := s.reading(ctx, actor, ref)
	if err != nil || q.own == nil {
		return Related{}, err
	}
	ask := Ask{View: q.own, Of: ref.Kind, Tiers: q.tiers, Candidates: relatedCompared, Admit: func(r Ref) bool { return r != ref }}
	alike := s.index().Alike(s.model, ask)
	fitting := s.index().Rank(s.model, ask)
	may := s.mayScore(fitting)
	fitting = slices.DeleteFunc(fitting, func(r Ranked) bool { return may[r.Ref] < q.least })
	return s.told(ctx, q, alike, fitting)
}

// Fitting tells how well those of the other side fit a listing whose ids are
// given, best first, as Related does: also of those that it would not show, whose
// band is None. What shares nothing with the listing, or is not to be read, is
// left out. Errors as in Related.
func (s *Service) Fitting(ctx context.Context, actor policy.Actor, ref Ref, ids []string) ([]Akin, error) {
	q, err := s.reading(ctx, actor, ref)
	if err != nil || q.own == nil {
		return nil, err
	}
	q.least = math.Inf(-1)
	ranked := s.index().Rank(s.model, Ask{View: q.own, Of: ref.Kind, Tiers: q.tiers, Admit: func(r Ref) bool { return slices.Contains(ids, r.ID) }})
	live, err := s.live(ctx, refsOf(ranked))
	if err != nil {
		return nil, err
	}
	q.explainer = s.index().Explainer(q.own, ref.Kind)
	found := s.findings(q, ranked, nil, live)
	slices.SortFunc(found, finding.order)
	return q.fitting(found), nil
}

// reading is the question what belongs to a listing as its reader has it; without
// a view where the reader has nothing of it.
func (s *Service) reading(ctx context.Context, actor policy.Actor, ref Ref) (question, error) {
	facts, err := s.listings.Facts(ctx, ref)
	if err != nil {
		return question{}, err
	}
	if err := policy.Check(actor, readActions[ref.Kind], facts).Err(); err != nil {
		return question{}, err
	}
	if err := s.ready(ctx); err != nil {
		return question{}, err
	}
	own, err := s.listings.Published(ctx, ref)
	if errs.KindOf(err) == errs.NotFound {
		return question{}, nil
	}
	if err != nil {
		return question{}, err
	}
	tiers := policy.ReaderTiers(actor)
	return question{asked: own, own: own.ViewFor(tiers), tiers: tiers, least: s.model.Bands.Possible}, nil
}

// fitting are findings as they are told beside a listing.
func (q question) fitting(found []finding) []Akin {
	out := make([]Akin, 0, len(found))
	for _, f := range found {
		v := f.view()
		out = append(out, Akin{
			Ref: f.other.Ref, Title: v.Title, ValueLine: v.ValueLine, Band: f.match.Band, Reasons: q.explained(q.explainer, f).Reasons,
		})
	}
	return out
}

// told loads what was ranked and leaves out what belongs together. What may fit
// is weighed with what is measured on both sides, as in a list of matches.
func (s *Service) told(ctx context.Context, q question, alike, fitting []Ranked) (Related, error) {
	own, read := q.asked, q.own
	alike, fitting = alike[:min(len(alike), relatedLoaded)], fitting[:min(len(fitting), relatedLoaded)]
	var refs []Ref
	if own.Kind == Achievement {
		parents, err := s.listings.Parents(ctx, own.ID)
		if err != nil {
			return Related{}, err
		}
		for _, id := range parents {
			refs = append(refs, Ref{Package, id})
		}
	}
	for _, r := range slices.Concat(alike, fitting) {
		if !slices.Contains(refs, r.Ref) {
			refs = append(refs, r.Ref)
		}
	}
	live, err := s.live(ctx, refs)
	if err != nil {
		return Related{}, err
	}
	views := make(map[Ref]*View, len(live))
	for ref, l := range live {
		if v := l.ViewFor(q.tiers); v != nil {
			views[ref] = v
		}
	}
	for _, r := range kin(own.Ref, read, views) {
		delete(views, r)
	}
	q.explainer = s.index().Explainer(read, own.Kind)
	same := akin(alike, views, func(v *View) []Reason {
		return slices.DeleteFunc(q.explainer.WithResult(v, nil).Reasons, func(r Reason) bool { return !slices.Contains(ofOneSide, r.Code) })
	})
	found := s.findings(q, fitting, nil, live)
	slices.SortFunc(found, finding.order)
	other := q.fitting(firstWhole(found, relatedShown))
	if own.Kind == Need {
		return Related{Needs: same, Results: other}, nil
	}
	return Related{Results: same, Needs: other}, nil
}

// ofOneSide are the reasons that say something of two needs or two results:
// neither has to reach the other's level or to cost no more.
var ofOneSide = []ReasonCode{SharedTerms, SameFieldAs, RegionSame}

// kin are the listings that are one thing with a listing, as its reader knows.
func kin(own Ref, read *View, views map[Ref]*View) []Ref {
	var out []Ref
	parts := read.Contains
	for ref, v := range views {
		if own.Kind == Achievement && slices.Contains(v.Contains, own.ID) {
			out = append(out, ref)
			parts = slices.Concat(parts, v.Contains)
		}
	}
	for _, id := range parts {
		out = append(out, Ref{Achievement, id})
	}
	return out
}

// akin are the first of those alike that are there to be read, an achievement
// not beside its package.
func akin(ranked []Ranked, views map[Ref]*View, reasons func(*View) []Reason) []Akin {
	inside := map[string]bool{}
	for _, r := range ranked {
		if v := views[r.Ref]; v != nil {
			for _, id := range v.Contains {
				inside[id] = true
			}
		}
	}
	out := make([]Akin, 0, relatedShown)
	for _, r := range ranked {
		v := views[r.Ref]
		if v == nil || r.Ref.Kind == Achievement && inside[r.Ref.ID] {
			continue
		}
		if out = append(out, Akin{Ref: r.Ref, Title: v.Title, ValueLine: v.ValueLine, Reasons: reasons(v)}); len(out) == relatedShown {
			break
		}
	}
	return out
}
