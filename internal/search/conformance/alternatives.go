package conformance

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"chengqiao/internal/search"
	"chengqiao/internal/search/analysis"
)

func words(text string) search.Alternative { return search.Alternative{Text: text} }

func quoted(text string) search.Alternative { return search.Alternative{Text: text, Quoted: true} }

func quotedIn(p search.Property, text string) search.Alternative {
	return search.Alternative{Text: text, Quoted: true, In: p}
}

func findsAlternatives(t *testing.T, s Store) {
	e := filled(t, s)
	either := func(list ...search.Alternative) search.Alternatives { return list }
	for _, c := range []struct {
		name   string
		query  search.Query
		oneOf  []search.Alternatives
		reader search.Reader
		as     search.Match
		want   string
	}{
		{"one word or another", search.Query{}, []search.Alternatives{either(words("玉米"), words("回收"))}, anyone, search.MatchAll, "a-maize p-recycling"},
		{"one alone", search.Query{}, []search.Alternatives{either(words("玉米"))}, anyone, search.MatchAll, "a-maize"},
		{"one that nothing has", search.Query{}, []search.Alternatives{either(words("玉米"), words("qqqq"))}, anyone, search.MatchAll, "a-maize"},
		{"none that anything has", search.Query{}, []search.Alternatives{either(words("zzzz"), words("qqqq"))}, anyone, search.MatchAll, ""},
		{"nothing to search for", search.Query{}, []search.Alternatives{either(words("!!!"), quoted("…"))}, anyone, "", "a-battery a-maize a-pool n-drip n-laser n-markup p-recycling"},
		{"a word and nothing to search for", search.Query{}, []search.Alternatives{either(words("玉米"), words("!!!"))}, anyone, search.MatchAll, "a-maize"},
		{"several words or another", search.Query{}, []search.Alternatives{either(words("电池 高寒"), words("玉米"))}, anyone, search.MatchAll, "a-battery a-maize"},
		{"synonyms, which a phrase takes none of", search.Query{}, []search.Alternatives{either(words("аккумулятор"), words("玉米"))}, anyone, search.MatchAll, "a-battery a-maize n-laser p-recycling"},
		{"pinyin", search.Query{}, []search.Alternatives{either(words("yumi"), words("回收"))}, anyone, search.MatchAll, "a-maize p-recycling"},
		{"no misspellings", search.Query{}, []search.Alternatives{either(words("polystirene"), words("回收"))}, anyone, search.MatchAll, "p-recycling"},
		{"one character or a word", search.Query{}, []search.Alternatives{either(words("池"), words("玉米"))}, anyone, search.MatchAll, "a-battery a-maize a-pool p-recycling"},
		{"a phrase or a word", search.Query{}, []search.Alternatives{either(quoted("动力电池组"), words("玉米"))}, anyone, search.MatchAll, "a-battery a-maize"},
		{"a phrase that only nearly stands there", search.Query{}, []search.Alternatives{either(quoted("电池动力"), words("玉米"))}, anyone, search.MatchAll, "a-maize"},
		{"fields", search.Query{}, []search.Alternatives{either(quotedIn(search.PropertyTitle, "电池"), quotedIn(search.PropertyKeyword, "热管理"))}, anyone, search.MatchAll, "a-battery p-recycling"},
		{"a field and what it has not", search.Query{}, []search.Alternatives{either(quotedIn(search.PropertyTitle, "钴"), words("玉米"))}, anyone, search.MatchAll, "a-maize"},
		{"each of two", search.Query{}, []search.Alternatives{either(words("电池"), words("玉米")), either(words("回收"), words("品种"))}, anyone, search.MatchAll, "a-maize p-recycling"},
		{"beside words", search.Query{Text: "电池"}, []search.Alternatives{either(words("回收"), words("高寒"))}, anyone, search.MatchAll, "a-battery p-recycling"},
		{"beside close words", search.Query{Text: "polystirene"}, []search.Alternatives{either(words("laser"), words("回收"))}, anyone, search.MatchClose, "n-laser"},
		{"beside some words", search.Query{Text: "玉米 光伏"}, []search.Alternatives{either(words("laser"), words("回收"))}, anyone, search.MatchSome, "n-laser"},
		{"beside a phrase", search.Query{Conditions: []search.Condition{phrase("锂电池")}}, []search.Alternatives{either(words("回收"), words("玉米"))}, anyone, search.MatchAll, "p-recycling"},
		{"beside an exclusion", search.Query{Conditions: []search.Condition{not("高寒")}}, []search.Alternatives{either(words("电池"), words("玉米"))}, anyone, search.MatchAll, "a-maize n-laser p-recycling"},
		{"beside an excluded phrase", search.Query{Conditions: []search.Condition{not("退役锂电池")}}, []search.Alternatives{either(words("电池"), words("玉米"))}, anyone, search.MatchAll, "a-battery a-maize n-laser"},
		{"within a choice", search.Query{Filters: map[search.Facet][]string{search.FacetField: {"农业"}}}, []search.Alternatives{either(words("电池"), words("玉米"))}, anyone, search.MatchAll, "a-maize"},

		// What a reader lacks is no alternative.
		{"a members' text, for anyone", search.Query{}, []search.Alternatives{either(words("石墨烯"), words("玉米"))}, anyone, search.MatchAll, "a-maize"},
		{"a members' text, for a member", search.Query{}, []search.Alternatives{either(words("石墨烯"), words("玉米"))}, member, search.MatchAll, "a-battery a-maize p-graphene"},
		{"a members' phrase, for anyone", search.Query{}, []search.Alternatives{either(quoted("石墨烯涂层"), words("玉米"))}, anyone, search.MatchAll, "a-maize"},
		{"an NDA text, for a member", search.Query{}, []search.Alternatives{either(quoted("碲化铋夹层"), words("玉米"))}, member, search.MatchAll, "a-maize"},
		{"an NDA text, for a party", search.Query{}, []search.Alternatives{either(words("碲化铋"), words("玉米"))}, party, search.MatchAll, "a-battery a-maize"},
	} {
		q := c.query
		q.OneOf, q.Reader = c.oneOf, c.reader
		findsExactly(t, e, c.name, q, c.as, c.want)
	}
	ranksByAlternatives(t, e)
	marksAlternatives(t, e)
}

