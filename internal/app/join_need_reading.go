package app

import (
	"context"
	"time"

	embeddedconfig "chengqiao/config"
	"chengqiao/internal/kv"
	"chengqiao/internal/need/reading"
)

// buildReadings makes what reads the texts of needs, with the names that imports know.
func (p *platform) buildReadings() error {
	var err error
	p.readings, err = reading.NewReader(embeddedconfig.Files, p.mapping, p.clock, readingLimits{kv.NewOpenLimiter(p.kv, p.log)})
	return err
}

// readingLimits spreads the work of readings; when the kv is away it allows.
type readingLimits struct{ limiter kv.Limiter }

var _ reading.Limiter = readingLimits{}

func (j readingLimits) Allow(ctx context.Context, account string, count int, period time.Duration) (time.Duration, error) {
	return waitFor(ctx, j.limiter, "reading/"+account, kv.Limit{Count: count, Period: period})
}
