package reward_test

import (
	"errors"
	"math"
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"chengqiao/internal/errs"
	"chengqiao/internal/money"
	"chengqiao/internal/reward"
)

func drawContributors(t *rapid.T) []reward.Contributor {
	weight := rapid.OneOf(rapid.Int64Range(1, 9), rapid.Int64Range(0, 10_000), rapid.Int64Range(1, math.MaxInt64))
	role := rapid.SampledFrom([]reward.Role{reward.Completer, reward.Completer, reward.Converter, reward.Support})
	n := rapid.IntRange(1, 8).Draw(t, "people")
	out := make([]reward.Contributor, n)
	for i := range out {
		out[i] = reward.Contributor{ID: string(rune('a' + i)), Role: role.Draw(t, "role"), Weight: weight.Draw(t, "weight")}
	}
	if !slices.ContainsFunc(out, func(c reward.Contributor) bool { return c.Weight > 0 }) {
		out[0].Weight = 1
	}
	return out
}

func drawRule(t *rapid.T) reward.Rule {
	floor := money.Bps(rapid.Int64Range(0, 10_000).Draw(t, "floor"))
	return reward.Rule{
		Base:     rapid.SampledFrom([]reward.Base{reward.Total, reward.Net}).Draw(t, "base"),
		FloorBps: floor,
		TeamBps:  money.Bps(rapid.Int64Range(int64(floor), 10_000).Draw(t, "team")),
	}
}

// drawEvent draws a receipt, or a refund of no more than is left.
func drawEvent(t *rapid.T, gross int64) reward.Event {
	amount := rapid.OneOf(rapid.Int64Range(0, 9), rapid.Int64Range(0, 1_000_000_00), rapid.Int64Range(0, 1<<56))
	if gross > 0 && rapid.Bool().Draw(t, "refund") {
		return reward.Event{Type: reward.Refund, Amount: rapid.OneOf(rapid.Int64Range(0, gross), rapid.Just(gross)).Draw(t, "refunded")}
	}
	cost := rapid.OneOf(rapid.Just(int64(0)), rapid.Int64Range(0, 1_000_000_00))
	return reward.Event{
		Type: reward.Receipt, Amount: amount.Draw(t, "amount"), Taxes: cost.Draw(t, "taxes"),
		DirectCosts: cost.Draw(t, "costs"), SellerCommission: cost.Draw(t, "commission"),
	}
}

func TestInvariantsHoldAfterEveryEvent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rule, people := drawRule(t), drawContributors(t)
		account, err := reward.Open(rule, people)
		if err != nil {
			t.Fatal(err)
		}
		guaranteed := reward.GuaranteeOf(rule, people).Holds()
		var receipts, refunds, deductions int64
		for range rapid.IntRange(1, 12).Draw(t, "events") {
			e := drawEvent(t, receipts-refunds)
			before := account.Balances()
			effect, err := account.Apply(e)
			if err != nil {
				t.Fatalf("%+v: %v", e, err)
			}
			if e.Type == reward.Receipt {
				receipts += e.Amount
				deductions += e.Taxes + e.DirectCosts + e.SellerCommission
			} else {
				refunds += e.Amount
			}
			balances := account.Balances()
			var shared, held, main int64
			for i, c := range people {
				shared += effect.Shares[i]
				held += balances[i]
				if c.Role.Main() {
					main += balances[i]
				}
				if balances[i] != before[i]+effect.Shares[i] {
					t.Fatalf("%s holds %d after %d and %d", c.ID, balances[i], before[i], effect.Shares[i])
				}
				if balances[i] < 0 {
					t.Fatalf("%s gave back more than was received: %d", c.ID, balances[i])
				}
				if effect.Shares[i] != 0 && (effect.Shares[i] > 0) != (effect.Pool > 0) {
					t.Fatalf("%s moves by %d while the pool moves by %d", c.ID, effect.Shares[i], effect.Pool)
				}
				if c.Weight == 0 && balances[i] != 0 {
					t.Fatalf("%s has no weight and holds %d", c.ID, balances[i])
				}
			}
			gross := receipts - refunds
			net := gross - deductions
			base := max(0, gross)
			if rule.Base == reward.Net {
				base = max(0, net)
			}
			if shared != effect.Pool {
				t.Fatalf("shares sum to %d, the pool moved by %d", shared, effect.Pool)
			}
			if held != account.Pool() {
				t.Fatalf("balances sum to %d, the pool is %d", held, account.Pool())
			}
			if effect.Institution != effect.Net-effect.Pool || account.Institution() != net-account.Pool() {
				t.Fatalf("institution %d of net %d and pool %d", account.Institution(), net, account.Pool())
			}
			scale := func(a, b int64) *big.Int { return new(big.Int).Mul(big.NewInt(a), big.NewInt(b)) }
			if guaranteed && scale(main, 10_000).Cmp(scale(base, int64(rule.FloorBps))) < 0 {
				t.Fatalf("main contributors hold %d of base %d, floor %d bps", main, base, rule.FloorBps)
			}
			// The pool is the rate rounded up: at least it, and less than a fen above.
			exact, got := scale(base, int64(rule.TeamBps)), scale(account.Pool(), 10_000)
			if diff := got.Sub(got, exact); diff.Sign() < 0 || diff.Cmp(big.NewInt(10_000)) >= 0 {
				t.Fatalf("pool %d of base %d at %d bps", account.Pool(), base, rule.TeamBps)
			}
		}
	})
}

func TestAFullRefundTakesEverythingBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rule, people := drawRule(t), drawContributors(t)
		account, err := reward.Open(rule, people)
		if err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(1, 6).Draw(t, "events") {
			if _, err := account.Apply(drawEvent(t, account.Gross())); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := account.Apply(reward.Event{Type: reward.Refund, Amount: account.Gross()}); err != nil {
			t.Fatal(err)
		}
		if account.Pool() != 0 || slices.ContainsFunc(account.Balances(), func(b int64) bool { return b != 0 }) {
			t.Fatalf("pool %d, balances %v after everything went back", account.Pool(), account.Balances())
		}
	})
}

func TestComputeAgreesWithTheAccount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rule, people := drawRule(t), drawContributors(t)
		account, err := reward.Open(rule, people)
		if err != nil {
			t.Fatal(err)
		}
		var events []reward.Event
		for range rapid.IntRange(0, 6).Draw(t, "events") {
			e := drawEvent(t, account.Gross())
			if _, err := account.Apply(e); err != nil {
				t.Fatal(err)
			}
			events = append(events, e)
		}
		out, err := reward.Compute(rule, people, events)
		if err != nil {
			t.Fatal(err)
		}
		if !reward.GuaranteeOf(rule, people).Holds() {
			if out.Status != reward.Rejected || out.Code != reward.CodeBelowFloor || out.Events != nil {
				t.Fatalf("%+v", out)
			}
			return
		}
		if !slices.Equal(out.Balances, account.Balances()) || out.Institution != account.Institution() || len(out.Events) != len(events) {
			t.Fatalf("%+v differs from the account", out)
		}
		if (out.Status == reward.Infeasible) != (out.Institution < 0) {
			t.Fatalf("institution %d is %s", out.Institution, out.Status)
		}
	})
}

