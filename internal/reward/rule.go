package reward

import (
	"fmt"
	"math/big"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/money"
)

// Base says of what a rate is taken.
type Base string

// The bases.
const (
	// Total is the conversion income 转化收入总额: receipts less refunds.
	Total Base = "TOTAL"
	// Net is the total less taxes, direct costs and the commission that the
	// seller bears 净收入.
	Net Base = "NET"
)

// Rule says how much of the income goes to the team, and how much of it must
// at least reach the main contributors.
type Rule struct {
	// ID and Version name the rule that a computed result keeps; both are
	// empty in a bare calculation.
	ID      string
	Version int
	// Place is a prefix of a GB/T 2260 code, "" for the whole country.
	Place string
	// EffectiveFrom is the first civil date on which the rule holds.
	EffectiveFrom clock.Date
	Base          Base
	// FloorBps of the base must reach the main contributors.
	FloorBps money.Bps
	// TeamBps of the base goes to the team. Where nothing else was agreed it
	// equals the floor.
	TeamBps money.Bps
}

// Role is a contributor's part in the work.
type Role string

// The roles. Completers and converters are the main contributors 主要贡献人员,
// for whom the law sets its floor.
const (
	Completer Role = "COMPLETER" // 完成人
	Converter Role = "CONVERTER" // 转化人员
	Support   Role = "SUPPORT"   // 其他人员
)

// Main says whether the role counts toward the legal floor.
func (r Role) Main() bool { return r == Completer || r == Converter }

// Contributor is one person of a plan with the weight agreed.
type Contributor struct {
	ID     string
	Role   Role
	Weight int64
	// ChiefLeader 正职领导: may take cash after a collective decision, but no
	// equity.
	ChiefLeader bool
}

// Stable codes of a computation's status.
const (
	// CodeBelowFloor: the rates cannot bring the main contributors to the floor.
	CodeBelowFloor = "main_contributors_below_floor"
	// CodeRefund: more was refunded than received.
	CodeRefund = "refund_exceeds_receipts"
	// CodeInstitution: the institution's share is negative.
	CodeInstitution = "institution_share_negative"
	// CodeChiefLeader: a chief leader would get equity.
	CodeChiefLeader = "chief_leader_equity"
)

// Status is how a computation ended.
type Status string

// The statuses.
const (
	OK Status = "OK"
	// Rejected: the plan or its events break a rule; nothing is paid.
	Rejected Status = "REJECTED"
	// Infeasible: computed, and the institution would pay more than it keeps.
	Infeasible Status = "INFEASIBLE"
)

// validate collects the faults of a rule under a path.
func (r Rule) validate(path string) []errs.Field {
	var faults []errs.Field
	if r.Base != Total && r.Base != Net {
		faults = append(faults, errs.Field{Path: path + ".base", Code: "unknown_value"})
	}
	if r.FloorBps < 0 || r.FloorBps > money.Whole {
		faults = append(faults, errs.Field{Path: path + ".floor_bps", Code: "out_of_range"})
	}
	if r.TeamBps < 0 || r.TeamBps > money.Whole {
		faults = append(faults, errs.Field{Path: path + ".team_bps", Code: "out_of_range"})
	}
	return faults
}

// validateContributors collects the faults of a plan's people. idName is what
// the form that they came in calls a person's id.
func validateContributors(contributors []Contributor, idName string) []errs.Field {
	if len(contributors) == 0 {
		return []errs.Field{{Path: "contributors", Code: "required"}}
	}
	var faults []errs.Field
	seen := make(map[string]bool, len(contributors))
	someWeight, readable := false, true
	for i, c := range contributors {
		fault := func(field, code string) {
			faults = append(faults, errs.Field{Path: fmt.Sprintf("contributors[%d].%s", i, field), Code: code})
		}
		switch {
		case c.ID == "":
			fault(idName, "required")
		case seen[c.ID]:
			fault(idName, "duplicate")
		}
		seen[c.ID] = true
		if !c.Role.Main() && c.Role != Support {
			fault("role", "unknown_value")
		}
		if c.Weight < 0 {
			readable = false
			fault("weight", "negative")
		}
		someWeight = someWeight || c.Weight > 0
	}
	if readable && !someWeight {
		faults = append(faults, errs.Field{Path: "contributors", Code: "weights_sum_zero"})
	}
	return faults
}

// Guarantee tells whether a rule's rates bring the main contributors to the
// floor: team rate × main weight against floor × all weight. Both products
// explain a rejection; they may exceed int64.
type Guarantee struct {
	MainBpsTimesWeight *big.Int
	Required           *big.Int
}

// GuaranteeOf computes the guarantee of a rule over its contributors.
func GuaranteeOf(rule Rule, contributors []Contributor) Guarantee {
	main, all := weights(contributors)
	return Guarantee{
		MainBpsTimesWeight: main.Mul(main, big.NewInt(int64(rule.TeamBps))),
		Required:           all.Mul(all, big.NewInt(int64(rule.FloorBps))),
	}
}

// Holds says whether the floor is reached whatever the income.
func (g Guarantee) Holds() bool { return g.MainBpsTimesWeight.Cmp(g.Required) >= 0 }

// weights sums the main contributors' weights and all weights.
func weights(contributors []Contributor) (main, all *big.Int) {
	main, all = new(big.Int), new(big.Int)
	for _, c := range contributors {
		w := big.NewInt(c.Weight)
		all.Add(all, w)
		if c.Role.Main() {
			main.Add(main, w)
		}
	}
	return main, all
}

// teamRateNeeded is the lowest team rate that brings the main contributors to
// the floor; false when even the whole base does not.
func teamRateNeeded(rule Rule, contributors []Contributor) (money.Bps, bool) {
	main, all := weights(contributors)
	if main.Sign() == 0 {
		return 0, false
	}
	needed := money.DivBig(all.Mul(all, big.NewInt(int64(rule.FloorBps))), main, money.Up)
	if needed.Cmp(big.NewInt(int64(money.Whole))) > 0 {
		return 0, false
	}
	return money.Bps(needed.Int64()), true
}