// ranksByAlternatives: who has more of them, and of the rarer ones, comes first,
// page by page as at once.
func ranksByAlternatives(t *testing.T, e search.Engine) {
	t.Helper()
	q := search.Query{OneOf: []search.Alternatives{{words("电池"), words("回收"), words("玉米")}}}
	whole := ids(ask(t, e, q))
	if len(whole) != 4 || ask(t, e, q).Hits[0].Score <= 0 {
		t.Fatalf("alternatives rank %v", whole)
	}
	last := slices.Sorted(slices.Values(whole[2:]))
	if !slices.Equal(last, []string{"a-battery", "n-laser"}) {
		t.Errorf("alternatives rank %v: those that have the commonest alone are to come last", whole)
	}
	var paged []string
	one := q
	one.Limit = 1
	for one.Offset = range whole {
		paged = append(paged, ids(ask(t, e, one))...)
	}
	if !slices.Equal(paged, whole) {
		t.Errorf("page by page %v, at once %v", paged, whole)
	}
	q.Sort = search.SortNewest
	newest := ids(ask(t, e, q))
	q.OneOf = nil
	all := slices.DeleteFunc(ids(ask(t, e, q)), func(id string) bool { return !slices.Contains(whole, id) })
	if !slices.Equal(newest, all) {
		t.Errorf("the newest of them are %v, want %v", newest, all)
	}
	beside := search.Query{Text: "电池", OneOf: []search.Alternatives{{words("高寒"), words("电池")}}}
	if got := ids(ask(t, e, beside)); len(got) != 3 || got[0] != "a-battery" {
		t.Errorf("what has more of the alternatives does not come first: %v", got)
	}
}

