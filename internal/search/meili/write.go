package meili

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"slices"

	"github.com/meilisearch/meilisearch-go"
	"golang.org/x/sync/errgroup"

	"chengqiao/internal/errs"
	"chengqiao/internal/ident"
	"chengqiao/internal/search"
	"chengqiao/internal/search/analysis"
)

// Apply implements search.Indexer. The cursor is written after the documents.
func (e *Engine) Apply(ctx context.Context, b search.Batch) error {
	e.write.Lock()
	defer e.write.Unlock()
	if err := e.applyToCurrent(ctx, b); err != nil {
		return err
	}
	if e.pending != nil {
		*e.pending = append(*e.pending, b)
	}
	return nil
}

// applyToCurrent applies a batch in the terms of the index that answers. If
// another replica swaps meanwhile, the batch comes to the new index, and is
// written again in its terms.
func (e *Engine) applyToCurrent(ctx context.Context, b search.Batch) error {
	for range swaps {
		before, err := e.learn(ctx)
		if err != nil {
			return err
		}
		if err := e.apply(ctx, e.index, before.analyzer, b); err != nil {
			return err
		}
		after, err := e.state(ctx, e.index)
		if err != nil {
			return err
		}
		if after.Version == before.version {
			return nil
		}
	}
	return errSwapped
}

// apply writes a batch and waits until it is written.
func (e *Engine) apply(ctx context.Context, index string, a *analysis.Analyzer, b search.Batch) error {
	tasks, err := e.send(ctx, index, a, b)
	if err != nil {
		return err
	}
	for _, task := range tasks {
		if err := e.await(ctx, "write documents", task, nil); err != nil {
			return err
		}
	}
	if b.Cursor > 0 {
		return e.note(ctx, index, state{ID: stateID, Cursor: b.Cursor})
	}
	return nil
}

// taskSize is how many documents are sent at a time: Meilisearch refuses bodies of
// 100 MB, unless told otherwise.
const taskSize = 500

