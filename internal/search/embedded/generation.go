package embedded

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"

	"chengqiao/internal/search"
	"chengqiao/internal/search/analysis"
)

// layout changes whenever the fields of the index do.
const layout = "1"

var (
	versionKey = []byte("chengqiao.version")
	cursorKey  = []byte("chengqiao.cursor")
)

func formatVersion(a *analysis.Analyzer) string { return layout + "/" + a.Version() }

// generation is one Bleve index with its columns.
type generation struct {
	path     string
	analyzer *analysis.Analyzer
	bleve    bleve.Index

	// mu guards columns: searches read, apply writes for a moment.
	mu      sync.RWMutex
	columns *columns

	// ordinals caches, for each segment of the index by its id, the ordinals of
	// its documents; segments never change.
	ordinalsMu sync.Mutex
	ordinals   map[uint64][]uint32

	scratch sync.Pool
}

func createGeneration(path string, a *analysis.Analyzer) (*generation, error) {
	index, err := bleve.NewUsing(path, bleve.NewIndexMapping(), scorch.Name, scorch.Name, nil)
	if err != nil {
		return nil, err
	}
	g := newGeneration(path, a, index)
	if err := index.SetInternal(versionKey, []byte(formatVersion(a))); err != nil {
		return nil, errors.Join(err, g.close())
	}
	return g, nil
}

// openGeneration also makes the version be kept from creation on: what an older
// analysis indexed stays outdated, whatever is added to it.
func openGeneration(ctx context.Context, path string, a *analysis.Analyzer) (*generation, error) {
	// Without a time limit Bleve would wait for ever for another process.
	index, err := bleve.OpenUsing(path, map[string]any{"bolt_timeout": "2s"})
	if err != nil {
		return nil, err
	}
	g := newGeneration(path, a, index)
	if err := g.load(ctx); err != nil {
		return nil, errors.Join(err, index.Close())
	}
	return g, nil
}

func newGeneration(path string, a *analysis.Analyzer, index bleve.Index) *generation {
	return &generation{path: path, analyzer: a, bleve: index, columns: newColumns(), ordinals: map[uint64][]uint32{}}
}

func (g *generation) close() error { return g.bleve.Close() }

func (g *generation) count() int {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return int(g.columns.live.GetCardinality())
}

func (g *generation) internal(key []byte) ([]byte, error) { return g.bleve.GetInternal(key) }

func (g *generation) cursor() (int64, error) {
	value, err := g.internal(cursorKey)
	if err != nil || len(value) == 0 {
		return 0, err
	}
	n, read := binary.Varint(value)
	if read <= 0 {
		return 0, fmt.Errorf("cursor %x cannot be read", value)
	}
	return n, nil
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
	found = top(found, limit, func(a, b uint32) bool { return c.ids[a] < c.ids[b] })
	out := make([]search.Entry, len(found))
	for i, o := range found {
		out[i] = search.Entry{ID: c.ids[o], Checksum: fmt.Sprintf("%016x", c.checksums[o])}
	}
	return out
}

// snapshot is the index at one moment, with the way from Bleve's document
// numbers to ordinals.
type snapshot struct {
	*scorch.IndexSnapshot
	// starts are the first document numbers of the segments.
	starts   []uint64
	ordinals [][]uint32
}

// open takes a snapshot; the caller holds g.mu and closes it.
func (g *generation) open() (*snapshot, error) {
	advanced, err := g.bleve.Advanced()
	if err != nil {
		return nil, err
	}
	reader, err := advanced.Reader()
	if err != nil {
		return nil, err
	}
	root, ok := reader.(*scorch.IndexSnapshot)
	if !ok {
		_ = reader.Close()
		return nil, fmt.Errorf("a %T is no index snapshot", reader)
	}
	s := &snapshot{IndexSnapshot: root}
	if err := g.number(s); err != nil {
		_ = s.Close()
		return nil, err
	}
	return s, nil
}

// number fills in the ordinals of a snapshot's segments.
func (g *generation) number(s *snapshot) error {
	g.ordinalsMu.Lock()
	defer g.ordinalsMu.Unlock()
	var start uint64
	live := map[uint64]bool{}
	for _, segment := range s.Segments() {
		id := segment.Id()
		known, ok := g.ordinals[id]
		if !ok {
			known = make([]uint32, segment.Segment().Count())
			for i := range known {
				document, err := segment.DocID(uint64(i))
				if err != nil {
					return err
				}
				known[i] = g.columns.ordinal(string(document))
			}
			g.ordinals[id] = known
		}
		live[id] = true
		s.starts = append(s.starts, start)
		s.ordinals = append(s.ordinals, known)
		start += uint64(len(known))
	}
	if len(g.ordinals) > 2*len(live) {
		for id := range g.ordinals {
			if !live[id] {
				delete(g.ordinals, id)
			}
		}
	}
	return nil
}

// top keeps the first limit elements by less, in order. less must be total.
func top(list []uint32, limit int, less func(a, b uint32) bool) []uint32 {
	compare := func(a, b uint32) int {
		switch {
		case less(a, b):
			return -1
		case less(b, a):
			return 1
		}
		return 0
	}
	if limit >= len(list) {
		slices.SortFunc(list, compare)
		return list
	}
	// A bounded heap with the last of the kept at its root.
	heap := list[:limit:limit]
	sink := func(i int) {
		for {
			worst := i
			for _, child := range []int{2*i + 1, 2*i + 2} {
				if child < len(heap) && less(heap[worst], heap[child]) {
					worst = child
				}
			}
			if worst == i {
				return
			}
			heap[i], heap[worst] = heap[worst], heap[i]
			i = worst
		}
	}
	for i := len(heap)/2 - 1; i >= 0; i-- {
		sink(i)
	}
	for i := limit; i < len(list) && limit > 0; i++ {
		if less(list[i], heap[0]) {
			heap[0], list[i] = list[i], heap[0]
			sink(0)
		}
	}
	slices.SortFunc(heap, compare)
	return heap
}
