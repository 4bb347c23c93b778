package reward

import (
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/money"
	"chengqiao/internal/text"
)

// Earning is what a plan has to know of a contract.
type Earning struct {
	ContractID string
	Name       string
	// Discarded: the draft was given up, nothing will be earned.
	Discarded bool
	// Owners of the contract's components, in the order of their first one.
	Owners []Owner
}

// Owner is an organisation that owns components of a contract.
type Owner struct {
	OrgID string
	Name  text.Text
	// WeightBps is the share of its components in the price.
	WeightBps int64
	// Achievements are its components that are achievements.
	Achievements []OwnedAchievement
}

// OwnedAchievement is an achievement with its share in the price.
type OwnedAchievement struct {
	ID        string
	WeightBps int64
}

// owner finds an owner of the contract; false for any other organisation.
func (e Earning) owner(org string) (Owner, bool) {
	for _, o := range e.Owners {
		if o.OrgID == org {
			return o, true
		}
	}
	return Owner{}, false
}

// Movement is money that moved on a contract, without VAT.
type Movement struct {
	ID string
	Event
	// ReceiptID is the receipt that a refund names; "" for a receipt.
	ReceiptID  string
	On         clock.Date
	RecordedBy string
	RecordedAt time.Time
}

// divide gives each owner, in their order, its part of every movement. A
// receipt and each of its deductions are split over the owners' weights; a
// refund over what each owner still has of the receipt that it names, so that
// no owner gives back more than it got. Movements stand in the order in which
// they were recorded. The error is errs.Conflict CodeRefund for a refund that
// exceeds its receipt or names none.
func divide(owners []Owner, movements []Movement) (map[string][]Event, error) {
	weights := make([]int64, len(owners))
	for i, o := range owners {
		weights[i] = o.WeightBps
	}
	parts := make(map[string][]Event, len(movements))
	left := map[string][]int64{}
	for _, m := range movements {
		if m.Type == Refund {
			held, total := left[m.ReceiptID], int64(0)
			for _, h := range held {
				total += h // never above the receipt's amount
			}
			if m.Amount > total {
				return nil, errs.Newp(ErrRefundExceeds.Kind, ErrRefundExceeds.Code, errs.Params{"short_by_fen": m.Amount - total})
			}
			amounts, err := money.Split(m.Amount, held)
			if err != nil {
				return nil, err
			}
			parts[m.ID] = make([]Event, len(owners))
			for i, a := range amounts {
				held[i] -= a
				parts[m.ID][i] = Event{Type: Refund, Amount: a}
			}
			continue
		}
		received, err := splitReceipt(m.Event, weights)
		if err != nil {
			return nil, err
		}
		parts[m.ID] = received
		held := make([]int64, len(owners))
		for i, e := range received {
			held[i] = e.Amount
		}
		left[m.ID] = held
	}
	return parts, nil
}

// splitReceipt splits a receipt and each of its deductions alone.
func splitReceipt(e Event, weights []int64) ([]Event, error) {
	out := make([]Event, len(weights))
	for i := range out {
		out[i].Type = Receipt
	}
	for _, f := range []struct {
		total int64
		into  func(*Event) *int64
	}{
		{e.Amount, func(p *Event) *int64 { return &p.Amount }},
		{e.Taxes, func(p *Event) *int64 { return &p.Taxes }},
		{e.DirectCosts, func(p *Event) *int64 { return &p.DirectCosts }},
		{e.SellerCommission, func(p *Event) *int64 { return &p.SellerCommission }},
	} {
		parts, err := money.Split(f.total, weights)
		if err != nil {
			return nil, err
		}
		for i, p := range parts {
			*f.into(&out[i]) = p
		}
	}
	return out, nil
}

// planOf chooses the plan that a receipt follows among an owner's plans that
// ever were in effect, by number: the one in effect when the receipt was
// recorded, else the first that came after. It does not depend on when it is
// asked, so that a late computation gives what an early one would have given.
func planOf(plans []Plan, recordedAt time.Time) (Plan, bool) {
	var chosen Plan
	found := false
	for _, p := range plans {
		if !p.began() {
			continue
		}
		if !found || !p.EffectiveAt.After(recordedAt) {
			chosen, found = p, true
		}
	}
	return chosen, found
}
