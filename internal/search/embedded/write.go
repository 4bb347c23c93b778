package embedded

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/document"
	"github.com/blevesearch/bleve/v2/index/scorch"
	index "github.com/blevesearch/bleve_index_api"
	"golang.org/x/sync/errgroup"

	"chengqiao/internal/policy"
	"chengqiao/internal/search"
)

// The stored fields.
const (
	recordField   = "record"
	documentField = "document"
)

// field names the terms of one area and tier.
func field(tier policy.Tier, area search.Area) string { return string(tier) + "." + string(area) }

// weightedField is a field whose matches are weighed by frequency and length.
type weightedField struct {
	tier policy.Tier
	area search.Area
}

// weighted are these fields; a record keeps their lengths in this order.
var weighted = func() []weightedField {
	var out []weightedField
	for _, t := range policy.AllTiers {
		out = append(out, weightedField{t, search.AreaTitle}, weightedField{t, search.AreaBody})
	}
	return out
}()

// ready hands Bleve the terms that were made beforehand.
type ready []string

// Analyze implements Bleve's analysis.Analyzer.
func (r ready) Analyze([]byte) analysis.TokenStream {
	tokens := make([]analysis.Token, len(r))
	stream := make(analysis.TokenStream, len(r))
	for i, term := range r {
		tokens[i] = analysis.Token{Term: []byte(term), Position: i + 1}
		stream[i] = &tokens[i]
	}
	return stream
}

// prepared is a document ready to be written.
type prepared struct {
	id       string
	record   *record
	document *document.Document
}

func (g *generation) prepare(d *search.Document) (prepared, error) {
	terms := d.Terms(g.analyzer)
	lengths := make([]uint32, len(weighted))
	out := document.NewDocument(d.ID)
	for i, w := range weighted {
		lengths[i] = uint32(len(terms[w.tier][w.area]))
	}
	for _, tier := range policy.AllTiers {
		for _, area := range search.AllAreas {
			list := terms[tier][area]
			if len(list) == 0 {
				continue
			}
			options := index.IndexField
			if area != search.AreaTitle && area != search.AreaBody {
				options |= index.SkipFreqNorm
			}
			out.AddField(document.NewTextFieldCustom(field(tier, area), nil, nil, options, ready(list)))
		}
	}
	r, err := newRecord(d, lengths)
	if err != nil {
		return prepared{}, err
	}
	text, err := json.Marshal(d)
	if err != nil {
		return prepared{}, err
	}
	out.AddField(document.NewTextFieldCustom(recordField, nil, r.encode(), index.StoreField, nil))
	out.AddField(document.NewTextFieldCustom(documentField, nil, text, index.StoreField, nil))
	return prepared{id: d.ID, record: r, document: out}, nil
}

// apply writes a batch with its cursor in one step. Only one runs at a time.
func (g *generation) apply(ctx context.Context, b search.Batch) error {
	documents := make([]prepared, len(b.Upsert))
	group, _ := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range b.Upsert {
		group.Go(func() (err error) {
			documents[i], err = g.prepare(&b.Upsert[i])
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return fmt.Errorf("search index: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	batch := g.bleve.NewBatch()
	for _, p := range documents {
		if err := batch.IndexAdvanced(p.document); err != nil {
			return fmt.Errorf("search index: %s: %w", p.id, err)
		}
	}
	for _, id := range b.Delete {
		batch.Delete(id)
	}
	if b.Cursor > 0 {
		batch.SetInternal(cursorKey, binary.AppendVarint(nil, b.Cursor))
	}
	// The ordinals exist before a search can meet the documents.
	g.mu.Lock()
	for _, p := range documents {
		g.columns.ordinal(p.id)
	}
	g.mu.Unlock()
	if err := g.bleve.Batch(batch); err != nil {
		return fmt.Errorf("search index: %w", err)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, p := range documents {
		g.columns.put(p.id, p.record)
	}
	for _, id := range b.Delete {
		g.columns.remove(id)
	}
	return nil
}

// load fills the columns from the stored records.
func (g *generation) load(ctx context.Context) error {
	s, err := g.open()
	if err != nil {
		return err
	}
	defer s.Close()
	var mu sync.Mutex
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, segment := range s.Segments() {
		deleted := segment.Deleted()
		ordinals := s.ordinals[i]
		const stride = 4096
		for from := 0; from < len(ordinals); from += stride {
			group.Go(func() error {
				for n := from; n < min(from+stride, len(ordinals)); n++ {
					if deleted != nil && deleted.Contains(uint32(n)) {
						continue
					}
					r, err := storedRecord(segment, uint64(n))
					if err != nil {
						return err
					}
					mu.Lock()
					g.columns.put(g.columns.ids[ordinals[n]], r)
					mu.Unlock()
				}
				return ctx.Err()
			})
		}
	}
	return group.Wait()
}

// storedRecord reads the record of one document of a segment.
func storedRecord(segment *scorch.SegmentSnapshot, number uint64) (r *record, err error) {
	err = errors.Join(segment.VisitDocument(number, func(name string, _ byte, value []byte, _ []uint64) bool {
		if name != recordField {
			return true
		}
		r, err = decodeRecord(value)
		return false
	}), err)
	if err == nil && r == nil {
		err = fmt.Errorf("document %d of a segment has no record", number)
	}
	return r, err
}

// stored reads documents as they were indexed.
func (s *snapshot) stored(id string) (*search.Document, error) {
	found, err := s.Document(id)
	if err != nil || found == nil {
		return nil, err
	}
	var d *search.Document
	found.VisitFields(func(f index.Field) {
		if f.Name() == documentField {
			d = &search.Document{}
			err = json.Unmarshal(f.Value(), d)
		}
	})
	return d, err
}
