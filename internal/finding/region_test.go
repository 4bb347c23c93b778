package finding_test

import (
	"slices"
	"testing"

	"chengqiao/internal/finding"
	"chengqiao/internal/policy"
	"chengqiao/internal/search"
)

func TestARegionIsSuggestedWhoseNameBeginsWithWhatIsTyped(t *testing.T) {
	s := &shelf{result: search.Result{Facets: map[search.Facet][]search.FacetCount{search.FacetRegion: {
		{Value: "650000", Count: 9}, {Value: "150000", Count: 6}, {Value: "650100", Count: 5}, {Value: "220200", Count: 4}, {Value: "220000", Count: 3},
		{Value: "411400", Count: 2}, {Value: "361100", Count: 1},
	}}}}
	f := finding.NewFinder(s, s, s)
	f.ByRegion(regions(t))
	for typed, want := range map[string][]finding.RegionSuggestion{
		"乌鲁":      {{Region: "650100", Count: 5}},
		"烏魯木齊":    {{Region: "650100", Count: 5}},
		"urum":    {{Region: "650100", Count: 5}},
		"wulumu":  {{Region: "650100", Count: 5}},
		"wlmq":    {{Region: "650100", Count: 5}},
		"Xinj":    {{Region: "650000", Count: 9}},
		"Inner M": {{Region: "150000", Count: 6}},
		"吉林":      {{Region: "220000", Count: 3}, {Region: "220200", Count: 4}}, // the province is called so before its city
		"shang":   {{Region: "411400", Count: 2}, {Region: "361100", Count: 1}},
		"北京":      nil, // nothing is there
		"木齐":      nil, // inside a name
		"电池":      nil,
		"u":       nil,
	} {
		got, err := f.Suggest(t.Context(), policy.Actor{}, typed)
		if err != nil || !slices.Equal(got.Regions, want) {
			t.Errorf("%q: %+v (%v), want %+v", typed, got.Regions, err, want)
		}
	}
}

func TestWhatNamesNoRegionAsksForNoCounts(t *testing.T) {
	s := &shelf{}
	f := finding.NewFinder(s, s, s)
	f.ByRegion(regions(t))
	member := policy.Actor{AccountID: "a", OrgID: "org", OrgVerified: true}
	for typed, asks := range map[string]bool{"电池": false, "新疆": true} {
		s.asked = search.Query{}
		if _, err := f.Suggest(t.Context(), member, typed); err != nil {
			t.Fatal(err)
		}
		if got := s.asked.Reader.Organisation == "org"; got != asks {
			t.Errorf("%q: the engine is asked for counts: %v, want %v", typed, got, asks)
		}
	}
}
