package match_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"chengqiao/config"
	"chengqiao/internal/match"
)

func TestTheShippedModelIsWhole(t *testing.T) {
	m := match.ShippedModel(t)
	if m.Version == "" || len(m.Terms.Common) < 1000 || m.Texts.Learnt[match.BriefNearness] <= 0 || m.Texts.Alone[match.LongCoverage] <= 0 {
		t.Fatalf("%+v", m)
	}
}

func TestAModelThatCannotBeIsRefused(t *testing.T) {
	raw, err := config.Files.ReadFile(match.ModelFile)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string][2]string{
		"no version":           {"\nversion:", "\n# version:"},
		"an unknown key":       {"candidates:", "candidate:"},
		"an unknown weight":    {" topic:", " topics:"},
		"a text among facts":   {"  trl:", "  long_coverage:"},
		"too many dimensions":  {"dims: 768", "dims: 4000"},
		"a lead of no weight":  {"times: 4", "times: 0"},
		"brief of no words":    {"words: 40", "words: 0"},
		"an unknown field":     {"    title:", "    headline:"},
		"saturated by none":    {"counts: 0.9", "counts: 0"},
		"pairs of no weight":   {"exponent: 1.6", "exponent: 0"},
		"length norm above 1":  {"length_norm: 0.9", "length_norm: 1.9"},
		"bands out of order":   {"good: 0.18", "good: 0.9"},
		"more shown than sort": {"shown: 20", "shown: 5000"},
		"a weight that is NaN": {"brief_mention: 0", "brief_mention: .nan #"},
	} {
		broken := strings.Replace(string(raw), change[0], change[1], 1)
		if broken == string(raw) {
			t.Fatalf("%s: nothing to change", name)
		}
		if _, err := match.ParseModel([]byte(broken)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestWeightsThatHeedTheSpaceCountAsFarAsItKnowsTheNeed(t *testing.T) {
	m := match.Model{Texts: match.TextWeights{
		Learnt: map[match.Feature]float64{match.BriefNearness: 1},
		Alone:  map[match.Feature]float64{match.BriefMention: 1},
	}}
	f := match.Features{match.BriefNearness: 0.8, match.BriefMention: 0.4}
	for known, want := range map[float64]float64{0: 0.4, 0.25: 0.5, 1: 0.8} {
		f[match.Familiarity] = known
		if got := m.Score(f); math.Abs(got-want) > 1e-9 {
			t.Errorf("a need known to %v scores %v, want %v", known, got, want)
		}
	}
}

// Each need has a result that says the same, so what it mentions is how brief it is.
func TestFewerWordsThanPairsMakeANeedLong(t *testing.T) {
	m := match.ShippedModel(t)
	words := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "q%cz%cx ", 'a'+i%26, 'a'+i/26)
		}
		return b.String()
	}
	pairs := func(n int) string { // each character once, and one more of them than pairs
		var b strings.Builder
		for i := range n + 1 {
			b.WriteRune('\u6000' + rune(7*i))
		}
		return b.String()
	}
	for _, c := range []struct {
		name, said    string
		least, atMost float64
	}{
		{"60 pairs", pairs(60), 0.5, 1},
		{"60 words", words(60), 0, 0.3},
		{"60 pairs and the same in 20 words", pairs(60) + "。" + words(20), 0.5, 1},
	} {
		v := view("", c.said)
		x := filled(t, open(match.Achievement, "same", v))
		f := x.Compare(m, v, v)
		if brief := f[match.BriefMention] / (f[match.BriefMention] + f[match.LongCoverage]); brief < c.least || brief > c.atMost {
			t.Errorf("%s: %.2f of it counts as of a brief need", c.name, brief)
		}
	}
}

func TestALongNeedIsComparedAsABriefOneWithWhatIsWrittenInAnotherLanguage(t *testing.T) {
	m := match.ShippedModel(t)
	need := view("", "membranes against scaling, fouling, silica, barium, concentrate and brine of brackish groundwater desalination, with pretreatment, recovery, electrodialysis, evaporation, "+
		"chlorine, permeate, flux, spacers, antiscalant, nanofiltration, ultrafiltration, coagulation, turbidity, alkalinity, pressure, pumps, energy, pilot, coatings, ponds, hardness, sulphate")
	chinese, english := view("苦咸水淡化膜的抗结垢方法", "silica 结垢"), view("Scaling of membranes", "silica 结垢")
	x := filled(t, open(match.Achievement, "zh", chinese), open(match.Achievement, "en", english))
	if f := x.Compare(m, need, chinese); f[match.LongCoverage] != 0 || f[match.BriefMention] <= 0 {
		t.Errorf("with a result in Chinese: %v", f)
	}
	if f := x.Compare(m, need, english); f[match.LongCoverage] <= 0 {
		t.Errorf("with a result in English: %v", f)
	}
}

func TestBandsBeginWhereTheModelSays(t *testing.T) {
	b := match.Bands{Strong: 0.3, Good: 0.2, Possible: 0.1}
	for score, want := range map[float64]match.Band{
		0.5: match.Strong, 0.3: match.Strong, 0.29: match.Good, 0.2: match.Good,
		0.19: match.Possible, 0.1: match.Possible, 0.09: match.None, -1: match.None,
	} {
		if got := b.Of(score); got != want {
			t.Errorf("%v is %q, want %q", score, got, want)
		}
	}
}

func TestFactsRaiseAndLowerButNeverMakeAMatch(t *testing.T) {
	m := match.ShippedModel(t)
	text := match.Features{match.LongCoverage: 0.2}
	base := m.Score(text)
	if got := m.Score(match.Features{match.LongCoverage: 0.2, match.SameField: 1, match.Readiness: 1}); got <= base {
		t.Errorf("fitting facts give %v, not more than %v", got, base)
	}
	if got := m.Score(match.Features{match.LongCoverage: 0.2, match.PriceFit: -1, match.RightsFit: -1}); got >= base {
		t.Errorf("contrary facts give %v, not less than %v", got, base)
	}
	if got := m.Score(match.Features{match.SameField: 1, match.SameRegion: 1, match.PriceFit: 1}); got != 0 {
		t.Errorf("facts alone score %v", got)
	}
}
