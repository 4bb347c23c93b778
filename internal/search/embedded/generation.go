package embedded

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"chengqiao/internal/recent"
	"chengqiao/internal/search"
	"chengqiao/internal/search/analysis"
)

// layout changes whenever what a document is indexed under does.
const layout = "4"

func formatVersion(a *analysis.Analyzer) string { return layout + "/" + a.Version() }

// generation is one index: a ledger on disk, and made from it, in memory, the
// postings and the columns. Each document that is brought in takes a new slot
// in both; the slot that it had before is dead.
type generation struct {
	path string
	// analyzer is the one that the index is made with, as far as this program
	// can: of an older program's it has the synonyms alone.
	analyzer *analysis.Analyzer
	// version is the analysis that the index was made with from its beginning.
	version string
	ledger  *ledger
	// saved is up to where in the ledger the snapshot reaches.
	saved int64

	// mu guards what follows: searches read, apply changes it for a moment.
	mu       sync.RWMutex
	cursor   int64
	columns  *columns
	segments []*segment
	weights  Weights
	// changes counts what has been brought in.
	changes uint64

	scratch sync.Pool
	// read are documents that were read from the ledger, by their place: a
	// place is never written again.
	read *recent.Kept[int64, *search.Document]
	// told are suggestions: what begins with a letter or two is much, and is asked
	// for by everybody who types it.
	told *recent.Kept[typedKey, search.Suggestions]
}

const (
	// keptDocuments bounds the documents that are kept decoded: some kilobytes each.
	keptDocuments = 25_000
	// keptSuggestions bounds the answers that are kept, about a kilobyte each.
	keptSuggestions = 4_000
)

// document is the document of a slot, not to be changed.
func (g *generation) document(at place) (*search.Document, error) {
	if d, ok := g.read.Get(at.at); ok {
		return d, nil
	}
	d, err := g.ledger.document(at)
	if err == nil {
		g.read.Put(at.at, d)
	}
	return d, err
}

func (g *generation) file(name string) string { return filepath.Join(g.path, name) }

func newGeneration(path string, a *analysis.Analyzer) *generation {
	return &generation{
		path: path, analyzer: a, columns: newColumns(), weights: shippedWeights,
		read: recent.Keep[int64, *search.Document](keptDocuments),
		told: recent.Keep[typedKey, search.Suggestions](keptSuggestions),
	}
}

func createGeneration(path string, a *analysis.Analyzer, version string) (*generation, error) {
	if err := os.Mkdir(path, folderMode); err != nil {
		return nil, err
	}
	g := newGeneration(path, a)
	g.version = version
	if err := g.keepSynonyms(); err != nil {
		return nil, err
	}
	ledger, err := openLedger(g.file, os.O_CREATE|os.O_EXCL)
	if err != nil {
		return nil, err
	}
	g.ledger = ledger
	if _, err := ledger.append([]byte(g.version)); err != nil {
		return nil, errors.Join(err, ledger.close())
	}
	return g, nil
}

// openGeneration also makes the version be kept from creation on: what an older
// analysis indexed stays outdated, whatever is added to it. a is for an index
// that does not know its synonyms.
func openGeneration(ctx context.Context, path string, a *analysis.Analyzer) (*generation, error) {
	g := newGeneration(path, a)
	if err := g.readSynonyms(); err != nil {
		return nil, err
	}
	ledger, err := openLedger(g.file, 0)
	if err != nil {
		return nil, err
	}
	g.ledger = ledger
	if err := g.load(ctx); err != nil {
		return nil, errors.Join(err, g.release())
	}
	g.analyzer = g.analyzer.Asking(strings.TrimPrefix(g.version, layout+"/"))
	return g, nil
}

// load reads the snapshot, and from the ledger what came after it.
func (g *generation) load(ctx context.Context) error {
	errStop := errors.New("the version is read")
	err := g.ledger.read(0, func(content []byte, _ int64) error {
		g.version = string(content)
		return errStop
	})
	if !errors.Is(err, errStop) {
		return errors.Join(err, errors.New("the ledger has no version"))
	}
	from, err := g.restore()
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		slog.Warn("the search index is made anew from its ledger", "path", g.path, "error", err)
	}
	g.sweep()
	g.saved = from
	if err != nil {
		from = frameHeader + int64(len(g.version))
	}
	return g.ledger.read(from, func(content []byte, at int64) error {
		b, places, err := decodeBatch(content)
		if err != nil {
			return err
		}
		documents, err := g.prepareAll(ctx, b.Upsert)
		if err != nil {
			return err
		}
		g.take(b, documents, places, at)
		return nil
	})
}

