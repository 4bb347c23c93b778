package analysis

import (
	"bufio"
	"bytes"
	"errors"
	"math"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// AskingFile is the place of what needs say beside what they look for, among the
// program's configuration files.
const AskingFile = "match_asking.txt"

// AskingModel tells the stretches of a need that say what is sought from those that
// say who asks, why, on what terms and by when. A need of five lines often has one
// about a technology; the others would find what speaks of enterprises and their
// cooperation.
//
// Each term speaks for one of the two by how much likelier it is in Sentences than in
// texts of listings, and neighbours mostly belong to the same: what a stretch is
// follows from all of its terms (a hidden Markov model of two states, of which
// the likelier is taken at each term, forward and backward).
type AskingModel struct {
	// Sentences are what askers say beside what they look for.
	Sentences []string
	// UnknownHan and UnknownWord are how much a pair of Han characters and a word that
	// no sentence has speak for what is sought, as the logarithm of a likelihood ratio:
	// names of technologies are without number.
	UnknownHan, UnknownWord float64
	// Most bounds how much one term speaks for the other, in the same measure.
	Most float64
	// Within, Clause and Sentence are how probably a term belongs to the same as the
	// term before it: with no sign between them, with one, with the end of a sentence.
	Within, Clause, Sentence float64
}

// ParseAsking reads sentences, one a line. Lines that begin with # are remarks.
// Errors: of the reader's limits.
func ParseAsking(raw []byte) ([]string, error) {
	var out []string
	lines := bufio.NewScanner(bytes.NewReader(raw))
	for lines.Scan() {
		if line := strings.TrimSpace(lines.Text()); line != "" && !strings.HasPrefix(line, "#") {
			out = append(out, line)
		}
	}
	return out, lines.Err()
}

// Validate refuses numbers that cannot be.
func (m AskingModel) Validate() error {
	probable := func(p float64) bool { return p > 0 && p < 1 }
	if !(m.UnknownHan >= 0 && m.UnknownWord >= 0 && m.Most >= 0 && probable(m.Within) && probable(m.Clause) && probable(m.Sentence)) {
		return errors.New("match model: asking.unknown_han, unknown_word and most must not be negative, within, clause and sentence lie between 0 and 1")
	}
	return nil
}

// How terms are spread over texts like those that the common terms were counted in.
const (
	// usualPairs and usualWords are how many different terms a text has in round
	// numbers: a share of texts divided by them is a share of terms.
	usualPairs, usualWords = 120, 90
	// uncommon is the share of texts that is taken to have a term which is not among
	// the common ones.
	uncommon = 0.004
	// counted is what a term's first occurrence in the sentences counts: to stand
	// there once may be chance.
	counted = 0.5
)

// Seeker finds in texts what is sought. It is safe for concurrent use.
type Seeker struct {
	tokens func(behind []Token, text string) []Token
	model  AskingModel
	// odds are how much likelier a term is beside what is sought.
	odds map[string]float64
	// unknownHan and unknownWord are those of what no sentence has.
	unknownHan, unknownWord float64
}

// NewSeeker makes a seeker in texts that are cut into tokens so.
func NewSeeker(tokens func(behind []Token, text string) []Token, m AskingModel, common Common) *Seeker {
	s := &Seeker{tokens: tokens, model: m, odds: map[string]float64{}, unknownHan: math.Exp(-m.UnknownHan), unknownWord: math.Exp(-m.UnknownWord)}
	pairs, words := counting{terms: map[string]float64{}}, counting{terms: map[string]float64{}}
	for _, sentence := range m.Sentences {
		for _, t := range tokens(nil, sentence) {
			switch {
			case t.Synonym || t.Single():
			case t.Han:
				pairs.count(t.Term)
			default:
				words.count(t.Term)
			}
		}
	}
	s.learn(pairs, common, usualPairs, s.unknownHan)
	s.learn(words, common, usualWords, s.unknownWord)
	return s
}

// counting counts the terms of the sentences.
type counting struct {
	terms map[string]float64
	all   float64
}

func (c *counting) count(term string) {
	c.terms[term]++
	c.all++
}

// learn takes the odds of pairs or of words, of which a text usually has so many.
func (s *Seeker) learn(c counting, common Common, usual, least float64) {
	for term, n := range c.terms {
		asked := (n - counted) / c.all
		listed := max(common.Share(term), uncommon) / usual
		s.odds[term] = min(max(asked/listed, least), math.Exp(s.model.Most))
	}
}

// Cut cuts a text into the tokens of what is sought, behind those that are there already:
// it leaves out those of everything else.
func (s *Seeker) Cut(behind []Token, text string) []Token {
	out := s.tokens(behind, text)
	tokens := out[len(behind):]
	room := askings.Get().(*asking)
	defer askings.Put(room)
	s.weigh(room, tokens, text)
	if !room.asks() {
		return out
	}
	kept := tokens[:0]
	next := 0              // the first of the weighed terms that is still to come
	end, sought := 0, true // of the last one
	for i, t := range tokens {
		keep := sought // what no other term covers goes with the last one
		if next < len(room.terms) {
			switch w := room.terms[next]; {
			case w.at == i:
				keep = w.sought >= 0.5
				sought, end = keep, t.End
				next++
			case tokens[w.at].Start < t.End: // a Han character in one pair or two, or a synonym
				keep = w.sought >= 0.5 || sought && t.Start < end
			}
		}
		if keep {
			kept = append(kept, t)
		}
	}
	return out[:len(behind)+len(kept)]
}

// Sought is a text that describes something without what stands beside that; all of one
// of which hardly anything would remain. What is left does not touch over what was left
// out. A text is taken for describing from about a hundred pairs of Han characters or
// forty words on: whoever writes less names what is sought. Longer ones than people look
// for are whole calls, which are answered in their own words.
func (s *Seeker) Sought(text string) string {
	if len(text) < leastLengthy || utf8.RuneCountInString(text) > mostLengthy || lengthOf(s.tokens(nil, text)) < 1 {
		return text
	}
	kept := s.Cut(nil, text)
	if lengthOf(kept)*lengthyPairs < leastSought {
		return text
	}
	var out strings.Builder
	end := 0
	for _, t := range kept {
		if between := text[end:max(end, t.Start)]; strings.ContainsFunc(between, isTerm) {
			out.WriteByte('\n')
		} else {
			out.WriteString(between)
		}
		if t.End > end {
			out.WriteString(text[max(end, t.Start):t.End])
			end = t.End
		}
	}
	return out.String()
}

const (
	// lengthyPairs and lengthyWords are how many different pairs of Han characters
	// and words a text has from which on it is lengthy, as a need is long in matching.
	lengthyPairs, lengthyWords = 100, 40
	// leastLengthy is the length in bytes below which no text has so many.
	leastLengthy = 2 * lengthyWords
	// mostLengthy is how many characters one has at the most.
	mostLengthy = 1_000
	// leastSought is how many pairs are to remain at the least.
	leastSought = 3
)

// lengthOf is how long a text is by its different terms, by what is lengthy.
func lengthOf(tokens []Token) float64 {
	seen := make(map[string]bool, len(tokens))
	long := 0.0
	for _, t := range tokens {
		if t.Synonym || t.Single() || seen[t.Term] {
			continue
		}
		seen[t.Term] = true
		if t.Han {
			long += 1. / lengthyPairs
		} else {
			long += 1. / lengthyWords
		}
	}
	return long
}

// isTerm tells of characters that terms are of.
func isTerm(r rune) bool { return classify(r) != separator }

// asking is the room for weighing one text.
type asking struct{ terms []weighing }

// weighing is a word or a pair of a text on its way to how surely it is sought.
type weighing struct {
	at         int     // its place among the tokens
	odds, same float64 // and how probably it belongs to the same as the one before
	sought     float64
}

var askings = sync.Pool{New: func() any { return new(asking) }}

// asks tells whether any of the terms stands beside what is sought.
func (r *asking) asks() bool {
	for i := range r.terms {
		if r.terms[i].sought < 0.5 {
			return true
		}
	}
	return false
}

// weigh says of each word and pair of a text how surely it is sought.
func (s *Seeker) weigh(room *asking, tokens []Token, text string) {
	terms := room.terms[:0]
	end := 0
	for i, t := range tokens {
		if t.Synonym || t.Single() {
			continue
		}
		w := weighing{at: i, odds: s.of(t), same: 0.5}
		if len(terms) > 0 {
			w.same = s.same(text[min(end, t.Start):t.Start])
		}
		terms, end = append(terms, w), t.End
	}
	room.terms = terms

	// Forward: what a term is by all before it.
	sought := 0.5
	for i := range terms {
		w := &terms[i]
		of := sought*w.same + (1-sought)*(1-w.same)
		beside := (1 - of) * w.odds
		sought = of / (of + beside)
		w.sought = sought
	}
	// Backward: what follows speaks too.
	followsSought, followsBeside := 1.0, 1.0
	for i := len(terms) - 1; i >= 0; i-- {
		w := &terms[i]
		of, beside := w.sought*followsSought, (1-w.sought)*followsBeside
		w.sought = of / (of + beside)
		before := w.same*followsSought + (1-w.same)*w.odds*followsBeside
		beforeBeside := w.same*w.odds*followsBeside + (1-w.same)*followsSought
		followsSought, followsBeside = before/(before+beforeBeside), beforeBeside/(before+beforeBeside)
	}
}

// of are the odds of a word or a pair.
func (s *Seeker) of(t Token) float64 {
	odds, ok := s.odds[t.Term]
	switch {
	case ok:
		return odds
	case t.Han:
		return s.unknownHan
	case strings.IndexFunc(t.Term, unicode.IsLetter) < 0:
		return 1 // figures stand in both
	}
	return s.unknownWord
}

// same is how probably two terms belong to the same that have this between them.
func (s *Seeker) same(between string) float64 {
	same := s.model.Within
	for i, r := range between {
		switch {
		case strings.ContainsRune("。！？；!?;\n", r), r == '.' && strings.HasPrefix(between[i+1:], " "):
			return s.model.Sentence
		case r != '-' && (unicode.IsPunct(r) || unicode.IsSymbol(r)):
			same = s.model.Clause
		}
	}
	return same
}
