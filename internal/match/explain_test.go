package match_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"chengqiao/internal/match"
	"chengqiao/internal/text"
)

func TestSharedExpressionsAreWholeAsPeopleWroteThem(t *testing.T) {
	for _, c := range []struct {
		own, other string
		want       []string
	}{
		{"低温环境下锂离子电池的循环寿命", "提高锂离子电池循环寿命的方法", []string{"锂离子电池", "循环寿命"}},
		{"基于深度学习的图像识别", "采用深度学习和图像识别技术", []string{"深度学习", "图像识别"}},
		{"High energy density lithium-ion batteries", "a lithium ion battery with energy density of", []string{"energy density", "lithium-ion batteries"}},
		{"等离子体表面处理", "低温等离子体", []string{"等离子体"}},
		{"YOLOv5 目标检测", "用YOLOv5做目标检测", []string{"目标检测", "YOLOv5"}},
		{"吨水能耗 0.78 kWh", "吨水能耗 0.9 kWh", []string{"吨水能耗"}},
		{"a 1.35 tesla magnet", "a 0.35 tesla magnet", []string{"tesla magnet"}},
		{"适用于 100 Ah 方形电芯", "切换 100 Ah 方形产线", []string{"方形"}},
		{"容量保持率 85 % 以上", "容量保持率 85%", []string{"容量保持率"}},
		{"160 Wh/kg 能量密度", "150 Wh/kg 能量密度", []string{"能量密度"}},
		{"电芯能量密度不低于 160", "电芯能量密度不低于 150", []string{"电芯能量密度"}},
		{"tianyu 26 maize", "hybrid tianyu 26 maize seed", []string{"tianyu 26 maize"}},
		{"品种天玉 26 制种", "种植天玉 26 玉米", []string{"天玉 26"}},
		{"光伏组件无水清洁", "对组件无磨损", []string{"组件"}},
		{"完全不同的文字", "another matter", nil},
		{"the of and 2023", "the of and 2023", nil},
	} {
		got := match.Shared(analyse(), []string{c.own}, []string{c.other})
		slices.Sort(got)
		slices.Sort(c.want)
		if !slices.Equal(got, c.want) {
			t.Errorf("%q and %q share %q, want %q", c.own, c.other, got, c.want)
		}
	}
}

func TestSharedExpressionsOfOneTextAloneAreNotNamed(t *testing.T) {
	got := match.Shared(analyse(), []string{"锂离子", "电池回收"}, []string{"锂离子电池", "回收"})
	if slices.Contains(got, "锂离子电池回收") || !slices.Contains(got, "锂离子") {
		t.Errorf("%q", got)
	}
}

// 寿命不低于 is how askers talk and no part of what is sought; 环寿 is no word for that.
func TestAnExpressionIsNotCutWhereWhatIsSoughtEnds(t *testing.T) {
	cells := view("磷酸铁锂电池", "电芯的循环寿命为 4000 次")
	x := filled(t, open(match.Achievement, "cells", cells), open(match.Achievement, "coating", view("涂层", "涂层寿命 6 年")))
	need := view("寒区储能电池", "磷酸铁锂电池在零下三十度放电，循环寿命不低于 3500 次。")
	var named []string
	for _, r := range x.Explainer(need, match.Need).WithResult(cells, nil).Reasons {
		if r.Code == match.SharedTerms {
			named, _ = r.Params["terms"].([]string)
		}
	}
	if slices.Contains(named, "循环寿") || !slices.Contains(named, "磷酸铁锂电池") {
		t.Errorf("%q", named)
	}
}

