package indexing

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"chengqiao/internal/complaint"
	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/match"
	"chengqiao/internal/outbox"
	"chengqiao/internal/search"
	"chengqiao/internal/search/analysis"
)

// Search keeps a search index true.
type Search struct {
	index    search.Indexer
	listings *Listings
	feed     outbox.Feed
	log      *slog.Logger
}

// NewSearch makes the keeper of an index.
func NewSearch(index search.Indexer, listings *Listings, feed outbox.Feed, log *slog.Logger) *Search {
	return &Search{index: index, listings: listings, feed: feed, log: log}
}

// batchSize is how many listings change in one batch of an index: an event
// about an organisation can concern all of its thousands.
const batchSize = 500

// SharedBatch is how many events, and how many listings, are brought at a time to an
// index that all replicas share. Somebody waits for each time, and a server that
// writes together what waits takes little longer for four times as many.
const SharedBatch = 2_000

// Handle brings the index what happened: the consumer of the outbox for an
// index that all replicas share.
func (s *Search) Handle(ctx context.Context, events []event.Event) error {
	refs, err := s.listings.allConcerned(ctx, events)
	if err != nil {
		return err
	}
	for i, page := range slices.Collect(slices.Chunk(refs, SharedBatch)) {
		if i > 0 {
			if err := outbox.Going(ctx); err != nil {
				return err
			}
		}
		if err := s.settle(ctx, page); err != nil {
			return err
		}
	}
	return nil
}

// settle brings a shared index listings as they are. A replica that reads a
// listing and is slow to write it may write over what another has read later. So
// each looks again when it has written, and writes what has changed since: the
// last of them to write leaves what is true.
func (s *Search) settle(ctx context.Context, refs []match.Ref) error {
	written := map[string]string{} // checksums by id; "" for what is not live
	for {
		b, err := s.listings.change(ctx, refs)
		if err != nil {
			return err
		}
		news := search.Batch{}
		for _, d := range b.Upsert {
			if sum := d.Checksum(); written[d.ID] != sum {
				written[d.ID] = sum
				news.Upsert = append(news.Upsert, d)
			}
		}
		for _, id := range b.Delete {
			if sum, ok := written[id]; !ok || sum != "" {
				written[id] = ""
				news.Delete = append(news.Delete, id)
			}
		}
		if len(news.Upsert)+len(news.Delete) == 0 {
			return nil
		}
		if err := s.bring(ctx, s.index, news); err != nil {
			return err
		}
	}
}

// Apply brings an index that follows the feed what happened. The position goes
// into the index with the last of the content: until then what is done before a
// crash is done again.
func (s *Search) Apply(ctx context.Context, events []outbox.Positioned) error {
	if len(events) == 0 {
		return nil
	}
	refs, err := s.listings.allConcerned(ctx, bare(events))
	if err != nil {
		return err
	}
	for len(refs) > batchSize {
		b, err := s.listings.change(ctx, refs[:batchSize])
		if err != nil {
			return err
		}
		if err := s.bring(ctx, s.index, b); err != nil {
			return err
		}
		refs = refs[batchSize:]
	}
	b, err := s.listings.change(ctx, refs)
	if err != nil {
		return err
	}
	b.Cursor = events[len(events)-1].Position
	return s.bring(ctx, s.index, b)
}

// bring applies a batch. Where the program stumbles over one of its documents
// they are brought one by one, and that one is taken out in the place of being
// put in: it must not keep all others from being found.
func (s *Search) bring(ctx context.Context, into search.Sink, b search.Batch) error {
	err := errs.Caught(func() error { return into.Apply(ctx, b) })
	if !errs.IsPanic(err) {
		return err
	}
	rest := search.Batch{Delete: b.Delete, Cursor: b.Cursor}
	for _, d := range b.Upsert {
		err := errs.Caught(func() error { return into.Apply(ctx, search.Batch{Upsert: []search.Document{d}}) })
		switch {
		case errs.IsPanic(err):
			s.log.ErrorContext(ctx, "listing could not be read for search and is left out", "kind", d.Kind, "id", d.ID, "error", err)
			rest.Delete = append(slices.Clip(rest.Delete), d.ID)
		case err != nil:
			return err
		}
	}
	return into.Apply(ctx, rest)
}

func bare(events []outbox.Positioned) []event.Event {
	out := make([]event.Event, len(events))
	for i, e := range events {
		out[i] = e.Event
	}
	return out
}

// Rebuild fills a new index from the store; the old one answers until it
// stands. progress, if not nil, is called with the number of documents so far.
func (s *Search) Rebuild(ctx context.Context, progress func(documents int)) error {
	// The position is taken first: what is committed while the pages are read
	// comes again by the feed.
	head, err := s.feed.Head(ctx)
	if err != nil {
		return err
	}
	err = s.index.Rebuild(ctx, func(ctx context.Context, into search.Sink) error {
		after, done := "", 0
		for {
			documents, err := s.listings.page(ctx, after, batchSize)
			if err != nil {
				return err
			}
			b := search.Batch{Upsert: documents}
			last := len(documents) < batchSize
			if last {
				b.Cursor = head
			}
			if err := s.bring(ctx, into, b); err != nil {
				return err
			}
			done += len(documents)
			if progress != nil {
				progress(done)
			}
			if last {
				return nil
			}
			after = documents[len(documents)-1].ID
		}
	})
	if err != nil {
		return fmt.Errorf("rebuild the search index: %w", err)
	}
	return nil
}

