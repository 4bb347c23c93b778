// Package search is the port between the marketplace and a search engine: what
// a document is, what can be asked, and what an answer holds. The engines are
// in its subfolders; analysis makes the terms that both of them index.
//
// The promise, held by one conformance suite on every engine: equal filters,
// facets, sorts, totals and recall; not equal ranking. And no answer, be it a
// hit, a count, a facet or a highlight, depends on a text that the reader may
// not read.
package search

import (
	"context"
	"slices"

	"chengqiao/internal/policy"
	"chengqiao/internal/search/analysis"
)

// Searcher answers queries.
type Searcher interface {
	// Search answers q. Errors are those of Query.Validate, and
	// errs.Unavailable "search_unavailable" where the engine cannot be reached.
	Search(ctx context.Context, q Query) (Result, error)
}

// Indexer keeps an index true. Its methods are safe for concurrent use.
type Indexer interface {
	// Apply brings documents in and takes them out. When it returns nil the
	// batch is durable and searchable.
	Apply(ctx context.Context, b Batch) error
	// Count is the number of documents in the index.
	Count(ctx context.Context) (int, error)
	// Page lists the index by id in byte order, from the first after `after`;
	// fewer than limit entries means the end. Limit is at most MaxPage.
	Page(ctx context.Context, after string, limit int) ([]Entry, error)
	// Cursor is the last Batch.Cursor applied; 0 if none was.
	Cursor(ctx context.Context) (int64, error)
	// Use sets the analysis that the next Rebuild makes an index with. What
	// answers is asked and added to with the one that it was made with.
	Use(a *analysis.Analyzer)
	// Outdated tells that the index was made by another analysis or other
	// settings. It still answers, but is to be rebuilt.
	Outdated(ctx context.Context) (bool, error)
	// Rebuild fills a new index and then puts it in the place of the old one,
	// which answers until that moment. What Apply is given meanwhile is in both.
	// If fill fails, the old index stays and the error is returned.
	Rebuild(ctx context.Context, fill func(ctx context.Context, into Sink) error) error
}

// Sink takes the documents of a rebuild.
type Sink interface {
	Apply(ctx context.Context, b Batch) error
}

// Engine is a whole search engine.
type Engine interface {
	Searcher
	Suggester
	Corrector
	Indexer
	// Close releases the engine; an index on disk stays.
	Close() error
}

// Batch is a change of the index. A document may be in only one of its lists.
type Batch struct {
	Upsert []Document
	Delete []string
	// Cursor is the position in the change feed that this batch brings the
	// index to; 0 leaves it. It is kept with the index: an embedded one is
	// never ahead of its cursor nor behind it, a remote one may be ahead, so
	// batches must bear repetition.
	Cursor int64
}

// Entry is what reconciling needs to know of a document.
type Entry struct {
	ID       string
	Checksum string
}

// MaxPage bounds Indexer.Page.
const MaxPage = 10_000

// Reader is who asks, as far as search needs to know. The zero Reader is
// anyone: public texts of public documents.
type Reader struct {
	// Tiers are those read of any document, whoever owns it (see
	// policy.ReaderTiers). Public is always among them.
	Tiers []policy.Tier
	// Organisation is the acting organisation, which reads its own documents
	// in full.
	Organisation string
	// Granted are the documents read in full by a signed NDA; at most
	// MaxGranted, of which the earlier count.
	Granted []string
}

// MaxGranted bounds Reader.Granted: no counterparty is in that many deals.
const MaxGranted = 1_000

// Reads tells whether the reader has a tier of documents in general.
func (r Reader) Reads(tier policy.Tier) bool {
	return tier == policy.TierPublic || slices.Contains(r.Tiers, tier)
}

// ReadsAll tells whether nothing is hidden from the reader.
func (r Reader) ReadsAll() bool {
	return !slices.ContainsFunc(policy.AllTiers, func(t policy.Tier) bool { return !r.Reads(t) })
}

// Full tells whether the reader reads this document in all tiers.
func (r Reader) Full(id, owner string) bool {
	return r.ReadsAll() || r.Organisation != "" && r.Organisation == owner ||
		slices.Contains(r.Grants(), id)
}

// Grants are the granted documents that count.
func (r Reader) Grants() []string { return r.Granted[:min(len(r.Granted), MaxGranted)] }
