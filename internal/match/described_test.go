package match_test

import (
	"slices"
	"testing"

	"chengqiao/internal/match"
	"chengqiao/internal/policy"
)

func TestWhatATextDescribesIsOfferedOrNeeded(t *testing.T) {
	need := open(match.Need, "need", view("低温动力电池", "需要硅碳负极锂离子电池"))
	other := open(match.Need, "other", view("盐碱地抗旱玉米", "需要在盐碱地上种植的玉米品种"))
	x, m := filled(t, append(catalogue(), need, other)...), match.ShippedModel(t)
	const text = "我们正在寻找一种采用硅碳负极的锂离子动力电池，要求在低温环境下仍能保持较高的容量"
	battery := match.Ref{Kind: match.Achievement, ID: "battery"}
	got := x.Described(m, text, nil, anyone, 10)
	if len(got) < 2 || !slices.Contains(got[:2], battery) || !slices.Contains(got[:2], need.Ref) {
		t.Errorf("%v, want the result and the need about it first", got)
	}
	if slices.Contains(got, other.Ref) {
		t.Errorf("%v has one that shares nothing with it", got)
	}
	for kind, want := range map[match.Kind]match.Ref{match.Achievement: battery, match.Need: need.Ref} {
		if got := x.Described(m, text, []match.Kind{kind}, anyone, 1); !slices.Equal(got, []match.Ref{want}) {
			t.Errorf("of the kind %s it is %v, want %v", kind, got, want)
		}
	}
}

func TestWhatATextDescribesIsToldAsItIsNow(t *testing.T) {
	x, m := filled(t, catalogue()...), match.ShippedModel(t)
	const text = "高温管道保温用的石墨烯气凝胶隔热毡，导热系数低"
	if got := x.Described(m, text, nil, members, 10); len(got) > 0 {
		t.Fatalf("nothing speaks of it, and yet %v", got)
	}
	public, inside := view("一种新材料", "性能优异"), view("一种新材料", "性能优异。石墨烯气凝胶隔热")
	secret := match.Listing{Ref: match.Ref{Kind: match.Achievement, ID: "secret"}, OrgID: "o", Public: public, Members: inside, Full: inside}
	x.Upsert(secret)
	if got := x.Described(m, text, nil, anyone, 10); slices.Contains(got, secret.Ref) {
		t.Errorf("the public gets %v", got)
	}
	got := x.Described(m, text, nil, members, 10)
	if !slices.Equal(got, []match.Ref{secret.Ref}) {
		t.Errorf("members get %v", got)
	}
	clear(got) // the caller's own
	if again := x.Described(m, text, nil, members, 10); !slices.Equal(again, []match.Ref{secret.Ref}) {
		t.Errorf("the second time members get %v", again)
	}
}

func TestWhatIsNewIsDescribedBeforeTheIndexHasIt(t *testing.T) {
	x, m := filled(t, catalogue()...), match.ShippedModel(t)
	const text = "寻找用于低温储能的硅碳负极锂离子电池，循环寿命长"
	fits := open(match.Achievement, "fits", view("低温储能用锂离子电池", "采用硅碳负极，循环寿命长。"))
	loose := open(match.Achievement, "loose", view("锂盐湖提取工艺", "从盐湖提取锂盐，收率高。"))
	closed := open(match.Package, "closed", view("低温储能锂离子电池成果包", "硅碳负极，循环寿命长。"))
	closed.Public = nil
	wanted := open(match.Need, "wanted", view("求购低温储能锂离子电池", "硅碳负极，循环寿命长。"))
	among := []match.Listing{loose, closed, wanted, fits}
	offers := x.Offer(among)
	ids := func(tiers []policy.Tier) (out []string) {
		for _, ref := range offers.Described(m, text, nil, tiers) {
			out = append(out, ref.ID)
		}
		slices.Sort(out)
		return out
	}
	if got := ids(anyone); !slices.Equal(got, []string{"fits", "wanted"}) {
		t.Errorf("the public is told of %v", got)
	}
	if got := ids(members); !slices.Equal(got, []string{"closed", "fits", "wanted"}) {
		t.Errorf("members are told of %v", got)
	}
	if got := offers.Described(m, text, []match.Kind{match.Need}, anyone); !slices.Equal(got, []match.Ref{wanted.Ref}) {
		t.Errorf("of needs the public is told of %v", got)
	}
	for _, l := range among {
		x.Upsert(l) // it is told alike when the index has them
	}
	if got := ids(anyone); !slices.Equal(got, []string{"fits", "wanted"}) {
		t.Errorf("then the public is told of %v", got)
	}
}
