package analysis_test

import (
	"bytes"
	"maps"
	"strings"
	"testing"

	"chengqiao/internal/search/analysis"
)

func TestCommonTermsAreWrittenAsTheyAreRead(t *testing.T) {
	terms := analysis.CommonOf(map[string]float64{"系统": 0.2164, "water": 0.0551, "plant": 0.0551, "苦咸": 0.0004, "the": 1})
	var b bytes.Buffer
	b.WriteString("# a remark\n")
	if err := terms.Write(&b); err != nil {
		t.Fatal(err)
	}
	if want := "# a remark\nthe\t1000\n系统\t216\nplant\t55\nwater\t55\n"; b.String() != want {
		t.Errorf("written %q, want %q", b.String(), want)
	}
	read, err := analysis.ParseCommon(b.Bytes())
	if err != nil || !maps.Equal(read, terms) {
		t.Errorf("read %v, %v, want %v", read, err, terms)
	}
}

func TestCommonTermsThatCannotBeAreRefused(t *testing.T) {
	for _, broken := range []string{"系统", "系统 20", "\t20", "系统\t0", "系统\t1001", "系统\t2.5", "系统\t20\n系统\t30"} {
		if _, err := analysis.ParseCommon([]byte(broken)); err == nil || !strings.Contains(err.Error(), "line ") {
			t.Errorf("%q: %v", broken, err)
		}
	}
}

// With a handful of documents a word that everybody uses stands in as few as one
// that only this subject has.
func TestACommonTermTellsLittleHoweverFewHaveIt(t *testing.T) {
	a := analysis.New(nil).Knowing(analysis.Common{"系统": 216})
	for _, documents := range []int{3, 300, 30_000} {
		if common, rare := a.Rarity("系统", 1, documents), a.Rarity("苦咸", 1, documents); common > rare/2 && documents < 1000 || common > rare {
			t.Errorf("among %d documents 系统 tells %.2f and 苦咸 %.2f", documents, common, rare)
		}
	}
	if got, want := a.Rarity("系统", 20_000, 30_000), a.Rarity("苦咸", 20_000, 30_000); got != want {
		t.Errorf("what most have tells %.3f, and %.3f of a term that is common elsewhere", want, got)
	}
	if other := a.With(nil).Rarity("系统", 1, 3); other != a.Rarity("系统", 1, 3) {
		t.Error("with other synonyms it no longer knows what is common")
	}
}
