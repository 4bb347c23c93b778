package conformance

import (
	"slices"
	"strings"
	"testing"

	"chengqiao/internal/search"
)

// raisesWishes: what is wished for changes the order by relevance, and neither
// what is found nor what is counted.
func raisesWishes(t *testing.T, s Store) {
	e := filled(t, s)
	for _, c := range []struct {
		name   string
		query  search.Query
		first  string
		others string
	}{
		{"a word that one of them has", search.Query{Text: "电池", Wishes: "回收"}, "p-recycling", "a-battery n-laser"},
		{"a word that another has", search.Query{Text: "电池", Wishes: "高寒"}, "a-battery", "n-laser p-recycling"},
		{"a word that none of them has", search.Query{Text: "动力电池", Wishes: "abc 玉米"}, "a-battery", ""},
		{"what is misspelled is wished for close words", search.Query{Text: "polystirene", Wishes: "abc"}, "n-laser", ""},
		{"among some words", search.Query{Text: "玉米 光伏", Wishes: "laser dust panels"}, "n-laser", "a-maize"},
		{"with a phrase alone", search.Query{Conditions: []search.Condition{phrase("电池")}, Wishes: "高寒"}, "a-battery", "p-recycling"},
		{"with a choice alone", search.Query{Filters: map[search.Facet][]string{search.FacetField: {"农业"}}, Wishes: "玉米"}, "a-maize", "a-pool n-drip"},
		{"what the reader may not read", search.Query{Filters: map[search.Facet][]string{search.FacetKind: {"achievement"}}, Wishes: "石墨烯"}, "a-maize", "a-battery a-pool"},
		{"what this reader may read", search.Query{Filters: map[search.Facet][]string{search.FacetKind: {"achievement"}}, Wishes: "石墨烯", Reader: member}, "a-battery", "a-maize a-pool"},
	} {
		c.query.Facets = search.AllFacets
		r := ask(t, e, c.query)
		plain := c.query
		plain.Wishes = ""
		without := ask(t, e, plain)
		found := ids(r)
		if len(found) == 0 || found[0] != c.first {
			t.Errorf("%s: %v, want %s first", c.name, found, c.first)
			continue
		}
		slices.Sort(found[1:])
		if got := strings.Join(found[1:], " "); got != c.others || r.Total != len(found) || r.Total != without.Total {
			t.Errorf("%s: finds %s and %q (%d; without the wish %d), want %q", c.name, c.first, got, r.Total, without.Total, c.others)
		}
		for _, f := range search.AllFacets {
			if !slices.Equal(r.Facets[f], without.Facets[f]) {
				t.Errorf("%s: counts %s %v, and without the wish %v", c.name, f, r.Facets[f], without.Facets[f])
			}
		}
	}
	byAge := search.Query{Text: "电池", Wishes: "高寒", Sort: search.SortNewest}
	if got := ids(ask(t, e, byAge)); got[0] != "p-recycling" {
		t.Errorf("the newest, with a wish: %v", got)
	}
	pagesOfWishes(t, e)
	marked := ask(t, e, search.Query{Text: "动力电池", Wishes: "储能", Highlight: search.AllProperties})
	var marks []string
	for _, h := range marked.Hits[0].Highlights {
		marks = append(marks, written(h))
	}
	if !slices.Contains(marks, "keyword zh: [储能]") {
		t.Errorf("what was wished for is not marked: %v", marks)
	}
}

// pagesOfWishes: pages of one go on where the one before ends.
func pagesOfWishes(t *testing.T, e search.Engine) {
	t.Helper()
	q := search.Query{Text: "电池", Wishes: "高寒"}
	whole := ids(ask(t, e, q))
	var paged []string
	q.Limit = 1
	for q.Offset = range whole {
		paged = append(paged, ids(ask(t, e, q))...)
	}
	if !slices.Equal(paged, whole) {
		t.Errorf("page by page %v, at once %v", paged, whole)
	}
}
