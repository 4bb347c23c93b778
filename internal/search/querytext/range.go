package querytext

import (
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"chengqiao/internal/search"
)

// between are the signs between the ends of a range, longer ones first.
var between = []string{"...", "..", "~", "-", "–", "—", "至", "到"}

// comparisons are the signs before one end.
var comparisons = []struct {
	sign         string
	below, equal bool
}{
	{">=", false, true}, {"=>", false, true}, {"≥", false, true}, {">", false, false},
	{"<=", true, true}, {"=<", true, true}, {"≤", true, true}, {"<", true, false},
}

// readRange reads >=6, 4..8, 6 and what people write for them. The greater end
// may stand first.
func readRange(n search.Number, text string) (search.Range, bool) {
	text = norm.NFKC.String(text)
	for _, c := range comparisons {
		if rest, ok := strings.CutPrefix(text, c.sign); ok {
			v, ok := readNumber(n, rest, "")
			switch {
			case !ok:
				return search.Range{}, false
			case c.below && !c.equal:
				v--
			case !c.below && !c.equal:
				v++
			}
			if least, most := bounds(n); v < least || v > most { // nothing is above level 9 or below 0 yuan
				return search.Range{}, false
			}
			if c.below {
				return search.Range{Max: &v}, true
			}
			return search.Range{Min: &v}, true
		}
	}
	for _, sign := range between {
		if from, to, ok := strings.Cut(text, sign); ok {
			return readEnds(n, from, to)
		}
	}
	v, ok := readNumber(n, strings.TrimPrefix(text, "="), "")
	return search.Range{Min: &v, Max: &v}, ok
}

func readEnds(n search.Number, from, to string) (r search.Range, ok bool) {
	if from == "" && to == "" {
		return r, false
	}
	if to != "" {
		v, ok := readNumber(n, to, "")
		if !ok {
			return r, false
		}
		r.Max = &v
	}
	if from != "" {
		_, unit := cutUnit(to) // 10-50万 is 10万 to 50万
		v, ok := readNumber(n, from, unit)
		if !ok {
			return r, false
		}
		r.Min = &v
	}
	return r.Ordered(), true
}

// cutUnit splits a number from what stands behind it.
func cutUnit(text string) (digits, unit string) {
	i := len(text) - len(strings.TrimLeft(text, "0123456789.,"))
	return text[:i], strings.ToLower(text[i:])
}

// moneyUnits are in yuan.
var moneyUnits = map[string]int64{
	"": 1, "元": 1, "k": 1_000, "千": 1_000, "千元": 1_000, "w": 10_000, "万": 10_000, "万元": 10_000,
	"百万": 1_000_000, "百万元": 1_000_000, "m": 1_000_000, "千万": 10_000_000, "千万元": 10_000_000,
	"亿": 100_000_000, "亿元": 100_000_000,
}

// The bounds of what is read.
const (
	fenPerYuan = 100
	mostYuan   = 1_000_000_000_000
)

// bounds are the least and the greatest that a number can be, as the index has it.
func bounds(n search.Number) (least, most int64) {
	switch n {
	case search.NumberPrice:
		return 0, mostYuan * fenPerYuan
	case search.NumberYear:
		return 1900, 2199
	}
	return 1, 9
}

// readNumber reads one end as the index has it; one without a unit has the
// given one.
func readNumber(n search.Number, text, unit string) (int64, bool) {
	digits, own := cutUnit(text)
	if own != "" {
		unit = own
	}
	if n == search.NumberPrice {
		yuan, err := strconv.ParseFloat(strings.ReplaceAll(digits, ",", ""), 64)
		factor, known := moneyUnits[unit]
		if err != nil || !known || yuan*float64(factor) > mostYuan {
			return 0, false
		}
		return int64(yuan*float64(factor)*fenPerYuan + 0.5), true
	}
	suffix := "级"
	if n == search.NumberYear {
		suffix = "年"
	}
	least, most := bounds(n)
	v, err := strconv.ParseInt(digits, 10, 64)
	return v, err == nil && (unit == "" || unit == suffix) && v >= least && v <= most
}

// writeRange is a text that readRange reads.
func writeRange(n search.Number, r search.Range) string {
	end := func(v *int64) string {
		switch {
		case v == nil:
			return ""
		case n != search.NumberPrice:
			return strconv.FormatInt(*v, 10)
		case *v%fenPerYuan == 0:
			return strconv.FormatInt(*v/fenPerYuan, 10)
		}
		return strconv.FormatFloat(float64(*v)/fenPerYuan, 'f', 2, 64)
	}
	return end(r.Min) + ".." + end(r.Max)
}
