package search

import (
	"slices"

	"chengqiao/internal/policy"
	"chengqiao/internal/search/analysis"
)

// Area is a part of a document that engines index as a field of its own, once
// for each tier.
type Area string

// The areas.
const (
	AreaTitle   Area = "title"   // titles
	AreaBody    Area = "body"    // everything searchable
	AreaSingle  Area = "single"  // the Han characters of it, one by one
	AreaPinyin  Area = "pinyin"  // of titles, keywords and names
	AreaInitial Area = "initial" // their initials
)

// AllAreas in the order of their weight.
var AllAreas = []Area{AreaTitle, AreaBody, AreaSingle, AreaPinyin, AreaInitial}

// Areas are those in which a unit is looked for. Initials count in a close match
// alone: two letters sound like too much.
func Areas(u analysis.Unit, m Match) []Area {
	switch {
	case u.Class == analysis.Single:
		return []Area{AreaSingle}
	case u.Initials && m == MatchClose:
		return []Area{AreaTitle, AreaBody, AreaPinyin, AreaInitial}
	case u.Class == analysis.Word:
		return []Area{AreaTitle, AreaBody, AreaPinyin}
	}
	return []Area{AreaTitle, AreaBody}
}

// Terms are what the texts of a tier are indexed under.
type Terms struct {
	Areas map[Area][]string
	// Lengths are how many of an area's terms tell how long it is.
	Lengths map[Area]int
}

// Terms are what a document is indexed under, by tier and area. What a text
// says counts in the narrower of its own tier and the document's audience, so
// that not even a term's frequency tells of a document that is hidden.
func (d *Document) Terms(r *analysis.Reading) map[policy.Tier]Terms {
	out := map[policy.Tier]Terms{}
	for i := range d.Texts {
		terms := termsOf(out, narrower(d.Texts[i].Tier, d.AudienceOrPublic()))
		d.Texts[i].visit(func(area Area, text string, spelled bool) { terms.take(r, area, text, spelled) })
	}
	if d.Source != "" {
		termsOf(out, d.AudienceOrPublic()).take(r, AreaBody, d.Source, false)
	}
	names := r.Names()
	for _, tier := range policy.AllTiers { // who reads one reads those before it
		if terms, has := out[tier]; has {
			terms.Areas[AreaBody] = append(terms.Areas[AreaBody], names.With(terms.Areas[AreaBody])...)
		}
	}
	for _, terms := range out {
		for _, area := range []Area{AreaSingle, AreaPinyin, AreaInitial} {
			terms.Areas[area] = unique(terms.Areas[area])
		}
	}
	return out
}

func termsOf(tiers map[policy.Tier]Terms, tier policy.Tier) Terms {
	if _, made := tiers[tier]; !made {
		tiers[tier] = Terms{map[Area][]string{}, map[Area]int{}}
	}
	return tiers[tier]
}

func narrower(a, b policy.Tier) policy.Tier {
	if slices.Index(policy.AllTiers, a) > slices.Index(policy.AllTiers, b) {
		return a
	}
	return b
}

func (t Terms) take(r *analysis.Reading, area Area, text string, spelled bool) {
	if text == "" {
		return
	}
	terms, areas := r.Terms(text), t.Areas
	areas[area] = append(append(append(areas[area], terms.Words...), terms.Wholes...), terms.Names...)
	t.Lengths[area] += len(terms.Words)
	areas[AreaSingle] = append(areas[AreaSingle], terms.Singles...)
	if spelled {
		pinyin, initials := r.Spellings(text)
		areas[AreaPinyin] = append(areas[AreaPinyin], pinyin...)
		areas[AreaInitial] = append(areas[AreaInitial], initials...)
	}
}

// visit hands every searchable piece of a text to take, with its area and
// whether it can be found by pinyin.
func (t *Text) visit(take func(area Area, text string, spelled bool)) {
	// A title is part of the text too: a word's weight in a listing should not
	// depend on which of both it stands in. The title's own area comes on top.
	take(AreaTitle, t.Title, true)
	take(AreaBody, t.Title, false)
	take(AreaBody, t.Value, false)
	take(AreaBody, t.Abstract, false)
	for _, s := range t.Keywords {
		take(AreaBody, s, true)
	}
	for _, s := range t.Claims {
		take(AreaBody, s, false)
	}
	for _, s := range t.Organisations {
		take(AreaBody, s, true)
	}
	for _, s := range t.Other {
		take(AreaBody, s, false)
	}
}

// unique drops repetitions where only presence counts.
func unique(terms []string) []string {
	slices.Sort(terms)
	return slices.Compact(terms)
}
