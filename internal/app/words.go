package app

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"chengqiao/internal/complaint"
	"chengqiao/internal/errs"
	"chengqiao/internal/indexing"
	"chengqiao/internal/search/analysis"
	"chengqiao/internal/synonym"
)

// words are the synonyms with which the indexes of this process are to be made,
// and how far they are.
type words struct {
	list   *synonym.Service
	wanted atomic.Pointer[analysis.Analyzer]
	// revision is of the list in wanted; applied is the one that the indexes
	// were last seen to be made with, negative before.
	revision int64
	applied  atomic.Int64
	// noticed is when a newer list was first seen; zero while there is none.
	noticed time.Time
	// looked is when it was looked last whether the shared index is there and whole.
	looked time.Time
	// told is the position in the feed up to which the shared index is known to have
	// missed nothing.
	told int64
}

// openWords reads the list as it is stored; all else the analyzer has is kept.
func openWords(ctx context.Context, list *synonym.Service, analyzer *analysis.Analyzer) (*words, error) {
	w := &words{list: list}
	w.wanted.Store(analyzer)
	w.applied.Store(-1)
	return w, w.read(ctx)
}

func (w *words) analyzer() *analysis.Analyzer { return w.wanted.Load() }

func (w *words) read(ctx context.Context) error {
	synonyms, revision, err := w.list.Synonyms(ctx)
	if err != nil {
		return err
	}
	w.wanted.Store(w.analyzer().With(synonyms))
	w.revision, w.noticed = revision, time.Time{}
	return nil
}

const (
	// quietTime is how long the list must be left alone before indexes are
	// rebuilt for it: who edits ten groups waits for one rebuild.
	quietTime = 3 * time.Second
	// longestQuiet bounds the wait for an editor who never rests.
	longestQuiet = 30 * time.Second
	// lookEvery is how often it is looked whether the shared index is there and whole.
	lookEvery = 10 * time.Second
	// rebuildLock names the right to rebuild a shared index.
	rebuildLock = "search/rebuild"
	// rebuildLockTime is how long the right outlives a holder that died.
	rebuildLockTime = time.Minute
)

