package embedded

import (
	"cmp"
	"context"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

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
	// literalWeight is what the words as written add to their synonym group: who says a
	// thing in another language has none of them.
	literalWeight = 0.3
	// maxRanked is how many units of a text that any may answer are looked for:
	// those that tell most. The rest cost time and change no figure.
	maxRanked = 48
)

// ranking collects, term by term, the scores of documents.
type ranking struct {
	segments []*segment
	columns  *columns
	analyzer *analysis.Analyzer
	sight    sight
	reader   search.Reader
	match    search.Match

	*scratch
	// telling: it counts which units a document answers.
	telling bool
	// partial tells that not every unit was looked for.
	partial bool
}

// rank scores the visible documents that answer enough units of the plan; the
// set holds those, the scores are by ordinal.
func (r *ranking) rank(ctx context.Context, plan analysis.Plan) (*roaring.Bitmap, error) {
	if r.match == search.MatchAny && len(plan.Units) > maxRanked {
		plan.Units, r.partial = r.mostTelling(plan.Units), true
	}
	for i, unit := range plan.Units {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		r.unit(i, unit)
	}
	found := r.answering(r.match.Least(plan))
	r.literals(plan)
	return found, nil
}

// weighTold lowers what answers less of a text than others by how much less that tells:
// of 除草机器人 whoever speaks of weeding comes before all the robots. It is measured by
// what the reader finds: no other document moves what is shown. Nothing is found where
// ranking was broken off; nothing is told behind it.
func (r *ranking) weighTold(found *roaring.Bitmap) {
	var most float32
	if found != nil {
		for it := found.Iterator(); it.HasNext(); {
			most = max(most, r.told[it.Next()])
		}
	}
	for _, o := range r.touched {
		r.marks[o].score *= float32(search.Told(float64(r.told[o]), float64(most)))
		r.told[o] = 0
	}
	r.telling = false
}

// scanShare: where more than this part of the slots is touched, looking at all
// of them in order costs less than sorting those.
const scanShare = 32

// answering are the visible documents that answer so much.
func (r *ranking) answering(least int) *roaring.Bitmap {
	is := func(o uint32) bool {
		return int(r.marks[o].answered) >= least && r.columns.sees(r.sight, o)
	}
	if len(r.touched) > len(r.columns.ids)/scanShare {
		set := newSlotSet(len(r.columns.ids))
		for _, o := range r.touched {
			if is(o) {
				set.put(o)
			}
		}
		return roaring.FromDense(set, false)
	}
	var found []uint32
	for _, o := range r.touched {
		if is(o) {
			found = append(found, o)
		}
	}
	slices.Sort(found)
	return roaring.BitmapOf(found...)
}

// clear makes the marks clean again.
func (r *ranking) clear() {
	if len(r.touched) > len(r.columns.ids)/scanShare {
		clear(r.marks)
	} else {
		for _, o := range r.touched {
			r.marks[o] = mark{}
		}
	}
	r.touched = r.touched[:0]
	clear(r.lists[:cap(r.lists)]) // segments may be merged away before the next search
}

// mostTelling are the units of a long text that say most about it: rare ones, and
// those it repeats.
func (r *ranking) mostTelling(units []analysis.Unit) []analysis.Unit {
	worth := make(map[string]float64, len(units))
	known := make([]analysis.Unit, 0, len(units))
	for _, u := range units {
		holders := r.holders(u)
		if holders > 0 || !r.sight.full.IsEmpty() {
			worth[u.Term] = r.rarity(u.Term, holders) * u.Emphasis()
			known = append(known, u)
		}
	}
	slices.SortStableFunc(known, func(a, b analysis.Unit) int { return cmp.Compare(worth[b.Term], worth[a.Term]) })
	return known[:min(maxRanked, len(known))]
}

// holders is how many documents have a unit in what the reader reads of all.
func (r *ranking) holders(u analysis.Unit) int {
	n := 0
	for _, p := range r.places(search.Areas(u, r.match)) {
		if p.restricted || p.area == search.AreaTitle {
			continue // a title's words are in the body too
		}
		n += r.living(r.list(fieldNumber(p.tier, p.area), u.Sought()))
	}
	return n
}

// has tells whether a document that the reader sees has a unit.
func (r *ranking) has(u analysis.Unit) bool {
	for _, p := range r.places(search.Areas(u, r.match)) {
		for _, h := range r.list(fieldNumber(p.tier, p.area), u.Sought()) {
			if slices.ContainsFunc(h.slots, func(o uint32) bool {
				return r.columns.sees(r.sight, o) && (!p.restricted || r.sight.full.Contains(o))
			}) {
				return true
			}
		}
	}
	return false
}

// postingList is who holds a term in one segment, and how often.
type postingList struct {
	by     *segment
	slots  []uint32
	counts []uint8
}

// list is who holds a term of a field, until list is called again.
func (r *ranking) list(field int, term string) []postingList {
	r.lists = r.lists[:0]
	for _, s := range r.segments {
		if slots, counts := s.fields[field].list(term); len(slots) > 0 {
			r.lists = append(r.lists, postingList{s, slots, counts})
		}
	}
	return r.lists
}

