package money

import (
	"math/big"

	"chengqiao/internal/errs"
)

// Bps is a rate in basis points: 10,000 are the whole.
type Bps int64

// Whole is the rate of everything.
const Whole Bps = 10_000

// HalfUp is the part of fen at the rate, rounded to the nearest fen, halves
// away from zero so that a reversal undoes a charge exactly. For amounts that
// follow from a rate (royalty, commission).
func (r Bps) HalfUp(fen int64) (int64, error) { return MulDiv(fen, int64(r), int64(Whole), HalfUp) }

// Ceil is the part of fen at the rate, rounded up: for legal floors, which a
// missing fraction of a fen would break.
func (r Bps) Ceil(fen int64) (int64, error) { return MulDiv(fen, int64(r), int64(Whole), Up) }

// Floor is the part of fen at the rate, rounded down: for caps.
func (r Bps) Floor(fen int64) (int64, error) { return MulDiv(fen, int64(r), int64(Whole), Down) }

// Rounding says what happens to the fraction of a fen.
type Rounding uint8

// The roundings. Up and Down mean toward plus and minus infinity.
const (
	HalfUp Rounding = iota
	Up
	Down
)

// ErrDivisor: a quotient was asked for over a divisor that is not positive.
var ErrDivisor = errs.New(errs.Invalid, "divisor_not_positive")

// MulDiv is a × num ÷ den, exact in between and rounded once at the end. The
// errors are ErrDivisor when den is not positive, and ErrOverflow when the
// result does not fit.
func MulDiv(a, num, den int64, mode Rounding) (int64, error) {
	if den <= 0 {
		return 0, ErrDivisor
	}
	product := new(big.Int).Mul(big.NewInt(a), big.NewInt(num))
	return fromBig(DivBig(product, big.NewInt(den), mode))
}

// DivBig is num ÷ den for den > 0 under a rounding: for sums that must be
// rounded once at the end, as the tiers of a royalty.
func DivBig(num, den *big.Int, mode Rounding) *big.Int {
	// DivMod rounds toward minus infinity for den > 0: 0 ≤ rest < den.
	quotient, rest := new(big.Int).DivMod(num, den, new(big.Int))
	up := false
	switch mode {
	case Up:
		up = rest.Sign() > 0
	case HalfUp:
		switch twice := rest.Lsh(rest, 1); twice.Cmp(den) {
		case 1:
			up = true
		case 0:
			// Exactly half: away from zero is up only for what is positive.
			up = num.Sign() > 0
		}
	case Down:
	}
	if up {
		quotient.Add(quotient, big.NewInt(1))
	}
	return quotient
}
