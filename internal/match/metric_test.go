package match_test

import (
	"strings"
	"testing"

	"chengqiao/internal/match"
	"chengqiao/internal/text"
)

// claimCase is a requirement and the one claim that a result makes.
type claimCase struct {
	metric, operator, threshold, unit string
	claim                             match.Claim
	want                              match.VerdictKind
}

// judged is the verdict on a need's only requirement; both sides speak of a text beside.
func judged(c claimCase, beside string) match.Verdict {
	need, result := view("", beside), view("", beside)
	need.Requirements = []match.Requirement{{Criterion: text.Of(c.metric), Metric: text.Of(c.metric), Operator: c.operator, Threshold: c.threshold, Unit: c.unit}}
	result.Claims = []match.Claim{c.claim}
	return match.Judge(analyse(), need, result)[0]
}

func areJudged(t *testing.T, cases []claimCase, beside string) {
	t.Helper()
	for _, c := range cases {
		got := judged(c, beside)
		if got.Verdict != c.want || (got.Question.Zh != "") != (c.want == match.Unknown) {
			t.Errorf("%s %s %s %s by %v: %s by %q, want %s", c.metric, c.operator, c.threshold, c.unit, c.claim, got.Verdict, got.Evidence, c.want)
		}
	}
}

func TestAClaimOnAnotherSubstanceIsNoneOnTheOneThatIsAskedFor(t *testing.T) {
	areJudged(t, []claimCase{
		{"COD去除率", ">=", "90", "%", match.Claim{Metric: text.Of("BOD去除率"), Value: "95", Unit: "%"}, match.Unknown},
		{"总氮去除率", ">=", "80", "%", match.Claim{Metric: text.Of("氨氮去除率"), Value: "95", Unit: "%"}, match.Unknown},
		{"氯化钠纯度", ">=", "98", "%", match.Claim{Metric: text.Of("硫酸钠纯度"), Value: "99", Unit: "%"}, match.Unknown},
		{"出水总氮浓度", "<=", "15", "mg/L", match.Claim{Metric: text.Of("出水氨氮浓度"), Value: "5", Unit: "mg/L"}, match.Unknown},
		{"SO2排放浓度", "<=", "35", "mg/m3", match.Claim{Metric: text.Of("NOx排放浓度"), Value: "30", Unit: "mg/m3"}, match.Unknown},
		{"二氧化硫排放浓度", "<=", "35", "mg/m3", match.Claim{Metric: text.Of("氮氧化物排放浓度"), Value: "50", Unit: "mg/m3"}, match.Unknown},
		{"最大抗拉强度", ">=", "300", "MPa", match.Claim{Metric: text.Of("最大抗弯强度"), Value: "500", Unit: "MPa"}, match.Unknown},
		{"BOD removal rate", ">=", "80", "%", match.Claim{Metric: text.Of("COD removal rate"), Value: "95", Unit: "%"}, match.Unknown},
		{"出水COD", "<=", "50", "mg/L", match.Claim{Metric: text.Of("COD"), Value: "45", Unit: "mg/L"}, match.Met},
	}, "COD、BOD、氨氮、总氮、硫酸钠、氯化钠。COD removal and BOD removal")
}

func TestAClaimOnWhatAnotherRequirementAsksIsNotQuotedBesideThisOne(t *testing.T) {
	need, result := view("分盐", "硫酸钠、氯化钠"), view("分盐", "硫酸钠、氯化钠")
	need.Requirements = []match.Requirement{
		{Criterion: text.Of("硫酸钠纯度"), Metric: text.Of("硫酸钠纯度"), Operator: ">=", Threshold: "98.5", Unit: "%"},
		{Criterion: text.Of("氯化钠纯度"), Metric: text.Of("氯化钠纯度"), Operator: ">=", Threshold: "98", Unit: "%"},
	}
	result.Claims = []match.Claim{{Metric: text.Of("硫酸钠纯度"), Value: "99.1", Unit: "%"}}
	got := match.Judge(analyse(), need, result)
	if got[0].Verdict != match.Met || got[1].Verdict != match.Unknown || !got[1].Evidence.IsZero() {
		t.Errorf("%+v", got)
	}
}

