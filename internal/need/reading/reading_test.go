package reading_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"chengqiao/config"
	"chengqiao/internal/clock"
	"chengqiao/internal/importer"
	"chengqiao/internal/money"
	"chengqiao/internal/need"
	"chengqiao/internal/need/reading"
	"chengqiao/internal/policy"
	"chengqiao/internal/taxonomy"
	"chengqiao/internal/text"
)

func reader(t testing.TB) *reading.Reader {
	t.Helper()
	lists, err := taxonomy.Load(config.Files)
	if err != nil {
		t.Fatal(err)
	}
	names, err := importer.LoadMapping(config.Files, lists)
	if err != nil {
		t.Fatal(err)
	}
	r, err := reading.NewReader(config.Files, names, clock.NewManual(time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)), unlimited{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// unlimited lets everybody read as much as they like.
type unlimited struct{}

func (unlimited) Allow(context.Context, string, int, time.Duration) (time.Duration, error) {
	return 0, nil
}

func read(t testing.TB, r *reading.Reader, said string) reading.Reading {
	t.Helper()
	out, err := r.Read(t.Context(), policy.SystemActor(), said)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// judgedNeed is a need of testdata.
type judgedNeed struct {
	Name, Text string
	Want       struct {
		Title          string
		Requirements   []string
		Keywords       []string
		TechnicalField string `yaml:"technical_field"`
		Industry       string
		Region         string
		BudgetMin      string `yaml:"budget_min"`
		BudgetMax      string `yaml:"budget_max"`
		Cooperation    []string
		MinTRL         int    `yaml:"min_trl"`
		WishedPartners string `yaml:"wished_partners"`
		StartOn        string `yaml:"start_on"`
		EndOn          string `yaml:"end_on"`
		Deadline       string
		Left           map[string]int
	}
}

// judgedNeeds are those that the reader was made with, and those that were written when it
// was done.
func judgedNeeds(t testing.TB) []judgedNeed {
	return slices.Concat(needsOf(t, "testdata/needs.yaml"), needsOf(t, "testdata/unseen.yaml"))
}

func needsOf(t testing.TB, file string) []judgedNeed {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out []judgedNeed
	if err := yaml.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// tally counts what was proposed rightly, wrongly, and not.
type tally struct{ right, wrong, missed int }

func (t *tally) compare(want, got []string) (differ string) {
	var odd, missing []string
	for _, g := range got {
		if slices.Contains(want, g) {
			t.right++
		} else {
			t.wrong++
			odd = append(odd, g)
		}
	}
	for _, w := range want {
		if !slices.Contains(got, w) {
			t.missed++
			missing = append(missing, w)
		}
	}
	if odd == nil && missing == nil {
		return ""
	}
	return fmt.Sprintf("wrong %q, missed %q", odd, missing)
}

func (t tally) precision() float64 { return share(t.right, t.right+t.wrong) }
func (t tally) recall() float64    { return share(t.right, t.right+t.missed) }

func share(part, of int) float64 {
	if of == 0 {
		return 1
	}
	return float64(part) / float64(of)
}

func requirementsOf(c need.Content) []string {
	var out []string
	for _, r := range c.Requirements {
		if r.Threshold == "" {
			out = append(out, r.Criterion.In(text.Chinese))
		} else {
			out = append(out, strings.TrimSpace(strings.Join([]string{r.Metric.In(text.Chinese), r.Operator, r.Threshold, r.Unit}, " ")))
		}
	}
	return out
}

func amount(a *money.Amount) string {
	if a == nil {
		return ""
	}
	return a.String()
}

func some(values ...string) []string {
	return slices.DeleteFunc(values, func(s string) bool { return s == "" || s == "0" })
}

// least is what holds of the judged needs: precision and recall by field. What is read
// wrongly costs more than what is not read.
var least = map[string][2]float64{
	"title": {1, 1}, "requirements": {1, 1}, "keywords": {1, 1}, "technical_field": {1, 0.81}, "industry": {1, 1}, "region": {1, 1}, "budget_min": {1, 1}, "budget_max": {1, 1},
	"cooperation": {1, 1}, "min_trl": {1, 1}, "wished_partners": {1, 1}, "start_on": {1, 1}, "end_on": {1, 1}, "deadline": {1, 1},
}

// leastUnseen is the same of needs that were written when the reader was done.
var leastUnseen = map[string][2]float64{
	"title": {1, 0.88}, "requirements": {1, 0.8}, "keywords": {1, 1}, "technical_field": {1, 1}, "industry": {1, 1}, "region": {1, 1}, "budget_min": {1, 1}, "budget_max": {1, 1},
	"cooperation": {1, 1}, "min_trl": {1, 1}, "wished_partners": {1, 1}, "start_on": {1, 1}, "end_on": {1, 1}, "deadline": {1, 1},
}

func TestWhatIsReadOfJudgedNeeds(t *testing.T) {
	t.Run("made with", func(t *testing.T) { areRead(t, "testdata/needs.yaml", least) })
	t.Run("unseen", func(t *testing.T) { areRead(t, "testdata/unseen.yaml", leastUnseen) })
}

func areRead(t *testing.T, file string, least map[string][2]float64) {
	r := reader(t)
	tallies := map[string]*tally{}
	count := func(name, field string, want, got []string) {
		if tallies[field] == nil {
			tallies[field] = &tally{}
		}
		if differ := tallies[field].compare(want, got); differ != "" {
			t.Logf("%s: %s: %s", name, field, differ)
		}
	}
	for _, n := range needsOf(t, file) {
		got := read(t, r, n.Text)
		c, w := got.Content, n.Want
		count(n.Name, "title", some(w.Title), some(c.Title.In(text.Chinese)))
		count(n.Name, "requirements", w.Requirements, requirementsOf(c))
		count(n.Name, "keywords", w.Keywords, slices.Concat(c.KeywordsZh, c.KeywordsEn))
		count(n.Name, "technical_field", some(w.TechnicalField), some(c.TechnicalField))
		count(n.Name, "industry", some(w.Industry), some(c.Industry))
		count(n.Name, "region", some(w.Region), some(c.Region))
		count(n.Name, "budget_min", some(w.BudgetMin), some(amount(c.BudgetMin)))
		count(n.Name, "budget_max", some(w.BudgetMax), some(amount(c.BudgetMax)))
		count(n.Name, "cooperation", w.Cooperation, c.Cooperation)
		count(n.Name, "min_trl", some(fmt.Sprint(w.MinTRL)), some(fmt.Sprint(c.MinTRL)))
		count(n.Name, "wished_partners", some(w.WishedPartners), some(c.WishedPartners))
		count(n.Name, "start_on", some(w.StartOn), some(string(c.StartOn)))
		count(n.Name, "end_on", some(w.EndOn), some(string(c.EndOn)))
		count(n.Name, "deadline", some(w.Deadline), some(string(c.Deadline)))
		left := map[string]int{}
		for _, l := range got.LeftOut {
			left[l.Kind]++
		}
		for kind, wanted := range w.Left {
			if left[kind] < wanted {
				t.Errorf("%s: %d of %s left out, want %d", n.Name, left[kind], kind, wanted)
			}
		}
	}
	for field, tally := range tallies {
		t.Logf("%-16s precision %.3f recall %.3f (%d right, %d wrong, %d missed)", field, tally.precision(), tally.recall(), tally.right, tally.wrong, tally.missed)
		if want := least[field]; tally.precision() < want[0] || tally.recall() < want[1] {
			t.Errorf("%s: precision %.3f, recall %.3f; %v held", field, tally.precision(), tally.recall(), want)
		}
	}
}

func TestAHeadingStandsInTheProblemOnlyOverWhatStandsThere(t *testing.T) {
	r := reader(t)
	said := "需求描述：管道结垢。\n技术指标：\n1、除垢率≥95%；\n预算\n80万元\n企业简介\n我们生产管道。"
	if got := read(t, r, said).Content.Problem.Zh; got != "管道结垢。\n企业简介\n我们生产管道。" {
		t.Errorf("%q", got)
	}
	if got := read(t, r, "需求描述：管道结垢。\n预算\n面议").Content.Problem.Zh; got != "管道结垢。\n预算\n面议" {
		t.Errorf("what is not read lacks its heading: %q", got)
	}
}

func TestAMessagesHeadlineIsItsTitle(t *testing.T) {
	r := reader(t)
	for said, want := range map[string]string{
		"【技术难题】高矿化度矿井水低成本脱盐\n现状：膜污堵严重。":        "高矿化度矿井水低成本脱盐",
		"【技术难题】我们的矿井水含盐高，反渗透膜三个月就要更换。\n联系请留言。": "",
		"【背景】\n矿井水含盐高。":                "",
		"技术难题：高矿化度矿井水低成本脱盐\n现状：膜污堵严重。": "",
	} {
		if got := read(t, r, said).Content.Title.Zh; got != want {
			t.Errorf("the title of %q is %q, want %q", said, got, want)
		}
	}
}
