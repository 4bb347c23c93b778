package search

import (
	"strings"
	"unicode/utf8"

	"chengqiao/internal/policy"
	"chengqiao/internal/search/analysis"
)

// maxPhrase is the longest keyword or name, in characters, that is suggested:
// what is longer is a sentence in the wrong place.
const maxPhrase = 60

// Phrases are what a document has that is suggested as a whole, beside its
// titles: by the tier in which they count, as its terms do.
type Phrases struct {
	Keywords []string
	// Organisation is nil where the document does not say whose it is.
	Organisation *OrganisationPhrase
}

// OrganisationPhrase is a document's organisation by its names.
type OrganisationPhrase struct {
	ID, Kind string
	Names    map[string]string // by language
}

// Phrases are those of a document by tier.
func (d *Document) Phrases() map[policy.Tier]*Phrases {
	out := map[policy.Tier]*Phrases{}
	at := func(tier policy.Tier) *Phrases {
		if out[tier] == nil {
			out[tier] = &Phrases{}
		}
		return out[tier]
	}
	for _, t := range d.Texts {
		tier := narrower(t.Tier, d.AudienceOrPublic())
		for _, k := range t.Keywords {
			if IsPhrase(k) {
				p := at(tier)
				p.Keywords = append(p.Keywords, k)
			}
		}
		for _, name := range t.Organisations {
			if d.Facets.Organisation == "" || !IsPhrase(name) {
				continue
			}
			p := at(tier)
			if p.Organisation == nil {
				p.Organisation = &OrganisationPhrase{ID: d.Facets.Organisation, Kind: d.Facets.OrgKind, Names: map[string]string{}}
			}
			if p.Organisation.Names[t.Language] == "" {
				p.Organisation.Names[t.Language] = name
			}
		}
	}
	return out
}

// IsPhrase tells whether a text can be suggested as a whole.
func IsPhrase(s string) bool {
	return s != "" && utf8.RuneCountInString(s) <= maxPhrase && !strings.ContainsAny(s, "\x00\n") && analysis.Key(s) != ""
}
