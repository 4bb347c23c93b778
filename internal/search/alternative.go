package search

import (
	"strings"

	"chengqiao/internal/search/analysis"
)

// Alternatives are things of which a document must have one, whatever else is
// asked. What a reader may not read is none of them.
type Alternatives []Alternative

// Alternative is words or, Quoted, a phrase.
type Alternative struct {
	// Text is words of which a document must have each, found as MatchAll finds
	// those of a query: in any order, with synonyms and pinyin. Of more than
	// MaxAllUnits units the first count.
	Text string
	// Quoted: Text is a phrase, as in a Condition.
	Quoted bool
	// In is the one property that a phrase is looked for in; "" is all that is
	// searched.
	In Property
}

// MaxAlternatives bounds those of a query, all of Query.OneOf together.
const MaxAlternatives = 32

// Option is an alternative as engines test it.
type Option struct {
	// Words are what a document must answer; empty for a phrase.
	Words analysis.Plan
	// Phrase is what it must hold instead.
	Phrase Clause
}

// Options are the query's alternatives, without those that hold nothing to search
// for. Where none of some does, they ask for nothing.
func (q *Query) Options(a *analysis.Analyzer) [][]Option {
	var out [][]Option
	for _, among := range q.OneOf {
		var options []Option
		for _, alternative := range among {
			if alternative.Quoted {
				if phrase := a.Phrase(alternative.Text); !phrase.Empty() {
					options = append(options, Option{Phrase: Clause{Phrase: phrase, In: alternative.In}})
				}
				continue
			}
			if plan := a.Plan(alternative.Text); !plan.Empty() {
				plan.Units = plan.Units[:min(len(plan.Units), MaxAllUnits)]
				options = append(options, Option{Words: plan})
			}
		}
		if len(options) > 0 {
			out = append(out, options)
		}
	}
	return out
}

// Desired is what ranks and is not required word by word, as a text: wishes and
// the words of alternatives.
func (q *Query) Desired() string {
	parts := []string{q.Wishes}
	for _, among := range q.OneOf {
		for _, alternative := range among {
			parts = append(parts, alternative.Text)
		}
	}
	return strings.Trim(strings.Join(parts, "\n"), "\n")
}

// Marked is what is marked in what was found, beside the query's own text: the
// words of wishes and alternatives wherever they stand, and the phrases that a
// document must hold, or may.
func (q *Query) Marked(a *analysis.Analyzer) (words analysis.Plan, phrases []Clause) {
	words = a.Plan(q.Wishes)
	for _, c := range q.Clauses(a) {
		if !c.Not {
			phrases = append(phrases, c)
		}
	}
	for _, options := range q.Options(a) {
		for _, option := range options {
			if option.Words.Empty() {
				phrases = append(phrases, option.Phrase)
			} else {
				words = words.And(option.Words)
			}
		}
	}
	return words, phrases
}
