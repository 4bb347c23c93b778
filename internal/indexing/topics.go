package indexing

import (
	"chengqiao/internal/finding"
	"chengqiao/internal/match"
	"chengqiao/internal/policy"
	"chengqiao/internal/search"
	"chengqiao/internal/search/analysis"
)

// Topics finds listings by what a search speaks of, by the matching index.
type Topics struct {
	Index func() *match.Index
	Model match.Model
	// Analyzer is that of the search, which tells whether a text describes.
	Analyzer func() *analysis.Analyzer
}

var _ finding.Topics = Topics{}

// About implements finding.Topics. While the index is being filled it tells of
// what is in it.
func (t Topics) About(text string, kinds []search.Kind, tiers []policy.Tier, limit int) []string {
	return idsOf(t.Index().About(t.Model, text, matchKinds(kinds), tiers, limit))
}

// Described implements finding.Topics. While the index is being filled it tells of
// what is in it.
func (t Topics) Described(text string, kinds []search.Kind, tiers []policy.Tier, limit int) []string {
	if !t.Analyzer().Plan(text).Describes() {
		return nil
	}
	return idsOf(t.Index().Described(t.Model, text, matchKinds(kinds), tiers, limit))
}

// Fresh are a few listings, published a moment ago, which a text may describe.
type Fresh struct {
	Topics
	// Offers are the listings made ready; it is called where a text describes.
	Offers func() *match.Offers
}

var _ finding.Describer = Fresh{}

// Described implements finding.Describer. What is told without being asked for has to fit
// well: as a good match does.
func (f Fresh) Described(text string, kinds []search.Kind, tiers []policy.Tier, limit int) []string {
	if !f.Analyzer().Plan(text).Describes() {
		return nil
	}
	ids := idsOf(f.Offers().Described(f.Model, text, matchKinds(kinds), tiers))
	return ids[:min(len(ids), limit)]
}

func matchKinds(kinds []search.Kind) []match.Kind {
	out := make([]match.Kind, len(kinds))
	for i, k := range kinds {
		out[i] = match.Kind(k)
	}
	return out
}

func idsOf(refs []match.Ref) []string {
	ids := make([]string, len(refs))
	for i, ref := range refs {
		ids[i] = ref.ID
	}
	return ids
}
