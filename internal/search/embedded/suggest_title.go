package embedded

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"chengqiao/internal/search"
	"chengqiao/internal/search/analysis"
)

const (
	// readTitles is how many documents are read to see how their titles answer.
	readTitles = 24
	// walkedTitles bounds the slots that are looked at, newest first: a letter
	// or two begin a word in half of all titles.
	walkedTitles = 50_000
	// shortestStem in letters: an unfinished word may be longer than the stem
	// that its whole is indexed under, which then is its beginning.
	shortestStem = 4
)

// listings are those with a title that answers.
func (s *suggesting) listings(limit int) ([]search.ListingSuggestion, error) {
	if limit == 0 {
		return nil, nil
	}
	var found []search.Candidate[search.ListingSuggestion]
	for _, o := range s.likely(max(readTitles, limit)) {
		l, key, err := s.titled(o)
		if err != nil {
			return nil, err
		}
		if c := s.typed.Closeness(key); c != analysis.Apart {
			found = append(found, search.Candidate[search.ListingSuggestion]{Closeness: c, Key: key, Value: l})
		}
	}
	slices.SortStableFunc(found, func(a, b search.Candidate[search.ListingSuggestion]) int {
		return cmp.Compare(a.Closeness, b.Closeness)
	})
	var out []search.ListingSuggestion
	for _, c := range found[:min(len(found), limit)] {
		l := c.Value
		l.Title, l.Language = strings.Clone(l.Title), strings.Clone(l.Language) // of what may be kept long, nothing holds a document
		out = append(out, l)
	}
	return out, nil
}

// titled reads the title of a document that answers best, with its key.
func (s *suggesting) titled(o uint32) (search.ListingSuggestion, string, error) {
	d, err := s.g.document(s.g.columns.places[o])
	if err != nil {
		return search.ListingSuggestion{}, "", err
	}
	c := s.g.columns
	out := search.ListingSuggestion{ID: c.ids[o], Kind: search.Kind(c.kinds.at(o))}
	full := s.sight.full.Contains(o)
	key, best := "", analysis.Apart
	for _, t := range d.Texts {
		if t.Title == "" || !full && !s.reader.Reads(t.Tier) {
			continue
		}
		k := analysis.Key(t.Title)
		if closeness := s.typed.Closeness(k); closeness < best {
			key, best = k, closeness
			out.Title, out.Language = t.Title, t.Language
		}
	}
	return out, key, nil
}

// likely are the visible documents whose titles hold what was typed, by their
// terms: those of the shortest titles, which it says most of, the newer first.
func (s *suggesting) likely(limit int) []uint32 {
	c := s.g.columns
	var all slotSet
	parts := s.typed.Parts()
	for i, part := range parts {
		set := newSlotSet(len(c.ids))
		for field, restricted := range s.readFields(search.AreaTitle) {
			s.holding(set, field, restricted, part, i == len(parts)-1)
		}
		if i == 0 {
			all = set
		} else {
			all.and(set)
		}
	}
	if s.typed.Sound() != "" {
		all.or(s.sounding())
	}
	lengths := s.titleLengths()
	var found []uint32
	all.newest(walkedTitles, func(o uint32) {
		if c.sees(s.sight, o) {
			found = append(found, o)
		}
	})
	length := func(o uint32) uint32 {
		least := uint32(math.MaxUint32)
		for _, l := range lengths {
			if l[o] > 0 {
				least = min(least, l[o])
			}
		}
		return least
	}
	return top(found, limit, ranked{
		key: func(o uint32) int64 { return -int64(length(o)) },
		less: func(a, b uint32) bool {
			if x, y := length(a), length(b); x != y {
				return x < y
			}
			if c.published[a] != c.published[b] {
				return c.published[a] > c.published[b]
			}
			return c.ids[a] < c.ids[b]
		},
	})
}

// titleLengths are the lengths of the titles that the reader reads of any document.
func (s *suggesting) titleLengths() [][]uint32 {
	var out [][]uint32
	for i, w := range weighted {
		if w.area == search.AreaTitle && s.reader.Reads(w.tier) {
			out = append(out, s.g.columns.lengths[i])
		}
	}
	return out
}

// holding adds the documents whose title holds a part of what was typed.
func (s *suggesting) holding(set slotSet, field int, restricted bool, part analysis.TypedPart, last bool) {
	add := func(term string) { s.add(set, field, restricted, term) }
	switch {
	case part.Single:
		s.beginning(set, field, restricted, part.Terms[0])
	case part.Word == "":
		both := newSlotSet(len(s.g.columns.ids))
		for i, term := range part.Terms {
			one := newSlotSet(len(s.g.columns.ids))
			s.add(one, field, restricted, term)
			if i == 0 {
				both = one
			} else {
				both.and(one)
			}
		}
		set.or(both)
	case last:
		add(part.Terms[0])
		s.beginning(set, field, restricted, part.Word)
		for n := len(part.Word) - 1; n >= shortestStem; n-- {
			add(part.Word[:n])
		}
	default:
		add(part.Terms[0])
	}
}

// sounding are the documents with a title, a keyword or a name that is spelled
// like what was typed: which of them it is shows when they are read.
func (s *suggesting) sounding() slotSet {
	set := newSlotSet(len(s.g.columns.ids))
	for field, restricted := range s.readFields(search.AreaPinyin) {
		s.add(set, field, restricted, s.typed.SoundTerm())
		s.beginning(set, field, restricted, s.typed.Sound())
	}
	for field, restricted := range s.readFields(search.AreaInitial) {
		s.beginning(set, field, restricted, s.typed.Sound())
	}
	return set
}
