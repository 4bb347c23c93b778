package app

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"chengqiao/internal/account"
	"chengqiao/internal/config"
	"chengqiao/internal/embedding"
	"chengqiao/internal/errs"
	"chengqiao/internal/finding"
	"chengqiao/internal/indexing"
	"chengqiao/internal/match"
	"chengqiao/internal/outbox"
	"chengqiao/internal/search"
	"chengqiao/internal/span"
)

// indexes are what is derived from the listings: the search index and this
// process's matching index with its ledger.
type indexes struct {
	p        *platform
	engine   search.Engine
	listings *indexing.Listings
	finder   *finding.Finder
	search   *indexing.Search
	matching *indexing.Matching
	topics   indexing.Topics
	matches  *match.Service
	desk     *match.Desk
	// words are what the indexes are to be made with.
	words *words
	// keeper is nil where no embedding service is used.
	keeper *embedding.Keeper
	// shared: all replicas use one search index, told by an outbox consumer;
	// otherwise it is this process's own and follows the feed.
	shared bool
	// filling: the search index was brought nothing of what there is when this
	// process began, and is not filled yet.
	filling atomic.Bool
}

// asked is the engine as people ask it: one that is still being filled must not
// say that there is nothing.
type asked struct {
	search.Engine
	index *indexes
}

func (a asked) Search(ctx context.Context, q search.Query) (search.Result, error) {
	if err := a.index.searchable(); err != nil {
		return search.Result{}, err
	}
	what := "words"
	if q.Text == "" {
		what = "browse"
	}
	ctx, ended := span.Begin(ctx, "search "+what)
	begun := time.Now()
	result, err := a.Engine.Search(ctx, q)
	ended(err)
	a.index.p.metrics.Searched(what, result.Total, err, time.Since(begun))
	return result, err
}

func (a asked) Suggest(ctx context.Context, q search.Typing) (search.Suggestions, error) {
	if err := a.index.searchable(); err != nil {
		return search.Suggestions{}, err
	}
	ctx, ended := span.Begin(ctx, "search suggest")
	begun := time.Now()
	found, err := a.Engine.Suggest(ctx, q)
	ended(err)
	a.index.p.metrics.Searched("suggest", len(found.Listings)+len(found.Keywords)+len(found.Organisations), err, time.Since(begun))
	return found, err
}

// look tells whether the search index has yet to be filled.
func (i *indexes) look(ctx context.Context) error {
	untouched, err := i.search.Untouched(ctx)
	if err != nil || !untouched {
		return err
	}
	// A shared one that was told by deliveries alone stands at the feed's beginning.
	documents, err := i.engine.Count(ctx)
	i.filling.Store(documents == 0)
	return err
}

// searchable is errs.Unavailable "search_unavailable" while the index is filled for
// the first time.
func (i *indexes) searchable() error {
	if i.filling.Load() {
		return errs.New(errs.Unavailable, "search_unavailable")
	}
	return nil
}

// indexOwners tells the indexes who owns a listing.
type indexOwners struct{ accounts *account.Service }

func (j indexOwners) Owners(ctx context.Context, ids []string) (map[string]indexing.Organisation, error) {
	heads, err := j.accounts.Heads(ctx, ids)
	out := make(map[string]indexing.Organisation, len(heads))
	for id, h := range heads {
		out[id] = indexing.Organisation{Name: h.Name, Kind: h.Kind}
	}
	return out, err
}

