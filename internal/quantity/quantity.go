package quantity

import (
	"cmp"
	"math/big"
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Interval is what is said of a number: between low and high, either of
// which may be open (nil).
type Interval struct {
	Low, High *big.Rat
}

// A number is a decimal, one times a power of ten, or such a power alone. What
// the power has lost its mark of, as "1.2×105", is not read as one.
var (
	numberRE    = regexp.MustCompile(`^(?:([+-]?\d{1,15}(?:\.\d{1,9})?)(?:\s*[x×*·]\s*10\s*\^\s*([+-]?\d{1,2})|[eE]([+-]?\d{1,2}))|10\^([+-]?\d{1,2})|([+-]?\d{1,15}(?:\.\d{1,9})?))`)
	thousandsRE = regexp.MustCompile(`(\d),(\d{3})`)
	// spacedRE are thousands that a space sets apart, as standards have it: 15 000 次.
	spacedRE    = regexp.MustCompile(`(^|[^\d.,])(\d{1,3}(?: \d{3})*) ((?:\d{3})+)(\D|$)`)
	belowZeroRE = regexp.MustCompile(`(^|[~至到≥≤<>]\s*|\bto\s+)(?:[–—]|零下\s*|(?i:minus)\s+)(\d)`)
	raisedRE    = regexp.MustCompile(`[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+`)
	atLeastRE   = regexp.MustCompile(`(?i)^(?:≥|≧|⩾|≮|>=|>|不低于|不少于|不小于|大于或?等于|大于|高于|多于|超过?|逾|至少|最低|at least|over|more than|no(?:t)? (?:less|fewer|lower) than|(?:greater|higher|longer) than|above|minimum(?: of)?|min\.?)`)
	atMostRE    = regexp.MustCompile(`(?i)^(?:≤|≦|⩽|≯|<=|<|不高于|不超过|不大于|不多于|小于或?等于|小于|低于|少于|不到|不足|至多|最高|高达|at most|less than|no(?:t)? (?:more|greater|higher) than|not exceeding|lower than|below|under|up to|within|maximum(?: of)?|max\.?)`)
	aboutRE     = regexp.MustCompile(`(?i)^(?:约|大约|约为|近|从|由|达到|达|可达|为|~|≈|±|\+/-|about|approx\.?|from\b|between\b|=)`)
	rangeRE     = regexp.MustCompile(`^([^~至到–—-]*?)\s*(?:([~至到]|\b(?:to|and)\b)|—+|[–-])\s*`)
	toleranceRE = regexp.MustCompile(`^\s*(?:±|\+/-)\s*`)
	moreRE      = regexp.MustCompile(`^\s*[+余多]`)
	remarkRE    = regexp.MustCompile(`(?:^|[^/*·])(\(|[,;])`)
	// symbolRE is what a value is called in a formula: D50=80 nm.
	symbolRE = regexp.MustCompile(`^\p{L}[\p{L}\d^]{0,5}\s*=\s*`)
	// changedRE is what a value was before it changed: 由150降至90, 85%→95%, 提高5个百分点，达50%.
	changedRE = regexp.MustCompile(`^(?:[^,;]{0,20}?(?:提高|提升|上升|升高|增加|降低|下降|减少|缩短|延长)[^,;]{1,20},\s*可?达到?\s*(\d)|[^,;]{0,20}?(?:提高|提升|上升|升高|增加|增|降低|下降|降|减少|减|缩短|缩|延长)(?:至|到|为)|[^,;→>]{1,20}(?:→|->)|(?i:raised|increased|improved|reduced|decreased|lowered|cut|shortened|extended)\s(?i:from\s[^,;]{1,20}?\s)?(?i:to)\s)\s*`)
)

// changes are words by which something changes, with those that the name of a
// metric has which is one of how much: 提高 15 % of 增产率.
var changes = []struct{ by, of *regexp.Regexp }{
	{regexp.MustCompile(`^\s*(?:(?:提高|提升|增加|增长|增产|上升|增)了?|(?i:increased|improved|raised)\s+by\s)\s*`), regexp.MustCompile(`增|提高|提升|(?i:increase|improvement|gain)`)},
	{regexp.MustCompile(`^\s*(?:(?:降低|下降|减少|缩短|节约|节省|节|降|减)了?|(?i:reduced|decreased|lowered|cut|saved)\s+by\s)\s*`), regexp.MustCompile(`降|减|缩短|节|(?i:reduction|decrease|saving)`)},
}

// HowMuch is a value of a metric of how much something changes, without the word that
// says that it does.
func HowMuch(value, metric string) string {
	for _, c := range changes {
		if c.of.MatchString(metric) {
			value = c.by.ReplaceAllString(value, "")
		}
	}
	return value
}

// openEnds are what stands behind a number and says how it bounds.
var openEnds = []struct{ suffix, bound string }{
	{"及以上", ">"}, {"以上", ">"}, {"及以下", "<"}, {"以下", "<"}, {"以内", "<"}, {"之内", "<"}, {"内", "<"}, {"左右", ""}, {"之间", ""},
	{" or more", ">"}, {" or higher", ">"}, {" or above", ">"}, {" and above", ">"}, {" min", ">"}, {"+", ">"},
	{" or less", "<"}, {" or lower", "<"}, {" or below", "<"}, {" and below", "<"}, {" max", "<"},
}

// Parse reads a claim's value: "≥95", "80~90 %", "-40℃~85℃", "零下 20 ℃", "1.2×10⁵ 次", "15 000 h",
// "约 300 Wh/kg", "90±2", "±0.02 mm" (how far it goes to either side). rest is the
// unit that stands behind the number. ok is false where there is no number to compare.
func Parse(s string) (v Interval, rest string, ok bool) {
	s = strings.TrimSpace(norm.NFKC.String(raisedRE.ReplaceAllStringFunc(s, raised)))
	s = belowZeroRE.ReplaceAllString(strings.ReplaceAll(s, "\u2212", "-"), "$1-$2") // the minus sign
	for spacedRE.MatchString(s) {
		s = spacedRE.ReplaceAllString(s, "$1$2$3$4")
	}
	for thousandsRE.MatchString(s) {
		s = thousandsRE.ReplaceAllString(s, "$1$2")
	}
	s = symbolRE.ReplaceAllString(changedRE.ReplaceAllString(s, "$1"), "")
	s, bound := leadingWords(s)
	first, rest, ok := leadingNumber(s)
	if !ok {
		return Interval{}, "", false
	}
	v = Interval{first, first}
	if span, behind, ok := spanFrom(first, rest); ok {
		v, rest = span, behind
	} else if m := toleranceRE.FindString(rest); m != "" {
		if by, end, ok := leadingNumber(rest[len(m):]); ok && by.Sign() >= 0 {
			v = Interval{new(big.Rat).Sub(first, by), new(big.Rat).Add(first, by)}
			rest = end
		}
	} else if m := moreRE.FindString(rest); m != "" {
		rest, bound = rest[len(m):], ">"
	}
	rest = withoutRemark(rest)
	for _, end := range openEnds {
		if cut, found := strings.CutSuffix(rest, end.suffix); found {
			rest = strings.TrimSpace(cut)
			if end.bound != "" {
				bound = end.bound
			}
			break
		}
	}
	switch bound {
	case ">":
		v.High = nil
	case "<":
		v.Low = nil
	}
	return v, rest, true
}

// raised writes a raised number as "^5": folded it would be digits of the number before.
func raised(s string) string { return "^" + norm.NFKC.String(s) }

// spanFrom reads what stands behind a first number as the rest of a range: "~90 %",
// "℃~85℃", "万~3万吨". The unit may stand at both ends, and rest is that of both. A
// hyphen may stand in a unit as well ("mg·L-1"), so that there the ends must agree.
func spanFrom(first *big.Rat, s string) (v Interval, rest string, ok bool) {
	at := rangeRE.FindStringSubmatchIndex(s)
	if at == nil {
		return Interval{}, "", false
	}
	second, rest, ok := leadingNumber(s[at[1]:])
	if !ok {
		return Interval{}, "", false
	}
	rest = strings.TrimSpace(rest)
	between, unmistakable := strings.TrimSpace(s[at[2]:at[3]]), at[4] >= 0
	switch {
	case between == "" || strings.HasPrefix(rest, between):
	case rest == "" && unmistakable:
		rest = between
	default:
		return Interval{}, "", false
	}
	if second.Cmp(first) < 0 {
		if !unmistakable { // "10-5" is a power that has lost its mark
			return Interval{}, "", false
		}
		first, second = second, first
	}
	return Interval{first, second}, rest, true
}

// withoutRemark is a unit without what is remarked behind it: "次(25℃,1C)". The
// brackets of "kWh/(m2·a)" are no remark.
func withoutRemark(s string) string {
	if at := remarkRE.FindStringSubmatchIndex(s); at != nil {
		s = s[:at[2]]
	}
	return strings.TrimSpace(s)
}

// leadingWords takes off what stands before the number and says how it bounds
// it: ">" from below, "<" from above, "" not.
func leadingWords(s string) (rest, bound string) {
	for {
		var m string
		switch {
		case atLeastRE.MatchString(s):
			m, bound = atLeastRE.FindString(s), ">"
		case atMostRE.MatchString(s):
			m, bound = atMostRE.FindString(s), "<"
		case aboutRE.MatchString(s):
			m = aboutRE.FindString(s)
		default:
			return s, bound
		}
		s = strings.TrimSpace(s[len(m):])
	}
}

// leadingNumber reads the number that s begins with.
func leadingNumber(s string) (*big.Rat, string, bool) {
	m := numberRE.FindStringSubmatch(s)
	if m == nil {
		return nil, "", false
	}
	mantissa := cmp.Or(m[1], m[5], "1")
	r, ok := new(big.Rat).SetString(strings.TrimPrefix(mantissa, "+"))
	if !ok {
		return nil, "", false
	}
	if exponent := m[2] + m[3] + m[4]; exponent != "" {
		power, ok := new(big.Rat).SetString("1e" + strings.TrimPrefix(exponent, "+"))
		if !ok {
			return nil, "", false
		}
		r.Mul(r, power)
	}
	return r, s[len(m[0]):], true
}

// InBase is the interval, of a unit, in base units.
func (v Interval) InBase(u Unit) Interval {
	convert := func(x *big.Rat) *big.Rat {
		if x == nil {
			return nil
		}
		return u.ToBase(x)
	}
	return Interval{convert(v.Low), convert(v.High)}
}
