package embedding

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"chengqiao/internal/clock"
)

// Guard keeps a service that is away from holding up those who can do without
// it: after some failures in a row it is not asked for a while, which doubles
// as long as it stays away. That it went away is logged once, and that it came
// back. Safe for concurrent use.
type Guard struct {
	inner Embedder
	clock clock.Clock
	log   *slog.Logger
	name  string

	mu       sync.Mutex
	failures int // in a row
	pause    time.Duration
	until    time.Time
	away     bool
	probing  bool
	cause    error
}

var _ Embedder = (*Guard)(nil)

const (
	// toleratedFailures in a row are no outage yet.
	toleratedFailures = 3
	firstPause        = 15 * time.Second
	longestPause      = 5 * time.Minute
)

// NewGuard guards a service. name tells the log what it is asked for: those who
// can wait and those who cannot have guards of their own.
func NewGuard(inner Embedder, name string, clk clock.Clock, log *slog.Logger) *Guard {
	return &Guard{inner: inner, name: name, clock: clk, log: log}
}

// Embed implements Embedder. While the service is held to be away it gives
// ErrUnavailable at once; of those who come when the pause is over, one asks. A
// call that panics is a failure like another: a probe that nobody ends would keep
// everybody away for good, and a panic beside the requests would end the program.
func (g *Guard) Embed(ctx context.Context, texts []string) (vectors []Vector, err error) {
	probe, err := g.admit()
	if err != nil {
		return nil, err
	}
	defer func() {
		if p := recover(); p != nil {
			g.log.ErrorContext(ctx, "panic", "for", g.name, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			vectors, err = nil, Unavailable(fmt.Errorf("panic: %v", p))
		}
		g.note(ctx, probe, err)
	}()
	return g.inner.Embed(ctx, texts)
}

// admit lets somebody ask; probe tells that it is the one who asks whether the
// service is back.
func (g *Guard) admit() (probe bool, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.away {
		return false, nil
	}
	if g.probing || g.clock.Now().Before(g.until) {
		return false, Unavailable(g.cause)
	}
	g.probing = true
	return true, nil
}

func (g *Guard) note(ctx context.Context, probe bool, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if probe {
		g.probing = false
	}
	switch {
	case err == nil, errors.Is(err, ErrRefused): // who refuses is there
		if g.away {
			g.log.InfoContext(ctx, "embedding service is back", "for", g.name)
		}
		g.failures, g.pause, g.away, g.cause = 0, 0, false, nil
	case errors.Is(err, context.Canceled), errors.Is(err, ErrSpent): // it was not asked, or not to the end
	case g.away && !probe: // on its way when the service went away, and no news of it
	default:
		g.failures++
		if g.failures < toleratedFailures && !g.away {
			return
		}
		g.pause = min(max(2*g.pause, firstPause), longestPause)
		g.until, g.cause = g.clock.Now().Add(g.pause), err
		if !g.away {
			g.away = true
			g.log.WarnContext(ctx, "embedding service is away; answers do without it", "for", g.name, "error", err)
		}
	}
}
