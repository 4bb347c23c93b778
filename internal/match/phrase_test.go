package match_test

import (
	"testing"

	"chengqiao/internal/match"
)

// Of a Chinese need they are often all the words of letters, and they stand in texts on every subject.
func TestAFigureWithItsUnitIsNoPhraseOfAChineseText(t *testing.T) {
	x, m := filled(t, catalogue()...), match.ShippedModel(t)
	for _, c := range []struct {
		need, result string
		shared       bool
	}{
		{"铸件壁厚超过 12 mm 时缩松", "草食家畜剪毛留茬 12 mm", false},
		{"电芯温差超过 8 ℃", "仔猪在 8 ℃ 下应激", false},
		{"a radar at 94 GHz", "94 GHz antennas", true},
		{"fatigue of Ti-6Al-4V castings", "forged Ti-6Al-4V", true},
		{"turbine blade castings", "a turbine blade", true},
	} {
		share := x.Compare(m, view("", c.need), view("", c.result))[match.BriefPhrases]
		if (share > 0) != c.shared {
			t.Errorf("%q and %q share phrases that come to %.3f", c.need, c.result, share)
		}
	}
}

func TestAForeignPhraseIsNotTheWholeOfAChineseNeed(t *testing.T) {
	x, m := filled(t, catalogue()...), match.ShippedModel(t)
	result := view("", "speech recognition by a neural network")
	phrases := func(need string) float64 { return x.Compare(m, view("", need), result)[match.BriefPhrases] }
	english := phrases("neural network")
	chinese := phrases("煤矿井下巷道顶板离层监测，用 neural network 提前一天预警，误报少，井下无网络时也能运行")
	if english < 0.3 || chinese <= 0 || chinese > english/3 {
		t.Errorf("a phrase counts %.3f for a need of it alone, and %.3f for one in Chinese that has it", english, chinese)
	}
}
