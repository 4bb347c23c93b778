package kv

import (
	"context"
	"errors"
	"log/slog"
)

// OpenLimiter allows everything while the server behind Limiter is away: for
// limits that spread load, never for those that guard secrets.
type OpenLimiter struct {
	Limiter
	Log *slog.Logger
}

var _ Limiter = OpenLimiter{}

// Allow implements Limiter.
func (l OpenLimiter) Allow(ctx context.Context, key string, limit Limit) (Decision, error) {
	decision, err := l.Limiter.Allow(ctx, key, limit)
	if errors.Is(err, ErrUnavailable) {
		l.Log.WarnContext(ctx, "rate limit not counted", "error", err)
		return Decision{Allowed: true}, nil
	}
	return decision, err
}
