package conformance

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"chengqiao/internal/policy"
	"chengqiao/internal/search"
)

// shelf is what suggestions are made from: names of all sorts in every tier.
func shelf() []search.Document {
	named := func(d search.Document, org, kind, zh, en string) search.Document {
		d.Owner = org
		d.Facets.Organisation, d.Facets.OrgKind = org, kind
		d.Texts = append(d.Texts,
			search.Text{Tier: d.AudienceOrPublic(), Language: "zh", Organisations: []string{zh}},
			search.Text{Tier: d.AudienceOrPublic(), Language: "en", Organisations: []string{en}})
		return d
	}
	university := func(d search.Document) search.Document {
		return named(d, "org-university", "university", "新疆大学", "Xinjiang University")
	}
	works := func(d search.Document) search.Document {
		return named(d, "org-works", "enterprise", "电池材料厂", "Battery Material Works")
	}
	achievement := func(id string, texts ...search.Text) search.Document {
		return search.Document{ID: id, Kind: search.KindAchievement, Texts: texts, PublishedAt: published(len(id))}
	}
	members := achievement("s-members", search.Text{
		Tier: policy.TierPublic, Language: "zh", Title: "电池密封胶", Keywords: []string{"电池密封"},
	})
	members.Audience = policy.TierMembers
	secret := achievement("s-secret", search.Text{
		Tier: policy.TierPublic, Language: "zh", Title: "电池绝密配方", Keywords: []string{"电池绝密"},
	})
	secret.Audience = policy.TierNDA
	need := search.Document{ID: "s-need", Kind: search.KindNeed, Owner: "org-silent", Texts: []search.Text{
		public("zh", "寻找电池回收技术", "匿名的需求", "电池回收"),
	}}
	return []search.Document{
		university(achievement("s-pack", public("zh", "锂电池组热管理", "", "锂电池", "热管理"), public("en", "Thermal management of battery packs", "", "Battery Pack", "machine learning"))),
		university(achievement("s-short", public("zh", "电池", "", "锂电池", "电池回收"))),
		works(achievement("s-recycle", public("zh", "废旧电池回收工艺", "用到锂电池", "电池回收"), public("en", "Battery recycling", "", "battery pack", "Machine Learning"))),
		works(achievement("s-tiers",
			public("en", "Deep learning for optimization of kilns", "", "deep learning"),
			search.Text{Tier: policy.TierMembers, Language: "en", Keywords: []string{"battery insiders"}},
			search.Text{Tier: policy.TierNDA, Language: "en", Title: "Battery of the hidden title", Keywords: []string{"battery hush"}})),
		named(members, "org-hidden", "institute", "电池所", "Battery Institute"),
		named(secret, "org-university", "university", "新疆大学", "Xinjiang University"),
		need,
	}
}

func completes(t *testing.T, e search.Engine, reader search.Reader, text string) search.Suggestions {
	t.Helper()
	got, err := e.Suggest(within(t), search.Typing{Reader: reader, Text: text, Listings: 10, Keywords: 10, Organisations: 10})
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	for _, k := range got.Keywords {
		if r := ask(t, e, search.Query{Reader: reader, Text: k.Text, Match: search.MatchAll}); r.Total != k.Count {
			t.Errorf("%q is said to find %d, a search for it finds %d", k.Text, k.Count, r.Total)
		}
	}
	for _, o := range got.Organisations {
		of := search.Query{Reader: reader, Filters: map[search.Facet][]string{search.FacetOrganisation: {o.ID}}}
		if r := ask(t, e, of); r.Total != o.Count {
			t.Errorf("%v is said to have %d, a search finds %d", o.Names, o.Count, r.Total)
		}
	}
	return got
}

func said(s search.Suggestions) string {
	var out []string
	for _, l := range s.Listings {
		out = append(out, l.ID)
	}
	slices.Sort(out) // engines order alike by closeness alone
	out = append(out, "/")
	for _, k := range s.Keywords {
		out = append(out, fmt.Sprintf("%s:%d", k.Text, k.Count))
	}
	out = append(out, "/")
	for _, o := range s.Organisations {
		out = append(out, fmt.Sprintf("%s:%d", o.Names["zh"], o.Count))
	}
	return strings.Join(out, " ")
}

