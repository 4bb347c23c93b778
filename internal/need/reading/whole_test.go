package reading_test

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

	"chengqiao/config"
	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/need/reading"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// fits tells what is wrong with a reading of any text: each passage lies in it, in whole
// characters, and a need can be kept of it as it stands.
func fits(t interface{ Errorf(string, ...any) }, said string, got reading.Reading) {
	valid := utf8.ValidString(said)
	inside := func(what string, at reading.Passage) {
		if at.Start < 0 || at.Start >= at.End || at.End > len(said) {
			t.Errorf("%s lies at %v of %d bytes", what, at, len(said))
		} else if valid && !utf8.ValidString(said[at.Start:at.End]) {
			t.Errorf("%s is cut inside a character: %q", what, said[at.Start:at.End])
		}
	}
	for _, s := range got.Sources {
		if len(s.Passages) == 0 {
			t.Errorf("%s comes from nowhere", s.Path)
		}
		for _, at := range s.Passages {
			inside(s.Path, at)
		}
	}
	for _, l := range got.LeftOut {
		inside(l.Kind, l.Passage)
	}
	bounded := func(what, value string, most int) {
		if utf8.RuneCountInString(value) > most || !utf8.ValidString(value) {
			t.Errorf("%s has %d characters, %d at most; valid: %v", what, utf8.RuneCountInString(value), most, utf8.ValidString(value))
		}
	}
	c := got.Content
	for what, one := range map[string]text.Text{"problem": c.Problem, "technical_key": c.TechnicalKey, "expected_goal": c.ExpectedGoal} {
		bounded(what, one.Zh, 5000)
		bounded(what, one.En, 5000)
	}
	bounded("title", c.Title.Zh+c.Title.En, 200)
	bounded("wished_partners", c.WishedPartners, 1000)
	if len(c.Requirements) > 50 || len(c.KeywordsZh) > 5 || len(c.KeywordsEn) > 5 {
		t.Errorf("%d requirements, %d and %d keywords", len(c.Requirements), len(c.KeywordsZh), len(c.KeywordsEn))
	}
	for _, r := range c.Requirements {
		bounded("criterion", r.Criterion.Zh+r.Criterion.En, 500)
		bounded("metric", r.Metric.Zh+r.Metric.En, 200)
		bounded("unit", r.Unit, 40)
		whole := r.Metric.IsZero() == (r.Threshold == "") && (r.Operator == "") == (r.Threshold == "")
		if r.Criterion.IsZero() || !whole || r.Threshold != "" && !thresholdRE.MatchString(r.Threshold) {
			t.Errorf("a requirement that is none: %+v", r)
		}
	}
	if c.BudgetMin != nil && c.BudgetMax != nil && c.BudgetMin.Fen() > c.BudgetMax.Fen() || c.MinTRL < 0 || c.MinTRL > 9 {
		t.Errorf("budget %v to %v, readiness %d", c.BudgetMin, c.BudgetMax, c.MinTRL)
	}
	for _, on := range []clock.Date{c.Deadline, c.EndOn} {
		if on != "" && on < "2026-11-23" {
			t.Errorf("%s is past", on)
		}
	}
}

// thresholdRE is what a need keeps as a threshold.
var thresholdRE = regexp.MustCompile(`^-?[0-9]{1,12}(\.[0-9]{1,9})?$`)

// fragments are what texts of needs are made of, and what may lead a reader astray.
var fragments = []string{
	"需求名称：", "预算", "：", "50万", "—", "80万元", "不超过", "100", "万元", "2027年", "6月", "底", "三个月内", "完成", "截止", "\n", "1、", "（2）", "- ", "①", "去除率", "≥", "95%", "，", "。", "；",
	"工作温度", "−20", "~", "60 ℃", "成本降低30%以上", "联系人：", "张三", "13800000000", "a@b.cn", "【技术需求】", "克拉玛依", "市", "位于", "我公司是一家", "化工", "企业", "TRL", "6", "级", "合作方式", "联合开发",
	"关键词", "\t", " ", "\r\n", "at least ", "500 t/d", "removal ", "above ", " and ", "Budget: ", "CNY ", "1,000,000", "within 6 months", "２０２７", "％", "㎎", "１", "\u2028", "😀", "10⁵", "1.2×10⁵", "±0.02 mm", "零下", "要求：",
	"技术指标", "预期目标", "的", "一、", "二、", "\x00", "\xff", "ﬁ", "é", "الماء", "(", ")", "[", "]", "】", "/", ":",
}

