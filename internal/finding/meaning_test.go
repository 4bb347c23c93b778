package finding_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"chengqiao/internal/finding"
	"chengqiao/internal/policy"
	"chengqiao/internal/search"
	"chengqiao/internal/search/analysis"
	"chengqiao/internal/search/embedded"
)

// known is what a test says that texts mean.
type known struct {
	nearest []string
	near    map[string]float64
	asked   []string
	away    bool
}

func (k *known) Sense(_ context.Context, text string) finding.Sense {
	k.asked = append(k.asked, text)
	if k.away {
		return nil
	}
	return k
}

func (k *known) Nearest([]policy.Tier, int) []string               { return k.nearest }
func (k *known) Of([]policy.Tier, []search.Hit) map[string]float64 { return k.near }

// shop is a finder over a real engine.
func shop(t *testing.T, m finding.Meanings, documents ...search.Document) *finding.Finder {
	t.Helper()
	f := finding.NewFinder(stocked(t, documents...), &shelf{}, &shelf{})
	f.ByMeaning(m)
	return f
}

// stocked is an engine with some documents.
func stocked(t *testing.T, documents ...search.Document) *embedded.Engine {
	t.Helper()
	engine, err := embedded.Open(t.Context(), t.TempDir(), analysis.New(nil))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = engine.Close() })
	if err := engine.Apply(t.Context(), search.Batch{Upsert: documents}); err != nil {
		t.Fatal(err)
	}
	return engine
}

func titled(id, title string, kind search.Kind, audience policy.Tier) search.Document {
	return search.Document{ID: id, Kind: kind, Owner: "org", Audience: audience, Texts: []search.Text{{Tier: audience, Language: "zh", Title: title}}}
}

func public(id, title string) search.Document {
	return titled(id, title, search.KindAchievement, policy.TierPublic)
}

func ids(hits []finding.Hit) []string {
	var out []string
	for _, h := range hits {
		out = append(out, h.ID)
	}
	return out
}

func ask(t *testing.T, f *finding.Finder, r finding.Request) finding.Answer {
	t.Helper()
	if r.PageSize == 0 {
		r.PageSize = 20
	}
	a, err := f.Find(t.Context(), policy.Actor{}, r)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestWhatSaysTheSameInOtherWordsStandsApartFromWhatWasFound(t *testing.T) {
	k := &known{nearest: []string{"cell", "found", "inside", "need"}}
	f := shop(t, k, public("found", "锂电池低温电解液"), public("cell", "储能电芯"), public("other", "滴灌"),
		titled("inside", "电芯", search.KindAchievement, policy.TierMembers), titled("need", "求购电芯", search.KindNeed, policy.TierPublic))
	a := ask(t, f, finding.Request{Text: "锂电池"})
	if others := alike(t, f, finding.Request{Text: "锂电池"}); !slices.Equal(ids(a.Hits), []string{"found"}) || !slices.Equal(others, []string{"cell", "need"}) || a.Total != 1 {
		t.Errorf("found %v of %d, alike %v", ids(a.Hits), a.Total, others)
	}
	counted := 0
	for _, facet := range a.Facets {
		if facet.Name == search.FacetKind {
			for _, v := range facet.Values {
				counted += v.Count
			}
		}
	}
	if counted != 1 {
		t.Errorf("the facets count %d", counted)
	}
	filtered := alike(t, f, finding.Request{Text: "锂电池", Filters: map[search.Facet][]string{search.FacetKind: {"need"}}})
	if !slices.Equal(filtered, []string{"need"}) {
		t.Errorf("among needs alike are %v", filtered)
	}
	without := alike(t, f, finding.Request{Text: "锂电池 -求购"})
	if !slices.Equal(without, []string{"cell"}) {
		t.Errorf("without an excluded word alike are %v", without)
	}
	if last := k.asked[len(k.asked)-1]; strings.Contains(last, "求购") {
		t.Errorf("asked about %q, which is what is not wanted", last)
	}
}

func TestMeaningsAreAskedForWhereTheyCountAlone(t *testing.T) {
	k := &known{nearest: []string{"cell"}}
	f := shop(t, k, public("cell", "储能电芯"))
	for name, r := range map[string]finding.Request{
		"no text":     {},
		"by newest":   {Text: "锂电池", Sort: search.SortNewest},
		"second page": {Text: "锂电池", Page: 2},
	} {
		before := len(k.asked)
		ask(t, f, r)
		if asked := k.asked[before:]; len(asked) > 0 && name != "second page" {
			t.Errorf("%s: asked about %q", name, asked)
		}
	}
	before := len(k.asked)
	if none := alike(t, f, finding.Request{Text: `-锂电池 year:2020`}); len(none) > 0 || len(k.asked) > before {
		t.Errorf("without a word alike are %v, asked about %q", none, k.asked[before:])
	}
}

func TestWithoutAnAnswerInTimeTheWordsAloneCount(t *testing.T) {
	documents := []search.Document{public("a", "锂电池"), public("b", "锂电池 锂电池 正极")}
	plain := shop(t, nil, documents...)
	away := shop(t, &known{away: true, nearest: []string{"a"}}, documents...)
	if a, b := ask(t, plain, finding.Request{Text: "锂电池"}), ask(t, away, finding.Request{Text: "锂电池"}); fmt.Sprint(a) != fmt.Sprint(b) {
		t.Errorf("%+v\n%+v", a, b)
	}
}

func TestPagesOrderedByMeaningHoldEachHitOnce(t *testing.T) {
	var documents []search.Document
	for i := range 130 {
		documents = append(documents, public(fmt.Sprintf("id-%03d", i), fmt.Sprintf("锂电池 %d", i)))
	}
	f := shop(t, &known{near: map[string]float64{"id-050": 0.9}}, documents...)
	seen := map[string]bool{}
	for page := 1; page <= 5; page++ {
		a := ask(t, f, finding.Request{Text: "锂电池", Page: page, PageSize: 30})
		if a.Total != 130 {
			t.Fatalf("page %d: total %d", page, a.Total)
		}
		if page == 1 && a.Hits[0].ID != "id-050" {
			t.Errorf("%s stands before what lies nearest", a.Hits[0].ID)
		}
		for _, h := range a.Hits {
			if seen[h.ID] {
				t.Errorf("%s stands on two pages", h.ID)
			}
			seen[h.ID] = true
			if len(h.Highlights) == 0 {
				t.Errorf("page %d: nothing is marked in %s", page, h.ID)
			}
		}
	}
	if len(seen) != 130 {
		t.Errorf("%d of 130 were shown", len(seen))
	}
}