func TestWhatIsAskedForUnderAConditionIsNotMetUnderAnother(t *testing.T) {
	areJudged(t, []claimCase{
		{"-30℃容量保持率", ">=", "80", "%", match.Claim{Metric: text.Of("容量保持率"), Value: "92", Unit: "%", Conditions: text.Of("25℃，500次")}, match.Unknown},
		{"-30℃容量保持率", ">=", "80", "%", match.Claim{Metric: text.Of("容量保持率"), Value: "92", Unit: "%", Conditions: text.Of("30 ℃")}, match.Unknown},
		{"-30℃容量保持率", ">=", "80", "%", match.Claim{Metric: text.Of("容量保持率"), Value: "82", Unit: "%", Conditions: text.Of("−30 ℃，0.5C")}, match.Met},
		{"零下30℃容量保持率", ">=", "80", "%", match.Claim{Metric: text.Of("容量保持率"), Value: "82%（-30℃）"}, match.Met},
		{"-40℃冲击功", ">=", "47", "J", match.Claim{Metric: text.Of("冲击功"), Value: "60", Unit: "J", Conditions: text.Of("室温")}, match.Unknown},
		{"-40℃冲击功", ">=", "47", "J", match.Claim{Metric: text.Of("-20℃冲击功"), Value: "60", Unit: "J"}, match.Unknown},
		{"-40℃冲击功", ">=", "47", "J", match.Claim{Metric: text.Of("-40℃冲击功"), Value: "60", Unit: "J"}, match.Met},
		{"28天抗压强度", ">=", "50", "MPa", match.Claim{Metric: text.Of("3天抗压强度"), Value: "30", Unit: "MPa"}, match.Unknown},
		{"150℃热收缩率", "<=", "3", "%", match.Claim{Metric: text.Of("热收缩率"), Value: "2.5", Unit: "%", Conditions: text.Of("150℃,1h")}, match.Met},
		{"-25℃COP", ">=", "2.2", "", match.Claim{Metric: text.Of("COP"), Value: "2.3", Conditions: text.Of("环境温度-25℃")}, match.Met},
		{"容量保持率", ">=", "80", "%", match.Claim{Metric: text.Of("-20℃容量保持率"), Value: "75", Unit: "%"}, match.Unknown},
		// Figures that belong to names are no conditions.
		{"PM2.5排放浓度", "<=", "10", "mg/m3", match.Claim{Metric: text.Of("PM2.5排放"), Value: "5", Unit: "mg/m3"}, match.Met},
		{"H2S浓度", "<=", "10", "mg/m3", match.Claim{Metric: text.Of("出口H2S"), Value: "5", Unit: "mg/m3"}, match.Met},
	}, "")
}

func TestWordsThatOnlySayThatSomethingIsMeasuredMakeNoOtherMetric(t *testing.T) {
	areJudged(t, []claimCase{
		{"番茄红素含量", ">=", "12", "mg/100g", match.Claim{Metric: text.Of("番茄红素"), Value: "13.5", Unit: "mg/100g"}, match.Met},
		{"可溶性固形物", ">=", "5.5", "%", match.Claim{Metric: text.Of("可溶性固形物含量"), Value: "5.8", Unit: "%"}, match.Met},
		{"裂果率", "<=", "10", "%", match.Claim{Metric: text.Of("裂果发生率"), Value: "8.5%"}, match.Met},
		{"处理能力", ">=", "100", "m3/d", match.Claim{Metric: text.Of("处理量"), Value: "120", Unit: "m3/d"}, match.Met},
		{"爬坡能力", ">=", "15", "°", match.Claim{Metric: text.Of("爬坡角度"), Value: "20°"}, match.Met},
		{"浓度", "<=", "10", "mg/L", match.Claim{Metric: text.Of("浓度"), Value: "8", Unit: "mg/L"}, match.Met},
	}, "")
}

