package finding_test

import (
	"fmt"
	"slices"
	"testing"

	"chengqiao/internal/finding"
	"chengqiao/internal/policy"
	"chengqiao/internal/search"
)

// about is what a test says that speaks of the same, whatever is asked.
type about []string

func (a about) About(string, []search.Kind, []policy.Tier, int) []string { return a }

func (about) Described(string, []search.Kind, []policy.Tier, int) []string { return nil }

// soughtKinds notes of which kinds it was asked for some.
type soughtKinds struct{ kinds []search.Kind }

func (a *soughtKinds) About(_ string, kinds []search.Kind, _ []policy.Tier, _ int) []string {
	a.kinds = kinds
	return nil
}

func (*soughtKinds) Described(string, []search.Kind, []policy.Tier, int) []string { return nil }

func alike(t *testing.T, f *finding.Finder, r finding.Request) []string {
	t.Helper()
	hits, err := f.Alike(t.Context(), policy.Actor{}, r)
	if err != nil {
		t.Fatal(err)
	}
	return ids(hits)
}

func TestWhereFewHaveTheWordsOthersAreToldThatSpeakOfTheSame(t *testing.T) {
	f := shop(t, nil, public("found", "锂电池回收"), public("cell", "储能电芯再生"), public("other", "滴灌"),
		titled("inside", "电芯", search.KindAchievement, policy.TierMembers), titled("need", "求购旧电芯", search.KindNeed, policy.TierPublic))
	request := finding.Request{Text: "锂电池回收"}
	if none := alike(t, f, request); len(none) > 0 {
		t.Errorf("by nobody: %v", none)
	}
	f.ByTopic(about{"need", "found", "inside", "cell", "gone"})
	if got := alike(t, f, request); !slices.Equal(got, []string{"need", "cell"}) {
		t.Errorf("alike are %v", got)
	}
	if got := alike(t, f, finding.Request{Text: "锂电池回收 -求购"}); !slices.Equal(got, []string{"cell"}) {
		t.Errorf("without an excluded word alike are %v", got)
	}
	if got := alike(t, f, finding.Request{Text: "锂电池回收", Filters: map[search.Facet][]string{search.FacetKind: {"need"}}, Page: 3, Sort: search.SortNewest}); !slices.Equal(got, []string{"need"}) {
		t.Errorf("among needs alike are %v", got)
	}
	if got := alike(t, f, finding.Request{Text: "深海采矿"}); !slices.Equal(got, []string{"need", "found", "cell"}) {
		t.Errorf("where nothing is found alike are %v", got)
	}
}

func TestOnlyOfTheKindsThatAreWantedOthersAreSought(t *testing.T) {
	f, topics := shop(t, nil, public("found", "锂电池回收")), &soughtKinds{}
	f.ByTopic(topics)
	for _, want := range [][]search.Kind{{search.KindNeed}, {search.KindAchievement, search.KindPackage}, nil} {
		r := finding.Request{Text: "锂电池回收"}
		if want != nil {
			r.Filters = map[search.Facet][]string{search.FacetKind: {}}
		}
		for _, k := range want {
			r.Filters[search.FacetKind] = append(r.Filters[search.FacetKind], string(k))
		}
		alike(t, f, r)
		if !slices.Equal(topics.kinds, want) {
			t.Errorf("asked for %v, want %v", topics.kinds, want)
		}
	}
}

func TestWhereEnoughHaveTheWordsNoOthersAreTold(t *testing.T) {
	documents := []search.Document{public("cell", "储能电芯")}
	for i := range 10 {
		documents = append(documents, public(fmt.Sprintf("found%d", i), "锂电池"))
	}
	f := shop(t, nil, documents...)
	f.ByTopic(about{"cell"})
	if got := alike(t, f, finding.Request{Text: "锂电池"}); len(got) > 0 {
		t.Errorf("ten have the word, and alike are %v", got)
	}
	if got := alike(t, f, finding.Request{Text: "锂电池 深海"}); len(got) > 0 {
		t.Errorf("ten have half of the words, and alike are %v", got)
	}
	f.ByMeaning(&known{nearest: []string{"cell"}})
	if got := alike(t, f, finding.Request{Text: "锂电池 深海"}); !slices.Equal(got, []string{"cell"}) {
		t.Errorf("by a service, which needs none of the words, alike are %v", got)
	}
}

func TestWhileTheServiceIsAwayTheTextsThemselvesTell(t *testing.T) {
	service := &known{nearest: []string{"b"}}
	f := shop(t, service, public("a", "储能电芯"), public("b", "动力电芯"))
	f.ByTopic(about{"a"})
	if got := alike(t, f, finding.Request{Text: "锂电池"}); !slices.Equal(got, []string{"b"}) {
		t.Errorf("by the service %v", got)
	}
	service.away = true
	if got := alike(t, f, finding.Request{Text: "锂电池"}); !slices.Equal(got, []string{"a"}) {
		t.Errorf("without it %v", got)
	}
}
