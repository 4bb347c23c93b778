// Package embedded is the search engine inside the program. In memory it holds
// an inverted index (segments of postings without pointers) and columns of what
// is filtered, sorted and counted; on disk a ledger of all documents and a
// snapshot of the index. Ranking is BM25 over the postings.
//
// The folder holds one sub-folder for each generation of the index and the
// file CURRENT, which names the one in use.
package embedded

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"

	"chengqiao/internal/errs"
	"chengqiao/internal/ident"
	"chengqiao/internal/search"
	"chengqiao/internal/search/analysis"
)

var _ search.Engine = (*Engine)(nil)

const (
	currentFile = "CURRENT"
	generations = "g-"
	folderMode  = 0o750
	fileMode    = 0o640
)

// Engine is an open index. One process at a time may have a folder open.
type Engine struct {
	dir string
	// wanted is the analysis that the next generation is made with; each keeps
	// its own.
	wanted atomic.Pointer[analysis.Analyzer]

	// write serialises changes and the swap of generations.
	write sync.Mutex
	// pending are the batches since a rebuild began; nil while none runs.
	pending *[]search.Batch

	// use guards current: searches hold it for reading.
	use     sync.RWMutex
	current *generation
}

// Open opens the index in a folder, or makes an empty one. A folder that
// another process has open makes it fail.
func Open(ctx context.Context, dir string, analyzer *analysis.Analyzer) (*Engine, error) {
	if err := os.MkdirAll(dir, folderMode); err != nil {
		return nil, fmt.Errorf("search index: %w", err)
	}
	e := &Engine{dir: dir}
	e.Use(analyzer)
	name, err := os.ReadFile(filepath.Join(dir, currentFile))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = e.start(formatVersion(analyzer))
	case err == nil:
		err = e.resume(ctx, filepath.Join(dir, filepath.Base(strings.TrimSpace(string(name)))))
	}
	if err != nil {
		return nil, fmt.Errorf("search index in %s: %w", dir, err)
	}
	e.sweep()
	return e, nil
}

// foreign is the version of an index in which nothing of what an older program
// made is left: it is outdated from its beginning.
const foreign = "made by another program"

// resume opens the current generation. One that keeps no ledger is an older
// program's: in its place comes an empty one, to be rebuilt.
func (e *Engine) resume(ctx context.Context, path string) (err error) {
	if _, err := os.Stat(path); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(path, ledgerFile)); errors.Is(err, fs.ErrNotExist) {
		return e.start(foreign)
	}
	e.current, err = openGeneration(ctx, path, e.wanted.Load())
	return err
}

// start makes the first generation.
func (e *Engine) start(version string) error {
	g, err := createGeneration(e.newPath(), e.wanted.Load(), version)
	if err != nil {
		return err
	}
	e.current = g
	if err := e.point(g); err != nil {
		return errors.Join(err, g.close())
	}
	return nil
}

func (e *Engine) newPath() string { return filepath.Join(e.dir, generations+ident.NewID()) }

// point makes a generation the current one of the folder, atomically.
func (e *Engine) point(g *generation) error {
	temporary := filepath.Join(e.dir, currentFile+".new")
	f, err := os.OpenFile(temporary, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, fileMode)
	if err != nil {
		return err
	}
	_, err = f.WriteString(filepath.Base(g.path) + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(temporary, filepath.Join(e.dir, currentFile))
}

// sweep removes generations that a crash left behind. What cannot be removed
// only takes space.
func (e *Engine) sweep() {
	entries, err := os.ReadDir(e.dir)
	if err != nil {
		slog.Warn("search index folder cannot be listed", "dir", e.dir, "error", err)
		return
	}
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), generations) && entry.Name() != filepath.Base(e.current.path) {
			if err := os.RemoveAll(filepath.Join(e.dir, entry.Name())); err != nil {
				slog.Warn("old search index cannot be removed", "path", entry.Name(), "error", err)
			}
		}
	}
}

// Close implements search.Engine; it waits for running searches.
func (e *Engine) Close() error {
	e.write.Lock()
	defer e.write.Unlock()
	e.use.Lock()
	defer e.use.Unlock()
	if e.current == nil {
		return nil
	}
	err := e.current.close()
	e.current = nil
	return err
}

// open holds the current generation for reading; release when done. The error
// after Close is errs.Unavailable "search_unavailable".
func (e *Engine) open() (g *generation, release func(), err error) {
	e.use.RLock()
	if e.current == nil {
		e.use.RUnlock()
		return nil, nil, errs.New(errs.Unavailable, "search_unavailable")
	}
	return e.current, e.use.RUnlock, nil
}

// Apply implements search.Indexer.
func (e *Engine) Apply(ctx context.Context, b search.Batch) error {
	e.write.Lock()
	defer e.write.Unlock()
	if e.current == nil {
		return errs.New(errs.Unavailable, "search_unavailable")
	}
	if err := e.current.apply(ctx, b); err != nil {
		return err
	}
	if e.pending != nil {
		*e.pending = append(*e.pending, b)
		return nil
	}
	// The batch is durable: what follows only saves space and time later.
	if err := e.current.saveNowAndThen(); err != nil {
		slog.Warn("the search index's snapshot cannot be written", "dir", e.dir, "error", err)
	}
	if err := e.compact(); err != nil {
		slog.Warn("the search index cannot be compacted", "dir", e.dir, "error", err)
	}
	return nil
}

// Count implements search.Indexer.
func (e *Engine) Count(context.Context) (int, error) {
	g, release, err := e.open()
	if err != nil {
		return 0, err
	}
	defer release()
	return g.count(), nil
}

// Page implements search.Indexer.
func (e *Engine) Page(_ context.Context, after string, limit int) ([]search.Entry, error) {
	g, release, err := e.open()
	if err != nil {
		return nil, err
	}
	defer release()
	return g.page(after, min(limit, search.MaxPage)), nil
}

// Cursor implements search.Indexer.
func (e *Engine) Cursor(context.Context) (int64, error) {
	g, release, err := e.open()
	if err != nil {
		return 0, err
	}
	defer release()
	return g.position(), nil
}

// Use implements search.Indexer.
func (e *Engine) Use(a *analysis.Analyzer) { e.wanted.Store(a) }

// Outdated implements search.Indexer.
func (e *Engine) Outdated(context.Context) (bool, error) {
	g, release, err := e.open()
	if err != nil {
		return false, err
	}
	defer release()
	return g.version != formatVersion(e.wanted.Load()), nil
}