// What a criterion calls by another name than its metric may be claimed by that name.
func TestTheClaimIsFoundByTheNameThatTheCriterionHas(t *testing.T) {
	for criterion, want := range map[string]match.VerdictKind{
		"DON≤800μg/kg": match.Met, "DON": match.Met, "小麦": match.Unknown, "呕吐毒素": match.Unknown,
	} {
		need, result := view("面粉", "呕吐毒素（DON）"), view("", "")
		need.Requirements = []match.Requirement{{Criterion: text.Of(criterion), Metric: text.Of("呕吐毒素含量"), Operator: "<=", Threshold: "800", Unit: "μg/kg"}}
		result.Claims = []match.Claim{{Metric: text.Of("DON含量"), Value: "0.48", Unit: "mg/kg"}}
		if got := match.Judge(analyse(), need, result)[0]; got.Verdict != want {
			t.Errorf("%s: %+v", criterion, got)
		}
	}
}

func TestOfWhatAValueIsOneEachMayStandInTheName(t *testing.T) {
	areJudged(t, []claimCase{
		{"亩产", ">=", "8", "吨", match.Claim{Metric: text.Of("亩产"), Value: "8500", Unit: "公斤/亩"}, match.Met},
		{"亩产", ">=", "120", "t/ha", match.Claim{Metric: text.Of("亩产"), Value: "9吨"}, match.Met},
		{"吨水电耗", "<=", "0.4", "kWh", match.Claim{Metric: text.Of("吨水电耗"), Value: "0.35", Unit: "kW·h/t"}, match.Met},
		{"吨水电耗", "<=", "0.4", "kWh/m3", match.Claim{Metric: text.Of("吨水电耗"), Value: "0.5 kWh/吨"}, match.Unmet},
		{"吨钢电耗", "<=", "400", "kWh", match.Claim{Metric: text.Of("吨钢电耗"), Value: "380", Unit: "kWh/t"}, match.Met},
		{"每头日成本", "<=", "2.5", "元", match.Claim{Metric: text.Of("日成本"), Value: "2.2元/头"}, match.Met},
		{"吨位", ">=", "5", "t", match.Claim{Metric: text.Of("额定吨位"), Value: "6", Unit: "t"}, match.Met},
		{"电耗", "<=", "0.4", "kWh/m3", match.Claim{Metric: text.Of("电耗"), Value: "0.35", Unit: "kWh/t"}, match.Unknown},
	}, "")
}

func TestHowMuchSomethingChangesIsReadWithTheWordForIt(t *testing.T) {
	areJudged(t, []claimCase{
		{"成本降幅", ">=", "20", "%", match.Claim{Metric: text.Of("成本降幅"), Value: "降低30%"}, match.Met},
		{"增产率", ">=", "10", "%", match.Claim{Metric: text.Of("增产率"), Value: "提高15%以上"}, match.Met},
		{"energy saving", ">=", "10", "%", match.Claim{Metric: text.Of("energy saving"), Value: "reduced by 15 %"}, match.Met},
		{"产率", ">=", "10", "%", match.Claim{Metric: text.Of("产率"), Value: "提高15%"}, match.Unknown}, // by so much, and not to
		{"产率", ">=", "10", "%", match.Claim{Metric: text.Of("产率"), Value: "降低15%"}, match.Unknown},
	}, "")
}

