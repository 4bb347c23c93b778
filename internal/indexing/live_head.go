package indexing

import (
	"context"
	"sync"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/listing"
	"chengqiao/internal/outbox"
)

// Changes tells what has happened to listings.
type Changes interface {
	// Edge tells how far the feed reaches.
	Edge(ctx context.Context) (outbox.Edge, error)
	// After lists up to limit events behind a position, in order.
	After(ctx context.Context, position int64, limit int) ([]outbox.Positioned, error)
}

// keptHeads keeps what the store says of live versions, so that a page of a
// search need not ask for what nothing has happened to. The feed tells what has:
// every change of a listing leaves an event about it in its transaction. While events
// wait for their place in the feed, the store is asked each time.
type keptHeads struct {
	store   Heads
	changes Changes
	// rings counts what this process has committed: after its own changes the
	// feed is looked at again at once.
	rings func() int64
	clock clock.Clock

	mu sync.Mutex
	// looked is when the feed was looked at last, and rung what rings told then.
	looked time.Time
	rung   int64
	// position is up to where in the feed the heads are true; settled tells that
	// nothing was committed behind it.
	position int64
	settled  bool
	heads    map[string]listing.LiveHead
}

var _ Heads = (*keptHeads)(nil)

const (
	// headPeriod is for how long another process's change may stay unseen: as
	// if the answer had been sent that much earlier.
	headPeriod = 20 * time.Millisecond
	// keptHeadsMost bounds the heads that are kept, about a hundred bytes each.
	keptHeadsMost = 200_000
	// headEvents is after how many events at once all is asked for anew.
	headEvents = 500
)

// newKeptHeads keeps what a store tells. rings counts this process's commits.
// Without changes nothing is kept.
func newKeptHeads(store Heads, changes Changes, rings func() int64, c clock.Clock) *keptHeads {
	return &keptHeads{store: store, changes: changes, rings: rings, clock: c, heads: map[string]listing.LiveHead{}}
}

// LiveHeads implements Heads.
func (k *keptHeads) LiveHeads(ctx context.Context, ids []string) ([]listing.LiveHead, error) {
	known, missing, position, err := k.known(ctx, ids)
	if err != nil || len(missing) == 0 {
		return known, err
	}
	read, err := k.store.LiveHeads(ctx, missing)
	if err != nil {
		return nil, err
	}
	k.keep(read, position)
	return append(known, read...), nil
}

// unsettled is the position of heads that are not to be kept.
const unsettled = -1

// known gives the heads that are kept, the listings of which none is, and the
// position in the feed behind which the store is to be asked for those.
func (k *keptHeads) known(ctx context.Context, ids []string) (known []listing.LiveHead, missing []string, position int64, err error) {
	if k.changes == nil {
		return nil, ids, unsettled, nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := k.follow(ctx); err != nil {
		return nil, nil, 0, err
	}
	if !k.settled {
		return nil, ids, unsettled, nil
	}
	for _, id := range ids {
		if h, ok := k.heads[id]; ok {
			known = append(known, h)
		} else {
			missing = append(missing, id)
		}
	}
	return known, missing, k.position, nil
}

// keep keeps heads that were read when the feed had been followed to a position.
// Where it has been followed further, one of them may have changed in between.
func (k *keptHeads) keep(read []listing.LiveHead, position int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if position != k.position {
		return
	}
	if len(k.heads) >= keptHeadsMost {
		clear(k.heads)
	}
	for _, h := range read {
		k.heads[h.ID] = h
	}
}

// follow forgets what has changed since the feed was looked at.
func (k *keptHeads) follow(ctx context.Context) error {
	now, rung := k.clock.Now(), k.rings()
	if since := now.Sub(k.looked); rung == k.rung && since >= 0 && since < headPeriod { // a clock can be set back
		return nil // while events wait, the store is asked all the same
	}
	edge, err := k.changes.Edge(ctx)
	if err != nil {
		return err
	}
	if edge.Head != k.position {
		if err := k.forget(ctx, edge.Head); err != nil {
			return err
		}
	}
	k.looked, k.rung, k.position, k.settled = now, rung, edge.Head, !edge.Waiting
	return nil
}

// forget drops the heads that the events up to a position may have changed.
func (k *keptHeads) forget(ctx context.Context, head int64) error {
	if len(k.heads) == 0 {
		return nil
	}
	if head < k.position || head-k.position > headEvents {
		clear(k.heads)
		return nil
	}
	events, err := k.changes.After(ctx, k.position, headEvents)
	if err != nil {
		return err
	}
	if len(events) == 0 || events[0].Position != k.position+1 { // some were pruned
		clear(k.heads)
		return nil
	}
	for _, e := range events {
		delete(k.heads, e.Event.Subject)
	}
	return nil
}
