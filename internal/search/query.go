package search

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"chengqiao/internal/errs"
	"chengqiao/internal/search/analysis"
)

// Query is a question to the index. The zero Query asks for the newest public
// documents.
type Query struct {
	Reader Reader
	// Text is what the person typed, at most MaxText characters.
	Text  string
	Match Match
	// Wishes are words that raise what has them by relevance and are marked;
	// nothing must have them. At most MaxText characters.
	Wishes string
	// Conditions are held to by every hit however the text is matched; at most
	// MaxConditions.
	Conditions []Condition
	// OneOf are alternatives: of each a hit has one at least, however the text is
	// matched; at most MaxAlternatives together.
	OneOf []Alternatives
	// Literal looks for the words as they are written: no synonyms.
	Literal bool
	// Filters keep documents with any of a facet's values, of every facet.
	Filters map[Facet][]string
	// Ranges keep documents whose number is inside, of every number.
	Ranges map[Number]Range
	// Also are documents that answer the text whatever they have of its words, best
	// first, before all that answer it by words: what a text describes is known otherwise.
	// They count where some of a text may be answered (Match.Partly), and are held to
	// everything else. At most MaxIDs.
	Also []string
	// Within keeps these documents alone, Without drops these; at most MaxIDs.
	Within, Without []string
	// Facets are to be counted. A facet's counts leave its own filter out, so
	// that the other choices stay open.
	Facets []Facet
	Sort   Sort
	// Offset and Limit choose the page; a limit of 0 asks for no hits.
	Offset, Limit int
	// Highlight are the properties whose passages are given with marks.
	Highlight []Property
	// members: the query is asked by members' prices.
	members bool
}

// literally knows no synonyms.
var literally = analysis.New(nil)

// Analyzer is by what the query is read, of an index that an analysis made.
func (q *Query) Analyzer(a *analysis.Analyzer) *analysis.Analyzer {
	if q.Literal {
		return literally
	}
	return a
}

// The bounds of a query.
const (
	MaxText   = 8_000
	MaxIDs    = 1_000
	MaxLimit  = 1_000
	MaxOffset = 100_000
)

// Range is an inclusive range; nil is open.
type Range struct{ Min, Max *int64 }

// Ordered is the range between its two ends, whichever was given first.
func (r Range) Ordered() Range {
	if r.Min != nil && r.Max != nil && *r.Min > *r.Max {
		r.Min, r.Max = r.Max, r.Min
	}
	return r
}

// And is what is inside both ranges.
func (r Range) And(other Range) Range {
	if r.Min == nil || other.Min != nil && *other.Min > *r.Min {
		r.Min = other.Min
	}
	if r.Max == nil || other.Max != nil && *other.Max < *r.Max {
		r.Max = other.Max
	}
	return r
}

// Holds tells whether v is inside.
func (r Range) Holds(v int64) bool {
	return (r.Min == nil || v >= *r.Min) && (r.Max == nil || v <= *r.Max)
}

// Match tells how much of the text a document must answer.
type Match string

const (
	// MatchAuto takes the first of All, Close and Some that finds anything; for
	// a text of more than MaxAllUnits units, Some.
	MatchAuto Match = ""
	// MatchAll: every unit of the text, as it is.
	MatchAll Match = "all"
	// MatchClose: every unit, but the last word may be unfinished, words may be
	// misspelled, and pinyin may be initials.
	MatchClose Match = "close"
	// MatchSome: half of a short text or more, by the shares of its units; of one of more
	// than MaxAllUnits a quarter.
	MatchSome Match = "some"
	// MatchAny: any unit. For rankings, and for what is nearest to a text that nothing
	// answers.
	MatchAny Match = "any"
)

// MaxAllUnits is the length, in units, up to which every unit is required.
// Meilisearch takes no more words than ten; and who writes more describes
// something rather than naming it.
const MaxAllUnits = analysis.MaxShared

// Long tells that a text is too long for all of it to be required.
func Long(p analysis.Plan) bool { return len(p.Units) > MaxAllUnits }

// Least is how much of a plan a document must answer: the sum of what the units count.
func (m Match) Least(p analysis.Plan) int {
	switch m {
	case MatchSome:
		if Long(p) {
			return max(MaxAllUnits/2, (p.Shares()+3)/4) // nobody describes a thing in the same words
		}
		return (p.Shares() + 1) / 2
	case MatchAny:
		return 1
	}
	return len(p.Units)
}

// Partly tells that a document may answer some of a text alone.
func (m Match) Partly() bool { return m == MatchSome || m == MatchAny }

// ByParts tells that a name which nobody has is asked for by what it is made of
// (analysis.Analyzer.Known): not where all of a text must be answered, and not of one that
// has so much else to go by.
func (m Match) ByParts(p analysis.Plan) bool {
	return m.Partly() && !Long(p)
}

// Counts is what a unit counts among those that are answered.
func (m Match) Counts(u analysis.Unit) int {
	if m == MatchSome {
		return u.Share
	}
	return 1
}

// Told is the factor by which a document that answers some of a text counts less than the
// one that answers most, by how much what they answer tells (analysis.Analyzer.Rarity).
func Told(some, most float64) float64 {
	if most <= 0 {
		return 1
	}
	share := some / most
	return share * share
}

// Asks is what a plan asks for where it is matched so.
func (m Match) Asks(p analysis.Plan) analysis.Plan {
	if m == MatchAny {
		return p.Apart()
	}
	return p
}

