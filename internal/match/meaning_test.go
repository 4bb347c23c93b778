package match_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"testing"

	"chengqiao/internal/match"
)

// toward is a meaning that points to a number, somewhat astray.
func toward(n int, astray float64) match.Meaning {
	random, wind := rand.New(rand.NewPCG(uint64(n), 1)), rand.New(rand.NewPCG(uint64(n), 2))
	out := make(match.Meaning, 128)
	for i := range out {
		out[i] = int8(40*random.NormFloat64()*(1-astray) + 40*wind.NormFloat64()*astray)
	}
	return out
}

// meaning is a view that lies there.
func meaning(v *match.View, m match.Meaning) *match.View {
	copied := *v
	copied.Meaning = m
	return &copied
}

// strangers are listings that say nothing in common, with meanings of their own.
func strangers(n int) []match.Listing {
	var out []match.Listing
	for i := range n {
		out = append(out, open(match.Achievement, fmt.Sprintf("other-%03d", i), meaning(view(fmt.Sprintf("alpha%d", i), fmt.Sprintf("beta%d gamma%d", i, i)), toward(1000+i, 0))))
	}
	return out
}

func TestWhatMeansTheSameFitsWithoutAWordInCommon(t *testing.T) {
	battery := open(match.Achievement, "battery", meaning(view("lithium battery", "works in cold regions"), toward(1, 0.2)))
	x, m := filled(t, append(strangers(50), battery)...), match.ShippedModel(t)
	need := meaning(view("严寒地区储能", "电芯无法启动"), toward(1, 0))
	got := x.Rank(m, match.Ask{View: need, Of: match.Need, Tiers: anyone})
	if len(got) == 0 || got[0].Ref.ID != "battery" || m.Bands.Of(got[0].Score) == match.None {
		t.Fatalf("%+v", got)
	}
	if len(got) > 1 && got[1].Score > got[0].Score/4 {
		t.Errorf("a stranger scores %v beside %v", got[1].Score, got[0].Score)
	}
}

func TestWithoutAnEmbeddingServiceNothingCounts(t *testing.T) {
	need, m := view("低温动力电池", "需要低温下循环寿命长的锂离子电池负极材料"), match.ShippedModel(t)
	without := filled(t, catalogue()...).Rank(m, match.Ask{View: need, Of: match.Need, Tiers: anyone})
	// The service has told of the need alone, or of the results alone.
	asked := filled(t, catalogue()...).Rank(m, match.Ask{View: meaning(need, toward(1, 0)), Of: match.Need, Tiers: anyone})
	var told []match.Listing
	for i, l := range catalogue() {
		told = append(told, open(l.Kind, l.ID, meaning(l.Public, toward(i, 0))))
	}
	known := filled(t, told...).Rank(m, match.Ask{View: need, Of: match.Need, Tiers: anyone})
	if !reflect.DeepEqual(without, asked) || !reflect.DeepEqual(without, known) {
		t.Errorf("%+v\nthe need told %+v\nthe results told %+v", without, asked, known)
	}
}

func TestAPairInMeaningScoresTheSameInBothDirections(t *testing.T) {
	battery := open(match.Achievement, "battery", meaning(view("lithium battery", "锂离子电池"), toward(1, 0.3)))
	need := open(match.Need, "need", meaning(view("锂离子电池", "严寒"), toward(1, 0)))
	x, m := filled(t, append(strangers(20), battery, need)...), match.ShippedModel(t)
	there := x.Rank(m, match.Ask{View: need.Public, Of: match.Need, Tiers: anyone})
	back := x.Rank(m, match.Ask{View: battery.Public, Of: match.Achievement, Tiers: anyone})
	if len(back) != 1 || there[0].Ref.ID != "battery" || !reflect.DeepEqual(there[0].Features(), back[0].Features()) || there[0].Score != back[0].Score {
		t.Fatalf("%+v and back %+v", there[0], back)
	}
	if there[0].Features()[match.NearMeaning] <= 0 {
		t.Errorf("features %v", there[0].Features())
	}
}

