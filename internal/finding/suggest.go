package finding

import (
	"context"
	"slices"
	"unicode/utf8"

	"chengqiao/internal/policy"
	"chengqiao/internal/search"
	"chengqiao/internal/search/analysis"
)

// How many suggestions of each sort fit under a search box.
const (
	suggestedListings      = 3
	suggestedKeywords      = 4
	suggestedOrganisations = 3
	suggestedRegions       = 2
)

// Suggestions are the completions, the best first of each sort.
type Suggestions struct {
	search.Suggestions
	Regions []RegionSuggestion
}

// Suggest completes what a person is typing; a text too long to name anything
// has no completions. Errors: those of policy for search.run and of
// search.Suggester.
func (f *Finder) Suggest(ctx context.Context, actor policy.Actor, typed string) (Suggestions, error) {
	if err := policy.Check(actor, policy.SearchRun, policy.Facts{}).Err(); err != nil {
		return Suggestions{}, err
	}
	if utf8.RuneCountInString(typed) > search.MaxTyping {
		return Suggestions{}, nil
	}
	reader, err := f.readerOf(ctx, actor)
	if err != nil {
		return Suggestions{}, err
	}
	found, err := f.engine.Suggest(ctx, search.Typing{
		Reader: reader, Text: typed,
		Listings: suggestedListings, Keywords: suggestedKeywords, Organisations: suggestedOrganisations,
	})
	if err != nil {
		return Suggestions{}, err
	}
	regions, err := f.suggestRegions(ctx, reader, typed)
	return Suggestions{Suggestions: found, Regions: regions}, err
}

// Values are the values of one facet of a search, those alone whose names
// answer some words; without words all, up to maxValues. named gives the names
// of a value; organisations are found by the names in the index.
func (f *Finder) Values(ctx context.Context, actor policy.Actor, r Request, facet search.Facet, words string,
	named func(value string) []string,
) (Facet, error) {
	out := Facet{Name: facet}
	if err := policy.Check(actor, policy.SearchRun, policy.Facts{}).Err(); err != nil {
		return out, err
	}
	reader, err := f.readerOf(ctx, actor)
	if err != nil {
		return out, err
	}
	wanted := r.reading()
	q := wanted.query
	q.Reader, q.Facets = reader, []search.Facet{facet}
	result, err := f.searcher.Search(ctx, q)
	if err != nil {
		return out, err
	}
	answers := func(string) bool { return true }
	if typed := analysis.NewTyped(words); !typed.Empty() {
		answers = func(value string) bool {
			return slices.ContainsFunc(named(value), func(name string) bool {
				return typed.Closeness(analysis.Key(name)) != analysis.Apart
			})
		}
		if facet == search.FacetOrganisation {
			if answers, err = f.organisationsNamed(ctx, reader, words); err != nil {
				return out, err
			}
		}
	}
	for _, v := range wanted.reachable(facet, result.Facets[facet]) {
		if len(out.Values) < maxValues && answers(v.Value) {
			out.Values = append(out.Values, v)
		}
	}
	return out, f.name(ctx, &out)
}

// organisationsNamed tells which organisations answer some words by their names.
func (f *Finder) organisationsNamed(ctx context.Context, reader search.Reader, words string) (func(id string) bool, error) {
	found, err := f.engine.Suggest(ctx, search.Typing{Reader: reader, Text: words, Organisations: search.MaxSuggestions})
	if err != nil {
		return nil, err
	}
	return func(id string) bool {
		return slices.ContainsFunc(found.Organisations, func(o search.OrganisationSuggestion) bool { return o.ID == id })
	}, nil
}
