package money

import (
	"cmp"
	"math/big"
	"slices"

	"chengqiao/internal/errs"
)

// Errors of Split.
var (
	// ErrWeightNegative: Params["index"] says which weight is negative.
	ErrWeightNegative = errs.New(errs.Invalid, "weight_negative")
	// ErrWeightsZero: there is something to divide and nobody to get it.
	ErrWeightsZero = errs.New(errs.Invalid, "weights_sum_zero")
)

// Split divides total over integer weights by largest remainder; of equal
// remainders the earlier place is served first. The parts sum to total, each
// is within one fen of its exact quota, none has another sign than total, and
// a weight of zero gets nothing. A negative total divides as its positive
// counterpart does. The sum of the weights may exceed int64. Errors:
// ErrWeightNegative, ErrWeightsZero.
//
// The method is not monotone in total: the parts of 5 over 5:3:1 are 3, 2, 0,
// those of 4 are 2, 1, 1. Never divide a cumulative total and take
// differences.
func Split(total int64, weights []int64) ([]int64, error) {
	sum := new(big.Int)
	for i, w := range weights {
		if w < 0 {
			return nil, errs.Newp(ErrWeightNegative.Kind, ErrWeightNegative.Code, errs.Params{"index": i})
		}
		sum.Add(sum, big.NewInt(w))
	}
	parts := make([]int64, len(weights))
	if total == 0 {
		return parts, nil
	}
	if sum.Sign() == 0 {
		return nil, ErrWeightsZero
	}
	type claim struct {
		index     int
		remainder *big.Int
	}
	magnitude := new(big.Int).Abs(big.NewInt(total))
	left := new(big.Int).Set(magnitude)
	quotas := make([]*big.Int, len(weights))
	claims := make([]claim, len(weights))
	for i, w := range weights {
		product := new(big.Int).Mul(magnitude, big.NewInt(w))
		quota, remainder := new(big.Int).QuoRem(product, sum, new(big.Int))
		quotas[i], claims[i] = quota, claim{i, remainder}
		left.Sub(left, quota)
	}
	slices.SortStableFunc(claims, func(a, b claim) int {
		return cmp.Or(b.remainder.Cmp(a.remainder), cmp.Compare(a.index, b.index))
	})
	// Fewer fen are left than there are remainders above zero.
	one := big.NewInt(1)
	for _, c := range claims[:left.Int64()] {
		quotas[c.index].Add(quotas[c.index], one)
	}
	for i, q := range quotas {
		if total < 0 {
			q.Neg(q)
		}
		// |q| ≤ |total|, so that it fits.
		parts[i] = q.Int64()
	}
	return parts, nil
}
