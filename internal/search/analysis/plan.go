package analysis

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxUnits bounds a plan: a page of text makes a few hundred units, and what
// comes after those changes no ranking.
const MaxUnits = 400

// Class tells in which terms a unit is looked for.
type Class uint8

const (
	Word    Class = iota // a stem: in Words, and in the pinyin of titles
	Bigram               // two Han characters: in Words
	Single               // one Han character: in Singles
	Synonym              // a group of synonyms or a value: in Words
)

// Unit is one thing that a query asks for.
type Unit struct {
	Term string
	// Count is how often the text asks for it; more often is more important.
	Count int
	Class Class
	// Literal are the terms as they were written where Term is a synonym
	// group, a value or a compound: they rank, and do not decide what is found.
	Literal []string
	// Name is the term under which what has each word of the expression somewhere is
	// found, beside what has the group, and Words are those; "" where it is no name of
	// several words.
	Name  string
	Words []string
	// Typos are the edits that a loose match forgives: 0 below 5 characters and
	// for Han, 1 from 5, 2 from 9.
	Typos int
	// Prefix marks the query's last word, which may still be unfinished; a loose
	// match takes it as a beginning.
	Prefix bool
	// Initials marks a word that may be the initials of pinyin, as a loose match
	// takes it.
	Initials bool
	// Share is what part of the text it is, at least 1: see share.go.
	Share int
	// parts are what the parts of a compound ask for by themselves.
	parts []Unit
	// named is what was written where it is a name of two words or more that the synonym
	// list has.
	named []atom
	// expression is the number of the expression that it was written in, wordCount how
	// many words of it that is, 0 for one: see share.go.
	expression int
	wordCount  float64
	// overlap is how much of what it tells is its own, 0 for all: see share.go.
	overlap float64
}

// Sought is the term by which what answers the unit is found; who has its Term has it too.
func (u Unit) Sought() string { return cmp.Or(u.Name, u.Term) }

// Emphasis is what a unit weighs that the text repeats: the root of its count
// (docs/evaluation.md, words that a long text repeats).
func (u Unit) Emphasis() float64 { return math.Sqrt(float64(u.Count)) }

// Plan is what a query's text asks for.
type Plan struct {
	Units []Unit
	text  string
}

// Empty tells that the text holds nothing to search for.
func (p Plan) Empty() bool { return len(p.Units) == 0 }

// HasParts tells that some of it can be answered without the rest: it has several units, or
// a name that is made of something (Analyzer.Known).
func (p Plan) HasParts() bool {
	return len(p.Units) > 1 || len(p.Units) == 1 && p.Units[0].named != nil
}

// And is a plan with the units of another behind its own.
func (p Plan) And(other Plan) Plan { return Plan{Units: slices.Concat(p.Units, other.Units)} }

// Apart is a plan with the parts of compounds in their place, for what may answer any
// unit: there who has a part counts too, and who has the whole has the parts. A name is
// asked for as one there: one of its words tells little of it.
func (p Plan) Apart() Plan {
	var b planner
	b.seen = map[unitKey]int{}
	for _, u := range p.Units {
		if len(u.parts) == 0 {
			u.Name, u.Words = "", nil
			b.addAs(u, u.Count)
		}
		for _, part := range u.parts {
			b.addAs(part, u.Count)
		}
	}
	return shared(b.units)
}

// Key is equal for plans that ask for the same.
func (p Plan) Key() string {
	var b strings.Builder
	for _, u := range p.Units {
		b.WriteByte('0' + byte(u.Class))
		b.WriteString(u.Sought())
		b.WriteByte(' ')
	}
	return b.String()
}

// Plan turns a query's text into units, in the order in which they first come.
func (a *Analyzer) Plan(text string) Plan {
	if a.seeker != nil {
		text = a.seeker.Sought(text)
	}
	all := atoms(text)
	b := planner{analyzer: a, text: text, sequence: withoutAsking(all), seen: map[unitKey]int{}}
	b.build(false)
	if len(b.units) == 0 { // nothing but stop words: then they are meant
		b.sequence, b.expression = all, 0
		b.build(true)
	}
	if n := len(b.sequence); n > 0 && unfinished(b.sequence[n-1]) {
		b.markPrefix(cmp.Or(b.whole, b.sequence[n-1].term))
	}
	if len(b.units) == 1 && initials(b.units[0]) {
		b.units[0].Initials = true
	}
	plan := shared(b.units)
	plan.text = text
	return plan
}

