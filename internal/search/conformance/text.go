package conformance

import (
	"slices"
	"strings"
	"testing"

	"chengqiao/internal/policy"
	"chengqiao/internal/search"
)

func findsByText(t *testing.T, s Store) {
	e := filled(t, s)
	for _, c := range []struct {
		text  string
		match search.Match
		as    search.Match // how it is expected to be matched
		want  string       // ids in byte order
	}{
		{"电池", "", search.MatchAll, "a-battery n-laser p-recycling"},
		{"電池", "", search.MatchAll, "a-battery n-laser p-recycling"},
		{"池", "", search.MatchAll, "a-battery a-pool p-recycling"},
		{"battery", "", search.MatchAll, "a-battery n-laser p-recycling"},
		{"аккумулятор", "", search.MatchAll, "a-battery n-laser p-recycling"},
		{"dianchi", "", search.MatchAll, "a-battery p-recycling"},
		{"锂离子电池", "", search.MatchAll, "a-battery p-recycling"},
		{"苞谷", "", search.MatchAll, "a-maize"},
		{"maize", "", search.MatchAll, "a-maize"},
		{"玉米 盐碱地", "", search.MatchAll, "a-maize"},
		{"电池回收", "", search.MatchAll, "p-recycling"},
		{"水池", "", search.MatchAll, "a-pool"},
		{"XJ-2024.0017", "", search.MatchAll, "a-battery"},
		{"ｌａｓｅｒ", "", search.MatchAll, "n-laser"},
		{"panels cleaning", "", search.MatchAll, "n-laser"},
		{"очистки", "", search.MatchAll, "n-laser"},
		{"cafe", "", search.MatchAll, "n-markup"},
		{"pipeline", "", search.MatchAll, "n-markup"},
		{"管道", "", search.MatchAll, "n-markup"},
		{"动力电池 region", "", search.MatchAll, "a-battery"},
		// something near what was typed
		{"clea", "", search.MatchClose, "n-laser"},
		{"polystirene residue", "", search.MatchClose, "n-laser"},
		{"polistirene dust", "", search.MatchClose, "n-laser"},
		{"zrls", "", search.MatchClose, ""},
		{"kangh", "", search.MatchClose, "a-maize"},
		{"yhcs", "", search.MatchClose, ""},
		{"dlhs", "", search.MatchClose, ""},
		{"ymkh", "", search.MatchClose, "a-maize"},
		{"ymkh 品种", "", search.MatchSome, "a-maize"}, // initials are typed alone
		// some of what was typed
		{"玉米 光伏", "", search.MatchSome, "a-maize n-laser"},
		{"养殖机器人水池", "", search.MatchSome, "a-pool"},
		{"滴灌 玉米 激光", search.MatchAny, search.MatchAny, "a-maize n-drip n-laser"},
		{"滴灌 玉米 激光", search.MatchSome, search.MatchSome, ""},
		{"滴灌 玉米 激光", search.MatchAll, search.MatchAll, ""},
		// nothing
		{"石墨烯", "", search.MatchClose, ""},
		{"vaporware", "", search.MatchClose, ""},
		{"x07535", "", search.MatchClose, ""},
		{`qz" OR "电池`, search.MatchAll, search.MatchAll, ""},
		// no text at all
		{"", "", "", "a-battery a-maize a-pool n-drip n-laser n-markup p-recycling"},
		{"!!! ，。", "", "", "a-battery a-maize a-pool n-drip n-laser n-markup p-recycling"},
	} {
		r := ask(t, e, search.Query{Text: c.text, Match: c.match})
		got := ids(r)
		slices.Sort(got)
		if strings.Join(got, " ") != c.want || r.Match != c.as || r.Total != len(got) || r.AtLeast {
			t.Errorf("%q finds %v (%d, at least: %v) by %q, want %q by %q", c.text, got, r.Total, r.AtLeast, r.Match, c.want, c.as)
		}
	}
	// A title counts more than a mention.
	if r := ask(t, e, search.Query{Text: "回收"}); r.Hits[0].ID != "p-recycling" || r.Hits[0].Score <= 0 {
		t.Errorf("回收 ranks %+v", r.Hits)
	}
	// A text of more units than are ever required together.
	long := "需要面向高寒地区的动力电池组热管理与保温方案并且在零下四十度环境中续航不降低，最好已有样机和授权专利"
	if r := ask(t, e, search.Query{Text: long}); r.Match != search.MatchSome || len(r.Hits) != 1 || r.Hits[0].ID != "a-battery" {
		t.Errorf("a long text finds %+v by %q", r.Hits, r.Match)
	}
	wide := "户外冬季作业人员所穿着服装需要轻便供暖装备并且由电池供电，以便于野外勘探队伍长时间使用"
	if r := ask(t, e, search.Query{Text: wide}); r.Match != search.MatchSome || r.Total != 0 {
		t.Errorf("a long text that shares little finds %+v by %q", r.Hits, r.Match)
	}
	if r := ask(t, e, search.Query{Text: wide, Match: search.MatchAny}); r.Match != search.MatchAny || len(r.Hits) < 2 {
		t.Errorf("some of its words are in %+v by %q", r.Hits, r.Match)
	}
}