func TestWhatIsCountedNeedsNoUnit(t *testing.T) {
	areJudged(t, []claimCase{
		{"通道数", ">=", "16", "", match.Claim{Metric: text.Of("通道数"), Value: "32", Unit: "路"}, match.Met},
		{"icing cycles", ">=", "50", "cycles", match.Claim{Metric: text.Of("Icing cycles"), Value: "100"}, match.Met},
		{"循环次数", ">=", "3000", "次", match.Claim{Metric: text.Of("循环次数"), Value: "2500"}, match.Unmet},
		{"使用寿命", ">=", "3000", "次", match.Claim{Metric: text.Of("使用寿命"), Value: "10"}, match.Unknown},
	}, "")
}

// Its unit tells what kind of thing a claim is on, and not of what.
func TestAClaimOfSomethingThatIsNotAskedAboutDoesNotDecide(t *testing.T) {
	surface := match.Claim{Metric: text.Of("叶片表面温度"), Value: "-35", Unit: "℃"}
	areJudged(t, []claimCase{
		{"表面温度", "<=", "-20", "℃", surface, match.Unknown},
		{"比容量", ">=", "1800", "mAh/g", match.Claim{Metric: text.Of("首次放电比容量"), Value: "215", Unit: "mAh/g"}, match.Unknown},
		{"temperature", "<=", "-20", "°C", match.Claim{Metric: text.Of("Blade surface temperature"), Value: "-35", Unit: "°C"}, match.Unknown},
		{"功率", ">=", "5", "kW", match.Claim{Metric: text.Of("额定功率"), Value: "4", Unit: "kW"}, match.Unmet},
		{"监测距离", ">=", "50", "km", match.Claim{Metric: text.Of("最大监测距离"), Value: "80", Unit: "km"}, match.Met},
		{"power", ">=", "5", "kW", match.Claim{Metric: text.Of("Rated power"), Value: "6", Unit: "kW"}, match.Met},
	}, "")
	areJudged(t, []claimCase{{"表面温度", "<=", "-20", "℃", surface, match.Met}}, "风电叶片")
}

func TestAShareMayBeWrittenAsAFraction(t *testing.T) {
	to := func(value string) match.Claim { return match.Claim{Metric: text.Of("回收率"), Value: value} }
	areJudged(t, []claimCase{
		{"回收率", ">=", "95", "%", to("0.97"), match.Met},
		{"回收率", ">=", "95", "%", to("0.94"), match.Unmet},
		{"回收率", ">=", "95", "%", to("≥0.96"), match.Met},
		{"回收率", ">=", "95", "%", to("0.93~0.97"), match.Unknown},
		{"回收率", "<=", "5", "%", to("0.03"), match.Met},
		// 0.8 of a hundred, or of one?
		{"回收率", "<=", "1", "%", to("0.8"), match.Unknown},
		{"回收率", ">=", "2", "%", to("0.5"), match.Unknown},
		{"回收率", ">=", "95", "%", to("97"), match.Unknown},
		{"回收率", ">=", "0.95", "mg/L", to("0.97"), match.Unknown},
	}, "")
}

func TestEachOfSeveralValuesIsHeldAgainstWhatIsAskedOfIt(t *testing.T) {
	row := match.Claim{Metric: text.Of("抗压强度（3d/7d/28d）"), Value: "21.3/32.6/48.9", Unit: "MPa"}
	areJudged(t, []claimCase{
		{"28天抗压强度", ">=", "42.5", "MPa", row, match.Met},
		{"3天抗压强度", ">=", "22", "MPa", row, match.Unmet},
		{"90天抗压强度", ">=", "42.5", "MPa", row, match.Unknown},
		{"去除率", ">=", "90", "%", match.Claim{Metric: text.Of("去除率（COD/氨氮）"), Value: "95", Unit: "%"}, match.Unknown},
		{"产量", ">=", "4", "t/h", match.Claim{Metric: text.Of("产量（t/h）"), Value: "5/6", Unit: "t/h"}, match.Unknown},
	}, "")
	if got := judged(claimCase{"28天抗压强度", ">=", "42.5", "MPa", row, match.Met}, "").Evidence.Zh; got != "抗压强度(28d): 48.9 MPa" {
		t.Errorf("by %q", got)
	}
}

