package conformance

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"chengqiao/internal/policy"
	"chengqiao/internal/search"
)

func phrase(text string) search.Condition { return search.Condition{Phrase: text} }

func not(text string) search.Condition { return search.Condition{Phrase: text, Not: true} }

func in(p search.Property, text string) search.Condition {
	return search.Condition{Phrase: text, In: p}
}

func notIn(p search.Property, text string) search.Condition {
	return search.Condition{Phrase: text, In: p, Not: true}
}

func holdsToConditions(t *testing.T, s Store) {
	e := filled(t, s)
	both := func(c ...search.Condition) []search.Condition { return c }
	for _, c := range []struct {
		name       string
		text       string
		conditions []search.Condition
		reader     search.Reader
		as         search.Match
		want       string
	}{
		{"a phrase", "", both(phrase("动力电池组")), anyone, search.MatchAll, "a-battery"},
		{"a phrase of another order", "", both(phrase("电池动力")), anyone, search.MatchAll, ""},
		{"a phrase whose parts stand apart", "", both(phrase("电池保温")), anyone, search.MatchAll, ""},
		{"a phrase across a full stop", "", both(phrase("净化水池")), anyone, search.MatchAll, ""},
		{"a phrase in traditional characters", "", both(phrase("動力電池")), anyone, search.MatchAll, "a-battery"},
		{"a phrase with a gap that the text has not", "", both(phrase("动力 电池")), anyone, search.MatchAll, "a-battery"},
		{"a phrase in English", "", both(phrase("traction batteries")), anyone, search.MatchAll, "a-battery"},
		{"its words in another order", "", both(phrase("batteries traction")), anyone, search.MatchAll, ""},
		{"a phrase over punctuation", "", both(phrase("lithium ion cells")), anyone, search.MatchAll, "a-battery"},
		{"a phrase of small words", "", both(phrase("of the pipelines")), anyone, search.MatchAll, ""},
		{"a phrase in Russian", "", both(phrase("солнечных панелей")), anyone, search.MatchAll, "n-laser"},
		{"a phrase of one word takes no synonym", "", both(phrase("battery")), anyone, search.MatchAll, "a-battery"},
		{"a phrase of one word takes no pinyin", "", both(phrase("dianchi")), anyone, search.MatchAll, ""},
		{"a phrase of one character", "", both(phrase("池")), anyone, search.MatchAll, "a-battery a-pool p-recycling"},
		{"a number of the source", "", both(phrase("XJ-2024.0017")), anyone, search.MatchAll, "a-battery"},
		{"nothing to search for", "", both(phrase("!!!"), not("…")), anyone, "", "a-battery a-maize a-pool n-drip n-laser n-markup p-recycling"},
		{"two phrases", "", both(phrase("成套工艺"), phrase("锂电池")), anyone, search.MatchAll, "p-recycling"},

		{"an exclusion alone", "", both(not("电池")), anyone, "", "a-maize a-pool n-drip n-laser n-markup"},
		{"words without another", "电池", both(not("回收")), anyone, search.MatchAll, "a-battery n-laser"},
		{"words without a phrase", "电池", both(not("退役锂电池")), anyone, search.MatchAll, "a-battery n-laser"},
		{"words without a phrase that only nearly stands there", "电池", both(not("电池退役")), anyone, search.MatchAll, "a-battery n-laser p-recycling"},
		{"words without an English word", "电池", both(not("panels")), anyone, search.MatchAll, "a-battery p-recycling"},
		{"a character excluded", "", both(not("池")), anyone, "", "a-maize n-drip n-laser n-markup"},
		{"two exclusions", "", both(not("池"), not("the")), anyone, "", "a-maize n-drip n-laser"},
		{"a phrase without a word", "", both(phrase("电池"), not("高寒")), anyone, search.MatchAll, "p-recycling"},
		{"itself excluded", "电池", both(not("电池"), not("аккумулятор"), not("battery")), anyone, search.MatchSome, ""},

		{"a word of the title", "", both(in(search.PropertyTitle, "电池")), anyone, search.MatchAll, "a-battery p-recycling"},
		{"a character of the title", "", both(in(search.PropertyTitle, "水")), anyone, search.MatchAll, "a-pool"},
		{"a word that is in no title", "", both(in(search.PropertyTitle, "钴")), anyone, search.MatchAll, ""},
		{"a phrase of the title", "", both(in(search.PropertyTitle, "锂电池回收")), anyone, search.MatchAll, "p-recycling"},
		{"a keyword", "", both(in(search.PropertyKeyword, "热管理")), anyone, search.MatchAll, "a-battery"},
		{"what is no keyword", "", both(in(search.PropertyKeyword, "电池")), anyone, search.MatchAll, ""},
		{"a word of the abstract", "", both(in(search.PropertyAbstract, "电池")), anyone, search.MatchAll, "a-battery"},
		{"a claim that the reader lacks", "", both(in(search.PropertyClaim, "温差")), anyone, search.MatchAll, ""},
		{"a claim that the reader has", "", both(in(search.PropertyClaim, "温差")), member, search.MatchAll, "a-battery"},
		{"a title excluded", "电池", both(notIn(search.PropertyTitle, "电池")), anyone, search.MatchAll, "n-laser"},
		{"an abstract excluded", "电池", both(notIn(search.PropertyAbstract, "电池")), anyone, search.MatchAll, "n-laser p-recycling"},
		{"a field and a word", "石墨烯", both(in(search.PropertyTitle, "动力电池")), member, search.MatchAll, "a-battery"},

		// Conditions hold however loosely the words are matched.
		{"close words within a phrase", "polystirene", both(phrase("laser process")), anyone, search.MatchClose, "n-laser"},
		{"close words without their phrase", "polystirene", both(phrase("process laser")), anyone, search.MatchClose, ""},
		{"close words without a word", "clea", both(not("dust")), anyone, search.MatchClose, ""},
		{"some words within a phrase", "玉米 光伏", both(phrase("盐碱地")), anyone, search.MatchSome, "a-maize"},
		{"some words without a word", "玉米 光伏", both(not("盐碱地")), anyone, search.MatchSome, "n-laser"},
		{"some words without a phrase", "玉米 光伏", both(not("南疆盐碱地")), anyone, search.MatchSome, "n-laser"},

		// What a reader lacks neither meets a condition nor breaks it.
		{"a phrase of a members' text, for anyone", "", both(phrase("石墨烯涂层")), anyone, search.MatchAll, ""},
		{"a phrase of a members' text, for a member", "", both(phrase("石墨烯涂层")), member, search.MatchAll, "a-battery"},
		{"a phrase of an NDA text, for a member", "", both(phrase("碲化铋夹层")), member, search.MatchAll, ""},
		{"a phrase of an NDA text, for its owner", "", both(phrase("碲化铋夹层")), owner, search.MatchAll, "a-battery"},
		{"a phrase of an NDA text, for a party", "", both(phrase("碲化铋夹层")), party, search.MatchAll, "a-battery"},
		{"a phrase of a hidden package, for its insider", "", both(phrase("公开措辞")), insider, search.MatchAll, "p-secret"},
		{"a phrase of a hidden package, for a member", "", both(phrase("公开措辞")), member, search.MatchAll, ""},
		{"a members' word excluded, for anyone", "动力电池", both(not("石墨烯")), anyone, search.MatchAll, "a-battery"},
		{"a members' word excluded, for a member", "动力电池", both(not("石墨烯")), member, search.MatchSome, "n-laser p-recycling"},
		{"an NDA phrase excluded, for a member", "动力电池", both(not("碲化铋夹层")), member, search.MatchAll, "a-battery"},
		{"an NDA phrase excluded, for a party", "动力电池", both(not("碲化铋夹层")), party, search.MatchSome, "n-laser p-recycling"},
	} {
		findsExactly(t, e, c.name, search.Query{Text: c.text, Conditions: c.conditions, Reader: c.reader}, c.as, c.want)
	}
	ranksByPhrases(t, e)
	marksPhrasesWhole(t, e)
}

