package match_test

import (
	"testing"

	"chengqiao/internal/match"
)

func TestTheGradeOfAPairIsWhatItCameToOrWhatWasSaidOfIt(t *testing.T) {
	relevant, irrelevant := match.Testimony{Opinion: match.Relevant}, match.Testimony{Opinion: match.Irrelevant}
	wrongRoute := match.Testimony{Opinion: match.Irrelevant, Code: "wrong_route"}
	tooDear := match.Testimony{Opinion: match.Irrelevant, Code: "price_too_high"}
	fate := func(f match.Fate) match.Testimony { return match.Testimony{Fate: f} }
	for name, c := range map[string]struct {
		told  []match.Testimony
		grade int
		known bool
	}{
		"nothing":                                {nil, match.Unfit, false},
		"relevant":                               {[]match.Testimony{relevant}, match.Fit, true},
		"irrelevant":                             {[]match.Testimony{irrelevant}, match.Unfit, true},
		"the other side finds it off the route":  {[]match.Testimony{relevant, wrongRoute}, match.Unfit, true},
		"too dear tells nothing of the text":     {[]match.Testimony{tooDear}, match.Unfit, false},
		"too dear for one, relevant for another": {[]match.Testimony{tooDear, relevant}, match.Fit, true},
		"asked for":                              {[]match.Testimony{fate(match.Introduced)}, match.Sought, true},
		"asked for and refused as irrelevant":    {[]match.Testimony{fate(match.Introduced), irrelevant}, match.Unfit, true},
		"both wanted it":                         {[]match.Testimony{irrelevant, fate(match.Introduced), fate(match.Accepted)}, match.Sought, true},
		"signed after a refusal":                 {[]match.Testimony{fate(match.Signed), fate(match.Declined)}, match.Concluded, true},
	} {
		if grade, known := match.Grade(c.told); known != c.known || known && grade != c.grade {
			t.Errorf("%s: %d, %t", name, grade, known)
		}
	}
}

func TestFeaturesOfAnEarlierProgramAreTold(t *testing.T) {
	now := match.Features{match.Topic: 0.5, match.PriceFit: -1}
	if !now.Comparable() || (match.Features{match.Topic: 0.5, "word_overlap": 1}).Comparable() {
		t.Error("features that are not measured today count as such")
	}
}
