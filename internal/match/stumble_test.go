package match_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"chengqiao/internal/match"
	"chengqiao/internal/text"
)

// scraps are what texts, values and units are made of, in any order.
var scraps = []string{
	"容量保持率", "循环寿命", "由", "提高到", "降低", "不低于", "以上", "至", "每", "万", "吨", "零下", "℃", "的", "，", "。", "；", "（", "）", "①", "\n\n", "\t",
	"energy density", "from", "to", "below", "less than", "at least", "per", "mg/L", "Wh/kg", "m³", "m2", "kW·h", "mol·L⁻¹", "rpm", "GB 18918", "LiFePO4", "Al₂O₃", "YOLOv5", "C++",
	"0", "7", "80", "1,234.5", "1.2e9", "10^5", "10⁵", "5×10^-3", "½", "１２", "-", "−", "±", "~", "～", "–", "%", "‰", "^", "*", "/", "·", "(", ")", "[", "<", ">=", "≤", "≈", ".", ",", ":", "：",
	" ", "\u3000", "\u200b", "e\u0301", "🔋", "\xff", "'", "\"", "№", "мг/л", "ё",
}

func scribble(most int) *rapid.Generator[string] {
	return rapid.Map(rapid.SliceOfN(rapid.SampledFrom(scraps), 0, most), func(parts []string) string { return strings.Join(parts, "") })
}

// Whatever people write, needs and results are matched, judged and explained, and the program goes on.
func TestNothingThatPeopleWriteIsStumbledOver(t *testing.T) {
	model, cut := match.ShippedModel(t), analyse()
	running, name, value := scribble(40), scribble(6), scribble(5)
	named := rapid.Custom(func(t *rapid.T) text.Text { return text.Text{Zh: name.Draw(t, "zh"), En: name.Draw(t, "en")} })
	rapid.Check(t, func(t *rapid.T) {
		need := view(name.Draw(t, "title"), running.Draw(t, "problem"), name.Draw(t, "keyword"))
		need.Requirements = []match.Requirement{{
			Criterion: named.Draw(t, "criterion"), Metric: named.Draw(t, "metric"), Operator: rapid.SampledFrom([]string{">=", "<=", "=", ""}).Draw(t, "operator"),
			Threshold: value.Draw(t, "threshold"), Unit: value.Draw(t, "unit"), Must: true,
		}}
		result := view(name.Draw(t, "offer"), running.Draw(t, "abstract"), name.Draw(t, "keyword"))
		result.Claims = []match.Claim{{Metric: named.Draw(t, "claimed"), Value: value.Draw(t, "value"), Unit: value.Draw(t, "of"), Conditions: named.Draw(t, "conditions")}}
		x := match.NewIndex(cut, model.Terms)
		x.Upsert(open(match.Need, "need", need))
		x.Upsert(open(match.Achievement, "result", result))
		for _, ask := range []match.Ask{
			{View: need, Of: match.Need, Tiers: anyone, All: true},
			{View: result, Of: match.Achievement, Tiers: anyone, All: true},
		} {
			for _, r := range x.Rank(model, ask) {
				if !(r.Score >= 0 && r.Score <= 1) {
					t.Errorf("a score of %v", r.Score)
				}
			}
		}
		verdicts := match.Judge(cut, need, result)
		if len(verdicts) != 1 {
			t.Errorf("%d verdicts of one requirement", len(verdicts))
		}
		x.Explainer(need, match.Need).WithResult(result, verdicts)
		x.Explainer(result, match.Achievement).WithNeed(need, verdicts)
	})
}
