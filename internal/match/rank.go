package match

import (
	"cmp"
	"slices"

	"chengqiao/internal/beside"
	"chengqiao/internal/policy"
)

// Ranked is one listing that fits another.
type Ranked struct {
	Ref   Ref
	OrgID string
	// Score is the pair's, the same whichever of the two was asked about.
	Score float64
	// Measured: both sides say something measured, which moves the score when they
	// are read.
	Measured bool
	values   values
}

// Features are those that make the score.
func (r Ranked) Features() Features { return r.values.features() }

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
	// Admit, if set, says which listings may be in the answer at all; it is asked
	// by several goroutines.
	Admit func(Ref) bool
	// Candidates is how many listings are compared, if fewer than the model
	// says; 0 is the model's number.
	Candidates int
	// Keep keeps how the needs were weighed, for who compares many results one
	// after the other.
	Keep bool
	// All ranks every listing that shares a term instead of the model's
	// number of candidates; those beyond it follow in the order of their
	// shared terms, without features.
	All bool
}

// Rank answers with the listings that fit best, best first. Measured criteria
// are not part of it: they need the claims themselves, see Explain.
func (x *Index) Rank(m Model, ask Ask) []Ranked {
	content := x.weigh(ask.View, sideOf(ask.Of))
	own := factsOf(ask.View)
	opposite := needs
	if ask.Of == Need {
		opposite = results
	}

	x.mu.RLock()
	defer x.mu.RUnlock()
	v := x.vectorOf(content)
	v.meaning = ask.View.Meaning
	usual := x.meant.usual(m.Meaning)
	compared := m.Candidates
	if ask.Candidates > 0 {
		compared = min(compared, ask.Candidates)
	}
	limit := compared
	if ask.All {
		limit = 0
	}
	who := readerOf(ask.Tiers)
	admit := func(s *slot) bool {
		return (ask.ExceptOrg == "" || s.org != ask.ExceptOrg) && (ask.Admit == nil || ask.Admit(s.ref))
	}
	found, compared := x.promising(m, v, opposite, who, admit, compared, limit)

	var asked wish
	if ask.Of == Need {
		asked = x.wishOf(v, own, new(wishRoom))
	}
	scorer := m.scorer()
	out := make([]Ranked, len(found))
	for i, c := range found {
		s := &x.halves[opposite].slots[c.slot]
		out[i] = Ranked{Ref: s.ref, OrgID: s.org, Measured: own.measured && s.factsFor(who).measured}
	}
	inHalves(compared, func(from, to int) {
		var there vector
		var room wishRoom
		for i := from; i < to; i++ {
			r, s := &out[i], &x.halves[opposite].slots[found[i].slot]
			if ask.Of == Need {
				s.read(&there)
				r.values = x.compare(&asked, &there, s.factsFor(who), usual)
			} else {
				wish := x.wishAt(found[i].slot, who, ask.Keep, &room)
				r.values = x.compare(&wish, v, &own, usual)
			}
			r.Score = scorer.score(&r.values)
		}
	})
	slices.SortStableFunc(out[:min(len(out), compared)], Ranked.order)
	return out
}

// order puts the best first.
func (r Ranked) order(other Ranked) int {
	return cmp.Or(-cmp.Compare(r.Score, other.Score), cmp.Compare(r.Ref.ID, other.Ref.ID))
}

// promising are the slots of a half that share most with a vector, at most limit or
// all with 0, and behind the first so many of them those that lie near. It says how
// many are to be compared. The caller holds the read lock.
func (x *Index) promising(m Model, v *vector, s side, who readers, admit func(*slot) bool, first, limit int) ([]scored, int) {
	var near []scored
	nearest := beside.Start(func() {
		near = x.nearest(v.point, s, who, admit, min(first, m.Terms.Space.Candidates))
		near = append(near, x.nearestMeaning(v.meaning, s, who, admit, min(first, m.Meaning.Candidates))...)
	})
	found := func() []scored {
		defer nearest()
		return x.candidates(x.probes(v), s, who, admit, limit)
	}()
	return withNearest(found, near, first)
}

// inHalves does the two halves of what is to be done for each of n at the same
// time: somebody waits for the whole.
func inHalves(n int, do func(from, to int)) {
	if n == 0 {
		return
	}
	defer beside.Start(func() { do(n/2, n) })()
	do(0, n/2)
}

// withNearest puts the nearest listings behind the first so many of those that
// share words, and says how many are to be compared then.
func withNearest(found, near []scored, first int) ([]scored, int) {
	first = min(first, len(found))
	head, tail := found[:first:first], found[first:]
	known := make(map[uint32]bool, first)
	for _, c := range head {
		known[c.slot] = true
	}
	for _, c := range near {
		if !known[c.slot] {
			known[c.slot] = true
			head = append(head, c)
		}
	}
	compared := len(head)
	for _, c := range tail {
		if !known[c.slot] {
			head = append(head, c)
		}
	}
	return head, compared
}
