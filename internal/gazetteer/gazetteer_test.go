package gazetteer_test

import (
	"slices"
	"testing"

	"chengqiao/config"
	"chengqiao/internal/gazetteer"
)

func TestPlacesAreTheNamesOfRegionsAndNoPartsOfOtherWords(t *testing.T) {
	places, err := gazetteer.Load(config.Files)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string][]string{
		"克拉玛依 油田污水":         {"克拉玛依"},
		"塔克拉玛干沙漠":           nil,
		"乌鲁木齐市与昌吉州的大气":      {"乌鲁木齐"}, // 与昌吉 may go on from anything
		"新疆机采棉，哈密 煤炭":       {"新疆", "哈密"},
		"哈密瓜保鲜":             nil,
		"在黄河南岸":             nil,
		"喀什地区石榴":            {"喀什"},
		"巴音郭楞蒙古自治州":         {"巴音郭楞"},
		"Karamay oil field": {"Karamay"}, "cotton of Ürümqi and of Urumqi": {"Ürümqi", "Urumqi"},
		"dairy in Inner Mongolia, inner walls": {"Inner Mongolia"}, "kelamayi youtian": {"kelamayi"}, "Karamays": nil,
	} {
		var got []string
		for _, at := range places.In(text) {
			got = append(got, text[at.Start:at.End])
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