// Sort is the order of the hits. Documents without the number come last;
// equal ones are ordered newest first, then by id.
type Sort string

// The sorts. Without a text, relevance is newest first.
const (
	SortRelevance Sort = ""
	SortNewest    Sort = "newest"
	SortPriceAsc  Sort = "price_asc"
	SortPriceDesc Sort = "price_desc"
	SortTRLAsc    Sort = "trl_asc"
	SortTRLDesc   Sort = "trl_desc"
)

// AllSorts in the order in which they are offered.
var AllSorts = []Sort{SortRelevance, SortNewest, SortPriceAsc, SortPriceDesc, SortTRLAsc, SortTRLDesc}

// key is the number that a sort goes by, and whether greater ones come first;
// "" for relevance.
func (s Sort) key() (n Number, descending bool) {
	switch s {
	case SortNewest:
		return NumberPublished, true
	case SortPriceAsc, SortPriceDesc:
		return NumberPrice, s == SortPriceDesc
	case SortTRLAsc, SortTRLDesc:
		return NumberTRL, s == SortTRLDesc
	}
	return "", false
}

// Validate checks the query's bounds and names. The error is errs.Invalid
// "invalid_fields" with the path of each fault.
func (q *Query) Validate() error {
	var faults []errs.Field
	fault := func(bad bool, path, code string, params errs.Params) {
		if bad {
			faults = append(faults, errs.Field{Path: path, Code: code, Params: params})
		}
	}
	fault(utf8.RuneCountInString(q.Text) > MaxText, "text", "too_long", errs.Params{"max": MaxText})
	fault(utf8.RuneCountInString(q.Wishes) > MaxText, "wishes", "too_long", errs.Params{"max": MaxText})
	fault(q.Offset < 0 || q.Offset > MaxOffset, "offset", "out_of_range", errs.Params{"min": 0, "max": MaxOffset})
	fault(q.Limit < 0 || q.Limit > MaxLimit, "limit", "out_of_range", errs.Params{"min": 0, "max": MaxLimit})
	fault(len(q.Also) > MaxIDs, "also", "too_many", errs.Params{"max": MaxIDs})
	fault(len(q.Within) > MaxIDs, "within", "too_many", errs.Params{"max": MaxIDs})
	fault(len(q.Without) > MaxIDs, "without", "too_many", errs.Params{"max": MaxIDs})
	fault(len(q.Conditions) > MaxConditions, "conditions", "too_many", errs.Params{"max": MaxConditions})
	for i, c := range q.Conditions {
		path := fmt.Sprintf("conditions[%d]", i)
		fault(utf8.RuneCountInString(c.Phrase) > MaxText, path, "too_long", errs.Params{"max": MaxText})
		fault(c.In != "" && !slices.Contains(AllProperties, c.In), path, "unknown", nil)
	}
	together := 0
	for i, among := range q.OneOf {
		together += len(among)
		for j, alternative := range among {
			path := fmt.Sprintf("one_of[%d][%d]", i, j)
			fault(utf8.RuneCountInString(alternative.Text) > MaxText, path, "too_long", errs.Params{"max": MaxText})
			fault(alternative.In != "" && !(alternative.Quoted && slices.Contains(AllProperties, alternative.In)), path, "unknown", nil)
		}
	}
	fault(together > MaxAlternatives, "one_of", "too_many", errs.Params{"max": MaxAlternatives})
	fault(!slices.Contains(AllSorts, q.Sort), "sort", "unknown", nil)
	matches := []Match{MatchAuto, MatchAll, MatchClose, MatchSome, MatchAny}
	fault(!slices.Contains(matches, q.Match), "match", "unknown", nil)
	for f, values := range q.Filters {
		path := fmt.Sprintf("filters.%s", f)
		fault(!f.Valid(), path, "unknown", nil)
		fault(len(values) > MaxIDs, path, "too_many", errs.Params{"max": MaxIDs})
	}
	for n := range q.Ranges {
		fault(!n.Valid(), fmt.Sprintf("ranges.%s", n), "unknown", nil)
	}
	for i, f := range q.Facets {
		fault(!f.Valid(), fmt.Sprintf("facets[%d]", i), "unknown", nil)
	}
	slices.SortFunc(faults, func(a, b errs.Field) int { return strings.Compare(a.Path, b.Path) })
	return errs.InvalidFields(faults)
}

// Own tells whether a facet has a choice of its own in the query, which its
// counts leave out.
func (q *Query) Own(f Facet) bool {
	if len(q.Filters[f]) > 0 {
		return true
	}
	for n := range q.Ranges {
		if n.Facet() == f {
			return true
		}
	}
	return false
}

// Open is q without the own choice of a facet: what the facet is counted by.
func (q *Query) Open(f Facet) Query {
	open := *q
	open.Filters = maps.Clone(q.Filters)
	delete(open.Filters, f)
	open.Ranges = maps.Clone(q.Ranges)
	maps.DeleteFunc(open.Ranges, func(n Number, _ Range) bool { return n.Facet() == f })
	return open
}

// Levels are the matches to be tried in turn for a text.
func (q *Query) Levels(p analysis.Plan) []Match {
	switch {
	case q.Match != MatchAuto:
		return []Match{q.Match}
	case Long(p):
		return []Match{MatchSome}
	case !p.HasParts():
		return []Match{MatchAll, MatchClose}
	}
	return []Match{MatchAll, MatchClose, MatchSome}
}
