package reward

import (
	"errors"
	"fmt"
	"math/big"

	"chengqiao/internal/errs"
	"chengqiao/internal/money"
)

// EventType tells money that came from money that went back.
type EventType string

// The types.
const (
	Receipt EventType = "RECEIPT" // 到账
	Refund  EventType = "REFUND"  // 退款
)

// ErrRefundExceeds: more would be refunded than is left of the receipts;
// Params["short_by_fen"] says by how much.
var ErrRefundExceeds = errs.New(errs.Conflict, CodeRefund)

// Event is money that moved on a contract, in fen, without VAT. A refund has
// an amount alone: it does not give deductions back.
type Event struct {
	Type             EventType
	Amount           int64
	Taxes            int64
	DirectCosts      int64
	SellerCommission int64
}

// Effect is what one event changed, in fen. Shares stand in the contributors'
// order; each is negative when the contributor gives money back.
type Effect struct {
	Net  int64
	Base int64
	Pool int64
	// Main is what of the pool is the main contributors'.
	Main        int64
	Institution int64
	Shares      []int64
}

// Outcome is a computation over all events of one plan version.
type Outcome struct {
	Status Status
	// Code is one of the Code constants; "" when Status is OK.
	Code string
	// Guarantee explains CodeBelowFloor; nil otherwise.
	Guarantee *Guarantee
	// The figures are empty when Status is Rejected. Gross, Net, Base, Pool
	// and Institution are cumulative; Balances is what each contributor holds
	// after the last event.
	Events      []Effect
	Gross       int64
	Net         int64
	Base        int64
	Pool        int64
	Institution int64
	Balances    []int64
}

// Compute applies events in their order to a fresh account of one plan
// version. A broken rule of the field is an Outcome (Rejected, Infeasible); a
// request that makes no sense is errs.Invalid with the paths of its faults
// ("contributors[1].weight", "events[0].amount_fen").
func Compute(rule Rule, contributors []Contributor, events []Event) (Outcome, error) {
	account, err := Open(rule, contributors)
	if err != nil {
		return Outcome{}, err
	}
	for i, e := range events {
		if fault := e.fault(); fault != nil {
			fault.Path = fmt.Sprintf("events[%d].%s", i, fault.Path)
			return Outcome{}, errs.InvalidFields([]errs.Field{*fault})
		}
	}
	if g := GuaranteeOf(rule, contributors); !g.Holds() {
		return Outcome{Status: Rejected, Code: CodeBelowFloor, Guarantee: &g}, nil
	}
	effects := make([]Effect, 0, len(events))
	for i, e := range events {
		effect, err := account.Apply(e)
		switch {
		case errors.Is(err, ErrRefundExceeds):
			return Outcome{Status: Rejected, Code: CodeRefund}, nil
		case err != nil:
			return Outcome{}, errs.InvalidFields([]errs.Field{{
				Path: fmt.Sprintf("events[%d].amount_fen", i), Code: errs.CodeOf(err),
			}})
		}
		effects = append(effects, effect)
	}
	out := Outcome{
		Status: OK, Events: effects,
		Gross: account.gross, Net: account.net(), Base: account.base(), Pool: account.pool,
		Institution: account.Institution(), Balances: account.Balances(),
	}
	if out.Institution < 0 {
		out.Status, out.Code = Infeasible, CodeInstitution
	}
	return out, nil
}

// Account accumulates the events of one plan version. Its invariants after
// every event: the main contributors hold at least the floor of the base to
// the fen, balances sum to the pool, and none is negative.
type Account struct {
	rule         Rule
	contributors []Contributor
	mainWeight   *big.Int
	allWeight    *big.Int

	gross      int64
	deductions int64
	pool       int64
	mainPart   int64
	balances   []int64
}

// Open starts an account at zero. The error is errs.Invalid with the faults
// of the rule and of the contributors. Whether the floor is reached at all is
// GuaranteeOf's answer.
func Open(rule Rule, contributors []Contributor) (*Account, error) {
	faults := append(rule.validate("rule"), validateContributors(contributors, "id")...)
	if len(faults) > 0 {
		return nil, errs.InvalidFields(faults)
	}
	main, all := weights(contributors)
	return &Account{
		rule: rule, contributors: contributors, mainWeight: main, allWeight: all,
		balances: make([]int64, len(contributors)),
	}, nil
}

// Balances is what each contributor holds, in the contributors' order.
func (a *Account) Balances() []int64 { return append([]int64(nil), a.balances...) }

