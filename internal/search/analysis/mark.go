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
	// terms, singles and groups are the numbers of the plan's units by their terms.
	terms   map[string]int
	singles map[string]int
	groups  map[string]int
	// worths are what it tells that a text has each unit.
	worths []int
	// loose are words that a loose match may meet in another writing.
	loose []Unit
	// pinyin tells that a word of the plan could be a spelling.
	pinyin   bool
	initials bool
	// begins is what begins like something that is marked: endings are taken off,
	// beginnings never, so that most of a text is passed by.
	begins beginnings
	// parts is what begins like any word of that.
	parts beginnings
	// values tells that quantities or patents are among what is marked, whose parts
	// are anything.
	values bool
	// ahead is how many atoms behind the one at which it begins may belong to what is
	// marked.
	ahead int
	// sequence is that of the text looked at last, and window the stretch of it, to
	// be used again.
	sequence []atom
	window   window
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
	if term[0] < utf8.RuneSelf { // X-ray has the term of xray
		b.pairs[pairOf(term[0], 0)] = true
	}
	b.pairs[pairOf(term[0], term[1])] = true
	const vowels = "aeiouy"
	if strings.IndexByte(vowels, term[1]) >= 0 { // dying, haemoglobin, geese have the terms of die, hemoglobin, goose
		for i := range vowels {
			b.pairs[pairOf(term[0], vowels[i])] = true
		}
	}
	if term[0] == 'e' { // oedema
		b.bytes['o'] = true
		b.pairs[pairOf('o', 'e')] = true
	}
}

// addFirst is for what may go on with anything behind its first byte.
func (b *beginnings) addFirst(first byte) {
	b.bytes[first] = true
	for second := range 1 << lowOfByte {
		b.pairs[pairOf(first, byte(second))] = true
	}
}

// and adds what others have.
func (b *beginnings) and(others *beginnings) {
	for i, is := range others.bytes {
		b.bytes[i] = b.bytes[i] || is
	}
	for i, is := range others.pairs {
		b.pairs[i] = b.pairs[i] || is
	}
	for i, is := range others.characters {
		b.characters[i] = b.characters[i] || is
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

// mostMarked is of how many atoms at most a spelling, a compound and a value are.
const mostMarked = maxInitials

// mostAtoms is of how many atoms at most an expression is, whose words may be compounds.
func mostAtoms(expression []string) int {
	n := 0
	for _, term := range expression {
		if r, _ := utf8.DecodeRuneInString(term); Ideograph(r) {
			n++
		} else {
			n += mostParts
		}
	}
	return n
}

// Marker prepares to mark texts; loose marks beginnings, misspellings and
// initials too, as a loose match finds them.
func (a *Analyzer) Marker(p Plan, loose bool) *Marker {
	m := &Marker{analyzer: a, terms: map[string]int{}, singles: map[string]int{}, groups: map[string]int{}, ahead: mostMarked}
	for _, u := range p.Units {
		switch u.Class {
		case Single:
			m.number(m.singles, u)
		case Synonym:
			m.number(m.groups, u)
		case Word:
			m.number(m.terms, u)
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
			m.number(m.terms, u)
		}
		m.begins.add(u.Term)
		if u.Class == Synonym {
			for _, word := range u.Words {
				m.number(m.terms, Unit{Term: word, Class: Word})
				m.begins.add(word)
			}
			for _, expression := range a.synonyms.termsOf[u.Term] {
				m.ahead = max(m.ahead, mostAtoms(expression))
				m.begins.add(expression[0])
				for _, part := range expression[1:] {
					m.parts.add(part)
				}
			}
			if number, ok := strings.CutPrefix(u.Term, ValueMark); ok {
				m.values = true
				m.begins.addFirst(number[0])
				m.begins.add("zl")
				m.begins.add("cn")
				for _, name := range isotopeNames(number) {
					m.begins.add(name)
				}
			}
		}
	}
	m.parts.and(&m.begins)
	return m
}

// number gives a unit its number, unless its term has one.
func (m *Marker) number(units map[string]int, u Unit) {
	if _, known := units[u.Term]; !known {
		units[u.Term] = len(m.worths)
		m.worths = append(m.worths, m.analyzer.worth(u))
	}
}

// worth is how much it tells that a text has a unit, in whole numbers, so that
// what is added up and taken away again comes out even.
func (a *Analyzer) worth(u Unit) int {
	const precision = 1000
	return 1 + int(precision*a.Rarity(u.Term, 0, 0))
}

// Marks are the places of a text that answer the plan, in order, apart from
// each other. Spelling compares pinyin too, as for titles, keywords and names.
// Phrases are marked whole, beside what the plan asks for.
func (m *Marker) Marks(text string, spelling bool, phrases ...Phrase) []Range {
	var marks []Range
	m.each(text, spelling, phrases, func(at Range, _ int) int {
		marks = append(marks, at)
		return len(text)
	})
	return merge(marks)
}

// each visits the places of a text that answer the plan or are one of the phrases,
// in the order in which they begin, each with the number of its unit; phrases have
// the numbers behind. Visit tells behind which byte nothing more is wanted.
func (m *Marker) each(text string, spelling bool, phrases []Phrase, visit func(at Range, unit int) (end int)) {
	begins, parts := &m.begins, &m.parts
	ahead := m.ahead
	if len(phrases) > 0 {
		ownBegins, ownParts := m.begins, m.parts
		begins, parts = &ownBegins, &ownParts
	}
	for _, p := range phrases {
		ahead = max(ahead, len(p.atoms))
		for i, a := range p.atoms {
			if i == 0 {
				begins.add(a.term)
			}
			parts.add(a.term)
		}
	}
	sequence := m.sequence[:0]
	defer func() { m.sequence = sequence }()
	c := cut(text)
	c.unstemmed = true
	if !m.values {
		c.passing = parts
	}
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
			return
		}
		// Any character may sound like what was typed.
		if here := sequence[i]; !begins.has(here) && !(here.han && spelling && m.pinyin) {
			continue
		}
		sequence[i].settle()
		mark := func(n, unit int) { end = visit(Range{sequence[i].start, sequence[i+n-1].end}, unit) }
		m.at(text, sequence, i, spelling, mark)
		for n, p := range phrases {
			if length := p.at(sequence[i:]); length > 0 {
				mark(length, len(m.worths)+n)
			}
		}
	}
}

