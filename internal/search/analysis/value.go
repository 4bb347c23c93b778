package analysis

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ValueMark begins the term of a value, which is written in several ways; no other
// term begins with it.
const ValueMark = "="

// value is the term of the quantity, the isotope or the patent's number that begins at an
// atom of a text, and of how many atoms it is; 0 where none does.
func value(text string, sequence []atom, i int) (term string, length int) {
	if term, length = patentNumber(text, sequence, i); length > 0 {
		return term, length
	}
	if term, length = officeNumber(text, sequence, i); length > 0 {
		return term, length
	}
	if term, length = quantity(text, sequence, i); length > 0 {
		return term, length // 24mg is a weight
	}
	return isotope(text, sequence, i)
}

// Spaced are what stands between the spaces of a text, but that a quantity or a
// patent's number is one however it is spaced.
func Spaced(text string) []string {
	sequence := atoms(text)
	whole := make([]bool, len(text)) // the bytes inside a value
	for i := 0; i < len(sequence); i++ {
		if _, n := value(text, sequence, i); n > 0 {
			for at := sequence[i].start; at < sequence[i+n-1].end; at++ {
				whole[at] = true
			}
			i += n - 1
		}
	}
	var out []string
	from := 0
	end := func(to int) {
		if to > from {
			out = append(out, text[from:to])
		}
	}
	for at, r := range text {
		if unicode.IsSpace(r) && !whole[at] {
			end(at)
			from = at + utf8.RuneLen(r)
		}
	}
	end(len(text))
	return out
}

// measures are the units that a quantity has, as they are written and folded, by
// the one that its term has. People write 10kW, 10 kW, 10-kW and 10 千瓦 for one.
var measures = func() map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(`
		w
		kw 千瓦
		mw 兆瓦
		gw 吉瓦
		wh 瓦时
		kwh 千瓦时
		mwh 兆瓦时
		gwh 吉瓦时
		v
		mv 毫伏
		kv 千伏
		ma 毫安
		ah 安时
		mah 毫安时
		hz 赫兹
		khz 千赫
		mhz 兆赫
		ghz 吉赫
		thz 太赫兹
		pa
		kpa 千帕
		mpa 兆帕
		gpa 吉帕
		bar
		psi
		ev
		kev
		mev
		kj 千焦
		mj 兆焦
		kn 千牛
		nm 纳米
		μm um 微米
		mm 毫米
		cm 厘米
		km 公里 千米
		m2 平方米
		km2 平方公里 平方千米
		m3 立方米
		cm3 立方厘米
		m 米
		ha 公顷
		mu 亩
		μg ug 微克
		mg 毫克
		kg 公斤 千克
		t 吨
		ml 毫升
		l 升
		min minute minutes 分钟
		h hr hrs hour hours 小时
		db 分贝
		dbm
		rpm
		ppm
		ppb
		dpi
		gb
		tb
		mbps
		gbps`) {
		for _, name := range strings.Fields(line) {
			out[name] = strings.Fields(line)[0]
		}
	}
	out[degreesCelsius] = celsius
	return out
}()

// rates are the units that only others are counted by, as 3 is a number in 3d: m/s, 吨/天.
var rates = map[string]string{
	"s": "s", "sec": "s", "second": "s", "秒": "s", "时": "h", "分": "min", "d": "d", "day": "d", "天": "d", "日": "d",
	"g": "g", "gram": "g", "克": "g", "年": "a", "year": "a", "a": "a",
}

// wholeRates are rates that are written in one word.
var wholeRates = map[string]string{"kmh": "km/h", "kph": "km/h"}

const (
	stroke = "/"
	each   = "每" // 公里每小时
)

const (
	// mostMeasure is how many atoms the name of a unit has at most: 平方公里.
	mostMeasure = 4
	// celsius is a unit behind the ring of a degree or its name alone: 5C is none.
	celsius = "c"
)

// The names of a degree, of Celsius, and of both.
var (
	degreeNames  = []string{"deg", "degree", "degrees"}
	celsiusNames = []string{celsius, "celsius", "centigrade"}
)

const degreesCelsius = "摄氏度"

