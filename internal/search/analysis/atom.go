package analysis

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// atom is the smallest thing that is indexed: one Han character, or one word
// of another script.
type atom struct {
	// term is what is indexed: the character, or the word's stem; empty for a
	// word of an unstemmed cut until it is settled.
	term string
	// word is a word as it was written, folded; empty for han.
	word string
	// han atoms form bigrams with the neighbour they touch.
	han bool
	// joined: nothing stands between this atom and the one before.
	joined bool
	// passed: a word that was passed over does.
	passed bool
	// apart is what stands between this word and the word before it.
	apart apart
	// leads: this word may be one with a word that follows behind a space.
	leads bool
	// start and end are byte offsets into the original text.
	start, end int
}

// scriptClass tells how characters of a script are cut.
type scriptClass uint8

const (
	separator scriptClass = iota
	ideograph             // written without spaces: Han, kana, Hangul
	letter                // words: Latin, Cyrillic, Arabic, Greek, digits …
	mark                  // belongs to the word before it
)

// Ideograph tells of characters that are written without spaces between words.
func Ideograph(r rune) bool { return classify(r) == ideograph }

func classify(r rune) scriptClass {
	switch {
	case r < 0x80:
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' {
			return letter
		}
		return separator
	case plainHan(r), unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul):
		return ideograph
	case unicode.IsLetter(r), unicode.IsDigit(r):
		return letter
	case unicode.Is(unicode.Mn, r), unicode.Is(unicode.Mc, r):
		return mark
	}
	return separator
}

// cutter cuts a text into atoms, one after the other, in reading order.
type cutter struct {
	folder folder
	// ahead is the character behind the atom given last, if there is one.
	ahead  folded
	has    bool
	joined bool
	word   []folded // of the word being read
	// unstemmed leaves it to settle to take endings off: of most words nobody
	// asks for them.
	unstemmed bool
	// passing, unless it is nil, leaves out words of ASCII that begin with nothing
	// of it; what they stand between is not joined. passed: one was left out.
	passing *beginnings
	passed  bool
	// last is the word given last, and behind where it ends.
	last   string
	behind int
}

func cut(text string) *cutter {
	c := &cutter{folder: folder{text: text}}
	c.ahead, c.has = c.folder.next()
	return c
}

// next gives one atom; false at the end.
func (c *cutter) next() (atom, bool) {
	for c.has {
		first := c.ahead
		switch classify(first.r) {
		case ideograph:
			a := atom{term: character(first.r), han: true, joined: c.joined, passed: c.passed, start: first.start, end: first.end}
			c.joined, c.passed = true, false
			c.ahead, c.has = c.folder.next()
			return a, true
		case letter:
			if word, ok := c.asciiWord(); ok {
				word, start := dotted(c.folder.text, word, first.start)
				if c.passing != nil && !c.passing.word(word) && !c.goesOn(start) {
					c.joined, c.passed = false, true
					continue
				}
				return c.wordAtom(strings.ToLower(word), start, first.start+len(strings.TrimPrefix(word, dot))), true
			}
			c.word = c.word[:0]
			for c.has && (len(c.word) == 0 || sameWord(c.ahead.r)) {
				c.take()
			}
			c.signs()
			word, start := dotted(c.folder.text, writtenOut(inOneScript(spell(c.folder.text, c.word))), first.start)
			return c.wordAtom(word, start, c.word[len(c.word)-1].end), true
		}
		c.joined = false
		c.ahead, c.has = c.folder.next()
	}
	return atom{}, false
}

// take adds the character ahead to the word.
func (c *cutter) take() {
	c.word = append(c.word, c.ahead)
	c.ahead, c.has = c.folder.next()
}

// Signs that are part of a name: C++ and C# are not C, nor .NET a net.
const (
	plus, sharp = '+', '#'
	dot         = "."
	wideDot     = "．"
	dottedName  = "net"
)

// signs adds the signs behind a single letter that belong to it: two plus signs and
// no third, or a sharp that nothing is written behind.
func (c *cutter) signs() {
	if len(c.word) > 1 || !c.has || c.ahead.r != plus && c.ahead.r != sharp || unicode.IsDigit(c.word[0].r) {
		return
	}
	before := *c
	before.folder.segment = slices.Clone(c.folder.segment) // which is written over
	before.word = slices.Clone(c.word)
	sign := c.ahead.r
	c.take()
	if sign == sharp && (!c.has || !sameWord(c.ahead.r) && c.ahead.r != sharp) {
		return
	}
	if sign == plus && c.has && c.ahead.r == plus {
		if c.take(); !c.has || c.ahead.r != plus {
			return
		}
	}
	*c = before
}

