package match

import (
	"bufio"
	"bytes"
	"errors"
	"math"
	"slices"
	"strings"
	"sync"
	"unicode"

	"chengqiao/internal/search/analysis"
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

func (m AskingModel) validate() error {
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

// asker finds in a need's texts what is sought.
type asker struct {
	analyse Analyser
	model   AskingModel
	// odds are how much likelier a term is beside what is sought.
	odds map[string]float64
	// unknownHan and unknownWord are those of what no sentence has.
	unknownHan, unknownWord float64
}

func newAsker(analyse Analyser, m AskingModel, common analysis.Common) *asker {
	a := &asker{analyse: analyse, model: m, odds: map[string]float64{}, unknownHan: math.Exp(-m.UnknownHan), unknownWord: math.Exp(-m.UnknownWord)}
	counts, all := map[string]float64{}, map[class]float64{}
	for _, sentence := range m.Sentences {
		for _, t := range analyse(nil, sentence) {
			if !t.Synonym && !t.Single() {
				counts[t.Term]++
				all[classOf(t.Term)]++
			}
		}
	}
	for term, n := range counts {
		usual, least := float64(usualPairs), a.unknownHan
		if classOf(term) == word {
			usual, least = usualWords, a.unknownWord
		}
		asked := (n - counted) / all[classOf(term)]
		listed := max(common.Share(term), uncommon) / usual
		a.odds[term] = min(max(asked/listed, least), math.Exp(m.Most))
	}
	return a
}

// cut is an Analyser of what is sought: it leaves out the terms of everything else.
func (a *asker) cut(behind []Token, text string) []Token {
	out := a.analyse(behind, text)
	tokens := out[len(behind):]
	room := askings.Get().(*asking)
	defer askings.Put(room)
	a.weigh(room, tokens, text)
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

// leastSought is how many words and pairs of Han characters say what is sought at least.
const leastSought = 3

// cutting is how the texts of a view are cut, by field: those of a need into what
// is sought. One that says hardly anything of it is taken by its word.
func (x *Index) cutting(v *View, of side) func(Field) Analyser {
	if of == needs && x.asker.finds(v) {
		return x.asker.cutting
	}
	return func(Field) Analyser { return x.analyse }
}

// cutting is how the texts of a field of a need are cut. Keywords are those of what
// is sought.
func (a *asker) cutting(f Field) Analyser {
	if f == Keywords {
		return a.analyse
	}
	return a.cut
}

// finds tells whether a need says what it seeks. Mostly its title does.
func (a *asker) finds(v *View) bool {
	var said []string
	var tokens []Token
	for f := range fieldCount {
		for _, text := range v.Texts[f] {
			tokens = a.cutting(f)(tokens[:0], text)
			for _, t := range tokens {
				if t.Synonym || t.Single() || slices.Contains(said, t.Term) {
					continue
				}
				if said = append(said, t.Term); len(said) == leastSought {
					return true
				}
			}
		}
	}
	return false
}

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
func (a *asker) weigh(room *asking, tokens []Token, text string) {
	terms := room.terms[:0]
	end := 0
	for i, t := range tokens {
		if t.Synonym || t.Single() {
			continue
		}
		w := weighing{at: i, odds: a.of(t), same: 0.5}
		if len(terms) > 0 {
			w.same = a.same(text[min(end, t.Start):t.Start])
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
func (a *asker) of(t Token) float64 {
	odds, ok := a.odds[t.Term]
	switch {
	case ok:
		return odds
	case t.Han:
		return a.unknownHan
	case strings.IndexFunc(t.Term, unicode.IsLetter) < 0:
		return 1 // figures stand in both
	}
	return a.unknownWord
}

// same is how probably two terms belong to the same that have this between them.
func (a *asker) same(between string) float64 {
	same := a.model.Within
	for i, r := range between {
		switch {
		case strings.ContainsRune("。！？；!?;\n", r), r == '.' && strings.HasPrefix(between[i+1:], " "):
			return a.model.Sentence
		case r != '-' && (unicode.IsPunct(r) || unicode.IsSymbol(r)):
			same = a.model.Clause
		}
	}
	return same
}
