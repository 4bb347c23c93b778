package match

import (
	"math/big"
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// interval is what a claim says of a number: between low and high, either of
// which may be open (nil).
type interval struct {
	low, high *big.Rat
}

const numberPattern = `[+-]?\d{1,15}(?:\.\d{1,9})?(?:\s*(?:[x×*]\s*10\s*\^?\s*|[eE])([+-]?\d{1,2}))?`

var (
	numberRE    = regexp.MustCompile(numberPattern)
	thousandsRE = regexp.MustCompile(`(\d),(\d{3})`)
	atLeastRE   = regexp.MustCompile(`(?i)^(?:≥|>=|>|＞|不低于|不少于|不小于|大于|高于|超过|至少|最低|at least|over|more than|above|min\.?)`)
	atMostRE    = regexp.MustCompile(`(?i)^(?:≤|<=|<|＜|不高于|不超过|不大于|不多于|小于|低于|至多|最高|at most|less than|below|under|up to|max\.?)`)
	aboutRE     = regexp.MustCompile(`(?i)^(?:约|大约|约为|近|达到|达|可达|为|~|≈|about|approx\.?|=)`)
	rangeRE     = regexp.MustCompile(`^\s*(?:-|–|—|~|～|至|到|to)\s*`)
	toleranceRE = regexp.MustCompile(`^\s*(?:±|\+/-)\s*`)
)

// parseQuantity reads a claim's value: "≥95", "80~90 %", "1.2×10^5 次", "约 300
// Wh/kg", "90±2". rest is the unit that stands behind the number. ok is false
// where there is no number to compare.
func parseQuantity(s string) (v interval, rest string, ok bool) {
	s = strings.TrimSpace(norm.NFKC.String(s))
	for thousandsRE.MatchString(s) {
		s = thousandsRE.ReplaceAllString(s, "$1$2")
	}
	s, bound := leadingWords(s)
	first, after, ok := leadingNumber(s)
	if !ok {
		return interval{}, "", false
	}
	v, rest = interval{first, first}, after
	if m := rangeRE.FindString(after); m != "" {
		if second, end, ok := leadingNumber(after[len(m):]); ok && second.Cmp(first) >= 0 {
			v, rest = interval{first, second}, end
		}
	} else if m := toleranceRE.FindString(after); m != "" {
		if by, end, ok := leadingNumber(after[len(m):]); ok && by.Sign() >= 0 {
			v = interval{new(big.Rat).Sub(first, by), new(big.Rat).Add(first, by)}
			rest = end
		}
	}
	rest = strings.TrimSpace(rest)
	for suffix, open := range map[string]string{"以上": ">", "以下": "<", "以内": "<"} {
		if cut, found := strings.CutSuffix(rest, suffix); found {
			rest, bound = strings.TrimSpace(cut), open
		}
	}
	switch bound {
	case ">":
		v.high = nil
	case "<":
		v.low = nil
	}
	return v, rest, true
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
	at := numberRE.FindStringSubmatchIndex(s)
	if at == nil || at[0] != 0 {
		return nil, "", false
	}
	mantissa := s[:at[1]]
	if i := strings.IndexAny(mantissa, " x×*eE"); i > 0 {
		mantissa = mantissa[:i]
	}
	r, ok := new(big.Rat).SetString(strings.TrimPrefix(mantissa, "+"))
	if !ok {
		return nil, "", false
	}
	if at[2] >= 0 {
		power, ok := new(big.Rat).SetString("1e" + strings.TrimPrefix(s[at[2]:at[3]], "+"))
		if !ok {
			return nil, "", false
		}
		r.Mul(r, power)
	}
	return r, s[at[1]:], true
}

// meets judges an interval against a threshold: met, unmet, or unknown where
// the interval reaches over it.
func (v interval) meets(operator string, threshold *big.Rat) VerdictKind {
	atLeast := func(x *big.Rat) bool { return x != nil && x.Cmp(threshold) >= 0 }
	atMost := func(x *big.Rat) bool { return x != nil && x.Cmp(threshold) <= 0 }
	below := func(x *big.Rat) bool { return x != nil && x.Cmp(threshold) < 0 }
	above := func(x *big.Rat) bool { return x != nil && x.Cmp(threshold) > 0 }
	switch {
	case operator == ">=" && atLeast(v.low), operator == "<=" && atMost(v.high):
		return Met
	case operator == ">=" && below(v.high), operator == "<=" && above(v.low):
		return Unmet
	case operator == "=" && v.low != nil && v.high != nil && atMost(v.low) && atLeast(v.high):
		return Met
	case operator == "=" && (above(v.low) || below(v.high)):
		return Unmet
	}
	return Unknown
}

func (v interval) inBase(u unit) interval {
	convert := func(x *big.Rat) *big.Rat {
		if x == nil {
			return nil
		}
		return u.toBase(x)
	}
	return interval{convert(v.low), convert(v.high)}
}