func TestARefusedEventBooksNothing(t *testing.T) {
	account, err := reward.Open(reward.Rule{Base: reward.Total, FloorBps: 7000, TeamBps: 7000},
		[]reward.Contributor{{ID: "a", Role: reward.Completer, Weight: 1}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := account.Apply(reward.Event{Type: reward.Receipt, Amount: 100}); err != nil {
		t.Fatal(err)
	}
	_, err = account.Apply(reward.Event{Type: reward.Refund, Amount: 101})
	if !errors.Is(err, reward.ErrRefundExceeds) || errs.As(err).Params["short_by_fen"] != int64(1) {
		t.Errorf("a refund above the receipts: %v", err)
	}
	_, err = account.Apply(reward.Event{Type: reward.Receipt, Amount: math.MaxInt64})
	if !errors.Is(err, money.ErrOverflow) {
		t.Errorf("a receipt beyond int64: %v", err)
	}
	_, err = account.Apply(reward.Event{Type: reward.Receipt, Amount: 1, Taxes: math.MaxInt64, DirectCosts: 1})
	if !errors.Is(err, money.ErrOverflow) {
		t.Errorf("deductions beyond int64: %v", err)
	}
	if account.Gross() != 100 || account.Pool() != 70 || account.Institution() != 30 {
		t.Errorf("gross %d, pool %d, institution %d", account.Gross(), account.Pool(), account.Institution())
	}
}

func TestTheLargestAmountsDivideExactly(t *testing.T) {
	people := []reward.Contributor{
		{ID: "a", Role: reward.Completer, Weight: math.MaxInt64},
		{ID: "b", Role: reward.Converter, Weight: math.MaxInt64},
		{ID: "c", Role: reward.Support, Weight: 1},
	}
	out, err := reward.Compute(reward.Rule{Base: reward.Total, FloorBps: 7000, TeamBps: 10_000}, people,
		[]reward.Event{{Type: reward.Receipt, Amount: math.MaxInt64, Taxes: math.MaxInt64}})
	if err != nil {
		t.Fatal(err)
	}
	if want := []int64{math.MaxInt64/2 + 1, math.MaxInt64 / 2, 0}; !slices.Equal(out.Balances, want) {
		t.Errorf("balances %v, want %v", out.Balances, want)
	}
	if out.Status != reward.Infeasible || out.Institution != -math.MaxInt64 {
		t.Errorf("%s, institution %d", out.Status, out.Institution)
	}
}

func TestARejectionIsExplainedBeyondInt64(t *testing.T) {
	people := []reward.Contributor{
		{ID: "a", Role: reward.Completer, Weight: math.MaxInt64},
		{ID: "b", Role: reward.Support, Weight: math.MaxInt64},
	}
	out, err := reward.Compute(reward.Rule{Base: reward.Net, FloorBps: 7000, TeamBps: 7000}, people, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := new(big.Int).Mul(big.NewInt(math.MaxInt64), big.NewInt(7000))
	if out.Status != reward.Rejected || out.Guarantee.MainBpsTimesWeight.Cmp(want) != 0 ||
		out.Guarantee.Required.Cmp(want.Lsh(want, 1)) != 0 {
		t.Errorf("%+v %+v", out, out.Guarantee)
	}
}

func TestEquityGuardsTheMainContributorsToo(t *testing.T) {
	rule := reward.Rule{FloorBps: 7000, TeamBps: 7000}
	out, err := reward.Equity(rule, 1000, []reward.Contributor{
		{ID: "a", Role: reward.Completer, Weight: 9}, {ID: "b", Role: reward.Support, Weight: 1},
	})
	if err != nil || out.Status != reward.Rejected || out.Code != reward.CodeBelowFloor {
		t.Errorf("%+v (%v)", out, err)
	}
	rapid.Check(t, func(t *rapid.T) {
		rule, people := drawRule(t), drawContributors(t)
		shares := rapid.Int64Range(0, math.MaxInt64).Draw(t, "shares")
		out, err := reward.Equity(rule, shares, people)
		if err != nil {
			t.Fatal(err)
		}
		if out.Status == reward.Rejected {
			return
		}
		sum := out.InstitutionShares
		for _, s := range out.Shares {
			if s < 0 {
				t.Fatalf("negative shares %v", out.Shares)
			}
			sum += s
		}
		if sum != shares || out.TeamShares+out.InstitutionShares != shares {
			t.Fatalf("%+v does not sum to %d", out, shares)
		}
	})
}

func TestRoyaltyStaysWithinItsTerms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.Int64Range(0, 1<<50).Draw(t, "cap")
		first := rapid.Int64Range(1, 1<<40).Draw(t, "first tier")
		rates := rapid.SliceOfN(rapid.Int64Range(0, 10_000), 2, 2).Draw(t, "rates")
		terms := reward.RoyaltyTerms{
			Tiers:   []reward.RoyaltyTier{{UpTo: &first, Rate: money.Bps(rates[0])}, {Rate: money.Bps(rates[1])}},
			Minimum: rapid.Int64Range(0, 1<<40).Draw(t, "minimum"), Cap: &limit,
		}
		days := rapid.Int64Range(0, 366).Draw(t, "days")
		period := reward.RoyaltyPeriod{
			Base: rapid.Int64Range(0, math.MaxInt64).Draw(t, "base"), Days: &days, YearDays: 366,
			PaidBefore:     rapid.Int64Range(0, 1<<50).Draw(t, "paid"),
			EntryFeeCredit: rapid.Int64Range(0, 1<<40).Draw(t, "credit"),
		}
		due, err := reward.Royalty(terms, period)
		if err != nil {
			t.Fatal(err)
		}
		if due.Royalty < 0 || due.Royalty > period.Base || due.Minimum > terms.Minimum {
			t.Fatalf("%+v", due)
		}
		spent := due.Payable + due.CreditUsed
		if due.Payable < 0 || due.CreditUsed < 0 || due.CreditUsed > period.EntryFeeCredit || spent > max(0, limit-period.PaidBefore) {
			t.Fatalf("%+v leaves cap %d after %d or credit %d", due, limit, period.PaidBefore, period.EntryFeeCredit)
		}
		if want := min(max(due.Royalty, due.Minimum), max(0, limit-period.PaidBefore)); spent != want {
			t.Fatalf("%d due, want %d", spent, want)
		}
	})
}

func TestRoyaltyTermsMustBeWhole(t *testing.T) {
	rate, ten, five, minus := money.Bps(100), int64(10), int64(5), int64(-1)
	for name, c := range map[string]struct {
		terms reward.RoyaltyTerms
		path  string
	}{
		"nothing agreed":    {reward.RoyaltyTerms{}, "terms.rate_bps"},
		"rate and tiers":    {reward.RoyaltyTerms{Rate: &rate, Tiers: []reward.RoyaltyTier{{Rate: 1}}}, "terms.tiers"},
		"descending tiers":  {reward.RoyaltyTerms{Tiers: []reward.RoyaltyTier{{UpTo: &ten}, {UpTo: &five}, {}}}, "terms.tiers[1].upto_fen"},
		"open tier between": {reward.RoyaltyTerms{Tiers: []reward.RoyaltyTier{{}, {}}}, "terms.tiers[0].upto_fen"},
		"rate above all":    {reward.RoyaltyTerms{Tiers: []reward.RoyaltyTier{{Rate: 10_001}}}, "terms.tiers[0].rate_bps"},
		"negative minimum":  {reward.RoyaltyTerms{Rate: &rate, Minimum: -1}, "terms.minimum_fen"},
		"negative cap":      {reward.RoyaltyTerms{Rate: &rate, Cap: &minus}, "terms.cap_fen"},
	} {
		_, err := reward.Royalty(c.terms, reward.RoyaltyPeriod{})
		if e := errs.As(err); err == nil || e.Kind != errs.Invalid || e.Fields[0].Path != c.path {
			t.Errorf("%s: %v, want a fault at %s", name, err, c.path)
		}
	}
}
