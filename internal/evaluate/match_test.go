package evaluate_test

import (
	"context"
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