func suggests(t *testing.T, s Store) {
	e := open(t, s)
	must(t, e.Apply(within(t), search.Batch{Upsert: shelf()}))
	university := search.Reader{Tiers: member.Tiers, Organisation: "org-university"}
	for _, c := range []struct {
		name, typed string
		reader      search.Reader
		want        string
	}{
		{"from the beginning of a word of the title, and what finds it", "therm", anyone, "s-pack / battery thermal management:1 / "},
		{"from a later word", "rec", anyone, "s-recycle / / "},
		{"several words", "battery rec", anyone, "s-recycle / / "},
		{"in any order", "recycling bat", anyone, "s-recycle / / "},
		{"a word longer than its stem", "optimizatio", anyone, "s-tiers / / "},
		{"a Chinese title from its beginning or inside, the exact one first", "电池", anyone,
			"s-need s-pack s-recycle s-short / 电池:5 电池回收:3 锂电池:3 废电池:1 / 电池材料厂:2"},
		{"traditional characters", "鋰電池", anyone, "s-pack / 锂电池:3 / "},
		{"pinyin", "lidianchi", anyone, "s-pack / 锂电池:3 / "},
		{"unfinished pinyin", "relia", anyone, " / / "},
		{"its first syllable", "dian", anyone, "s-need s-pack s-recycle s-short / 电池:5 电池回收:3 锂电池:3 / 电池材料厂:2"},
		{"half of it", "dia", anyone, " / / "},
		{"pinyin with spaces", "re guan li", anyone, "s-pack / 热管理:1 / "},
		{"initials", "ldc", anyone, "s-pack / 锂电池:3 / "},
		{"writings of a keyword as one", "MACHINE l", anyone, " / Machine Learning:2 / "},
		{"an organisation by its English name", "xinjiang u", anyone, " / / 新疆大学:2"},
		{"an organisation by initials", "xjdx", anyone, " / / 新疆大学:2"},
		{"what members read", "电池密", member, "s-members / 电池密封:1 / "},
		{"nothing of it to others", "电池密", anyone, " / / "},
		{"a keyword of members' texts", "battery in", member, " / battery insiders:1 / 电池所:1"},
		{"hidden titles and keywords", "battery h", anyone, " / / "},
		{"nor to members", "battery h", member, " / / "},
		{"one's own hidden title", "电池绝", university, "s-secret / / "},
		{"whose names are hidden", "电池绝", member, " / / "},
		{"one's own are counted", "xjdx", university, " / / 新疆大学:3"},
		{"an organisation of members' listings alone", "电池所", anyone, " / / "},
		{"which members see", "电池所", member, " / / 电池所:1"},
		{"what nothing begins with", "zzz", anyone, " / / "},
		{"signs alone", "?!", anyone, " / / "},
		{"nothing", "", anyone, " / / "},
	} {
		got := said(completes(t, e, c.reader, c.typed))
		if strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(c.want), " ") {
			t.Errorf("%s: %q suggests %q, want %q", c.name, c.typed, got, c.want)
		}
	}
	must(t, e.Apply(within(t), search.Batch{Delete: []string{"s-pack"}}))
	if got := said(completes(t, e, anyone, "reguanli")); strings.TrimSpace(got) != "/  /" && got != "/ /" {
		t.Errorf("what is gone is suggested: %q", got)
	}
	few, err := e.Suggest(within(t), search.Typing{Text: "电池", Listings: 1, Keywords: 2})
	if err != nil || len(few.Listings) != 1 || few.Listings[0].ID != "s-short" || len(few.Keywords) != 2 || len(few.Organisations) != 0 {
		t.Errorf("1 and 2 asked for: %+v, %v", few, err)
	}
	if _, err := e.Suggest(within(t), search.Typing{Text: strings.Repeat("x", search.MaxTyping+1), Listings: -1}); err == nil {
		t.Error("bounds are not held")
	}
}

// suggestsAlikeInOneOrder holds that names which several bear come in the same
// order each time they are asked for, and so do those that are left when fewer
// are wanted.
func suggestsAlikeInOneOrder(t *testing.T, s Store) {
	e := open(t, s)
	var shelf []search.Document
	for i := range 6 {
		d := search.Document{
			ID: fmt.Sprint("alike-", i), Kind: search.KindAchievement, Owner: fmt.Sprint("org-", i), PublishedAt: published(1),
			Texts: []search.Text{{Tier: policy.TierPublic, Language: "zh", Title: "节水灌溉", Organisations: []string{"农业科学院"}}},
		}
		d.Facets.Organisation, d.Facets.OrgKind = d.Owner, "institute"
		shelf = append(shelf, d)
	}
	must(t, e.Apply(within(t), search.Batch{Upsert: shelf}))
	for _, typed := range []string{"农业科学", "节水"} {
		order := func(limit int) string {
			got, err := e.Suggest(within(t), search.Typing{Text: typed, Listings: limit, Organisations: limit})
			must(t, err)
			var ids []string
			for _, l := range got.Listings {
				ids = append(ids, l.ID)
			}
			for _, o := range got.Organisations {
				ids = append(ids, o.ID)
			}
			return strings.Join(ids, " ")
		}
		all, some := order(6), order(3)
		if len(strings.Fields(all)) != 6 || !strings.HasPrefix(all, some) {
			t.Errorf("%q suggests %q, and of these first %q", typed, all, some)
		}
		for range 10 {
			if again, fewer := order(6), order(3); again != all || fewer != some {
				t.Fatalf("%q suggests %q and then %q; of these first %q and then %q", typed, all, again, some, fewer)
			}
		}
	}
}