func TestAnExpressionIsNotCutInsideAWordThatBothTextsKnow(t *testing.T) {
	batteries := []string{"固态电池", "电池回收", "电池组热管理", "动力电池", "低温作业", "型的材", "型的选"}
	var listings []match.Listing
	for _, title := range batteries {
		listings = append(listings, open(match.Achievement, title, view(title, "")))
	}
	result := view("低温电解液", "用于磷酸铁锂电池，放电性能好，有数学模型")
	x := filled(t, append(listings, open(match.Achievement, "electrolyte", result))...)
	for body, want := range map[string][]string{
		"需要低温电池":    {"低温", "电池"},
		"需要高温电池":    {"电池"}, // and not 温电池
		"数学模型的检验":   {"数学模型"},
		"需要低温电解质":   {"低温电解"}, // 解质 is nowhere
		"磷酸铁锂电池要便宜": {"磷酸铁锂电池"},
	} {
		need := view("", body)
		for from, reasons := range map[string][]match.Reason{
			"the need":   x.Explainer(need, match.Need).WithResult(result, nil).Reasons,
			"the result": x.Explainer(result, match.Achievement).WithNeed(need, nil).Reasons,
		} {
			var got []string
			for _, r := range reasons {
				if r.Code == match.SharedTerms {
					got, _ = r.Params["terms"].([]string)
				}
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("%s, asked from %s: %q, want %q", body, from, got, want)
			}
		}
	}
}

func TestReasonsNameTheFactsThatBothSidesTell(t *testing.T) {
	x := filled(t, catalogue()...)
	need := view("动力电池负极", "需要硅碳负极")
	need.TechnicalField, need.Region, need.TRL, need.PriceFen = "new_materials", "650100", 5, 1_000_00
	result := *catalogue()[0].Public
	result.TechnicalField, result.Region, result.TRL, result.PriceFen = "new_materials", "654000", 7, 1_250_00

	codes := func(n, r *match.View) map[match.ReasonCode]map[string]any {
		out := map[match.ReasonCode]map[string]any{}
		for _, reason := range x.Explainer(n, match.Need).WithResult(r, nil).Reasons {
			out[reason.Code] = reason.Params
		}
		return out
	}
	got := codes(need, &result)
	for _, want := range []match.ReasonCode{match.SharedTerms, match.SameFieldAs, match.TRLMeets, match.RegionSame, match.AbovePrice} {
		if _, ok := got[want]; !ok {
			t.Errorf("no reason %s in %v", want, got)
		}
	}
	if got[match.AbovePrice]["over_percent"] != int64(25) {
		t.Errorf("above the budget by %v, want 25", got[match.AbovePrice])
	}
	// Budgets that are no whole number of yuan, or of a hundred fen, too.
	for _, prices := range [][3]int64{{10_000_50, 20_001_00, 100}, {150, 300, 100}, {1_000_00, 1_000_01, 1}} {
		need.PriceFen, result.PriceFen = prices[0], prices[1]
		if over := codes(need, &result)[match.AbovePrice]["over_percent"]; over != prices[2] {
			t.Errorf("%d is above %d by %v %%, want %d", prices[1], prices[0], over, prices[2])
		}
	}
	need.PriceFen = 1_000_00
	if got[match.RegionSame]["region"] != "650000" {
		t.Errorf("region %v", got[match.RegionSame])
	}
	result.TRL, result.PriceFen, result.Region, result.TechnicalField = 4, 900_00, "", "agriculture"
	got = codes(need, &result)
	for _, want := range []match.ReasonCode{match.TRLBelow, match.WithinPrice} {
		if _, ok := got[want]; !ok {
			t.Errorf("no reason %s in %v", want, got)
		}
	}
	for _, not := range []match.ReasonCode{match.SameFieldAs, match.RegionSame, match.TRLMeets, match.AbovePrice, match.NoSharedTerms} {
		if _, ok := got[not]; ok {
			t.Errorf("reason %s without ground", not)
		}
	}
}

// Where facts are all that speaks for a pair, its reader is told that they are.
func TestThatNoTermIsSharedIsSaid(t *testing.T) {
	x := filled(t, catalogue()...)
	need, result := view("县城饮用水达标改造", "苦咸水淡化"), view("熔盐储热罐涂层", "高温防腐")
	need.TRL, result.TRL = 7, 6
	var codes []match.ReasonCode
	for _, r := range x.Explainer(need, match.Need).WithResult(result, nil).Reasons {
		codes = append(codes, r.Code)
	}
	if !slices.Equal(codes, []match.ReasonCode{match.TRLBelow, match.NoSharedTerms}) {
		t.Errorf("reasons %v", codes)
	}
}

