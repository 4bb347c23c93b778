package match_test

import (
	"bytes"
	"maps"
	"strings"
	"testing"

	"chengqiao/internal/match"
)

func TestCommonTermsAreWrittenAsTheyAreRead(t *testing.T) {
	terms := match.CommonOf(map[string]float64{"系统": 0.2164, "water": 0.0551, "plant": 0.0551, "苦咸": 0.0004, "the": 1})
	var b bytes.Buffer
	b.WriteString("# a remark\n")
	if err := terms.Write(&b); err != nil {
		t.Fatal(err)
	}
	if want := "# a remark\nthe\t1000\n系统\t216\nplant\t55\nwater\t55\n"; b.String() != want {
		t.Errorf("written %q, want %q", b.String(), want)
	}
	read, err := match.ParseCommon(b.Bytes())
	if err != nil || !maps.Equal(read, terms) {
		t.Errorf("read %v, %v, want %v", read, err, terms)
	}
}

func TestCommonTermsThatCannotBeAreRefused(t *testing.T) {
	for _, broken := range []string{"系统", "系统 20", "\t20", "系统\t0", "系统\t1001", "系统\t2.5", "系统\t20\n系统\t30"} {
		if _, err := match.ParseCommon([]byte(broken)); err == nil || !strings.Contains(err.Error(), "line ") {
			t.Errorf("%q: %v", broken, err)
		}
	}
}

// A market of a handful of listings cannot know by itself that everybody speaks
// of systems and regions.
func TestAYoungMarketDoesNotTakeCommonWordsForASubject(t *testing.T) {
	m := match.ShippedModel(t)
	x := filled(t,
		open(match.Achievement, "desalination", view("苦咸水淡化装置", "适用于西北地区农村供水，系统运行稳定，能够有效降低成本。")),
		open(match.Achievement, "maize", view("玉米新品种选育", "适用于西北地区推广，系统研究表明能够有效提高产量，降低成本。")),
		open(match.Achievement, "laser", view("激光焊接", "铝合金薄板。")),
	)
	found := x.Rank(m, match.Ask{View: view("苦咸水水源改造", "西北地区县城，系统要求运行稳定，有效降低成本。"), Of: match.Need, Tiers: anyone})
	bands := map[string]match.Band{}
	for _, r := range found {
		bands[r.Ref.ID] = m.Bands.Of(r.Score)
	}
	if bands["desalination"] != match.Good || bands["maize"] != match.None {
		t.Errorf("%v", bands)
	}
}
