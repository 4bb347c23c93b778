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

// Terms are what a document is indexed under, by tier and area. What a text
// says counts in the narrower of its own tier and the document's audience, so
// that not even a term's frequency tells of a document that is hidden.
func (d *Document) Terms(a *analysis.Analyzer) map[policy.Tier]map[Area][]string {
	out := map[policy.Tier]map[Area][]string{}
	for i := range d.Texts {
		areas := areasOf(out, narrower(d.Texts[i].Tier, d.AudienceOrPublic()))
		d.Texts[i].visit(func(area Area, text string, spelled bool) { take(a, areas, area, text, spelled) })
	}
	if d.Source != "" {
		take(a, areasOf(out, d.AudienceOrPublic()), AreaBody, d.Source, false)
	}
	for _, areas := range out {
		for _, area := range []Area{AreaSingle, AreaPinyin, AreaInitial} {
			areas[area] = unique(areas[area])
		}
	}
	return out
}

func areasOf(tiers map[policy.Tier]map[Area][]string, tier policy.Tier) map[Area][]string {
	if tiers[tier] == nil {
		tiers[tier] = map[Area][]string{}
	}
	return tiers[tier]
}

func narrower(a, b policy.Tier) policy.Tier {
	if slices.Index(policy.AllTiers, a) > slices.Index(policy.AllTiers, b) {
		return a
	}
	return b
}

func take(a *analysis.Analyzer, areas map[Area][]string, area Area, text string, spelled bool) {
	if text == "" {
		return
	}
	terms := a.Terms(text)
	areas[area] = append(areas[area], terms.Words...)
	areas[AreaSingle] = append(areas[AreaSingle], terms.Singles...)
	if spelled {
		pinyin, initials := a.Spellings(text)
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
