package outbox_test

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/outbox"
)

// absent is a store that may be away, and has nothing when it is not.
type absent struct {
	outbox.Queue
	outbox.Feed
	away atomic.Bool
}

func (a *absent) fails() error {
	if a.away.Load() {
		return errors.New("the database is away")
	}
	return nil
}

func (a *absent) Claim(context.Context, string, time.Time, time.Duration, int) ([]outbox.Delivery, error) {
	return nil, a.fails()
}
func (a *absent) Dispatch(context.Context, int) (int, error) { return 0, a.fails() }
func (a *absent) Head(context.Context) (int64, error)        { return 0, a.fails() }

// toldLog counts what the log is told.
type toldLog struct {
	slog.Handler
	mu sync.Mutex
	n  map[string]int
}

func (h *toldLog) Enabled(context.Context, slog.Level) bool { return true }
func (h *toldLog) WithAttrs([]slog.Attr) slog.Handler       { return h }
func (h *toldLog) Handle(_ context.Context, r slog.Record) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.n[r.Message]++
	return nil
}

func (h *toldLog) told() map[string]int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return maps.Clone(h.n)
}

// Each looks every second, several at once: an hour's outage would be a hundred
// thousand lines.
func TestAStoreThatIsAwayIsToldOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := &toldLog{n: map[string]int{}}
		log := slog.New(out)
		store := &absent{}
		store.away.Store(true)
		worker := outbox.NewWorker(store, outbox.Consumer{Name: "letters", Parallel: 4}, clock.System{}, nil, outbox.Settings{}, log)
		dispatcher := outbox.NewDispatcher(store, nil, nil, 0, log)
		follower := outbox.NewFollower(store, nil, nil, 0, log)
		ctx, stop := context.WithCancel(t.Context())
		go worker.Run(ctx)
		go dispatcher.Run(ctx)
		go func() { _ = follower.Run(ctx, 0) }()
		pass := func(d time.Duration, want int) {
			t.Helper()
			time.Sleep(d)
			synctest.Wait()
			if got := out.told(); !maps.Equal(got, map[string]int{
				"outbox turn failed": want, "events could not be put in order": want, "feed could not be followed": want,
			}) {
				t.Errorf("told %v, want each %d times", got, want)
			}
		}
		pass(59*time.Second+time.Millisecond, 1)
		pass(2*time.Minute, 3)
		store.away.Store(false)
		pass(5*time.Second, 3)
		store.away.Store(true)
		pass(5*time.Second, 4)
		stop()
		synctest.Wait()
	})
}
