package reward

import (
	"encoding/json"
	"errors"
	"fmt"

	"chengqiao/internal/errs"
	"chengqiao/internal/money"
)

// The shapes of the worked cases. A pointer tells an absent field from zero.

type wireRule struct {
	Base     Base       `json:"base"`
	FloorBps *money.Bps `json:"floor_bps"`
	TeamBps  *money.Bps `json:"team_bps"`
}

// rule is the wire's rule; the team gets the floor when it names no rate.
func (w wireRule) rule() (Rule, error) {
	if w.FloorBps == nil {
		return Rule{}, required("rule.floor_bps")
	}
	r := Rule{Base: w.Base, FloorBps: *w.FloorBps, TeamBps: *w.FloorBps}
	if w.TeamBps != nil {
		r.TeamBps = *w.TeamBps
	}
	return r, nil
}

type wireContributor struct {
	ID          string `json:"id"`
	Role        Role   `json:"role"`
	Weight      *int64 `json:"weight"`
	ChiefLeader bool   `json:"chief_leader"`
}

type wireEvent struct {
	Type             EventType `json:"type"`
	AmountFen        *int64    `json:"amount_fen"`
	TaxesFen         int64     `json:"taxes_fen"`
	DirectCostsFen   int64     `json:"direct_costs_fen"`
	SellerCommission int64     `json:"seller_commission_fen"`
}

func rewardCase(raw json.RawMessage) (object, error) {
	var c struct {
		Rule         wireRule          `json:"rule"`
		Contributors []json.RawMessage `json:"contributors"`
		Events       []json.RawMessage `json:"events"`
	}
	if err := decode(raw, "", &c); err != nil {
		return nil, err
	}
	rule, err := c.Rule.rule()
	if err != nil {
		return nil, err
	}
	contributors, err := contributorsOf(c.Contributors)
	if err != nil {
		return nil, err
	}
	events := make([]Event, 0, len(c.Events))
	for i, rawEvent := range c.Events {
		path := fmt.Sprintf("events[%d].", i)
		var e wireEvent
		if err := decode(rawEvent, path, &e); err != nil {
			return nil, err
		}
		if e.AmountFen == nil {
			return nil, required(path + "amount_fen")
		}
		events = append(events, Event{
			Type: e.Type, Amount: *e.AmountFen, Taxes: e.TaxesFen,
			DirectCosts: e.DirectCostsFen, SellerCommission: e.SellerCommission,
		})
	}
	outcome, err := Compute(rule, contributors, events)
	if err != nil {
		return nil, err
	}
	return outcome.object(contributors), nil
}

// object writes an outcome with the contributors' names.
func (o Outcome) object(contributors []Contributor) object {
	var out object
	if o.Status == Rejected {
		out.add("status", o.Status)
		out.add("code", o.Code)
		out.addGuarantee(o.Guarantee)
		return out
	}
	events := make([]object, len(o.Events))
	for i, e := range o.Events {
		events[i].add("net_fen", e.Net)
		events[i].add("pool_fen", e.Pool)
		events[i].add("institution_fen", e.Institution)
		events[i].add("shares", byContributor(contributors, e.Shares))
	}
	out.add("events", events)
	out.add("gross_fen", o.Gross)
	out.add("net_fen", o.Net)
	out.add("base_fen", o.Base)
	out.add("pool_fen", o.Pool)
	out.add("institution_fen", o.Institution)
	out.add("balances", byContributor(contributors, o.Balances))
	out.add("status", o.Status)
	if o.Code != "" {
		out.add("code", o.Code)
	}
	return out
}

func equityCase(raw json.RawMessage) (object, error) {
	var c struct {
		Shares       *int64            `json:"shares"`
		Rule         wireRule          `json:"rule"`
		Contributors []json.RawMessage `json:"contributors"`
	}
	if err := decode(raw, "", &c); err != nil {
		return nil, err
	}
	if c.Shares == nil {
		return nil, required("shares")
	}
	rule, err := c.Rule.rule()
	if err != nil {
		return nil, err
	}
	contributors, err := contributorsOf(c.Contributors)
	if err != nil {
		return nil, err
	}
	o, err := Equity(rule, *c.Shares, contributors)
	if err != nil {
		return nil, err
	}
	var out object
	out.add("status", o.Status)
	if o.Status == Rejected {
		out.add("code", o.Code)
		if o.ContributorID != "" {
			out.add("contributor", o.ContributorID)
		}
		out.addGuarantee(o.Guarantee)
		return out, nil
	}
	out.add("team_shares", o.TeamShares)
	out.add("institution_shares", o.InstitutionShares)
	out.add("shares", byContributor(contributors, o.Shares))
	return out, nil
}

