package match

import (
	"math/big"

	"chengqiao/internal/quantity"
)

// meets judges an interval against a threshold: met, unmet, or unknown where
// the interval reaches over it.
func meets(v quantity.Interval, operator string, threshold *big.Rat) VerdictKind {
	atLeast := func(x *big.Rat) bool { return x != nil && x.Cmp(threshold) >= 0 }
	atMost := func(x *big.Rat) bool { return x != nil && x.Cmp(threshold) <= 0 }
	below := func(x *big.Rat) bool { return x != nil && x.Cmp(threshold) < 0 }
	above := func(x *big.Rat) bool { return x != nil && x.Cmp(threshold) > 0 }
	switch {
	case operator == ">=" && atLeast(v.Low), operator == "<=" && atMost(v.High):
		return Met
	case operator == ">=" && below(v.High), operator == "<=" && above(v.Low):
		return Unmet
	case operator == "=" && v.Low != nil && v.High != nil && atMost(v.Low) && atLeast(v.High):
		return Met
	case operator == "=" && (above(v.Low) || below(v.High)):
		return Unmet
	}
	return Unknown
}

// one is the share of all.
var one = big.NewRat(1, 1)

// isFraction tells whether the interval may be of a share that is written without per
// cent: 0.97.
func isFraction(v quantity.Interval) bool {
	end := func(x *big.Rat) bool { return x == nil || x.Sign() >= 0 && x.Cmp(one) <= 0 }
	return (v.Low != nil || v.High != nil) && end(v.Low) && end(v.High)
}

// mostly is the share in per cent from which on who is asked for at least so much does
// not answer with less than one per cent.
var mostly = big.NewRat(50, 1)

// meetsAsShare judges a number up to one without a unit against a threshold in per cent.
// It may be a fraction of one, or per cent whose sign was left out: where it is not plain
// which, both must come to the same.
func meetsAsShare(v quantity.Interval, operator string, threshold *big.Rat) VerdictKind {
	asFraction := meets(hundredfold(v), operator, threshold)
	if operator == ">=" && threshold.Cmp(mostly) >= 0 || asFraction == meets(v, operator, threshold) {
		return asFraction
	}
	return Unknown
}

// hundredfold is a share of one in per cent.
func hundredfold(v quantity.Interval) quantity.Interval {
	times := func(x *big.Rat) *big.Rat {
		if x == nil {
			return nil
		}
		return new(big.Rat).Mul(x, big.NewRat(100, 1))
	}
	return quantity.Interval{Low: times(v.Low), High: times(v.High)}
}
