package indexing

import (
	"chengqiao/internal/finding"
	"chengqiao/internal/match"
	"chengqiao/internal/policy"
	"chengqiao/internal/search"
)

// Topics finds listings by what a search speaks of, by the matching index.
type Topics struct {
	Index func() *match.Index
	Model match.Model
}

var _ finding.Topics = Topics{}

// About implements finding.Topics. While the index is being filled it tells of
// what is in it.
func (t Topics) About(text string, kinds []search.Kind, tiers []policy.Tier, limit int) []string {
	of := make([]match.Kind, len(kinds))
	for i, k := range kinds {
		of[i] = match.Kind(k)
	}
	refs := t.Index().About(t.Model, text, of, tiers, limit)
	ids := make([]string, len(refs))
	for i, ref := range refs {
		ids[i] = ref.ID
	}
	return ids
}
