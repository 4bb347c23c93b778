package analysis

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Range is a half-open range of bytes; it begins and ends on characters.
type Range struct{ Start, End int }

// Marker finds in texts what a plan asked for. It is for one goroutine.
type Marker struct {
	analyzer *Analyzer
	terms    map[string]bool
	singles  map[string]bool
	groups   map[string]bool
	// words that a loose match may meet in another writing
	loose []Unit
	// pinyin tells that a word of the plan could be a spelling.
	pinyin   bool
	initials bool
	// begins is what begins like something that is marked: endings are taken off,
	// beginnings never, so that most of a text is passed by.
	begins beginnings
	// sequence is that of the text looked at last, to be used again.
	sequence []atom
}

// beginnings is what words and spellings begin with, by their first byte and by
// the low bits of their first two, and the low bits of first characters, for those
// that are written without spaces. It has more than was added, and never less.
type beginnings struct {
	bytes      [1 << 8]bool
	pairs      [1 << (2 * lowOfByte)]bool
	characters [1 << 10]bool
}

// lowOfByte is how many bits tell the letters of a case apart.
const lowOfByte = 5

func pairOf(first, second byte) int {
	const low = 1<<lowOfByte - 1
	return int(first&low)<<lowOfByte | int(second&low)
}

func (b *beginnings) add(term string) {
	if term == "" {
		return
	}
	b.bytes[term[0]] = true
	b.characters[lowBits(term)] = true
	if len(term) == 1 {
		b.addFirst(term[0])
		return
	}
	b.pairs[pairOf(term[0], term[1])] = true
	if term[1] == 'i' {
		b.pairs[pairOf(term[0], 'y')] = true // dying, lying, tying
	}
}

// addFirst is for what may go on with anything behind its first byte.
func (b *beginnings) addFirst(first byte) {
	b.bytes[first] = true
	for second := range 1 << lowOfByte {
		b.pairs[pairOf(first, byte(second))] = true
	}
}

// addAll is for what may begin with anything.
func (b *beginnings) addAll() {
	for i := range b.bytes {
		b.addFirst(byte(i))
	}
	for i := range b.characters {
		b.characters[i] = true
	}
}

// has tells whether what is marked may begin with an atom.
func (b *beginnings) has(a atom) bool {
	if a.han {
		return b.characters[lowBits(a.term)]
	}
	return b.bytes[a.word[0]] && b.word(a.word)
}

// word tells whether what is marked may begin with a word, in letters of any case.
func (b *beginnings) word(word string) bool {
	if len(word) == 1 {
		return b.pairs[pairOf(word[0], 0)]
	}
	return b.pairs[pairOf(word[0], word[1])]
}

func lowBits(term string) int {
	r, _ := utf8.DecodeRuneInString(term)
	return int(r) % (1 << 10)
}

// Marker prepares to mark texts; loose marks beginnings, misspellings and
// initials too, as a loose match finds them.
func (a *Analyzer) Marker(p Plan, loose bool) *Marker {
	m := &Marker{analyzer: a, terms: map[string]bool{}, singles: map[string]bool{}, groups: map[string]bool{}}
	for _, u := range p.Units {
		switch u.Class {
		case Single:
			m.singles[u.Term] = true
		case Synonym:
			m.groups[u.Term] = true
		case Word:
			m.terms[u.Term] = true
			m.pinyin = m.pinyin || isASCII(u.Term)
			m.initials = m.initials || loose && u.Initials
			if loose && (u.Prefix || u.Typos > 0) {
				m.loose = append(m.loose, u)
			}
			switch {
			case loose && u.Typos > 1: // enough for another first letter (Within)
				m.begins.addAll()
			case loose && u.Typos > 0:
				m.begins.addFirst(u.Term[0])
			}
		case Bigram:
			m.terms[u.Term] = true
		}
		m.begins.add(u.Term)
		if u.Class == Synonym {
			for _, first := range a.synonyms.firsts[u.Term] {
				m.begins.add(first)
			}
			if number, ok := strings.CutPrefix(u.Term, ValueMark); ok {
				m.begins.addFirst(number[0])
				m.begins.add("zl")
				m.begins.add("cn")
			}
		}
	}
	return m
}

// Marks are the places of a text that answer the plan, in order, apart from
// each other. Spelling compares pinyin too, as for titles, keywords and names.
// Phrases are marked whole, beside what the plan asks for.
func (m *Marker) Marks(text string, spelling bool, phrases ...Phrase) []Range {
	return m.Passage(text, spelling, len(text), phrases...)
}

