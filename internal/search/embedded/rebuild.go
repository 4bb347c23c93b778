package embedded

import (
	"context"
	"errors"
	"fmt"

	"chengqiao/internal/errs"
	"chengqiao/internal/search"
)

// Rebuild implements search.Indexer. Only one runs at a time; another gets
// errs.Conflict "rebuild_running".
func (e *Engine) Rebuild(ctx context.Context, fill func(ctx context.Context, into search.Sink) error) error {
	next, err := e.beginRebuild()
	if err != nil {
		return err
	}
	if err := fill(ctx, sink{next}); err != nil {
		return errors.Join(err, e.abandon(next))
	}
	return e.finishRebuild(ctx, next)
}

// sink fills a generation that is not in use yet.
type sink struct{ g *generation }

func (s sink) Apply(ctx context.Context, b search.Batch) error { return s.g.apply(ctx, b) }

func (e *Engine) beginRebuild() (*generation, error) {
	e.write.Lock()
	defer e.write.Unlock()
	if e.pending != nil {
		return nil, errs.New(errs.Conflict, "rebuild_running")
	}
	wanted := e.wanted.Load()
	next, err := createGeneration(e.newPath(), wanted, formatVersion(wanted))
	if err != nil {
		return nil, fmt.Errorf("rebuild: %w", err)
	}
	e.pending = &[]search.Batch{}
	return next, nil
}

func (e *Engine) abandon(next *generation) error {
	e.write.Lock()
	e.pending = nil
	e.write.Unlock()
	return next.discard()
}

// finishRebuild brings the new generation up to the present and swaps.
func (e *Engine) finishRebuild(ctx context.Context, next *generation) error {
	e.write.Lock()
	defer e.write.Unlock()
	if err := e.catchUp(ctx, next); err != nil {
		e.pending = nil
		return errors.Join(fmt.Errorf("rebuild: %w", err), next.discard())
	}
	e.pending = nil
	return e.swap(next)
}

// swap puts a generation, which is the folder's current one already, in the
// place of the one in use.
func (e *Engine) swap(next *generation) error {
	old := e.current
	e.use.Lock()
	e.current = next
	e.use.Unlock()
	// No search holds the old one: they hold use for as long as they run.
	return old.discard()
}

// catchUp repeats on the new generation what was applied during the fill, sets
// its cursor, and makes it the folder's current one. If the fill gave no cursor,
// the old index's is right: what was filled in is at least as new.
func (e *Engine) catchUp(ctx context.Context, next *generation) error {
	if e.current == nil {
		return errs.New(errs.Unavailable, "search_unavailable")
	}
	filled := next.position()
	for _, b := range *e.pending {
		if err := next.apply(ctx, b); err != nil {
			return err
		}
	}
	if filled == 0 {
		if err := next.apply(ctx, search.Batch{Cursor: e.current.position()}); err != nil {
			return err
		}
	}
	return e.point(next)
}
