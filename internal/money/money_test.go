package money_test

import (
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"chengqiao/internal/money"
)

func TestDecimalTexts(t *testing.T) {
	for text, want := range map[string]int64{
		"0": 0, "-0": 0, "0.5": 50, "0.05": 5, "1234.50": 123450, "1234": 123400, "-1234.5": -123450,
		"92233720368547758.07": math.MaxInt64, "-92233720368547758.08": math.MinInt64,
	} {
		if got, err := money.ParseFen(text); err != nil || got != want {
			t.Errorf("%q is %d (%v), want %d", text, got, err, want)
		}
	}
	for text, want := range map[string]error{
		"": money.ErrFormat, ".5": money.ErrFormat, "5.": money.ErrFormat, "+5": money.ErrFormat,
		"1,234": money.ErrFormat, "1e3": money.ErrFormat, "01": money.ErrFormat, " 1": money.ErrFormat,
		"--1": money.ErrFormat, "1.2.3": money.ErrFormat, "１": money.ErrFormat, "0x10": money.ErrFormat,
		"1.234": money.ErrPrecision, "1.000": money.ErrPrecision,
		"92233720368547758.08": money.ErrOverflow, "99999999999999999999": money.ErrOverflow,
	} {
		if got, err := money.ParseFen(text); !errors.Is(err, want) {
			t.Errorf("%q is %d (%v), want %v", text, got, err, want)
		}
	}
}

func TestFormatAndParseAreInverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fen := rapid.Int64().Draw(t, "fen")
		if got, err := money.ParseFen(money.FormatFen(fen)); err != nil || got != fen {
			t.Fatalf("%d → %q → %d (%v)", fen, money.FormatFen(fen), got, err)
		}
	})
}

func TestSmallAmountsKeepTwoPlaces(t *testing.T) {
	for fen, want := range map[int64]string{0: "0.00", 5: "0.05", -5: "-0.05", 123450: "1234.50", math.MinInt64: "-92233720368547758.08"} {
		if got := money.FormatFen(fen); got != want {
			t.Errorf("%d is %q, want %q", fen, got, want)
		}
	}
}

func TestAmountsTravelAsTextWithCurrency(t *testing.T) {
	raw, err := json.Marshal(money.Fen(123450))
	if err != nil || string(raw) != `{"amount":"1234.50","currency":"CNY"}` {
		t.Fatalf("%s (%v)", raw, err)
	}
	usd, err := money.New(-5, "USD")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]money.Amount{
		`{"amount":"1234.50","currency":"CNY"}`: money.Fen(123450),
		`{"amount":"1234.5"}`:                   money.Fen(123450),
		`{"amount":"-0.05","currency":"USD"}`:   usd,
	} {
		var got money.Amount
		if err := json.Unmarshal([]byte(text), &got); err != nil || got != want {
			t.Errorf("%s is %v %s (%v), want %v %s", text, got, got.Currency(), err, want, want.Currency())
		}
	}
}

func TestAmountsRefuseFloatsAndOtherForms(t *testing.T) {
	for text, want := range map[string]error{
		`{"amount":1234.50,"currency":"CNY"}`:    money.ErrNotText,
		`{"amount":1234,"currency":"CNY"}`:       money.ErrNotText,
		`{"amount":null,"currency":"CNY"}`:       money.ErrNotText,
		`{"currency":"CNY"}`:                     money.ErrNotText,
		`{"amount":"1.234","currency":"CNY"}`:    money.ErrPrecision,
		`{"amount":"1e3","currency":"CNY"}`:      money.ErrFormat,
		`{"amount":"12.00","currency":"JPY"}`:    money.ErrUnknownCurrency,
		`{"amount":"12.00","currency":"cny"}`:    money.ErrUnknownCurrency,
		`"1234.50"`:                              money.ErrFormat,
		`1234.5`:                                 money.ErrFormat,
		`{"amount":"1234567890123456789012.00"}`: money.ErrOverflow,
	} {
		var got money.Amount
		if err := json.Unmarshal([]byte(text), &got); !errors.Is(err, want) {
			t.Errorf("%s is %v (%v), want %v", text, got, err, want)
		}
	}
}

func TestArithmeticIsExactOrRefused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Int64().Draw(t, "a"), rapid.Int64().Draw(t, "b")
		check := func(op string, got int64, err error, want *big.Int) {
			t.Helper()
			if want.IsInt64() != (err == nil) {
				t.Fatalf("%d %s %d: %v, want %s", a, op, b, err, want)
			}
			if err == nil && got != want.Int64() {
				t.Fatalf("%d %s %d = %d, want %s", a, op, b, got, want)
			}
			if err != nil && !errors.Is(err, money.ErrOverflow) {
				t.Fatalf("%d %s %d: %v is not an overflow", a, op, b, err)
			}
		}
		sum, err := money.Fen(a).Add(money.Fen(b))
		check("+", sum.Fen(), err, new(big.Int).Add(big.NewInt(a), big.NewInt(b)))
		diff, err := money.Fen(a).Sub(money.Fen(b))
		check("-", diff.Fen(), err, new(big.Int).Sub(big.NewInt(a), big.NewInt(b)))
	})
}

