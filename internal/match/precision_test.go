package match

import (
	"math"
	"testing"
	"time"
)

// said are judgements of so many organisations, as many of each.
func said(organisations, judged, relevant int, band Band, reach int) []JudgedTally {
	var out []JudgedTally
	for i := range organisations {
		out = append(out, JudgedTally{Model: "m", OrgID: string(rune('a' + i)), Band: band, Reach: reach, Judged: judged, Relevant: relevant})
	}
	return out
}

func TestAShareOfFewSaysNothing(t *testing.T) {
	for name, c := range map[string]struct {
		tallies []JudgedTally
		enough  bool
	}{
		"nothing":                       {nil, false},
		"nineteen of many":              {said(19, 1, 1, Strong, ReachFive), false},
		"twenty of two organisations":   {said(2, 10, 10, Strong, ReachFive), false},
		"a hundred of one organisation": {said(1, 100, 50, Strong, ReachFive), false},
		"twenty of four":                {said(4, 5, 5, Strong, ReachFive), true},
	} {
		got := (Tallies{Judged: c.tallies}).versions(Model{Version: "m"})[0]
		for _, s := range []Share{got.All, got.FirstTen, got.FirstFive, got.Bands[Strong]} {
			if s.Enough != c.enough || !c.enough && s != (Share{}) {
				t.Errorf("%s: %+v", name, s)
			}
		}
		if got.Bands[Good].Enough {
			t.Errorf("%s: a band that nobody judged has a share", name)
		}
	}
}

func TestFiguresGoInSteps(t *testing.T) {
	v := (Tallies{
		Shown:  []ShownTally{{Model: "m", Pairs: 99, First: time.Unix(1, 0), Last: time.Unix(2, 0)}},
		Judged: append(said(3, 11, 4, Strong, ReachFive), said(3, 3, 0, Good, ReachAll)...),
		Fates:  []FateTally{{"m", Introduced, 13}, {"m", Accepted, 4}, {"m", Signed, 5}},
	}).versions(Model{Version: "m"})[0]
	if v.Shown != 95 || v.Introduced != 10 || v.Accepted != 0 || v.Signed != 5 {
		t.Errorf("%+v", v)
	}
	// 42 judged, 12 relevant; the first five 33 and 12.
	if v.All.Judged != 40 || v.All.Relevant != 10 || v.FirstFive.Judged != 35 || v.FirstTen != v.FirstFive || v.All.Share != 0.25 {
		t.Errorf("%+v", v)
	}
}

func TestTheModelInUseStandsFirstAndEarlierOnesStay(t *testing.T) {
	tallies := Tallies{Shown: []ShownTally{{Model: "a", Pairs: 50, First: time.Unix(1, 0)}, {Model: "b", Pairs: 50, First: time.Unix(9, 0)}}}
	got := tallies.versions(Model{Version: "c", Evaluation: Evaluation{Folds: 5}})
	if len(got) != 3 || got[0].Model != "c" || !got[0].InUse || got[0].Evaluation.Folds != 5 || got[1].Model != "b" || got[2].Model != "a" || got[2].Evaluation.Folds != 0 {
		t.Errorf("%+v", got)
	}
}

func TestTheIntervalIsWilsons(t *testing.T) {
	// Newcombe, Statistics in Medicine 17 (1998) 857, table I: 81 of 263.
	low, high := wilson(81, 263)
	if math.Abs(low-0.2553) > 5e-5 || math.Abs(high-0.3662) > 5e-5 {
		t.Errorf("%.4f to %.4f", low, high)
	}
	if low, high := wilson(0, 20); low != 0 || math.Abs(high-0.1611) > 5e-5 {
		t.Errorf("%.4f to %.4f", low, high)
	}
}
