package conformance

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"chengqiao/internal/policy"
	"chengqiao/internal/search"
)

func filtersAndCounts(t *testing.T, s Store) {
	e := filled(t, s)
	filter := func(f search.Facet, values ...string) search.Query {
		return search.Query{Filters: map[search.Facet][]string{f: values}}
	}
	number := func(n search.Number, min, max *int64) search.Query {
		return search.Query{Ranges: map[search.Number]search.Range{n: {Min: min, Max: max}}}
	}
	for _, c := range []struct {
		name string
		q    search.Query
		want string
	}{
		{"one value", filter(search.FacetKind, "need"), "n-drip n-laser n-markup"},
		{"two values of a facet", filter(search.FacetKind, "package", "achievement"), "a-battery a-maize a-pool p-recycling"},
		{"a value nobody has", filter(search.FacetField, "核应用"), ""},
		{"a value beside one nobody has", filter(search.FacetField, "核应用", "农业"), "a-maize a-pool n-drip"},
		{"a province", filter(search.FacetRegion, "650000"), "a-battery a-maize a-pool n-drip"},
		{"a city", filter(search.FacetRegion, "650100"), "a-battery"},
		{"a city directly under a province", filter(search.FacetRegion, "659001"), "a-pool"},
		{"a country", filter(search.FacetRegion, "KZ"), "n-laser"},
		{"an industry's section", filter(search.FacetIndustry, "A"), "a-maize a-pool n-drip"},
		{"an industry's division", filter(search.FacetIndustry, "C38"), "a-battery"},
		{"a level", filter(search.FacetTRL, "6", "7"), "a-battery p-recycling"},
		{"an IP state", filter(search.FacetIPState, "granted"), "a-battery a-maize p-recycling"},
		{"a mode of cooperation", filter(search.FacetCooperation, "transfer"), "a-battery p-recycling"},
		{"a price band", filter(search.FacetPriceBand, "under_100k", "500k_1m"), "a-battery a-pool n-laser"},
		{"public benefit", filter(search.FacetPublicBenefit, "true"), "a-maize n-drip"},
		{"a theme, of what the reader may know of", filter(search.FacetTheme, "双碳 \"零排放\""), "p-recycling"},
		{"a language", filter(search.FacetLanguage, "ru"), "n-laser"},
		{"a value full of signs", filter(search.FacetField, "it's \"quoted\" \\ and, comma'd"), "n-markup"},
		{"levels from", number(search.NumberTRL, fen(7), nil), "a-maize a-pool p-recycling"},
		{"levels to", number(search.NumberTRL, nil, fen(6)), "a-battery n-laser"},
		{"prices between, ends included", number(search.NumberPrice, fen(9_900_000), fen(80_000_000)), "a-battery a-pool n-laser"},
		{"any price at all", number(search.NumberPrice, nil, nil), "a-battery a-pool n-laser p-recycling"},
		{"any price that members have", asMember(number(search.NumberPrice, nil, nil)), "a-battery a-maize a-pool n-laser p-recycling"},
		{"a price band that members have", asMember(filter(search.FacetPriceBand, "100k_500k")), "a-maize"},
		{"a price band of members, for anyone", filter(search.FacetPriceBand, "100k_500k"), ""},
		{"a range that nothing is in", number(search.NumberYear, fen(2030), fen(2040)), ""},
		{"days", number(search.NumberPublished, fen(published(13)), fen(published(14))), "n-drip n-laser p-recycling"},
		{"two facets", search.Query{Filters: map[search.Facet][]string{
			search.FacetField: {"农业"}, search.FacetKind: {"achievement"},
		}}, "a-maize a-pool"},
		{"a facet and a range", search.Query{
			Filters: map[search.Facet][]string{search.FacetField: {"农业"}},
			Ranges:  map[search.Number]search.Range{search.NumberTRL: {Min: fen(9)}},
		}, "a-pool"},
		{"a text and a facet", search.Query{
			Text: "电池", Filters: map[search.Facet][]string{search.FacetRegion: {"650000"}},
		}, "a-battery"},
		{"a text that the facet leaves nothing of", search.Query{
			Text: "电池", Filters: map[search.Facet][]string{search.FacetKind: {"challenge"}},
		}, ""},
		{"some of a text and a facet", search.Query{
			Text: "滴灌 玉米 激光", Match: search.MatchAny, Filters: map[search.Facet][]string{search.FacetKind: {"need"}},
		}, "n-drip n-laser"},
		{"these alone", search.Query{Within: []string{"a-pool", "p-secret", "n-drip", "nobody"}}, "a-pool n-drip"},
		{"all but these", search.Query{Text: "电池", Without: []string{"a-battery", "nobody"}}, "n-laser p-recycling"},
		{"any of a text among these", search.Query{Text: "滴灌 玉米", Match: search.MatchAny, Within: []string{"a-maize"}}, "a-maize"},
	} {
		r := ask(t, e, c.q)
		got := ids(r)
		slices.Sort(got)
		if strings.Join(got, " ") != c.want || r.Total != len(got) {
			t.Errorf("%s: %v, total %d, want %q", c.name, got, r.Total, c.want)
		}
	}
	counts(t, e)
}

