package embedded_test

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis/lang/cjk"
	"github.com/blevesearch/bleve/v2/search/query"

	"chengqiao/config"
	"chengqiao/internal/policy"
	"chengqiao/internal/search"
	"chengqiao/internal/search/analysis"
	"chengqiao/internal/search/embedded"
)

// benchmarkDocs reads all listings of the data folder that CHENGQIAO_DATA names.
func benchmarkDocs(b *testing.B) []search.Document {
	b.Helper()
	dir := os.Getenv("CHENGQIAO_DATA")
	if dir == "" {
		b.Fatal("CHENGQIAO_DATA names no folder with achievements_*.jsonl.gz")
	}
	var out []search.Document
	for _, name := range []string{"achievements_zh.jsonl.gz", "achievements_en.jsonl.gz"} {
		file, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			b.Fatal(err)
		}
		unzipped, err := gzip.NewReader(file)
		if err != nil {
			b.Fatal(err)
		}
		scanner := bufio.NewScanner(unzipped)
		scanner.Buffer(nil, 16<<20)
		for scanner.Scan() {
			out = append(out, benchmarkDoc(b, scanner.Bytes(), len(out)))
		}
		if err := scanner.Err(); err != nil {
			b.Fatal(err)
		}
		_ = file.Close()
	}
	return out
}

func benchmarkDoc(b *testing.B, line []byte, n int) search.Document {
	b.Helper()
	var r struct {
		ID, Lang, Title, Abstract, Institution, Firm, Province string
		Keywords                                               []string
		Year                                                   int
	}
	if err := json.Unmarshal(line, &r); err != nil {
		b.Fatal(err)
	}
	organisation := r.Institution + r.Firm
	price := int64(n%1000) * 1_000_000
	return search.Document{
		ID: r.ID, Kind: search.KindAchievement, Owner: organisation,
		Texts: []search.Text{{
			Tier: policy.TierPublic, Language: r.Lang, Title: r.Title, Abstract: r.Abstract,
			Keywords: r.Keywords, Organisations: []string{organisation},
		}},
		Facets: search.Facets{
			Fields: []string{"领域" + strconv.Itoa(n%11)}, Regions: []string{r.Province}, TRL: n%9 + 1, Year: r.Year,
			Organisation: organisation, Languages: []string{r.Lang}, PriceFen: &price,
		},
		PublishedAt: int64(n) * 1_000_000,
	}
}

func benchmarkAnalyzer(b *testing.B) *analysis.Analyzer {
	b.Helper()
	data, err := config.Files.ReadFile("synonyms.yaml")
	if err != nil {
		b.Fatal(err)
	}
	synonyms, err := analysis.ParseSynonyms(data)
	if err != nil {
		b.Fatal(err)
	}
	return analysis.New(synonyms)
}

func fill(b *testing.B, engine *embedded.Engine, documents []search.Document) {
	b.Helper()
	for from := 0; from < len(documents); from += 1000 {
		if err := engine.Apply(b.Context(), search.Batch{Upsert: documents[from:min(from+1000, len(documents))]}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFill measures bringing 62,618 real listings into an empty index.
func BenchmarkFill(b *testing.B) {
	documents := benchmarkDocs(b)
	for b.Loop() {
		engine, err := embedded.Open(b.Context(), b.TempDir(), benchmarkAnalyzer(b))
		if err != nil {
			b.Fatal(err)
		}
		fill(b, engine, documents)
		if err := engine.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(documents))*float64(b.N)/b.Elapsed().Seconds(), "documents/s")
}

// pages are the searches of the benchmark; the empty one browses.
var pages = map[string][]string{
	"text": strings.Fields("电池 玉米 图像识别 battery laser 机器学习 graphene 糖尿病 sensor network"),
	"none": {""},
}

// BenchmarkBareBleve is the bare engine on the same listings: its CJK analyser,
// the page with the same four facets and highlights, no filter.
func BenchmarkBareBleve(b *testing.B) {
	index := bareBleve(b)
	defer index.Close()
	for name, texts := range pages {
		b.Run("page/"+name, func(b *testing.B) {
			b.RunParallel(func(p *testing.PB) {
				for i := 0; p.Next(); i++ {
					var q query.Query = bleve.NewMatchAllQuery()
					if text := texts[i%len(texts)]; text != "" {
						q = bleve.NewMatchQuery(text)
					}
					r := bleve.NewSearchRequestOptions(q, 20, 0, false)
					r.Highlight = bleve.NewHighlight()
					for _, facet := range []string{"field", "region", "trl", "year"} {
						r.AddFacet(facet, bleve.NewFacetRequest(facet, 20))
					}
					if _, err := index.SearchInContext(b.Context(), r); err != nil {
						b.Error(err)
						return
					}
				}
			})
		})
	}
}

func bareBleve(b *testing.B) bleve.Index {
	b.Helper()
	mapping := bleve.NewIndexMapping()
	mapping.DefaultAnalyzer = cjk.AnalyzerName
	keyword := bleve.NewKeywordFieldMapping()
	for _, name := range []string{"field", "region", "trl", "year"} {
		mapping.DefaultMapping.AddFieldMappingsAt(name, keyword)
	}
	index, err := bleve.New(filepath.Join(b.TempDir(), "bare"), mapping)
	if err != nil {
		b.Fatal(err)
	}
	batch := index.NewBatch()
	for i, d := range benchmarkDocs(b) {
		t, f := d.Texts[0], d.Facets
		err := batch.Index(d.ID, map[string]any{
			"title": t.Title, "abstract": t.Abstract, "keywords": t.Keywords, "organisations": t.Organisations,
			"field": f.Fields, "region": f.Regions, "trl": strconv.Itoa(f.TRL), "year": strconv.Itoa(f.Year),
		})
		if err == nil && (i+1)%1000 == 0 {
			err = index.Batch(batch)
			batch = index.NewBatch()
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	if err := index.Batch(batch); err != nil {
		b.Fatal(err)
	}
	return index
}

// BenchmarkCatalogue measures the filled index: opening it, and the searches of
// a page with a filter, four facets and highlights.
func BenchmarkCatalogue(b *testing.B) {
	dir, analyzer := b.TempDir(), benchmarkAnalyzer(b)
	engine, err := embedded.Open(b.Context(), dir, analyzer)
	if err != nil {
		b.Fatal(err)
	}
	fill(b, engine, benchmarkDocs(b))
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			if err := engine.Close(); err != nil {
				b.Fatal(err)
			}
			if engine, err = embedded.Open(b.Context(), dir, analyzer); err != nil {
				b.Fatal(err)
			}
		}
	})
	defer func() {
		if err := engine.Close(); err != nil {
			b.Error(err)
		}
	}()
	facets := []search.Facet{search.FacetField, search.FacetRegion, search.FacetTRL, search.FacetYear}
	for name, texts := range pages {
		b.Run("page/"+name, func(b *testing.B) {
			b.RunParallel(func(p *testing.PB) {
				for i := 0; p.Next(); i++ {
					_, err := engine.Search(b.Context(), search.Query{
						Text: texts[i%len(texts)], Facets: facets, Limit: 20, Highlight: search.AllProperties,
						Filters: map[search.Facet][]string{search.FacetTRL: {"4", "5", "6"}},
					})
					if err != nil {
						b.Error(err)
						return
					}
				}
			})
		})
	}
}
