package benchmark

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis/lang/cjk"
	"github.com/blevesearch/bleve/v2/search/query"
)

// bareFacets are counted by the bare engines.
var bareFacets = []string{"technical_field", "province", "trl", "year"}

// pageSize is how many hits a page has, of ours and of the bare engines.
const pageSize = 20

// bareBatch is how many listings the bare engines are given at a time.
const bareBatch = 1_000

// bare is an engine as its makers give it: it finds, counts four facets and
// highlights, and knows nothing of readers, synonyms or pinyin.
type bare interface {
	// ask answers a page; an empty text browses.
	ask(ctx context.Context, text string) error
	close() error
}

// bareFields is a listing for a bare engine.
func bareFields(r Record) map[string]any {
	return map[string]any{
		"title": r.Title, "title_en": r.TitleEn, "abstract": r.Abstract, "abstract_en": r.AbstractEn, "keywords": r.Keywords,
		"technical_field": r.TechnicalField, "province": r.Region, "trl": strconv.Itoa(r.TRL), "year": strconv.Itoa(r.Year),
	}
}

type bareBleve struct {
	index bleve.Index
	dir   string
}

// openBleve fills a Bleve index, with its analyser of bigrams for Chinese.
func openBleve(listings func(take func(Record) error) error) (_ bare, err error) {
	mapping := bleve.NewIndexMapping()
	mapping.DefaultAnalyzer = cjk.AnalyzerName
	keyword := bleve.NewKeywordFieldMapping()
	for _, name := range bareFacets {
		mapping.DefaultMapping.AddFieldMappingsAt(name, keyword)
	}
	dir, err := os.MkdirTemp("", "chengqiao-bleve-")
	if err != nil {
		return nil, err
	}
	b := &bareBleve{dir: dir}
	if b.index, err = bleve.New(filepath.Join(dir, "index"), mapping); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	batch := b.index.NewBatch()
	err = listings(func(r Record) error {
		if err := batch.Index(r.ID, bareFields(r)); err != nil || batch.Size() < bareBatch {
			return err
		}
		full := batch
		batch = b.index.NewBatch()
		return b.index.Batch(full)
	})
	if err = errors.Join(err, b.index.Batch(batch)); err != nil {
		return nil, errors.Join(err, b.close())
	}
	return b, nil
}

func (b *bareBleve) ask(ctx context.Context, text string) error {
	var q query.Query = bleve.NewMatchAllQuery()
	if text != "" {
		q = bleve.NewMatchQuery(text)
	}
	request := bleve.NewSearchRequestOptions(q, pageSize, 0, false)
	request.Highlight = bleve.NewHighlight()
	const values = 20
	for _, facet := range bareFacets {
		request.AddFacet(facet, bleve.NewFacetRequest(facet, values))
	}
	_, err := b.index.SearchInContext(ctx, request)
	return err
}

func (b *bareBleve) close() error { return errors.Join(b.index.Close(), os.RemoveAll(b.dir)) }
