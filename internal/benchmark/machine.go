package benchmark

import (
	"context"
	"slices"
	"time"
)

// steadyFor is how long the machine is watched: some of its halts come seconds
// apart.
const steadyFor = 10 * time.Second

// Steadiness is how evenly a machine works.
type Steadiness struct {
	// Median and P99 are the times of one piece of work.
	Median, P99 time.Duration
	// Slow is the part of the time that went by in pieces of twice the median or
	// more; Longest is the longest stretch of such pieces.
	Slow    float64
	Longest time.Duration
}

// Steady does the same piece of work over and over, some hundred microseconds of
// arithmetic on a megabyte that waits for nothing. Where pieces take longer, the
// machine did other work meanwhile, or another one on the same processors did, and
// what is measured beside is slow for that as well.
func Steady(ctx context.Context, during time.Duration) (Steadiness, error) {
	const (
		words = 1 << 17 // a megabyte
		steps = 1 << 16
	)
	memory := make([]uint64, words)
	number := uint64(1)
	piece := func() {
		for range steps {
			number = number*6364136223846793005 + 1442695040888963407
			memory[(number>>33)%words] ^= number
		}
	}
	var took []time.Duration
	for began := time.Now(); time.Since(began) < during && ctx.Err() == nil; {
		started := time.Now()
		piece()
		took = append(took, time.Since(started))
	}
	return SteadinessOf(took), ctx.Err()
}

// SteadinessOf reads the times of like pieces of work that followed each other.
func SteadinessOf(took []time.Duration) Steadiness {
	if len(took) == 0 {
		return Steadiness{}
	}
	sorted := slices.Sorted(slices.Values(took))
	s := Steadiness{Median: sorted[len(sorted)/2], P99: sorted[len(sorted)*99/100]}
	var whole, slow, stretch time.Duration
	for _, d := range took {
		whole += d
		if d < 2*s.Median {
			stretch = 0
			continue
		}
		slow += d
		stretch += d
		s.Longest = max(s.Longest, stretch)
	}
	s.Slow = float64(slow) / float64(whole)
	return s
}