// dotted is a word with the dot before it where that is part of its name, and where
// it begins then.
func dotted(text, word string, start int) (name string, from int) {
	if len(word) == len(dottedName) && strings.EqualFold(word, dottedName) {
		for _, sign := range [...]string{dot, wideDot} {
			if strings.HasSuffix(text[:start], sign) {
				return dot + word, start - len(sign)
			}
		}
	}
	return word, start
}

// wordAtom is the atom of a word that was read.
func (c *cutter) wordAtom(word string, start, end int) atom {
	a := atom{word: word, joined: c.joined, passed: c.passed, apart: c.apart(start), start: start, end: end}
	c.last, c.behind = word, end
	if !c.unstemmed {
		a.settle()
	}
	c.joined, c.passed = true, false
	return a
}

// apart is what stands between the word given last and one that begins somewhere.
func (c *cutter) apart(start int) apart {
	if c.last == "" || start <= c.behind {
		return farApart
	}
	return apartBy(c.folder.text[c.behind:start])
}

// goesOn tells that a word may be part of one compound with the word given last.
func (c *cutter) goesOn(start int) bool {
	switch c.apart(start) {
	case hyphened:
		return true
	case spaced:
		return leads(c.last) || len(c.last) <= longestCode && isDigit(c.folder.text[start])
	}
	return false
}

// asciiWord reads a word of ASCII letters and digits at once, as it is written,
// where nothing but ASCII follows it: most words are. Others it leaves.
func (c *cutter) asciiWord() (string, bool) {
	text, from := c.folder.text, c.ahead.start
	if len(c.folder.segment) > 0 || c.folder.at != from+1 {
		return "", false // what is ahead came from something longer
	}
	end := from + 1
	for end < len(text) && text[end] < utf8.RuneSelf && classify(rune(text[end])) == letter {
		end++
	}
	if end < len(text) && (text[end] >= utf8.RuneSelf || end == from+1 && (text[end] == plus || text[end] == sharp)) {
		return "", false
	}
	c.folder.at = end
	c.ahead, c.has = c.folder.next()
	return text[from:end], true
}

// settle gives a word its term.
func (a *atom) settle() {
	if !a.han && a.term == "" {
		s := known(a.word)
		a.term, a.leads = s.stem, s.leads()
	}
}

// stemmed is a word's term.
func (a *atom) stemmed() string {
	a.settle()
	return a.term
}

// atoms cuts a whole text.
func atoms(text string) []atom { return cutBehind(make([]atom, 0, len(text)/4+1), text) }

// cutBehind cuts a whole text, behind the atoms that are there already.
func cutBehind(out []atom, text string) []atom {
	c := cut(text)
	for a, ok := c.next(); ok; a, ok = c.next() {
		out = append(out, a)
	}
	return out
}

// hanCharacters are the strings of the usual Han characters: a text is cut into
// thousands of them.
var hanCharacters = func() *[lastHan - firstHan + 1]string {
	var all [lastHan - firstHan + 1]string
	for i := range all {
		all[i] = string(rune(firstHan + i))
	}
	return &all
}()

func character(r rune) string {
	if plainHan(r) {
		return hanCharacters[r-firstHan]
	}
	return string(r)
}

func sameWord(r rune) bool {
	c := classify(r)
	return c == letter || c == mark
}

// spell is the folded word. Most are written as they are folded: those are cut
// from the text, without a copy.
func spell(text string, runes []folded) string {
	written := text[runes[0].start:runes[len(runes)-1].end]
	if len(written) == len(runes) && isFolded(written, runes) {
		return written
	}
	out := make([]rune, len(runes))
	for i, f := range runes {
		out[i] = f.r
	}
	return string(out)
}

func isFolded(written string, runes []folded) bool {
	for i, f := range runes {
		if f.r >= utf8.RuneSelf || written[i] != byte(f.r) {
			return false
		}
	}
	return true
}
