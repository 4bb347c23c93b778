package match

import (
	"iter"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// noTerm is the number of a term that the other side does not use.
const noTerm = -1

// cut is a text with the tokens that make it up, words and pairs of Han, and
// the number of each token's term.
type cut struct {
	text   string
	tokens []Token
	terms  []int32
	// names are the Chinese names in it: those that the list of synonyms has, and its
	// author's keywords.
	names []extent
}

// extent is where something stands in a text, in bytes.
type extent struct{ start, end int }

// inChinese tells whether there are Han characters among tokens.
func inChinese(tokens []Token) bool {
	return slices.ContainsFunc(tokens, func(t Token) bool { return t.Han })
}

// wording is what a view says, cut into tokens.
type wording struct {
	texts []cut
	// tokens, terms and names are those of all texts, and ends and nameEnds where each
	// text's end.
	tokens         []Token
	terms          []int32
	names          []extent
	ends, nameEnds []int
}

// vocabulary numbers the terms of a wording.
type vocabulary map[string]int32

// passage is a text with the way in which it is cut.
type passage struct {
	text string
	cut  Analyser
	// keywords are those of who wrote it.
	keywords []string
}

// passagesOf are a view's texts, each field cut in its way.
func passagesOf(v *View, cutting func(Field) Analyser) []passage {
	var out []passage
	keywords := keywordsOf(v)
	for f := range fieldCount {
		for _, s := range v.Texts[f] {
			out = append(out, passage{s, cutting(f), keywords})
		}
	}
	return out
}

// keywordsOf are the keywords of a view that are written in Han alone: what their
// author holds to be words.
func keywordsOf(v *View) []string {
	var out []string
	for _, k := range v.Texts[Keywords] {
		if utf8.RuneCountInString(k) > 1 && strings.IndexFunc(k, func(r rune) bool { return !unicode.Is(unicode.Han, r) }) < 0 {
			out = append(out, k)
		}
	}
	return out
}

// wordingOf cuts texts and numbers their terms, new ones too.
func wordingOf(texts []passage) (*wording, vocabulary) {
	terms := vocabulary{}
	w := &wording{}
	w.cutAs(texts, func(term string) int32 {
		n, ok := terms[term]
		if !ok {
			n = int32(len(terms))
			terms[term] = n
		}
		return n
	})
	return w, terms
}

// appendNames adds where words stand in a text.
func appendNames(names []extent, text string, words []string) []extent {
	for _, word := range words {
		for from := 0; ; {
			at := strings.Index(text[from:], word)
			if at < 0 {
				break
			}
			at += from
			from = at + len(word)
			names = append(names, extent{at, from})
		}
	}
	return names
}

// cutIn cuts texts and numbers those of their terms that are in a vocabulary. It
// takes the room of what the wording said before.
func (w *wording) cutIn(v vocabulary, texts []passage) {
	w.cutAs(texts, func(term string) int32 {
		if n, ok := v[term]; ok {
			return n
		}
		return noTerm
	})
}

func (w *wording) cutAs(texts []passage, number func(term string) int32) {
	w.texts, w.tokens, w.terms, w.ends = w.texts[:0], w.tokens[:0], w.terms[:0], w.ends[:0]
	w.names, w.nameEnds = w.names[:0], w.nameEnds[:0]
	for _, p := range texts {
		from := len(w.tokens)
		w.tokens = p.cut(w.tokens, p.text)
		for _, t := range w.tokens[from:] {
			if first, _ := utf8.DecodeRuneInString(p.text[t.Start:]); t.Synonym && unicode.Is(unicode.Han, first) {
				w.names = append(w.names, extent{t.Start, t.End})
			}
		}
		w.names = appendNames(w.names, p.text, p.keywords)
		kept := slices.DeleteFunc(w.tokens[from:], func(t Token) bool { return t.Synonym || t.Single() })
		for _, t := range kept {
			w.terms = append(w.terms, number(t.Term))
		}
		w.tokens = w.tokens[:from+len(kept)]
		w.ends, w.nameEnds = append(w.ends, len(w.tokens)), append(w.nameEnds, len(w.names))
	}
	from, fromName := 0, 0
	for i, end := range w.ends { // what was appended to has its place now
		w.texts = append(w.texts, cut{texts[i].text, w.tokens[from:end], w.terms[from:end], w.names[fromName:w.nameEnds[i]]})
		from, fromName = end, w.nameEnds[i]
	}
}

// concordance tells where each term stands in a wording. Places count through
// all of its texts, with one left free between two of them, so that no
// expression goes from one to the next. It is not safe for concurrent use.
type concordance struct {
	tokens []*Token // by place
	// first is a term's last place, and next by place the one before; 0 is none.
	first, next []int32
	// reaches are what endsIn has found at a place, for the token before and
	// for the present one.
	reaches [2][]reach
	step    int32
	ends    []int32
}

// inChinese tells whether there are Han characters in the wording.
func (c *concordance) inChinese() bool {
	return slices.ContainsFunc(c.tokens, func(t *Token) bool { return t != nil && t.Han })
}

// reach is how many tokens end at a place, neighbours in both texts, and in
// which step of endsIn that was found.
type reach struct{ step, length int32 }

// tell makes it the concordance of a wording whose terms have numbers below
// terms. It takes the room of what it told before.
func (c *concordance) tell(w *wording, terms int) {
	places := 1 + len(w.tokens) + len(w.texts)
	c.tokens, c.first, c.next = roomFor(c.tokens, places), roomFor(c.first, terms), roomFor(c.next, places)
	clear(c.tokens)
	clear(c.first)
	for i := range c.reaches {
		c.reaches[i] = roomFor(c.reaches[i], places)
		clear(c.reaches[i])
	}
	c.step = 0
	place := int32(1)
	for i := range w.texts {
		for k, term := range w.texts[i].terms {
			c.tokens[place] = &w.texts[i].tokens[k]
			if term != noTerm {
				c.next[place], c.first[term] = c.first[term], place
			}
			place++
		}
		place++
	}
}

// roomFor is a slice of so many, whatever they are: the one there is, if it has
// room.
func roomFor[E any](room []E, n int) []E {
	return slices.Grow(room[:0], n)[:n]
}

// runsOf are the longest stretches of a text's tokens that stand in the
// concordance as well: each that cannot be lengthened at its end. They may
// overlap.
func (c *concordance) runsOf(own *cut, by naming) iter.Seq[run] {
	return func(yield func(run) bool) {
		ends := c.endsIn(own)
		for i, n := range ends {
			if n == 0 || i+1 < len(ends) && ends[i+1] == n+1 {
				continue
			}
			first, last := i-int(n)+1, i
			for first <= last && own.seam(last, last+1, by) && !c.edges(own.terms[last], 1) {
				last--
			}
			for first <= last && own.seam(first, first-1, by) && !c.edges(own.terms[first], -1) {
				first++
			}
			if first > last {
				continue
			}
			first, last = own.telling(first, last, by)
			tokens := own.tokens[first : last+1]
			if !yield(run{surface: own.text[tokens[0].Start:tokens[last-first].End], at: first, tokens: tokens, terms: own.terms[first : last+1]}) {
				return
			}
		}
	}
}

// telling is the part of a run that tells most, where it is longer than what is
// named.
func (c *cut) telling(first, last int, by naming) (from, to int) {
	longest := longestWords
	if c.tokens[first].Han {
		longest = longestPairs
	}
	sum, most := 0.0, 0.0
	from, to = first, last
	for i := first; i <= last; i++ {
		sum += by.tells(c.terms[i])
		if i-first >= longest {
			sum -= by.tells(c.terms[i-longest])
		}
		if i-first >= longest-1 && last-first >= longest && sum > most {
			most, from, to = sum, i-longest+1, i
		}
	}
	return from, to
}

// endsIn is how long the longest run is that ends at each of a text's tokens.
// It holds until it is asked again.
func (c *concordance) endsIn(own *cut) []int32 {
	c.ends = roomFor(c.ends, len(own.tokens))
	clear(c.ends)
	c.step++ // what an earlier text reached counts no more
	for i := range own.tokens {
		c.step++
		if own.terms[i] == noTerm {
			continue
		}
		before, now := c.reaches[(c.step-1)%2], c.reaches[c.step%2]
		joined := i > 0 && neighbours(own.tokens[i-1], own.tokens[i], own.text)
		for at := c.first[own.terms[i]]; at != 0; at = c.next[at] {
			n := int32(1)
			if r := before[at-1]; joined && r.step == c.step-1 && touching(*c.tokens[at-1], *c.tokens[at]) {
				n = r.length + 1
			}
			now[at] = reach{c.step, n}
			c.ends[i] = max(c.ends[i], n)
		}
	}
	return c.ends
}
