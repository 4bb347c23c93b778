package match

import (
	"slices"

	"chengqiao/internal/policy"
)

// leastAbout is the score from which on a result is about a few words. Fewer than
// ten Chinese abstracts hold each of 68 keywords word for word, and 38 more papers
// bear these: 17 of the 38 are among 174 results of this score or more, 18 among
// 288 of .10, 14 among 128 of .14. Those that have half of the words or more are
// 357, 12 of the 38 among them.
const leastAbout = 0.12

// About answers a few words with listings that speak of what they do, in these
// words or others: results that fit a need of these words, and needs that are like
// it, the best of either side in turn, at most limit. Only listings of kinds are
// among them, and only their sides are asked; without any, all. Readers of the
// tiers may read of them what brings them here.
func (x *Index) About(m Model, words string, kinds []Kind, tiers []policy.Tier, limit int) []Ref {
	wanted := func(k Kind) bool { return len(kinds) == 0 || slices.Contains(kinds, k) }
	ask := Ask{View: &View{Texts: map[Field][]string{Body: {words}}}, Of: Need, Tiers: tiers}
	var fitting, alike []Ranked
	if len(kinds) == 0 || slices.ContainsFunc(kinds, func(k Kind) bool { return k != Need }) {
		ask.Admit = func(r Ref) bool { return wanted(r.Kind) }
		fitting = x.Rank(m, ask)
	}
	if wanted(Need) {
		ask.Admit = nil // all of that side are needs
		alike = x.Alike(m, ask)
	}
	out := make([]Ref, 0, limit)
	for i := range max(len(fitting), len(alike)) {
		if i < len(fitting) && fitting[i].Score >= leastAbout {
			out = append(out, fitting[i].Ref)
		}
		if i < len(alike) {
			out = append(out, alike[i].Ref)
		}
		if len(out) >= limit {
			break
		}
	}
	return out[:min(len(out), limit)]
}

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

// DescribedAmong are those of some listings that a text describes so well that it would be
// a good match, as readers of the tiers have them, best first. The index need not have
// them: it tells how rare their words are, and where they lie.
func (x *Index) DescribedAmong(m Model, text string, listings []Listing, tiers []policy.Tier) []Ref {
	content := x.weigh(&View{Texts: map[Field][]string{Body: {text}}}, needs)
	offered := make([]weighed, len(listings))
	for i, l := range listings {
		if v := l.ViewFor(tiers); v != nil {
			offered[i] = x.weigh(v, sideOf(l.Kind))
		}
	}
	scorer := m.scorer()
	x.mu.RLock()
	defer x.mu.RUnlock()
	asked, usual := x.wishOf(x.vectorOf(content), facts{}, new(wishRoom)), x.meant.usual(m.Meaning)
	var ranked []Ranked
	for i, l := range listings {
		if v := l.ViewFor(tiers); v != nil {
			there, known := x.vectorOf(offered[i]), factsOf(v)
			r := Ranked{Ref: l.Ref, values: x.compare(&asked, there, &known, usual)}
			if r.Score = scorer.score(&r.values); r.Score >= m.Bands.Good {
				ranked = append(ranked, r)
			}
		}
	}
	slices.SortFunc(ranked, Ranked.order)
	return refsOf(ranked)
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
