package finding_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"chengqiao/internal/finding"
	"chengqiao/internal/policy"
	"chengqiao/internal/search"
)

func TestWhereFiltersLeaveNothingEachIsNamedWithWhatThereWouldBe(t *testing.T) {
	least := int64(7)
	s := &shelf{meant: "电池", answer: func(q search.Query) search.Result {
		_, level := q.Ranges[search.NumberTRL]
		switch _, region := q.Filters[search.FacetRegion]; {
		case q.Match == search.MatchAny:
			return search.Result{Total: 1, Hits: []search.Hit{{ID: "near"}}}
		case region && level:
			return search.Result{}
		case region:
			return search.Result{Total: 2}
		case level:
			return search.Result{Total: 5}
		}
		return search.Result{Total: 9}
	}}
	answer, err := finding.NewFinder(s, s, s).Find(t.Context(), policy.Actor{}, finding.Request{
		Text: "电迟", PageSize: 20, Filters: map[search.Facet][]string{search.FacetRegion: {"650000"}},
		Ranges: map[search.Number]search.Range{search.NumberTRL: {Min: &least}},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []finding.Without{{Filter: finding.AllFilters, Total: 9}, {Filter: "region", Total: 5}, {Filter: "trl", Total: 2}}
	if !reflect.DeepEqual(answer.Without, want) {
		t.Errorf("without its filters: %+v, want %+v", answer.Without, want)
	}
	if len(answer.Nearest) != 1 || answer.Nearest[0].ID != "near" || answer.Meant != (search.Correction{Text: "电池", Total: 7}) {
		t.Errorf("nearest %+v, meant %+v", answer.Nearest, answer.Meant)
	}
}

func TestWhatIsMeantKeepsTheConditionsThatWereTyped(t *testing.T) {
	s := &shelf{meant: "电池"}
	answer, err := finding.NewFinder(s, s, s).Find(t.Context(), policy.Actor{}, finding.Request{Text: `电迟 -"铅酸" trl:>=6`, PageSize: 20})
	if err != nil || answer.Meant.Text != `电池 -"铅酸" trl:6..` {
		t.Errorf("%+v is meant, %v", answer.Meant, err)
	}
}

func TestWhereWordsFindNothingEachIsTriedLeftOut(t *testing.T) {
	s := &shelf{answer: func(q search.Query) search.Result {
		switch {
		case q.Match != search.MatchAll || strings.Contains(q.Text, "量子"):
			return search.Result{}
		case len(q.Conditions) == 0:
			return search.Result{Total: 9}
		}
		return search.Result{Total: 4}
	}}
	find := func(text string) []finding.Fewer {
		t.Helper()
		answer, err := finding.NewFinder(s, s, s).Find(t.Context(), policy.Actor{}, finding.Request{Text: text, PageSize: 20})
		if err != nil {
			t.Fatal(err)
		}
		return answer.Fewer
	}
	if got, want := find(`量子 电池 title:回收`), []finding.Fewer{{Text: `电池 title:"回收"`, LeftOut: "量子", Total: 4}}; !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got, want := find("量子 量子力学 电池"), []finding.Fewer{{Text: "电池", LeftOut: "量子 量子力学", Total: 9}}; !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	for _, text := range []string{"量子", "量子 -电池", "量子 a b c d e f g h"} {
		if got := find(text); got != nil {
			t.Errorf("%q: %+v", text, got)
		}
	}
}

func TestSuggestionsAreMadeForTheReaderWhoTypes(t *testing.T) {
	s := &shelf{}
	f := finding.NewFinder(s, s, s)
	member := policy.Actor{AccountID: "a", OrgID: "org", OrgVerified: true}
	if _, err := f.Suggest(t.Context(), member, "电"); err != nil {
		t.Fatal(err)
	}
	if len(s.typed) != 1 || s.typed[0].Reader.Organisation != "org" || !s.typed[0].Reader.Reads(policy.TierMembers) {
		t.Errorf("it is asked for %+v", s.typed)
	}
	if _, err := f.Suggest(t.Context(), member, string(slices.Repeat([]byte("x"), search.MaxTyping+1))); err != nil || len(s.typed) != 1 {
		t.Errorf("what is too long to name anything is asked for: %v", err)
	}
}

func TestAFacetsValuesAreFoundByTheirNames(t *testing.T) {
	s := &shelf{
		result: search.Result{Facets: map[search.Facet][]search.FacetCount{
			search.FacetRegion:       {{Value: "650000", Count: 3}, {Value: "510000", Count: 2}},
			search.FacetOrganisation: {{Value: "org-a", Count: 2}, {Value: "org-b", Count: 1}},
		}},
		suggestions: search.Suggestions{Organisations: []search.OrganisationSuggestion{{ID: "org-b"}}},
	}
	f := finding.NewFinder(s, s, s)
	names := func(code string) []string {
		return map[string][]string{"650000": {"新疆维吾尔自治区", "Xinjiang"}, "510000": {"四川省", "Sichuan"}}[code]
	}
	for _, c := range []struct {
		facet search.Facet
		words string
		want  []string
	}{
		{search.FacetRegion, "sichuan", []string{"510000"}},
		{search.FacetRegion, "新疆", []string{"650000"}},
		{search.FacetRegion, "xjwwe", []string{"650000"}},
		{search.FacetRegion, "", []string{"650000", "510000"}},
		{search.FacetOrganisation, "b", []string{"org-b"}},
	} {
		got, err := f.Values(t.Context(), policy.Actor{}, finding.Request{}, c.facet, c.words, names)
		var codes []string
		for _, v := range got.Values {
			codes = append(codes, v.Value)
		}
		if err != nil || !slices.Equal(codes, c.want) {
			t.Errorf("%s by %q: %v %v, want %v", c.facet, c.words, codes, err, c.want)
		}
	}
}