func TestAnyTextIsReadWithinItself(t *testing.T) {
	r := reader(t)
	rapid.Check(t, func(t *rapid.T) {
		said := strings.Join(rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(fragments), rapid.String()), 0, 120).Draw(t, "text"), "")
		fits(t, said, mustRead(t, r, said))
	})
}

// mustRead reads a text that is not too long.
func mustRead(t interface {
	Context() context.Context
	Fatal(...any)
}, r *reading.Reader, said string) reading.Reading {
	got, err := r.Read(t.Context(), policy.SystemActor(), said)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func FuzzReading(f *testing.F) {
	for _, n := range judgedNeeds(f) {
		f.Add(n.Text)
	}
	for _, s := range fragments {
		f.Add(s)
	}
	r := reader(f)
	f.Fuzz(func(t *testing.T, said string) {
		if utf8.RuneCountInString(said) <= reading.MaxText {
			fits(t, said, mustRead(t, r, said))
		}
	})
}

// Every word of a text stands in a field, or is told to be left out, but the names of
// fields and what stands around a title or an amount.
func TestNoWordOfATextIsLost(t *testing.T) {
	var names struct{ Headings map[string][]string }
	raw, err := config.Files.ReadFile("need_reading.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(raw, &names); err != nil {
		t.Fatal(err)
	}
	headings := slices.Concat(slices.Collect(maps.Values(names.Headings))...)
	r := reader(t)
	for _, n := range judgedNeeds(t) {
		got := read(t, r, n.Text)
		kept := make([]bool, len(n.Text))
		keep := func(at reading.Passage) {
			for i := at.Start; i < at.End; i++ {
				kept[i] = true
			}
		}
		for _, s := range got.Sources {
			for _, at := range s.Passages {
				keep(at)
			}
		}
		for _, l := range got.LeftOut {
			keep(l.Passage)
		}
		var lost strings.Builder
		for i, r := range n.Text {
			if kept[i] || !unicode.IsLetter(r) && r != ' ' {
				r = '\n'
			}
			lost.WriteRune(r)
		}
		for word := range strings.SplitSeq(lost.String(), "\n") {
			word = strings.TrimSpace(word)
			heading := slices.ContainsFunc(headings, func(h string) bool { return strings.EqualFold(h, word) })
			if word != "" && !heading && !slices.Contains(around, word) {
				t.Errorf("%s: %q is lost", n.Name, word)
			}
		}
	}
}

// around is what may stand around a title, the number of a chapter or an amount.
var around = []string{"一", "二", "三", "四", "五", "六", "关于", "的技术需求", "揭榜挂帅", "技术需求", "需求", "Wanted", "万元", "Need", "Request", "至", "约", "不超过", "up to"}

// The longest texts are read in time that grows with them: what would not, does not end here.
func TestTheLongestTextsAreRead(t *testing.T) {
	r := reader(t)
	for _, piece := range fragments {
		for _, unit := range []string{piece + "，", piece + " 5 and "} {
			said := strings.Repeat(unit, reading.MaxText/utf8.RuneCountInString(unit))
			fits(t, said, read(t, r, said))
		}
	}
	_, err := r.Read(t.Context(), policy.SystemActor(), strings.Repeat("长", reading.MaxText+1))
	if fault := errs.As(err); errs.KindOf(err) != errs.Invalid || len(fault.Fields) != 1 || fault.Fields[0].Path != "text" || fault.Fields[0].Code != "too_long" {
		t.Errorf("a longer text: %v", err)
	}
}

func BenchmarkReading(b *testing.B) {
	r := reader(b)
	var all strings.Builder
	for _, n := range judgedNeeds(b) {
		all.WriteString(n.Text + "\n")
	}
	said := string([]rune(strings.Repeat(all.String(), 4))[:reading.MaxText])
	for b.Loop() {
		mustRead(b, r, said)
	}
}
