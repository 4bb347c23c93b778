package outbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"chengqiao/internal/complaint"
	"chengqiao/internal/errs"
)

// ErrFeedGap says that the feed no longer holds what follows a position:
// events in between were pruned. The follower's index must be rebuilt, from a
// head taken before the rebuild begins.
var ErrFeedGap = errs.New(errs.Conflict, "feed_gap")

const feedBatch = 500

// Dispatcher gives committed events their positions. Every replica runs one;
// the store lets one work at a time.
type Dispatcher struct {
	feed Feed
	// committed wakes the dispatcher, dispatched wakes the followers.
	committed, dispatched *Bell
	poll                  time.Duration
	log                   *slog.Logger
	trouble               complaint.Lasting
}

// NewDispatcher makes a dispatcher that looks after each ring of committed and
// every poll (0 means 1 second), and rings dispatched when it gave positions.
func NewDispatcher(feed Feed, committed, dispatched *Bell, poll time.Duration, log *slog.Logger) *Dispatcher {
	if poll <= 0 {
		poll = time.Second
	}
	return &Dispatcher{feed: feed, committed: committed, dispatched: dispatched, poll: poll, log: log}
}

// Run works until ctx ends.
func (d *Dispatcher) Run(ctx context.Context) {
	ring, stop := d.committed.listen()
	defer stop()
	for ctx.Err() == nil {
		n, err := d.feed.Dispatch(ctx, feedBatch)
		switch {
		case err == nil:
			d.trouble.Over()
		case ctx.Err() == nil && d.trouble.Due():
			d.log.ErrorContext(ctx, "events could not be put in order", "error", err)
		}
		if n > 0 {
			d.dispatched.Ring()
		}
		if n == feedBatch {
			continue // there may be more
		}
		if !wait(ctx, ring, d.poll) {
			return
		}
	}
}

// Follower reads the feed for one index of this process.
type Follower struct {
	feed  Feed
	apply func(ctx context.Context, events []Positioned) error
	bell  *Bell
	poll  time.Duration
	log   *slog.Logger

	trouble complaint.Lasting
}

// NewFollower makes a follower. apply gets events in commit order, possibly
// some of them again after a failure, and keeps the last position together
// with its index. bell is the one that the dispatcher rings, or nil; poll 0
// means 1 second.
func NewFollower(feed Feed, apply func(ctx context.Context, events []Positioned) error, bell *Bell, poll time.Duration, log *slog.Logger) *Follower {
	if poll <= 0 {
		poll = time.Second
	}
	return &Follower{feed: feed, apply: apply, bell: bell, poll: poll, log: log}
}

// Run follows from behind position until ctx ends (nil) or events behind the
// position are gone (ErrFeedGap). A failing apply is tried again after a wait.
func (f *Follower) Run(ctx context.Context, position int64) error {
	ring, stop := f.bell.listen()
	defer stop()
	for ctx.Err() == nil {
		next, err := f.Turn(ctx, position)
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, ErrFeedGap):
			return err
		case err != nil:
			if f.trouble.Due() {
				f.log.ErrorContext(ctx, "feed could not be followed", "position", position, "error", err)
			}
		default:
			f.trouble.Over()
			if next > position {
				position = next
				continue // there may be more
			}
		}
		if !wait(ctx, ring, f.poll) {
			return nil
		}
	}
	return nil
}

// Turn applies the next batch behind position and gives the position reached,
// which is the same when there was nothing. Errors: ErrFeedGap, those of apply.
func (f *Follower) Turn(ctx context.Context, position int64) (int64, error) {
	head, err := f.feed.Head(ctx)
	if err != nil || head == position {
		return position, err
	}
	if head < position {
		return position, fmt.Errorf("%w: position %d is ahead of the feed's %d", ErrFeedGap, position, head)
	}
	events, err := f.feed.After(ctx, position, feedBatch)
	if err != nil {
		return position, err
	}
	// Positions are given without gaps, so a missing one was pruned.
	if len(events) == 0 {
		return position, ErrFeedGap
	}
	for i, e := range events {
		if e.Position != position+int64(i)+1 {
			return position, ErrFeedGap
		}
	}
	if err := f.apply(ctx, events); err != nil {
		return position, err
	}
	return position + int64(len(events)), nil
}
