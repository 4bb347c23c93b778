package conformance

import (
	"slices"
	"strings"
	"testing"

	"chengqiao/internal/search"
)

// findsCompounds: one word, a hyphen or a space, whoever writes one of them means all.
func findsCompounds(t *testing.T, s Store) {
	e := open(t, s)
	must(t, e.Apply(within(t), search.Batch{Upsert: []search.Document{
		titled("grid-1", "Control of microgrids"), titled("grid-2", "A micro-grid controller"), titled("grid-3", "Islanded micro grid"),
		titled("grid-4", "Grid codes in micro and small networks"),
		titled("wifi-1", "WiFi 定位"), titled("wifi-2", "Wi-Fi 探针"), titled("wifi-3", "Wi Fi sensing"), titled("wifi-4", "fi wi"),
		titled("water-1", "Wastewater reuse"), titled("water-2", "Waste-water reuse"), titled("water-3", "waste water reuse"),
		titled("water-4", "Water from waste heat"), titled("water-5", "含盐废水处理"),
		titled("ray-1", "Xray imaging"), titled("ray-2", "X-rays in imaging"), titled("ray-3", "imaging by X ray"),
		titled("line-1", "online monitoring"), titled("line-2", "On-line monitoring"), titled("line-3", "monitoring of line sag on towers"),
		titled("zeolite-1", "ZSM5 分子筛"), titled("zeolite-2", "ZSM-5 分子筛"), titled("zeolite-3", "ZSM 5 分子筛"),
		titled("alloy-1", "NiTi wires"), titled("alloy-2", "Ni–Ti wires"), titled("alloy-3", "Ni/Ti wires"),
		titled("mems-1", "microelectromechanical relays"), titled("mems-2", "micro-electro-mechanical relays"),
		titled("test-1", "Non-destructive testing of welds"), titled("test-2", "nondestructive inspection"),
		titled("greek-1", "γ-ray spectrometry"), titled("greek-2", "Gamma rays and matter"), titled("greek-3", "γ 谱仪"),
		titled("greek-4", "β-Ga2O3 单晶"), titled("greek-5", "beta gallium oxide, Ga2O3"),
		titled("wide-1", "high-speed trains"), titled("wide-2", "trains of a high speed"),
		titled("radio-1", "5G radio"), titled("radio-2", "5-G radio"), titled("radio-3", "5 g of radio dye"),
		titled("isotope-1", "铯-137 吸附"), titled("isotope-2", "137Cs removal"), titled("isotope-3", "Cesium 137 in soil"), titled("isotope-4", "caesium 134"),
		titled("right-1", "CN112345678A 一种滤膜"), titled("right-2", "登记号 2023SR0456123"), titled("right-3", "CN112345679A"),
	}}))
	for query, want := range map[string]string{
		"microgrid":                "grid-1 grid-2 grid-3",
		"micro-grid":               "grid-1 grid-2 grid-3",
		"Micro Grids":              "grid-1 grid-2 grid-3",
		"micro\u2010grid":          "grid-1 grid-2 grid-3",
		"wifi":                     "wifi-1 wifi-2 wifi-3",
		"Wi-Fi":                    "wifi-1 wifi-2 wifi-3",
		"wi fi":                    "wifi-1 wifi-2 wifi-3",
		"wastewater reuse":         "water-1 water-2 water-3",
		"reuse of waste-water":     "water-1 water-2 water-3",
		"waste water":              "water-1 water-2 water-3 water-5",
		"废水":                       "water-1 water-2 water-3 water-5",
		"x-ray":                    "ray-1 ray-2 ray-3",
		"x ray":                    "ray-1 ray-2 ray-3",
		"xrays":                    "ray-1 ray-2 ray-3",
		"on-line monitoring":       "line-1 line-2",
		"online monitoring":        "line-1 line-2",
		"ZSM-5":                    "zeolite-1 zeolite-2 zeolite-3",
		"zsm5 分子筛":                 "zeolite-1 zeolite-2 zeolite-3",
		"Ni-Ti":                    "alloy-1 alloy-2 alloy-3",
		"niti":                     "alloy-1 alloy-2 alloy-3",
		"microelectromechanical":   "mems-1 mems-2",
		"micro-electro-mechanical": "mems-1 mems-2",
		"micro electro":            "mems-2",
		"non-destructive":          "test-1 test-2",
		"non-destructive testing":  "test-1",
		"γ-ray":                    "greek-1 greek-2",
		"gamma-rays":               "greek-1 greek-2",
		"Γ":                        "greek-1 greek-2 greek-3",
		"Β-Ga2O3":                  "greek-4 greek-5",
		"beta Ga2O3":               "greek-4 greek-5",
		"high-speed trains":        "wide-1 wide-2", // two words that stand apart too
		"5G":                       "radio-1 radio-2",
		"5-G radio":                "radio-1 radio-2",
		"Cs-137":                   "isotope-1 isotope-2 isotope-3",
		"铯137":                     "isotope-1 isotope-2 isotope-3",
		"CN 112345678 A":           "right-1",
		"公开号CN112345678":           "right-1",
		"软著登字2023 SR 0456123":      "right-2",
	} {
		r := ask(t, e, search.Query{Text: query, Match: search.MatchAll})
		got := ids(r)
		slices.Sort(got)
		if strings.Join(got, " ") != want || r.Total != len(got) {
			t.Errorf("%q finds %v of %d, want %q", query, got, r.Total, want)
		}
	}
	for _, c := range []struct{ name, text, want string }{
		{"a phrase in one word", "wastewater", "water-1 water-2 water-3"},
		{"a phrase with a hyphen", "waste-water", "water-1 water-2 water-3"},
		{"a phrase in two words", "waste water", "water-1 water-2 water-3"},
		{"a phrase of another order", "water waste", ""},
		{"a phrase behind a whole", "wastewater microgrid", ""},
		{"a phrase of more words, as they are written", "waste water reuse", "water-2 water-3"},
	} {
		findsExactly(t, e, c.name, search.Query{Conditions: []search.Condition{phrase(c.text)}}, search.MatchAll, c.want)
	}
	for _, without := range []string{"wifi", "Wi-Fi", "wi fi"} {
		findsExactly(t, e, "without "+without, search.Query{Text: "fi", Conditions: []search.Condition{not(without)}}, search.MatchAll, "wifi-4")
	}
	findsExactly(t, e, "of the title", search.Query{Conditions: []search.Condition{in(search.PropertyTitle, "xray")}}, search.MatchAll, "ray-1 ray-2 ray-3")
	findsExactly(t, e, "of another field", search.Query{Conditions: []search.Condition{in(search.PropertyAbstract, "xray")}}, search.MatchAll, "")
	marked := map[string]string{}
	for _, h := range ask(t, e, search.Query{Text: "micro-grid", Highlight: search.AllProperties}).Hits {
		marked[h.ID] = written(h.Highlights[0])
	}
	for id, want := range map[string]string{
		"grid-1": "title : Control of [microgrids]", "grid-2": "title : A [micro-grid] controller", "grid-3": "title : Islanded [micro grid]",
	} {
		if marked[id] != want {
			t.Errorf("%s is marked %q, want %q", id, marked[id], want)
		}
	}
}