// Known is a plan in which a name that nobody has, as has tells, is asked for by what it
// is made of: 钙钛矿太阳能电池 by 钙钛矿 and 太阳能电池, for whoever speaks of these.
func (a *Analyzer) Known(p Plan, has func(Unit) bool) Plan {
	b := planner{analyzer: a, text: p.text, seen: map[unitKey]int{}}
	for _, u := range p.Units {
		b.expression = u.expression
		b.known(u, has)
	}
	plan := shared(b.units)
	plan.text = p.text
	return plan
}

// known adds a unit, or what it is made of where that is all there is.
func (b *planner) known(u Unit, has func(Unit) bool) {
	if u.named == nil || has(u) {
		b.addAs(u, u.Count)
		return
	}
	made := planner{analyzer: b.analyzer, text: b.text, sequence: u.named, seen: map[unitKey]int{}, within: true}
	made.build(true)
	for _, part := range made.units {
		part.Count *= u.Count
		b.known(part, has)
	}
}

// leastNumber: a shorter number is a value, which 95 is and 950 is not; a longer
// one is somebody's, and may be typed by its beginning.
const leastNumber = 5

// unfinished tells whether the last word of a text may go on.
func unfinished(last atom) bool {
	return !last.han && (len(last.word) >= leastNumber || strings.Trim(last.word, "0123456789") != "")
}

// initials tells whether what a text asks for may be the initials of pinyin. They
// are typed alone and in one go: beside other words PLC is no 普勒测.
func initials(u Unit) bool {
	return u.Class == Word && len(u.Term) >= leastSound && len(u.Term) <= maxInitials && isLetters(u.Term)
}

type planner struct {
	analyzer *Analyzer
	text     string
	sequence []atom
	units    []Unit
	seen     map[unitKey]int // places in units
	// whole is the term of the compound that the text ends with.
	whole string
	// apart leaves compounds in their parts.
	apart bool
	// within asks for what a name is made of: not for all of it.
	within bool
	// expression is the number of the one that is being read.
	expression int
}

type unitKey struct {
	class Class
	term  string
}

func (b *planner) build(withStopWords bool) {
	longest := len(b.sequence)
	if b.within {
		longest--
	}
	for i := 0; i < len(b.sequence); {
		if i > 0 && beginsExpression(b.sequence, i) {
			b.expression++
		}
		if term, n := value(b.text, b.sequence, i); n > 0 {
			b.synonym([]string{term}, b.sequence[i:i+n])
			i += n
			continue
		}
		if terms, n := b.analyzer.synonyms.longestUpTo(b.sequence, i, longest); n > 0 {
			b.synonym(terms, b.sequence[i:i+n])
			i += n
			continue
		}
		if b.sequence[i].han {
			i = b.han(i)
			continue
		}
		if whole, n := longestCompound(b.sequence[i:], true); n > 0 && !b.apart && !b.namedBeyond(i, n) {
			b.compound(whole, b.sequence[i:i+n])
			i += n
			continue
		}
		b.word(b.sequence[i], withStopWords)
		i++
	}
}

func (b *planner) add(u Unit) { b.addAs(u, 1) }

// addAs adds what the text asks for so often.
func (b *planner) addAs(u Unit, count int) {
	key := unitKey{u.Class, u.Sought()}
	if i, ok := b.seen[key]; ok {
		b.units[i].Count += count
		return
	}
	if len(b.units) < MaxUnits {
		u.Count, u.expression = count, b.expression
		b.seen[key] = len(b.units)
		b.units = append(b.units, u)
	}
}

func (b *planner) synonym(terms []string, phrase []atom) {
	var literal []string
	for i, at := range phrase {
		switch {
		case !at.han:
			literal = append(literal, at.term)
		case bigram(phrase[i:]):
			literal = append(literal, at.term+phrase[i+1].term)
		}
	}
	// An expression of several groups is looked for in the first; the others
	// rank.
	u := Unit{Term: terms[0], Class: Synonym, Literal: append(literal, terms[1:]...)}
	if strings.HasPrefix(u.Term, SynonymMark) { // no value
		if u.wordCount = wordsOf(phrase); u.wordCount >= 2 {
			u.named = phrase
		}
		if words := inWholes(phrase); !b.analyzer.nameless && severalWords(phrase, words) {
			u.Name, u.Words = nameTerm(words), words
		}
	}
	b.add(u)
}

