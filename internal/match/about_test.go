package match_test

import (
	"slices"
	"testing"

	"chengqiao/internal/match"
)

func TestAFewWordsAreAnsweredByBothSides(t *testing.T) {
	need := open(match.Need, "need", view("低温动力电池", "需要硅碳负极锂离子电池"))
	other := open(match.Need, "other", view("盐碱地抗旱玉米", "需要在盐碱地上种植的玉米品种"))
	x, m := filled(t, append(catalogue(), need, other)...), match.ShippedModel(t)
	got := x.About(m, "锂离子动力电池的硅碳负极", nil, anyone, 10)
	battery := match.Ref{Kind: match.Achievement, ID: "battery"}
	if !slices.Equal(got, []match.Ref{battery, need.Ref}) {
		t.Errorf("%v, want the result that fits and the need that is like it", got)
	}
	if first := x.About(m, "锂离子动力电池的硅碳负极", nil, anyone, 1); !slices.Equal(first, []match.Ref{battery}) {
		t.Errorf("the first is %v", first)
	}
	for kind, want := range map[match.Kind][]match.Ref{match.Achievement: {battery}, match.Need: {need.Ref}, match.Package: {}} {
		if got := x.About(m, "锂离子动力电池的硅碳负极", []match.Kind{kind}, anyone, 1); !slices.Equal(got, want) {
			t.Errorf("of the kind %s it is %v, want %v", kind, got, want)
		}
	}
	if none := x.About(m, "水下考古", nil, anyone, 10); len(none) != 0 {
		t.Errorf("nothing speaks of it, and yet %v", none)
	}
}

func TestAFewWordsAreAnsweredByWhatTheirReaderReads(t *testing.T) {
	public, inside := view("一种新材料", "性能优异"), view("一种新材料", "性能优异。石墨烯气凝胶隔热")
	secret := match.Listing{Ref: match.Ref{Kind: match.Achievement, ID: "secret"}, OrgID: "o", Public: public, Members: inside, Full: inside}
	x, m := filled(t, append(catalogue(), secret)...), match.ShippedModel(t)
	if got := x.About(m, "石墨烯气凝胶", nil, anyone, 10); len(got) != 0 {
		t.Errorf("the public gets %v", got)
	}
	if got := x.About(m, "石墨烯气凝胶", nil, members, 10); !slices.Equal(got, []match.Ref{secret.Ref}) {
		t.Errorf("members get %v", got)
	}
}
