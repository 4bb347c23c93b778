package match

// Features are the values of a pair; absent is 0.
type Features map[Feature]float64

// The places of features in values: those of the texts, those of the facts, and
// two that say how the others count.
const (
	atLongCoverage = iota
	atLongPhrases
	atLongNearness
	atBriefMention
	atBriefFullness
	atBriefPhrases
	atBriefNearness
	atInKeywords
	atTopic

	atSameField
	atSameIndustry
	atReadiness
	atPriceFit
	atSameRegion
	atRightsFit
	atProtection
	atRequirementFit

	atFamiliarity
	atNearMeaning
	featureCount

	firstFact = atSameField
	afterFact = atRequirementFit + 1
)

var featureNames = [featureCount]Feature{
	LongCoverage, LongPhrases, LongNearness,
	BriefMention, BriefFullness, BriefPhrases, BriefNearness, InKeywords, Topic,
	SameField, SameIndustry, Readiness, PriceFit, SameRegion, RightsFit, Protection, RequirementFit,
	Familiarity, NearMeaning,
}

var textFeatures, factFeatures = featureNames[:firstFact], featureNames[firstFact:afterFact]

// values are features by place: hundreds of pairs are scored for each that
// anybody gets to see.
type values struct {
	v     [featureCount]float64
	known uint32 // one bit each for those that are present
}

func (f *values) set(at int, v float64) {
	f.v[at] = v
	f.known |= 1 << at
}

func (f *values) has(at int) bool { return f.known&(1<<at) != 0 }

// features are the values by name.
func (f *values) features() Features {
	out := make(Features, featureCount)
	for at, name := range featureNames {
		if f.has(at) {
			out[name] = f.v[at]
		}
	}
	return out
}

func valuesOf(f Features) values {
	var out values
	for at, name := range featureNames {
		if v, ok := f[name]; ok {
			out.set(at, v)
		}
	}
	return out
}

// scorer is a model's weights by place.
type scorer struct {
	learnt, alone, facts [featureCount]float64
	meaning              MeaningModel
}

func (m Model) scorer() *scorer {
	s := &scorer{meaning: m.Meaning}
	for at, name := range featureNames {
		s.learnt[at], s.alone[at], s.facts[at] = m.Texts.Learnt[name], m.Texts.Alone[name], m.Facts[name]
	}
	return s
}

// Score is the weighted sum of the text features, raised or lowered by the
// weighted sum of the facts: facts make a fitting text fit better, and cannot
// make a match of two texts that have nothing in common.
//
// As far as the space knows what the need speaks of, the weights count that
// heed it: a need in a language that the market hardly speaks is not misled.
func (m Model) Score(f Features) float64 {
	v := valuesOf(f)
	return m.scorer().score(&v)
}

// score is Model.Score.
func (s *scorer) score(f *values) float64 {
	known, text, fact := f.v[atFamiliarity], 0.0, 1.0
	for at := range firstFact { // in one order: sums of floats depend on it
		text += (known*s.learnt[at] + (1-known)*s.alone[at]) * f.v[at]
	}
	if f.has(atNearMeaning) {
		text += s.meaning.Share * (s.meaning.Scale*f.v[atNearMeaning] - text)
	}
	for at := firstFact; at < afterFact; at++ {
		fact += s.facts[at] * f.v[at]
	}
	return text * max(fact, 0)
}

// best is the score if every measured criterion were met.
func (s *scorer) best(f values) float64 {
	now := s.score(&f)
	f.set(atRequirementFit, 1)
	return max(s.score(&f), now)
}
