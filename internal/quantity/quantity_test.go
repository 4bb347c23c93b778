package quantity_test

import (
	"testing"
	"unicode/utf8"

	"chengqiao/internal/quantity"
)

func TestUnitsThatMeanNothingAreNotRead(t *testing.T) {
	for _, s := range []string{"Wh//kg", "kg/", "m22", "foo", "1/s2", "*", "%%%", "", "()", "（）", "^"} {
		if _, ok := quantity.ParseUnit(s); ok {
			t.Errorf("%q was read as a unit", s)
		}
	}
}

func FuzzQuantity(f *testing.F) {
	for _, s := range []string{"≥95%", "1.2×10^5 次", "80~90", "约 300 Wh/kg", "1e9", "-", "±", "1,234,567", "不低于 3 倍以上", "（）", "2万~3万吨/年", "-40℃~85℃", "10⁻⁵ mol·L⁻¹"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		_, rest, ok := quantity.Parse(s)
		if !ok && rest != "" {
			t.Fatalf("%q: no number and yet a rest %q", s, rest)
		}
		if utf8.ValidString(s) && !utf8.ValidString(rest) {
			t.Fatalf("%q was cut inside a character: %q", s, rest)
		}
		quantity.ParseUnit(s)
	})
}
