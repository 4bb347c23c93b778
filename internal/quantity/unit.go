package quantity

import (
	"maps"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// dimension counts the base quantities of a unit: "m" → 1, "s" → -2.
type dimension map[string]int

// Unit is a dimension with its factor to the base units, and for the scales of
// temperature an offset.
type Unit struct {
	dim    dimension
	factor *big.Rat
	offset *big.Rat // added after the factor; nil is none
}

func (u Unit) convertible(v Unit) bool { return maps.Equal(u.dim, v.dim) }

// Dimensioned tells whether the unit is of anything but a share.
func (u Unit) Dimensioned() bool { return len(u.dim) > 0 }

// OfDifference is the unit without the zero that a scale of temperature has: as degrees
// between two temperatures count.
func (u Unit) OfDifference() Unit {
	u.offset = nil
	return u
}

// ToBase is a number of the unit in base units.
func (u Unit) ToBase(x *big.Rat) *big.Rat {
	y := new(big.Rat).Mul(x, u.factor)
	if u.offset != nil {
		y.Add(y, u.offset)
	}
	return y
}

func rat(s string) *big.Rat {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		panic("quantity: not a number: " + s)
	}
	return r
}

// simpleUnits are the units by all their writings. The quantities that have no
// common base (money, pieces, animals' counts) are dimensions of their own.
var simpleUnits = func() map[string]Unit {
	out := map[string]Unit{}
	def := func(dim dimension, factor string, names ...string) {
		for _, n := range names {
			out[n] = Unit{dim: dim, factor: rat(factor)}
		}
	}
	length, mass, time := dimension{"m": 1}, dimension{"kg": 1}, dimension{"s": 1}
	energy, power := dimension{"kg": 1, "m": 2, "s": -2}, dimension{"kg": 1, "m": 2, "s": -3}
	pressure, force := dimension{"kg": 1, "m": -1, "s": -2}, dimension{"kg": 1, "m": 1, "s": -2}
	area, volume := dimension{"m": 2}, dimension{"m": 3}
	voltage, current := dimension{"kg": 1, "m": 2, "s": -3, "A": -1}, dimension{"A": 1}
	charge, frequency := dimension{"A": 1, "s": 1}, dimension{"s": -1}
	resistance := dimension{"kg": 1, "m": 2, "s": -3, "A": -2}
	capacitance := dimension{"kg": -1, "m": -2, "s": 4, "A": 2}
	field := dimension{"kg": 1, "s": -2, "A": -1}
	share, amount, information := dimension{}, dimension{"mol": 1}, dimension{"bit": 1}

	si := func(dim dimension, base string, name string, prefixes ...string) {
		factors := map[string]string{
			"p": "1e-12", "n": "1e-9", "μ": "1e-6", "u": "1e-6", "m": "1e-3", "c": "1e-2", "d": "1e-1",
			"": "1", "h": "1e2", "k": "1e3", "M": "1e6", "G": "1e9", "T": "1e12",
		}
		for _, p := range prefixes {
			f := new(big.Rat).Mul(rat(factors[p]), rat(base))
			out[p+name] = Unit{dim: dim, factor: f}
		}
	}
	si(length, "1", "m", "p", "n", "μ", "u", "m", "c", "d", "", "h", "k")
	def(length, "1", "米", "公尺", "meter", "meters", "metre", "metres")
	def(length, "1e3", "公里", "千米", "kilometer", "kilometers", "kilometre", "kilometres")
	def(length, "1e-2", "厘米", "公分", "CM")
	def(length, "1e-3", "毫米", "MM")
	def(length, "1e-6", "微米", "micron", "microns")
	def(length, "1e-9", "纳米")
	def(length, "1e-10", "Å", "埃")
	def(length, "0.0254", "in", "inch", "inches", "英寸")
	def(length, "0.3048", "ft", "foot", "feet", "英尺")
	def(length, "1609.344", "mile", "miles", "英里")

	si(mass, "1e-3", "g", "p", "n", "μ", "u", "m", "", "k", "M")
	def(mass, "1", "公斤", "千克", "KG", "Kg", "kilogram", "kilograms")
	def(mass, "1e-3", "克", "gram", "grams")
	def(mass, "1e-6", "毫克")
	def(mass, "1e-9", "微克")
	def(mass, "1e-12", "纳克")
	def(mass, "1e3", "t", "吨", "ton", "tons", "tonne", "tonnes")
	def(mass, "0.5", "斤")
	def(mass, "0.45359237", "lb", "lbs", "pound", "pounds", "磅")

	si(time, "1", "s", "p", "n", "μ", "u", "m", "")
	def(time, "1", "秒", "sec", "second", "seconds")
	def(time, "1e-3", "毫秒")
	def(time, "1e-6", "微秒")
	def(time, "60", "min", "minute", "minutes", "分钟", "分")
	def(time, "3600", "h", "hr", "hrs", "hour", "hours", "小时", "时")
	def(time, "86400", "d", "day", "days", "天", "日")
	def(time, "604800", "week", "weeks", "周")
	def(time, "2629746", "month", "months", "月", "个月")
	def(time, "31556952", "a", "y", "yr", "yrs", "year", "years", "年")

	si(energy, "1", "J", "m", "", "k", "M", "G")
	si(energy, "3600", "Wh", "m", "", "k", "M", "G", "T")
	def(energy, "1", "焦", "焦耳")
	def(energy, "1e6", "兆焦")
	def(energy, "3600", "瓦时")
	def(energy, "3600000", "千瓦时")
	def(energy, "3.6e9", "兆瓦时")
	def(energy, "4.184", "cal", "卡")
	def(energy, "4184", "kcal", "大卡", "千卡")
	def(energy, "1.602176634e-19", "eV")
	si(power, "1", "W", "n", "μ", "u", "m", "", "k", "M", "G", "T")
	si(dimension{"VA": 1}, "1", "VA", "", "k", "M") // as much as the watt, and not of the same
	def(dimension{"VA": 1}, "1", "伏安")
	def(dimension{"VA": 1}, "1e6", "兆伏安")
	def(power, "1", "瓦", "瓦特", "watt", "watts")
	def(power, "1e6", "兆瓦")
	def(power, "735.49875", "马力")
	si(pressure, "1", "Pa", "m", "", "h", "k", "M", "G")
	def(pressure, "1", "帕")
	def(pressure, "1e6", "兆帕")
	def(pressure, "1e5", "bar", "巴")
	def(pressure, "100", "mbar")
	def(pressure, "101325", "atm", "大气压")
	def(pressure, "6894.757293168", "psi")
	def(pressure, "101325/760", "Torr")
	def(pressure, "133.322387415", "mmHg")
	si(force, "1", "N", "μ", "u", "m", "", "k", "M")
	def(force, "1", "牛", "牛顿")
	def(force, "9.80665", "kgf")
	def(energy, "1", "Nm") // as a torque
	def(energy, "1e3", "kNm")
	def(dimension{"kg": 1, "m": -1, "s": -1}, "1e-3", "cP")

	def(area, "1e4", "ha", "hectare", "hectares", "公顷")
	def(area, "10000/15", "亩", "mu")
	def(area, "4046.8564224", "acre", "acres", "英亩")
	si(volume, "1e-3", "L", "n", "μ", "u", "m", "")
	si(volume, "1e-3", "l", "μ", "u", "m", "")
	def(volume, "1e-3", "升", "公升", "liter", "liters", "litre", "litres")
	def(volume, "3.785411784e-3", "gal", "gallon", "gallons")
	def(volume, "1e-6", "毫升", "立方厘米", "cc")
	def(volume, "1e-9", "微升")
	def(volume, "1", "方", "立方", "立方米")
	// At which temperature and pressure others were measured is not known.
	def(dimension{"Nm3": 1}, "1", "Nm3", "标方", "标立方米", "标准立方米")
	def(area, "1", "平方米", "平米")
	def(area, "1e-4", "平方厘米")
	def(area, "1e-6", "平方毫米")
	def(area, "1e6", "平方公里", "平方千米")

	si(voltage, "1", "V", "n", "μ", "u", "m", "", "k", "M")
	def(voltage, "1", "伏", "伏特", "volt", "volts")
	si(current, "1", "A", "p", "n", "μ", "u", "m", "", "k")
	def(current, "1", "安", "安培")
	def(current, "1e-3", "毫安")
	def(current, "1e-6", "微安")
	si(charge, "3600", "Ah", "m", "", "k")
	def(charge, "3600", "安时")
	def(charge, "3.6", "毫安时")
	si(resistance, "1", "Ω", "m", "", "k", "M", "G")
	def(resistance, "1", "欧", "欧姆", "ohm", "ohms")
	def(resistance, "1e6", "兆欧")
	si(dimension{"kg": -1, "m": -2, "s": 3, "A": 2}, "1", "S", "n", "μ", "u", "m", "d", "")
	si(capacitance, "1", "F", "p", "n", "μ", "u", "m", "")
	si(field, "1", "T", "n", "μ", "u", "m", "")
	si(frequency, "1", "Hz", "", "k", "M", "G", "T")
	def(frequency, "1", "赫", "赫兹", "HZ", "hz")
	def(frequency, "1e6", "兆赫")
	def(frequency, "1e9", "吉赫")
	def(frequency, "1/60", "rpm", "RPM", "转/分", "转/分钟", "转/min", "r/min")
	def(frequency, "1", "转/秒", "转/s", "r/s")

	def(share, "1e-2", "%", "百分比", "percent")
	def(share, "1e-3", "‰")
	def(share, "1e-6", "ppm", "PPM")
	def(share, "1e-9", "ppb", "PPB")
	def(share, "1", "倍")

	si(amount, "1", "mol", "n", "μ", "u", "m", "", "k")
	si(dimension{"mol": 1, "m": -3}, "1e3", "M", "p", "n", "μ", "u", "m", "")
	def(information, "1", "bit", "b")
	def(information, "8", "B", "byte")
	def(information, "8e3", "KB", "kB")
	def(information, "8e6", "MB")
	def(information, "8e9", "GB")
	def(information, "8e12", "TB")
	def(information, "1e6", "Mb")
	def(information, "1e9", "Gb")
	si(dimension{"bit": 1, "s": -1}, "1", "bps", "", "k", "M", "G", "T")

	def(dimension{"次": 1}, "1", "次", "循环", "次循环", "cycle", "cycles", "times")
	def(dimension{"个": 1}, "1", "个", "件", "只", "台", "套", "株", "头", "枚", "片", "pcs")
	def(dimension{"人": 1}, "1", "人", "名")
	def(dimension{"路": 1}, "1", "路", "通道", "channel", "channels")
	def(dimension{"kgce": 1}, "1", "kgce", "kg标煤", "kg标准煤", "公斤标煤", "公斤标准煤", "千克标准煤")
	def(dimension{"kgce": 1}, "1e-3", "gce", "g标煤", "g标准煤", "克标准煤")
	def(dimension{"kgce": 1}, "1e3", "tce", "t标煤", "t标准煤", "吨标煤", "吨标准煤")
	def(dimension{"帧": 1}, "1", "帧", "frame", "frames")
	def(dimension{"帧": 1, "s": -1}, "1", "fps", "FPS")
	def(dimension{"CFU": 1}, "1", "CFU", "cfu")
	def(dimension{"U": 1}, "1", "U")
	def(dimension{"IU": 1}, "1", "IU")
	def(dimension{"CNY": 1}, "1", "元", "CNY", "RMB", "¥")
	def(dimension{"USD": 1}, "1", "美元", "USD", "$")
	def(dimension{"CNY": 1}, "1e4", "万")
	def(dimension{"CNY": 1}, "1e8", "亿")
	def(dimension{"dB": 1}, "1", "dB", "dBA", "分贝")
	def(dimension{"px": 1}, "1", "px", "pixel", "像素")
	def(dimension{"°": 1}, "1", "°", "度角", "deg")
	def(dimension{"K": 1}, "1", "K")
	out["℃"] = Unit{dim: dimension{"K": 1}, factor: rat("1"), offset: rat("273.15")}
	out["℉"] = Unit{dim: dimension{"K": 1}, factor: rat("5/9"), offset: rat("45967/180")}
	return out
}()

