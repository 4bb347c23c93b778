package match_test

import (
	"testing"
	"unicode/utf8"

	"chengqiao/internal/match"
)

func TestClaimsAreJudgedOnThresholdsAcrossUnits(t *testing.T) {
	for _, c := range []struct {
		value, unit               string // of the claim
		operator, threshold, want string // of the requirement
		wantUnit                  string
	}{
		{"300", "Wh/kg", ">=", "280", "met", "Wh/kg"},
		{"300", "W·h/kg", ">=", "280", "met", "Wh/kg"},
		{"0.3", "kWh/kg", ">=", "280", "met", "Wh/kg"},
		{"250", "Wh/kg", ">=", "280", "unmet", "Wh/kg"},
		{"≥95", "%", ">=", "90", "met", "%"},
		{"≥80", "%", ">=", "90", "unknown", "%"},
		{"＞95％", "", ">=", "90", "met", "%"},
		{"80~90", "%", ">=", "85", "unknown", "%"},
		{"80-90 %", "", ">=", "80", "met", "%"},
		{"80至90", "%", "<=", "75", "unmet", "%"},
		{"90±2", "%", ">=", "85", "met", "%"},
		{"5000次以上", "", ">=", "3000", "met", "次"},
		{"0.5万次", "", ">=", "3000", "met", "次"},
		{"1.2×10^5", "次", ">=", "100000", "met", "次"},
		{"1,200", "h", "<=", "60", "met", "天"},
		{"500", "ppm", "<=", "0.1", "met", "%"},
		{"1", "mg/L", "<=", "0.002", "met", "kg/m3"},
		{"15", "mg·L-1", "<=", "10", "unmet", "mg/L"},
		{"-20", "℃", "<=", "-10", "met", "°C"},
		{"253.15", "K", "<=", "-10", "met", "℃"},
		{"2", "MPa", ">=", "15", "met", "bar"},
		{"3000", "rpm", ">=", "40", "met", "Hz"},
		{"600", "kg/亩", ">=", "8", "met", "t/ha"},
		{"10", "μm", "<=", "12000", "met", "nm"},
		{"50", "%", "=", "50", "met", "%"},
		{"51", "%", "=", "50", "unmet", "%"},
		{"at least 99.9", "%", ">=", "99", "met", "%"},
		// What cannot be compared is unknown, never guessed.
		{"300", "Wh/kg", ">=", "280", "unknown", "Wh/L"},
		{"300", "", ">=", "280", "unknown", "Wh/kg"},
		{"很高", "%", ">=", "90", "unknown", "%"},
		{"300", "furlongs", ">=", "280", "unknown", "m"},
		{"300", "furlongs", ">=", "280", "met", "furlongs"},
		{"300", "%", ">=", "", "unknown", "%"},
	} {
		r := match.Requirement{Criterion: "指标", Metric: "指标", Operator: c.operator, Threshold: c.threshold, Unit: c.wantUnit}
		result := &match.View{Claims: []match.Claim{{Metric: "指标", Value: c.value, Unit: c.unit}}}
		got := match.Judge(analyse(), &match.View{Requirements: []match.Requirement{r}}, result)[0]
		if string(got.Verdict) != c.want {
			t.Errorf("%s %s against %s %s %s is %s, want %s", c.value, c.unit, c.operator, c.threshold, c.wantUnit, got.Verdict, c.want)
		}
	}
}

func TestUnitsThatMeanNothingAreNotRead(t *testing.T) {
	for _, s := range []string{"Wh//kg", "kg/", "m22", "foo", "1/s2", "*", "%%%"} {
		if _, ok := match.ParseUnit(s); ok {
			t.Errorf("%q was read as a unit", s)
		}
	}
}

func FuzzQuantity(f *testing.F) {
	for _, s := range []string{"≥95%", "1.2×10^5 次", "80~90", "约 300 Wh/kg", "1e9", "-", "±", "1,234,567", "不低于 3 倍以上"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		_, rest, ok := match.ParseQuantity(s)
		if !ok && rest != "" {
			t.Fatalf("%q: no number and yet a rest %q", s, rest)
		}
		if utf8.ValidString(s) && !utf8.ValidString(rest) {
			t.Fatalf("%q was cut inside a character: %q", s, rest)
		}
		match.ParseUnit(s)
	})
}
