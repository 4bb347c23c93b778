package analysis_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"chengqiao/internal/search/analysis"
)

// Each expression is as great a part of a text as the others, however many units it is cut into.
func TestExpressionsOfAShortTextCountTheSame(t *testing.T) {
	a := shipped(t)
	for _, c := range []struct {
		text string
		want []float64 // of the whole
	}{
		{"光伏 玉米", []float64{.5, .5}},
		{"稳定性", []float64{.5, .5}},
		{"钙钛矿太阳能电池 稳定性", []float64{.5, .25, .25}},
		{"钙钛矿太阳能电池稳定性", []float64{.8, .1, .1}},
		{"除草机器人", []float64{.5, .5}},
		{"perovskite solar cell stability", []float64{.75, .25}},
	} {
		p := a.Plan(c.text)
		if len(p.Units) != len(c.want) {
			t.Errorf("%s: %+v", c.text, p.Units)
			continue
		}
		for i, u := range p.Units {
			if got := float64(u.Share) / float64(p.Shares()); got != c.want[i] {
				t.Errorf("%s: %s is %.3f of it, want %.3f", c.text, u.Term, got, c.want[i])
			}
		}
	}
}

// Every unit counts something, and an expression whole, so that halves are halves.
func TestSharesAreWhole(t *testing.T) {
	a := shipped(t)
	words := []string{"光伏", "钙钛矿太阳能电池", "稳定性", " ", " ", "solar", "cell", "micro-grid", "10 kW", "的", "玉", "棉花打顶"}
	rapid.Check(t, func(rt *rapid.T) {
		text := ""
		for _, w := range rapid.SliceOfN(rapid.SampledFrom(words), 1, 9).Draw(rt, "words") {
			text += w
		}
		p := a.Plan(text)
		for _, u := range p.Units {
			if u.Share < 1 {
				rt.Fatalf("%q: %+v", text, u)
			}
		}
		if n := len(p.Units); n > 10 && p.Shares() != n || n > 0 && n <= 10 && p.Shares()%2520 != 0 {
			rt.Fatalf("%q: %d units are %d", text, n, p.Shares())
		}
	})
}

// A name that nobody has is asked for by what it is made of, and that by what it is made of.
func TestANameThatNobodyHasIsAskedForByItsParts(t *testing.T) {
	a := shipped(t)
	for _, c := range []struct {
		text  string
		has   []string
		parts []string
	}{
		{"perovskite solar cell", nil, []string{"perovskite", "solar", "cell"}},
		{"钙钛矿太阳能电池", []string{"太阳能电池"}, []string{"钙钛矿", "solar cell"}},
		{"钙钛矿太阳能电池", []string{"钙钛矿太阳能电池"}, []string{"钙钛矿太阳能电池"}},
		{"石墨烯", nil, []string{"石墨烯"}}, // one word
		{"棉花 玉米", nil, []string{"棉花", "玉米"}},
		{"钙钛矿太阳能电池 钙钛矿太阳能电池", []string{"太阳能电池"}, []string{"钙钛矿", "solar cell"}},
	} {
		known := a.Known(a.Plan(c.text), func(u analysis.Unit) bool {
			return slices.ContainsFunc(c.has, func(name string) bool { return u.Sought() == a.Plan(name).Units[0].Sought() })
		})
		var want []string
		for _, part := range c.parts {
			want = append(want, a.Plan(part).Units[0].Term)
		}
		var got []string
		for _, u := range known.Units {
			got = append(got, u.Term)
			if asked := max(1, strings.Count(c.text, "钙钛矿太阳能电池")); u.Count != asked {
				t.Errorf("%s asks for %s %d times, want %d", c.text, u.Term, u.Count, asked)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s, where somebody has %v, asks for %v, want %v", c.text, c.has, got, want)
		}
	}
}
