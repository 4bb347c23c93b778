package kv

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"chengqiao/internal/clock"
)

// OpenLimiter allows everything while the server behind a limiter is away: for
// limits that spread load, never for those that guard secrets. It is asked with
// each request, and says once a minute that nothing is counted.
type OpenLimiter struct {
	Limiter
	log   *slog.Logger
	clock clock.Clock
	// told is when that was said last, in microseconds.
	told atomic.Int64
}

var _ Limiter = (*OpenLimiter)(nil)

// NewOpenLimiter opens a limiter.
func NewOpenLimiter(l Limiter, log *slog.Logger, c clock.Clock) *OpenLimiter {
	return &OpenLimiter{Limiter: l, log: log, clock: c}
}

// Allow implements Limiter.
func (l *OpenLimiter) Allow(ctx context.Context, key string, limit Limit) (Decision, error) {
	decision, err := l.Limiter.Allow(ctx, key, limit)
	if !errors.Is(err, ErrUnavailable) {
		return decision, err
	}
	now, told := clock.Micros(l.clock.Now()), l.told.Load()
	if now-told >= time.Minute.Microseconds() && l.told.CompareAndSwap(told, now) {
		l.log.WarnContext(ctx, "rate limits are not counted", "error", err)
	}
	return Decision{Allowed: true}, nil
}
