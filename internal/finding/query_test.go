package finding_test

import (
	"slices"
	"testing"

	"chengqiao/internal/finding"
	"chengqiao/internal/policy"
	"chengqiao/internal/search"
	"chengqiao/internal/search/querytext"
)

func asked(t *testing.T, r finding.Request) (search.Query, finding.Answer) {
	t.Helper()
	s := &shelf{}
	r.PageSize = 1
	answer, err := finding.NewFinder(s, s, s).Find(t.Context(), policy.Actor{}, r)
	if err != nil {
		t.Fatal(err)
	}
	return s.asked, answer
}

func TestOperatorsReachTheEngineAsConditions(t *testing.T) {
	q, answer := asked(t, finding.Request{Text: `热管理 "动力电池" -回收 标题：电池 colour:red`})
	want := []search.Condition{
		{Phrase: "动力电池"}, {Phrase: "回收", Not: true}, {Phrase: "电池", In: search.PropertyTitle},
	}
	if q.Text != "热管理" || q.Wishes != "colour red" || !slices.Equal(q.Conditions, want) {
		t.Errorf("%q, wishing %q, with %+v", q.Text, q.Wishes, q.Conditions)
	}
	if len(answer.Misread) != 1 || answer.Misread[0].Why != querytext.UnknownField {
		t.Errorf("%+v", answer.Misread)
	}
}

func TestAlternativesReachTheEngine(t *testing.T) {
	r := finding.Request{Text: "热管理 (电池 OR 标题:储能)"}
	q, answer := asked(t, r)
	want := search.Alternatives{{Text: "电池"}, {Text: "储能", Quoted: true, In: search.PropertyTitle}}
	if q.Text != "热管理" || len(q.OneOf) != 1 || !slices.Equal(q.OneOf[0], want) || len(answer.Misread) != 0 {
		t.Errorf("%q with %+v, misread %v", q.Text, q.OneOf, answer.Misread)
	}
	s := &shelf{}
	if _, err := finding.NewFinder(s, s, s).Candidates(t.Context(), r, 10); err != nil || len(s.asked.OneOf) != 1 {
		t.Errorf("candidates are asked for with %+v, %v", s.asked.OneOf, err)
	}
}

func TestARangeOfTheTextNarrowsTheFilters(t *testing.T) {
	level := func(n int64) *int64 { return &n }
	r := finding.Request{Text: "trl:>=6", Ranges: map[search.Number]search.Range{search.NumberTRL: {Min: level(4), Max: level(8)}}}
	q, _ := asked(t, r)
	if got := q.Ranges[search.NumberTRL]; *got.Min != 6 || *got.Max != 8 {
		t.Errorf("%d to %d", *got.Min, *got.Max)
	}
	if kept := r.Ranges[search.NumberTRL]; *kept.Min != 4 {
		t.Error("the request itself is changed")
	}
}

func TestAReversedRangeIsTheRangeBetweenItsEnds(t *testing.T) {
	level := func(n int64) *int64 { return &n }
	q, _ := asked(t, finding.Request{Ranges: map[search.Number]search.Range{search.NumberTRL: {Min: level(8), Max: level(3)}}})
	if got := q.Ranges[search.NumberTRL]; *got.Min != 3 || *got.Max != 8 {
		t.Errorf("%d to %d", *got.Min, *got.Max)
	}
}

// TestAlertsLookForMoreThanTheyTell: a word that excludes a listing for who
// reads all of it may be hidden from who is told.
func TestAlertsLookForMoreThanTheyTell(t *testing.T) {
	s := &shelf{}
	if _, err := finding.NewFinder(s, s, s).Candidates(t.Context(), finding.Request{Text: `"动力电池" -石墨烯`}, 10); err != nil {
		t.Fatal(err)
	}
	if want := []search.Condition{{Phrase: "动力电池"}}; !slices.Equal(s.asked.Conditions, want) {
		t.Errorf("candidates are asked for with %+v", s.asked.Conditions)
	}
	if _, err := finding.NewFinder(s, s, s).Exactly(t.Context(), policy.Actor{}, finding.Request{Text: `"动力电池" -石墨烯`}, 10); err != nil {
		t.Fatal(err)
	}
	if len(s.asked.Conditions) != 2 {
		t.Errorf("what is told is asked for with %+v", s.asked.Conditions)
	}
}