func counts(t *testing.T, e search.Engine) {
	t.Helper()
	for _, c := range []struct {
		name  string
		q     search.Query
		facet search.Facet
		want  string
	}{
		{"of all", search.Query{}, search.FacetKind, "achievement:3 need:3 package:1"},
		{"of many values", search.Query{}, search.FacetField, "农业:3 新能源与高效节能:2 环境保护与资源综合利用:2 it's \"quoted\" \\ and, comma'd:1 电子信息:1"},
		{"of both levels", search.Query{}, search.FacetRegion, "650000:4 510000:1 510100:1 650100:1 652300:1 653100:1 659001:1 KZ:1"},
		{"of a text", search.Query{Text: "电池"}, search.FacetKind, "achievement:1 need:1 package:1"},
		{"by another facet", search.Query{Filters: map[search.Facet][]string{search.FacetKind: {"need"}}}, search.FacetYear, "2026:2 2020:1"},
		{"its own choice stays open", search.Query{Filters: map[search.Facet][]string{search.FacetKind: {"need"}}}, search.FacetKind, "achievement:3 need:3 package:1"},
		{"open, but within the others", search.Query{Filters: map[search.Facet][]string{
			search.FacetKind: {"need"}, search.FacetField: {"农业"},
		}}, search.FacetKind, "achievement:2 need:1"},
		{"a range is a choice too", search.Query{Ranges: map[search.Number]search.Range{search.NumberTRL: {Min: fen(9)}}}, search.FacetTRL, "5:1 6:1 7:1 8:1 9:1"},
		{"a price range", search.Query{Ranges: map[search.Number]search.Range{search.NumberPrice: {Min: fen(500_000_000)}}}, search.FacetPriceBand, "500k_1m:2 5m_up:1 under_100k:1"},
		{"prices that members have", search.Query{Reader: member}, search.FacetPriceBand, "500k_1m:2 100k_500k:1 5m_up:1 under_100k:1"},
		{"a range of prices that members have", asMember(search.Query{Ranges: map[search.Number]search.Range{search.NumberPrice: {Min: fen(500_000_000)}}}), search.FacetPriceBand, "500k_1m:2 100k_500k:1 5m_up:1 under_100k:1"},
		{"open when nothing is left", search.Query{Text: "电池", Filters: map[search.Facet][]string{search.FacetKind: {"challenge"}}}, search.FacetKind, "achievement:1 need:1 package:1"},
		{"of some of a text", search.Query{Text: "滴灌 玉米 激光", Match: search.MatchAny, Filters: map[search.Facet][]string{search.FacetKind: {"need"}}}, search.FacetKind, "need:2 achievement:1"},
		{"of a text that nothing answers", search.Query{Text: "vaporware"}, search.FacetKind, ""},
	} {
		c.q.Facets = []search.Facet{c.facet}
		r := ask(t, e, c.q)
		var got []string
		for _, v := range r.Facets[c.facet] {
			got = append(got, fmt.Sprintf("%s:%d", v.Value, v.Count))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("counts %s: %q, want %q", c.name, strings.Join(got, " "), c.want)
		}
		c.q.Limit = 0
		if counted, err := e.Search(within(t), c.q); err != nil || len(counted.Hits) != 0 || counted.Total != r.Total ||
			!slices.Equal(counted.Facets[c.facet], r.Facets[c.facet]) {
			t.Errorf("counts %s without hits: %+v, %v", c.name, counted, err)
		}
	}
	if r := ask(t, e, search.Query{}); r.Facets != nil {
		t.Errorf("facets that nobody asked for: %v", r.Facets)
	}
}

func asMember(q search.Query) search.Query {
	q.Reader = member
	return q
}

func sorts(t *testing.T, s Store) {
	e := filled(t, s)
	for sort, want := range map[search.Sort]string{
		search.SortPriceAsc:  "a-pool a-maize n-laser a-battery p-recycling p-graphene n-drip n-markup",
		search.SortPriceDesc: "p-recycling a-battery n-laser a-maize a-pool p-graphene n-drip n-markup",
	} {
		for name, reader := range map[string]search.Reader{"a member": member, "an owner": owner, "a party": party} {
			got := ids(ask(t, e, search.Query{Sort: sort, Reader: reader, Without: []string{"p-secret"}}))
			if strings.Join(got, " ") != want {
				t.Errorf("by %q for %s: %v, want %s", sort, name, got, want)
			}
		}
	}
	for _, c := range []struct {
		sort search.Sort
		text string
		want string
	}{
		{search.SortRelevance, "", "p-recycling n-drip n-laser a-maize a-battery a-pool n-markup"},
		{search.SortNewest, "", "p-recycling n-drip n-laser a-maize a-battery a-pool n-markup"},
		{search.SortPriceAsc, "", "a-pool n-laser a-battery p-recycling n-drip a-maize n-markup"},
		{search.SortPriceDesc, "", "p-recycling a-battery n-laser a-pool n-drip a-maize n-markup"},
		{search.SortTRLAsc, "", "n-laser a-battery p-recycling a-maize a-pool n-drip n-markup"},
		{search.SortTRLDesc, "", "a-pool a-maize p-recycling a-battery n-laser n-drip n-markup"},
		{search.SortPriceAsc, "电池", "n-laser a-battery p-recycling"},
		{search.SortPriceDesc, "电池", "p-recycling a-battery n-laser"},
		{search.SortNewest, "池", "p-recycling a-battery a-pool"},
	} {
		for name, reader := range map[string]search.Reader{"anyone": anyone, "a stranger's organisation": {Organisation: "org-none"}} {
			r := ask(t, e, search.Query{Sort: c.sort, Text: c.text, Reader: reader})
			if got := strings.Join(ids(r), " "); got != c.want {
				t.Errorf("%q by %q for %s: %s, want %s", c.text, c.sort, name, got, c.want)
			}
		}
	}
}