func TestSumsDoNotDependOnOrder(t *testing.T) {
	if got, err := money.Sum(math.MaxInt64, 1, -2); err != nil || got != math.MaxInt64-1 {
		t.Errorf("a total that fits: %d (%v)", got, err)
	}
	if _, err := money.Sum(math.MaxInt64, 1, 1); !errors.Is(err, money.ErrOverflow) {
		t.Errorf("a total that does not fit: %v", err)
	}
	if got, err := money.Sum(); err != nil || got != 0 {
		t.Errorf("nothing sums to %d (%v)", got, err)
	}
}

func TestCurrenciesDoNotMix(t *testing.T) {
	usd, err := money.New(100, "USD")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := money.Fen(1).Add(usd); !errors.Is(err, money.ErrCurrency) {
		t.Errorf("CNY + USD: %v", err)
	}
	if _, err := usd.Sub(money.Fen(1)); !errors.Is(err, money.ErrCurrency) {
		t.Errorf("USD - CNY: %v", err)
	}
	if _, err := money.New(1, "XXX"); !errors.Is(err, money.ErrUnknownCurrency) {
		t.Errorf("an unknown currency: %v", err)
	}
}

func TestRoundings(t *testing.T) {
	for _, c := range []struct {
		fen               int64
		rate              money.Bps
		halfUp, up, floor int64
	}{
		{100, 7000, 70, 70, 70},
		{1, 7000, 1, 1, 0},
		{1, 5000, 1, 1, 0},
		{1, 4999, 0, 1, 0},
		{-1, 5000, -1, 0, -1},
		{-1, 4999, 0, 0, -1},
		{-1, 5001, -1, 0, -1},
		{987654321, 350, 34567901, 34567902, 34567901},
		{math.MaxInt64, 10000, math.MaxInt64, math.MaxInt64, math.MaxInt64},
		{math.MinInt64, 10000, math.MinInt64, math.MinInt64, math.MinInt64},
	} {
		halfUp, err1 := c.rate.HalfUp(c.fen)
		up, err2 := c.rate.Ceil(c.fen)
		floor, err3 := c.rate.Floor(c.fen)
		if err := errors.Join(err1, err2, err3); err != nil {
			t.Fatal(err)
		}
		if halfUp != c.halfUp || up != c.up || floor != c.floor {
			t.Errorf("%d at %d bps: half up %d, up %d, down %d; want %d, %d, %d", c.fen, c.rate, halfUp, up, floor, c.halfUp, c.up, c.floor)
		}
	}
	if _, err := money.Bps(10_001).Floor(math.MaxInt64); !errors.Is(err, money.ErrOverflow) {
		t.Errorf("more than there can be: %v", err)
	}
	if _, err := money.MulDiv(1, 1, 0, money.Up); !errors.Is(err, money.ErrDivisor) {
		t.Errorf("over nothing: %v", err)
	}
}

func TestRoundingsStayWithinOneFen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fen := rapid.Int64().Draw(t, "fen")
		rate := money.Bps(rapid.Int64Range(0, 10_000).Draw(t, "rate"))
		exact := new(big.Rat).SetFrac(new(big.Int).Mul(big.NewInt(fen), big.NewInt(int64(rate))), big.NewInt(10_000))
		off := func(got int64) *big.Rat { return new(big.Rat).Sub(new(big.Rat).SetInt64(got), exact) }
		half, one := big.NewRat(1, 2), big.NewRat(1, 1)

		nearest, err1 := rate.HalfUp(fen)
		up, err2 := rate.Ceil(fen)
		down, err3 := rate.Floor(fen)
		if err := errors.Join(err1, err2, err3); err != nil {
			t.Fatal(err)
		}
		if d := off(nearest); d.Abs(d).Cmp(half) > 0 {
			t.Fatalf("half up is %s away", d)
		}
		if d := off(up); d.Sign() < 0 || d.Cmp(one) >= 0 {
			t.Fatalf("up is %s above", d)
		}
		if d := off(down); d.Sign() > 0 || d.Neg(d).Cmp(one) >= 0 {
			t.Fatalf("down is %s below", d)
		}
		if opposite, err := rate.HalfUp(-fen); fen != math.MinInt64 && (err != nil || opposite != -nearest) {
			t.Fatalf("a reversal of %d gives %d (%v)", nearest, opposite, err)
		}
	})
}

