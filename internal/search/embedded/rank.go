package embedded

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
	index "github.com/blevesearch/bleve_index_api"

	"chengqiao/internal/policy"
	"chengqiao/internal/search"
	"chengqiao/internal/search/analysis"
)

// The weights of the ranking.
const (
	// bm25K1 and bm25B: listings' texts are of similar length and repeat a word
	// for little reason, so both are below the textbook's 1.2 and 0.75. Values
	// around these change the figures of docs/evaluation.md by less than 0.01.
	bm25K1 = 0.9
	bm25B  = 0.4
	// titleWeight is what a match in the title adds to that in the text.
	titleWeight = 0.4
	// pinyinWeight and initialWeight: what sounds alike is a guess.
	pinyinWeight  = 0.5
	initialWeight = 0.2
	// prefixWeight and typoWeight in a close match.
	prefixWeight = 0.7
	typoWeight   = 0.5
	// literalWeight is what the words as written add to their synonym group.
	literalWeight = 0.5
	// maxRanked is how many units of a text that any may answer are looked for:
	// those that tell most. The rest cost time and change no figure.
	maxRanked = 48
	// maxExpansions bounds the terms that one unit of a close match stands for.
	maxExpansions = 64
)

// ranking collects, term by term, the scores of the documents of a snapshot.
type ranking struct {
	snapshot *snapshot
	columns  *columns
	sight    sight
	reader   search.Reader
	match    search.Match

	scores []float32 // by ordinal
	// answered counts the units that a document answers; last is the unit
	// counted last, + 1.
	answered, last []uint16
	touched        []uint32
	// partial tells that not every unit was looked for.
	partial bool
}

// rank scores the visible documents that answer enough units of the plan; the
// set holds those, the scores are by ordinal.
func (r *ranking) rank(ctx context.Context, plan analysis.Plan) (*roaring.Bitmap, error) {
	if r.match == search.MatchAny && len(plan.Units) > maxRanked {
		telling, err := r.telling(ctx, plan.Units)
		if err != nil {
			return nil, err
		}
		plan.Units, r.partial = telling, true
	}
	for i, unit := range plan.Units {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := r.unit(ctx, i, unit); err != nil {
			return nil, err
		}
	}
	least := uint16(r.match.MinUnits(len(plan.Units)))
	found := r.touched[:0]
	for _, o := range r.touched {
		if r.answered[o] >= least && r.sight.visible.Contains(o) {
			found = append(found, o)
		}
	}
	slices.Sort(found)
	return roaring.BitmapOf(found...), r.literals(ctx, plan)
}

// telling are the units of a long text that say most about it: rare ones, and
// those it repeats.
func (r *ranking) telling(ctx context.Context, units []analysis.Unit) ([]analysis.Unit, error) {
	worth := make(map[string]float64, len(units))
	known := make([]analysis.Unit, 0, len(units))
	for _, u := range units {
		var holders uint64
		for _, p := range r.places(search.Areas(u.Class, r.match)) {
			if p.restricted || p.area == search.AreaTitle {
				continue // a title's words are in the body too
			}
			postings, err := r.snapshot.TermFieldReader(ctx, []byte(u.Term), field(p.tier, p.area), false, false, false)
			if err != nil {
				return nil, err
			}
			holders += postings.Count()
			if err := postings.Close(); err != nil {
				return nil, err
			}
		}
		if holders > 0 || !r.sight.full.IsEmpty() {
			worth[u.Term] = r.rarity(holders) * emphasis(u)
			known = append(known, u)
		}
	}
	slices.SortStableFunc(known, func(a, b analysis.Unit) int { return cmp.Compare(worth[b.Term], worth[a.Term]) })
	return known[:min(maxRanked, len(known))], nil
}

// emphasis weighs a unit that the text repeats.
func emphasis(u analysis.Unit) float64 { return math.Sqrt(float64(u.Count)) }

// place is a field to look in, with its weight.
type place struct {
	tier   policy.Tier
	area   search.Area
	weight float64
	// restricted: only documents read in full count.
	restricted bool
}

func (r *ranking) places(areas []search.Area) []place {
	var out []place
	for _, tier := range policy.AllTiers {
		restricted := !r.reader.Reads(tier)
		if restricted && r.sight.full.IsEmpty() {
			continue
		}
		for _, area := range areas {
			out = append(out, place{tier, area, areaWeight(area), restricted})
		}
	}
	return out
}

func areaWeight(a search.Area) float64 {
	switch a {
	case search.AreaTitle:
		return titleWeight
	case search.AreaPinyin:
		return pinyinWeight
	case search.AreaInitial:
		return initialWeight
	}
	return 1
}

// expansion is a term of a field that a unit stands for.
type expansion struct {
	place  place
	term   string
	weight float64
}

