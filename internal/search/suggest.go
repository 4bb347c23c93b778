package search

import (
	"cmp"
	"context"
	"slices"

	"chengqiao/internal/errs"
	"chengqiao/internal/search/analysis"
)

// Suggester completes what a person is typing.
type Suggester interface {
	// Suggest gives what begins with what was typed, of what the reader may
	// read. Errors: errs.Invalid "invalid_fields" for bounds, and errs.Unavailable
	// "search_unavailable" where the engine cannot be reached.
	Suggest(ctx context.Context, q Typing) (Suggestions, error)
}

// Typing is what a person has typed so far, and how many suggestions of each
// sort are wanted.
type Typing struct {
	Reader Reader
	// Text is at most MaxTyping characters; longer texts name nothing.
	Text                              string
	Listings, Keywords, Organisations int
}

// The bounds of Typing.
const (
	MaxTyping      = 60
	MaxSuggestions = 200
)

// Validate checks the bounds. The error is errs.Invalid "invalid_fields".
func (q *Typing) Validate() error {
	var faults []errs.Field
	if len([]rune(q.Text)) > MaxTyping {
		faults = append(faults, errs.Field{Path: "text", Code: "too_long", Params: errs.Params{"max": MaxTyping}})
	}
	count := func(path string, n int) {
		if n < 0 || n > MaxSuggestions {
			faults = append(faults, errs.Field{Path: path, Code: "out_of_range", Params: errs.Params{"min": 0, "max": MaxSuggestions}})
		}
	}
	count("listings", q.Listings)
	count("keywords", q.Keywords)
	count("organisations", q.Organisations)
	return errs.InvalidFields(faults)
}

// Suggestions are the completions, the best first.
type Suggestions struct {
	Listings      []ListingSuggestion
	Keywords      []KeywordSuggestion
	Organisations []OrganisationSuggestion
}

// ListingSuggestion is a listing whose title answers.
type ListingSuggestion struct {
	ID   string
	Kind Kind
	// Title is the one that answers, in Language.
	Title, Language string
}

// KeywordSuggestion is a keyword of listings or of the synonym list.
type KeywordSuggestion struct {
	Text string
	// Count is the total of a search for it.
	Count int
}

// OrganisationSuggestion is an organisation with listings under its name.
type OrganisationSuggestion struct {
	ID, Kind string
	// Names are by language; at least one.
	Names map[string]string
	// Count is how many listings the reader finds of it.
	Count int
}

// Candidate is a phrase that may be suggested: how well it answers, and in how
// many documents it is.
type Candidate[T any] struct {
	Closeness analysis.Closeness
	Count     int
	// Key orders what is equal else: shorter ones first.
	Key string
	// ID orders what has one name, as two organisations may.
	ID    string
	Value T
}

// Rank puts candidates in order: the closer first, then those with more
// documents, then the shorter. It is one order, however they were found.
func Rank[T any](list []Candidate[T]) {
	slices.SortFunc(list, func(a, b Candidate[T]) int {
		return cmp.Or(
			cmp.Compare(a.Closeness, b.Closeness), cmp.Compare(b.Count, a.Count),
			cmp.Compare(len(a.Key), len(b.Key)), cmp.Compare(a.Key, b.Key), cmp.Compare(a.ID, b.ID),
		)
	})
}

// RankWritten puts candidates in order for a search to be counted for the first of
// them: the very name, or one that is spelled like that, and then those that
// documents write before those of the synonym list alone, most of which nothing
// may say.
func RankWritten[T any](list []Candidate[T]) {
	Rank(list)
	place := func(c Candidate[T]) int {
		switch {
		case c.Closeness == analysis.Exact || c.Closeness == analysis.SoundsExact:
			return 0
		case c.Count > 0:
			return 1
		}
		return 2
	}
	slices.SortStableFunc(list, func(a, b Candidate[T]) int { return cmp.Compare(place(a), place(b)) })
}