// Which of two variants is meant is for who asks; both are told.
func TestVariantsOfWhichOneMeetsAreBothQuoted(t *testing.T) {
	need, result := view("", "正极"), view("", "")
	need.Requirements = []match.Requirement{{Criterion: text.Of("放电容量"), Metric: text.Of("放电容量"), Operator: ">=", Threshold: "210", Unit: "mAh/g"}}
	result.Claims = []match.Claim{
		{Metric: text.Of("放电容量（NCM90）"), Value: "215", Unit: "mAh/g", Conditions: text.Of("0.1C")}, {Metric: text.Of("放电容量（NCM83）"), Value: "208", Unit: "mAh/g"},
	}
	got := match.Judge(analyse(), need, result)[0]
	if want := "放电容量（NCM90）: 215 mAh/g (0.1C); 放电容量（NCM83）: 208 mAh/g"; got.Verdict != match.Unknown || got.Evidence.Zh != want || !got.Conditions.IsZero() {
		t.Errorf("%+v", got)
	}
}

func TestTheSameMetricIsKnownByItsUsualNames(t *testing.T) {
	areJudged(t, []claimCase{
		{"脱硝效率", ">=", "90", "%", match.Claim{Metric: text.Of("脱硝率"), Value: ">92", Unit: "%"}, match.Met},
		{"电池寿命", ">=", "12", "月", match.Claim{Metric: text.Of("工作寿命"), Value: "18", Unit: "个月"}, match.Met},
		{"中性盐雾时间", ">=", "1000", "h", match.Claim{Metric: text.Of("中性盐雾试验"), Value: "≥1200h"}, match.Met},
		{"pH精度", "<=", "0.1", "", match.Claim{Metric: text.Of("pH测量精度"), Value: "±0.05"}, match.Met},
		{"工作温度", "<=", "-25", "℃", match.Claim{Metric: text.Of("环境温度"), Value: "-30～70", Unit: "℃"}, match.Met},
		{"室内环境温度", ">=", "18", "℃", match.Claim{Metric: text.Of("工作温度"), Value: "-20~60", Unit: "℃"}, match.Unknown},
		{"硬度", ">=", "50", "HRC", match.Claim{Metric: text.Of("表面硬度"), Value: "55-60", Unit: "HRC"}, match.Met},
		{"粗蛋白含量", ">=", "45", "%", match.Claim{Metric: text.Of("粗蛋白"), Value: "提高5个百分点，达50%以上"}, match.Met},
		{"粗蛋白含量", ">=", "45", "%", match.Claim{Metric: text.Of("粗蛋白"), Value: "46%，达到国标"}, match.Met},
	}, "电池，表面，中性盐雾时间")
}

// What is asked about is quoted beside a claim of the same kind, and not of the same place.
func TestAClaimOfAnotherKindIsNotQuoted(t *testing.T) {
	for metric, quoted := range map[string]bool{"出水2-MIB": false, "出水氨氮": false, "进水BOD": false, "总BOD": false, "排放COD": true} {
		got := judged(claimCase{"出水COD", "<=", "50", "mg/L", match.Claim{Metric: text.Of(metric), Value: "7.5", Unit: "mg/L"}, match.Unknown}, "")
		if got.Verdict != match.Unknown || !got.Evidence.IsZero() != quoted {
			t.Errorf("%s: %+v", metric, got)
		}
	}
}