// scales are words that stand between a number and its unit: 2 万吨, 3 亿 kWh.
var scales = map[string]*big.Rat{"千": rat("1e3"), "万": rat("1e4"), "百万": rat("1e6"), "千万": rat("1e7"), "亿": rat("1e8")}

// otherCases are units by their names in the wrong case: KW, kwh, Mpa. What tells
// milli from mega keeps its case, and so do bits and bytes.
var otherCases = func() map[string]Unit {
	out := map[string]Unit{}
	for name, u := range simpleUnits {
		switch _, bits := u.dim["bit"]; {
		case bits || name[0] != 'k' && name[0] != 'M' && name[0] != 'G':
		case name[0] == 'k' || strings.HasSuffix(name, "W") || strings.HasSuffix(name, "Wh") || strings.HasSuffix(name, "Pa") || strings.HasSuffix(name, "Hz"):
			out[cased(name)] = u
		}
	}
	return out
}()

// cased is a unit's name as otherCases has it.
func cased(name string) string {
	first := name[:1]
	if first == "K" {
		first = "k"
	}
	return first + strings.ToLower(name[1:])
}

// shortestWord is how many letters a unit has at least that may begin with a
// capital because it is an English word: Hours, and not Mbar.
const shortestWord = 5

// unitNamed finds a unit without an exponent. With a scale before it, as 万 of 万吨,
// scale is that, else nil.
func unitNamed(name string) (u Unit, scale *big.Rat, ok bool) {
	if name == "" {
		return Unit{}, nil, false
	}
	if u, ok = simpleUnits[name]; ok {
		return u, nil, true
	}
	if lower := strings.ToLower(name); len(name) >= shortestWord && name[1:] == lower[1:] {
		if u, ok = simpleUnits[lower]; ok {
			return u, nil, true
		}
	}
	for word, by := range scales {
		rest, found := strings.CutPrefix(name, word)
		if u, ok = simpleUnits[rest]; found && ok && u.offset == nil {
			return u, by, true
		}
	}
	u, ok = otherCases[cased(name)]
	return u, nil, ok
}