// marksAlternatives: words wherever they stand, phrases whole.
func marksAlternatives(t *testing.T, e search.Engine) {
	t.Helper()
	r := ask(t, e, search.Query{OneOf: []search.Alternatives{{quoted("动力电池"), words("储能 热管理"), words("玉米")}}, Highlight: search.AllProperties})
	var got []string
	for _, h := range r.Hits {
		for _, x := range h.Highlights {
			if x.Property == search.PropertyTitle || x.Property == search.PropertyKeyword {
				got = append(got, h.ID+" "+written(x))
			}
		}
	}
	slices.Sort(got)
	want := []string{
		"a-battery keyword zh: [储能]", "a-battery keyword zh: [热管理]", "a-battery title zh: 高寒地区[动力电池]组[热管理]", "a-maize title zh: [玉米]抗旱品种选育",
	}
	if !slices.Equal(got, want) {
		t.Errorf("marks\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// ordersManyAlternatives: of more than an engine puts in order by itself each is
// found once, on one page.
func ordersManyAlternatives(t *testing.T, s Store) {
	e := open(t, s)
	documents := numbered(1_300)
	for i := range documents {
		documents[i].Texts[0].Title = fmt.Sprintf("玉米 %d", i)
		if i%100 == 7 {
			documents[i].Texts[0].Title += " 滴灌"
		}
	}
	must(t, e.Apply(within(t), search.Batch{Upsert: documents}))
	q := search.Query{OneOf: []search.Alternatives{{words("玉米"), words("滴灌")}}, Limit: 100, Facets: []search.Facet{search.FacetKind}}
	found := map[string]bool{}
	for q.Offset = 0; q.Offset < len(documents); q.Offset += q.Limit {
		r := ask(t, e, q)
		if r.Total != len(documents) || r.AtLeast || sum(r.Facets[search.FacetKind]) != len(documents) || len(r.Hits) != q.Limit {
			t.Fatalf("page from %d: %d of %d, at least: %v, %v", q.Offset, len(r.Hits), r.Total, r.AtLeast, r.Facets)
		}
		for i, h := range r.Hits {
			found[h.ID] = true
			if both := h.ID[len(h.ID)-2:] == "07"; both != (q.Offset == 0 && i < 13) {
				t.Fatalf("%s is number %d", h.ID, q.Offset+i)
			}
		}
	}
	if len(found) != len(documents) {
		t.Errorf("%d of %d are found", len(found), len(documents))
	}
}

func someAlternatives(t *rapid.T) []search.Alternatives {
	alternative := rapid.Custom(func(t *rapid.T) search.Alternative {
		if rapid.Bool().Draw(t, "quoted") {
			return search.Alternative{
				Text:   rapid.SampledFrom(somePhrases).Draw(t, "phrase"),
				Quoted: true,
				In:     rapid.SampledFrom([]search.Property{"", search.PropertyTitle, search.PropertyAbstract}).Draw(t, "in"),
			}
		}
		return words(strings.Join(rapid.SliceOfN(rapid.SampledFrom(someWords), 1, 2).Draw(t, "words"), " "))
	})
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) search.Alternatives {
		return rapid.SliceOfN(alternative, 1, 3).Draw(t, "one of")
	}), 0, 2).Draw(t, "alternatives")
}

// oneOfEachMet tests alternatives one by one.
func oneOfEachMet(a *analysis.Analyzer, d *search.Document, q *search.Query) bool {
	full := q.Reader.Full(d.ID, d.Owner)
	met := func(alternative search.Alternative) bool {
		if alternative.Quoted {
			one := *q
			one.Conditions = []search.Condition{{Phrase: alternative.Text, In: alternative.In}}
			return conditionsMet(d, &one)
		}
		return !slices.ContainsFunc(a.Plan(alternative.Text).Units, func(u analysis.Unit) bool { return !unitIn(a, d, q.Reader, full, u) })
	}
	for _, among := range q.OneOf {
		if !slices.ContainsFunc(among, met) {
			return false
		}
	}
	return true
}
