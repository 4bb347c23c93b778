package match

import (
	"cmp"
	"math/big"
	"strings"

	"chengqiao/internal/quantity"
	"chengqiao/internal/text"
)

// claim is a claim in the words of one language.
type claim struct {
	locale, metric, value, unit, conditions string
}

// worded is the claim in each language in which its metric has a name, Chinese first.
func (c Claim) worded() []claim {
	var out []claim
	for _, locale := range c.Metric.Languages() {
		out = append(out, claim{locale, c.Metric.In(locale), c.Value, c.Unit, c.Conditions.In(locale)})
	}
	return out
}

// requirement is a requirement in the words of one language.
type requirement struct {
	locale, criterion, metric, operator, threshold, unit string
}

// worded is the requirement in each language in which it says anything, Chinese
// first. What it says in the other one alone, such as COP, stands in both.
func (r Requirement) worded() []requirement {
	var out []requirement
	for _, locale := range (text.Text{Zh: r.Criterion.Zh + r.Metric.Zh, En: r.Criterion.En + r.Metric.En}).Languages() {
		w := requirement{locale, r.Criterion.In(locale), r.Metric.In(locale), r.Operator, r.Threshold, r.Unit}
		if len(out) == 0 || w.criterion != out[0].criterion || w.metric != out[0].metric {
			out = append(out, w)
		}
	}
	return out
}

// String is the claim as people read it: metric, value and unit.
func (c claim) String() string {
	s := c.metric + ": " + c.value
	if c.unit != "" && !strings.Contains(c.value, c.unit) {
		s += " " + c.unit
	}
	return s
}

// against judges a claim on a requirement's threshold. It is unknown where
// there is no threshold, no number, or no way from one unit to the other.
func (c claim) against(r requirement) VerdictKind {
	threshold, ok := new(big.Rat).SetString(r.threshold)
	if !ok || r.operator == "" {
		return Unknown
	}
	value, claimed, ok := c.quantity()
	if !ok {
		return Unknown
	}
	claimed, wanted := quantity.EachOf(c.metric, claimed), quantity.EachOf(r.name(), r.unit)
	if claimed == "" && quantity.IsPercent(wanted) && isFraction(value) {
		return meetsAsShare(value, r.operator, threshold)
	}
	if !quantity.SameSpelling(claimed, wanted) && !quantity.SameCount(c.metric, claimed, wanted) {
		from, to, ok := quantity.SameKind(claimed, wanted)
		if !ok {
			return Unknown
		}
		if isDifference(c.metric) || isDifference(r.name()) {
			from, to = from.OfDifference(), to.OfDifference()
		}
		value, threshold = value.InBase(from), to.ToBase(threshold)
	}
	if quantity.Serving(c.metric, r.unit) || quantity.Serving(r.name(), r.unit) {
		return serves(value, r.operator, threshold, endIn(c.metric), endIn(r.name()))
	}
	return meets(value, r.operator, threshold)
}

// name is what a requirement measures as its need calls it.
func (r requirement) name() string { return cmp.Or(r.metric, r.criterion) }

// quantity is a claim's value with its unit, which stands in a field of its own or
// behind the number: "2 万吨" in 吨, "95 %" in %. ok is false where what stands behind
// the number is no such unit, as in "1:3" or "1/3": then it is not that number alone.
func (c claim) quantity() (v quantity.Interval, unitName string, ok bool) {
	v, behind, ok := quantity.Parse(quantity.HowMuch(c.value, c.metric))
	switch {
	case !ok:
		return quantity.Interval{}, "", false
	case c.unit == "":
		return v, behind, true
	case behind == "" || quantity.SameSpelling(behind, c.unit):
		return v, c.unit, true
	case quantity.IsScale(behind):
		return v, behind + c.unit, true
	}
	_, _, ok = quantity.SameKind(behind, c.unit)
	return v, behind, ok
}

// commonUnit is the unit of a claim, where what is asked for is of the same kind.
func commonUnit(c claim, other string) (quantity.Unit, bool) {
	name := c.unit
	if name == "" {
		_, name, _ = quantity.Parse(quantity.HowMuch(c.value, c.metric))
	}
	if u, _, ok := quantity.SameKind(quantity.EachOf(c.metric, name), other); ok {
		return u, true
	}
	if v, _, ok := quantity.Parse(c.value); name == "" && ok && isFraction(v) && quantity.IsPercent(other) {
		return quantity.Unit{}, true
	}
	return quantity.Unit{}, name != "" && quantity.SameSpelling(name, other) // HRC, dBi
}
