package evaluate_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"chengqiao/internal/evaluate"
	"chengqiao/internal/search/analysis"
)

// keywordSet are queries whose listings say the word by itself, among others
// that say a longer word more often.
func keywordSet(t *testing.T) evaluate.Options {
	var docs, queries, qrels strings.Builder
	for i, word := range []string{"抗氧化", "代谢能", "土壤水", "无人机", "图书馆", "数据库", "酶活性", "稳定性"} {
		fmt.Fprintf(&queries, "{\"qid\":\"K-%d\",\"query\":%q}\n", i, word)
		for n := range 12 {
			fmt.Fprintf(&docs, "{\"id\":\"long-%d-%d\",\"title\":\"某项工作\",\"abstract\":\"关于%s值以及%s值的许多内容\"}\n", i, n, word, word)
		}
		fmt.Fprintf(&docs, "{\"id\":\"own-%d\",\"title\":\"其他工作\",\"abstract\":\"关于%s的一些工作和许多内容\"}\n", i, word)
		fmt.Fprintf(&qrels, "K-%d 0 own-%d 1\n", i, i)
	}
	return files(t, docs.String(), queries.String(), qrels.String())
}

func TestSearchLearnsFromSomeQueriesAndIsMeasuredOnOthers(t *testing.T) {
	o := evaluate.SearchFoldOptions{
		SearchOptions: evaluate.SearchOptions{Options: keywordSet(t), Analyzer: analysis.New(nil)}, Folds: 2, Seed: 1,
	}
	left := temporary(t)
	first, err := evaluate.TrainSearch(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if first.HeldOut.Queries != 8 || first.HeldOut.NDCGAt10 != 1 || first.Weights.Alone <= 0 {
		t.Errorf("learnt %+v, held out %+v", first.Weights, first.HeldOut)
	}
	again, err := evaluate.TrainSearch(t.Context(), o)
	again.HeldOut.SearchTime, first.HeldOut.SearchTime = 0, 0
	if err != nil || again != first {
		t.Errorf("the same files teach %+v and then %+v, %v", first, again, err)
	}
	if files := left(); len(files) > 0 {
		t.Errorf("%v are left behind", files)
	}
}

func TestWhatCannotBeLearntFromIsRefused(t *testing.T) {
	good := evaluate.SearchOptions{Options: keywordSet(t), Analyzer: analysis.New(nil)}
	meili, missing := good, good
	meili.Engine, missing.Docs = evaluate.Meilisearch, "absent.jsonl"
	for name, o := range map[string]evaluate.SearchFoldOptions{
		"one part":       {SearchOptions: good, Folds: 1},
		"another engine": {SearchOptions: meili, Folds: 2},
		"no file":        {SearchOptions: missing, Folds: 2},
	} {
		_, err := evaluate.TrainSearch(t.Context(), o)
		var input *evaluate.InputError
		if !errors.As(err, &input) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
