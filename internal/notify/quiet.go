package notify

import (
	"context"
	"encoding/binary"
	"time"

	"chengqiao/internal/clock"
)

// Marks keeps small values for a while and may forget them at any moment; see kv.Cache.
type Marks interface {
	Get(ctx context.Context, key string) (value []byte, ok bool, err error)
	Set(ctx context.Context, key string, value []byte, ttl time.Duration) error
}

const (
	// marked is how long a mark is kept: over a night, so that the first page of
	// a day need not read everything twice either.
	marked = 36 * time.Hour
	// doubt is taken off a silence: what the clocks of replicas may differ by,
	// and how long a mark may be on its way.
	doubt = 5 * time.Second
)

func markKey(topic string) string { return "told/" + topic }

// mark keeps that something is told on topic now.
func (l *Live) mark(ctx context.Context, topic string) error {
	at := binary.BigEndian.AppendUint64(nil, uint64(clock.Micros(l.deps.Clock.Now())))
	return l.deps.Marks.Set(ctx, markKey(topic), at, marked)
}

// quiet is for how long nothing has been told on any of topics, zero where that
// is not known. Asked by who listens already, it leaves no gap: what is told is
// marked before it is published. A topic without a mark is marked, as if
// something was told now: from then on its silence is known.
func (l *Live) quiet(ctx context.Context, topics []string) time.Duration {
	now := l.deps.Clock.Now()
	silence := marked
	for _, topic := range topics {
		at, ok, err := l.deps.Marks.Get(ctx, markKey(topic))
		if err != nil {
			return 0
		}
		if !ok || len(at) != 8 {
			_ = l.mark(ctx, topic) // the next one who asks does it otherwise
			silence = 0
			continue
		}
		silence = min(silence, now.Sub(clock.FromMicros(int64(binary.BigEndian.Uint64(at))))-doubt)
	}
	return max(silence, 0)
}
