package search

import (
	"context"
	"fmt"
)

// Source is the truth that an index is compared with.
type Source interface {
	// Page lists what the index should hold, by id in byte order, as
	// Indexer.Page does.
	Page(ctx context.Context, after string, limit int) ([]Entry, error)
	// Load gives documents as they should be indexed; those that are gone are
	// left out.
	Load(ctx context.Context, ids []string) ([]Document, error)
}

// Reconciliation is what a comparison found and mended.
type Reconciliation struct {
	Compared int `json:"compared"` // documents that should be indexed
	Missing  int `json:"missing"`  // not in the index; added
	Changed  int `json:"changed"`  // other checksum; replaced
	Extra    int `json:"extra"`    // should not be in the index; removed
}

// True tells that index and source agreed.
func (r Reconciliation) True() bool { return r.Missing+r.Changed+r.Extra == 0 }

// reconcilePage is how many entries are compared at a time.
const reconcilePage = 1_000

// Reconcile compares an index with its source, page by page and by checksum,
// and mends what differs. Changes that are applied meanwhile are safe: a
// document is loaded afresh before it is written.
func Reconcile(ctx context.Context, index Indexer, source Source) (Reconciliation, error) {
	var r Reconciliation
	have := pager{page: index.Page}
	want := pager{page: source.Page}
	for {
		load, drop, err := r.compare(ctx, &want, &have)
		if err != nil {
			return r, err
		}
		if len(load)+len(drop) > 0 {
			if err := mend(ctx, index, source, load, drop); err != nil {
				return r, err
			}
		}
		if want.done() && have.done() {
			return r, nil
		}
	}
}

// compare walks both lists until a page's worth of differences is found or
// both end.
func (r *Reconciliation) compare(ctx context.Context, want, have *pager) (load, drop []string, err error) {
	for len(load)+len(drop) < reconcilePage {
		if err := want.fill(ctx); err != nil {
			return nil, nil, fmt.Errorf("reconcile: source: %w", err)
		}
		if err := have.fill(ctx); err != nil {
			return nil, nil, fmt.Errorf("reconcile: index: %w", err)
		}
		switch {
		case want.done() && have.done():
			return load, drop, nil
		case have.done() || !want.done() && want.first().ID < have.first().ID:
			r.Compared++
			r.Missing++
			load = append(load, want.next().ID)
		case want.done() || have.first().ID < want.first().ID:
			r.Extra++
			drop = append(drop, have.next().ID)
		default:
			r.Compared++
			if w, h := want.next(), have.next(); w.Checksum != h.Checksum {
				r.Changed++
				load = append(load, w.ID)
			}
		}
	}
	return load, drop, nil
}

// mend loads the differing ids afresh, those thought extra too: they may have
// been published since their page was read.
func mend(ctx context.Context, index Indexer, source Source, load, drop []string) error {
	ids := append(load, drop...)
	documents, err := source.Load(ctx, ids)
	if err != nil {
		return fmt.Errorf("reconcile: load: %w", err)
	}
	present := map[string]bool{}
	for i := range documents {
		present[documents[i].ID] = true
	}
	b := Batch{Upsert: documents}
	for _, id := range ids {
		if !present[id] {
			b.Delete = append(b.Delete, id)
		}
	}
	return index.Apply(ctx, b)
}

// pager reads a list of entries a page at a time.
type pager struct {
	page    func(ctx context.Context, after string, limit int) ([]Entry, error)
	entries []Entry
	after   string
	ended   bool
}

func (p *pager) fill(ctx context.Context) error {
	if len(p.entries) > 0 || p.ended {
		return nil
	}
	entries, err := p.page(ctx, p.after, reconcilePage)
	if err != nil {
		return err
	}
	p.entries, p.ended = entries, len(entries) < reconcilePage
	if n := len(entries); n > 0 {
		p.after = entries[n-1].ID
	}
	return nil
}

func (p *pager) done() bool   { return p.ended && len(p.entries) == 0 }
func (p *pager) first() Entry { return p.entries[0] }

func (p *pager) next() Entry {
	e := p.entries[0]
	p.entries = p.entries[1:]
	return e
}
