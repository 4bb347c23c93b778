package embedded

import (
	"cmp"
	"math/bits"

	"chengqiao/internal/policy"
	"chengqiao/internal/search"
	"chengqiao/internal/search/analysis"
)

// keptBeginnings is how many terms, those that the most documents hold, an
// unfinished one stands for.
const keptBeginnings = 64

// readFields are the fields of an area that the reader reads, and whether only
// of documents read in full.
func (s *suggesting) readFields(area search.Area) map[int]bool {
	out := map[int]bool{}
	for _, tier := range policy.AllTiers {
		restricted := !s.reader.Reads(tier)
		if !restricted || !s.sight.full.IsEmpty() {
			out[fieldNumber(tier, area)] = restricted
		}
	}
	return out
}

// beginning adds the holders of those terms with a prefix that the most
// documents hold.
func (s *suggesting) beginning(set slotSet, field int, restricted bool, prefix string) {
	for _, segment := range s.g.segments {
		p := &segment.fields[field]
		from := p.from(prefix)
		var most []uint32
		for i := from; i < p.len() && hasPrefix(p.term(i), prefix); i++ {
			most = append(most, uint32(i))
		}
		if !restricted && len(most) > keptBeginnings { // what others hide decides nothing
			held := func(i uint32) int64 { return int64(p.starts[i+1] - p.starts[i]) }
			most = top(most, keptBeginnings, ranked{key: held, less: func(a, b uint32) bool {
				return cmp.Or(cmp.Compare(held(b), held(a)), cmp.Compare(a, b)) < 0
			}})
		}
		for _, i := range most {
			holders, _ := p.at(int(i))
			s.put(set, holders, restricted)
		}
	}
}

func hasPrefix(term []byte, prefix string) bool {
	return len(term) >= len(prefix) && string(term[:len(prefix)]) == prefix
}

// add adds the holders of a term.
func (s *suggesting) add(set slotSet, field int, restricted bool, term string) {
	for _, segment := range s.g.segments {
		holders, _ := segment.fields[field].list(term)
		s.put(set, holders, restricted)
	}
}

func (s *suggesting) put(set slotSet, holders []uint32, restricted bool) {
	for _, o := range holders {
		if !restricted || s.sight.full.Contains(o) {
			set.put(o)
		}
	}
}

// count is the total of a search that requires every unit of a plan.
func (s *suggesting) count(plan analysis.Plan) int {
	if plan.Empty() || len(plan.Units) > search.MaxAllUnits {
		return 0
	}
	var all slotSet
	for i, unit := range plan.Units {
		set := newSlotSet(len(s.g.columns.ids))
		for _, area := range search.Areas(unit, search.MatchAll) {
			for field, restricted := range s.readFields(area) {
				s.add(set, field, restricted, unit.Sought())
			}
		}
		if i == 0 {
			all = set
		} else {
			all.and(set)
		}
	}
	n := 0
	all.newest(len(s.g.columns.ids), func(o uint32) {
		if s.g.columns.sees(s.sight, o) {
			n++
		}
	})
	return n
}

// slotSet is a set of slots, a bit for each.
type slotSet []uint64

func newSlotSet(n int) slotSet { return make(slotSet, (n+63)/64) }

func (s slotSet) put(o uint32) { s[o/64] |= 1 << (o % 64) }

func (s slotSet) and(other slotSet) {
	for i := range s {
		s[i] &= other[i]
	}
}

func (s slotSet) or(other slotSet) {
	for i := range s {
		s[i] |= other[i]
	}
}

// newest visits at most limit slots, the last first.
func (s slotSet) newest(limit int, visit func(o uint32)) {
	for i := len(s) - 1; i >= 0; i-- {
		for word := s[i]; word != 0 && limit > 0; limit-- {
			bit := 63 - bits.LeadingZeros64(word)
			word &^= 1 << bit
			visit(uint32(i*64 + bit))
		}
	}
}