// openIndexes opens the search engine and the matching index. The listing
// services must be there.
func openIndexes(ctx context.Context, p *platform) (*indexes, error) {
	words, err := openWords(ctx, p.synonymList, p.analyzer)
	if err != nil {
		return nil, err
	}
	engine, err := openSearch(ctx, p.cfg.Search, words.analyzer())
	if err != nil {
		return nil, err
	}
	i := &indexes{p: p, engine: engine, words: words, shared: p.cfg.Search.Engine == "meilisearch"}
	i.listings = p.newListings()
	i.finder = finding.NewFinder(asked{engine, i}, i.listings, p.deals)
	i.finder.ByRegion(p.taxonomies)
	i.search = indexing.NewSearch(engine, i.listings, p.queue, p.log)
	if err := i.look(ctx); err != nil {
		return nil, errors.Join(err, engine.Close())
	}
	i.matching = indexing.NewMatching(matchingIndexPath(p.cfg), words.analyzer(), p.model, i.listings, p.queue, p.log)
	i.topics = indexing.Topics{Index: i.matching.Index, Model: p.model, Analyzer: words.analyzer}
	i.finder.ByTopic(i.topics)
	i.matches = match.NewService(match.Deps{
		Ready: i.matching.Ready,
		Index: i.matching.Index, Model: p.model, Store: p.matchRows, Listings: i.listings, Introductions: p.matchRows, Reasons: p.taxonomies,
		Tx: p.db, Journal: p.journal, Clock: p.clock, Log: p.log,
	})
	i.desk = match.NewDesk(match.DeskDeps{
		Matches: i.matches, Store: p.matchRows, Asides: p.matchRows, Tx: p.db, Journal: p.journal, Clock: p.clock,
		Config: match.DeskConfig{ProposalsPerDay: p.cfg.Matching.ProposalsPerDay, IdleDays: p.cfg.Matching.IdleDays},
	})
	if cfg := p.cfg.Embedding; cfg.On() {
		if cfg.Search {
			i.finder.ByMeaning(&indexing.Senses{
				Embedder: embedding.NewGuard(openEmbedder(cfg, forSearches, p.kv), forSearches, p.clock, p.log), Cache: p.kv, Index: i.matching.Index,
				Model: p.model.Meaning, Name: embeddingModel(cfg), Timeout: cfg.SearchTimeout, Log: p.log,
			})
		}
		i.keeper = p.newKeeper(i.listings, embedding.NewGuard(openEmbedder(cfg, forListings, p.kv), forListings, p.clock, p.log))
	}
	return i, nil
}

func matchingIndexPath(cfg config.Config) string { return filepath.Join(cfg.DataDir, "matching.idx") }

// follow keeps the indexes true until ctx ends.
func (i *indexes) follow(ctx context.Context) {
	poll := i.p.cfg.Outbox.Poll
	var group sync.WaitGroup
	if !i.shared {
		group.Go(func() { i.search.Follow(ctx, &i.p.dispatched, poll) })
	}
	group.Go(func() { i.matching.Follow(ctx, &i.p.dispatched, poll) })
	group.Go(func() { i.matching.KeepLedger(ctx, i.matches, i.p.matchRows, i.p.traffic.busy, poll) })
	group.Go(func() { i.keepWords(ctx) })
	group.Wait()
}

// catchUp brings the search index everything that is committed: for commands
// that end, where a server would follow by itself.
func (i *indexes) catchUp(ctx context.Context) error {
	if err := i.dispatch(ctx); err != nil {
		return err
	}
	if i.shared {
		return i.workOff(ctx)
	}
	if err := i.search.Prepare(ctx); err != nil {
		return err
	}
	position, err := i.engine.Cursor(ctx)
	if err != nil {
		return err
	}
	follower := outbox.NewFollower(i.p.queue, i.search.Apply, nil, 0, i.p.log)
	for {
		next, err := follower.Turn(ctx, position)
		if errors.Is(err, outbox.ErrFeedGap) {
			return i.search.Rebuild(ctx, nil)
		}
		if err != nil {
			return err
		}
		if next == position {
			return nil
		}
		position = next
	}
}

// dispatch gives everything that is committed its place in the feed.
func (i *indexes) dispatch(ctx context.Context) error {
	for {
		n, err := i.p.queue.Dispatch(ctx, feedPage)
		if err != nil || n == 0 {
			return err
		}
	}
}

// workOff handles the deliveries of the shared index that are due.
func (i *indexes) workOff(ctx context.Context) error {
	worker := outbox.NewWorker(i.p.queue, i.consumer(), i.p.clock, nil, i.p.outboxSettings(), i.p.log)
	for {
		n, err := worker.Turn(ctx)
		if err != nil || n == 0 {
			return err
		}
	}
}

// consumer tells the shared index of what happened.
func (i *indexes) consumer() outbox.Consumer {
	return outbox.Consumer{Name: consumerSearch, Handle: i.search.Handle, Batch: indexing.SharedBatch}
}

// Close saves the matching index, so that the next start need not build it,
// and closes the engine.
func (i *indexes) Close() error {
	err := i.matching.Save()
	if err != nil {
		err = fmt.Errorf("matching index: %w", err)
	}
	return errors.Join(err, i.engine.Close())
}
