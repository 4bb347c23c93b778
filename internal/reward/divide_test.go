package reward

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"chengqiao/internal/lifecycle"
)

func TestTheMachinesAreSound(*testing.T) {
	PlanMachine.Validate()
	DistributionMachine.Validate()
}

// Whatever moves on a contract, the owners' parts of each movement sum to it,
// and no owner gives back more of a receipt than it got.
func TestOwnersPartsSumToEachMovement(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		owners := make([]Owner, rapid.IntRange(1, 5).Draw(t, "owners"))
		left := int64(10_000)
		for i := range owners {
			owners[i] = Owner{OrgID: string(rune('a' + i)), WeightBps: left}
			if i < len(owners)-1 {
				owners[i].WeightBps = rapid.Int64Range(0, left).Draw(t, "weight")
				left -= owners[i].WeightBps
			}
		}
		var movements []Movement
		remaining := map[string]int64{}
		var receipts []string
		for i := range rapid.IntRange(1, 12).Draw(t, "movements") {
			id := string(rune('A' + i))
			if len(receipts) > 0 && rapid.Bool().Draw(t, "refund") {
				of := rapid.SampledFrom(receipts).Draw(t, "of")
				amount := rapid.Int64Range(0, remaining[of]).Draw(t, "back")
				remaining[of] -= amount
				movements = append(movements, Movement{ID: id, ReceiptID: of, Event: Event{Type: Refund, Amount: amount}})
				continue
			}
			amount := rapid.OneOf(rapid.Int64Range(0, 9), rapid.Int64Range(0, 1<<60)).Draw(t, "amount")
			remaining[id] = amount
			receipts = append(receipts, id)
			movements = append(movements, Movement{ID: id, Event: Event{
				Type: Receipt, Amount: amount, Taxes: amount / 7, DirectCosts: amount / 3, SellerCommission: amount / 11}})
		}
		parts, err := divide(owners, movements)
		if err != nil {
			t.Fatal(err)
		}
		held := map[string][]int64{}
		for _, m := range movements {
			var sum Event
			of := m.ReceiptID
			if m.Type == Receipt {
				of = m.ID
				held[of] = make([]int64, len(owners))
			}
			for i, p := range parts[m.ID] {
				if p.Type != m.Type || p.fault() != nil {
					t.Fatalf("part %+v of %+v", p, m)
				}
				if owners[i].WeightBps == 0 && p.Amount != 0 {
					t.Fatalf("owner %d has no share and gets %d", i, p.Amount)
				}
				sum.Amount += p.Amount
				sum.Taxes += p.Taxes
				sum.DirectCosts += p.DirectCosts
				sum.SellerCommission += p.SellerCommission
				if m.Type == Receipt {
					held[of][i] += p.Amount
				} else {
					held[of][i] -= p.Amount
				}
				if held[of][i] < 0 {
					t.Fatalf("owner %d gave back more of %s than it got", i, of)
				}
			}
			if sum.Type = m.Type; sum != m.Event {
				t.Fatalf("parts sum to %+v of %+v", sum, m.Event)
			}
		}
	})
}

func TestARefundMustFitItsReceipt(t *testing.T) {
	owners := []Owner{{OrgID: "a", WeightBps: 10_000}}
	receipt := Movement{ID: "r", Event: Event{Type: Receipt, Amount: 10}}
	for name, refund := range map[string]Movement{
		"too much":   {ID: "x", ReceiptID: "r", Event: Event{Type: Refund, Amount: 11}},
		"of nothing": {ID: "x", ReceiptID: "?", Event: Event{Type: Refund, Amount: 1}},
	} {
		if _, err := divide(owners, []Movement{receipt, refund}); !errors.Is(err, ErrRefundExceeds) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAReceiptFollowsThePlanOfItsTime(t *testing.T) {
	at := func(minute int) time.Time { return time.Date(2026, 11, 23, 0, minute, 0, 0, time.UTC) }
	plan := func(number int64, effective int) Plan {
		p := Plan{Number: number, Position: lifecycle.Position{State: PlanEffective}}
		if effective >= 0 {
			p.EffectiveAt = at(effective)
		}
		return p
	}
	plans := []Plan{plan(1, 10), plan(2, 20), plan(3, -1)}
	for minute, want := range map[int]int64{5: 1, 10: 1, 19: 1, 20: 2, 59: 2} {
		if got, ok := planOf(plans, at(minute)); !ok || got.Number != want {
			t.Errorf("a receipt of minute %d follows plan %d, want %d", minute, got.Number, want)
		}
	}
	if _, ok := planOf([]Plan{plan(1, -1)}, at(0)); ok {
		t.Error("a plan that never took effect covers a receipt")
	}
}

func TestTheTeamRateThatWouldDoIsNamed(t *testing.T) {
	people := []Contributor{{ID: "a", Role: Completer, Weight: 9}, {ID: "b", Role: Support, Weight: 1}}
	rule := Rule{Base: Total, FloorBps: 7000, TeamBps: 7000}
	needed, ok := teamRateNeeded(rule, people)
	if !ok || needed != 7778 {
		t.Fatalf("%d %v", needed, ok)
	}
	rule.TeamBps = needed
	if !GuaranteeOf(rule, people).Holds() {
		t.Error("the rate named does not do")
	}
	rule.TeamBps--
	if GuaranteeOf(rule, people).Holds() {
		t.Error("a lower rate would do")
	}
	if _, ok := teamRateNeeded(rule, []Contributor{{Role: Completer, Weight: 1}, {Role: Support, Weight: 1}}); ok {
		t.Error("70 % for half of the weight is more than everything")
	}
	if _, ok := teamRateNeeded(rule, []Contributor{{Role: Support, Weight: 1}}); ok {
		t.Error("no rate brings a floor to nobody")
	}
}
