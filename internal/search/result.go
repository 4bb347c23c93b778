package search

import (
	"cmp"
	"slices"
	"time"
)

// Result is the answer to a query.
type Result struct {
	Hits []Hit
	// Total is the number of documents found, over all pages.
	Total int
	// AtLeast tells that Total and Facets count a part of what there is: an
	// engine may stop counting partial matches (MatchSome, MatchAny).
	AtLeast bool
	// Facets holds the wanted facets' values, most frequent first, then by value.
	Facets map[Facet][]FacetCount
	// Match is how the text was matched; with MatchAuto it tells the reader
	// whether these are results for what was typed, or for something near it.
	// "" if there was no text.
	Match Match
	Took  time.Duration
}

// Hit is one document found.
type Hit struct {
	ID   string
	Kind Kind
	// Score compares the hits of one result that are not the query's own (Query.Also); 0
	// if the order is not by relevance.
	Score      float64
	Highlights []Highlight
}

// FacetCount is a value and in how many found documents it is.
type FacetCount struct {
	Value string
	Count int
}

// Property names the part of a text that a highlight comes from, or that a
// condition looks in.
type Property string

// The properties that are highlighted and can be looked in.
const (
	PropertyTitle        Property = "title"
	PropertyValue        Property = "value"
	PropertyAbstract     Property = "abstract"
	PropertyKeyword      Property = "keyword"
	PropertyClaim        Property = "claim"
	PropertyOrganisation Property = "organisation"
	// PropertyOther is what has no place of its own: rights, numbers, where the
	// document comes from. It is highlighted, and cannot be looked in by itself.
	PropertyOther Property = "other"
)

// AllProperties that can be looked in, in the order of a document's page.
var AllProperties = []Property{
	PropertyTitle, PropertyValue, PropertyAbstract, PropertyKeyword, PropertyClaim, PropertyOrganisation,
}

// Highlight is a passage with what the query asked for marked. It is plain
// text in parts, never markup: the client renders it safely.
type Highlight struct {
	Property Property
	Language string
	Parts    []Part
	// Before and After tell that the passage was cut from a longer text.
	Before, After bool
	// Worth is how much of the query the passage answers, to be compared with the
	// others of an answer.
	Worth int
}

// Part is a piece of a passage; joined they are the passage.
type Part struct {
	Text   string
	Marked bool
}

// OrderFacets sorts counts as Result.Facets promises.
func OrderFacets(counts []FacetCount) {
	slices.SortFunc(counts, func(a, b FacetCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
	})
}
