package reward

import (
	"fmt"

	"chengqiao/internal/errs"
	"chengqiao/internal/money"
)

// AgreedAmount is what a fixed plan gives one contributor, in fen.
type AgreedAmount struct {
	ID     string
	Role   Role
	Amount int64
}

// AgreementOutcome tells whether agreed amounts stand.
type AgreementOutcome struct {
	Status Status
	// Code is CodeBelowFloor or CodeInstitution; "" when Status is OK.
	Code string
	// Minimum is the main contributors' floor in fen; ShortBy what is missing.
	Minimum     int64
	ShortBy     int64
	Institution int64
}

// CheckAgreement holds amounts that were agreed person by person, instead of
// by weights, against the floor and against the net income. The base is in
// fen under whichever Base the rule has. Errors: errs.Invalid with the paths
// "floor_bps", "plan[0].amount_fen" and the like.
func CheckAgreement(base, net int64, floor money.Bps, plan []AgreedAmount) (AgreementOutcome, error) {
	main, all, err := agreedTotals(floor, plan)
	if err != nil {
		return AgreementOutcome{}, err
	}
	minimum, err := floor.Ceil(max(0, base))
	if err != nil {
		return AgreementOutcome{}, err
	}
	if main < minimum {
		return AgreementOutcome{Status: Rejected, Code: CodeBelowFloor, Minimum: minimum, ShortBy: minimum - main}, nil
	}
	institution, err := money.Sub(net, all)
	if err != nil {
		return AgreementOutcome{}, err
	}
	out := AgreementOutcome{Status: OK, Minimum: minimum, Institution: institution}
	if institution < 0 {
		out.Status, out.Code = Infeasible, CodeInstitution
	}
	return out, nil
}

// agreedTotals sums what the main contributors and what all get.
func agreedTotals(floor money.Bps, plan []AgreedAmount) (main, all int64, err error) {
	var faults []errs.Field
	if floor < 0 || floor > money.Whole {
		faults = append(faults, errs.Field{Path: "floor_bps", Code: "out_of_range"})
	}
	seen := make(map[string]bool, len(plan))
	amounts := make([]int64, 0, len(plan))
	for i, p := range plan {
		fault := func(field, code string) {
			faults = append(faults, errs.Field{Path: fmt.Sprintf("plan[%d].%s", i, field), Code: code})
		}
		switch {
		case p.ID == "":
			fault("id", "required")
		case seen[p.ID]:
			fault("id", "duplicate")
		}
		seen[p.ID] = true
		if !p.Role.Main() && p.Role != Support {
			fault("role", "unknown_value")
		}
		if p.Amount < 0 {
			fault("amount_fen", "negative")
		}
		amounts = append(amounts, p.Amount)
	}
	if len(faults) > 0 {
		return 0, 0, errs.InvalidFields(faults)
	}
	if all, err = money.Sum(amounts...); err != nil {
		return 0, 0, errs.InvalidFields([]errs.Field{{Path: "plan", Code: errs.CodeOf(err)}})
	}
	for _, p := range plan {
		if p.Role.Main() {
			// No more than the sum of all, which fits.
			main += p.Amount
		}
	}
	return main, all, nil
}
