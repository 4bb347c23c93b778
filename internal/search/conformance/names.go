package conformance

import (
	"slices"
	"strings"
	"testing"

	"chengqiao/internal/policy"
	"chengqiao/internal/search"
)

// findsNames: a name of several words of the list of synonyms is found where they stand
// apart too, and by its synonyms; in whatever order it was typed.
func findsNames(t *testing.T, s Store) {
	e := open(t, s)
	texts := func(id string, texts ...search.Text) search.Document {
		d := titled(id, "")
		d.Texts = texts
		return d
	}
	must(t, e.Apply(within(t), search.Batch{Upsert: []search.Document{
		titled("row", "A lithium battery for buses"),
		titled("han", "公交车用锂电池"),
		titled("ion", "Lithium-ion batteries in the cold"),
		titled("apart", "Rechargeable battery with lithium anode"),
		texts("split", public("en", "Rechargeable cells", "Every battery holds up; lithium does not plate.")),
		texts("tiers", public("en", "Battery casings", ""), search.Text{Tier: policy.TierMembers, Language: "en", Abstract: "For lithium too."}),
		titled("half", "Battery of lead"),
		titled("lone", "Lithium from brine"),
	}}))
	for query, want := range map[string]string{
		"lithium battery":        "apart han ion row split",
		"battery lithium":        "apart ion row split",
		"Lithium Batteries cold": "ion",
		"锂电池":                    "han ion row",
		"lithium battery 公交车":    "han",
		"lithium battery 锂电池":    "han ion row", // what has the latter has the former too
		"锂电池 lithium battery":    "han ion row",
	} {
		findsExactly(t, e, query, search.Query{Text: query}, search.MatchAll, want)
	}
	r := ask(t, e, search.Query{Text: "lithium battery", Reader: member})
	if got := ids(r); r.Total != 6 || !slices.Contains(got, "tiers") {
		t.Errorf("members find %v of %d where one word is for them", got, r.Total)
	}
	for _, later := range ids(r)[:2] {
		if later != "row" && later != "ion" && later != "han" {
			t.Errorf("%q comes before those that say the name: %v", later, ids(r))
		}
	}
	findsExactly(t, e, "in a row", search.Query{Conditions: []search.Condition{phrase("lithium battery")}}, search.MatchAll, "row")
	findsExactly(t, e, "as an alternative", search.Query{OneOf: []search.Alternatives{{{Text: "lithium battery"}, {Text: "brine"}}}},
		search.MatchAll, "apart han ion lone row split")
	marked := map[string]string{}
	for _, h := range ask(t, e, search.Query{Text: "lithium battery", Highlight: search.AllProperties}).Hits {
		if len(h.Highlights) > 0 {
			marked[h.ID] = written(h.Highlights[0])
		}
	}
	for id, want := range map[string]string{
		"row": "title : A [lithium battery] for buses", "han": "title : 公交车用[锂电池]", "ion": "title : [Lithium-ion batteries] in the cold",
		"apart": "title : Rechargeable [battery] with [lithium] anode",
	} {
		if marked[id] != want {
			t.Errorf("%s is marked as %q, want %q", id, marked[id], want)
		}
	}
	suggested := completes(t, e, anyone, "lithium ba")
	if !strings.Contains(said(suggested), "lithium battery:5") {
		t.Errorf("suggested with another count than it finds: %s", said(suggested))
	}
}
