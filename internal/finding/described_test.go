package finding_test

import (
	"slices"
	"testing"

	"chengqiao/internal/finding"
	"chengqiao/internal/policy"
	"chengqiao/internal/search"
)

// described is what a test says that a text describes, by the text, and notes of which
// kinds and for whom it was asked last.
type described struct {
	by    map[string][]string
	kinds []search.Kind
	tiers []policy.Tier
}

func (*described) About(string, []search.Kind, []policy.Tier, int) []string { return nil }

func (d *described) Described(text string, kinds []search.Kind, tiers []policy.Tier, _ int) []string {
	d.kinds, d.tiers = kinds, tiers
	return d.by[text]
}

const aDescription = "退役动力电池拆解以后回收镍钴锰金属的湿法冶金工艺"

// market is a market in which a description says none of the words of one that it is about.
func market(t *testing.T) (*finding.Finder, *described) {
	t.Helper()
	f := shop(t, nil, public("words", aDescription), public("other", "旧电芯中有价元素的浸出提取"), public("drip", "滴灌"),
		titled("inside", "浸出", search.KindAchievement, policy.TierMembers), titled("need", "求购浸出剂", search.KindNeed, policy.TierPublic))
	d := &described{by: map[string][]string{aDescription: {"other", "inside", "need", "gone"}}}
	f.ByTopic(d)
	return f, d
}

func found(t *testing.T, f *finding.Finder, r finding.Request) finding.Answer {
	t.Helper()
	r.PageSize = 10
	answer, err := f.Find(t.Context(), policy.Actor{}, r)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func TestWhatATextDescribesIsFoundInOtherWordsToo(t *testing.T) {
	f, d := market(t)
	answer := found(t, f, finding.Request{Text: aDescription})
	if got := ids(answer.Hits); !slices.Equal(got, []string{"other", "need", "words"}) || answer.Total != 3 {
		t.Errorf("it finds %v (%d)", got, answer.Total)
	}
	if d.kinds != nil || !slices.Equal(d.tiers, []policy.Tier{policy.TierPublic}) {
		t.Errorf("asked for %v as %v", d.kinds, d.tiers)
	}
	second := finding.Request{Text: aDescription, Page: 2, PageSize: 2}
	if got, err := f.Find(t.Context(), policy.Actor{}, second); err != nil || !slices.Equal(ids(got.Hits), []string{"words"}) {
		t.Errorf("on the second page is %v (%v)", ids(got.Hits), err)
	}
	if got := ids(found(t, f, finding.Request{Text: "滴灌"}).Hits); !slices.Equal(got, []string{"drip"}) {
		t.Errorf("what names something finds %v", got)
	}
}

func TestWhatATextDescribesIsHeldToWhatElseIsAskedFor(t *testing.T) {
	f, d := market(t)
	needs := finding.Request{Text: aDescription, Filters: map[search.Facet][]string{search.FacetKind: {"need"}}}
	if got := ids(found(t, f, needs).Hits); !slices.Equal(got, []string{"need"}) || !slices.Equal(d.kinds, []search.Kind{search.KindNeed}) {
		t.Errorf("of needs it finds %v, having asked for %v", got, d.kinds)
	}
	if got := ids(found(t, f, finding.Request{Text: aDescription + " -求购"}).Hits); !slices.Equal(got, []string{"other", "words"}) {
		t.Errorf("without a word it finds %v", got)
	}
	if got := alike(t, f, finding.Request{Text: aDescription}); len(got) > 0 {
		t.Errorf("what is found is told once more: %v", got)
	}
}

func TestWithoutItsFilterADescriptionIsCountedAsItWouldBeFound(t *testing.T) {
	f, _ := market(t)
	answer := found(t, f, finding.Request{Text: aDescription, Filters: map[search.Facet][]string{search.FacetTRL: {"9"}}})
	if want := []finding.Without{{Filter: "trl", Total: 3}}; !slices.Equal(answer.Without, want) {
		t.Errorf("%+v, want %+v", answer.Without, want)
	}
}

// fresh tells which of some new listings a text describes for readers of so many tiers.
type fresh map[int][]string

func (f fresh) Described(text string, _ []search.Kind, tiers []policy.Tier, _ int) []string {
	if text != aDescription {
		return nil
	}
	return f[len(tiers)]
}

func TestAlertsTellOfNewListingsThatATextDescribes(t *testing.T) {
	documents := []search.Document{public("words", aDescription), public("other", "旧电芯中有价元素的浸出提取"), public("drip", "滴灌"),
		titled("inside", "浸出", search.KindAchievement, policy.TierMembers)}
	f := shop(t, nil, documents...).In(stocked(t, documents...), fresh{1: {"other"}, 2: {"other", "inside"}, 3: {"words"}})
	exactly := func(actor policy.Actor, text string) []string {
		t.Helper()
		cards, err := f.Exactly(t.Context(), actor, finding.Request{Text: text}, 10)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, c := range cards {
			out = append(out, c.ID)
		}
		return out
	}
	visitor, member := policy.Actor{}, policy.Actor{AccountID: "a", OrgID: "org", OrgVerified: true}
	if got := exactly(visitor, aDescription); !slices.Equal(got, []string{"words", "other"}) {
		t.Errorf("a visitor is told of %v", got)
	}
	if got := exactly(member, aDescription); len(got) != 3 || got[0] != "words" || !slices.Contains(got, "inside") {
		t.Errorf("a member is told of %v", got)
	}
	if got := exactly(visitor, "滴灌"); !slices.Equal(got, []string{"drip"}) {
		t.Errorf("of a name a visitor is told %v", got)
	}
	if got := exactly(visitor, aDescription+" -浸出"); !slices.Equal(got, []string{"words"}) {
		t.Errorf("without a word a visitor is told of %v", got)
	}
	got, err := f.Candidates(t.Context(), finding.Request{Text: aDescription + " -浸出"}, 10)
	slices.Sort(got)
	if want := []string{"inside", "other", "words"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("candidates are %v (%v), want what any reader may be told of, %v", got, err, want)
	}
}
