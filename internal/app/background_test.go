package app

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/telemetry"
)

func TestAJobThatPanicsComesBackLikeAnyOther(t *testing.T) {
	t.Parallel()
	p := &platform{metrics: telemetry.NewMetrics(), clock: clock.System{}, log: slog.New(slog.DiscardHandler)}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	runs := 0
	p.repeat(ctx, job{"stumble", time.Millisecond, func(context.Context) (int, error) {
		if runs++; runs == 1 {
			panic("stumbled")
		}
		stop()
		return 0, nil
	}})
	if runs != 2 {
		t.Errorf("%d runs", runs)
	}
}