// Institution is what the institution keeps: the net income less the pool.
// It may be negative.
func (a *Account) Institution() int64 { return a.net() - a.pool }

// Gross is receipts less refunds.
func (a *Account) Gross() int64 { return a.gross }

// Pool is the team's cumulative part.
func (a *Account) Pool() int64 { return a.pool }

// net cannot overflow: both terms lie between zero and the largest int64, and
// neither can the pool taken from it, as no pool exceeds the gross.
func (a *Account) net() int64 { return a.gross - a.deductions }

func (a *Account) base() int64 {
	if a.rule.Base == Net {
		return max(0, a.net())
	}
	return max(0, a.gross)
}

// Apply books one event and says what it changed. On an error nothing is
// booked: ErrRefundExceeds when the refund exceeds what is left of the
// receipts, errs.Invalid with the event's faulty field, or
// money.ErrOverflow when a total leaves int64.
func (a *Account) Apply(e Event) (Effect, error) {
	if fault := e.fault(); fault != nil {
		return Effect{}, errs.InvalidFields([]errs.Field{*fault})
	}
	next := *a
	if err := next.book(e); err != nil {
		return Effect{}, err
	}
	pool, err := money.MulDiv(next.base(), int64(a.rule.TeamBps), int64(money.Whole), money.Up)
	if err != nil {
		return Effect{}, err
	}
	next.pool = pool
	// The main part is rounded up, so that main × 10000 ≥ base × floor holds
	// to the fen; what is left is the support staff's.
	product := new(big.Int).Mul(big.NewInt(pool), a.mainWeight)
	next.mainPart = money.DivBig(product, a.allWeight, money.Up).Int64()

	mainChange := next.mainPart - a.mainPart
	poolChange := next.pool - a.pool
	shares := make([]int64, len(a.contributors))
	if err := a.share(shares, mainChange, true); err != nil {
		return Effect{}, err
	}
	if err := a.share(shares, poolChange-mainChange, false); err != nil {
		return Effect{}, err
	}
	next.balances = make([]int64, len(a.balances))
	for i, s := range shares {
		next.balances[i] = a.balances[i] + s
	}
	effect := Effect{
		Net: next.net() - a.net(), Base: next.base() - a.base(), Pool: poolChange, Main: mainChange,
		Institution: next.Institution() - a.Institution(), Shares: shares,
	}
	*a = next
	return effect, nil
}

// book adds the event to the totals.
func (a *Account) book(e Event) error {
	if e.Type == Refund {
		if e.Amount > a.gross {
			return errs.Newp(ErrRefundExceeds.Kind, ErrRefundExceeds.Code, errs.Params{"short_by_fen": e.Amount - a.gross})
		}
		a.gross -= e.Amount
		return nil
	}
	gross, err := money.Add(a.gross, e.Amount)
	if err != nil {
		return err
	}
	deductions, err := money.Sum(a.deductions, e.Taxes, e.DirectCosts, e.SellerCommission)
	if err != nil {
		return err
	}
	a.gross, a.deductions = gross, deductions
	return nil
}

// share divides one group's change over its members: what comes over the
// agreed weights, what goes back over the balances held, so that nobody gives
// back more than was received.
func (a *Account) share(shares []int64, change int64, main bool) error {
	measure := make([]int64, len(a.contributors))
	for i, c := range a.contributors {
		switch {
		case c.Role.Main() != main:
		case change < 0:
			measure[i] = a.balances[i]
		default:
			measure[i] = c.Weight
		}
	}
	parts, err := money.Split(change, measure)
	if err != nil {
		return err
	}
	for i, p := range parts {
		shares[i] += p
	}
	return nil
}

// fault is what makes an event senseless, with the field's name; nil if nothing.
func (e Event) fault() *errs.Field {
	if e.Type != Receipt && e.Type != Refund {
		return &errs.Field{Path: "type", Code: "unknown_value"}
	}
	for _, f := range []struct {
		name      string
		fen       int64
		deduction bool
	}{
		{"amount_fen", e.Amount, false},
		{"taxes_fen", e.Taxes, true},
		{"direct_costs_fen", e.DirectCosts, true},
		{"seller_commission_fen", e.SellerCommission, true},
	} {
		if f.fen < 0 {
			return &errs.Field{Path: f.name, Code: "negative"}
		}
		if f.deduction && f.fen != 0 && e.Type == Refund {
			return &errs.Field{Path: f.name, Code: "not_on_refund"}
		}
	}
	return nil
}
