package finding

import (
	"context"
	"maps"
	"slices"
	"strings"
	"unicode"

	"chengqiao/internal/search"
)

// Place is a region that a query names. Listings lie in regions and seldom speak
// of them, so that 乌鲁木齐 电池 as words finds nothing, and batteries there are
// what was meant.
type Place struct {
	// Region is its code, Text the query without its name.
	Region, Text string
	// Total is how much the rest of the query finds in the region.
	Total int
}

// placeOf is the region that the words of a request name, where the rest of it
// finds anything there; nothing for a reader who has chosen regions or reads on.
func (f *Finder) placeOf(ctx context.Context, reader search.Reader, r Request) (Place, error) {
	if f.lists == nil || r.Page > 1 || len(r.Filters[search.FacetRegion]) > 0 {
		return Place{}, nil
	}
	wanted := r.reading()
	words := strings.Fields(wanted.parsed.Words)
	if len(words) > maxParts { // it describes something
		return Place{}, nil
	}
	region, rest, within := f.regionIn(words)
	if region == "" {
		return Place{}, nil
	}
	if within != "" {
		if named, err := f.namesOrganisation(ctx, reader, within); named || err != nil {
			return Place{}, err
		}
	}
	q := wanted.query
	q.Reader, q.Text, q.Filters = reader, rest, map[search.Facet][]string{search.FacetRegion: {region}}
	for facet, values := range r.Filters {
		q.Filters[facet] = values
	}
	result, err := f.searcher.Search(ctx, q)
	if err != nil || result.Total == 0 {
		return Place{}, err
	}
	return Place{Region: region, Text: wanted.meaning(rest), Total: result.Total}, nil
}

const (
	// longestName is how many words the name of a region has at most, and
	// longestHan how many characters, without what the law adds to it.
	longestName = 4
	longestHan  = 11
)

// organisationEndings are how names end that are of organisations wherever they
// begin with a place.
var organisationEndings = []string{"大学", "学院", "研究院", "研究所", "科学院", "公司", "集团", "医院"}

// namesOrganisation tells whether a word is an organisation's name or stands in the
// name of one that the reader finds: 新疆大学 is not a 大学 in 新疆.
func (f *Finder) namesOrganisation(ctx context.Context, reader search.Reader, word string) (bool, error) {
	if slices.ContainsFunc(organisationEndings, func(ending string) bool { return strings.HasSuffix(word, ending) }) {
		return true, nil
	}
	found, err := f.engine.Suggest(ctx, search.Typing{Reader: reader, Text: word, Organisations: search.MaxSuggestions})
	return slices.ContainsFunc(found.Organisations, func(o search.OrganisationSuggestion) bool {
		return slices.ContainsFunc(slices.Collect(maps.Values(o.Names)), func(name string) bool { return strings.Contains(name, word) })
	}), err
}

// regionIn is the first region that words name, and the other words. Chinese
// needs no space behind a place, 乌鲁木齐的电池: within is the word that it stands in
// then.
func (f *Finder) regionIn(words []string) (region, rest, within string) {
	for i, word := range words {
		for n := min(longestName, len(words)-i); n > 0; n-- {
			if code, ok := f.regionCalled(strings.Join(words[i:i+n], " ")); ok {
				return code, without(words, i, n, ""), ""
			}
		}
		han := []rune(word)
		for n := min(longestHan, len(han)-1); n > 1; n-- {
			if !unicode.Is(unicode.Han, han[0]) {
				break
			}
			if code, ok := f.regionCalled(string(han[:n])); ok {
				return code, without(words, i, 1, strings.TrimPrefix(string(han[n:]), "的")), word
			}
		}
	}
	return "", "", ""
}

// without are words with another in the place of n of them.
func without(words []string, i, n int, other string) string {
	return strings.Join(strings.Fields(strings.Join(words[:i], " ")+" "+other+" "+strings.Join(words[i+n:], " ")), " ")
}
