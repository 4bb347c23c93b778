// Package querytext owns the query language: what a person types into the
// search box becomes words, conditions and ranges, typed as the search port
// takes them. Engines never see the text of an operator.
//
//	"锂电池 回收"        words in a row, as they are written; also “…” and 「…」
//	-recycling           without this word; also -"several words"
//	title:电池           in the title; also keyword, org, claim, abstract
//	锂电池 OR 钠电池     one of them; also | and (several words) OR "a phrase"
//	trl:>=6 trl:4..8     a range; also price and year
//
// The names of fields have Chinese forms, and full-width signs count as their
// half-width ones. What cannot be read is told, and no text is refused: marks
// that are none are passed over, and a field that cannot be read narrows nothing.
package querytext

import (
	"slices"
	"strings"

	"chengqiao/internal/search"
)

// Query is what a text asks for.
type Query struct {
	// Words are what is left to be searched for as the engines do.
	Words string
	// Wishes are words of fields that could not be read. They raise what has
	// them, and nothing must have them: who mistypes a field still finds what
	// the rest of the text asks for.
	Wishes     string
	Conditions []search.Condition
	OneOf      []search.Alternatives
	Ranges     map[search.Number]search.Range
	// Misread is what looked like an operator and is none.
	Misread []Misread
}

// Misread is a part of a text that could not be read, cut to a few characters,
// why, and what became of it.
type Misread struct {
	Why   Reason
	Text  string
	Taken Taken
}

// Taken is what became of a part that could not be read: a stable code.
type Taken string

// What becomes of such parts.
const (
	TakenWords    Taken = "words"    // searched for as words
	TakenWish     Taken = "wish"     // its words raise what has them
	TakenExcluded Taken = "excluded" // excluded as it is written
	TakenNothing  Taken = "nothing"  // left out
)

// Reason is a stable code.
type Reason string

// The reasons.
const (
	OpenQuote    Reason = "open_quote"    // a quotation mark that is never closed
	EmptyPhrase  Reason = "empty_phrase"  // quotation marks with nothing to search for between
	LoneMinus    Reason = "lone_minus"    // a minus that stands before nothing
	EmptyField   Reason = "empty_field"   // a field without what it should hold
	UnknownField Reason = "unknown_field" // a field that there is not
	BadRange     Reason = "bad_range"     // a range that makes no sense
	LoneOr       Reason = "lone_or"       // an OR that joins no alternatives
	TooMany      Reason = "too_many"      // more than search.MaxConditions or search.MaxAlternatives
)

// Reasons are all of them.
var Reasons = []Reason{OpenQuote, EmptyPhrase, LoneMinus, EmptyField, UnknownField, BadRange, LoneOr, TooMany}

// asks tells whether these words, beside the conditions and ranges, ask for
// anything: to leave something out is no question.
func (q Query) asks(words string) bool {
	return searchable(words) || len(q.Ranges)+len(q.OneOf) > 0 ||
		slices.ContainsFunc(q.Conditions, func(c search.Condition) bool { return !c.Not })
}

// String is a text that asks for the same, without what could not be read.
func (q Query) String() string {
	var parts []string
	if q.Words != "" {
		parts = append(parts, q.Words)
	}
	for _, c := range q.Conditions {
		part := writePhrase(c.In, c.Phrase)
		if c.Not {
			part = "-" + part
		}
		parts = append(parts, part)
	}
	for _, among := range q.OneOf {
		parts = append(parts, writeAlternatives(among))
	}
	for _, n := range search.AllNumbers {
		if r, ok := q.Ranges[n]; ok {
			parts = append(parts, string(writtenNumbers[n])+":"+writeRange(n, r))
		}
	}
	return strings.Join(parts, " ")
}

// writePhrase writes a phrase, with the field that it is looked for in.
func writePhrase(in search.Property, phrase string) string {
	if in == "" {
		return `"` + phrase + `"`
	}
	return fieldNames[in] + `:"` + phrase + `"`
}