func pages(t *testing.T, s Store) {
	e := filled(t, s)
	for _, q := range []search.Query{
		{}, {Sort: search.SortPriceAsc}, {Text: "池"}, {Text: "电池", Reader: owner}, {Text: "滴灌 玉米 激光 电池", Match: search.MatchAny},
		{Sort: search.SortTRLDesc, Reader: reviewer}, {Text: "滴灌 玉米 激光 电池", Match: search.MatchAny, Sort: search.SortNewest},
	} {
		whole := ask(t, e, q)
		for size := 1; size <= 4; size++ {
			var joined []string
			for offset := 0; offset < whole.Total+size; offset += size {
				q.Limit, q.Offset = size, offset
				r := ask(t, e, q)
				if r.Total != whole.Total {
					t.Errorf("%+v: total %d on the page at %d, %d at first", q, r.Total, offset, whole.Total)
				}
				joined = append(joined, ids(r)...)
			}
			if !slices.Equal(joined, ids(whole)) {
				t.Errorf("%+v: pages of %d give %v, whole is %v", q, size, joined, ids(whole))
			}
		}
		q.Limit, q.Offset = 3, 1 // not at a page's border
		if got, want := ids(ask(t, e, q)), ids(whole); !slices.Equal(got, want[min(1, len(want)):min(4, len(want))]) {
			t.Errorf("%+v: %v of %v", q, got, want)
		}
	}
}

// pagesOfEquals: what answers alike comes the newest first, and no page shows again what
// one before it did, whoever reads.
func pagesOfEquals(t *testing.T, s Store) {
	e := open(t, s)
	documents := numbered(60)
	for i := range documents {
		documents[i].PublishedAt = published(i * 37 % 60)
		documents[i].Texts[0].Title = "激光清洗"
		if i%3 == 0 {
			documents[i].Texts = append(documents[i].Texts, search.Text{Tier: policy.TierMembers, Language: "zh", Abstract: "细节"})
		}
	}
	must(t, e.Apply(within(t), search.Batch{Upsert: documents}))
	byAge := slices.Clone(documents)
	slices.SortFunc(byAge, func(a, b search.Document) int { return cmp.Compare(b.PublishedAt, a.PublishedAt) })
	var want []string
	for _, d := range byAge {
		want = append(want, d.ID)
	}
	for name, reader := range map[string]search.Reader{"anyone": anyone, "a member": member, "a party": party, "a reviewer": reviewer} {
		var joined []string
		for offset := 0; offset < len(documents); offset += 7 {
			joined = append(joined, ids(ask(t, e, search.Query{Reader: reader, Text: "激光", Offset: offset, Limit: 7}))...)
		}
		seen := slices.Clone(joined)
		slices.Sort(seen)
		if len(slices.Compact(seen)) != len(documents) {
			t.Errorf("%s finds %d and reads %d of them page by page", name, len(documents), len(slices.Compact(seen)))
		}
		if name == "anyone" && !slices.Equal(joined, want) {
			t.Errorf("%s reads %v, want the newest first: %v", name, joined, want)
		}
	}
}

// countsFar holds that nothing stops counting at a round number: Meilisearch
// would at 1,000 documents and 100 values.
func countsFar(t *testing.T, s Store) {
	e := open(t, s)
	documents := numbered(2_100)
	for i := range documents {
		documents[i].Facets.Organisation = fmt.Sprintf("o%03d", i%150)
		documents[i].PublishedAt = published(i)
	}
	must(t, e.Apply(within(t), search.Batch{Upsert: documents}))
	for _, text := range []string{"", "编号"} {
		r := ask(t, e, search.Query{
			Text: text, Facets: []search.Facet{search.FacetKind, search.FacetOrganisation}, Sort: search.SortNewest, Offset: 2_050, Limit: 25,
		})
		if r.Total != 2_100 || sum(r.Facets[search.FacetKind]) != 2_100 || len(r.Facets[search.FacetOrganisation]) != 150 {
			t.Errorf("%q: total %d, counts %v, %d organisations", text, r.Total, r.Facets[search.FacetKind], len(r.Facets[search.FacetOrganisation]))
		}
		if len(r.Hits) != 25 || r.Hits[0].ID != "d00049" {
			t.Errorf("%q: %d hits from %v on", text, len(r.Hits), r.Hits[:min(1, len(r.Hits))])
		}
	}
}