// at visits the lengths in atoms of what answers the plan from an atom on, each with
// the number of its unit.
func (m *Marker) at(text string, sequence []atom, i int, spelling bool, visit func(length, unit int)) {
	if here := sequence[i]; here.han {
		if unit, ok := m.singles[here.term]; ok {
			visit(1, unit)
		}
		if bigram(sequence[i:]) {
			if unit, ok := m.terms[here.term+sequence[i+1].term]; ok {
				visit(2, unit)
			}
		}
		if spelling && m.pinyin {
			m.spelled(sequence[i:], visit)
		}
	} else {
		if unit, ok := m.word(here.term); ok {
			visit(1, unit)
		}
		compounds(sequence[i:], false, func(whole string, parts int) {
			if unit, ok := m.word(stem(whole)); ok {
				visit(parts, unit)
			}
		})
	}
	if len(m.groups) > 0 {
		m.analyzer.synonyms.at(sequence, i, func(terms []string, n int) {
			for _, term := range terms {
				if unit, ok := m.groups[term]; ok {
					visit(n, unit)
				}
			}
		})
		if !m.values {
			return
		}
		if term, n := value(text, sequence, i); n > 0 {
			if unit, ok := m.groups[term]; ok {
				visit(n, unit)
			}
		}
	}
}

// word is the number of the unit that a word answers.
func (m *Marker) word(term string) (unit int, ok bool) {
	if unit, ok := m.terms[term]; ok {
		return unit, true
	}
	return m.loosely(func(u Unit) bool {
		return u.Prefix && strings.HasPrefix(term, u.Term) || u.Typos > 0 && Within(u.Term, term, u.Typos)
	})
}

// loosely is the number of the first unit that a loose match takes something for.
func (m *Marker) loosely(is func(Unit) bool) (unit int, ok bool) {
	i := slices.IndexFunc(m.loose, is)
	if i < 0 {
		return 0, false
	}
	return m.terms[m.loose[i].Term], true
}

// spelled visits the lengths of the stretches from the first atom on whose
// pinyin was asked for, with the numbers of their units.
func (m *Marker) spelled(sequence []atom, visit func(length, unit int)) {
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
		for _, word := range words {
			if unit, ok := m.spelling(word); ok {
				visit(n, unit)
			}
		}
		if !m.initials {
			continue
		}
		for _, word := range initials {
			if unit, ok := m.terms[word]; ok {
				visit(n, unit)
			}
		}
	}
}

// spelling is the number of the unit that a spelling answers.
func (m *Marker) spelling(word string) (unit int, ok bool) {
	if unit, ok := m.terms[word]; ok {
		return unit, true
	}
	return m.loosely(func(u Unit) bool { return u.Prefix && strings.HasPrefix(word, u.Term) })
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