func TestWhatTheServiceSaidOfMembersTextsMovesNothingForThePublic(t *testing.T) {
	public := meaning(view("一种新材料", "性能优异"), toward(7, 0))
	inside := meaning(view("一种新材料", "性能优异"), toward(1, 0))
	secret := match.Listing{Ref: match.Ref{Kind: match.Achievement, ID: "secret"}, OrgID: "org-secret", Public: public, Members: inside, Full: inside}
	with, without := filled(t, append(strangers(20), secret)...), filled(t, append(strangers(20), open(match.Achievement, "secret", public))...)
	m, ask := match.ShippedModel(t), toward(1, 0)
	if a, b := with.NearestTo(m.Meaning, ask, anyone, 10), without.NearestTo(m.Meaning, ask, anyone, 10); !reflect.DeepEqual(a, b) {
		t.Errorf("the public finds %v, and would find %v", a, b)
	}
	if got := with.NearestTo(m.Meaning, ask, members, 1); len(got) != 1 || got[0].Ref.ID != "secret" {
		t.Errorf("members find %v", got)
	}
	ref := []match.Ref{secret.Ref}
	if seen, told := with.NearnessOf(m.Meaning, ask, anyone, ref)[secret.Ref], with.NearnessOf(m.Meaning, ask, members, ref)[secret.Ref]; seen >= told || told < 0.9 {
		t.Errorf("near %v to the public, %v to members", seen, told)
	}
}

func TestMeaningsAreTheSameInWhateverOrderListingsCame(t *testing.T) {
	listings := append(strangers(30), catalogue()...) // some without a meaning
	battery := open(match.Achievement, "battery", meaning(view("lithium battery", ""), toward(1, 0.2)))
	x := filled(t, listings...)
	for _, l := range listings {
		x.Upsert(l)
	}
	for i := range 10 {
		x.Delete(listings[i].Ref)
	}
	x.Upsert(battery) // in a slot that others left
	y := match.NewIndex(analyse(), match.ShippedModel(t).Terms)
	y.Upsert(battery)
	for i := len(listings) - 1; i >= 10; i-- {
		if listings[i].ID != "battery" {
			y.Upsert(listings[i])
		}
	}
	m, ask := match.ShippedModel(t), toward(1, 0)
	if a, b := x.NearestTo(m.Meaning, ask, anyone, 20), y.NearestTo(m.Meaning, ask, anyone, 20); len(a) == 0 || a[0].Ref.ID != "battery" || !reflect.DeepEqual(a, b) {
		t.Errorf("%v and %v", a, b)
	}
}

func TestTheFirstMeaningMayStandInAnEarlySlot(t *testing.T) {
	x, m := filled(t, catalogue()...), match.ShippedModel(t)
	x.Upsert(open(match.Achievement, "corn", meaning(view("抗旱玉米新品种", ""), toward(3, 0))))
	if got := x.NearestTo(m.Meaning, toward(3, 0.1), anyone, 5); len(got) != 1 || got[0].Ref.ID != "corn" {
		t.Errorf("%v", got)
	}
}

func TestASnapshotKeepsMeanings(t *testing.T) {
	x, m := filled(t, append(strangers(10), catalogue()...)...), match.ShippedModel(t)
	path := filepath.Join(t.TempDir(), "index")
	if err := x.Save(path, "a", 3); err != nil {
		t.Fatal(err)
	}
	y := match.NewIndex(analyse(), m.Terms)
	if _, err := y.Load(path, "a"); err != nil {
		t.Fatal(err)
	}
	ask := toward(1004, 0.3)
	if a, b := x.NearestTo(m.Meaning, ask, anyone, 5), y.NearestTo(m.Meaning, ask, anyone, 5); len(a) == 0 || !reflect.DeepEqual(a, b) {
		t.Errorf("%v and %v", a, b)
	}
}
