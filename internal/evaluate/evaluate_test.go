package evaluate_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/meilisearch/meilisearch-go"

	"chengqiao/internal/evaluate"
	"chengqiao/internal/search/analysis"
	"chengqiao/internal/servertest"
)

const (
	someDocs = `{"id":"d1","lang":"zh","title":"锂电池回收","abstract":"湿法冶金回收钴","keywords":["钴"]}
{"id":"d2","lang":"zh","title":"钴的提取","abstract":"萃取","keywords":null}

{"id":"d3","lang":"zh","title":"玉米育种","abstract":"抗旱","keywords":["种业"],"year":2020}
{"id":"d4","lang":"en","title":"Maize drought trials","description":"Field trials"}
`
	someQueries = `{"qid":"q1","query":"钴","exclude":"d2","lang":"zh"}
{"qid":"q2","query":"玉米"}
{"qid":"q3","query":"没有判断的查询"}
{"qid":"q4","query":"种业"}
`
	someQrels = "q1 0 d1 2\nq1 0 d2 3\nq2\t0\td3\t1\nq2 0 d1 0\nq4 0 d3 1\n"
)

func files(t *testing.T, docs, queries, qrels string) evaluate.Options {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	return evaluate.Options{
		Docs: write("docs.jsonl", docs), Queries: write("queries.jsonl", queries), Qrels: write("qrels.tsv", qrels),
	}
}

