package analysis_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"chengqiao/config"
	"chengqiao/internal/search/analysis"
)

// seeking looks for what is sought by the sentences that ship and the model's numbers.
func seeking(t *testing.T) *analysis.Analyzer {
	t.Helper()
	raw, err := config.Files.ReadFile(analysis.AskingFile)
	if err != nil {
		t.Fatal(err)
	}
	m := analysis.AskingModel{UnknownHan: 1, UnknownWord: 2, Most: 4, Within: 0.93, Clause: 0.85, Sentence: 0.6}
	if m.Sentences, err = analysis.ParseAsking(raw); err != nil {
		t.Fatal(err)
	}
	return analysis.New(nil).Seeking(m)
}

// need is a text as enterprises paste it, with {} for what it seeks.
const need = `我公司成立于2006年，注册资本3000万元，现有员工两百余人，是国家高新技术企业，产品销往全国二十多个省市。由于现有设备老化，自动化程度低，生产效率不高，
多次改造效果都不理想，严重制约了企业的发展。现寻求：{}。希望与有经验的高校院所合作开发，费用面议，一年内完成，知识产权共享，联系人王经理。`

func TestOfAPastedTextWhatItSeeksIsLookedFor(t *testing.T) {
	a := seeking(t)
	sought := "苦咸水反渗透膜抗结垢与清洗"
	plan := a.Plan(strings.Replace(need, "{}", sought, 1))
	whole := analysis.New(nil).Plan(strings.Replace(need, "{}", sought, 1))
	var lost []string
	for _, u := range a.Plan(sought).Units {
		if !slices.ContainsFunc(plan.Units, func(v analysis.Unit) bool { return v.Term == u.Term }) {
			lost = append(lost, u.Term)
		}
	}
	if len(lost) > 1 || len(plan.Units)*2 > len(whole.Units) {
		t.Errorf("%d units of %d are looked for, without %q", len(plan.Units), len(whole.Units), lost)
	}
}

func TestAShortTextIsLookedForWholly(t *testing.T) {
	for _, text := range []string{"高新技术企业 合作开发", "寻求产学研合作", "looking for licensing partners", "我公司现有员工两百余人，寻求合作开发"} {
		if got, want := seeking(t).Plan(text).Key(), analysis.New(nil).Plan(text).Key(); got != want {
			t.Errorf("%q asks for %q, want %q", text, got, want)
		}
	}
}

func TestATextOfTalkAloneIsTakenByItsWord(t *testing.T) {
	talk := strings.Replace(need, "现寻求：{}。", "", 1)
	if plan := seeking(t).Plan(talk); plan.Empty() {
		t.Error("nothing is looked for")
	}
}

// Whatever a text is, what is looked for is part of it.
func TestWhatIsLookedForIsPartOfTheText(t *testing.T) {
	a, whole := seeking(t), analysis.New(nil)
	pieces := []string{"我公司", "寻求", "合作", "反渗透", "膜", "。", "，", "\n", " ", "5%", "10 kW", "we are looking for", "membrane", ". ", "🙂", "\xff", "½", "電池", need}
	rapid.Check(t, func(r *rapid.T) {
		text := strings.Join(rapid.SliceOf(rapid.SampledFrom(pieces)).Draw(r, "text"), "")
		sought, all := a.Plan(text), whole.Terms(text)
		if sought.Empty() && !whole.Plan(text).Empty() {
			r.Fatalf("of %q nothing is looked for", text)
		}
		for _, u := range sought.Units {
			if !slices.Contains(all.Words, u.Term) && !slices.Contains(all.Singles, u.Term) && !slices.Contains(all.Wholes, u.Term) {
				r.Fatalf("of %q it looks for %q", text, u.Term)
			}
		}
	})
}
