package finding_test

import (
	"testing"

	"chengqiao/config"
	"chengqiao/internal/finding"
	"chengqiao/internal/policy"
	"chengqiao/internal/search"
	"chengqiao/internal/taxonomy"
)

// regions are those that the program ships with.
func regions(t *testing.T) *taxonomy.Set {
	t.Helper()
	lists, err := taxonomy.Load(config.Files)
	if err != nil {
		t.Fatal(err)
	}
	return lists
}

func TestARegionThatAQueryNamesIsOfferedWithTheRestOfIt(t *testing.T) {
	s := &shelf{answer: func(q search.Query) search.Result {
		if len(q.Filters[search.FacetRegion]) == 0 {
			return search.Result{}
		}
		return search.Result{Total: 2}
	}}
	f := finding.NewFinder(s, s, s)
	f.ByRegion(regions(t))
	find := func(r finding.Request) finding.Place {
		t.Helper()
		answer, err := f.Find(t.Context(), policy.Actor{}, r)
		if err != nil {
			t.Fatal(err)
		}
		return answer.Place
	}
	for text, want := range map[string]finding.Place{
		"新疆":                               {Region: "650000", Total: 2},
		"电池 乌鲁木齐":                          {Region: "650100", Text: "电池", Total: 2},
		"乌鲁木齐的电池":                          {Region: "650100", Text: "电池", Total: 2},
		"新疆维吾尔自治区电池":                       {Region: "650000", Text: "电池", Total: 2},
		"wheat Inner Mongolia":             {Region: "150000", Text: "wheat", Total: 2},
		"wheat Neimenggu":                  {Region: "150000", Text: "wheat", Total: 2},
		"Urumqi City wheat":                {Region: "650100", Text: "wheat", Total: 2},
		"Xinjiang Uygur Autonomous Region": {Region: "650000", Total: 2},
		`乌鲁木齐 电池 -回收 trl:>=6`:              {Region: "650100", Text: `电池 -"回收" trl:6..`, Total: 2},
		`"新疆" 电池`:                          {}, // what stands in quotation marks is meant as it is written
		"电池 Atlantis":                      {},
		"新":                                {},
	} {
		if got := find(finding.Request{Text: text, PageSize: 20}); got != want {
			t.Errorf("%q: %+v, want %+v", text, got, want)
		}
	}
	s.suggestions.Organisations = []search.OrganisationSuggestion{{ID: "o", Names: map[string]string{"zh-CN": "新疆天业（集团）有限公司"}}}
	for text, want := range map[string]finding.Place{
		"新疆大学":      {},
		"新疆农业科学院":   {},
		"新疆天业":      {}, // stands in a name that the reader finds
		"新疆电池":      {Region: "650000", Text: "电池", Total: 2},
		"新疆大学 乌鲁木齐": {},
		"新疆 大学":     {Region: "650000", Text: "大学", Total: 2}, // parted by who asks
	} {
		if got := find(finding.Request{Text: text, PageSize: 20}); got != want {
			t.Errorf("%q: %+v, want %+v", text, got, want)
		}
	}
	chosen := map[search.Facet][]string{search.FacetRegion: {"650200"}}
	if got := find(finding.Request{Text: "乌鲁木齐 电池", PageSize: 20, Filters: chosen}); got != (finding.Place{}) {
		t.Errorf("who has chosen a region is offered %+v", got)
	}
	if got := find(finding.Request{Text: "乌鲁木齐 电池", PageSize: 20, Page: 2}); got != (finding.Place{}) {
		t.Errorf("who reads on is offered %+v", got)
	}
}