// living is how many of the holders are documents that live.
func (r *ranking) living(lists []postingList) int {
	n := 0
	for _, h := range lists {
		if r.columns.whole(h.by.first, h.by.last) {
			n += len(h.slots)
			continue
		}
		for _, o := range h.slots {
			if r.columns.alive[o] {
				n++
			}
		}
	}
	return n
}

// region is a field to look in, with its weight.
type region struct {
	tier   policy.Tier
	area   search.Area
	weight float64
	// restricted: only documents read in full count.
	restricted bool
}

func (r *ranking) places(areas []search.Area) []region {
	var out []region
	for _, tier := range policy.AllTiers {
		restricted := !r.reader.Reads(tier)
		if restricted && r.sight.full.IsEmpty() {
			continue
		}
		for _, area := range areas {
			out = append(out, region{tier, area, areaWeight(area), restricted})
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
	region region
	term   string
	weight float64
}

// unit scores the documents that answer a unit.
func (r *ranking) unit(number int, unit analysis.Unit) {
	list := r.expansions(unit)
	weight, place, counts := float32(unit.Emphasis()), uint16(number+1), uint16(r.match.Counts(unit))
	var tells float32
	if r.telling {
		tells = float32(r.rarity(unit.Term, r.holders(unit)) * unit.Tells())
	}
	r.walk(list, func(o uint32, score float32) {
		m := &r.marks[o]
		if m.answered == 0 {
			r.touched = append(r.touched, o)
		}
		if m.last != place {
			m.last = place
			m.answered += counts
			if r.telling {
				r.told[o] += tells
			}
		}
		m.score += weight * score
	})
}

// expansions are the terms that a unit stands for, wherever it is looked for.
func (r *ranking) expansions(unit analysis.Unit) []expansion {
	var list []expansion
	for _, p := range r.places(search.Areas(unit, r.match)) {
		list = r.expand(list, p, unit)
	}
	return list
}

// literals adds what the words as written weigh, to documents already found.
func (r *ranking) literals(plan analysis.Plan) {
	var list []expansion
	for _, unit := range plan.Units {
		for _, term := range unit.Literal {
			for _, p := range r.places([]search.Area{search.AreaTitle, search.AreaBody}) {
				list = append(list, expansion{p, term, literalWeight})
			}
		}
	}
	r.walk(list, func(o uint32, score float32) {
		if m := &r.marks[o]; m.answered > 0 {
			m.score += score
		}
	})
}

// expand adds the terms of a field that a unit stands for.
func (r *ranking) expand(list []expansion, p region, unit analysis.Unit) []expansion {
	list = append(list, expansion{p, unit.Sought(), 1})
	if r.match != search.MatchClose || unit.Class != analysis.Word || p.area == search.AreaInitial {
		return list
	}
	known, field := map[string]bool{}, fieldNumber(p.tier, p.area)
	add := func(terms []string, weight float64) {
		for _, t := range terms {
			if !known[t] {
				known[t] = true
				list = append(list, expansion{p, t, weight})
			}
		}
	}
	if unit.Prefix {
		add(beginning(r.segments, field, unit.Term), prefixWeight)
	}
	if unit.Typos > 0 && p.area != search.AreaPinyin {
		add(near(r.segments, field, unit.Term, unit.Typos), typoWeight)
	}
	return list
}

// walk visits the holders of terms with the score that each brings.
func (r *ranking) walk(list []expansion, visit func(o uint32, score float32)) {
	type word struct {
		area search.Area
		term string
	}
	// How often others' hidden texts use a word must not show: in a field of which the
	// reader reads only some documents it is as rare as where they read all.
	var known map[word]float64
	if !r.sight.full.IsEmpty() {
		known = make(map[word]float64, len(list))
	}
	for _, x := range list {
		lists, w := r.list(fieldNumber(x.region.tier, x.region.area), x.term), word{x.region.area, x.term}
		var rarity float64
		if x.region.restricted {
			rarity = cmp.Or(known[w], r.rarity(x.term, 0))
		} else {
			rarity = r.rarity(x.term, r.living(lists))
			if known != nil {
				known[w] = min(rarity, cmp.Or(known[w], rarity))
			}
		}
		r.postings(lists, x, float32(rarity*x.weight*x.region.weight), visit)
	}
}

// postings visits the holders of one term.
func (r *ranking) postings(lists []postingList, x expansion, weight float32, visit func(o uint32, score float32)) {
	lengths, average := r.lengths(x.region)
	for _, h := range lists {
		for i, o := range h.slots {
			if x.region.restricted && !r.sight.full.Contains(o) {
				continue
			}
			score := weight
			if lengths != nil {
				tf := float32(h.counts[i])
				score *= tf * (bm25K1 + 1) / (tf + bm25K1*(1-bm25B) + bm25K1*bm25B/average*float32(lengths[o]))
			}
			visit(o, score)
		}
	}
}

// lengths are the field's lengths with their mean; nil where only presence
// counts.
func (r *ranking) lengths(p region) ([]uint32, float32) {
	i := slices.Index(weighted, weightedField{p.tier, p.area})
	if i < 0 || r.columns.filled[i] == 0 {
		return nil, 0
	}
	return r.columns.lengths[i], float32(r.columns.totals[i]) / float32(r.columns.filled[i])
}

func (r *ranking) rarity(term string, holders int) float64 {
	return r.analyzer.Rarity(term, holders, int(r.columns.live.GetCardinality()))
}