// findsTheOneAmongMany: however many documents have a word, the one that has it
// beside a rare one is found, and counted.
func findsTheOneAmongMany(t *testing.T, s Store) {
	e := open(t, s)
	documents := numbered(600)
	for i := range documents {
		documents[i].Texts[0].Title = "检测 检测"
	}
	documents = append(documents, search.Document{ID: "the-one", Kind: search.KindNeed, Texts: []search.Text{
		{Tier: policy.TierPublic, Title: "吗啡成瘾", Abstract: "以行为学方法评估，其后对血液样品加以检测。"},
	}})
	must(t, e.Apply(within(t), search.Batch{Upsert: documents}))
	r := ask(t, e, search.Query{Text: "吗啡检测"})
	if got := ids(r); !slices.Equal(got, []string{"the-one"}) || r.Match != search.MatchSome || r.Total != 1 || r.AtLeast {
		t.Errorf("found %v (%d, at least: %v) by %q", got, r.Total, r.AtLeast, r.Match)
	}
}

// putsFirstWhatTells: of a text of which nothing answers all, what answers the rare part
// comes before what answers the common one, however often that says so.
func putsFirstWhatTells(t *testing.T, s Store) {
	e := open(t, s)
	documents := numbered(40)
	for i := range documents {
		documents[i].Texts[0].Title = "机器人"
		documents[i].Texts[0].Abstract = "机器人与机器人的机器人"
	}
	documents = append(documents, search.Document{ID: "weeds", Kind: search.KindNeed, Texts: []search.Text{
		{Tier: policy.TierPublic, Title: "稻壳酮的化感作用", Abstract: "水稻品种之间的差异，以及在田间用于除草的可能。"},
	}})
	must(t, e.Apply(within(t), search.Batch{Upsert: documents}))
	r := ask(t, e, search.Query{Text: "除草机器人"})
	if got := ids(r); r.Total != 41 || r.Match != search.MatchSome || got[0] != "weeds" {
		t.Errorf("found %d by %q, %s first", r.Total, r.Match, got[0])
	}
}

// halvesByWhatIsNamed: a name that the synonym list has is one unit, and a word of three
// characters two pairs; half of the text is one of the two all the same, and who has the
// name comes first. A name that nobody has is asked for by what it is made of.
func halvesByWhatIsNamed(t *testing.T, s Store) {
	e := open(t, s)
	documents := numbered(40)
	stable := make([]string, len(documents))
	for i := range documents {
		documents[i].Texts[0].Title = "卫星信号的稳定性"
		stable[i] = documents[i].ID
	}
	for id, title := range map[string]string{
		"cells": "Perovskite solar cells on foil", "panel": "Solar cells for roofs", "oxide": "钙钛矿氧化物的制备",
	} {
		documents = append(documents, search.Document{ID: id, Kind: search.KindNeed, Texts: []search.Text{{Tier: policy.TierPublic, Title: title}}})
	}
	must(t, e.Apply(within(t), search.Batch{Upsert: documents}))
	check := func(text string, match search.Match, first string, want ...string) {
		t.Helper()
		r := ask(t, e, search.Query{Text: text, Limit: search.MaxLimit})
		got := ids(r)
		if len(got) == 0 || got[0] != first || r.Match != match {
			t.Errorf("%s: found %v by %q, want %s first", text, got, r.Match, first)
		}
		slices.Sort(got)
		if slices.Sort(want); !slices.Equal(got, want) || r.Total != len(want) {
			t.Errorf("%s: found %v (%d), want %v", text, got, r.Total, want)
		}
	}
	check("钙钛矿太阳能电池 稳定性", search.MatchSome, "cells", slices.Concat(stable, []string{"cells"})...)
	check("钙钛矿太阳能电池稳定性", search.MatchSome, "cells", "cells")
	must(t, e.Apply(within(t), search.Batch{Delete: []string{"cells"}}))
	check("钙钛矿太阳能电池", search.MatchSome, "panel", "panel")
	check("perovskite solar cell", search.MatchSome, "panel", "panel")
}