// RebuildShared is Rebuild for an index that other replicas write to as well:
// what they brought to the old one after its listings were read is brought to
// the new one too. dispatch gives everything committed its place in the feed.
func (s *Search) RebuildShared(ctx context.Context, progress func(documents int), dispatch func(ctx context.Context) error) error {
	position, err := s.feed.Head(ctx)
	if err != nil {
		return err
	}
	if err := s.Rebuild(ctx, progress); err != nil {
		return err
	}
	if err := dispatch(ctx); err != nil {
		return err
	}
	for {
		events, err := s.feed.After(ctx, position, batchSize)
		if err != nil || len(events) == 0 {
			return err
		}
		if events[0].Position != position+1 {
			return outbox.ErrFeedGap
		}
		if err := s.Handle(ctx, bare(events)); err != nil {
			return err
		}
		position = events[len(events)-1].Position
	}
}

// Use sets the analysis that the index is to be made with.
func (s *Search) Use(a *analysis.Analyzer) { s.index.Use(a) }

// Outdated tells that the index has to be made anew: it is of another analysis than
// is wanted, or there is a feed and the index was brought nothing of it, as after a
// change to another engine.
func (s *Search) Outdated(ctx context.Context) (bool, error) {
	outdated, err := s.index.Outdated(ctx)
	if err != nil || outdated {
		return outdated, err
	}
	return s.Untouched(ctx)
}

// Reconcile compares the index with the store by id and checksum, and mends
// what differs.
func (s *Search) Reconcile(ctx context.Context) (search.Reconciliation, error) {
	return search.Reconcile(ctx, s.index, s.listings)
}

// Prepare rebuilds an index that another analysis made, and fills one that was
// brought nothing yet: the feed tells of a listing once for each of its events, and
// for each of its organisation's. Where somebody is about it already, it waits for
// them.
func (s *Search) Prepare(ctx context.Context) error {
	for {
		outdated, err := s.Outdated(ctx)
		if err != nil || !outdated {
			return err
		}
		begun := sync.OnceFunc(func() { // not while somebody else is about it
			s.log.InfoContext(ctx, "search index is empty or was made by another version, and is rebuilt")
		})
		if err := s.Rebuild(ctx, func(int) { begun() }); errs.CodeOf(err) != "rebuild_running" {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(preparePause):
		}
	}
}

// Untouched tells that there is a feed and the index was brought nothing of it: it
// is new, or its server has lost it.
func (s *Search) Untouched(ctx context.Context) (bool, error) {
	cursor, err := s.index.Cursor(ctx)
	if err != nil || cursor > 0 {
		return false, err
	}
	head, err := s.feed.Head(ctx)
	return head > 0, err
}

// preparePause is the wait before it is looked whether another's rebuild is done.
const preparePause = time.Second

// Follow brings the index the feed until ctx ends; where the feed no longer
// holds what the index missed, the index is rebuilt. bell is the one that the
// dispatcher rings; poll 0 means 1 second.
func (s *Search) Follow(ctx context.Context, bell *outbox.Bell, poll time.Duration) {
	follower := outbox.NewFollower(s.feed, s.Apply, bell, poll, s.log)
	follow(ctx, s.log, "search", s.Prepare, s.index.Cursor, func(ctx context.Context) error { return s.Rebuild(ctx, nil) }, follower)
}

// retryPause is the wait before an index that could not be opened or rebuilt
// is tried again.
const retryPause = 5 * time.Second

// follow prepares an index and lets its follower run from where it stands,
// rebuilding it when the feed has a gap, until ctx ends.
func follow(ctx context.Context, log *slog.Logger, name string, prepare func(context.Context) error,
	cursor func(context.Context) (int64, error), rebuild func(context.Context) error, follower *outbox.Follower) {
	ready := false
	var trouble complaint.Lasting
	for ctx.Err() == nil {
		err := func() error {
			if !ready {
				if err := prepare(ctx); err != nil {
					return err
				}
				ready = true
			}
			position, err := cursor(ctx)
			if err != nil {
				return err
			}
			return follower.Run(ctx, position)
		}()
		if errors.Is(err, outbox.ErrFeedGap) {
			log.InfoContext(ctx, "index missed more than the feed holds and is rebuilt", "index", name)
			err = rebuild(ctx)
		}
		if err == nil || ctx.Err() != nil {
			trouble.Over()
			continue
		}
		if trouble.Due() {
			log.ErrorContext(ctx, "index could not be brought up to date", "index", name, "error", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(retryPause):
		}
	}
}
