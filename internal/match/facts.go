package match

import (
	"slices"
	"strings"
)

// facts are what is compared beside the texts.
type facts struct {
	field, industry, region string
	trl                     int8
	price                   int64
	rights                  Rights
	ip                      IPState
	// measured: a claim is made, or a criterion has a threshold. Where both are, a
	// pair's score may still move (see RequirementFit).
	measured bool
}

func factsOf(v *View) facts {
	return facts{
		field: v.TechnicalField, industry: section(v.Industry), region: province(v.Region),
		trl: int8(max(0, min(v.TRL, 9))), price: max(0, v.PriceFen), rights: v.Rights, ip: v.IP,
		measured: len(v.Claims) > 0 || slices.ContainsFunc(v.Requirements, func(r Requirement) bool { return r.Threshold != "" }),
	}
}

// section is the section letter of an industry of GB/T 4754.
func section(industry string) string {
	if industry == "" {
		return ""
	}
	return strings.ToUpper(industry[:1])
}

// province is the province of a code of GB/T 2260, or the country of ISO 3166
// as it stands.
func province(region string) string {
	if len(region) == 6 && region[0] >= '0' && region[0] <= '9' {
		return region[:2]
	}
	return region
}

// against sets the features of a need's facts with a result's.
func (need facts) against(result *facts, out *values) {
	set := func(at int, v float64) {
		if v != 0 {
			out.set(at, v)
		}
	}
	set(atSameField, agree(need.field, result.field))
	set(atSameIndustry, agree(need.industry, result.industry))
	set(atSameRegion, max(agree(need.region, result.region), 0))
	if need.trl > 0 && result.trl > 0 {
		set(atReadiness, 1)
		if gap := need.trl - result.trl; gap > 0 {
			set(atReadiness, max(-1, -0.25*float64(gap)))
		}
	}
	if need.price > 0 && result.price > 0 {
		set(atPriceFit, 1)
		if over := result.price - need.price; over > 0 {
			set(atPriceFit, max(-1, -float64(over)/float64(need.price)))
		}
	}
	switch result.rights {
	case RightsFree:
		set(atRightsFit, 1)
	case RightsPartly:
		set(atRightsFit, 0.5)
	case RightsTaken:
		set(atRightsFit, -1)
	}
	switch result.ip {
	case IPGranted:
		set(atProtection, 1)
	case IPPending:
		set(atProtection, 0.5)
	}
}

// agree is 1 for the same known value, -1 for two different ones, else 0.
func agree(a, b string) float64 {
	switch {
	case a == "" || b == "":
		return 0
	case a == b:
		return 1
	}
	return -1
}
