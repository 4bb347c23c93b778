package match_test

import (
	"testing"

	"chengqiao/internal/match"
	"chengqiao/internal/policy"
	"chengqiao/internal/search/analysis"
	"chengqiao/internal/text"
)

var (
	anyone  = []policy.Tier{policy.TierPublic}
	members = []policy.Tier{policy.TierPublic, policy.TierMembers}
)

// analyse cuts texts as the program does.
func analyse() match.Analyser { return match.AnalyserOf(analysis.New(nil)) }

func view(title, body string, keywords ...string) *match.View {
	return &match.View{
		Title: text.Zh(title),
		Texts: map[match.Field][]string{match.Title: {title}, match.Keywords: keywords, match.Body: {body}},
	}
}

func open(kind match.Kind, id string, v *match.View) match.Listing {
	return match.Listing{Ref: match.Ref{Kind: kind, ID: id}, OrgID: "org-" + id, Version: 1, Public: v, Members: v, Full: v}
}

// catalogue is a small market of results that have little in common.
func catalogue() []match.Listing {
	return []match.Listing{
		open(match.Achievement, "battery", view("硅碳负极锂离子电池", "硅碳负极材料的循环寿命和能量密度显著提高，适用于低温环境下的动力电池。", "锂离子电池", "硅碳负极")),
		open(match.Achievement, "corn", view("抗旱玉米新品种", "在干旱和盐碱条件下保持产量的玉米品种及其栽培方法。", "玉米", "抗旱")),
		open(match.Package, "water", view("农村污水处理装置", "一体化装置处理农村生活污水，氨氮去除率高，能耗低。", "污水处理")),
		open(match.Achievement, "weld", view("铝合金激光焊接工艺", "减少铝合金激光焊接气孔的工艺参数。", "激光焊接", "铝合金")),
	}
}

func filled(t testing.TB, listings ...match.Listing) *match.Index {
	t.Helper()
	x := match.NewIndex(analyse(), match.ShippedModel(t).Terms)
	for _, l := range listings {
		x.Upsert(l)
	}
	return x
}

func refs(ranked []match.Ranked) []match.Ref {
	var out []match.Ref
	for _, r := range ranked {
		out = append(out, r.Ref)
	}
	return out
}