// quantity is the term of a number with its unit that begins at an atom of a text,
// and of how many atoms it is; 0 where none does.
func quantity(text string, sequence []atom, i int) (term string, length int) {
	first := sequence[i]
	if first.han || !isDigit(first.word[0]) || i > 0 && isDecimal(text, sequence[i-1], first) {
		return "", 0
	}
	number, behind := cutDigits(first.word)
	length = 1
	if behind == "" && i+1 < len(sequence) && isDecimal(text, first, sequence[i+1]) {
		var places string
		places, behind = cutDigits(sequence[i+1].word)
		number += "." + places
		length = 2
	}
	if next := i + length; behind != "" && next < len(sequence) && between(text, sequence[next-1], sequence[next]) == "^" {
		behind += sequence[next].word // 100m^3
		length++
	}
	unit, written := measures[behind]
	if behind == "" {
		var n int
		unit, n = measure(text, sequence, i+length-1)
		length += n
		written = n > 0
	}
	if whole, ok := wholeRates[behind]; ok {
		return ValueMark + number + whole, length
	}
	if !written {
		return "", 0
	}
	per, n := rate(text, sequence, i+length-1)
	return ValueMark + number + unit + per, length + n
}

// rate is what a unit that ends with an atom is counted by, with the stroke, and of how
// many atoms it is.
func rate(text string, sequence []atom, last int) (per string, length int) {
	from := last + 1
	switch {
	case from < len(sequence) && between(text, sequence[last], sequence[from]) == stroke:
	case from+1 < len(sequence) && sequence[from].term == each && sequence[from].joined && sequence[from+1].joined:
		from++
	default:
		return "", 0
	}
	name := ""
	for n := 0; n < mostMeasure && from+n < len(sequence); n++ {
		at := sequence[from+n]
		if n > 0 && (!at.han || !at.joined) {
			break
		}
		name += cmp.Or(at.word, at.term)
		if unit, ok := measures[name]; ok {
			per, length = stroke+unit, from+n-last
		} else if unit, ok := rates[name]; ok {
			per, length = stroke+unit, from+n-last
		}
		if !at.han {
			break
		}
	}
	return per, length
}

// cutDigits cuts a word behind the digits that it begins with.
func cutDigits(word string) (digits, rest string) {
	rest = strings.TrimLeft(word, "0123456789")
	return word[:len(word)-len(rest)], rest
}

// measure is the unit that follows an atom, and of how many atoms it is.
func measure(text string, sequence []atom, number int) (unit string, length int) {
	name := ""
	for n := 1; n <= mostMeasure && number+n < len(sequence); n++ {
		at := sequence[number+n]
		if n == 1 {
			gap := between(text, sequence[number], at)
			if strings.Trim(gap, besideUnit) != "" {
				break
			}
			if !at.han {
				if at.word == celsius && (strings.Contains(gap, "°") || strings.HasPrefix(text[at.start:], "℃")) {
					return celsius, 1
				}
				if next := number + 2; next < len(sequence) && between(text, at, sequence[next]) == "^" {
					if unit, ok := measures[at.word+sequence[next].word]; ok {
						return unit, 2 // 100 m^3
					}
				}
				if unit, ok := measures[at.word]; ok {
					return unit, 1
				}
				if unit, ok := wholeRates[at.word]; ok {
					return unit, 1
				}
				if isDegrees(text, sequence[number+1:]) {
					return celsius, 2
				}
				break
			}
		} else if !at.han || !at.joined {
			break
		}
		name += at.term
		if u, ok := measures[name]; ok {
			unit, length = u, n
		}
	}
	return unit, length
}

// isDegrees tells of two words that name degrees Celsius.
func isDegrees(text string, sequence []atom) bool {
	return len(sequence) > 1 && slices.Contains(degreeNames, sequence[0].word) && slices.Contains(celsiusNames, sequence[1].word) &&
		strings.Trim(between(text, sequence[0], sequence[1]), spaces+".") == ""
}

const (
	spaces = " \u00a0\u2009\u202f"
	// besideUnit is what people put between a number and its unit.
	besideUnit = spaces + "-°"
)

// between is what stands between two atoms; what was folded from one character
// has nothing between.
func between(text string, a, b atom) string { return text[a.end:max(a.end, b.start)] }

// isDecimal tells that two atoms are the sides of a decimal point.
func isDecimal(text string, a, b atom) bool {
	return !a.han && !b.han && between(text, a, b) == "." && strings.Trim(a.word, "0123456789") == "" && isDigit(b.word[0])
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }
