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