// Passage are the first of the marks, and those that begin at most so many
// bytes behind it. What comes after is not read: of a long text little more is
// cut than what is shown of it.
func (m *Marker) Passage(text string, spelling bool, reach int, phrases ...Phrase) []Range {
	begins := &m.begins
	// What begins at an atom may end some atoms behind it.
	ahead := max(maxInitials, m.analyzer.synonyms.longestExpression)
	if len(phrases) > 0 {
		own := m.begins
		begins = &own
	}
	for _, p := range phrases {
		ahead = max(ahead, len(p.atoms))
		if len(p.atoms) > 0 {
			begins.add(p.atoms[0].term)
		}
	}
	sequence := m.sequence[:0]
	defer func() { m.sequence = sequence }()
	// several tells that what is marked may be of several words.
	several := len(m.groups)+len(phrases) > 0
	c := cut(text)
	c.unstemmed = true
	if !several {
		c.passing = begins
	}
	var marks []Range
	end := len(text)
	for i := 0; ; i++ {
		for len(sequence) <= i+ahead {
			next, ok := c.next()
			if !ok {
				break
			}
			sequence = append(sequence, next)
		}
		if i == len(sequence) || sequence[i].start > end {
			return merge(marks)
		}
		// Any character may sound like what was typed.
		if here := sequence[i]; !begins.has(here) && !(here.han && spelling && m.pinyin) {
			continue
		}
		sequence[i].settle()
		for k := i + 1; several && k < len(sequence) && k <= i+ahead; k++ {
			sequence[k].settle()
		}
		first := len(marks) == 0
		mark := func(n int) { marks = append(marks, Range{sequence[i].start, sequence[i+n-1].end}) }
		m.at(text, sequence, i, spelling, mark)
		for _, p := range phrases {
			if p.at(sequence[i:]) {
				mark(len(p.atoms))
			}
		}
		if first && len(marks) > 0 {
			end = marks[0].Start + reach
		}
	}
}

// at visits the lengths in atoms of what answers the plan from an atom on.
func (m *Marker) at(text string, sequence []atom, i int, spelling bool, visit func(length int)) {
	if here := sequence[i]; here.han {
		if m.singles[here.term] {
			visit(1)
		}
		if bigram(sequence[i:]) && m.terms[here.term+sequence[i+1].term] {
			visit(2)
		}
		if spelling && m.pinyin {
			m.spelled(sequence[i:], visit)
		}
	} else if m.word(here.term) {
		visit(1)
	}
	if len(m.groups) > 0 {
		m.analyzer.synonyms.at(sequence, i, func(terms []string, n int) {
			if slices.ContainsFunc(terms, func(t string) bool { return m.groups[t] }) {
				visit(n)
			}
		})
		if term, n := value(text, sequence, i); n > 0 && m.groups[term] {
			visit(n)
		}
	}
}

func (m *Marker) word(term string) bool {
	if m.terms[term] {
		return true
	}
	return slices.ContainsFunc(m.loose, func(u Unit) bool {
		return u.Prefix && strings.HasPrefix(term, u.Term) || u.Typos > 0 && Within(u.Term, term, u.Typos)
	})
}

// spelled visits the lengths of the stretches from the first atom on whose
// pinyin was asked for.
func (m *Marker) spelled(sequence []atom, visit func(length int)) {
	heard := func(reading string) bool { return m.begins.bytes[reading[0]] }
	if !slices.ContainsFunc(readings()[firstRune(sequence[0].term)], heard) {
		return
	}
	end := 1
	for end < len(sequence) && end < maxInitials && sequence[end].han && sequence[end].joined {
		end++
	}
	for n := 2; n <= end; n++ {
		words, initials := stretchSpellings(sequence[:n])
		if slices.ContainsFunc(words, m.spelling) ||
			m.initials && slices.ContainsFunc(initials, func(s string) bool { return m.terms[s] }) {
			visit(n)
		}
	}
}

func (m *Marker) spelling(word string) bool {
	return m.terms[word] || slices.ContainsFunc(m.loose, func(u Unit) bool {
		return u.Prefix && strings.HasPrefix(word, u.Term)
	})
}

// Within tells whether two terms are at most max edits apart (insert, delete,
// replace, swap). An edit of the first letter counts twice: people rarely miss it.
func Within(a, b string, max int) bool {
	x, y := []rune(a), []rune(b)
	if len(x)-len(y) > max || len(y)-len(x) > max || len(x) == 0 || len(y) == 0 {
		return false
	}
	if x[0] != y[0] {
		max--
	}
	return max >= 0 && distance(x, y) <= max
}

// distance counts edits; two neighbours swapped are one, since that is what
// fingers do.
func distance(x, y []rune) int {
	before, row, next := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(x); i++ {
		next[0] = i
		for j := 1; j <= len(y); j++ {
			cost := row[j-1]
			if x[i-1] != y[j-1] {
				cost++
			}
			next[j] = min(cost, row[j]+1, next[j-1]+1)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
		}
		before, row, next = row, next, before
	}
	return row[len(y)]
}

// merge joins ranges that touch or overlap.
func merge(marks []Range) []Range {
	slices.SortFunc(marks, func(a, b Range) int { return a.Start - b.Start })
	var out []Range
	for _, r := range marks {
		if n := len(out); n > 0 && r.Start <= out[n-1].End {
			out[n-1].End = max(out[n-1].End, r.End)
			continue
		}
		out = append(out, r)
	}
	return out
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
