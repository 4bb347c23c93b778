package match_test

import (
	"testing"

	"chengqiao/internal/match"
	"chengqiao/internal/text"
)

func TestARequirementIsHeldAgainstAClaimInWhicheverLanguageTheyShare(t *testing.T) {
	both := func(zh, en string) text.Text { return text.Text{Zh: zh, En: en} }
	for _, c := range []struct {
		what           string
		wanted, stated text.Text
		verdict        match.VerdictKind
		evidence       text.Text
	}{
		{"Chinese with both", text.Zh("循环寿命"), both("循环寿命", "Cycle life"), match.Met, both("循环寿命: 4000", "Cycle life: 4000")},
		{"English with both", text.En("Cycle life"), both("循环寿命", "Cycle life"), match.Met, both("循环寿命: 4000", "Cycle life: 4000")},
		{"both with English", both("循环寿命", "Cycle life"), text.En("cycle life"), match.Met, text.En("cycle life: 4000")},
		{"both with Chinese", both("循环寿命", "Cycle life"), text.Zh("循环寿命"), match.Met, text.Zh("循环寿命: 4000")},
		{"a name of Latin letters alone", text.En("COP"), text.Zh("COP"), match.Met, text.Zh("COP: 4000")},
		{"Chinese with another thing", text.Zh("循环寿命"), both("能量密度", "Energy density"), match.Unknown, text.Text{}},
		// One English word for two things that Chinese tells apart is asked about.
		{"apart in Chinese", both("采收率", "Recovery"), both("回用比例", "Recovery"), match.Unknown, both("回用比例: 4000", "Recovery: 4000")},
		// What Chinese calls the opposite is not even that.
		{"opposite in Chinese", both("最低工作温度", "Working temperature"), both("最高工作温度", "Working temperature"), match.Unknown, text.Text{}},
	} {
		need, result := view("", ""), view("", "")
		need.Requirements = []match.Requirement{{Criterion: c.wanted, Metric: c.wanted, Operator: ">=", Threshold: "3000"}}
		result.Claims = []match.Claim{{Metric: c.stated, Value: "4000"}}
		if got := match.Judge(analyse(), need, result)[0]; got.Verdict != c.verdict || got.Evidence != c.evidence {
			t.Errorf("%s: %s by %+v, want %s by %+v", c.what, got.Verdict, got.Evidence, c.verdict, c.evidence)
		}
	}
}

// A translation of what is claimed moves no verdict that its Chinese gives.
func TestATranslationMovesNoVerdict(t *testing.T) {
	for _, c := range []struct {
		wanted, stated, en string
		value              string
		verdict            match.VerdictKind
	}{
		{"回收率", "残膜回收率", "Recovery", "91", match.Unknown},
		{"COD去除率", "BOD去除率", "Removal", "95", match.Unknown},
		{"去除率", "去除率", "Removal", "70", match.Unmet},
		{"去除率", "去除率", "Removal", "95", match.Met},
	} {
		for _, translated := range []bool{false, true} {
			wanted, stated := text.Zh(c.wanted), text.Zh(c.stated)
			if translated {
				wanted.En, stated.En = c.en, c.en
			}
			need, result := view("", ""), view("", "")
			need.Requirements = []match.Requirement{{Criterion: wanted, Metric: wanted, Operator: ">=", Threshold: "90", Unit: "%"}}
			result.Claims = []match.Claim{{Metric: stated, Value: c.value, Unit: "%"}}
			if got := match.Judge(analyse(), need, result)[0]; got.Verdict != c.verdict {
				t.Errorf("%s by %s, translated %t: %s, want %s", c.wanted, c.stated, translated, got.Verdict, c.verdict)
			}
		}
	}
}

func TestAQuestionIsAskedInTheWordsOfItsLanguage(t *testing.T) {
	need := view("", "")
	need.Requirements = []match.Requirement{
		{Criterion: text.Text{Zh: "电耗低", En: "Low power"}, Metric: text.Text{Zh: "吨水电耗", En: "Energy per tonne"}, Operator: "<=", Threshold: "25", Unit: "kWh"},
		{Criterion: text.Zh("环保")},
	}
	got := match.Judge(analyse(), need, view("", ""))
	for i, want := range []text.Text{
		{
			Zh: "“吨水电耗”能否不高于 25 kWh？在什么测试条件下测得，有无第三方报告？",
			En: "Is “Energy per tonne” at most 25 kWh? Under which test conditions was it measured, and is there a third-party report?",
		},
		{Zh: "贵方成果能否满足“环保”？有何依据（检测报告、应用案例等）？", En: "Can your result meet “环保”? What supports it (test report, reference case)?"},
	} {
		if got[i].Question != want {
			t.Errorf("%+v", got[i].Question)
		}
	}
}

func TestASeriesIsReadInTheLanguageThatTellsItsParts(t *testing.T) {
	need, result := view("", ""), view("", "")
	wanted := text.Text{Zh: "28d抗压强度", En: "28d compressive strength"}
	need.Requirements = []match.Requirement{{Criterion: wanted, Metric: wanted, Operator: ">=", Threshold: "40", Unit: "MPa"}}
	for _, name := range []text.Text{
		{Zh: "抗压强度（3d/28d）", En: "Compressive strength (3d/28d)"},
		{Zh: "抗压强度（3d/28d）", En: "Compressive strength"},
	} {
		result := *result
		result.Claims = []match.Claim{{Metric: name, Value: "20/45", Unit: "MPa"}}
		if got := match.Judge(analyse(), need, &result)[0]; got.Verdict != match.Met || got.Evidence.Zh != "抗压强度(28d): 45 MPa" {
			t.Errorf("%+v: %s by %+v", name, got.Verdict, got.Evidence)
		}
	}
}
