package match

import (
	"slices"
	"strings"
	"sync"

	"chengqiao/internal/text"
)

// VerdictKind says how a requirement stands.
type VerdictKind string

// The verdicts. Unknown is not a mark against a result: it is to be asked.
const (
	Met     VerdictKind = "met"
	Unmet   VerdictKind = "unmet"
	Unknown VerdictKind = "unknown"
)

// Verdict is how one requirement of a need stands with one result.
type Verdict struct {
	Criterion string
	// Operator, Threshold and Unit are what is wanted; empty where it is not measured.
	Operator, Threshold, Unit string
	Must                      bool
	Verdict                   VerdictKind
	// Evidence is the claim, or the sentence, that the verdict rests on or
	// that makes the question worth asking.
	Evidence string
	// Conditions are those under which a claim was measured; Declared is one that
	// nothing but its owner's word stands behind.
	Conditions string
	Declared   bool
	// Question is what to ask where the verdict is unknown.
	Question text.Text
}

// judge judges results by needs. One side of a list of matches is the same in all of
// its pairs, so what a need requires and what a result claims is read once each. It is
// for one goroutine.
type judge struct {
	analyse Analyser
	needs   map[*View]*required
	results map[*View]*claimed
}

func newJudge(analyse Analyser) *judge {
	return &judge{analyse: analyse, needs: map[*View]*required{}, results: map[*View]*claimed{}}
}

// required is what a need requires: the names of what each of its requirements
// measures, and what its texts say, which is looked at where the names leave it open
// whether a claim is on the same.
type required struct {
	names   [][]metric
	terms   func() map[string]bool
	figures func() []string
}

// claimed is what a result claims, each value by itself, with the names of what is
// measured, and what its texts say.
type claimed struct {
	claims []Claim
	names  []metric
	terms  func() map[string]bool
}

func (j *judge) required(need *View) *required {
	if read, ok := j.needs[need]; ok {
		return read
	}
	read := &required{
		terms: sync.OnceValue(func() map[string]bool { return termSet(j.analyse, need.said()...) }),
		figures: sync.OnceValue(func() []string {
			_, figures := withoutConditions(strings.Join(need.said(), " ; "))
			return figures
		}),
	}
	for _, r := range need.Requirements {
		read.names = append(read.names, r.namesOf(j.analyse))
	}
	j.needs[need] = read
	return read
}

func (j *judge) claimed(result *View) *claimed {
	if read, ok := j.results[result]; ok {
		return read
	}
	read := &claimed{terms: sync.OnceValue(func() map[string]bool { return termSet(j.analyse, result.said()...) })}
	for _, c := range result.Claims {
		read.claims = append(read.claims, c.oneByOne()...)
	}
	for _, c := range read.claims {
		read.names = append(read.names, metricOf(j.analyse, c.Metric))
	}
	j.results[result] = read
	return read
}

// verdicts are those of a need's requirements on a result, in their order.
func (j *judge) verdicts(need, result *View) []Verdict {
	if len(need.Requirements) == 0 {
		return nil
	}
	pair := judgement{result: result, need: j.required(need), said: j.claimed(result)}
	out := make([]Verdict, 0, len(need.Requirements))
	said := map[string]int{}
	for i, r := range need.Requirements {
		v := pair.of(i, r)
		said[v.Evidence]++
		out = append(out, v)
	}
	for i, r := range need.Requirements {
		if v := &out[i]; said[v.Evidence] > 1 {
			v.Evidence = clauseAbout(r, v.Evidence)
		}
	}
	return out
}

// judgement judges a result by a need.
type judgement struct {
	result *View
	need   *required
	said   *claimed
}

// of gives the verdict on the requirement at a place.
func (j *judgement) of(at int, r Requirement) Verdict {
	v := Verdict{Criterion: r.Criterion, Must: r.Must, Verdict: Unknown}
	if r.Threshold != "" {
		v.Operator, v.Threshold, v.Unit = r.Operator, r.Threshold, r.Unit
	}
	if claims, same := j.closestClaims(at, r); len(claims) > 0 {
		v.Evidence = told(claims)
		v.Declared = slices.ContainsFunc(claims, func(c Claim) bool { return !c.Proven })
		if len(claims) == 1 {
			if v.Conditions = claims[0].Conditions; same {
				v.Verdict = claims[0].against(r)
			}
		}
	} else if r.Threshold != "" {
		v.Evidence = sentenceAbout(r, j.result)
	}
	if v.Verdict == Unknown {
		v.Question = r.question()
	}
	return v
}

var operatorWords = map[string][2]string{
	">=": {"不低于", "at least"},
	"<=": {"不高于", "at most"},
	"=":  {"为", "exactly"},
}

// question is what a need's owner asks about a requirement, in both languages
// around the requirement's own words.
func (r Requirement) question() text.Text {
	words, ok := operatorWords[r.Operator]
	if !ok || r.Threshold == "" {
		return text.Text{
			Zh: "贵方成果能否满足“" + r.Criterion + "”？有何依据（检测报告、应用案例等）？",
			En: "Can your result meet “" + r.Criterion + "”? What supports it (test report, reference case)?",
		}
	}
	name := r.name()
	amount := r.Threshold
	if r.Unit != "" {
		amount += " " + r.Unit
	}
	return text.Text{
		Zh: "“" + name + "”能否" + words[0] + " " + amount + "？在什么测试条件下测得，有无第三方报告？",
		En: "Is “" + name + "” " + words[1] + " " + amount + "? Under which test conditions was it measured, and is there a third-party report?",
	}
}

// fit is the feature of measured requirements: met less unmet, between -1 and
// 1, those that must be met counting double.
func fit(verdicts []Verdict) float64 {
	var sum, all float64
	for _, v := range verdicts {
		w := 1.0
		if v.Must {
			w = 2
		}
		all += w
		switch v.Verdict {
		case Met:
			sum += w
		case Unmet:
			sum -= w
		}
	}
	if all == 0 {
		return 0
	}
	return sum / all
}

// missesMust tells whether a requirement that must be met is not.
func missesMust(verdicts []Verdict) bool {
	return slices.ContainsFunc(verdicts, func(v Verdict) bool { return v.Must && v.Verdict == Unmet })
}
