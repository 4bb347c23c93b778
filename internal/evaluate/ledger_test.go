package evaluate_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"chengqiao/internal/evaluate"
	"chengqiao/internal/match"
)

// judgedNeeds is a ledger of as many needs, each with a pair that fits and two
// that do not. Only the topic tells which; all else says the contrary.
func judgedNeeds(n, askers int) *evaluate.Ledger {
	l := &evaluate.Ledger{}
	for i := range n {
		tell := func(pair int, topic, words float64, t match.Testimony) {
			t.NeedID, t.MatchID = fmt.Sprintf("need-%d", i), fmt.Sprintf("match-%d-%d", i, pair)
			t.Asker = fmt.Sprintf("org-%d", i%askers)
			t.Features = match.Features{match.Topic: topic}
			for _, f := range match.TextFeatures() { // as in a market without a space
				if f != match.Topic && !strings.HasSuffix(string(f), "nearness") {
					t.Features[f] = words
				}
			}
			l.Told = append(l.Told, t)
		}
		tell(0, 0.6, 0.2, match.Testimony{Fate: match.Introduced})
		tell(1, 0.3, 0.5, match.Testimony{Opinion: match.Irrelevant, Code: "wrong_subject"})
		tell(2, 0.2, 0.6, match.Testimony{Opinion: match.Irrelevant})
		tell(3, 0.1, 0.9, match.Testimony{Opinion: match.Irrelevant, Code: "price_too_high"})
	}
	return l
}

// fromLedger learns from a ledger alone, against a model that heeds coverage.
func fromLedger(t *testing.T, l *evaluate.Ledger) evaluate.TrainOptions {
	o := indifferent(t, evaluate.Options{})
	o.Sets, o.Ledger = nil, l
	return o
}

func TestALedgerTeachesWhatItsJudgementsTell(t *testing.T) {
	o := fromLedger(t, judgedNeeds(24, 3))
	got, err := evaluate.Train(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	if got.Before[0].MRR > 0.5 || got.HeldOut[0].MRR != 1 || got.HeldOut[0].Queries != 24 {
		t.Errorf("before %+v, held out %+v", got.Before[0], got.HeldOut[0])
	}
	if w := got.Texts.Alone; w[match.Topic] <= 2*w[match.InKeywords] {
		t.Errorf("the topic did not rise: %v", w)
	}
	slices.Reverse(o.Ledger.Told)
	again, err := evaluate.Train(context.Background(), o)
	if err != nil || !reflect.DeepEqual(again, got) {
		t.Errorf("the same judgements teach %v, then %v (%v)", got.Texts, again.Texts, err)
	}
}

func TestWeightsOfALedgerKeepTheSizeOfScores(t *testing.T) {
	o := fromLedger(t, judgedNeeds(24, 3))
	size := func(o evaluate.TrainOptions) float64 {
		got, err := evaluate.Train(context.Background(), o)
		if err != nil {
			t.Fatal(err)
		}
		return got.Texts.Alone[match.Topic]
	}
	one := size(o)
	for f := range o.Model.Texts.Alone {
		o.Model.Texts.Alone[f] *= 10
	}
	if ten := size(o); one <= 0 || ten < 9.9*one || ten > 10.1*one {
		t.Errorf("weights ten times as great are learnt anew as %f, the others as %f", ten, one)
	}
}

func TestALedgerStandsBesideOtherSets(t *testing.T) {
	o := indifferent(t, phrased(t))
	o.Ledger = judgedNeeds(24, 3)
	got, err := evaluate.Train(context.Background(), o)
	if err != nil || len(got.HeldOut) != 2 || got.HeldOut[0].Queries != 30 || got.HeldOut[1].Queries != 24 {
		t.Errorf("%+v, %v", got.HeldOut, err)
	}
}

func TestALedgerThatTellsTooLittleIsRefused(t *testing.T) {
	old := judgedNeeds(30, 3)
	for i := range old.Told {
		old.Told[i].Features["word_overlap"] = 1
	}
	unanimous := judgedNeeds(30, 3)
	for i := range unanimous.Told {
		unanimous.Told[i].Opinion, unanimous.Told[i].Code = match.Relevant, ""
	}
	for name, l := range map[string]*evaluate.Ledger{
		"nothing":                          {},
		"nineteen needs":                   judgedNeeds(19, 3),
		"two organisations":                judgedNeeds(30, 2),
		"features of an earlier program":   old,
		"nothing that is found irrelevant": unanimous,
	} {
		var input *evaluate.InputError
		if _, err := evaluate.Train(context.Background(), fromLedger(t, l)); !errors.As(err, &input) || !strings.Contains(err.Error(), "too little") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