func TestSplitByLargestRemainder(t *testing.T) {
	const big = math.MaxInt64
	for _, c := range []struct {
		total   int64
		weights []int64
		want    []int64
	}{
		{4, []int64{5, 3, 1}, []int64{2, 1, 1}},
		{5, []int64{5, 3, 1}, []int64{3, 2, 0}},
		{7000001, []int64{1, 1, 1}, []int64{2333334, 2333334, 2333333}},
		{-7000001, []int64{1, 1, 1}, []int64{-2333334, -2333334, -2333333}},
		{1, []int64{1, 1, 1}, []int64{1, 0, 0}},
		{10, []int64{0, 1, 0}, []int64{0, 10, 0}},
		{0, []int64{0, 0}, []int64{0, 0}},
		{0, nil, []int64{}},
		{big, []int64{big, big, big}, []int64{big/3 + 1, big / 3, big / 3}},
		{math.MinInt64, []int64{1}, []int64{math.MinInt64}},
	} {
		got, err := money.Split(c.total, c.weights)
		if err != nil {
			t.Fatalf("%d over %v: %v", c.total, c.weights, err)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%d over %v: %v, want %v", c.total, c.weights, got, c.want)
		}
	}
	if _, err := money.Split(1, []int64{0, 0}); !errors.Is(err, money.ErrWeightsZero) {
		t.Errorf("over nobody: %v", err)
	}
	if _, err := money.Split(1, []int64{2, -1}); !errors.Is(err, money.ErrWeightNegative) {
		t.Errorf("over a negative weight: %v", err)
	}
}

func TestSplitIsFairToTheFen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.Int64().Draw(t, "total")
		weights := rapid.SliceOfN(rapid.OneOf(rapid.Int64Range(0, 9), rapid.Int64Range(0, math.MaxInt64)), 1, 9).Draw(t, "weights")
		parts, err := money.Split(total, weights)
		weight := new(big.Int)
		for _, w := range weights {
			weight.Add(weight, big.NewInt(w))
		}
		if weight.Sign() == 0 {
			if (err != nil) != (total != 0) {
				t.Fatalf("over nobody: %v", err)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		sum := new(big.Int)
		for i, p := range parts {
			sum.Add(sum, big.NewInt(p))
			if p != 0 && (p > 0) != (total > 0) {
				t.Fatalf("part %d of %d is %d", i, total, p)
			}
			quota := new(big.Rat).SetFrac(new(big.Int).Mul(big.NewInt(total), big.NewInt(weights[i])), weight)
			off := new(big.Rat).Sub(new(big.Rat).SetInt64(p), quota)
			if off.Abs(off).Cmp(big.NewRat(1, 1)) >= 0 {
				t.Fatalf("part %d is %s away from its quota", i, off)
			}
			for j := range i {
				if weights[j] == weights[i] && abs(parts[j]) < abs(p) {
					t.Fatalf("place %d got more than the earlier place %d of the same weight", i, j)
				}
			}
		}
		if sum.Cmp(big.NewInt(total)) != 0 {
			t.Fatalf("parts sum to %s, not %d", sum, total)
		}
	})
}

func abs(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

func TestAmountSplitKeepsCurrency(t *testing.T) {
	usd, err := money.New(5, "USD")
	if err != nil {
		t.Fatal(err)
	}
	parts, err := usd.Split([]int64{1, 1})
	if err != nil || len(parts) != 2 || parts[0].Fen() != 3 || parts[1].Fen() != 2 || parts[1].Currency() != "USD" {
		t.Errorf("%v (%v)", parts, err)
	}
}

func FuzzParseFen(f *testing.F) {
	for _, s := range []string{"1234.50", "-0.05", "", "1.234", "92233720368547758.08", "1e3", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		fen, err := money.ParseFen(s)
		if err != nil {
			return
		}
		if again, err := money.ParseFen(money.FormatFen(fen)); err != nil || again != fen {
			t.Fatalf("%q → %d → %q → %d (%v)", s, fen, money.FormatFen(fen), again, err)
		}
	})
}

func FuzzAmountJSON(f *testing.F) {
	for _, s := range []string{`{"amount":"1234.50","currency":"CNY"}`, `{"amount":1}`, `null`, `"1"`, `{"amount":"1","currency":"USD"}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var a money.Amount
		if err := json.Unmarshal(raw, &a); err != nil {
			return
		}
		text, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		var again money.Amount
		if err := json.Unmarshal(text, &again); err != nil || again != a {
			t.Fatalf("%s → %s → %v (%v)", raw, text, again, err)
		}
	})
}