func TestAnExplanationSaysNothingThatItsReaderLacks(t *testing.T) {
	x := filled(t, catalogue()...)
	need := view("石墨烯气凝胶", "需要石墨烯气凝胶隔热")
	public := view("一种隔热材料", "性能优异")
	members := view("一种隔热材料", "性能优异，石墨烯气凝胶")
	for _, c := range []struct {
		who  string
		view *match.View
		want bool
	}{{"the public", public, false}, {"members", members, true}} {
		said := false
		for _, reason := range x.Explainer(need, match.Need).WithResult(c.view, nil).Reasons {
			terms, _ := reason.Params["terms"].([]string)
			said = said || slices.ContainsFunc(terms, func(s string) bool { return strings.Contains(s, "石墨烯") })
		}
		if said != c.want {
			t.Errorf("%s are told of 石墨烯: %v", c.who, said)
		}
	}
}

func TestTheClaimOnTheSameMetricIsFound(t *testing.T) {
	claims := []match.Claim{
		{Metric: text.Of("功率密度"), Value: "1000", Unit: "W/kg"},
		{Metric: text.Of("质量能量密度"), Value: "300", Unit: "Wh/kg"},
		{Metric: text.Of("循环寿命"), Value: "2000", Unit: "次"},
	}
	result := &match.View{Claims: claims, Texts: map[match.Field][]string{
		match.Body: {"材料稳定。经测试，回收率达到 97 %，优于传统方法。"},
	}}
	verdicts := match.Judge(analyse(), &match.View{Requirements: []match.Requirement{
		{Criterion: text.Of("能量密度不低于280"), Metric: text.Of("能量密度"), Operator: ">=", Threshold: "280", Unit: "Wh/kg", Must: true},
		{Criterion: text.Of("循环次数"), Metric: text.Of("循环寿命"), Operator: ">=", Threshold: "3000", Unit: "次"},
		{Criterion: text.Of("回收率高"), Metric: text.Of("回收率"), Operator: ">=", Threshold: "95", Unit: "%"},
		{Criterion: text.Of("能在现有产线上使用")},
	}}, result)
	want := []struct {
		verdict  match.VerdictKind
		evidence string
		asked    bool
	}{
		{match.Met, "质量能量密度: 300 Wh/kg", false},
		{match.Unmet, "循环寿命: 2000 次", false},
		{match.Unknown, "经测试，回收率达到 97 %，优于传统方法", true},
		{match.Unknown, "", true},
	}
	for i, w := range want {
		v := verdicts[i]
		if v.Verdict != w.verdict || v.Evidence != text.Of(w.evidence) {
			t.Errorf("%s: %s by %q, want %s by %q", v.Criterion, v.Verdict, v.Evidence, w.verdict, w.evidence)
		}
		if asked := v.Question.Zh != "" && v.Question.En != ""; asked != w.asked {
			t.Errorf("%s: question %+v", v.Criterion, v.Question)
		}
	}
	if !verdicts[0].Must || verdicts[1].Must {
		t.Error("must and should are mixed up")
	}
}