func (r *ranking) unit(ctx context.Context, number int, unit analysis.Unit) error {
	var list []expansion
	for _, p := range r.places(search.Areas(unit.Class, r.match)) {
		more, err := r.expand(p, unit)
		if err != nil {
			return err
		}
		list = append(list, more...)
	}
	weight := float32(emphasis(unit))
	return r.walk(ctx, list, func(o uint32, score float32) {
		if r.answered[o] == 0 {
			r.touched = append(r.touched, o)
		}
		if mark := uint16(number + 1); r.last[o] != mark {
			r.last[o] = mark
			r.answered[o]++
		}
		r.scores[o] += weight * score
	})
}

// literals adds what the words as written weigh, to documents already found.
func (r *ranking) literals(ctx context.Context, plan analysis.Plan) error {
	var list []expansion
	for _, unit := range plan.Units {
		for _, term := range unit.Literal {
			for _, p := range r.places([]search.Area{search.AreaTitle, search.AreaBody}) {
				list = append(list, expansion{p, term, literalWeight})
			}
		}
	}
	return r.walk(ctx, list, func(o uint32, score float32) {
		if r.answered[o] > 0 {
			r.scores[o] += score
		}
	})
}

// expand gives the terms of a field that a unit stands for.
func (r *ranking) expand(p place, unit analysis.Unit) ([]expansion, error) {
	out := []expansion{{p, unit.Term, 1}}
	if r.match != search.MatchClose || unit.Class != analysis.Word || p.area == search.AreaInitial {
		return out, nil
	}
	name := field(p.tier, p.area)
	if unit.Prefix {
		dict, err := r.snapshot.FieldDictPrefix(name, []byte(unit.Term))
		if err != nil {
			return nil, err
		}
		if out, err = gather(out, dict, p, prefixWeight, func(string) bool { return true }); err != nil {
			return nil, err
		}
	}
	if unit.Typos > 0 && p.area != search.AreaPinyin {
		dict, err := r.snapshot.FieldDictFuzzy(name, unit.Term, unit.Typos, "")
		if err != nil {
			return nil, err
		}
		near := func(term string) bool { return analysis.Within(unit.Term, term, unit.Typos) }
		if out, err = gather(out, dict, p, typoWeight, near); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func gather(out []expansion, dict index.FieldDict, p place, weight float64, keep func(string) bool) ([]expansion, error) {
	for n := 0; n < maxExpansions; {
		entry, err := dict.Next()
		if err != nil {
			return nil, err
		}
		if entry == nil {
			break
		}
		if !slices.ContainsFunc(out, func(x expansion) bool { return x.term == entry.Term }) && keep(entry.Term) {
			out = append(out, expansion{p, entry.Term, weight})
			n++
		}
	}
	return out, dict.Close()
}

// walk visits the postings of terms with the score that each brings.
func (r *ranking) walk(ctx context.Context, list []expansion, visit func(o uint32, score float32)) error {
	var known float64 // the rarity seen in fields that the reader reads
	for _, x := range list {
		postings, err := r.snapshot.TermFieldReader(ctx, []byte(x.term), field(x.place.tier, x.place.area), true, false, false)
		if err != nil {
			return err
		}
		rarity := r.rarity(postings.Count())
		if x.place.restricted {
			// How often others' hidden texts use a word must not show.
			rarity = cmp.Or(known, r.rarity(0))
		} else {
			known = rarity
		}
		if err := r.postings(postings, x, rarity*x.weight*x.place.weight, visit); err != nil {
			return err
		}
	}
	return nil
}

func (r *ranking) postings(list index.TermFieldReader, x expansion, weight float64, visit func(o uint32, score float32)) error {
	lengths, average := r.lengths(x.place)
	segment := 0
	var d index.TermFieldDoc
	for {
		next, err := list.Next(&d)
		if err != nil {
			return err
		}
		if next == nil {
			return list.Close()
		}
		number := next.ID.Value()
		for segment+1 < len(r.snapshot.starts) && number >= r.snapshot.starts[segment+1] {
			segment++
		}
		o := r.snapshot.ordinals[segment][number-r.snapshot.starts[segment]]
		if x.place.restricted && !r.sight.full.Contains(o) {
			continue
		}
		score := weight
		if lengths != nil {
			tf := float64(next.Freq)
			score *= tf * (bm25K1 + 1) / (tf + bm25K1*(1-bm25B+bm25B*float64(lengths[o])/average))
		}
		visit(o, float32(score))
	}
}

// lengths are the field's lengths with their mean; nil where only presence
// counts.
func (r *ranking) lengths(p place) ([]uint32, float64) {
	i := slices.Index(weighted, weightedField{p.tier, p.area})
	if i < 0 || r.columns.filled[i] == 0 {
		return nil, 0
	}
	return r.columns.lengths[i], float64(r.columns.totals[i]) / float64(r.columns.filled[i])
}

// rarity is the inverse document frequency of BM25.
func (r *ranking) rarity(holders uint64) float64 {
	n, df := float64(r.columns.live.GetCardinality()), float64(holders)
	return math.Log(1 + max(0, n-df+0.5)/(df+0.5))
}