// send gives Meilisearch a batch's documents, which it writes by and by and in
// order.
func (e *Engine) send(ctx context.Context, index string, a *analysis.Analyzer, b search.Batch) ([]*meilisearch.TaskInfo, error) {
	documents := make([]map[string]any, len(b.Upsert))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range b.Upsert {
		group.Go(func() (err error) {
			documents[i], err = encode(&b.Upsert[i], a)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, fmt.Errorf("search index: %w", err)
	}
	manager := e.client.Index(index)
	var tasks []*meilisearch.TaskInfo
	for some := range slices.Chunk(documents, taskSize) {
		primary := keyAttribute
		task, err := manager.AddDocumentsWithContext(ctx, some, &meilisearch.DocumentOptions{PrimaryKey: &primary})
		if err != nil {
			return tasks, problem("add documents", err)
		}
		tasks = append(tasks, task)
	}
	if len(b.Delete) > 0 {
		task, err := manager.DeleteDocumentsWithContext(ctx, keys(b.Delete), nil)
		if err != nil {
			return tasks, problem("delete documents", err)
		}
		tasks = append(tasks, task)
	}
	return tasks, nil
}

// Count implements search.Indexer.
func (e *Engine) Count(ctx context.Context) (int, error) {
	stats, err := e.client.Index(e.index).GetStatsWithContext(ctx, nil)
	if err != nil {
		return 0, problem("count", err)
	}
	return int(stats.NumberOfDocuments), nil
}

// Cursor implements search.Indexer. An index that the server has lost was brought
// nothing.
func (e *Engine) Cursor(ctx context.Context) (int64, error) {
	whole, err := e.whole(ctx)
	if err != nil || !whole {
		return 0, err
	}
	s, err := e.state(ctx, e.index)
	return s.Cursor, err
}

// Use implements search.Indexer.
func (e *Engine) Use(a *analysis.Analyzer) { e.wanted.Store(a) }

// Outdated implements search.Indexer.
func (e *Engine) Outdated(ctx context.Context) (bool, error) {
	s, err := e.state(ctx, e.index)
	if err := lost(err); err != nil {
		return false, err
	}
	return s.Version != versionOf(e.wanted.Load()), nil
}

// Page implements search.Indexer.
func (e *Engine) Page(ctx context.Context, after string, limit int) ([]search.Entry, error) {
	found, err := e.client.Index(e.index).SearchWithContext(ctx, "", &meilisearch.SearchRequest{
		Filter:               fmt.Sprintf("%s > %s", keyAttribute, quote(key(after))),
		Sort:                 []string{keyAttribute + ":asc"},
		Limit:                int64(min(limit, search.MaxPage)),
		AttributesToRetrieve: []string{idAttribute, checksumAttribute},
	})
	if err != nil {
		return nil, problem("list documents", err)
	}
	out := make([]search.Entry, len(found.Hits))
	for i, h := range found.Hits {
		err := errors.Join(json.Unmarshal(h[idAttribute], &out[i].ID), json.Unmarshal(h[checksumAttribute], &out[i].Checksum))
		if err != nil {
			return nil, fmt.Errorf("meilisearch: list documents: %w", err)
		}
	}
	return out, nil
}

// Rebuild implements search.Indexer. Only one may run at a time: this process
// answers errs.Conflict "rebuild_running" to another, and replicas should agree
// among themselves. Of two that do not, the one that began first gets the same
// answer at its end, and the other's index is put in place. What another replica
// applies meanwhile is not repeated on the new index; its change feed or a
// reconciliation brings it in.
func (e *Engine) Rebuild(ctx context.Context, fill func(ctx context.Context, into search.Sink) error) error {
	into := &sink{e: e, index: nextOf(e.index) + "-" + ident.NewID(), analyzer: e.wanted.Load()}
	if err := e.beginRebuild(ctx, into); err != nil {
		return err
	}
	err := fill(ctx, into)
	if err == nil {
		err = into.await(ctx, 0)
	}
	e.write.Lock()
	defer e.write.Unlock()
	if err == nil {
		err = e.swap(ctx, into)
	}
	e.pending = nil
	// After a swap this removes the old index. It must happen even if the
	// caller has gone.
	return errors.Join(err, e.drop(context.WithoutCancel(ctx), into.index))
}

// sink fills the index that is to come. Several batches are on their way at a
// time: Meilisearch writes those that wait together, and much faster.
type sink struct {
	e        *Engine
	index    string
	analyzer *analysis.Analyzer
	// waiting are the tasks that are not known to be done, in order.
	waiting []*meilisearch.TaskInfo
}

// onTheirWay is how many batches wait to be written.
const onTheirWay = 32

// Apply implements search.Sink. The cursor is written after all documents.
func (s *sink) Apply(ctx context.Context, b search.Batch) error {
	tasks, err := s.e.send(ctx, s.index, s.analyzer, b)
	s.waiting = append(s.waiting, tasks...)
	if err != nil {
		return err
	}
	if b.Cursor == 0 {
		return s.await(ctx, onTheirWay)
	}
	if err := s.await(ctx, 0); err != nil {
		return err
	}
	return s.e.note(ctx, s.index, state{ID: stateID, Cursor: b.Cursor})
}

// await waits until no more than most batches wait.
func (s *sink) await(ctx context.Context, most int) error {
	for len(s.waiting) > most {
		if err := s.e.await(ctx, "write documents", s.waiting[0], nil); err != nil {
			return err
		}
		s.waiting = s.waiting[1:]
	}
	return nil
}

func (e *Engine) beginRebuild(ctx context.Context, into *sink) error {
	e.write.Lock()
	defer e.write.Unlock()
	if e.pending != nil {
		return errs.New(errs.Conflict, "rebuild_running")
	}
	if err := e.dropLeft(ctx); err != nil {
		return err
	}
	if err := e.create(ctx, into.index, into.analyzer); err != nil {
		return err
	}
	e.pending = &[]search.Batch{}
	return nil
}

// swap brings the new index up to the present and exchanges both.
func (e *Engine) swap(ctx context.Context, filled *sink) error {
	next, a := filled.index, filled.analyzer
	s, err := e.state(ctx, next)
	if err := lost(err); err != nil {
		return err
	}
	if s.Version != versionOf(a) { // another rebuild took it for a left one
		return errs.New(errs.Conflict, "rebuild_running")
	}
	for _, b := range *e.pending {
		if err := e.apply(ctx, next, a, b); err != nil {
			return err
		}
	}
	if s.Cursor == 0 {
		old, err := e.state(ctx, e.index)
		if err := lost(err); err != nil {
			return err
		}
		if err := e.apply(ctx, next, a, search.Batch{Cursor: old.Cursor}); err != nil {
			return err
		}
	}
	if err := e.createBare(ctx, e.index); err != nil { // the server may have lost it
		return err
	}
	task, err := e.client.SwapIndexesWithContext(ctx, []*meilisearch.SwapIndexesParams{
		{Indexes: []string{e.index, next}},
		{Indexes: []string{metaOf(e.index), metaOf(next)}},
	})
	if err := e.await(ctx, "swap indexes", task, err); err != nil {
		return err
	}
	_, err = e.learn(ctx)
	return err
}
