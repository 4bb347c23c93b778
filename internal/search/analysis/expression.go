package analysis

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// Expression is what a short text names, written in one go.
type Expression struct {
	// Names are it as it is written and, where it is one of the synonym list, its other
	// names in that script. Foreign are those in others.
	Names, Foreign []Phrase
}

// Expressions are what a short text names, each written in one go: the text is
// cut where a Han character does not touch what stands beside it. Words of
// other scripts are written apart and stay together: "machine learning" is one
// expression.
func (a *Analyzer) Expressions(text string) []Expression {
	sequence := withoutAsking(atoms(text))
	var out []Expression
	for from, i := 0, 1; i <= len(sequence); i++ {
		if i == len(sequence) || beginsExpression(sequence, i) {
			out = append(out, a.expression(text, sequence[from:i]))
			from = i
		}
	}
	return out
}

// expression is what some atoms of a text name.
func (a *Analyzer) expression(text string, sequence []atom) Expression {
	written := a.Phrase(text[sequence[0].start:sequence[len(sequence)-1].end])
	e := Expression{Names: []Phrase{written}}
	groups, n := a.synonyms.longest(sequence, 0)
	if n < len(sequence) {
		return e
	}
	for _, group := range groups {
		for _, name := range a.synonyms.namesOf[group] {
			switch {
			case name.same(written):
			case name.han() == written.han():
				e.Names = append(e.Names, name)
			default:
				e.Foreign = append(e.Foreign, name)
			}
		}
	}
	return e
}

// beginsExpression tells whether an expression begins with an atom that is not the first.
func beginsExpression(sequence []atom, i int) bool {
	return !sequence[i].joined && (sequence[i].han || sequence[i-1].han)
}

// Sighting is a place where a text says a phrase.
type Sighting struct {
	// Begins and Ends tell that the phrase begins and ends there as a word of its
	// own, and is no part of a longer one: 抗氧化 ends in 抗氧化的作用, and does not in
	// 抗氧化剂. Without a dictionary that is known of the text's ends, of signs, of
	// words in other scripts, and of joints.
	Begins, Ends bool
}

// joints are characters that stand between expressions far more often than in them.
const joints = "的了和与及对在为是以于中等从并其将由被而上下不之有可即或"

// Sightings visits the places of a wording that say the phrase, in order.
func (p Phrase) Sightings(wording []byte, visit func(Sighting)) {
	if p.Empty() {
		return
	}
	for at := 0; ; {
		i := bytes.Index(wording[at:], p.parts[0])
		if i < 0 {
			return
		}
		from := at + i
		to := from + p.lengthAt(wording[from:])
		if to == from {
			at = from + 1
			continue
		}
		before, _ := utf8.DecodeLastRune(wording[:from])
		after, _ := utf8.DecodeRune(wording[to:])
		visit(Sighting{
			Begins: !p.atoms[0].han || from == 0 || parts(before),
			Ends:   !p.atoms[len(p.atoms)-1].han || to == len(wording) || parts(after),
		})
		at = to
	}
}

// parts tells whether a character of a wording parts what is before it from
// what is behind.
func parts(r rune) bool { return r <= blank || strings.ContainsRune(joints, r) }