func marksWhatWasFound(t *testing.T, s Store) {
	e := filled(t, s)
	for _, c := range []struct{ text, id, want string }{
		{"电池", "a-battery", "title zh: 高寒地区动力[电池]组热管理"},
		{"电池", "a-battery", "abstract zh: 面向零下四十度环境的锂离子[电池]加热与保温方案，续航提高两成。"},
		{"电池", "a-battery", "title en: Thermal management of traction [batteries] for cold regions"},
		{"储能", "a-battery", "keyword zh: [储能]"},
		{"池", "a-pool", "title zh: 养殖水[池]循环净化"},
		{"dianchi", "p-recycling", "title zh: 退役锂[电池]回收成套工艺"},
		{"polystirene", "n-laser", "abstract en: … from photovoltaic modules without [polystyrene] residue."},
		{"script", "n-markup", "title en: Sanitising <[script]>alert(1)</[script]> & \"quotes\" in pipelines"},
		{"玉米 光伏", "a-maize", "title zh: [玉米]抗旱品种选育"},
	} {
		r := ask(t, e, search.Query{Text: c.text, Highlight: search.AllProperties})
		i := slices.IndexFunc(r.Hits, func(h search.Hit) bool { return h.ID == c.id })
		if i < 0 {
			t.Errorf("%q does not find %s", c.text, c.id)
			continue
		}
		var got []string
		for _, h := range r.Hits[i].Highlights {
			got = append(got, written(h))
		}
		if !slices.ContainsFunc(got, func(g string) bool { return matches(g, c.want) }) {
			t.Errorf("%q marks in %s\n%s\nwant\n%s", c.text, c.id, strings.Join(got, "\n"), c.want)
		}
	}
	for _, h := range ask(t, e, search.Query{Text: "电池"}).Hits {
		if len(h.Highlights) > 0 {
			t.Errorf("%s has highlights that nobody asked for", h.ID)
		}
	}
	unbroken(t, e)
}

// marksTheBestPassage: of a long text what answers most of the query is shown, in
// whole words and from the beginning of its sentence.
func marksTheBestPassage(t *testing.T, s Store) {
	e := open(t, s)
	filler := strings.Repeat("第一章介绍背景与电池产业的发展历程。", 12)
	words := strings.Repeat("Chapter one tells of the water industry and its long history. ", 8)
	must(t, e.Apply(within(t), search.Batch{Upsert: []search.Document{{
		ID: "long", Kind: search.KindAchievement, Texts: []search.Text{
			{
				Tier: policy.TierPublic, Language: "zh", Title: "长文", Value: filler + "电池",
				Abstract: filler + "本项目以湿法冶金回收退役电池中的钴，浸出率百分之九十八。" + filler,
				Claims:   []string{"电池 容量", "电池 质量", "电池 寿命", "回收 电池 率 98 %"},
			},
			{
				Tier: policy.TierPublic, Language: "en", Title: "Long",
				Abstract: words + "We filter brackish water by capacitive deionisation at half the usual cost. " + words + "Brackish is the last word.",
			},
		},
	}}}))
	passages := func(text string, p search.Property) []string {
		var out []string
		for _, hit := range ask(t, e, search.Query{Text: text, Highlight: search.AllProperties}).Hits {
			for _, h := range hit.Highlights {
				if h.Property == p {
					out = append(out, written(h))
				}
			}
		}
		return out
	}
	for _, c := range []struct {
		text     string
		property search.Property
		begins   string
		holds    string
	}{
		{"电池回收 钴", search.PropertyAbstract, "abstract zh: …本项目以湿法冶金[回收]退役[电池]中的[钴]，浸出率", ""},
		{"电池", search.PropertyAbstract, "abstract zh: 第一章介绍背景与[电池]产业", ""},
		{"回收 电池", search.PropertyClaim, "claim zh: [回收] [电池] 率 98 %", ""},
		{"电池", search.PropertyValue, "value zh: 第一章", filler[len(filler)-len("发展历程。"):] + "[电池]"},
		{"deionisation water", search.PropertyAbstract, "abstract en: …We filter brackish [water] by capacitive [deionisation] at half the usual cost. Chapter", ""},
		{"brackish last", search.PropertyAbstract, "abstract en: …", "[Brackish] is the [last] word."},
	} {
		got := passages(c.text, c.property)
		if len(got) == 0 || !strings.HasPrefix(got[0], c.begins) || !strings.Contains(got[0], c.holds) {
			t.Errorf("%q marks %q, want %q … %q", c.text, got, c.begins, c.holds)
		}
	}
	for _, text := range []string{"deionisation", "capacitive", "water", "history", "brackish cost", "last"} {
		for _, got := range passages(text, search.PropertyAbstract) {
			whole := strings.NewReplacer("[", "", "]", "", "…", "").Replace(strings.TrimPrefix(got, "abstract en: "))
			if strings.HasPrefix(got, "abstract en") && !wholeWords(words+"We filter brackish water by capacitive deionisation at half the usual cost. "+words+"Brackish is the last word.", whole) {
				t.Errorf("%q is shown in %q, where words are cut", text, got)
			}
		}
	}
}

