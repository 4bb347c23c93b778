package meili

import (
	"encoding/hex"
	"encoding/json"
	"strings"
	"unicode"

	"chengqiao/internal/policy"
	"chengqiao/internal/search"
	"chengqiao/internal/search/analysis"
)

// The attributes beside terms, facets and numbers.
const (
	keyAttribute      = "key"
	idAttribute       = "id"
	kindAttribute     = "kind"
	ownerAttribute    = "owner"
	audienceAttribute = "audience"
	checksumAttribute = "checksum"
	documentAttribute = "document"
	// namesAttribute is the document without running texts.
	namesAttribute = "names"
)

// key is the primary key: Meilisearch takes few characters, and the key's order
// is to be the byte order of ids. It never reads as a number.
func key(id string) string { return "k" + hex.EncodeToString([]byte(id)) }

func keys(ids []string) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = key(id)
	}
	return out
}

// encode makes a document as Meilisearch keeps it.
func encode(d *search.Document, a *analysis.Analyzer) (map[string]any, error) {
	text, err := json.Marshal(d)
	if err != nil {
		return nil, err
	}
	names, err := json.Marshal(namesOf(d))
	if err != nil {
		return nil, err
	}
	out := map[string]any{
		namesAttribute:    string(names),
		keyAttribute:      key(d.ID),
		idAttribute:       d.ID,
		kindAttribute:     d.Kind,
		ownerAttribute:    d.Owner,
		audienceAttribute: d.AudienceOrPublic(),
		checksumAttribute: d.Checksum(),
		documentAttribute: string(text), // one string: Meilisearch would take an object apart
	}
	cumulate(out, d.Terms(a.Reading()))
	for _, f := range search.KeptFacets {
		if values := d.Values(f); len(values) > 0 {
			out[facetAttribute(f)] = values
		}
	}
	for _, n := range search.KeptNumbers {
		if v, ok := d.Number(n); ok {
			out[numberAttribute(n)] = v
		}
	}
	return out, nil
}

// cumulate writes, for each tier that a document has a text of its own in, the
// terms of that and all wider tiers. Each tier is written in letters of its own,
// because Meilisearch's ranking looks at where a word stands in any attribute,
// searched or not: with common words, hidden texts would move what is shown.
// Which attributes a level of reading uses is kept beside them.
func cumulate(out map[string]any, terms map[policy.Tier]search.Terms) {
	all := map[search.Area][]string{}
	deepest := policy.TierPublic
	for _, tier := range policy.AllTiers {
		if said, ok := terms[tier]; ok {
			deepest = tier
			for area, more := range said.Areas {
				all[area] = append(all[area], more...)
			}
			for area, list := range all {
				out[attribute(tier, area)] = words(tier, list)
			}
		}
		out[levelAttribute(tier)] = deepest
	}
}

func words(tier policy.Tier, terms []string) string {
	var b strings.Builder
	for i, t := range terms {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(word(tier, t))
	}
	return b.String()
}

// mark begins the words that are made from other characters; nobody types it.
const mark = "qz"

// word writes a term so that Meilisearch takes it for one word and leaves it
// alone, in the letters of a tier. Letters and digits stay one for one, for typo
// tolerance and prefixes; all other terms, Han first of all, become hexadecimal.
func word(tier policy.Tier, term string) string {
	if !plain(tier, term) {
		term = hexadecimal(term)
	}
	first, ok := alphabets[tier]
	if !ok {
		return term
	}
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return first + 26 + r - '0'
		}
		return first + r - 'a'
	}, term)
}

// alphabets are the first of the 36 letters in which a tier is written: public
// texts stay as they are, members' become Armenian, NDA texts Georgian. Both
// scripts have enough letters in a row, without case or marks to fold.
var alphabets = map[policy.Tier]rune{policy.TierMembers: 'ա', policy.TierNDA: 'ა'}

func hexadecimal(term string) string {
	var b strings.Builder
	b.WriteString(mark)
	const digits, width, bits, nibble = "0123456789abcdef", 20, 4, 0xf
	for _, r := range term {
		b.WriteByte('x')
		for shift := width - bits; shift >= 0; shift -= bits {
			b.WriteByte(digits[r>>shift&nibble])
		}
	}
	return b.String()
}

// plain tells whether a term can stay as it is: ASCII, and in public texts
// Cyrillic without the letters that Meilisearch takes the marks off.
func plain(tier policy.Tier, term string) bool {
	for _, r := range term {
		ascii := r >= 'a' && r <= 'z' || r >= '0' && r <= '9'
		cyrillic := tier == policy.TierPublic && unicode.Is(unicode.Cyrillic, r) && r != 'й' && r != 'ё'
		if !ascii && !cyrillic {
			return false
		}
	}
	return true
}
