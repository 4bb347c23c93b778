package match_test

import (
	"slices"
	"strings"
	"testing"

	"chengqiao/internal/match"
)

func TestWhatIsAlikeIsOfTheSameSide(t *testing.T) {
	alike := open(match.Package, "pack", view("硅碳负极动力电池成果包", "低温下循环寿命长的锂离子电池", "锂离子电池"))
	need := open(match.Need, "need", view("低温动力电池", "需要硅碳负极锂离子电池"))
	x, m := filled(t, append(catalogue(), alike, need)...), match.ShippedModel(t)
	own := match.Ref{Kind: match.Achievement, ID: "battery"}
	ask := match.Ask{View: catalogue()[0].Public, Of: match.Achievement, Tiers: anyone, Admit: func(r match.Ref) bool { return r != own }}
	got := x.Alike(m, ask)
	if len(got) != 1 || got[0].Ref != alike.Ref {
		t.Fatalf("%v, want the package alone: nothing else has anything to do with batteries", refs(got))
	}
	if got[0].Score <= 0 || got[0].Score >= 1 {
		t.Errorf("score %v", got[0].Score)
	}
	ask.View, ask.Of, ask.Admit = need.Public, match.Need, func(r match.Ref) bool { return r != need.Ref }
	if got := x.Alike(m, ask); len(got) != 0 {
		t.Errorf("%v are like the only need", refs(got))
	}
}

func TestTwoListingsAreAsMuchAlikeFromBothSides(t *testing.T) {
	a := open(match.Need, "a", view("盐碱地抗旱玉米", "需要在盐碱地上种植的抗旱玉米品种", "玉米"))
	b := open(match.Need, "b", view("抗旱玉米栽培", "干旱条件下的玉米品种与滴灌", "玉米", "滴灌"))
	x, m := filled(t, a, b), match.ShippedModel(t)
	score := func(of, other match.Listing) float64 {
		got := x.Alike(m, match.Ask{View: of.Public, Of: match.Need, Tiers: anyone, Admit: func(r match.Ref) bool { return r != of.Ref }})
		if len(got) != 1 || got[0].Ref != other.Ref {
			t.Fatalf("%s is like %v", of.ID, refs(got))
		}
		return got[0].Score
	}
	if there, back := score(a, b), score(b, a); there != back {
		t.Errorf("%v and back %v", there, back)
	}
}

func TestLikenessGoesByWhatItsReaderReads(t *testing.T) {
	public, inside := view("一种新材料", "性能优异"), view("一种新材料", "性能优异。石墨烯气凝胶隔热")
	secret := match.Listing{Ref: match.Ref{Kind: match.Achievement, ID: "secret"}, OrgID: "o", Public: public, Members: inside, Full: inside}
	closed := match.Listing{Ref: match.Ref{Kind: match.Achievement, ID: "closed"}, OrgID: "o", Members: inside, Full: inside}
	x, m := filled(t, append(catalogue(), secret, closed)...), match.ShippedModel(t)
	ask := match.Ask{View: view("石墨烯气凝胶", "隔热的石墨烯气凝胶"), Of: match.Achievement, Tiers: anyone}
	if got := x.Alike(m, ask); len(got) != 0 {
		t.Errorf("the public gets %v", refs(got))
	}
	ask.Tiers = members
	if got := refs(x.Alike(m, ask)); len(got) != 2 || !slices.Contains(got, secret.Ref) || !slices.Contains(got, closed.Ref) {
		t.Errorf("members get %v", got)
	}
}

func TestAnotherFieldIsLessAlike(t *testing.T) {
	of := func(field string) *match.View {
		v := view("低温环境传感器", "在低温环境下工作的传感器", "传感器")
		v.TechnicalField = field
		return v
	}
	x, m := filled(t, open(match.Achievement, "a", of("agriculture")), open(match.Achievement, "z", of("new_energy"))), match.ShippedModel(t)
	got := x.Alike(m, match.Ask{View: of("new_energy"), Of: match.Achievement, Tiers: anyone})
	if len(got) != 2 || got[0].Ref.ID != "z" || got[0].Score <= got[1].Score {
		t.Errorf("%+v", got)
	}
}

// Nearness finds what is said in another language, where enough was there to
// learn which words go together.
func TestTheAlikeAreFoundInAnotherLanguage(t *testing.T) {
	m := learningModel(t)
	x := learnt(t, m, learntMarket()...)
	ask := porosity
	ask.Of, ask.Admit = match.Achievement, func(r match.Ref) bool { return strings.HasPrefix(r.ID, "zh-") }
	if got := refs(x.Alike(m, ask)); len(got) != 1 || got[0].ID != "zh-weld" {
		t.Errorf("%v, want what says the same in Chinese alone", got)
	}
}
