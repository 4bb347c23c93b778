package analysis

import (
	"bytes"
	"slices"
)

// Phrase is some words in a row as they are written: folded and stemmed like
// all text, but without synonyms, pinyin or misspellings. Where its Han
// characters touch, the text's must touch too; elsewhere anything but a word
// may stand between. One that is a compound, or a single word, is in every
// writing of that.
type Phrase struct {
	atoms []atom
	// parts are its wording, cut where a text may have a gap or none.
	parts [][]byte
}

// Phrase reads a phrase; what comes after MaxUnits words is left out.
func (a *Analyzer) Phrase(text string) Phrase {
	sequence := atoms(text)
	return phraseOf(sequence[:min(len(sequence), MaxUnits)])
}

// phraseOf is the phrase of atoms.
func phraseOf(sequence []atom) Phrase {
	p := Phrase{atoms: sequence}
	if whole, n := longestCompound(p.atoms, true); n > 0 && n == len(p.atoms) {
		p.atoms = []atom{{term: stem(whole), word: whole, end: p.atoms[n-1].end}}
	}
	from := 0
	for i := range p.atoms {
		if i > 0 && p.atoms[i].han && p.atoms[i-1].han && !p.atoms[i].joined {
			p.parts = append(p.parts, appendAtoms(nil, p.atoms[from:i]))
			from = i
		}
	}
	if len(p.atoms) > 0 {
		p.parts = append(p.parts, appendAtoms(nil, p.atoms[from:]))
	}
	return p
}

// same tells that texts that hold one of two phrases hold the other.
func (p Phrase) same(other Phrase) bool { return slices.EqualFunc(p.parts, other.parts, bytes.Equal) }

// han tells of a phrase with Han characters.
func (p Phrase) han() bool { return slices.ContainsFunc(p.atoms, func(a atom) bool { return a.han }) }

// Empty tells that the phrase holds nothing that can be searched.
func (p Phrase) Empty() bool { return len(p.atoms) == 0 }

// Units are what every text that holds the phrase is indexed under.
func (p Phrase) Units() []Unit {
	var out []Unit
	add := func(class Class, term string) {
		if !slices.ContainsFunc(out, func(u Unit) bool { return u.Class == class && u.Term == term }) {
			out = append(out, Unit{Term: term, Count: 1, Class: class})
		}
	}
	for i, at := range p.atoms {
		switch {
		case !at.han:
			add(Word, at.term)
		case bigram(p.atoms[i:]):
			add(Bigram, at.term+p.atoms[i+1].term)
		case i == 0 || !bigram(p.atoms[i-1:]):
			add(Single, at.term)
		}
	}
	return out
}

// Indexed tells that the phrase is one unit: what is indexed under it holds
// the phrase.
func (p Phrase) Indexed() bool {
	return len(p.atoms) == 1 || len(p.atoms) == 2 && bigram(p.atoms)
}

// In tells whether a text holds the phrase.
func (p Phrase) In(text string) bool {
	sequence := atoms(text)
	for i := range sequence {
		if p.at(sequence[i:]) > 0 {
			return true
		}
	}
	return false
}

// at is with how many atoms a text's atoms begin that are the phrase; 0 if they do not.
func (p Phrase) at(sequence []atom) (length int) {
	if len(p.atoms) == 1 && !p.atoms[0].han {
		compounds(sequence, false, func(whole string, parts int) {
			if stem(whole) == p.atoms[0].term {
				length = parts
			}
		})
	}
	if length == 0 && p.inRow(sequence) {
		length = len(p.atoms)
	}
	return length
}

func (p Phrase) inRow(sequence []atom) bool {
	if len(p.atoms) == 0 || len(p.atoms) > len(sequence) {
		return false
	}
	for i, want := range p.atoms {
		got := &sequence[i]
		got.settle()
		if got.term != want.term || got.han != want.han || i > 0 && got.passed {
			return false
		}
		if touching := i > 0 && want.han && want.joined && p.atoms[i-1].han; touching && !got.joined {
			return false
		}
	}
	return true
}

// A wording is a text in the form in which phrases are looked for: its terms in
// reading order, a blank before each word, and a gap before a Han character
// that does not touch a Han character. Terms hold no control characters, so
// that a caller may put its own between wordings. The compounds that the text has the
// parts of stand behind it, each behind a mark, so that they are in a row with nothing.
const (
	blank     = ' '
	gap       = 0x1f
	wholeMark = 0x1e
)

// AppendWording writes a text's wording behind b.
func (a *Analyzer) AppendWording(b []byte, text string) []byte { return read(text).appendWording(b) }

func (s *said) appendWording(b []byte) []byte {
	b = appendAtoms(b, s.atoms)
	for _, whole := range s.wholes {
		b = append(b, wholeMark, blank)
		b = append(b, whole...)
	}
	return b
}

func appendAtoms(b []byte, sequence []atom) []byte {
	for i, at := range sequence {
		switch {
		case !at.han:
			b = append(b, blank)
		case i > 0 && !(at.joined && sequence[i-1].han):
			b = append(b, gap)
		}
		b = append(b, at.term...)
	}
	return b
}

// InWording tells whether a wording holds the phrase.
func (p Phrase) InWording(wording []byte) bool {
	if len(p.parts) == 0 {
		return false
	}
	for {
		i := bytes.Index(wording, p.parts[0])
		if i < 0 {
			return false
		}
		if p.lengthAt(wording[i:]) > 0 {
			return true
		}
		wording = wording[i+1:]
	}
}

// lengthAt is how long the phrase is at the beginning of a wording that begins
// with its first part; 0 if it is not there.
func (p Phrase) lengthAt(wording []byte) int {
	rest := wording[len(p.parts[0]):]
	for _, part := range p.parts[1:] {
		if len(rest) > 0 && rest[0] == gap {
			rest = rest[1:]
		}
		if !bytes.HasPrefix(rest, part) {
			return 0
		}
		rest = rest[len(part):]
	}
	// A word ends where the next begins, or with the text.
	if p.atoms[len(p.atoms)-1].han || len(rest) == 0 || rest[0] <= blank {
		return len(wording) - len(rest)
	}
	return 0
}

// Sounds tells that the phrase is one word that may be a spelling of Han
// characters, by pinyin or by initials.
func (p Phrase) Sounds() bool {
	if len(p.atoms) != 1 || !isASCII(p.atoms[0].term) {
		return false
	}
	at := p.atoms[0]
	return len(at.term) <= maxInitials || syllabify(at.term) != nil
}