func TestAUnitThatAValueBearsIsNotSaidTwice(t *testing.T) {
	for want, claim := range map[string]match.Claim{
		"寿命: 5000次以上（25 ℃）": {Metric: text.Of("寿命"), Value: "5000次以上（25 ℃）", Unit: "次"},
		"纯度: 95%~98%":       {Metric: text.Of("纯度"), Value: "95%~98%", Unit: "%"},
		"寿命: 2万 次":          {Metric: text.Of("寿命"), Value: "2万", Unit: "次"},
	} {
		result := &match.View{Claims: []match.Claim{claim}}
		wanted := match.Requirement{Metric: claim.Metric, Operator: ">=", Threshold: "1", Unit: claim.Unit}
		if got := match.Judge(analyse(), &match.View{Requirements: []match.Requirement{wanted}}, result)[0].Evidence.Zh; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestAShareOfOneThingIsNoShareOfAnother(t *testing.T) {
	claim := func(metric, value string) match.View {
		return match.View{Claims: []match.Claim{{Metric: text.Of(metric), Value: value, Unit: "%"}}, Texts: map[match.Field][]string{match.Title: {"农田地膜捡拾机"}}}
	}
	for _, c := range []struct {
		title, metric string
		result        match.View
		want          match.VerdictKind
	}{
		{"矿井水淡化", "回收率", claim("残膜回收率", "91"), match.Unknown},
		{"棉田残膜怎样收起来", "回收率", claim("残膜回收率", "91"), match.Met},
		{"棉田残膜怎样收起来", "残膜回收率", claim("残膜回收率", "91"), match.Met},
		{"捡拾机", "地膜回收率", claim("回收率", "70"), match.Unmet},
		{"捡拾机", "废水回收率", claim("回收率", "70"), match.Unknown},
		{"牧草干燥", "含水率", claim("吸水率", "91"), match.Unknown},
		{"Desalination", "recovery rate", claim("film recovery rate", "91"), match.Unknown},
		{"Mulch films in fields", "recovery rate", claim("film recovery rate", "91"), match.Met},
	} {
		need := view(c.title, "")
		need.Requirements = []match.Requirement{{Criterion: text.Of(c.metric), Metric: text.Of(c.metric), Operator: ">=", Threshold: "80", Unit: "%"}}
		got := match.Judge(analyse(), need, &c.result)[0]
		if got.Verdict != c.want || got.Evidence.IsZero() || (got.Question.Zh != "") != (c.want == match.Unknown) {
			t.Errorf("%s, %s: %s by %q, want %s", c.title, c.metric, got.Verdict, got.Evidence, c.want)
		}
	}
}

func TestTheClaimOnTheVeryMetricGoesBeforeANarrowerOne(t *testing.T) {
	result := &match.View{Claims: []match.Claim{
		{Metric: text.Of("氨氮去除率"), Value: "60", Unit: "%"}, {Metric: text.Of("去除率"), Value: "95", Unit: "%"}, {Metric: text.Of("总磷去除率"), Value: "50", Unit: "%"},
	}}
	need := view("印染废水脱色", "")
	need.Requirements = []match.Requirement{{Criterion: text.Of("去除率"), Metric: text.Of("去除率"), Operator: ">=", Threshold: "90", Unit: "%"}}
	if got := match.Judge(analyse(), need, result)[0]; got.Verdict != match.Met {
		t.Errorf("%+v", got)
	}
}

func TestOfOppositeMetricsTheOneSaysNothingOfTheOther(t *testing.T) {
	for _, c := range []struct {
		metric, operator, threshold, unit string
		claims                            []match.Claim
		want                              match.VerdictKind
	}{
		{"最低工作温度", "<=", "-20", "℃", []match.Claim{{Metric: text.Of("最高工作温度"), Value: "85", Unit: "℃"}}, match.Unknown},
		{"最低工作温度", "<=", "-20", "℃", []match.Claim{{Metric: text.Of("最高工作温度"), Value: "85", Unit: "℃"}, {Metric: text.Of("最低工作温度"), Value: "-30", Unit: "℃"}}, match.Met},
		{"放电时间", ">=", "2", "h", []match.Claim{{Metric: text.Of("充电时间"), Value: "1", Unit: "h"}}, match.Unknown},
		{"径向跳动", "<=", "2", "μm", []match.Claim{{Metric: text.Of("轴向跳动"), Value: "5", Unit: "μm"}}, match.Unknown},
		{"outlet temperature", "<=", "40", "℃", []match.Claim{{Metric: text.Of("Inlet temperature"), Value: "90", Unit: "℃"}}, match.Unknown},
		{"discharge time", ">=", "2", "h", []match.Claim{{Metric: text.Of("charge time"), Value: "1", Unit: "h"}}, match.Unknown},
		// What goes in is not what comes out.
		{"总磷", "<=", "0.5", "mg/L", []match.Claim{{Metric: text.Of("进水总磷"), Value: "8", Unit: "mg/L"}}, match.Unknown},
		{"总磷", "<=", "0.5", "mg/L", []match.Claim{{Metric: text.Of("进水总磷"), Value: "8", Unit: "mg/L"}, {Metric: text.Of("出水总磷"), Value: "0.3", Unit: "mg/L"}}, match.Met},
		{"进水总磷", ">=", "5", "mg/L", []match.Claim{{Metric: text.Of("进水总磷"), Value: "8", Unit: "mg/L"}}, match.Met},
		{"turbidity", "<=", "1", "NTU", []match.Claim{{Metric: text.Of("raw turbidity"), Value: "60", Unit: "NTU"}}, match.Unknown},
		// Of two that are as near, one met and one not, neither is taken.
		{"亩产", ">=", "500", "公斤/亩", []match.Claim{{Metric: text.Of("谷子亩产"), Value: "380", Unit: "公斤/亩"}, {Metric: text.Of("高粱亩产"), Value: "620", Unit: "公斤/亩"}}, match.Unknown},
		{"亩产", ">=", "300", "公斤/亩", []match.Claim{{Metric: text.Of("谷子亩产"), Value: "380", Unit: "公斤/亩"}, {Metric: text.Of("高粱亩产"), Value: "620", Unit: "公斤/亩"}}, match.Met},
	} {
		need := view("", "谷子与高粱")
		need.Requirements = []match.Requirement{{Criterion: text.Of(c.metric), Metric: text.Of(c.metric), Operator: c.operator, Threshold: c.threshold, Unit: c.unit}}
		got := match.Judge(analyse(), need, &match.View{Claims: c.claims})[0]
		if got.Verdict != c.want || (got.Question.Zh != "") != (c.want == match.Unknown) {
			t.Errorf("%s %s %s by %v: %s by %q, want %s", c.metric, c.operator, c.threshold, c.claims, got.Verdict, got.Evidence, c.want)
		}
	}
}

// A list explains many pairs of one listing, in either direction.
func TestAPairIsExplainedTheSameFromBothSidesAndAfterOthers(t *testing.T) {
	x := filled(t, catalogue()...)
	needs := []*match.View{
		view("低温动力电池负极", "需要硅碳负极，循环寿命长；铝合金激光焊接", "锂离子电池"),
		view("water water treatment", "农村生活污水处理，氨氮去除率高。污水处理"),
		view("", ""), view("激光焊接", "减少铝合金激光焊接气孔。铝合金"),
	}
	results := []*match.View{view("water treatment water water", "污水，污水处理装置"), view("", "硅碳 负极")}
	for _, l := range catalogue() {
		results = append(results, l.Public)
	}
	fromNeed, fromResult := map[*match.View]*match.Explainer{}, map[*match.View]*match.Explainer{}
	for _, n := range needs {
		fromNeed[n] = x.Explainer(n, match.Need)
	}
	for _, r := range results {
		fromResult[r] = x.Explainer(r, match.Achievement)
	}
	explained := 0
	for _, n := range needs {
		for _, r := range results {
			want := x.Explainer(n, match.Need).WithResult(r, nil)
			if got := fromNeed[n].WithResult(r, nil); !reflect.DeepEqual(got, want) {
				t.Errorf("after others %v, alone %v", got, want)
			}
			if got := fromResult[r].WithNeed(n, nil); !reflect.DeepEqual(got, want) {
				t.Errorf("from the result %v, from the need %v", got, want)
			}
			explained += len(want.Reasons)
		}
	}
	if explained < 4 {
		t.Errorf("%d reasons in all", explained)
	}
}