// han plans the stretch of Han characters from i up to where it ends or a
// synonym begins, and returns that place. A character left alone beside a
// synonym is planned together with its neighbour.
func (b *planner) han(i int) int {
	end := i + 1
	for end < len(b.sequence) && b.sequence[end].han && b.sequence[end].joined {
		if _, n := b.analyzer.synonyms.longest(b.sequence, end); n > 0 {
			break
		}
		end++
	}
	from, to := i, end
	afterSynonym, beforeSynonym := i > 0 && b.sequence[i].joined, end < len(b.sequence) && b.sequence[end].joined
	if afterSynonym && !beforeSynonym && isAnyListing(b.sequence[from:to]) {
		return end
	}
	if afterSynonym && to-from > 1 && isParticle(b.sequence[from].term) {
		from++
	}
	if beforeSynonym && to-from > 1 && isParticle(b.sequence[to-1].term) {
		to--
	}
	if to-from == 1 {
		switch {
		case (afterSynonym || beforeSynonym) && strings.Contains(joints, b.sequence[from].term):
			return end
		case end-i > 1: // what a particle was taken from
		case from > 0 && bigram(b.sequence[from-1:]):
			from--
		case bigram(b.sequence[from:]):
			to++
		}
	}
	for _, part := range splitAtParticles(b.sequence[from:to]) {
		b.bigrams(part)
	}
	return end
}

func (b *planner) bigrams(stretch []atom) {
	if len(stretch) == 1 {
		b.add(Unit{Term: stretch[0].term, Class: Single})
	}
	pairs := len(stretch) - 1
	for i := range pairs {
		b.add(Unit{
			Term: stretch[i].term + stretch[i+1].term, Class: Bigram,
			wordCount: wordsOfHan(len(stretch)) / float64(pairs), overlap: overlap(pairs),
		})
	}
}

func (b *planner) word(at atom, withStopWords bool) {
	if stopWords[at.term] && !withStopWords {
		return
	}
	if spelled := longPinyin(at.word); spelled != nil {
		for _, s := range spelled {
			b.add(Unit{Term: s, Class: Word})
		}
		return
	}
	b.add(Unit{Term: at.term, Class: Word, Typos: typos(at.term)})
}

// namedBeyond tells that the synonym list names what begins inside a compound of n
// atoms and ends behind it: non-[destructive testing].
func (b *planner) namedBeyond(i, n int) bool {
	for k := 1; k < n; k++ {
		if _, length := b.analyzer.synonyms.longest(b.sequence, i+k); k+length > n {
			return true
		}
	}
	return false
}

// compound plans a compound; its parts rank.
func (b *planner) compound(whole string, parts []atom) {
	u := Unit{Term: stem(whole), Class: Word}
	u.Typos = typos(u.Term)
	for _, part := range parts {
		u.Literal = append(u.Literal, part.term)
	}
	alone := planner{analyzer: b.analyzer, text: b.text, sequence: parts, seen: map[unitKey]int{}, apart: true}
	alone.build(false)
	u.parts = alone.units
	b.add(u)
	b.whole = ""
	if parts[len(parts)-1].end == b.sequence[len(b.sequence)-1].end {
		b.whole = u.Term
	}
}

func (b *planner) markPrefix(term string) {
	i := slices.IndexFunc(b.units, func(u Unit) bool { return u.Class == Word && u.Term == term })
	if i >= 0 {
		b.units[i].Prefix = true
	}
}

// particles join the parts of a phrase and are no part of what it names.
const particles = "的与及"

// splitAtParticles cuts 电池的回收 into 电池 and 回收. A particle counts only
// between parts of two characters or more, so that 参与者 and 目的地 stay whole.
func splitAtParticles(stretch []atom) [][]atom {
	var parts [][]atom
	from := 0
	for i := range stretch {
		if i-from >= 2 && len(stretch)-i-1 >= 2 && isParticle(stretch[i].term) {
			parts = append(parts, stretch[from:i])
			from = i + 1
		}
	}
	return append(parts, stretch[from:])
}

func isParticle(term string) bool {
	for _, p := range particles {
		if term == string(p) {
			return true
		}
	}
	return false
}

// typos is the tolerance for a term by its length; what has a digit is exact,
// since another digit is another number, and so are scripts in which one letter
// more or less is another word.
func typos(term string) int {
	for _, r := range term {
		if !unicode.Is(unicode.Latin, r) && !unicode.Is(unicode.Cyrillic, r) {
			return 0
		}
	}
	switch n := utf8.RuneCountInString(term); {
	case n < 5:
		return 0
	case n < 9:
		return 1
	}
	return 2
}
