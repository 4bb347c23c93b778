package evaluate_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"chengqiao/internal/evaluate"
	"chengqiao/internal/match"
	"chengqiao/internal/search/analysis"
)

// phrased are queries of which only side by side words tell the right document:
// the wrong one holds the same words apart, and more often.
func phrased(t *testing.T) evaluate.Options {
	t.Helper()
	var docs, queries, qrels strings.Builder
	for i := range 30 {
		a, b := word(2*i), word(2*i+1)
		fmt.Fprintf(&docs, `{"id":"right%d","lang":"en","abstract":"%s %s for the field"}`+"\n", i, a, b)
		fmt.Fprintf(&docs, `{"id":"wrong%d","lang":"en","abstract":"%s the %s, %s the %s"}`+"\n", i, b, a, b, a)
		fmt.Fprintf(&queries, `{"qid":"Q-%d","query":"%s %s"}`+"\n", i, a, b)
		fmt.Fprintf(&qrels, "Q-%d 0 right%d 1\n", i, i)
	}
	return files(t, docs.String(), queries.String(), qrels.String())
}

// word is the n-th of as many made-up words as are asked for.
func word(n int) string {
	return "z" + strings.Repeat(string(rune('a'+n%26)), 3) + string(rune('a'+n/26)) + "x"
}

// indifferent is the shipped model with weights that know nothing.
func indifferent(t *testing.T, o evaluate.Options) evaluate.TrainOptions {
	m := matchOptions(t, o).Model
	m.Texts = match.TextWeights{Learnt: map[match.Feature]float64{}, Alone: map[match.Feature]float64{}}
	for _, f := range match.TextFeatures() {
		m.Texts.Learnt[f], m.Texts.Alone[f] = 0, 0
	}
	m.Texts.Alone[match.BriefMention] = 1
	return evaluate.TrainOptions{Sets: []evaluate.Options{o}, Analyzer: analysis.New(nil), Model: m, Folds: 5, Seed: 7}
}

func TestTrainingFindsWhatTells(t *testing.T) {
	o := indifferent(t, phrased(t))
	got, err := evaluate.Train(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	if got.Before[0].MRR > 0.6 || got.HeldOut[0].MRR != 1 {
		t.Errorf("before %+v, held out %+v", got.Before[0], got.HeldOut[0])
	}
	if got.Texts.Alone[match.BriefPhrases] <= 0 {
		t.Errorf("weights %v", got.Texts.Alone)
	}
	queries := 0
	for _, f := range got.Folds {
		if f.Trained.Queries+f.HeldOut.Queries != 30 {
			t.Errorf("part %d is learnt from %d and measured on %d of 30", f.Fold, f.Trained.Queries, f.HeldOut.Queries)
		}
		queries += f.HeldOut.Queries
	}
	if queries != 30 {
		t.Errorf("%d of 30 queries are held out once", queries)
	}
	again, err := evaluate.Train(context.Background(), o)
	if err != nil || !reflect.DeepEqual(again, got) {
		t.Errorf("the same lessons teach %v, then %v (%v)", got.Texts, again.Texts, err)
	}
}

func TestTrainingNeedsSetsAndFolds(t *testing.T) {
	o := indifferent(t, phrased(t))
	o.Folds = 1
	var input *evaluate.InputError
	if _, err := evaluate.Train(context.Background(), o); !errors.As(err, &input) {
		t.Errorf("one fold: %v", err)
	}
	o.Folds, o.Weights = 5, []float64{1, 1}
	if _, err := evaluate.Train(context.Background(), o); !errors.As(err, &input) {
		t.Errorf("weights of other sets: %v", err)
	}
	for _, weight := range []float64{0, -1, math.NaN(), math.Inf(1)} {
		o.Weights = []float64{weight}
		if _, err := evaluate.Train(context.Background(), o); !errors.As(err, &input) {
			t.Errorf("a set of weight %v: %v", weight, err)
		}
	}
	o.Weights = nil
	unjudged := files(t, someDocs, someQueries, "q1 0 d1 0\n")
	o.Sets = append(slices.Clone(o.Sets), unjudged)
	if _, err := evaluate.Train(context.Background(), o); !errors.As(err, &input) || !strings.Contains(err.Error(), unjudged.Qrels) {
		t.Errorf("a set that teaches nothing: %v", err)
	}
	o.Sets = nil
	if _, err := evaluate.Train(context.Background(), o); !errors.As(err, &input) {
		t.Errorf("no set: %v", err)
	}
}

func TestHeldOutFiguresAreOfWeightsLearntWithoutTheQuery(t *testing.T) {
	o := indifferent(t, phrased(t))
	held, trained, err := evaluate.MatchHeldOut(context.Background(), evaluate.FoldOptions{
		MatchOptions: evaluate.MatchOptions{Options: o.Sets[0], Analyzer: o.Analyzer, Model: o.Model}, Folds: 5, Seed: 7,
	})
	if err != nil || held.MRR != 1 || held.Queries != 30 || trained.Queries != 4*30 {
		t.Errorf("held out %+v, trained %+v, %v", held, trained, err)
	}
}

// Two languages that only the records of other queries bring together.
func TestWordsOfAnotherLanguageAreLearntWithoutTheAnswers(t *testing.T) {
	subjects := [][2]string{{"锂离子电池", "battery"}, {"玉米育种", "maize"}, {"污水处理", "sewage"}, {"激光焊接", "welding"}, {"基因编辑", "genome"}}
	var docs, queries, qrels strings.Builder
	for i := range 60 {
		s := subjects[i%len(subjects)]
		fmt.Fprintf(&docs, `{"id":"d%d","lang":"zh","title":"%s","title_en":"%s"}`+"\n", i, s[0], s[1])
	}
	for i, s := range subjects {
		fmt.Fprintf(&queries, `{"qid":"q%d","query":"%s"}`+"\n", i, s[1])
		for d := i; d < 60; d += len(subjects) {
			if d < 2*len(subjects) { // most records that say the same answer no query
				fmt.Fprintf(&qrels, "q%d 0 d%d 1\n", i, d)
			}
		}
	}
	o := matchOptions(t, files(t, docs.String(), queries.String(), qrels.String()))
	o.Fields = []string{"title"}
	o.Model.Terms.Space = match.SpaceModel{Dims: 5, PerDim: 5, Least: 20, Sample: 100, Terms: 100, Candidates: 20, Pairs: match.Contrast{Exponent: 1, Even: 1}}
	alone, err := evaluate.Match(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	held, _, err := evaluate.MatchHeldOut(context.Background(), evaluate.FoldOptions{MatchOptions: o, Folds: 3, Seed: 1, Learn: []string{"title_en"}})
	if err != nil {
		t.Fatal(err)
	}
	if alone.RecallAt20 != 0 || held.RecallAt20 != 1 {
		t.Errorf("without learning %+v, with it %+v", alone, held)
	}
}

func TestThePlainEngineIsMeasured(t *testing.T) {
	got, err := evaluate.Plain(context.Background(), files(t, someDocs, someQueries, someQrels))
	// A query of one character has no pair, and finds nothing.
	if want := 2.0 / 3; err != nil || got.Queries != 3 || got.MRR != want || got.NDCGAt10 != want {
		t.Errorf("%+v, %v", got, err)
	}
}
