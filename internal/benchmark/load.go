package benchmark

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Times are what some calls took.
type Times struct {
	// PerSecond is the rate of all clients together.
	PerSecond float64
	P50, P99  time.Duration
}

// String writes the times in milliseconds.
func (t Times) String() string {
	return fmt.Sprintf("%8.0f/s  p50 %7.2f ms  p99 %7.2f ms", t.PerSecond, milliseconds(t.P50), milliseconds(t.P99))
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// Load makes calls from so many clients, each the next when it has the answer to
// the last, after a tenth of them unmeasured. The first error ends it.
func Load(ctx context.Context, clients, calls int, call func(ctx context.Context, i int) error) (Times, error) {
	warm := calls / 10
	if _, _, err := load(ctx, clients, 0, warm, call); err != nil {
		return Times{}, err
	}
	took, whole, err := load(ctx, clients, warm, calls, call)
	if err != nil {
		return Times{}, err
	}
	slices.Sort(took)
	const median, nearlyAll = 50, 99
	return Times{
		PerSecond: float64(len(took)) / whole.Seconds(),
		P50:       took[len(took)*median/100], P99: took[len(took)*nearlyAll/100],
	}, nil
}

func load(ctx context.Context, clients, from, calls int, call func(ctx context.Context, i int) error) ([]time.Duration, time.Duration, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	took := make([]time.Duration, calls)
	var next atomic.Int64
	var group sync.WaitGroup
	began := time.Now()
	for range clients {
		group.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= calls {
					return
				}
				started := time.Now()
				if err := call(ctx, from+i); err != nil {
					cancel(err)
					return
				}
				took[i] = time.Since(started)
			}
		})
	}
	group.Wait()
	return took, time.Since(began), context.Cause(ctx)
}
