package match

import (
	"cmp"
	"context"
	"math"
	"slices"
	"sync"
	"time"

	"chengqiao/internal/policy"
)

// Tallies are what the ledger holds of every model version: how much was shown,
// judged, and brought about.
type Tallies struct {
	Shown  []ShownTally
	Judged []JudgedTally
	Fates  []FateTally
}

// ShownTally counts the pairs that a model showed, each once, and tells when.
type ShownTally struct {
	Model       string
	Pairs       int
	First, Last time.Time
}

// JudgedTally counts what one organisation said of what a model showed it, by
// band and by the place: 1 for the first five, 2 for those up to the tenth, 3
// beyond.
type JudgedTally struct {
	Model            string
	OrgID            string
	Band             Band
	Reach            int
	Judged, Relevant int
}

// The reaches of JudgedTally.
const (
	ReachFive = 1 + iota
	ReachTen
	ReachAll
)

// FateTally counts the pairs that a model had shown last before they came to a fate.
type FateTally struct {
	Model string
	Fate  Fate
	Pairs int
}

// Precision is how well each version of the model did, as anyone may know it:
// no figure of few, and none that is exact.
type Precision struct {
	// At is when it was counted.
	At time.Time
	// Versions have been in use, or are; the latest first.
	Versions []VersionPrecision
}

// VersionPrecision is one model version's. Whole numbers go in steps.
type VersionPrecision struct {
	Model string
	// InUse is the version that ranks now; Evaluation its figures on judged
	// queries, zero for earlier ones.
	InUse      bool
	Evaluation Evaluation
	// From and To are when it first and last showed something for the first
	// time; zero when it has shown nothing.
	From, To time.Time
	// Shown are pairs; Introduced, Accepted and Signed those of them that came
	// so far.
	Shown, Introduced, Accepted, Signed int
	All, FirstTen, FirstFive            Share
	Bands                               map[Band]Share
}

// Share is how many of the judged are relevant, with the bounds between which
// the true share lies nineteen times of twenty (Wilson). Enough is false where
// too little was judged to say; then all is 0.
type Share struct {
	Enough           bool
	Judged, Relevant int
	Share, Low, High float64
}

// So that nobody's opinion can be read off the figures, nor off how they
// change: a share stands on so many judgements by so many organisations at
// least, and whole numbers go in steps.
const (
	fewestJudged = 20
	fewestOrgs   = 3
	step         = 5
)

// steps rounds a number to the next step.
func steps(n int) int { return (n + step/2) / step * step }

// stepsBelow rounds it down, for what is shown as "less than one step" then.
func stepsBelow(n int) int { return n / step * step }

// precisionKept is for how long the figures stand once they are counted.
const precisionKept = time.Hour

// countedPrecision keeps the figures between two countings.
type countedPrecision struct {
	mu    sync.Mutex
	value Precision
}

// Precision tells how well the versions of the model did. It is counted anew
// every hour. Errors: those of policy for match.precision.
func (s *Service) Precision(ctx context.Context, actor policy.Actor) (Precision, error) {
	if err := policy.Check(actor, policy.MatchPrecision, policy.Facts{}).Err(); err != nil {
		return Precision{}, err
	}
	s.precision.mu.Lock()
	defer s.precision.mu.Unlock()
	now := s.clock.Now()
	if age := now.Sub(s.precision.value.At); !s.precision.value.At.IsZero() && age >= 0 && age < precisionKept {
		return s.precision.value, nil
	}
	tallies, err := s.store.Tallies(ctx)
	if err != nil {
		return Precision{}, err
	}
	s.precision.value = Precision{At: now, Versions: tallies.versions(s.model)}
	return s.precision.value, nil
}

// versions makes the figures of each version, with one for the model in use
// even if it has shown nothing yet.
func (t Tallies) versions(inUse Model) []VersionPrecision {
	by := map[string]*VersionPrecision{}
	of := func(model string) *VersionPrecision {
		v, ok := by[model]
		if !ok {
			v = &VersionPrecision{Model: model, Bands: map[Band]Share{}}
			by[model] = v
		}
		return v
	}
	current := of(inUse.Version)
	current.InUse, current.Evaluation = true, inUse.Evaluation
	for _, s := range t.Shown {
		v := of(s.Model)
		v.Shown, v.From, v.To = stepsBelow(s.Pairs), s.First, s.Last
	}
	for _, f := range t.Fates {
		v := of(f.Model)
		switch f.Fate {
		case Introduced:
			v.Introduced = stepsBelow(f.Pairs)
		case Accepted:
			v.Accepted = stepsBelow(f.Pairs)
		case Signed:
			v.Signed = stepsBelow(f.Pairs)
		}
	}
	for model, v := range by {
		share := func(in func(JudgedTally) bool) Share {
			return shareOf(t.Judged, func(j JudgedTally) bool { return j.Model == model && in(j) })
		}
		v.All = share(func(JudgedTally) bool { return true })
		v.FirstTen = share(func(j JudgedTally) bool { return j.Reach <= ReachTen })
		v.FirstFive = share(func(j JudgedTally) bool { return j.Reach == ReachFive })
		for _, band := range []Band{Strong, Good, Possible} {
			v.Bands[band] = share(func(j JudgedTally) bool { return j.Band == band })
		}
	}
	out := make([]VersionPrecision, 0, len(by))
	for _, v := range by {
		out = append(out, *v)
	}
	slices.SortFunc(out, func(a, b VersionPrecision) int {
		if a.InUse != b.InUse {
			return map[bool]int{true: -1, false: 1}[a.InUse]
		}
		return cmp.Or(b.From.Compare(a.From), cmp.Compare(b.Model, a.Model))
	})
	return out
}

// shareOf is the share of the tallies that are in.
func shareOf(tallies []JudgedTally, in func(JudgedTally) bool) Share {
	judged, relevant := 0, 0
	organisations := map[string]bool{}
	for _, t := range tallies {
		if in(t) {
			judged += t.Judged
			relevant += t.Relevant
			organisations[t.OrgID] = true
		}
	}
	if judged < fewestJudged || len(organisations) < fewestOrgs {
		return Share{}
	}
	s := Share{Enough: true, Judged: steps(judged), Relevant: steps(relevant)}
	s.Relevant = min(s.Relevant, s.Judged)
	s.Share = float64(s.Relevant) / float64(s.Judged)
	s.Low, s.High = wilson(s.Relevant, s.Judged)
	return s
}

// wilson are the bounds of a share at 95 % (Wilson, JASA 22 (1927) 209).
func wilson(hits, of int) (low, high float64) {
	const z = 1.959964
	n, p := float64(of), float64(hits)/float64(of)
	middle := (p + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return max(middle-half, 0), min(middle+half, 1)
}
