package match

import (
	"slices"
	"sync"

	"chengqiao/internal/policy"
)

// leastDescribed is the score from which on a listing may be what a text describes, and
// leastOfBest that as a part of the best one's. The latter keeps from a small market, in
// which scores are high, what shares a common word. Judged needs of one clause come to
// Recall@20 .71 with all that is compared and with some 50 that pass both; English titles of records in
// Chinese alone to .50 and .41 (docs/evaluation.md, described). Where nothing in a market is
// about what is described, the best comes to .01 or .02.
const (
	leastDescribed = 0.03
	leastOfBest    = 0.2
)

// describedKept bounds the answers that are kept: who reads on, or opens a facet, asks the same again.
const describedKept = 64

// describedKey is what an answer depends on.
type describedKey struct {
	text, kinds string
	who         readers
	limit       int
	generation  int64
}

// Described are the listings that a text describes, in its words or others, best first
// and at most limit: results as they would fit a need of this text, and needs by what
// they say as if that were offered. Only listings of kinds are among them; without any,
// all. Readers of the tiers may read of them what brings them here.
func (x *Index) Described(m Model, text string, kinds []Kind, tiers []policy.Tier, limit int) []Ref {
	content := x.weigh(&View{Texts: map[Field][]string{Body: {text}}}, needs)
	x.mu.RLock()
	defer x.mu.RUnlock()
	key := describedKey{text: text, who: readerOf(tiers), limit: limit, generation: x.generation}
	for _, k := range kinds {
		key.kinds += string(k) + " "
	}
	if kept, ok := x.described.Get(key); ok {
		return slices.Clone(kept)
	}
	v := x.vectorOf(content)
	asked, usual := x.wishOf(v, facts{}, new(wishRoom)), x.meant.usual(m.Meaning)
	admit := func(s *slot) bool { return len(kinds) == 0 || slices.Contains(kinds, s.ref.Kind) }
	var ranked []Ranked
	for s := range sideCount {
		if len(kinds) == 0 || slices.ContainsFunc(kinds, func(k Kind) bool { return sideOf(k) == s }) {
			found, compared := x.promising(m, v, s, key.who, admit, m.Candidates, m.Candidates)
			ranked = append(ranked, x.answering(m, &asked, s, key.who, found[:compared], usual)...)
		}
	}
	slices.SortFunc(ranked, Ranked.order)
	fits := 0
	for fits < min(len(ranked), limit) && ranked[fits].Score >= max(leastDescribed, leastOfBest*ranked[0].Score) {
		fits++
	}
	refs := refsOf(ranked[:fits])
	x.described.Put(key, refs)
	return slices.Clone(refs)
}

// answering compares what is wished with listings of a half. The caller holds the read lock.
func (x *Index) answering(m Model, asked *wish, s side, who readers, found []scored, usual float64) []Ranked {
	scorer := m.scorer()
	out := make([]Ranked, len(found))
	inHalves(len(found), func(from, to int) {
		var there vector
		for i := from; i < to; i++ {
			slot := &x.halves[s].slots[found[i].slot]
			slot.read(&there)
			r := Ranked{Ref: slot.ref, OrgID: slot.org, values: x.compare(asked, &there, slot.factsFor(who), usual)}
			r.Score = scorer.score(&r.values)
			out[i] = r
		}
	})
	return out
}

// Offers are a few listings, which the index need not have, made ready for being held
// against many texts: it tells how rare their words are, and where they lie. Words that it
// does not know count for nothing.
type Offers struct {
	index    *Index
	listings []Listing
	contents map[*View]weighed

	mu         sync.Mutex
	generation int64 // of the index when it made the vectors
	vectors    map[*View]*vector
}

// Offer makes listings ready.
func (x *Index) Offer(listings []Listing) *Offers {
	o := &Offers{index: x, listings: listings, contents: map[*View]weighed{}}
	for _, l := range listings {
		for _, v := range []*View{l.Public, l.Members, l.Full} {
			if _, known := o.contents[v]; v != nil && !known {
				o.contents[v] = x.weigh(v, sideOf(l.Kind))
			}
		}
	}
	return o
}

// Described are those of the kinds, or of all without any, that a text describes so well
// that it would be a good match, as readers of the tiers have them, best first.
func (o *Offers) Described(m Model, text string, kinds []Kind, tiers []policy.Tier) []Ref {
	x := o.index
	content := x.weigh(&View{Texts: map[Field][]string{Body: {text}}}, needs)
	scorer := m.scorer()
	x.mu.RLock()
	defer x.mu.RUnlock()
	asked, usual := x.wishOf(x.vectorOf(content), facts{}, new(wishRoom)), x.meant.usual(m.Meaning)
	var ranked []Ranked
	for _, l := range o.listings {
		v := l.ViewFor(tiers)
		if v == nil || len(kinds) > 0 && !slices.Contains(kinds, l.Kind) {
			continue
		}
		known := factsOf(v)
		r := Ranked{Ref: l.Ref, values: x.compare(&asked, o.vector(v), &known, usual)}
		if r.Score = scorer.score(&r.values); r.Score >= m.Bands.Good {
			ranked = append(ranked, r)
		}
	}
	slices.SortFunc(ranked, Ranked.order)
	return refsOf(ranked)
}

// vector is that of a view in the index as it is. The caller holds its read lock.
func (o *Offers) vector(v *View) *vector {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.vectors == nil || o.generation != o.index.generation {
		o.vectors, o.generation = map[*View]*vector{}, o.index.generation
	}
	if o.vectors[v] == nil {
		o.vectors[v] = o.index.vectorOf(o.contents[v])
	}
	return o.vectors[v]
}