func TestASentenceIsQuotedForAFigureThatMayBeOfTheMetric(t *testing.T) {
	long := strings.Repeat("为了研究工艺条件的影响，", 14)
	for _, c := range []struct{ metric, unit, text, want string }{
		{"热输入", "kJ/cm", "不同热输入对 1200MPa 级钢的焊缝有影响。热输入为 14.57kJ/cm 时最好。", "热输入为 14.57kJ/cm 时最好"},
		{"特异性", "%", "以高特异性单抗检测黄曲霉毒素 B1 含量。", ""},
		{"饲料系数", "", "各组饲料系数无显著差异（P>0.05）。", ""},
		{"饲料系数", "", "饲料系数降到 1.12（P<0.05）。", "饲料系数降到 1.12（P<0.05）"},
		{"回收率", "%", "回收率达到 95~97 %。", "回收率达到 95~97 %"},
		{"硬度", "HRC", "硬度由 52 提高到 60 HRC。", "硬度由 52 提高到 60 HRC"},
		{"导热系数", "W/(m·K)", "导热系数为 8.5 W/(m·K)。", "导热系数为 8.5 W/(m·K)"},
		{"产量", "kg", long + "产量为 500 kg", "…" + string([]rune(long)[len([]rune(long))-60:]) + "产量为 500 kg"},
	} {
		need, result := view("", ""), view("", c.text)
		need.Requirements = []match.Requirement{{Criterion: text.Of(c.metric), Metric: text.Of(c.metric), Operator: ">=", Threshold: "1", Unit: c.unit}}
		if got := match.Judge(analyse(), need, result)[0]; got.Verdict != match.Unknown || got.Evidence.Zh != c.want {
			t.Errorf("%s: %q, want %q", c.metric, got.Evidence, c.want)
		}
	}
}

func TestASentenceThatTellsOfSeveralRequirementsIsQuotedForEachInPart(t *testing.T) {
	need, result := view("", ""), view("", "样机经鉴定，残膜回收率达到 92.5 %，含杂率为 8 %，作业效率 1,200 亩/h；售价另议。")
	for _, r := range []match.Requirement{{Metric: text.Of("残膜回收率"), Unit: "%"}, {Metric: text.Of("含杂率"), Unit: "%"}, {Metric: text.Of("作业效率"), Unit: "亩/h"}, {Metric: text.Of("售价"), Unit: "元"}} {
		r.Criterion, r.Operator, r.Threshold = r.Metric, ">=", "1"
		need.Requirements = append(need.Requirements, r)
	}
	got := match.Judge(analyse(), need, result)
	for i, want := range []string{"残膜回收率达到 92.5 %", "含杂率为 8 %", "作业效率 1,200 亩/h", ""} {
		if got[i].Evidence.Zh != want {
			t.Errorf("%s: %q, want %q", got[i].Criterion, got[i].Evidence, want)
		}
	}
}

// How much is asked for is held against claims; as words it would be what all needs share.
func TestARequirementIsAboutItsMetricAndNotItsAmount(t *testing.T) {
	for _, c := range []struct {
		r    match.Requirement
		want string
	}{
		{match.Requirement{Criterion: text.Of("增益不低于 25 dBi"), Metric: text.Of("增益"), Threshold: "25", Unit: "dBi"}, "增益 增益"},
		{match.Requirement{Criterion: text.Of("−30 ℃ 放电容量保持率不低于 75%"), Metric: text.Of("低温放电容量保持率"), Threshold: "75", Unit: "%"}, "−30 ℃ 放电容量保持率 低温放电容量保持率"},
		{match.Requirement{Criterion: text.Of("gain of at least 25 dBi"), Metric: text.Of("gain"), Threshold: "25", Unit: "dBi"}, "gain of gain"},
		{match.Requirement{Criterion: text.Of("B500 级钢强度大于 50 MPa"), Metric: text.Of("强度"), Threshold: "50", Unit: "MPa"}, "B500 级钢强度 强度"},
		{match.Requirement{Criterion: text.Of("强度 500 MPa"), Metric: text.Of("强度"), Threshold: "50", Unit: "MPa"}, "强度 500 MPa 强度"},
		{match.Requirement{Criterion: text.Of("能在 200 米以下井中使用")}, "能在 200 米以下井中使用"},
	} {
		if got := c.r.Subject(); got != text.Of(c.want) {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
