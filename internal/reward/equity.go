package reward

import (
	"chengqiao/internal/errs"
)

// EquityOutcome is how shares taken for an achievement 作价入股 are divided.
type EquityOutcome struct {
	Status Status
	// Code is CodeChiefLeader (ContributorID says who) or CodeBelowFloor
	// (Guarantee explains it); "" when Status is OK.
	Code          string
	ContributorID string
	Guarantee     *Guarantee

	TeamShares        int64
	InstitutionShares int64
	// Shares stand in the contributors' order.
	Shares []int64
}

// Equity divides integer shares: the team gets its rate rounded up, the main
// contributors theirs of it, each group by largest remainder. A chief leader
// of the institution may take cash but no equity. A rule's Base has no
// meaning for shares and is not looked at. Errors: errs.Invalid with the
// paths "shares", "rule.…", "contributors[…]…".
func Equity(rule Rule, shares int64, contributors []Contributor) (EquityOutcome, error) {
	rule.Base = Total
	account, err := Open(rule, contributors)
	if err != nil {
		return EquityOutcome{}, err
	}
	if shares < 0 {
		return EquityOutcome{}, errs.InvalidFields([]errs.Field{{Path: "shares", Code: "negative"}})
	}
	for _, c := range contributors {
		if c.ChiefLeader {
			return EquityOutcome{Status: Rejected, Code: CodeChiefLeader, ContributorID: c.ID}, nil
		}
	}
	if g := GuaranteeOf(rule, contributors); !g.Holds() {
		return EquityOutcome{Status: Rejected, Code: CodeBelowFloor, Guarantee: &g}, nil
	}
	// Shares divide as one receipt of as many fen would.
	effect, err := account.Apply(Event{Type: Receipt, Amount: shares})
	if err != nil {
		return EquityOutcome{}, err
	}
	return EquityOutcome{
		Status: OK, TeamShares: effect.Pool, InstitutionShares: effect.Institution, Shares: effect.Shares,
	}, nil
}
