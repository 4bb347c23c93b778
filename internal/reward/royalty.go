package reward

import (
	"fmt"
	"math/big"

	"chengqiao/internal/errs"
	"chengqiao/internal/money"
)

// DaysOfYear is the length of a royalty year that says no other.
const DaysOfYear = 365

// RoyaltyTerms are the agreed terms of a royalty 提成: one rate, or tiers.
type RoyaltyTerms struct {
	// Rate of the whole base; nil with tiers.
	Rate *money.Bps
	// Tiers are marginal: each rate applies to the part of the base between
	// the tier before and its own limit.
	Tiers []RoyaltyTier
	// Minimum is due for a full year, in fen; 0 for none.
	Minimum int64
	// Cap is the most that is paid over the whole term, in fen; nil for none.
	Cap *int64
}

// RoyaltyTier is one part of a base with its rate.
type RoyaltyTier struct {
	// UpTo is the end of the tier in fen; nil for the last, which has none.
	UpTo *int64
	Rate money.Bps
}

// RoyaltyPeriod is what happened in the time that is billed.
type RoyaltyPeriod struct {
	// Base is the price, added value, profit or sales that the contract
	// names, in fen.
	Base int64
	// Days billed; nil for a whole year.
	Days *int64
	// YearDays is the year's length; 0 for DaysOfYear.
	YearDays int64
	// PaidBefore is what was paid toward the cap before, in fen.
	PaidBefore int64
	// EntryFeeCredit is what is left of an entry fee that counts toward the
	// royalty 入门费抵扣, in fen.
	EntryFeeCredit int64
}

// RoyaltyDue is a royalty computed, in fen.
type RoyaltyDue struct {
	Royalty    int64
	Minimum    int64
	Payable    int64
	CreditUsed int64
}

// Royalty computes what is due for a period: the royalty rounded half up
// once, at least the minimum pro rata by days, at most what is left of the
// cap, less the entry fee's credit. Errors: errs.Invalid with the paths
// "terms.…", "base_fen", "days" and the like.
func Royalty(terms RoyaltyTerms, period RoyaltyPeriod) (RoyaltyDue, error) {
	if faults := append(terms.faults(), period.faults()...); len(faults) > 0 {
		return RoyaltyDue{}, errs.InvalidFields(faults)
	}
	royalty, err := terms.on(period.Base)
	if err != nil {
		return RoyaltyDue{}, err
	}
	minimum := terms.Minimum
	if period.Days != nil {
		year := period.YearDays
		if year == 0 {
			year = DaysOfYear
		}
		if minimum, err = money.MulDiv(terms.Minimum, *period.Days, year, money.HalfUp); err != nil {
			return RoyaltyDue{}, err
		}
	}
	due := max(royalty, minimum)
	if terms.Cap != nil {
		due = min(due, max(0, *terms.Cap-period.PaidBefore))
	}
	credit := min(due, period.EntryFeeCredit)
	return RoyaltyDue{Royalty: royalty, Minimum: minimum, Payable: due - credit, CreditUsed: credit}, nil
}

// on is the royalty on a base, rounded once.
func (t RoyaltyTerms) on(base int64) (int64, error) {
	if t.Rate != nil {
		return t.Rate.HalfUp(base)
	}
	sum := new(big.Int)
	reached := int64(0)
	for _, tier := range t.Tiers {
		end := base
		if tier.UpTo != nil {
			end = min(base, *tier.UpTo)
		}
		if end <= reached {
			break
		}
		part := new(big.Int).Mul(big.NewInt(end-reached), big.NewInt(int64(tier.Rate)))
		sum.Add(sum, part)
		reached = end
	}
	// No rate exceeds the whole, so that the royalty fits as the base does.
	return money.DivBig(sum, big.NewInt(int64(money.Whole)), money.HalfUp).Int64(), nil
}

func (t RoyaltyTerms) faults() []errs.Field {
	var faults []errs.Field
	fault := func(path, code string) {
		faults = append(faults, errs.Field{Path: "terms." + path, Code: code})
	}
	outOfRange := func(r money.Bps) bool { return r < 0 || r > money.Whole }
	switch {
	case t.Rate == nil && len(t.Tiers) == 0:
		fault("rate_bps", "required")
	case t.Rate != nil && len(t.Tiers) > 0:
		fault("tiers", "rate_given")
	case t.Rate != nil && outOfRange(*t.Rate):
		fault("rate_bps", "out_of_range")
	}
	reached := int64(0)
	for i, tier := range t.Tiers {
		if outOfRange(tier.Rate) {
			fault(fmt.Sprintf("tiers[%d].rate_bps", i), "out_of_range")
		}
		last := i == len(t.Tiers)-1
		limit := fmt.Sprintf("tiers[%d].upto_fen", i)
		switch {
		case tier.UpTo == nil && !last:
			fault(limit, "required")
		case tier.UpTo != nil && last:
			fault(limit, "last_tier_limited")
		case tier.UpTo != nil && *tier.UpTo <= reached:
			fault(limit, "not_ascending")
		case tier.UpTo != nil:
			reached = *tier.UpTo
		}
	}
	if t.Minimum < 0 {
		fault("minimum_fen", "negative")
	}
	if t.Cap != nil && *t.Cap < 0 {
		fault("cap_fen", "negative")
	}
	return faults
}

func (p RoyaltyPeriod) faults() []errs.Field {
	var faults []errs.Field
	if p.Days != nil && *p.Days < 0 {
		faults = append(faults, errs.Field{Path: "days", Code: "negative"})
	}
	for _, f := range []struct {
		name  string
		value int64
	}{
		{"base_fen", p.Base},
		{"year_days", p.YearDays},
		{"paid_before_fen", p.PaidBefore},
		{"entry_fee_credit_fen", p.EntryFeeCredit},
	} {
		if f.value < 0 {
			faults = append(faults, errs.Field{Path: f.name, Code: "negative"})
		}
	}
	return faults
}
