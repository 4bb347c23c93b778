package contract

import (
	"testing"

	"pgregory.net/rapid"

	"chengqiao/internal/errs"
	"chengqiao/internal/money"
	"chengqiao/internal/text"
)

func TestTheMachineIsSound(*testing.T) { Machine.Validate() }

func goodTerms() Terms {
	return Terms{
		Type: LicencePatent, Name: "电池回收工艺许可", Total: money.Fen(100_000_00), TechnologyAmount: money.Fen(80_000_00),
		Payment: PaymentPlan{Kind: Instalments, Instalments: []Instalment{
			{Amount: money.Fen(30_000_00), DueOn: "2026-12-01"},
			{Amount: money.Fen(70_000_00), Milestone: "中试验收"},
		}},
		BeginOn: "2026-12-01", EndOn: "2028-11-30",
	}
}

func TestGoodTermsHaveNoFault(t *testing.T) {
	if faults := goodTerms().faults(""); len(faults) > 0 {
		t.Errorf("%+v", faults)
	}
	lump := goodTerms()
	lump.Payment = PaymentPlan{Kind: LumpSum, DueOn: "2026-12-01"}
	if faults := lump.faults(""); len(faults) > 0 {
		t.Errorf("%+v", faults)
	}
}

func TestFaultsOfTermsAreNamedByPath(t *testing.T) {
	usd, err := money.New(1, "USD")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		path  string
		spoil func(*Terms)
		code  string
	}{
		{"terms.type", func(x *Terms) { x.Type = "gift" }, "unknown_value"},
		{"terms.name", func(x *Terms) { x.Name = "" }, "required"},
		{"terms.total", func(x *Terms) { x.Total, x.TechnologyAmount = money.Fen(0), money.Fen(0) }, "not_positive"},
		{"terms.technology_amount", func(x *Terms) { x.TechnologyAmount = money.Fen(100_000_01) }, "out_of_range"},
		{"terms.end_on", func(x *Terms) { x.EndOn = "2026-11-30" }, "before_begin"},
		{"terms.begin_on", func(x *Terms) { x.BeginOn = "2026-2-30" }, "wrong_format"},
		{"terms.payment.kind", func(x *Terms) { x.Payment.Kind = "barter" }, "unknown_value"},
		{"terms.payment.instalments", func(x *Terms) { x.Payment.Instalments[0].Amount = money.Fen(1) }, "sum_differs_from_total"},
		{"terms.payment.instalments[1].amount", func(x *Terms) { x.Payment.Instalments[1].Amount = usd }, "currency_not_cny"},
		{"terms.payment.instalments[0].due_on", func(x *Terms) { x.Payment.Instalments[0].DueOn = "" }, "date_or_milestone_required"},
		{"terms.payment.due_on", func(x *Terms) { x.Payment.DueOn = "2026-12-01" }, "only_with_lump_sum"},
		{"terms.notes", func(x *Terms) { x.Notes = string(make([]rune, MaxNotes+1)) }, "too_long"},
		{"terms.payment.instalments[1].amount", func(x *Terms) { x.Payment.Instalments[1].Amount = money.Fen(-1) }, "not_positive"},
	} {
		terms := goodTerms()
		c.spoil(&terms)
		found := false
		for _, f := range terms.faults("terms.") {
			found = found || f.Path == c.path && f.Code == c.code
		}
		if !found {
			t.Errorf("%s: no %s in %+v", c.path, c.code, terms.faults("terms."))
		}
	}
	none := goodTerms()
	none.Payment.Instalments = nil
	if faults := none.faults(""); len(faults) != 1 || faults[0].Path != "payment.instalments" || faults[0].Code != "required" {
		t.Errorf("no instalments: %+v", faults)
	}
}

func TestRefundsNeverExceedTheirReceiptInAnyPart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		receipt := Movement{Type: Receipt, Gross: rapid.Int64Range(1, 1000).Draw(t, "gross")}
		receipt.VAT = rapid.Int64Range(0, receipt.Gross).Draw(t, "vat")
		for range 20 {
			gross := rapid.Int64Range(1, 400).Draw(t, "refund")
			vat := rapid.Int64Range(0, gross).Draw(t, "refunded vat")
			err := checkRefund(receipt, gross, vat)
			after := receipt
			after.Refunded += gross
			after.RefundedVAT += vat
			fits := after.Refunded <= receipt.Gross && after.RefundedVAT <= receipt.VAT &&
				after.Refunded-after.RefundedVAT <= receipt.NetOfVAT()
			if (err == nil) != fits {
				t.Fatalf("%d with VAT %d of %+v: %v", gross, vat, receipt, err)
			}
			if err != nil {
				if errs.CodeOf(err) != "refund_exceeds_receipts" || errs.As(err).Params["short_by_fen"].(int64) <= 0 {
					t.Fatalf("%v", err)
				}
				continue
			}
			receipt = after
		}
	})
}

func TestOwnersAddUpTheirComponents(t *testing.T) {
	c := Contract{Components: []Component{
		{OwnerOrg: "b", OwnerName: text.Zh("乙"), WeightBps: 2500},
		{OwnerOrg: "a", OwnerName: text.Zh("甲"), WeightBps: 6000},
		{OwnerOrg: "b", OwnerName: text.Zh("乙"), WeightBps: 1500},
	}}
	owners := c.Owners()
	if len(owners) != 2 || owners[0].OrgID != "b" || owners[0].WeightBps != 4000 || owners[1].WeightBps != 6000 {
		t.Errorf("%+v", owners)
	}
}
