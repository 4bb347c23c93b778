package indexing

import (
	"chengqiao/internal/finding"
	"chengqiao/internal/match"
	"chengqiao/internal/policy"
)

// Topics finds listings by what a search speaks of, by the matching index.
type Topics struct {
	Index func() *match.Index
	Model match.Model
}

var _ finding.Topics = Topics{}

// About implements finding.Topics. While the index is being filled it tells of
// what is in it.
func (t Topics) About(text string, tiers []policy.Tier, limit int) []string {
	refs := t.Index().About(t.Model, text, tiers, limit)
	ids := make([]string, len(refs))
	for i, ref := range refs {
		ids[i] = ref.ID
	}
	return ids
}