// findsExactly holds which listings a query finds, in order of their ids, how it is
// matched, and that total and facets count just these.
func findsExactly(t *testing.T, e search.Engine, name string, q search.Query, as search.Match, want string) {
	t.Helper()
	q.Facets = search.AllFacets
	r := ask(t, e, q)
	got := ids(r)
	slices.Sort(got)
	if strings.Join(got, " ") != want || r.Total != len(got) || r.AtLeast {
		t.Errorf("%s finds %v (%d, at least: %v), want %q", name, got, r.Total, r.AtLeast, want)
	}
	if want != "" && r.Match != as {
		t.Errorf("%s is matched by %q, want %q", name, r.Match, as)
	}
	if n := sum(r.Facets[search.FacetKind]); n != len(got) {
		t.Errorf("%s counts %d kinds of %d listings", name, n, len(got))
	}
}

func ranksByPhrases(t *testing.T, e search.Engine) {
	t.Helper()
	r := ask(t, e, search.Query{Conditions: []search.Condition{phrase("电池")}})
	if len(r.Hits) != 2 || r.Hits[0].Score <= 0 {
		t.Errorf("a phrase alone ranks %+v", r.Hits)
	}
	if r := ask(t, e, search.Query{Conditions: []search.Condition{phrase("电池")}, Sort: search.SortNewest}); r.Hits[0].ID != "p-recycling" {
		t.Errorf("the newest with a phrase is %s", r.Hits[0].ID)
	}
}

