package contract

import (
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/money"
)

// MovementType tells money that came from money that went back.
type MovementType string

// The types.
const (
	Receipt MovementType = "RECEIPT" // 到账
	Refund  MovementType = "REFUND"  // 退款
)

// Movement is money that really moved on a contract, confirmed by the bank.
// Movements are a record: none is changed or taken away. Amounts are in fen.
type Movement struct {
	ID         string
	ContractID string
	Type       MovementType
	// ReceiptID is the receipt that a refund names; "" for a receipt.
	ReceiptID string
	// On is the civil date of the bank.
	On clock.Date
	// Gross is what the bank moved, with VAT.
	Gross int64
	VAT   int64
	// Taxes, DirectCosts and SellerCommission lessen the seller's net income;
	// a refund has none and gives none back.
	Taxes            int64
	DirectCosts      int64
	SellerCommission int64
	// Refunded is how much of a receipt went back, and RefundedVAT the VAT in
	// it; zero for a refund.
	Refunded      int64
	RefundedVAT   int64
	BankReference string
	Reason        string
	FileID        string
	// Instalment is the place in the payment plan, from 1; 0 when unsaid.
	Instalment int
	// RecordedBy is the account that prepared it: somebody else approves what
	// is paid out of it.
	RecordedBy string
	RecordedAt time.Time
}

// NetOfVAT is the income in it: what rewards are taken of.
func (m Movement) NetOfVAT() int64 { return m.Gross - m.VAT }

// Refundable is what of a receipt has not gone back yet, with VAT.
func (m Movement) Refundable() int64 {
	if m.Type == Refund {
		return 0
	}
	return m.Gross - m.Refunded
}

// withoutCosts is the movement as everybody but the seller sees it: what a
// seller pays in taxes, costs and commission is its own affair.
func (m Movement) withoutCosts() Movement {
	m.Taxes, m.DirectCosts, m.SellerCommission = 0, 0, 0
	return m
}

// ReceiptForm is a receipt to record.
type ReceiptForm struct {
	ReceivedOn       clock.Date
	Gross            money.Amount
	VAT              money.Amount
	Taxes            money.Amount
	DirectCosts      money.Amount
	SellerCommission money.Amount
	BankReference    string
	FileID           string
	Instalment       int
}

// RefundForm is a refund of a receipt to record.
type RefundForm struct {
	RefundedOn    clock.Date
	Gross         money.Amount
	VAT           money.Amount
	BankReference string
	Reason        string
}

// MaxMovements is how many receipts and refunds a contract can have: what a
// weekly royalty brings in twenty years. All of them are read whenever rewards
// are computed.
const MaxMovements = 1000

// MaxReceived is what a contract can receive in all, and what can be deducted
// from it in all, in fen. Sums beyond it would leave the contract or its rewards
// unreadable, and at last uncomputable.
const MaxReceived = money.MaxWritten

// Limits of a movement's texts, in characters.
const (
	MaxBankReference = 100
	MaxRefundReason  = 1000
)

func (f ReceiptForm) check(into Contract, today clock.Date) error {
	var c checker
	c.past("received_on", f.ReceivedOn, today)
	c.positive("gross", f.Gross)
	if f.Gross.Fen() > MaxReceived-into.Received {
		c.add("gross", "out_of_range")
	}
	c.notNegative("vat", f.VAT)
	if f.VAT.Fen() > f.Gross.Fen() {
		c.add("vat", "out_of_range")
	}
	room := max(0, MaxReceived-into.Deducted)
	for _, part := range []struct {
		path   string
		amount money.Amount
	}{{"taxes", f.Taxes}, {"direct_costs", f.DirectCosts}, {"seller_commission", f.SellerCommission}} {
		c.notNegative(part.path, part.amount)
		if part.amount.Fen() > room {
			c.add(part.path, "out_of_range")
		}
		room -= min(room, max(0, part.amount.Fen()))
	}
	c.required("bank_reference", f.BankReference, MaxBankReference)
	if f.Instalment < 0 || f.Instalment > len(into.Terms.Payment.Instalments) {
		c.add("instalment", "out_of_range")
	}
	return errs.InvalidFields(c.fields)
}

func (f RefundForm) check(receipt Movement, today clock.Date) error {
	var c checker
	c.past("refunded_on", f.RefundedOn, today)
	if f.RefundedOn != "" && f.RefundedOn < receipt.On {
		c.add("refunded_on", "before_receipt")
	}
	c.positive("gross", f.Gross)
	c.notNegative("vat", f.VAT)
	if f.VAT.Fen() > f.Gross.Fen() {
		c.add("vat", "out_of_range")
	}
	c.required("bank_reference", f.BankReference, MaxBankReference)
	c.required("reason", f.Reason, MaxRefundReason)
	return errs.InvalidFields(c.fields)
}

// reference is a bank's reference as it is kept: without the spaces and the
// characters without a form that come of copying, in one width, so that the same
// money is not recorded twice.
func reference(typed string) string {
	formed := strings.Map(func(r rune) rune {
		if unicode.IsGraphic(r) || unicode.IsSpace(r) {
			return r
		}
		return -1
	}, norm.NFKC.String(typed))
	return strings.Join(strings.Fields(formed), " ")
}

// checkRefund refuses what would give back more of a receipt than came: in
// all, of its VAT, or of the income in it, from which rewards were paid.
func checkRefund(receipt Movement, gross, vat int64) error {
	over := func(part string, short int64) error {
		return errs.Newp(errs.Conflict, "refund_exceeds_receipts",
			errs.Params{"part": part, "short_by_fen": short})
	}
	if left := receipt.Refundable(); gross > left {
		return over("gross", gross-left)
	}
	if left := receipt.VAT - receipt.RefundedVAT; vat > left {
		return over("vat", vat-left)
	}
	left := receipt.NetOfVAT() - (receipt.Refunded - receipt.RefundedVAT)
	if net := gross - vat; net > left {
		return over("net_of_vat", net-left)
	}
	return nil
}
