package reward

import (
	"context"

	"chengqiao/internal/errs"
	"chengqiao/internal/money"
	"chengqiao/internal/policy"
)

// PreviewForm asks what one receipt would give.
type PreviewForm struct {
	Rule         RuleForm
	Contributors []PlanContributor
	// Gross and VAT of the receipt, and its deductions, in fen.
	Gross, VAT                           int64
	Taxes, DirectCosts, SellerCommission int64
}

// Preview computes what one receipt would give each contributor, before
// anything is signed. A negative share of the institution is shown, not
// refused. Errors: errs.Invalid with fields, "rule_below_legal_floor" under
// the law of the acting organisation's place, or CodeBelowFloor.
func (s *Service) Preview(ctx context.Context, actor policy.Actor, f PreviewForm) (Effect, []Share, error) {
	if err := policy.Check(actor, policy.SearchRun, policy.Facts{}).Err(); err != nil {
		return Effect{}, nil, err
	}
	if err := f.check(); err != nil {
		return Effect{}, nil, err
	}
	place, err := s.place(ctx, actor.OrgID)
	if err != nil {
		return Effect{}, nil, err
	}
	rule, err := s.rule(&f.Rule, place)
	if err != nil {
		return Effect{}, nil, err
	}
	if _, err := s.legalFloor(rule, place); err != nil {
		return Effect{}, nil, err
	}
	if err := errs.InvalidFields(contributorFaults(f.Contributors)); err != nil {
		return Effect{}, nil, err
	}
	plan := Plan{Rule: rule, Contributors: f.Contributors}
	if err := belowFloor(rule, plan.people()); err != nil {
		return Effect{}, nil, err
	}
	account, err := Open(rule, plan.people())
	if err != nil {
		return Effect{}, nil, err
	}
	effect, err := account.Apply(Event{
		Type: Receipt, Amount: f.Gross - f.VAT, Taxes: f.Taxes, DirectCosts: f.DirectCosts, SellerCommission: f.SellerCommission,
	})
	if err != nil {
		return Effect{}, nil, err
	}
	return effect, sharesOf(plan, effect), nil
}

func (f PreviewForm) check() error {
	var faults []errs.Field
	// What is left for the deductions, so that what they leave can be written.
	room := money.MaxWritten
	for _, part := range []struct {
		path      string
		fen       int64
		deduction bool
	}{
		{"gross", f.Gross, false}, {"vat", f.VAT, false}, {"taxes", f.Taxes, true},
		{"direct_costs", f.DirectCosts, true}, {"seller_commission", f.SellerCommission, true},
	} {
		switch {
		case part.fen < 0:
			faults = append(faults, errs.Field{Path: part.path, Code: "negative"})
		case part.deduction && part.fen > room:
			faults = append(faults, errs.Field{Path: part.path, Code: "out_of_range"})
		case part.deduction:
			room -= part.fen
		}
	}
	if f.VAT > f.Gross {
		faults = append(faults, errs.Field{Path: "vat", Code: "out_of_range"})
	}
	return errs.InvalidFields(faults)
}
