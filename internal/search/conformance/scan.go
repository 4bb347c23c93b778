package conformance

import (
	"fmt"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"chengqiao/internal/policy"
	"chengqiao/internal/search"
	"chengqiao/internal/search/analysis"
)

// agreesWithScan compares the engine with a scan over generated documents that
// tests every rule one document at a time.
func agreesWithScan(t *testing.T, s Store) {
	a := Shipped(t)
	e := open(t, s)
	documents := generated(200)
	must(t, e.Apply(within(t), search.Batch{Upsert: documents}))
	rapid.Check(t, func(rt *rapid.T) {
		q := query(rt)
		q.Facets = search.AllFacets
		q.Limit = search.MaxLimit
		r, err := e.Search(within(t), q)
		if err != nil {
			rt.Fatal(err)
		}
		got := ids(r)
		slices.Sort(got)
		own := q.ForReader()
		found := scan(a, documents, &own, "")
		if !slices.Equal(got, found) || r.Total != len(found) {
			rt.Fatalf("%+v\nfinds %d %v\nwant  %d %v", q, r.Total, got, len(found), found)
		}
		for i, f := range search.AllFacets {
			if got, want := r.Facets[f], scanned(a, documents, &own, own.Facets[i]); !slices.Equal(got, want) {
				rt.Fatalf("%+v\ncounts %s %v\nwant %v", q, f, got, want)
			}
		}
	})
}

// The generated documents are of few words and values, so that they overlap.
var (
	someWords = []string{"电池", "回收", "玉米", "graphene", "лазер", "池", "coating", "滴灌", "micro-grid", "microgrid", "grid"}
	// unsaid are names that no document has, made of what some have.
	unsaid     = []string{"固态电池", "膜下滴灌"}
	someFields = []string{"农业", "电子信息", "核应用"}
	someOrgs   = []string{"o1", "o2", "o3"}
)

// pick chooses by a fixed rule that mixes its numbers.
func pick[T any](list []T, n, salt int) T {
	return list[(n*7919+salt*104729+n*n*31)%len(list)]
}

func generated(count int) []search.Document {
	regions := []string{"650104", "653100", "310000", "659001", "KZ", ""}
	var out []search.Document
	for i := range count {
		d := search.Document{
			ID:       fmt.Sprintf("d%03d", i),
			Kind:     pick([]search.Kind{search.KindAchievement, search.KindPackage, search.KindNeed}, i, 1),
			Owner:    pick(someOrgs, i, 2),
			Audience: pick([]policy.Tier{policy.TierPublic, policy.TierPublic, policy.TierMembers, policy.TierNDA}, i, 3),
			Texts: []search.Text{
				{Tier: policy.TierPublic, Title: pick(someWords, i, 4) + "与" + pick(someWords, i, 5)},
				{Tier: policy.TierMembers, Abstract: pick(someWords, i, 6)},
				{Tier: policy.TierNDA, Abstract: pick(someWords, i, 7) + " " + pick(someWords, i, 8)},
			},
			Facets: search.Facets{
				Fields: []string{pick(someFields, i, 9), pick(someFields, i, 10)}, TRL: i % 10,
				Regions: []string{pick(regions, i, 11)}, Industries: []string{pick([]string{"A01", "C3841", "C30", ""}, i, 12)},
				Year: 2020 + i%5, PublicBenefit: i%3 == 0, Organisation: pick(someOrgs, i, 2),
			},
			PublishedAt: published(i % 17),
		}
		if i%4 != 0 {
			price := int64(i) * 5_000_000
			if i%3 == 0 {
				d.Facets.MembersPriceFen = &price
			} else {
				d.Facets.PriceFen = &price
			}
		}
		out = append(out, d)
	}
	return out
}

func query(t *rapid.T) search.Query {
	q := search.Query{
		Match:   rapid.SampledFrom([]search.Match{search.MatchAll, search.MatchAll, search.MatchSome, search.MatchAny}).Draw(t, "match"),
		Sort:    rapid.SampledFrom(search.AllSorts).Draw(t, "sort"),
		Filters: map[search.Facet][]string{}, Ranges: map[search.Number]search.Range{},
		Reader: search.Reader{
			Organisation: rapid.SampledFrom([]string{"", "", "o1", "o2"}).Draw(t, "organisation"),
			Granted:      rapid.SliceOfN(rapid.Custom(anID), 0, 5).Draw(t, "granted"),
			Tiers: rapid.SampledFrom([][]policy.Tier{
				nil, {policy.TierPublic, policy.TierMembers}, policy.AllTiers,
			}).Draw(t, "tiers"),
		},
	}
	for _, w := range rapid.SliceOfN(rapid.SampledFrom(slices.Concat(someWords, unsaid)), 0, 3).Draw(t, "words") {
		q.Text += w + " "
	}
	q.Conditions = someConditions(t)
	q.OneOf = someAlternatives(t)
	if rapid.Bool().Draw(t, "by field") {
		q.Filters[search.FacetField] = rapid.SliceOfN(rapid.SampledFrom(someFields), 1, 2).Draw(t, "fields")
	}
	if rapid.Bool().Draw(t, "by region") {
		q.Filters[search.FacetRegion] = []string{rapid.SampledFrom([]string{"650000", "650100", "310000", "KZ", "999999"}).Draw(t, "region")}
	}
	if rapid.Bool().Draw(t, "by price") {
		from, to := rapid.Int64Range(0, 900_000_000).Draw(t, "from"), rapid.Int64Range(0, 1_000_000_000).Draw(t, "to")
		q.Ranges[search.NumberPrice] = search.Range{Min: &from, Max: &to}
	}
	if rapid.Bool().Draw(t, "by level") {
		from := rapid.Int64Range(1, 9).Draw(t, "level")
		q.Ranges[search.NumberTRL] = search.Range{Min: &from}
	}
	q.Also = rapid.SliceOfN(rapid.Custom(anID), 0, 3).Draw(t, "also")
	q.Without = rapid.SliceOfN(rapid.Custom(anID), 0, 3).Draw(t, "without")
	return q
}

