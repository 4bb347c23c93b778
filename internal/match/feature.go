package match

import "slices"

// Feature is one way in which a need and a result fit; its name is the key of
// its weight in the model and of its value in the ledger.
type Feature string

// The features of the texts lie between 0 and 1.
const (
	// Coverage is how much of the need's weight the result speaks of.
	Coverage Feature = "coverage"
	// InKeywords is how much of the need's weight stands in the result's keywords.
	InKeywords Feature = "in_keywords"
	// Topic is how much of what the result's title and keywords say occurs in
	// the need.
	Topic Feature = "topic"
)

// The features of the facts. Unknown is 0 in all of them.
const (
	SameField      Feature = "same_field"   // 1 same technical field, -1 another
	SameIndustry   Feature = "industry"     // 1 same section of GB/T 4754, -1 another
	Readiness      Feature = "trl"          // 1 reaches the level wanted; -0.25 a level below, down to -1
	PriceFit       Feature = "price"        // 1 within the budget; below 0 by the share above it, down to -1
	SameRegion     Feature = "region"       // 1 same province
	RightsFit      Feature = "rights"       // 1 free, 0.5 partly licensed, -1 taken
	Protection     Feature = "ip"           // 1 granted, 0.5 pending
	RequirementFit Feature = "requirements" // met less unmet among the measured ones, must counting double
)

var (
	textFeatures = []Feature{Coverage, InKeywords, Topic}
	factFeatures = []Feature{SameField, SameIndustry, Readiness, PriceFit, SameRegion, RightsFit, Protection, RequirementFit}
	features     = slices.Concat(textFeatures, factFeatures)
)

// Features are the values of a pair; absent is 0.
type Features map[Feature]float64

// Score is the weighted sum of the text features, raised or lowered by the
// weighted sum of the facts: facts make a fitting text fit better, and cannot
// make a match of two texts that have nothing in common.
func (m Model) Score(f Features) float64 {
	text, fact := 0.0, 1.0
	for _, name := range textFeatures { // in one order: sums of floats depend on it
		text += m.Weights[name] * f[name]
	}
	for _, name := range factFeatures {
		fact += m.Weights[name] * f[name]
	}
	return text * max(fact, 0)
}

// sums are weights by language, and of all.
type sums struct {
	han, words, all float64
}

func (s *sums) add(c class, weight float64) {
	s.all += weight
	switch c {
	case word:
		s.words += weight
	case synonymGroup: // of both languages
		s.words += weight
		s.han += weight
	default:
		s.han += weight
	}
}

// bilingual is the least share of the smaller language in a text that is
// written in both. A text with less has foreign words in it.
const bilingual = 0.3

// shareOf is how much of a whole is there. A whole that is written in two
// languages says everything twice: what covers one of them covers it.
func (s sums) shareOf(whole sums) float64 {
	if whole.all <= 0 {
		return 0
	}
	share := s.all / whole.all
	if min(whole.han, whole.words) >= bilingual*whole.all {
		share = max(share, s.han/whole.han, s.words/whole.words)
	}
	return min(share, 1)
}

// wish is a need made ready for comparing it with many results.
type wish struct {
	entries []entry
	// weights by place in entries; zero for the terms beyond the model's bound.
	weights []float64
	// whole is the weight of what counts as the whole need.
	whole sums
	facts facts
}

// wishOf weighs a need's vector. The caller holds the read lock.
func (x *Index) wishOf(v vector, f facts) wish {
	w := wish{entries: v.entries, weights: make([]float64, len(v.entries)), facts: f}
	for i, p := range x.probes(v) {
		at, _ := slices.BinarySearchFunc(v.entries, p.term, byID)
		w.weights[at] = float64(p.weight)
		if i < x.model.WholeTerms {
			w.whole.add(x.classIn(v, p.term), float64(p.weight))
		}
	}
	return w
}

// compare gives the features of a need with a result, RequirementFit apart.
// The caller holds the read lock.
func (x *Index) compare(w wish, result vector, f facts) Features {
	var covered, inKeywords, topic, headlines sums
	const headline = 1<<Title | 1<<Keywords
	i := 0
	for _, e := range result.entries {
		for i < len(w.entries) && w.entries[i].id < e.id {
			i++
		}
		// A stranger is in the index nowhere, so in no need of it either.
		shared := i < len(w.entries) && w.entries[i].id == e.id && int(e.id) < len(x.terms)
		kind := x.classIn(result, e.id)
		if e.fields&headline != 0 {
			tells := x.rarityIn(result, e.id)
			headlines.add(kind, tells)
			if shared {
				topic.add(kind, tells)
			}
		}
		if !shared {
			continue
		}
		weight := w.weights[i]
		covered.add(kind, weight*float64(e.impact)/impactScale)
		if e.fields&bit(Keywords) != 0 {
			inKeywords.add(kind, weight)
		}
	}
	out := Features{
		Coverage: covered.shareOf(w.whole), InKeywords: inKeywords.shareOf(w.whole), Topic: topic.shareOf(headlines),
	}
	w.facts.against(f, out)
	return out
}
