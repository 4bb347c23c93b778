package kv

import (
	"context"
	"errors"
	"log/slog"

	"chengqiao/internal/complaint"
)

// OpenLimiter allows everything while the server behind a limiter is away: for
// limits that spread load, never for those that guard secrets. It is asked with
// each request, and says once a minute that nothing is counted.
type OpenLimiter struct {
	Limiter
	log     *slog.Logger
	trouble complaint.Lasting
}

var _ Limiter = (*OpenLimiter)(nil)

// NewOpenLimiter opens a limiter.
func NewOpenLimiter(l Limiter, log *slog.Logger) *OpenLimiter {
	return &OpenLimiter{Limiter: l, log: log}
}

// Allow implements Limiter.
func (l *OpenLimiter) Allow(ctx context.Context, key string, limit Limit) (Decision, error) {
	decision, err := l.Limiter.Allow(ctx, key, limit)
	if !errors.Is(err, ErrUnavailable) {
		l.trouble.Over()
		return decision, err
	}
	if l.trouble.Due() {
		l.log.WarnContext(ctx, "rate limits are not counted", "error", err)
	}
	return Decision{Allowed: true}, nil
}