// close leaves a snapshot behind if there is news since the last.
func (g *generation) close() error {
	var err error
	if g.saved < g.ledger.end {
		err = g.save()
	}
	return errors.Join(err, g.release())
}

// release gives up what a generation that nobody reads any more holds open.
func (g *generation) release() error {
	err := g.ledger.close()
	for _, s := range g.segments {
		err = errors.Join(err, s.release())
	}
	return err
}

// discard closes a generation that is not wanted and removes it.
func (g *generation) discard() error {
	return errors.Join(g.release(), os.RemoveAll(g.path))
}

func (g *generation) count() int {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return int(g.columns.live.GetCardinality())
}

func (g *generation) position() int64 {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return g.cursor
}

// apply writes a batch with its cursor in one step. Only one runs at a time.
func (g *generation) apply(ctx context.Context, b search.Batch) error {
	documents, err := g.prepareAll(ctx, b.Upsert)
	if err != nil {
		return fmt.Errorf("search index: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(b.Upsert)+len(b.Delete) == 0 && b.Cursor == 0 {
		return nil
	}
	texts := make([][]byte, len(b.Upsert))
	for i := range b.Upsert {
		texts[i] = appendDocument(nil, &b.Upsert[i])
	}
	content, places := encodeBatch(b.Delete, texts, b.Cursor)
	at, err := g.ledger.append(content)
	if err != nil {
		return fmt.Errorf("search index: %w", err)
	}
	g.take(b, documents, places, at)
	return nil
}

// take brings a batch that is in the ledger, its content beginning at `at`,
// into the postings and columns.
func (g *generation) take(b search.Batch, documents []prepared, places []place, at int64) {
	first := uint32(len(g.columns.ids))
	segments := g.segments
	if len(documents) > 0 {
		segments = append(slices.Clip(segments), newSegment(documents, first))
	}
	g.mu.Lock()
	for i, p := range documents {
		g.columns.put(p.id, p.record, place{at + places[i].at, places[i].length})
	}
	for _, id := range b.Delete {
		g.columns.remove(id)
	}
	if b.Cursor > 0 {
		g.cursor = b.Cursor
	}
	if len(documents)+len(b.Delete) > 0 {
		g.changes++
	}
	g.segments = segments
	live := g.columns.alive
	g.mu.Unlock()
	// Only this goroutine changes what live tells of, so that it may look
	// while searches go on.
	settled, merged := g.settle(segments, func(slot uint32) bool { return live[slot] })
	g.mu.Lock()
	g.segments = settled
	g.mu.Unlock()
	// Whoever read the merged ones held the lock until now.
	g.retire(merged)
}

// unsavedShare is the part of the ledger that may be without a snapshot: a
// quarter, so that opening after a kill analyses no more than that again.
const unsavedShare = 4

// unsavedLeast is how many bytes of the ledger are never worth a snapshot.
const unsavedLeast = 32 << 20

// saveNowAndThen writes a snapshot when enough has come since the last.
func (g *generation) saveNowAndThen() error {
	unsaved := g.ledger.end - g.saved
	if unsaved < unsavedLeast || unsaved < g.ledger.end/unsavedShare {
		return nil
	}
	return g.save()
}

// page lists live documents after an id.
func (g *generation) page(after string, limit int) []search.Entry {
	g.mu.RLock()
	defer g.mu.RUnlock()
	c := g.columns
	var found []uint32
	for it := c.live.Iterator(); it.HasNext(); {
		if o := it.Next(); c.ids[o] > after {
			found = append(found, o)
		}
	}
	found = top(found, limit, ranked{
		key:  func(uint32) int64 { return 0 },
		less: func(a, b uint32) bool { return c.ids[a] < c.ids[b] },
	})
	out := make([]search.Entry, len(found))
	for i, o := range found {
		out[i] = search.Entry{ID: c.ids[o], Checksum: search.Checksum(c.checksums[o])}
	}
	return out
}