func royaltyCase(raw json.RawMessage) (object, error) {
	var c struct {
		Terms struct {
			RateBps    *money.Bps        `json:"rate_bps"`
			Tiers      []json.RawMessage `json:"tiers"`
			MinimumFen int64             `json:"minimum_fen"`
			CapFen     *int64            `json:"cap_fen"`
		} `json:"terms"`
		BaseFen           *int64 `json:"base_fen"`
		Days              *int64 `json:"days"`
		YearDays          int64  `json:"year_days"`
		PaidBeforeFen     int64  `json:"paid_before_fen"`
		EntryFeeCreditFen int64  `json:"entry_fee_credit_fen"`
	}
	if err := decode(raw, "", &c); err != nil {
		return nil, err
	}
	if c.BaseFen == nil {
		return nil, required("base_fen")
	}
	terms := RoyaltyTerms{Rate: c.Terms.RateBps, Minimum: c.Terms.MinimumFen, Cap: c.Terms.CapFen}
	for i, rawTier := range c.Terms.Tiers {
		path := fmt.Sprintf("terms.tiers[%d].", i)
		var tier struct {
			UptoFen *int64     `json:"upto_fen"`
			RateBps *money.Bps `json:"rate_bps"`
		}
		if err := decode(rawTier, path, &tier); err != nil {
			return nil, err
		}
		if tier.RateBps == nil {
			return nil, required(path + "rate_bps")
		}
		terms.Tiers = append(terms.Tiers, RoyaltyTier{UpTo: tier.UptoFen, Rate: *tier.RateBps})
	}
	due, err := Royalty(terms, RoyaltyPeriod{
		Base: *c.BaseFen, Days: c.Days, YearDays: c.YearDays,
		PaidBefore: c.PaidBeforeFen, EntryFeeCredit: c.EntryFeeCreditFen,
	})
	if err != nil {
		return nil, err
	}
	var out object
	out.add("royalty_fen", due.Royalty)
	out.add("minimum_fen", due.Minimum)
	out.add("payable_fen", due.Payable)
	out.add("credit_used_fen", due.CreditUsed)
	return out, nil
}

func planCase(raw json.RawMessage) (object, error) {
	var c struct {
		BaseFen  *int64            `json:"base_fen"`
		NetFen   *int64            `json:"net_fen"`
		FloorBps *money.Bps        `json:"floor_bps"`
		Plan     []json.RawMessage `json:"plan"`
	}
	if err := decode(raw, "", &c); err != nil {
		return nil, err
	}
	switch {
	case c.BaseFen == nil:
		return nil, required("base_fen")
	case c.NetFen == nil:
		return nil, required("net_fen")
	case c.FloorBps == nil:
		return nil, required("floor_bps")
	}
	plan := make([]AgreedAmount, 0, len(c.Plan))
	for i, rawAmount := range c.Plan {
		path := fmt.Sprintf("plan[%d].", i)
		var a struct {
			ID        string `json:"id"`
			Role      Role   `json:"role"`
			AmountFen *int64 `json:"amount_fen"`
		}
		if err := decode(rawAmount, path, &a); err != nil {
			return nil, err
		}
		if a.AmountFen == nil {
			return nil, required(path + "amount_fen")
		}
		plan = append(plan, AgreedAmount{ID: a.ID, Role: a.Role, Amount: *a.AmountFen})
	}
	o, err := CheckAgreement(*c.BaseFen, *c.NetFen, *c.FloorBps, plan)
	if err != nil {
		return nil, err
	}
	var out object
	out.add("status", o.Status)
	if o.Code != "" {
		out.add("code", o.Code)
	}
	if o.Status != Infeasible {
		out.add("minimum_fen", o.Minimum)
	}
	if o.Status == Rejected {
		out.add("short_by_fen", o.ShortBy)
	} else {
		out.add("institution_fen", o.Institution)
	}
	return out, nil
}

// contributorsOf reads the people of a case. Shares of equity name no role:
// who gets them is a completer.
func contributorsOf(raw []json.RawMessage) ([]Contributor, error) {
	out := make([]Contributor, 0, len(raw))
	for i, rawContributor := range raw {
		path := fmt.Sprintf("contributors[%d].", i)
		var c wireContributor
		if err := decode(rawContributor, path, &c); err != nil {
			return nil, err
		}
		if c.Weight == nil {
			return nil, required(path + "weight")
		}
		if c.Role == "" {
			c.Role = Completer
		}
		out = append(out, Contributor{ID: c.ID, Role: c.Role, Weight: *c.Weight, ChiefLeader: c.ChiefLeader})
	}
	return out, nil
}

func (o *object) addGuarantee(g *Guarantee) {
	if g != nil {
		o.add("main_bps_times_weight", g.MainBpsTimesWeight)
		o.add("required", g.Required)
	}
}

// byContributor writes amounts under the contributors' ids, in their order.
func byContributor(contributors []Contributor, amounts []int64) object {
	var out object
	for i, c := range contributors {
		out.add(c.ID, amounts[i])
	}
	return out
}

// decode reads one JSON value and names the field at fault: a fraction, a
// text or a number beyond int64 in place of fen is "wrong_type".
func decode(raw json.RawMessage, path string, into any) error {
	err := json.Unmarshal(raw, into)
	if err == nil {
		return nil
	}
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) && wrong.Field != "" {
		path += wrong.Field
	}
	return errs.InvalidFields([]errs.Field{{Path: trimDot(path), Code: "wrong_type"}})
}

func required(path string) error {
	return errs.InvalidFields([]errs.Field{{Path: path, Code: "required"}})
}

func trimDot(path string) string {
	if n := len(path); n > 0 && path[n-1] == '.' {
		return path[:n-1]
	}
	return path
}
