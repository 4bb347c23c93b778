package match

import (
	"cmp"
	"math/big"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// String is the claim as people read it: metric, value and unit.
func (c Claim) String() string {
	s := c.Metric + ": " + c.Value
	if c.Unit != "" && !strings.Contains(c.Value, c.Unit) {
		s += " " + c.Unit
	}
	return s
}

// against judges a claim on a requirement's threshold. It is unknown where
// there is no threshold, no number, or no way from one unit to the other.
func (c Claim) against(r Requirement) VerdictKind {
	threshold, ok := new(big.Rat).SetString(r.Threshold)
	if !ok || r.Operator == "" {
		return Unknown
	}
	value, claimed, ok := c.quantity()
	if !ok {
		return Unknown
	}
	claimed, wanted := eachOf(c.Metric, claimed), eachOf(r.name(), r.Unit)
	if claimed == "" && isPercent(wanted) && value.isFraction() {
		return value.meetsAsShare(r.Operator, threshold)
	}
	if !sameSpelling(claimed, wanted) && !sameCount(c.Metric, claimed, wanted) {
		from, to, ok := sameKind(claimed, wanted)
		if !ok {
			return Unknown
		}
		if isDifference(c.Metric) || isDifference(r.name()) {
			from.offset, to.offset = nil, nil
		}
		value, threshold = value.inBase(from), to.toBase(threshold)
	}
	if inUse(c.Metric, r.Unit) || inUse(r.name(), r.Unit) {
		return value.serves(r.Operator, threshold, endIn(c.Metric), endIn(r.name()))
	}
	return value.meets(r.Operator, threshold)
}

// name is what a requirement measures as its need calls it.
func (r Requirement) name() string { return cmp.Or(r.Metric, r.Criterion) }

// quantity is a claim's value with its unit, which stands in a field of its own or
// behind the number: "2 万吨" in 吨, "95 %" in %. ok is false where what stands behind
// the number is no such unit, as in "1:3" or "1/3": then it is not that number alone.
func (c Claim) quantity() (v interval, unitName string, ok bool) {
	v, behind, ok := parseQuantity(howMuch(c.Value, c.Metric))
	switch {
	case !ok:
		return interval{}, "", false
	case c.Unit == "":
		return v, behind, true
	case behind == "" || sameSpelling(behind, c.Unit):
		return v, c.Unit, true
	case scales[behind] != nil:
		return v, behind + c.Unit, true
	}
	_, _, ok = sameKind(behind, c.Unit)
	return v, behind, ok
}

func sameSpelling(a, b string) bool { return unitKey(a) == unitKey(b) }

func unitKey(s string) string {
	return unitSpellings.Replace(unitSpellings.Replace(norm.NFKC.String(s)))
}

// commonUnit is the unit of a claim, where what is asked for is of the same kind.
func commonUnit(c Claim, other string) (unit, bool) {
	name := c.Unit
	if name == "" {
		_, name, _ = parseQuantity(howMuch(c.Value, c.Metric))
	}
	if u, _, ok := sameKind(eachOf(c.Metric, name), other); ok {
		return u, true
	}
	if v, _, ok := parseQuantity(c.Value); name == "" && ok && v.isFraction() && isPercent(other) {
		return unit{}, true
	}
	return unit{}, name != "" && sameSpelling(name, other) // HRC, dBi
}
