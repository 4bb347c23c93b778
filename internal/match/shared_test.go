package match_test

import (
	"testing"

	"chengqiao/internal/match"
)

func TestReasonsNameNoAmountsAndNoJoiningWords(t *testing.T) {
	for s, want := range map[string]bool{
		"磷酸铁锂": true, "滴灌": true, "water": true, "per unit area": true, "TRL": true, "亩产量": true, "年均气温": true,
		"per mu": false, "CNY": false, "per": false, "每亩": false, "两年": false, "降至": false, "the": false, "45": false, "水": false,
	} {
		if got := match.WorthNaming(s); got != want {
			t.Errorf("%q is worth naming: %v", s, got)
		}
	}
}
