package conformance

import (
	"slices"
	"strings"
	"testing"

	"chengqiao/internal/search"
)

// findsHoweverItIsWritten: script, width, spelling by sound and small mistakes
// stand between no reader and a listing.
func findsHoweverItIsWritten(t *testing.T, s Store) {
	e := open(t, s)
	must(t, e.Apply(within(t), search.Batch{Upsert: []search.Document{
		titled("cell", "退役锂电池回收"), titled("站", "5G基站节能控制"), titled("voda", "Очистка воды"), titled("灌", "棉花膜下滴灌"),
		titled("trad", "太陽能電池組件"), titled("polymer", "Polystyrene recycling"),
		titled("trad2", "硅微粉"), titled("beam", "激光清洗"), titled("mud", "Sludge drying"),
		titled("plus", "C++ 求解器"), titled("vitamin", "Vitamin C from a .NET"),
	}}))
	for text, want := range map[string]string{
		"鋰電池":            "cell",
		"锂离子电池":          "cell",
		"li-ion battery": "cell",
		"dianchi":        "cell trad",
		"DIANCHI":        "cell trad",
		"lidianchi":      "cell",
		"ldc":            "cell", // by initials
		"太阳能电池":          "trad",
		"5G基站":           "站",
		"５ｇ基站":           "站",
		"5g 基站":          "站",
		"基站 5G":          "站",
		"jizhan":         "站",
		"Ｃｏｔｔｏｎ":         "灌",
		"mianhua":        "灌",
		"хлопок":         "灌",
		"очистка":        "voda",
		"очистки":        "voda",
		"очисстка":       "voda", // one letter too many
		"очиcткa":        "voda", // of Latin letters that look alike
		"polistyrene":    "polymer",
		"矽微粉":            "trad2",
		"雷射":             "beam",
		"污泥":             "mud",
		"батарея":        "cell trad",
		"polystyrine":    "polymer",
	} {
		got := ids(ask(t, e, search.Query{Text: text}))
		slices.Sort(got)
		if strings.Join(got, " ") != want {
			t.Errorf("%q finds %v, want %q", text, got, want)
		}
	}
}
