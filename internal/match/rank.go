package match

import (
	"cmp"
	"slices"

	"chengqiao/internal/policy"
)

// Ranked is one listing that fits another.
type Ranked struct {
	Ref   Ref
	OrgID string
	// Score is the pair's, the same whichever of the two was asked about.
	Score    float64
	Features Features
}

// Ask is a question to the index: what fits this view?
type Ask struct {
	// View is the listing asked about, as the reader has it.
	View *View
	// Of is the listing's kind: a need is answered with results, a result with needs.
	Of Kind
	// Tiers are those that the reader may read of other listings.
	Tiers []policy.Tier
	// ExceptOrg leaves out this organisation's own listings.
	ExceptOrg string
	// Admit, if set, says which listings may be in the answer at all.
	Admit func(Ref) bool
	// Candidates is how many listings are compared, if fewer than the model
	// says; 0 is the model's number.
	Candidates int
	// All ranks every listing that shares a term instead of the model's
	// number of candidates; those beyond it follow in the order of their
	// shared terms, without features.
	All bool
}

// Rank answers with the listings that fit best, best first. Measured criteria
// are not part of it: they need the claims themselves, see Explain.
func (x *Index) Rank(m Model, ask Ask) []Ranked {
	terms := x.model.weigh(x.analyse, ask.View)
	own := factsOf(ask.View)
	opposite := needs
	if ask.Of == Need {
		opposite = results
	}

	x.mu.RLock()
	defer x.mu.RUnlock()
	v := x.vectorOf(terms)
	compared := m.Candidates
	if ask.Candidates > 0 {
		compared = min(compared, ask.Candidates)
	}
	limit := compared
	if ask.All {
		limit = 0
	}
	found := x.candidates(x.probes(v), opposite, readerOf(ask.Tiers), func(s *slot) bool {
		return (ask.ExceptOrg == "" || s.org != ask.ExceptOrg) && (ask.Admit == nil || ask.Admit(s.ref))
	}, limit)

	var asked wish
	if ask.Of == Need {
		asked = x.wishOf(v, own)
	}
	out := make([]Ranked, 0, len(found))
	for i, c := range found {
		s := &x.halves[opposite].slots[c.slot]
		r := Ranked{Ref: s.ref, OrgID: s.org}
		if i < compared {
			if ask.Of == Need {
				r.Features = x.compare(asked, vector{entries: s.vector}, s.facts)
			} else {
				r.Features = x.compare(x.wishOf(vector{entries: s.vector}, s.facts), v, own)
			}
			r.Score = m.Score(r.Features)
		}
		out = append(out, r)
	}
	slices.SortStableFunc(out[:min(len(out), compared)], func(a, b Ranked) int {
		return cmp.Or(-cmp.Compare(a.Score, b.Score), cmp.Compare(a.Ref.ID, b.Ref.ID))
	})
	return out
}
