package match_test

import (
	"slices"
	"strings"
	"testing"

	"chengqiao/internal/match"
)

func TestWordsThatSpacesWerePutIntoAreReadAsWords(t *testing.T) {
	terms := func(text string) (out []string) {
		for _, token := range analyse()(nil, text) {
			if there := strings.NewReplacer(" ", "", "　", "").Replace(text[token.Start:token.End]); token.Han && there != token.Term {
				t.Errorf("%q is said to stand at %q of %q", token.Term, there, text)
			}
			out = append(out, token.Term)
		}
		return out
	}
	for spaced, want := range map[string]string{
		"液 压 支 架":                 "液压支架",
		"液　压　支　架":                 "液压支架",
		"基 于 PLC 的 液 压 支 架，  移 架": "基于 PLC 的液压支架， 移架",
		"电 池 低 温 放\n电":            "电池低温放\n电",
		// Lists stay lists.
		"锂电池 低温 电解液": "锂电池 低温 电解液",
		"铜 铁 锌":      "铜 铁 锌",
		"王 亚 萨仁娜":    "王 亚 萨仁娜",
	} {
		if got := terms(spaced); !slices.Equal(got, terms(want)) {
			t.Errorf("%q is read as %q, want as %q", spaced, got, want)
		}
	}
}

func TestASpacedNeedIsAnsweredAndExplainedAsIfItWereNot(t *testing.T) {
	x := filled(t, catalogue()...)
	need := view("农 村 污 水 处 理 装 置", "求 一 体 化 装 置 处 理 农 村 生 活 污 水 ， 氨 氮 去 除 率 高 。")
	plain := view("农村污水处理装置", "求一体化装置处理农村生活污水，氨氮去除率高。")
	m := match.ShippedModel(t)
	got, want := x.Rank(m, match.Ask{View: need, Of: match.Need, Tiers: anyone}), x.Rank(m, match.Ask{View: plain, Of: match.Need, Tiers: anyone})
	if len(got) == 0 || !slices.Equal(refs(got), refs(want)) || got[0].Score != want[0].Score {
		t.Errorf("%v, want %v", got, want)
	}
	shared := func(v *match.View) any {
		return x.Explainer(v, match.Need).WithResult(catalogue()[2].Public, nil).Reasons[0].Params["terms"]
	}
	if got, want := shared(need).([]string), shared(plain).([]string); !slices.Equal(got, want) {
		t.Errorf("shares %q, want %q", got, want)
	}
}