// marksWhatHasNoPlace: whoever finds a document by a right's number or by whose work it
// is sees that, as far as they read it.
func marksWhatHasNoPlace(t *testing.T, s Store) {
	e := open(t, s)
	must(t, e.Apply(within(t), search.Batch{Upsert: []search.Document{{
		ID: "placeless", Kind: search.KindAchievement, Source: "李文昌 · 昆仑大学 · https://catalogue.example/77", Texts: []search.Text{
			{Tier: policy.TierPublic, Language: "zh", Title: "残膜回收机", Other: []string{"一种残膜回收装置", "ZL202110123456.7"}},
			{Tier: policy.TierNDA, Language: "zh", Other: []string{"昆仑大学保密编号 K-1"}},
		},
	}}}))
	for _, c := range []struct {
		text   string
		reader search.Reader
		want   string
	}{
		{"ZL 2021 1 0123456.7", anyone, "other zh: [ZL202110123456.7]"},
		{"昆仑大学", anyone, "other : 李文昌 · [昆仑大学] · https://catalogue.example/77"},
		{"昆仑大学", reviewer, "other zh: [昆仑大学]保密编号 K-1 | other : 李文昌 · [昆仑大学] · https://catalogue.example/77"},
		{"残膜回收", anyone, "title zh: [残膜回收]机 | other zh: 一种[残膜回收]装置"},
	} {
		var got []string
		for _, hit := range ask(t, e, search.Query{Text: c.text, Reader: c.reader, Highlight: []search.Property{search.PropertyTitle, search.PropertyOther}}).Hits {
			for _, h := range hit.Highlights {
				got = append(got, written(h))
			}
		}
		if strings.Join(got, " | ") != c.want {
			t.Errorf("%q marks %q, want %q", c.text, strings.Join(got, " | "), c.want)
		}
	}
}

// wholeWords tells that a passage of a text cuts none of its words.
func wholeWords(text, passage string) bool {
	words := strings.Fields(text)
	return !slices.ContainsFunc(strings.Fields(passage), func(w string) bool { return !slices.Contains(words, w) })
}

// unbroken holds that every highlight is a passage of the text it comes from,
// whatever is searched for.
func unbroken(t *testing.T, e search.Engine) {
	t.Helper()
	byID := map[string]search.Document{}
	for _, d := range Fixtures() {
		byID[d.ID] = d
	}
	for _, text := range []string{"pipelines", "管道", "first", "1", "kg", "fullwidth", "full width", "吉", "zerowidth", "野家", "naive", "alert", "and"} {
		for _, hit := range ask(t, e, search.Query{Text: text, Highlight: search.AllProperties, Reader: reviewer}).Hits {
			d := byID[hit.ID]
			for _, h := range hit.Highlights {
				passage, marked := "", false
				for _, p := range h.Parts {
					passage += p.Text
					marked = marked || p.Marked
				}
				if !marked || !appears(d, passage) {
					t.Errorf("%q highlights %q in %s, which is not a marked passage of it", text, passage, hit.ID)
				}
			}
		}
	}
}

func appears(d search.Document, passage string) bool {
	return slices.ContainsFunc(d.Texts, func(x search.Text) bool {
		all := append([]string{x.Title, x.Value, x.Abstract}, append(append(x.Keywords, x.Claims...), x.Organisations...)...)
		return slices.ContainsFunc(all, func(s string) bool { return strings.Contains(s, passage) })
	})
}

// written shows a highlight: [marked], … where cut.
func written(h search.Highlight) string {
	var b strings.Builder
	b.WriteString(string(h.Property) + " " + h.Language + ": ")
	if h.Before {
		b.WriteString("…")
	}
	for _, p := range h.Parts {
		if p.Marked {
			b.WriteString("[" + p.Text + "]")
		} else {
			b.WriteString(p.Text)
		}
	}
	if h.After {
		b.WriteString("…")
	}
	return b.String()
}

// matches compares, where "…" in want stands for any text.
func matches(got, want string) bool {
	before, after, cut := strings.Cut(want, "… ")
	if !cut {
		return got == want
	}
	return strings.HasPrefix(got, before) && strings.HasSuffix(got, after)
}
