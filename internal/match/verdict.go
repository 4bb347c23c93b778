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
	Criterion text.Text
	// Operator, Threshold and Unit are what is wanted; empty where it is not measured.
	Operator, Threshold, Unit string
	Must                      bool
	Verdict                   VerdictKind
	// Evidence is the claim, or the sentence, that the verdict rests on or
	// that makes the question worth asking.
	Evidence text.Text
	// Conditions are those under which a claim was measured; Declared is one that
	// nothing but its owner's word stands behind.
	Conditions text.Text
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
	wanted  [][]wanted
	terms   func() map[string]bool
	figures func() []string
}

// wanted is a requirement in one language, with the names of what it measures.
type wanted struct {
	requirement
	names []metric
}

// claimed is what a result claims, each value by itself, and what its texts say.
type claimed struct {
	claims []stated
	terms  func() map[string]bool
}

// stated is one value that a result claims, in each language in which its metric has
// a name, with those names.
type stated struct {
	worded     []claim
	names      []metric
	conditions text.Text
	proven     bool
}

// in is the claim in a language, or in the other one where its metric has no name in it.
func (s *stated) in(locale string) claim {
	if i := slices.IndexFunc(s.worded, func(c claim) bool { return c.locale == locale }); i >= 0 {
		return s.worded[i]
	}
	return s.worded[0]
}

func (s *stated) add(analyse Analyser, c claim) {
	s.worded, s.names = append(s.worded, c), append(s.names, metricOf(analyse, c.metric))
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
		var each []wanted
		for _, w := range r.worded() {
			each = append(each, wanted{w, w.namesOf(j.analyse)})
		}
		read.wanted = append(read.wanted, each)
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
		read.claims = append(read.claims, c.oneByOne(j.analyse)...)
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
	said := map[text.Text]int{}
	for i, r := range need.Requirements {
		v := pair.of(i, r)
		said[v.Evidence]++
		out = append(out, v)
	}
	for i, r := range need.Requirements {
		if v := &out[i]; said[v.Evidence] > 1 {
			v.Evidence = text.Text{Zh: clauseAbout(r, v.Evidence.Zh), En: clauseAbout(r, v.Evidence.En)}
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
	if claims := j.closestClaims(at); len(claims) > 0 {
		v.Evidence = told(claims)
		v.Declared = slices.ContainsFunc(claims, func(c answer) bool { return !c.claim.proven })
		if len(claims) == 1 {
			if v.Conditions = claims[0].claim.conditions; claims[0].same {
				v.Verdict = claims[0].verdict()
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

// question is what a need's owner asks about a requirement, in each language around
// the requirement's own words in it, or in the other where it has none.
func (r Requirement) question() text.Text {
	words, ok := operatorWords[r.Operator]
	if !ok || r.Threshold == "" {
		return text.Text{
			Zh: "贵方成果能否满足“" + r.Criterion.In(text.Chinese) + "”？有何依据（检测报告、应用案例等）？",
			En: "Can your result meet “" + r.Criterion.In(text.English) + "”? What supports it (test report, reference case)?",
		}
	}
	name := r.Metric
	if name.IsZero() {
		name = r.Criterion
	}
	amount := r.Threshold
	if r.Unit != "" {
		amount += " " + r.Unit
	}
	return text.Text{
		Zh: "“" + name.In(text.Chinese) + "”能否" + words[0] + " " + amount + "？在什么测试条件下测得，有无第三方报告？",
		En: "Is “" + name.In(text.English) + "” " + words[1] + " " + amount + "? Under which test conditions was it measured, and is there a third-party report?",
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
