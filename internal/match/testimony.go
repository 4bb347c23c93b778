package match

import "slices"

// Testimony is one thing that is known of a pair that was shown: what an
// organisation said of it, or what became of it. It holds nothing of persons.
type Testimony struct {
	MatchID, NeedID string
	// Asker is the organisation whose need it is.
	Asker string
	// Opinion is "" where a fate is told, and Fate where an opinion is.
	Opinion Opinion
	Code    string
	Fate    Fate
	// Features are those with which the pair was shown.
	Features Features
}

// Grades of a pair by what is known of it.
const (
	Unfit     = 0
	Fit       = 1 // found relevant
	Sought    = 2 // an introduction was asked for, whatever its end
	Concluded = 3 // a contract was signed
)

// Grade tells how well a pair fits; false where nothing that is known of it
// tells. Either side's "irrelevant" counts until both wanted the deal; one for
// a fact, as the price, does not count: the text fits as well as it did.
func Grade(told []Testimony) (grade int, known bool) {
	var outcomes []Outcome
	refused, relevant := false, false
	for _, t := range told {
		switch {
		case t.Fate != "":
			outcomes = append(outcomes, Outcome{Fate: t.Fate})
		case t.Opinion == Relevant:
			relevant = true
		case (Judgement{Opinion: t.Opinion, Code: t.Code}).ofSubject():
			refused = true
		}
	}
	reached := slices.Index(Fates, Furthest(outcomes).Fate)
	switch {
	case reached == slices.Index(Fates, Signed):
		return Concluded, true
	case reached >= slices.Index(Fates, Accepted):
		return Sought, true
	case refused:
		return Unfit, true
	case reached >= 0:
		return Sought, true
	}
	return Fit, relevant
}

// Comparable tells whether the features are those that are measured today: an
// earlier program may have measured others.
func (f Features) Comparable() bool {
	for name := range f {
		if name != NearMeaning && name != Familiarity && !slices.Contains(textFeatures, name) && !slices.Contains(factFeatures, name) {
			return false
		}
	}
	return true
}