// temporary makes a folder the place of temporary files, and tells at the end
// what is left in it.
func temporary(t *testing.T) (left func() []string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil { // a server of another user must get in
		t.Fatal(err)
	}
	for parent := filepath.Dir(dir); len(parent) > len(os.TempDir()); parent = filepath.Dir(parent) {
		if err := os.Chmod(parent, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("TMPDIR", dir)
	return func() []string {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, e := range entries {
			names = append(names, e.Name())
		}
		return names
	}
}

func TestSearchIsEvaluatedOnTheEmbeddedEngine(t *testing.T) {
	o := files(t, someDocs, someQueries, someQrels)
	left := temporary(t)
	f, err := evaluate.Search(t.Context(), evaluate.SearchOptions{Options: o, Analyzer: analysis.New(nil)})
	if err != nil {
		t.Fatal(err)
	}
	if f.Queries != 3 || f.Unjudged != 1 || f.Documents != 4 || f.NDCGAt10 != 1 || f.RecallAt20 != 1 || f.MRR != 1 || f.QueriesPerSecond <= 0 {
		t.Errorf("%+v", f)
	}
	// Without the keywords one of three queries finds nothing.
	o.Fields = []string{"title", "abstract"}
	f, err = evaluate.Search(t.Context(), evaluate.SearchOptions{Options: o, Analyzer: analysis.New(nil)})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "nDCG without keywords", f.NDCGAt10, 2.0/3)
	near(t, "MRR without keywords", f.MRR, 2.0/3)
	if rest := left(); len(rest) != 0 {
		t.Errorf("%v are left behind", rest)
	}
}

func TestSearchIsEvaluatedAsAPersonAsks(t *testing.T) {
	// Of the description a listing has too few words; of the name only half of it.
	o := files(t, someDocs, `{"qid":"q1","query":"废旧锂离子蓄电池拆解后有价金属的湿法冶金提取与再利用装备"}
{"qid":"q2","query":"玉米 深海采矿"}
`, "q1 0 d1 1\nq2 0 d3 1\n")
	model := matchOptions(t, o).Model
	for _, c := range []struct {
		name    string
		options evaluate.SearchOptions
		mrr     float64
	}{
		{"any of the words", evaluate.SearchOptions{}, 1},
		{"as asked, by words alone", evaluate.SearchOptions{Asked: true}, 0.5},
		{"as asked, by what is described too", evaluate.SearchOptions{Asked: true, Model: &model}, 1},
	} {
		c.options.Options, c.options.Analyzer = o, analysis.New(nil)
		f, err := evaluate.Search(t.Context(), c.options)
		if err != nil || f.MRR != c.mrr {
			t.Errorf("%s: %+v, %v, want %v", c.name, f, err, c.mrr)
		}
	}
}

func TestSearchIsEvaluatedOnAMeilisearchThatRuns(t *testing.T) {
	url, key := servertest.Meilisearch(t)
	f, err := evaluate.Search(t.Context(), evaluate.SearchOptions{
		Options: files(t, someDocs, someQueries, someQrels), Analyzer: analysis.New(nil),
		Engine: evaluate.Meilisearch, MeilisearchURL: url, MeilisearchKey: key,
	})
	if err != nil || f.Queries != 3 || f.NDCGAt10 != 1 || f.MRR != 1 {
		t.Errorf("%+v, %v", f, err)
	}
	indexes, err := meilisearch.New(url, meilisearch.WithAPIKey(key)).ListIndexesWithContext(t.Context(), nil)
	if err != nil || indexes.Total != 0 {
		t.Errorf("left behind: %+v, %v", indexes, err)
	}
}

func TestAMeilisearchIsStartedAndEnded(t *testing.T) {
	left := temporary(t)
	f, err := evaluate.Search(t.Context(), evaluate.SearchOptions{
		Options: files(t, someDocs, someQueries, someQrels), Analyzer: analysis.New(nil),
		Engine: evaluate.Meilisearch, MeilisearchBinary: servertest.MeilisearchBinary(t),
	})
	if err != nil || f.Queries != 3 || f.MRR != 1 {
		t.Errorf("%+v, %v", f, err)
	}
	if rest := left(); len(rest) != 0 {
		t.Errorf("%v are left behind", rest)
	}
}

func TestABinaryThatIsNoMeilisearchIsToldSo(t *testing.T) {
	left := temporary(t)
	_, err := evaluate.Search(t.Context(), evaluate.SearchOptions{
		Options: files(t, someDocs, someQueries, someQrels), Analyzer: analysis.New(nil),
		Engine: evaluate.Meilisearch, MeilisearchBinary: "/bin/false",
	})
	if err == nil || !strings.Contains(err.Error(), "meilisearch ended") {
		t.Errorf("%v", err)
	}
	if rest := left(); len(rest) != 0 {
		t.Errorf("%v are left behind", rest)
	}
}

// fixed answers every query alike, and counts what it is asked.
type fixed struct {
	ranking []string
	whole   []string
	asked   []evaluate.Query
	closed  bool
}

func (f *fixed) Index(context.Context, []evaluate.Doc) error { return nil }
func (f *fixed) Close() error                                { f.closed = true; return nil }

func (f *fixed) Rank(_ context.Context, q evaluate.Query, limit int) ([]string, error) {
	f.asked = append(f.asked, q)
	if limit == 0 {
		return f.whole, nil
	}
	return f.ranking, nil
}

func TestTheFirstRelevantIsSoughtInTheWholeRanking(t *testing.T) {
	o := files(t, someDocs, `{"qid":"q1","query":"x"}`, "q1 0 d9 1\n")
	f := &fixed{ranking: []string{"d1"}, whole: []string{"d1", "d2", "d3", "d9"}}
	figures, err := evaluate.Rank(t.Context(), o, f)
	if err != nil || !f.closed {
		t.Fatal(err, f.closed)
	}
	near(t, "MRR", figures.MRR, 0.25)
	near(t, "Recall@20", figures.RecallAt20, 0)
}

func TestExcludedAndRepeatedDocumentsEarnNothing(t *testing.T) {
	o := files(t, someDocs, `{"qid":"q1","query":"x","exclude":"d1"}`, "q1 0 d1 3\nq1 0 d2 1\nq1 0 d3 1\n")
	figures, err := evaluate.Rank(t.Context(), o, &fixed{ranking: []string{"d1", "d9", "d9", "d2", "d2"}})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "MRR", figures.MRR, 0.5)
	near(t, "Recall@20", figures.RecallAt20, 0.5)
}

func TestJudgedOnlyRanksTheJudged(t *testing.T) {
	o := files(t, someDocs, `{"qid":"q1","query":"x","exclude":"d1"}`, "q1 0 d1 3\nq1 0 d2 0\nq1 0 d3 1\n")
	o.JudgedOnly = true
	f := &fixed{ranking: []string{"d9", "d2", "d3"}}
	figures, err := evaluate.Rank(t.Context(), o, f)
	if err != nil {
		t.Fatal(err)
	}
	if got := f.asked[0].Only; !slices.Equal(got, []string{"d2", "d3"}) {
		t.Errorf("asked to rank %v", got)
	}
	near(t, "MRR", figures.MRR, 0.5)
}