// keepWords makes the indexes anew when the list of synonyms has changed, or the
// shared one was lost, until ctx ends. Every replica looks at the list's number as
// often as at the feed, so that none needs to be told, and a start after a change
// is no other case.
func (i *indexes) keepWords(ctx context.Context) {
	poll := i.p.cfg.Outbox.Poll
	if poll <= 0 {
		poll = time.Second
	}
	var trouble complaint.Lasting
	for ctx.Err() == nil {
		pause := poll
		if err := i.followWords(ctx); err == nil {
			trouble.Over()
		} else {
			if ctx.Err() == nil && trouble.Due() {
				i.p.log.ErrorContext(ctx, "indexes could not be made anew", "error", err)
			}
			pause = 5 * poll
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

// followWords takes one look at the list, and does what it asks for.
func (i *indexes) followWords(ctx context.Context) error {
	w := i.words
	revision, err := w.list.Revision(ctx)
	if err != nil {
		return err
	}
	if revision.Number != w.revision {
		now := i.p.clock.Now()
		if w.noticed.IsZero() {
			w.noticed = now
		}
		// Until the list rests nothing is made of the one before it: the next
		// would undo it.
		if now.Sub(revision.ChangedAt) < quietTime && now.Sub(w.noticed) < longestQuiet {
			return nil
		}
		if err := w.read(ctx); err != nil {
			return err
		}
		i.search.Use(w.analyzer())
		i.matching.Use(w.analyzer())
	}
	if w.applied.Load() == w.revision && !i.lost(ctx) {
		return nil
	}
	done, err := i.renew(ctx)
	if err == nil && done {
		w.applied.Store(w.revision)
	}
	return err
}

// lost tells, at times, that the server of the shared index holds nothing of what
// it was brought, as after a start on an empty disk, or was not brought all there is.
// One that is away tells nothing.
func (i *indexes) lost(ctx context.Context) bool {
	if !i.shared || time.Since(i.words.looked) < lookEvery {
		return false
	}
	i.words.looked = time.Now() // a running time, not a business instant
	untouched, err := i.search.Untouched(ctx)
	if err != nil || untouched {
		return err == nil
	}
	missed, err := i.missed(ctx)
	return err == nil && missed
}

// missed tells that the shared index was not told of something: it happened while
// another engine was chosen, or by a command for which another is, and nobody asked
// to be told.
func (i *indexes) missed(ctx context.Context) (bool, error) {
	if !i.shared {
		return false, nil
	}
	made, err := i.engine.Cursor(ctx)
	if err != nil {
		return false, err
	}
	head, err := i.p.queue.Head(ctx)
	if err != nil {
		return false, err
	}
	missed, err := i.p.queue.Untold(ctx, consumerSearch, indexing.Events, max(made, i.words.told), i.p.clock.Now().Add(-eventsKept))
	if err == nil && !missed {
		i.words.told = head
	}
	return missed, err
}

// renew brings both indexes to the words that are wanted, the old ones
// answering meanwhile. done is false where another replica is about the shared
// one, or this process fills its own.
func (i *indexes) renew(ctx context.Context) (done bool, err error) {
	outdated, err := i.search.Outdated(ctx)
	if err == nil && !outdated {
		outdated, err = i.missed(ctx)
	}
	if err != nil {
		return false, err
	}
	if outdated {
		begun := sync.OnceFunc(func() { // not while another replica is about it
			i.p.log.InfoContext(ctx, "search index is empty, was made with other synonyms or by another version, or missed something, and is made anew")
		})
		if done, err := i.rebuildAlone(ctx, func(int) { begun() }); err != nil || !done {
			return false, err
		}
	}
	i.filling.Store(false)
	if i.matching.Ready(ctx) != nil {
		return false, nil
	}
	if i.matching.Outdated() {
		if err := i.matching.Renew(ctx); err != nil {
			return false, err
		}
		if err := i.matching.Save(); err != nil {
			return false, err
		}
	}
	return true, nil
}

// rebuild fills a new search index behind the one that answers.
func (i *indexes) rebuild(ctx context.Context, progress func(documents int)) error {
	if i.shared {
		return i.search.RebuildShared(ctx, progress, i.dispatch)
	}
	return i.search.Rebuild(ctx, progress)
}

// rebuildAlone rebuilds the index if nobody else is about it; a shared one by
// one replica, whose right to it runs out soon after its death.
func (i *indexes) rebuildAlone(ctx context.Context, progress func(documents int)) (bool, error) {
	var err error
	if i.shared {
		err = i.withRebuildLock(ctx, func(ctx context.Context) error { return i.rebuild(ctx, progress) })
	} else {
		err = i.rebuild(ctx, progress)
	}
	if errs.CodeOf(err) == "rebuild_running" {
		return false, nil
	}
	return err == nil, err
}

// withRebuildLock does what one replica alone may do to the shared index. Error:
// errs.Conflict "rebuild_running" while another does.
func (i *indexes) withRebuildLock(ctx context.Context, rebuild func(ctx context.Context) error) error {
	lock, ok, err := i.p.kv.TryLock(ctx, rebuildLock, rebuildLockTime)
	if err != nil {
		return err
	}
	if !ok {
		return errs.New(errs.Conflict, "rebuild_running")
	}
	working, stop := context.WithCancel(ctx)
	kept := make(chan error, 1)
	go func() {
		defer stop() // who has lost the right must not go on
		kept <- func() error {
			for {
				select {
				case <-working.Done():
					return nil
				case <-time.After(rebuildLockTime / 3):
				}
				if err := lock.Renew(working, rebuildLockTime); err != nil && working.Err() == nil {
					return err
				}
			}
		}()
	}()
	err = rebuild(working)
	stop()
	if lost := <-kept; lost != nil {
		return lost
	}
	return errors.Join(err, lock.Unlock(context.WithoutCancel(ctx)))
}
