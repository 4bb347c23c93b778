package match_test

import (
	"testing"
	"unicode/utf8"

	"chengqiao/internal/match"
	"chengqiao/internal/text"
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
		// As people write them.
		{"10^5", "次", ">=", "50000", "met", "次"},
		{"10⁵ 次", "", ">=", "50000", "met", "次"},
		{"5×10⁴", "次", ">=", "50000", "met", "次"},
		{"2 万吨/年", "", ">=", "15000", "met", "吨/年"},
		{"2万", "吨/年", ">=", "15000", "met", "吨/年"},
		{"2万~3万吨", "", ">=", "15000", "met", "吨"},
		{"1.2万", "m³/d", ">=", "10000", "met", "立方米/天"},
		{"3 万 m3/d", "", ">=", "30000", "met", "m3/d"},
		{"50万", "", "<=", "60", "met", "万元"},
		{"0.3 亿kWh", "", ">=", "3000", "met", "万 kWh"},
		{"95%~98%", "%", ">=", "90", "met", "%"},
		{"95%~98%", "%", ">=", "97", "unknown", "%"},
		{"95%—98%", "", "<=", "94", "unmet", "%"},
		{"10 m3/h ~ 20 m3/h", "m3/h", ">=", "15", "unknown", "m3/h"},
		{"-40℃~85℃", "℃", ">=", "60", "unknown", "℃"},
		{"0~-40℃", "", "<=", "5", "met", "℃"},
		{"−20", "℃", "<=", "-10", "met", "℃"},
		{"±0.02mm", "", "<=", "0.05", "met", "mm"},
		{"±0.02", "mm", "<=", "0.01", "unmet", "mm"},
		{"大于等于99.9", "%", ">=", "99", "met", "%"},
		{"⩾90", "%", ">=", "85", "met", "%"},
		{"20%及以上", "%", ">=", "15", "met", "%"},
		{"5000+ 次", "", ">=", "5000", "met", "次"},
		{"8000h（95% 负荷）", "h", ">=", "7000", "met", "h"},
		{"5000次以上（25 ℃，1C）", "次", ">=", "5000", "met", "次"},
		{"5", "mg·L⁻¹", "<=", "0.01", "met", "g/L"},
		{"20 L/(m2·h)", "", ">=", "15", "met", "L/(m²·h)"},
		{"65 dB(A)", "", "<=", "70", "met", "dB(A)"},
		{"30 KW", "", ">=", "25", "met", "kW"},
		{"0.5 kwh", "", "<=", "0.6", "met", "kWh"},
		{"60", "Mpa", ">=", "50", "met", "MPa"},
		{"200", "毫秒", "<=", "0.5", "met", "秒"},
		{"5", "兆瓦", ">=", "4000", "met", "kW"},
		{"15 000", "次", ">=", "12000", "met", "次"},
		{"≥ 1 250 000 h", "", ">=", "1000000", "met", "h"},
		{"20\u2009000 h", "", "<=", "15000", "unmet", "h"},
		{"8 000~12 000", "m3/d", ">=", "9000", "unknown", "m3/d"},
		{"零下 35 ℃", "", "<=", "-30", "met", "℃"},
		{"零下30℃~60℃", "", ">=", "70", "unmet", "℃"},
		{"–25", "℃", "<=", "-20", "met", "℃"},
		{"minus 10 °C", "", "<=", "-20", "unmet", "℃"},
		{"from -10 to 45 °C", "", "<=", "50", "met", "℃"},
		{"between 3 and 5 mm", "", ">=", "3", "met", "mm"},
		{"超95%", "", ">=", "90", "met", "%"},
		{"高达 95%", "", ">=", "90", "unknown", "%"},
		{"not less than 12 months", "", ">=", "1", "met", "year"},
		{"no more than 5 ms", "", "<=", "0.01", "met", "s"},
		{"minimum 98 %", "", ">=", "95", "met", "%"},
		{"maximum 3 bar", "", "<=", "0.4", "met", "MPa"},
		{"98 % or more", "", ">=", "95", "met", "%"},
		{"5 min", "", "<=", "10", "met", "minutes"},
		{"95%+", "", ">=", "95", "met", "%"},
		{"40,000 hours", "", ">=", "4", "met", "years"},
		{"3 Years", "", "<=", "1000", "unmet", "days"},
		{"12 t/ha", "", ">=", "4", "met", "tonnes/acre"},
		{"400 m3/mu", "", "<=", "6500", "met", "m³/ha"},
		{"2.4万转/分", "", ">=", "20000", "met", "rpm"},
		{"3000 转/min", "", ">=", "50", "met", "r/s"},
		{"8", "mS/cm", ">=", "0.5", "met", "S/m"},
		{"35 mg/Nm³", "", "<=", "0.05", "met", "g/Nm3"},
		{"80 Nm", "", ">=", "70", "met", "N·m"},
		{"100 Mbps", "", ">=", "0.05", "met", "Gbps"},
		{"25 帧/秒", "", ">=", "24", "met", "fps"},
		{"10亿CFU/g", "", ">=", "500000000", "met", "CFU/g"},
		{"50", "μM", "<=", "0.1", "met", "mmol/L"},
		{"5 ㎎/L", "", "<=", "10", "met", "mg/L"},
		{"120 degrees C", "", "<=", "150", "met", "℃"},
		{"3 kgf/cm²", "", ">=", "0.2", "met", "MPa"},
		{"5000次循环", "次", ">=", "4000", "met", "次"},
		{"降至90", "kWh/t", "<=", "100", "met", "kWh/t"},
		{"由150降至90 kWh/t", "", "<=", "100", "met", "kWh/t"},
		{"从85%提高到95%", "", ">=", "90", "met", "%"},
		{"35%→65%", "", ">=", "60", "met", "%"},
		{"reduced from 12 h to 2 h", "", "<=", "3", "met", "h"},
		{"5升至10升", "", ">=", "8", "unknown", "L"},
		{"从-10到45 ℃", "", "<=", "50", "met", "℃"},
		{"D50=80nm", "", "<=", "100", "met", "nm"},
		{"R²=0.98", "", ">=", "0.95", "met", ""},
		{"20分钟内", "", "<=", "0.5", "met", "h"},
		{"不到20 元", "", "<=", "20", "met", "元"},
		{"20~30之间", "天", "<=", "40", "met", "天"},
		{"310瓦时/千克", "", ">=", "300", "met", "Wh/kg"},
		{"125千伏安", "", ">=", "100", "met", "kVA"},
		{"2.5公分", "", "<=", "2", "unmet", "cm"},
		{"300 mPa.s", "", "<=", "0.5", "met", "Pa·s"},
		{"8.5 W/(m.K)", "", ">=", "5", "met", "W/(m·K)"},
		{"0.12 tce/t", "", "<=", "150", "met", "kgce/t"},
		{"18.5", "万个/mL", "<=", "20", "met", "万/mL"},
		{"5", "亿/mL", ">=", "400000000", "met", "个/mL"},
		// What cannot be compared is unknown, never guessed.
		{"35", "mg/m3", "<=", "50", "unknown", "mg/Nm3"},
		{"50", "kVA", ">=", "40", "unknown", "kW"},
		{"12 3456", "次", ">=", "100", "unknown", "次"},
		{"1:3", "倍", ">=", "2", "unknown", "倍"},
		{"1/3", "年", ">=", "1", "unknown", "年"},
		{"1.2×105", "次", ">=", "100", "unknown", "次"},
		{"10-5", "mol/L", "<=", "0.001", "unknown", "mol/L"},
		{"100 x 200", "mm", ">=", "150", "unknown", "mm"},
		{"IP67", "", ">=", "65", "unknown", ""},
		{"60", "mpa", ">=", "50", "unknown", "MPa"}, // mega or milli
		{"300 Wh/L", "Wh/kg", ">=", "280", "unknown", "Wh/kg"},
		{"300", "Wh/kg", ">=", "280", "unknown", "Wh/L"},
		{"300", "", ">=", "280", "unknown", "Wh/kg"},
		{"很高", "%", ">=", "90", "unknown", "%"},
		{"300", "furlongs", ">=", "280", "unknown", "m"},
		{"300", "furlongs", ">=", "280", "met", "furlongs"},
		{"300", "%", ">=", "", "unknown", "%"},
	} {
		r := match.Requirement{Criterion: text.Of("指标"), Metric: text.Of("指标"), Operator: c.operator, Threshold: c.threshold, Unit: c.wantUnit}
		result := &match.View{Claims: []match.Claim{{Metric: text.Of("指标"), Value: c.value, Unit: c.unit}}}
		got := match.Judge(analyse(), &match.View{Requirements: []match.Requirement{r}}, result)[0]
		if string(got.Verdict) != c.want {
			t.Errorf("%s %s against %s %s %s is %s, want %s", c.value, c.unit, c.operator, c.threshold, c.wantUnit, got.Verdict, c.want)
		}
	}
}

func TestUnitsThatMeanNothingAreNotRead(t *testing.T) {
	for _, s := range []string{"Wh//kg", "kg/", "m22", "foo", "1/s2", "*", "%%%", "", "()", "（）", "^"} {
		if _, ok := match.ParseUnit(s); ok {
			t.Errorf("%q was read as a unit", s)
		}
	}
}

func FuzzQuantity(f *testing.F) {
	for _, s := range []string{"≥95%", "1.2×10^5 次", "80~90", "约 300 Wh/kg", "1e9", "-", "±", "1,234,567", "不低于 3 倍以上", "（）", "2万~3万吨/年", "-40℃~85℃", "10⁻⁵ mol·L⁻¹"} {
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