func TestDocumentsMayBeZipped(t *testing.T) {
	o := files(t, someDocs, someQueries, someQrels)
	o.Docs += ".gz"
	file, err := os.Create(o.Docs)
	if err != nil {
		t.Fatal(err)
	}
	zipped := gzip.NewWriter(file)
	_, err = zipped.Write([]byte(someDocs))
	if err := errors.Join(err, zipped.Close(), file.Close()); err != nil {
		t.Fatal(err)
	}
	figures, err := evaluate.Rank(t.Context(), o, &fixed{})
	if err != nil || figures.Documents != 4 {
		t.Errorf("%+v, %v", figures, err)
	}
}

func TestAZippedFileThatBreaksOffIsToldSo(t *testing.T) {
	o := files(t, someDocs, someQueries, someQrels)
	o.Docs += ".gz"
	var whole bytes.Buffer
	zipped := gzip.NewWriter(&whole)
	_, err := zipped.Write([]byte(someDocs))
	if err := errors.Join(err, zipped.Flush(), zipped.Close()); err != nil {
		t.Fatal(err)
	}
	const end = 12 // the last block and the checksum
	for _, missing := range []int{end, end + 20} {
		if err := os.WriteFile(o.Docs, whole.Bytes()[:whole.Len()-missing], 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := evaluate.Rank(t.Context(), o, &fixed{}); !errors.Is(err, io.ErrUnexpectedEOF) || !strings.Contains(err.Error(), o.Docs) {
			t.Errorf("without the last %d bytes: %v", missing, err)
		}
	}
}

func TestFaultyFilesAreNamedWithTheirLine(t *testing.T) {
	for _, c := range []struct{ docs, queries, qrels, want string }{
		{"{\"id\":\"d1\"}\n{broken\n", someQueries, someQrels, "docs.jsonl:2"},
		{`{"title":"无号"}`, someQueries, someQrels, `no "id"`},
		{`{"id":"d1","title":7}`, someQueries, someQrels, "docs.jsonl:1: title"},
		{"", someQueries, someQrels, "no document"},
		{someDocs, `{"qid":"q1"}`, someQrels, "queries.jsonl:1"},
		{someDocs, someQueries + "\n" + `{"qid":"q2","query":"抗旱"}`, someQrels, `queries.jsonl:6: qid "q2"`},
		{someDocs, someQueries, "q1 0 d1 2\nq1 0 d1\n", "qrels.tsv:2: 3 columns"},
		{someDocs, someQueries, "q1 0 d1 2\nq2 0 d1 1\nq1 0 d1 0\n", "qrels.tsv:3: query"},
		{someDocs, someQueries, "q1 0 d1 good\n", "qrels.tsv:1: grade"},
		{someDocs, someQueries, "q1 0 d1 0\n", "no query has a relevant document"},
	} {
		_, err := evaluate.Rank(t.Context(), files(t, c.docs, c.queries, c.qrels), &fixed{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q, want %q", err, c.want)
		}
	}
	o := files(t, someDocs, someQueries, someQrels)
	o.Fields = []string{"title", "colour"}
	if _, err := evaluate.Rank(t.Context(), o, &fixed{}); err == nil || !strings.Contains(err.Error(), `"colour"`) {
		t.Errorf("an unknown field: %v", err)
	}
	var input *evaluate.InputError
	if _, err := evaluate.Search(t.Context(), evaluate.SearchOptions{Engine: "grep"}); !errors.As(err, &input) || !strings.Contains(err.Error(), `"grep"`) {
		t.Errorf("an unknown engine: %v", err)
	}
}

func TestFiguresAreWrittenByTheirNames(t *testing.T) {
	data, err := json.Marshal(evaluate.Figures{NDCGAt10: 0.5, RecallAt20: 0.25, MRR: 0.125, Queries: 2, QueriesPerSecond: 10, Documents: 3})
	if want := `{"ndcg_at_10":0.5,"recall_at_20":0.25,"mrr":0.125,"queries":2,"queries_per_second":10}`; err != nil || string(data) != want {
		t.Errorf("%s, %v", data, err)
	}
}
