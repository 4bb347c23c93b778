package conformance

import (
	"slices"
	"strings"
	"testing"

	"chengqiao/internal/search"
)

// takesWhatAnswersOtherwise: documents that are known to answer a text stand first
// where some of it may be answered, are counted, and are held to everything else.
func takesWhatAnswersOtherwise(t *testing.T, s Store) {
	e := filled(t, s)
	some, all := search.MatchSome, search.MatchAll
	also := func(list ...string) []string { return list }
	for _, c := range []struct {
		name   string
		query  search.Query
		reader search.Reader
		want   string
	}{
		{"before what has the words, in their order", search.Query{Text: "玉米 光伏", Match: some, Also: also("p-recycling", "a-pool")}, anyone, "p-recycling a-pool a-maize n-laser"},
		{"what has the words too, once", search.Query{Text: "玉米 光伏", Match: some, Also: also("n-laser", "a-pool", "n-laser")}, anyone, "n-laser a-pool a-maize"},
		{"where nothing has any of the words", search.Query{Text: "zzzz qqqq", Match: some, Also: also("a-pool")}, anyone, "a-pool"},
		{"of a text of one word", search.Query{Text: "zzzz", Match: some, Also: also("a-pool")}, anyone, "a-pool"},
		{"where any of the words may do", search.Query{Text: "玉米 光伏", Match: search.MatchAny, Also: also("a-pool")}, anyone, "a-pool a-maize n-laser"},
		{"not where all of the words must be there", search.Query{Text: "玉米 抗旱", Match: all, Also: also("a-pool")}, anyone, "a-maize"},
		{"what there is not", search.Query{Text: "玉米 光伏", Match: some, Also: also("nobody")}, anyone, "a-maize n-laser"},
		{"within a choice", search.Query{Text: "玉米 光伏", Match: some, Also: also("p-recycling", "a-pool"), Filters: map[search.Facet][]string{search.FacetKind: {"achievement"}}}, anyone, "a-pool a-maize"},
		{"among some documents", search.Query{Text: "玉米 光伏", Match: some, Also: also("p-recycling", "a-pool"), Within: also("a-pool", "n-laser")}, anyone, "a-pool n-laser"},
		{"without some documents", search.Query{Text: "玉米 光伏", Match: some, Also: also("p-recycling", "a-pool"), Without: also("p-recycling")}, anyone, "a-pool a-maize n-laser"},
		{"with a condition of one term", search.Query{Text: "玉米 光伏", Match: some, Also: also("p-recycling", "a-pool"), Conditions: []search.Condition{phrase("回收")}}, anyone, "p-recycling"},
		{"with a phrase", search.Query{Text: "玉米 光伏", Match: some, Also: also("p-recycling", "a-pool"), Conditions: []search.Condition{phrase("退役锂电池")}}, anyone, "p-recycling"},
		{"with an exclusion", search.Query{Text: "玉米 光伏", Match: some, Also: also("p-recycling", "a-pool"), Conditions: []search.Condition{not("回收")}}, anyone, "a-pool a-maize n-laser"},
		{"with alternatives", search.Query{Text: "玉米 光伏", Match: some, Also: also("p-recycling", "a-pool"), OneOf: []search.Alternatives{{words("回收"), words("laser")}}}, anyone, "p-recycling n-laser"},
		{"the newest first", search.Query{Text: "玉米 光伏", Match: some, Also: also("a-battery"), Sort: search.SortNewest}, anyone, "n-laser a-maize a-battery"},
		{"not what the reader does not see", search.Query{Text: "玉米 光伏", Match: some, Also: also("p-graphene")}, anyone, "a-maize n-laser"},
		{"what this reader sees", search.Query{Text: "玉米 光伏", Match: some, Also: also("p-graphene")}, member, "p-graphene a-maize n-laser"},
	} {
		c.query.Reader, c.query.Facets = c.reader, search.AllFacets
		r := ask(t, e, c.query)
		got := ids(r)
		if n := len(c.query.Also); n > 0 && c.query.Sort == search.SortRelevance && len(got) > n { // by words two may count alike
			slices.Sort(got[ahead(got, c.query.Also):])
		}
		if written := strings.Join(got, " "); written != c.want || r.Total != len(got) {
			t.Errorf("%s: finds %q (%d), want %q", c.name, written, r.Total, c.want)
		}
		kinds := 0
		for _, k := range r.Facets[search.FacetKind] {
			kinds += k.Count
		}
		if kinds != r.Total && len(c.query.Filters[search.FacetKind]) == 0 {
			t.Errorf("%s: the kinds of %d are counted, of %d found", c.name, kinds, r.Total)
		}
		page := c.query
		page.Limit = 1
		for page.Offset = range got {
			if one := ask(t, e, page); len(one.Hits) != 1 || one.Hits[0].ID != ids(ask(t, e, c.query))[page.Offset] {
				t.Errorf("%s: on page %d is %v", c.name, page.Offset+1, ids(one))
			}
		}
	}
	listed := search.Query{Filters: map[search.Facet][]string{search.FacetKind: {"achievement"}}}
	without := ids(ask(t, e, listed))
	listed.Also = also("a-battery") // not the newest
	if got := ids(ask(t, e, listed)); without[0] == "a-battery" || !slices.Equal(got, without) {
		t.Errorf("without a text: lists %v, want %v", got, without)
	}
	marked := ask(t, e, search.Query{Text: "玉米 光伏 热管理", Match: some, Also: also("a-battery"), Highlight: search.AllProperties})
	var marks []string
	for _, h := range marked.Hits[0].Highlights {
		marks = append(marks, written(h))
	}
	if !strings.Contains(strings.Join(marks, " "), "[热管理]") {
		t.Errorf("what it has of the words is not marked: %v", marks)
	}
}

// ahead is how many of the first hits are of some documents.
func ahead(hits, of []string) int {
	if i := slices.IndexFunc(hits, func(id string) bool { return !slices.Contains(of, id) }); i >= 0 {
		return i
	}
	return len(hits)
}