// dottedRE is the point that multiplies two units: mPa.s, W/(m.K).
var dottedRE = regexp.MustCompile(`(\p{L})\.(\p{L})`)

// unitSpellings bring several writings of the same thing together before a
// unit is looked up.
var unitSpellings = strings.NewReplacer(
	"°C", "℃", "摄氏度", "℃", "degreesC", "℃", "degreeC", "℃", "degC", "℃", "°F", "℉", "华氏度", "℉",
	"µ", "μ", "㎡", "m2", "㎥", "m3", "¹", "1", "²", "2", "³", "3", "⁴", "4", "^", "", "⁻", "-", "−", "-",
	"·", "*", "•", "*", "⋅", "*", "×", "*", "．", "*", "／", "/", "每", "/",
	"(", "", ")", "", "（", "", "）", "", " ", "",
	"W*h", "Wh", "A*h", "Ah", "％", "%",
)

// ParseUnit reads a unit such as "Wh/kg", "mg·L-1" or "万元/亩". What it does
// not know is not converted: ok is false.
func ParseUnit(s string) (u Unit, ok bool) {
	s = unitSpellings.Replace(norm.NFKC.String(s))                   // NFKC: ㎎ is mg, and the ohm sign the letter omega
	s = unitSpellings.Replace(dottedRE.ReplaceAllString(s, "$1*$2")) // again: W·h is W*h now
	if known, scale, ok := unitNamed(s); ok {
		if scale != nil { // 万 of 万转/分
			known.factor = new(big.Rat).Mul(known.factor, scale)
		}
		return known, true
	}
	u = Unit{dim: dimension{}, factor: rat("1")}
	sign := 1
	for i, part := range strings.Split(s, "/") {
		if i > 0 {
			sign = -1
		}
		for _, factor := range strings.Split(part, "*") {
			if !u.multiply(factor, sign) {
				return Unit{}, false
			}
		}
	}
	return u, true
}

