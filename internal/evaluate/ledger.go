package evaluate

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"chengqiao/internal/match"
)

// Ledger is what an installation knows of the pairs that it has shown. Each
// need is a query, and its judged pairs are its documents, with the features
// with which they were shown.
type Ledger struct {
	// Told are the testimonies, the latest first.
	Told []match.Testimony
}

// Bounds below which a ledger teaches nothing.
const (
	// leastNeeds is how many needs must have a pair that fits and one that does
	// not: of fewer, a part that is held out has a handful, whose figures are
	// chance, and each weight would hang on two or three needs.
	leastNeeds = 20
	// leastAskers is how many organisations must have asked: the taste of one
	// or two is not the market's, and the weights serve all.
	leastAskers = 3
)

// lessons are those of the needs that have both a pair that fits and one that
// does not, in order of their ids. Error: *InputError for too few.
func (l *Ledger) lessons() ([]lesson, error) {
	pairs := map[string][]match.Testimony{} // by match
	for _, t := range l.Told {
		if t.Features.Comparable() {
			pairs[t.MatchID] = append(pairs[t.MatchID], t)
		}
	}
	needs, askers := map[string]*lesson{}, map[string]string{}
	for _, id := range slices.Sorted(maps.Keys(pairs)) {
		told := pairs[id]
		grade, known := match.Grade(told)
		if !known {
			continue
		}
		need := told[0].NeedID
		if needs[need] == nil {
			needs[need] = &lesson{id: "ledger-" + need, grades: map[string]int{}}
		}
		needs[need].grades[id] = grade
		needs[need].candidates = append(needs[need].candidates, candidate{id: id, features: told[0].Features})
		askers[need] = told[0].Asker
	}
	maps.DeleteFunc(needs, func(_ string, s *lesson) bool { return !s.tells() })
	organisations := map[string]bool{}
	var out []lesson
	for need, s := range needs {
		organisations[askers[need]] = true
		out = append(out, *s)
	}
	if len(out) < leastNeeds || len(organisations) < leastAskers {
		return nil, &InputError{fmt.Errorf("the ledger tells too little: both a relevant and an irrelevant pair are known of %d needs of %d organisations; %d needs of %d are the least",
			len(out), len(organisations), leastNeeds, leastAskers)}
	}
	slices.SortFunc(out, func(a, b lesson) int { return cmp.Compare(a.id, b.id) })
	return out, nil
}

// tells tells whether the lesson has a pair that fits and one that does not.
func (s *lesson) tells() bool {
	return anyRelevant(s.grades) && slices.Contains(slices.Collect(maps.Values(s.grades)), match.Unfit)
}
