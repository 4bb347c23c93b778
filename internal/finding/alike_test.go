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

func (a about) About(string, []policy.Tier, int) []string { return a }

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
