package match

import (
	"context"
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
	facts, err := s.listings.Facts(ctx, ref)
	if err != nil {
		return Related{}, err
	}
	if err := policy.Check(actor, readActions[ref.Kind], facts).Err(); err != nil {
		return Related{}, err
	}
	if err := s.ready(ctx); err != nil {
		return Related{}, err
	}
	own, err := s.listings.Published(ctx, ref)
	if errs.KindOf(err) == errs.NotFound {
		return Related{}, nil
	}
	if err != nil {
		return Related{}, err
	}
	tiers := policy.ReaderTiers(actor)
	read := own.ViewFor(tiers)
	if read == nil {
		return Related{}, nil
	}
	ask := Ask{View: read, Of: ref.Kind, Tiers: tiers, Candidates: relatedCompared, Admit: func(r Ref) bool { return r != ref }}
	alike := s.index().Alike(s.model, ask)
	q := question{asked: own, own: read, tiers: tiers, least: s.model.Bands.Possible}
	fitting := s.index().Rank(s.model, ask)
	may := s.mayScore(fitting)
	fitting = slices.DeleteFunc(fitting, func(r Ranked) bool { return may[r.Ref] < q.least })
	return s.told(ctx, q, alike, fitting)
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
	var other []Akin
	for _, f := range firstWhole(found, relatedShown) {
		v := f.view()
		other = append(other, Akin{
			Ref: f.other.Ref, Title: v.Title, ValueLine: v.ValueLine, Band: f.match.Band, Reasons: q.explained(q.explainer, f).Reasons,
		})
	}
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
