package app_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"chengqiao/internal/match"
	"chengqiao/internal/search/analysis"
)

func TestTrainingWritesAModelWithItsEvaluation(t *testing.T) {
	t.Parallel()
	var docs, queries, qrels strings.Builder
	for i := range 10 {
		fmt.Fprintf(&docs, `{"id":"d%d","lang":"en","title":"device %d","abstract":"about word%d alone"}`+"\n", i, i, i)
		fmt.Fprintf(&queries, `{"qid":"q%d","query":"word%d"}`+"\n", i, i)
		fmt.Fprintf(&qrels, "q%d 0 d%d 1\n", i, i)
	}
	d, q, j := write(t, "docs.jsonl", docs.String()), write(t, "needs.queries.jsonl", queries.String()), write(t, "needs.qrels.tsv", qrels.String())
	out := filepath.Join(t.TempDir(), "model.yaml")
	chengqiao(t, "match", "train", "--docs", d, "--queries", q, "--qrels", j, "--folds", "2", "--out", out).
		ends(0, "needs part 1: trained", "needs: held out 1.0000", "coverage")
	raw, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	m, err := match.ParseModel(raw)
	if err != nil {
		t.Fatal(err)
	}
	if e := m.Evaluation; e.Folds != 2 || len(e.Sets) != 1 || e.Sets[0].Name != "needs" || e.Sets[0].Queries != 10 || e.Sets[0].MRR != 1 {
		t.Errorf("%+v", e)
	}
	if !strings.Contains(string(raw), "# Least scores.") {
		t.Error("the model lost its comments")
	}
	chengqiao(t, "match", "train", "--docs", d, "--queries", q).ends(2, "--qrels")
	chengqiao(t, "match", "train", "--docs", d, "--queries", q, "--qrels", j, "--folds", "1").ends(2, "two folds")
	chengqiao(t, "eval", "match", "--docs", d, "--queries", q, "--qrels", j, "--folds", "2", "--plain").
		ends(0, "nDCG@10    1.0000", "plain BM25 1.0000")
	chengqiao(t, "eval", "match", "--docs", d, "--queries", q, "--qrels", j, "--learn", "title_en").ends(2, "two folds")
}

func TestCommonTermsAreLearntFromTexts(t *testing.T) {
	t.Parallel()
	d := write(t, "docs.jsonl", `{"id":"d1","title":"one two three four five six seven eight nine ten","abstract":"研究"}`+"\n")
	out := filepath.Join(t.TempDir(), "common.tsv")
	chengqiao(t, "match", "common", "--docs", d, "--fields", "title", "--out", out).ends(0, "10 terms")
	raw, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if terms, err := analysis.ParseCommon(raw); err != nil || terms["seven"] != 1000 || terms["研究"] != 0 {
		t.Errorf("%v, %v", terms, err)
	}
	chengqiao(t, "match", "common", "--docs", d).ends(2, "--out")
	chengqiao(t, "match", "common", "--docs", d, "--fields", "headline", "--out", out).ends(2, "headline")
}