// multiply takes one factor such as "m2", "L-1" or "kg" into the unit.
func (u *Unit) multiply(s string, sign int) bool {
	name := strings.TrimRight(s, "0123456789")
	power := 1
	if _, known := simpleUnits[s]; known {
		name = s // the 3 of Nm3 raises no newton metre
	}
	if digits := s[len(name):]; digits != "" {
		if len(digits) > 1 {
			return false
		}
		power = int(digits[0] - '0')
		if trimmed := strings.TrimSuffix(name, "-"); trimmed != name {
			name, power = trimmed, -power
		}
	}
	if name == "1" || name == "" {
		return false
	}
	base, scale, ok := unitNamed(name)
	if !ok || power == 0 {
		return false
	}
	take := func(factor *big.Rat, power int) {
		if power < 0 {
			factor, power = new(big.Rat).Inv(factor), -power
		}
		for range power {
			u.factor = new(big.Rat).Mul(u.factor, factor)
		}
	}
	take(base.factor, power*sign)
	if scale != nil { // 万 m3 are so many cubic metres
		take(scale, sign)
	}
	for _, q := range slices.Sorted(maps.Keys(base.dim)) {
		u.dim[q] += base.dim[q] * power * sign
		if u.dim[q] == 0 {
			delete(u.dim, q)
		}
	}
	return true
}

// SameSpelling tells whether two units are the same one, however they are spelt.
func SameSpelling(a, b string) bool { return spelling(a) == spelling(b) }

func spelling(s string) string {
	return unitSpellings.Replace(unitSpellings.Replace(norm.NFKC.String(s)))
}

