package match_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"chengqiao/internal/match"
)

// pulled are the pulls of what a need for batteries finds, by id.
func pulled(t testing.TB, x *match.Index, judged ...match.Judgement) map[string]match.Pull {
	t.Helper()
	ranked := x.Rank(match.ShippedModel(t), match.Ask{View: view("低温动力电池", "循环寿命长的锂离子电池负极材料"), Of: match.Need, Tiers: anyone})
	out := map[string]match.Pull{}
	for i, p := range x.Pulls(judged, ranked, anyone) {
		out[ranked[i].Ref.ID] = p
	}
	return out
}

func achievement(id string) match.Ref { return match.Ref{Kind: match.Achievement, ID: id} }

// batteries are three results: two of silicon and carbon, one of titanate.
func batteries() []match.Listing {
	return append(catalogue(),
		open(match.Achievement, "silicon", view("硅碳负极材料的制备", "硅碳负极材料用于锂离子电池，循环寿命长。", "硅碳负极", "锂离子电池")),
		open(match.Achievement, "titanate", view("钛酸锂快充电池", "钛酸锂材料的动力电池低温充电快。", "钛酸锂", "快充")))
}

func TestALikeListingMovesTheWayItsLikeWasJudged(t *testing.T) {
	x := filled(t, batteries()...)
	down := pulled(t, x, match.Judgement{Ref: achievement("battery"), Opinion: match.Irrelevant})
	up := pulled(t, x, match.Judgement{Ref: achievement("battery"), Opinion: match.Relevant})
	if p := down["silicon"]; p.Factor >= 1 || p.Code != match.LikeIrrelevant || p.By.Ref.ID != "battery" {
		t.Errorf("beside an irrelevant one: %+v", p)
	}
	if p := up["silicon"]; p.Factor <= 1 || p.Code != match.LikeRelevant {
		t.Errorf("beside a relevant one: %+v", p)
	}
	if p := up["battery"]; p.Code != "" {
		t.Errorf("a listing is its own reason: %+v", p)
	}
	if down["titanate"].Factor <= down["silicon"].Factor {
		t.Errorf("another kind sinks as far: %+v", down)
	}
}

func TestAFactThatWasRefusedSinksThoseThatShareIt(t *testing.T) {
	priced := func(id string, fen int64, trl int) match.Listing {
		v := view("锂离子电池负极材料"+id, "循环寿命长的锂离子电池", "锂离子电池")
		v.PriceFen, v.TRL, v.Region = fen, trl, "650100"
		return open(match.Achievement, id, v)
	}
	x := filled(t, priced("asked", 500, 4), priced("dearer", 900, 7), priced("cheaper", 100, 3))
	for code, sinks := range map[string]string{"price_too_high": "dearer", "not_mature": "cheaper"} {
		got := pulled(t, x, match.Judgement{Ref: achievement("asked"), Opinion: match.Irrelevant, Code: code})
		for _, id := range []string{"dearer", "cheaper"} {
			if sunk := got[id].Factor < 1; sunk != (id == sinks) || sunk && got[id].Code != match.SameGrudge {
				t.Errorf("%s: %s has %+v", code, id, got[id])
			}
		}
	}
	region := pulled(t, x, match.Judgement{Ref: achievement("asked"), Opinion: match.Irrelevant, Code: "wrong_region"})
	contacted := pulled(t, x, match.Judgement{Ref: achievement("asked"), Opinion: match.Irrelevant, Code: "already_contacted"})
	if region["dearer"].Factor >= 1 || contacted["dearer"].Factor != 1 {
		t.Errorf("region %+v, contacted %+v", region, contacted)
	}
}

func TestAPullIsBoundedWhateverWasJudged(t *testing.T) {
	x := filled(t, batteries()...)
	ids := []string{"battery", "corn", "weld", "silicon", "titanate", "gone"}
	codes := []string{"", "wrong_route", "price_too_high", "wrong_region", "other"}
	rapid.Check(t, func(r *rapid.T) {
		var judged []match.Judgement
		for range rapid.IntRange(0, 60).Draw(r, "judged") {
			judged = append(judged, match.Judgement{
				Ref: achievement(rapid.SampledFrom(ids).Draw(r, "ref")), Code: rapid.SampledFrom(codes).Draw(r, "code"),
				Opinion: rapid.SampledFrom([]match.Opinion{match.Relevant, match.Irrelevant}).Draw(r, "opinion"),
			})
		}
		for id, p := range pulled(t, x, judged...) {
			if p.Factor < 0.45-1e-9 || p.Factor > 1.25+1e-9 {
				r.Fatalf("%s is moved by %v", id, p.Factor)
			}
		}
	})
}

func TestWhatMembersReadMovesNothingForThePublic(t *testing.T) {
	inside := match.Listing{Ref: achievement("inside"), OrgID: "o", Members: view("硅碳负极材料", "硅碳负极", "硅碳负极"), Full: view("硅碳负极材料", "硅碳负极")}
	x := filled(t, append(batteries(), inside)...)
	for id, p := range pulled(t, x, match.Judgement{Ref: inside.Ref, Opinion: match.Irrelevant}) {
		if p.Factor != 1 {
			t.Errorf("%s is moved by what its reader cannot see: %+v", id, p)
		}
	}
}

// BenchmarkPulls takes as many judgements as count, against long listings.
func BenchmarkPulls(b *testing.B) {
	var listings []match.Listing
	var judged []match.Judgement
	body := ""
	for i := range 400 {
		body += fmt.Sprintf("研究%d号材料的制备工艺与%d性能，", i, i*7)
	}
	for i := range 200 {
		id := fmt.Sprint(i)
		listings = append(listings, open(match.Achievement, id, view("低温动力电池负极材料"+id, body[i*30:i*30+2400], "电池")))
		if i < 32 {
			judged = append(judged, match.Judgement{Ref: achievement(id), Opinion: []match.Opinion{match.Relevant, match.Irrelevant}[i%2]})
		}
	}
	x := filled(b, listings...)
	ranked := x.Rank(match.ShippedModel(b), match.Ask{View: view("低温动力电池", body[:2400]), Of: match.Need, Tiers: anyone})
	for b.Loop() {
		x.Pulls(judged, ranked, anyone)
	}
}
