package match_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"chengqiao/internal/match"
)

func TestReasonsNameNoAmountsAndNoJoiningWords(t *testing.T) {
	for s, want := range map[string]bool{
		"磷酸铁锂": true, "滴灌": true, "water": true, "per unit area": true, "TRL": true, "亩产量": true, "年均气温": true,
		"ha": false, "kWh": false, "MPa": false, "hectare yield": true, "m3": false, "Nm³": false, "years": false, "N2": true, "TiO2": true,
		"000 小时": false, "小米": true, "24小时": false, "2030年": false, "5G 基站": true,
		"per mu": false, "CNY": false, "per": false, "每亩": false, "两年": false, "降至": false, "the": false, "fall": false, "yield increase": true, "45": false, "水": false,
	} {
		if got := match.WorthNaming(s); got != want {
			t.Errorf("%q is worth naming: %v", s, got)
		}
	}
}

func TestBilingualTextsAreNotJoinedByALoneWordOfTheirTranslations(t *testing.T) {
	for name, c := range map[string]struct{ own, other, want []string }{
		"a lone English word of both translations": {
			[]string{"耐盐苜蓿种植模式", "Salt tolerance of alfalfa in fall"}, []string{"节水玉米品种", "Maize with drought tolerance"}, nil},
		"an English expression of both": {
			[]string{"耐盐苜蓿种植模式", "salt tolerance of alfalfa"}, []string{"耐盐玉米品种", "maize with salt tolerance"}, []string{"salt tolerance", "耐盐"}},
		"a name in the Chinese text": {
			[]string{"基于Modbus的泵站监测", "Pump monitoring"}, []string{"支持Modbus的阀门", "Valves"}, []string{"Modbus"}},
		"one side in English alone": {
			[]string{"Salt tolerance of alfalfa"}, []string{"节水玉米品种", "Maize with drought tolerance"}, []string{"tolerance"}},
	} {
		got := match.Shared(analyse(), c.own, c.other)
		if slices.Sort(got); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestOfACopiedSentenceThePartIsNamedThatTells(t *testing.T) {
	sentence := "build an environment that mirrors actual test data to provide a departure point for many long simulations"
	got := match.Shared(analyse(), []string{sentence}, []string{"We " + sentence + " again"})
	if len(got) != 1 || len(strings.Fields(got[0])) > 8 || !strings.Contains(sentence, got[0]) {
		t.Errorf("%q", got)
	}
	han := "采用低温磷酸铁锂电池电解液配方并在零下四十度保持放电容量百分之八十以上而且循环寿命不减少"
	if got := match.Shared(analyse(), []string{han}, []string{han}); len(got) != 1 || utf8.RuneCountInString(got[0]) > 25 || !strings.Contains(han, got[0]) {
		t.Errorf("%q", got)
	}
}