// IsScale tells whether a word stands between a number and its unit, as 万.
func IsScale(word string) bool { return scales[word] != nil }

// IsPercent tells whether a unit is the one in which shares are asked for.
func IsPercent(unitName string) bool { return spelling(unitName) == "%" }

// IsUnit tells whether a word is a unit, or that of a length with its exponent: m3, and
// not N2, which is nitrogen.
func IsUnit(word string) bool {
	word = unitSpellings.Replace(word)
	if _, ok := simpleUnits[word]; ok {
		return true
	}
	u, ok := simpleUnits[strings.TrimRight(word, "23")]
	return ok && len(u.dim) == 1 && u.dim["m"] == 1
}

// longestNamedUnit bounds the signs of a unit behind a figure in a text: W/(m·K), mg·L-1.
const longestNamedUnit = 10

// LeadingUnit is how many bytes the unit has with which a text begins, 0 for none.
func LeadingUnit(s string) int {
	space := len(s) - len(strings.TrimLeft(s, " "))
	longest := 0
	rest := s[space:]
	for signs := 0; rest != "" && signs < longestNamedUnit; signs++ {
		r, size := utf8.DecodeRuneInString(rest)
		rest = rest[size:]
		next, _ := utf8.DecodeRuneInString(rest)
		if inWord := unicode.Is(unicode.Latin, r) && unicode.Is(unicode.Latin, next); inWord {
			continue
		}
		if _, ok := ParseUnit(s[space : len(s)-len(rest)]); ok {
			longest = len(s) - len(rest)
		}
	}
	return longest
}

// bareCountRE is a 万 or 亿 of which the unit is not said: 20 万/mL.
var bareCountRE = regexp.MustCompile(`([万亿])(/|$)`)

// SameKind reads two units of which one can be converted into the other.
func SameKind(name, other string) (a, b Unit, ok bool) {
	if name == "" || other == "" {
		return Unit{}, Unit{}, false
	}
	read := func(name, other string) (a, b Unit, ok bool) {
		a, okA := ParseUnit(name)
		b, okB := ParseUnit(other)
		return a, b, okA && okB && a.convertible(b)
	}
	if a, b, ok = read(name, other); ok {
		return a, b, true
	}
	// By itself 万 is money; beside pieces it counts them.
	pieces := func(s string) string { return bareCountRE.ReplaceAllString(s, "${1}个${2}") }
	return read(pieces(name), pieces(other))
}

// The name of a metric may say of what its value is one each: 亩产, 吨水电耗, 每头成本.
var (
	perMuRE    = regexp.MustCompile(`亩产|亩均|^亩[^数]`)
	perTonneRE = regexp.MustCompile(`^吨[^位级数]`)
	perEachRE  = regexp.MustCompile(`每(亩|公顷|吨|头|只|株|台|件|套|平方米|立方米|小时)`)
	// A tonne of water is a cubic metre.
	tonneOfWaterRE = regexp.MustCompile(`/(?:吨水?|t水?|m3水|m³水)$`)
)

// EachOf is the unit of a metric's value with what its name says in its place.
func EachOf(metric, unitName string) string {
	whole := unitName != "" && !strings.ContainsAny(unitName, "/每") && !strings.Contains(unitName, "-1") && !strings.Contains(unitName, "⁻¹")
	switch each := perEachRE.FindStringSubmatch(metric); {
	case unitName == "":
		return ""
	case strings.Contains(metric, "吨水"):
		if whole {
			return unitName + "/m3"
		}
		return tonneOfWaterRE.ReplaceAllString(unitName, "/m3")
	case !whole:
		return unitName
	case perMuRE.MatchString(metric):
		return unitName + "/亩"
	case perTonneRE.MatchString(metric):
		return unitName + "/吨"
	case each != nil:
		return unitName + "/" + each[1]
	}
	return unitName
}

// countRE is how metrics end that count something.
var countRE = regexp.MustCompile(`(?i)(?:数|数量|cycles|count|number)$`)

// SameCount tells whether one of two units of a metric that counts is of what it counts
// and the other is not said.
func SameCount(metric, claimed, wanted string) bool {
	u, ok := ParseUnit(claimed + wanted)
	return (claimed == "") != (wanted == "") && countRE.MatchString(metric) && ok && len(u.dim) == 1 &&
		(u.dim["次"] == 1 || u.dim["个"] == 1 || u.dim["人"] == 1 || u.dim["路"] == 1) && u.factor.Cmp(rat("1")) == 0
}