// marksPhrasesWhole: the words of a phrase are not marked where they stand by
// themselves, those of a field's condition only there, and excluded ones never.
func marksPhrasesWhole(t *testing.T, e search.Engine) {
	t.Helper()
	for _, c := range []struct {
		text       string
		conditions []search.Condition
		id         string
		want       []string
	}{
		{"", []search.Condition{phrase("动力电池")}, "a-battery", []string{"title zh: 高寒地区[动力电池]组热管理"}},
		{"储能", []search.Condition{phrase("动力电池")}, "a-battery", []string{"title zh: 高寒地区[动力电池]组热管理", "keyword zh: [储能]"}},
		{"", []search.Condition{in(search.PropertyTitle, "电池")}, "a-battery", []string{"title zh: 高寒地区动力[电池]组热管理"}},
		{"", []search.Condition{phrase("lithium ion")}, "a-battery", []string{"abstract en: Heats [lithium-ion] cells at minus forty degrees."}},
		{"玉米", []search.Condition{notIn(search.PropertyTitle, "盐碱地")}, "a-maize", []string{
			"title zh: [玉米]抗旱品种选育", "abstract zh: 适合南疆盐碱地的高产[玉米]品种，亩产提高百分之十五。",
		}},
	} {
		r := ask(t, e, search.Query{Text: c.text, Conditions: c.conditions, Highlight: search.AllProperties})
		var got []string
		for _, h := range r.Hits {
			for _, x := range h.Highlights {
				if h.ID == c.id {
					got = append(got, written(x))
				}
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%q with %+v marks\n%s\nwant\n%s", c.text, c.conditions, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
}

// somePhrases are made of the generated documents' words, so that some of them
// stand there in a row, some apart, and some nowhere.
var somePhrases = []string{
	"电池", "回收", "电池与回收", "玉米与电池", "滴灌与coating", "graphene与玉米", "池", "与", "电池 回收", "池回收",
	"лазер graphene", "coating coating", "graphene", "回收 电池", "与电池",
}

func someConditions(t *rapid.T) []search.Condition {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) search.Condition {
		return search.Condition{
			Phrase: rapid.SampledFrom(somePhrases).Draw(t, "phrase"),
			In:     rapid.SampledFrom([]search.Property{"", "", search.PropertyTitle, search.PropertyAbstract}).Draw(t, "in"),
			Not:    rapid.Bool().Draw(t, "not"),
		}
	}), 0, 2).Draw(t, "conditions")
}

// conditionsMet tests conditions in the plainest way there is: the readable
// pieces' terms side by side.
func conditionsMet(d *search.Document, q *search.Query) bool {
	readable := func(tier policy.Tier) bool {
		return q.Reader.Full(d.ID, d.Owner) || q.Reader.Reads(tier)
	}
	for _, c := range q.Conditions {
		held := false
		d.Pieces(func(tier policy.Tier, in search.Property, text string) {
			if readable(tier) && (c.In == "" || c.In == in) && inARow(text, c.Phrase) {
				held = true
			}
		})
		if held == c.Not {
			return false
		}
	}
	return true
}

// inARow tells whether a generated text says a phrase: its words are written
// without spaces or with one, and none is part of another.
func inARow(text, phrase string) bool {
	for _, between := range []string{" ", ""} {
		words := strings.ReplaceAll(phrase, " ", between)
		for at := 0; ; at++ {
			i := strings.Index(text[at:], words)
			if i < 0 {
				break
			}
			at += i
			if !cutsAWord(text[:at], words) && !cutsAWord(words, text[at+len(words):]) {
				return true
			}
		}
	}
	return false
}

// cutsAWord tells whether a word of an alphabet goes on from one text into the
// next.
func cutsAWord(before, after string) bool {
	alphabetic := func(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'а' && r <= 'я' }
	if before == "" || after == "" {
		return false
	}
	last, first := []rune(before), []rune(after)
	return alphabetic(last[len(last)-1]) && alphabetic(first[0])
}