func anID(t *rapid.T) string { return fmt.Sprintf("d%03d", rapid.IntRange(0, 205).Draw(t, "id")) }

// scan lists the documents that answer a query, by id; the own choice of facet
// open is left out.
func scan(a *analysis.Analyzer, documents []search.Document, q *search.Query, open search.Facet) []string {
	var out []string
	plan := planned(a, documents, q)
	for i := range documents {
		if d := &documents[i]; answers(a, d, q, plan, open) {
			out = append(out, d.ID)
		}
	}
	slices.Sort(out)
	return out
}

func scanned(a *analysis.Analyzer, documents []search.Document, q *search.Query, f search.Facet) []search.FacetCount {
	n := map[string]int{}
	plan := planned(a, documents, q)
	for i := range documents {
		if d := &documents[i]; answers(a, d, q, plan, f) {
			for _, v := range d.Values(f) {
				n[v]++
			}
		}
	}
	var out []search.FacetCount
	for v, count := range n {
		out = append(out, search.FacetCount{Value: v, Count: count})
	}
	search.OrderFacets(out)
	return out
}

// planned is what a query asks of the documents.
func planned(a *analysis.Analyzer, documents []search.Document, q *search.Query) analysis.Plan {
	plan := q.Match.Asks(a.Plan(q.Text))
	if !q.Match.ByParts(plan) {
		return plan
	}
	return a.Known(plan, func(u analysis.Unit) bool {
		return slices.ContainsFunc(documents, func(d search.Document) bool {
			full := q.Reader.Full(d.ID, d.Owner)
			return (full || q.Reader.Reads(d.AudienceOrPublic())) && unitIn(a, &d, q.Reader, full, u)
		})
	})
}

func answers(a *analysis.Analyzer, d *search.Document, q *search.Query, plan analysis.Plan, open search.Facet) bool {
	full := q.Reader.Full(d.ID, d.Owner)
	if !full && !q.Reader.Reads(d.AudienceOrPublic()) || slices.Contains(q.Without, d.ID) {
		return false
	}
	for f, wanted := range q.Filters {
		has := d.Values(f)
		if f != open && !slices.ContainsFunc(wanted, func(v string) bool { return slices.Contains(has, v) }) {
			return false
		}
	}
	for n, r := range q.Ranges {
		if v, ok := d.Number(n); n.Facet() != open && (!ok || !r.Holds(v)) {
			return false
		}
	}
	if !conditionsMet(d, q) || !oneOfEachMet(a, d, q) {
		return false
	}
	if q.Match.Partly() && !plan.Empty() && slices.Contains(q.Also, d.ID) {
		return true
	}
	met := 0
	for _, u := range plan.Units {
		if unitIn(a, d, q.Reader, full, u) {
			met += q.Match.Counts(u)
		}
	}
	return plan.Empty() || met >= q.Match.Least(plan)
}

// unitIn tells whether what the reader reads of a document has a unit, or each of the
// words of its name.
func unitIn(a *analysis.Analyzer, d *search.Document, r search.Reader, full bool, u analysis.Unit) bool {
	return termIn(a, d, r, full, u, u.Term) || len(u.Words) > 0 && !slices.ContainsFunc(u.Words, func(word string) bool {
		return !termIn(a, d, r, full, u, word)
	})
}

func termIn(a *analysis.Analyzer, d *search.Document, r search.Reader, full bool, u analysis.Unit, term string) bool {
	for tier, terms := range d.Terms(a.Reading()) {
		if !full && !r.Reads(tier) {
			continue
		}
		for _, area := range search.Areas(u, search.MatchAll) {
			if slices.Contains(terms.Areas[area], term) {
				return true
			}
		}
	}
	return false
}

// numbered makes n plain documents.
func numbered(n int) []search.Document {
	out := make([]search.Document, n)
	for i := range out {
		out[i] = search.Document{
			ID: fmt.Sprintf("d%05d", i), Kind: search.KindNeed,
			Texts: []search.Text{{Tier: policy.TierPublic, Title: "编号 " + strconv.Itoa(i)}},
		}
	}
	return out
}
