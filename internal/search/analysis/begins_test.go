package analysis_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"chengqiao/internal/search/analysis"
)

func TestWordsThatArePassedByWouldNotHaveBeenMarked(t *testing.T) {
	synonyms, err := analysis.NewSynonyms([][]string{{"锂电池", "lithium battery", "Li 电池"}, {"滴灌", "drip irrigation"}})
	if err != nil {
		t.Fatal(err)
	}
	analyzer := analysis.New(synonyms)
	pieces := []string{
		"lithium", "batteries", "battery", "batery", "drip", "irrigation", "irrigated", "dying", "skies", "Éclair", "电池", "锂", "锂电池", "滴灌", "技术",
		"dianchi", "dc", "ldc", "di", "батарея", "батареи", "co2", "5g", "，", "-", "的", "early", "ugly", "yes", "l", "li", "Drip", "die", "lies", "Battery-", "micro-", "micro ", "grid", "microgrid", "x-", "x", "ray", "Xrays", "bio-", "wi", "fi", "wi-fi", "haemo-", "globin", "zsm-5", "fuelled", "fuel",
	}
	text := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 1, 12).Draw(t, "pieces"), rapid.SampledFrom([]string{" ", "", ", "}).Draw(t, "between"))
	})
	rapid.Check(t, func(t *rapid.T) {
		plan := analyzer.Plan(text.Draw(t, "query"))
		loose, spelling := rapid.Bool().Draw(t, "loose"), rapid.Bool().Draw(t, "spelling")
		var phrases []analysis.Phrase
		if p := analyzer.Phrase(text.Draw(t, "phrase")); rapid.Bool().Draw(t, "with phrase") && !p.Empty() {
			phrases = append(phrases, p)
		}
		quick, thorough := analyzer.Marker(plan, loose), analyzer.Marker(plan, loose)
		thorough.LookAtAll()
		for range 3 { // one marker looks at many texts
			looked := text.Draw(t, "text")
			if got, want := quick.Marks(looked, spelling, phrases...), thorough.Marks(looked, spelling, phrases...); !slices.Equal(got, want) {
				t.Fatalf("%q marks %v, want %v", looked, got, want)
			}
		}
	})
}
