package search

import (
	"strings"

	"chengqiao/internal/policy"
	"chengqiao/internal/search/analysis"
)

// Condition is a phrase that a document must hold, or must not, whatever else
// is asked. What a reader may not read neither meets a condition nor breaks it.
type Condition struct {
	// Phrase is words in a row as they are written (analysis.Phrase). One that
	// holds nothing to search for is no condition.
	Phrase string
	// In is the one property that it is looked for in; "" is all that is
	// searched.
	In  Property
	Not bool
}

// MaxConditions bounds Query.Conditions: nobody types more by hand.
const MaxConditions = 16

// Clause is a condition as engines test it.
type Clause struct {
	Phrase analysis.Phrase
	In     Property
	Not    bool
}

// Clauses are the query's conditions, those that must hold first.
func (q *Query) Clauses(a *analysis.Analyzer) []Clause {
	var must, mustNot []Clause
	for _, c := range q.Conditions {
		clause := Clause{Phrase: a.Phrase(c.Phrase), In: c.In, Not: c.Not}
		switch {
		case clause.Phrase.Empty():
		case c.Not:
			mustNot = append(mustNot, clause)
		default:
			must = append(must, clause)
		}
	}
	return append(must, mustNot...)
}

// Asked are the phrases that must hold, alternatives and wishes, as a text: what
// else there is to rank by than the query's own text.
func (q *Query) Asked() string {
	var phrases []string
	for _, c := range q.Conditions {
		if !c.Not {
			phrases = append(phrases, c.Phrase)
		}
	}
	return strings.Join(append(phrases, q.Desired()), "\n")
}

// Met tells whether a document is as the clause wants it, for a reader who may
// find the document.
func (c Clause) Met(d *Document, r Reader) bool {
	full, held := r.Full(d.ID, d.Owner), false
	d.Pieces(func(tier policy.Tier, in Property, text string) {
		held = held || (full || r.Reads(tier)) && (c.In == "" || c.In == in) && c.Phrase.In(text)
	})
	return held != c.Not
}

// Pieces visits everything searchable of a document once, each piece that is
// written in one go by itself, with its tier and property; "" is the property of
// what is never shown.
func (d *Document) Pieces(visit func(tier policy.Tier, in Property, text string)) {
	for i := range d.Texts {
		t := &d.Texts[i]
		one := func(in Property, text string) {
			if text != "" {
				visit(t.Tier, in, text)
			}
		}
		each := func(in Property, texts []string) {
			for _, text := range texts {
				one(in, text)
			}
		}
		one(PropertyTitle, t.Title)
		one(PropertyValue, t.Value)
		one(PropertyAbstract, t.Abstract)
		each(PropertyKeyword, t.Keywords)
		each(PropertyClaim, t.Claims)
		each(PropertyOrganisation, t.Organisations)
		each("", t.Other)
	}
	if d.Source != "" {
		visit(d.AudienceOrPublic(), "", d.Source)
	}
}
