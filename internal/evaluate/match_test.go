package evaluate_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"chengqiao/config"
	"chengqiao/internal/evaluate"
	"chengqiao/internal/match"
	"chengqiao/internal/search/analysis"
)

func matchOptions(t *testing.T, o evaluate.Options) evaluate.MatchOptions {
	t.Helper()
	model, err := match.LoadModel(config.Files)
	if err != nil {
		t.Fatal(err)
	}
	return evaluate.MatchOptions{Options: o, Analyzer: analysis.New(nil), Model: model}
}

func TestMatchingIsEvaluated(t *testing.T) {
	o := files(t, someDocs, someQueries, someQrels)
	figures, err := evaluate.Match(context.Background(), matchOptions(t, o))
	if err != nil {
		t.Fatal(err)
	}
	// q1 finds d1 first (d2 is left out), q2 and q4 find d3; nothing is judged for q3.
	if figures.NDCGAt10 != 1 || figures.RecallAt20 != 1 || figures.MRR != 1 || figures.Queries != 3 || figures.Unjudged != 1 || figures.Documents != 4 {
		t.Errorf("%+v", figures)
	}
}

func TestTheTitleOfANeedIsAskedToo(t *testing.T) {
	o := files(t, someDocs, `{"qid":"q1","title":"种业","query":"请联系"}`, "q1 0 d3 1\n")
	figures, err := evaluate.Match(t.Context(), matchOptions(t, o))
	if err != nil || figures.NDCGAt10 != 1 {
		t.Errorf("by the matching: %+v, %v", figures, err)
	}
	if figures, err = evaluate.Plain(t.Context(), o); err != nil || figures.NDCGAt10 != 1 {
		t.Errorf("by plain BM25: %+v, %v", figures, err)
	}
	figures, err = evaluate.Search(t.Context(), evaluate.SearchOptions{Options: o, Analyzer: analysis.New(nil)})
	if err != nil || figures.NDCGAt10 != 1 {
		t.Errorf("by search: %+v, %v", figures, err)
	}
}

func TestQueriesAreAskedInEachTextAroundThem(t *testing.T) {
	o := files(t, someDocs, someQueries, someQrels)
	o.Around = filepath.Join(t.TempDir(), "around.jsonl")
	write := func(lines string) {
		t.Helper()
		if err := os.WriteFile(o.Around, []byte(lines), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("\"我公司成立于2003年，现寻求：{query}。合作方式面议。\"\n\"We are looking for {query}.\"\n")
	figures, err := evaluate.Match(t.Context(), matchOptions(t, o))
	if err != nil || figures.NDCGAt10 != 1 || figures.Queries != 6 || figures.Unjudged != 2 {
		t.Errorf("%+v, %v", figures, err)
	}
	for _, broken := range []string{"\"without a place\"", "\"{query} twice {query}\"", "no JSON"} {
		write(broken)
		var input *evaluate.InputError
		if _, err := evaluate.Match(t.Context(), matchOptions(t, o)); !errors.As(err, &input) || !strings.Contains(err.Error(), o.Around) {
			t.Errorf("%s: %v", broken, err)
		}
	}
}

func TestMatchingLooksAtTheChosenFieldsAlone(t *testing.T) {
	o := files(t, someDocs, someQueries, someQrels)
	o.Fields = []string{"abstract"}
	figures, err := evaluate.Match(context.Background(), matchOptions(t, o))
	if err != nil {
		t.Fatal(err)
	}
	// 钴 (q1) stands in the abstract of d1; 玉米 (q2) in titles, 种业 (q4) in keywords.
	if want := 1.0 / 3; figures.RecallAt20 < want-1e-9 || figures.RecallAt20 > want+1e-9 {
		t.Errorf("%+v", figures)
	}
}
