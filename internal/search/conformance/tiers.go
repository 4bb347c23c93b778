package conformance

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"chengqiao/internal/policy"
	"chengqiao/internal/search"
)

func hidesTiers(t *testing.T, s Store) {
	e := filled(t, s)
	for _, c := range []struct {
		name   string
		reader search.Reader
		// found by 石墨烯 (a members' text, and a members' package), 碲化铋 (an NDA
		// text), hushword (a public text of an NDA package)
		members, nda, hidden string
		total                int
	}{
		{"anyone", anyone, "", "", "", 7},
		{"a member", member, "a-battery p-graphene", "", "", 8},
		{"the owner", owner, "a-battery p-graphene", "a-battery", "p-secret", 9},
		{"a party to an NDA", party, "a-battery p-graphene", "a-battery", "", 8},
		{"a party to another NDA, no member", insider, "", "", "p-secret", 8},
		{"a reviewer", reviewer, "a-battery p-graphene", "a-battery", "p-secret", 9},
	} {
		for text, want := range map[string]string{
			"石墨烯": c.members, "graphene": c.members, "碲化铋": c.nda, "铋": c.nda, "zyxwvut": c.nda,
			"hushword": c.hidden, "光刻胶": c.hidden, "guangkejiao": c.hidden, "gkj": c.hidden, "胶": c.hidden,
		} {
			r := ask(t, e, search.Query{Text: text, Reader: c.reader, Highlight: everywhere, Facets: search.AllFacets})
			got := ids(r)
			slices.Sort(got)
			if strings.Join(got, " ") != want || r.Total != len(got) {
				t.Errorf("%s finds %v (%d) by %q, want %q", c.name, got, r.Total, text, want)
			}
			for f, values := range r.Facets {
				if n := sum(values); want == "" && n != 0 {
					t.Errorf("%s sees %d counts of %s for %q", c.name, n, f, text)
				}
			}
		}
		r := ask(t, e, search.Query{Reader: c.reader, Facets: search.AllFacets})
		if r.Total != c.total || sum(r.Facets[search.FacetKind]) != c.total {
			t.Errorf("%s sees %d documents and counts %d, want %d", c.name, r.Total, sum(r.Facets[search.FacetKind]), c.total)
		}
		leaks(t, e, c.name, c.reader)
	}
	showsNothingOfHidden(t, e)
}

func sum(values []search.FacetCount) int {
	n := 0
	for _, v := range values {
		n += v.Count
	}
	return n
}

// everywhere are all properties that are highlighted.
var everywhere = append(slices.Clone(search.AllProperties), search.PropertyOther)

// leaks looks for texts of hidden tiers in all that a reader is shown. The
// words searched for stand in readable texts too, so that documents are found.
func leaks(t *testing.T, e search.Engine, name string, reader search.Reader) {
	t.Helper()
	for _, text := range []string{"电池", "温差 电池", "加热", "涂层 加热", "薄膜 加热", "泄密 电池 隐秘", "zyxw 电池", "zyxwvuu 电池"} {
		for _, match := range []search.Match{search.MatchAuto, search.MatchClose, search.MatchSome, search.MatchAny} {
			r := ask(t, e, search.Query{Text: text, Match: match, Reader: reader, Highlight: everywhere})
			for _, h := range r.Hits {
				shown := fmt.Sprint(h)
				for _, secret := range secrets(h.ID, reader) {
					if strings.Contains(strings.NewReplacer(" true}", "", " false}", "", "{", "").Replace(shown), secret) {
						t.Errorf("%s is shown %q of %s for %q", name, secret, h.ID, text)
					}
				}
			}
		}
	}
}

// secrets are what a reader must not be shown of a document.
func secrets(id string, reader search.Reader) []string {
	var out []string
	for _, d := range Fixtures() {
		if d.ID != id || reader.Full(d.ID, d.Owner) {
			continue
		}
		for _, x := range d.Texts {
			if !reader.Reads(x.Tier) {
				out = append(out, slices.Concat([]string{x.Title, x.Value, x.Abstract}, x.Claims, x.Other)...)
			}
		}
	}
	return slices.DeleteFunc(out, func(s string) bool { return s == "" })
}

// showsNothingOfHidden holds that nothing at all changes for a reader when a
// text that the reader may not read does: not even a score.
func showsNothingOfHidden(t *testing.T, e search.Engine) {
	t.Helper()
	queries := []search.Query{
		{Text: "动力电池", Reader: anyone}, {Text: "电池", Reader: member}, {Text: "加热 回收", Match: search.MatchAny, Reader: member},
		{Text: "hydrogen", Reader: anyone}, {Text: "boildr", Reader: anyone}, {Text: "水池", Reader: party},
	}
	answers := func() (out []search.Result) {
		for _, q := range queries {
			q.Highlight, q.Facets = everywhere, search.AllFacets
			r := ask(t, e, q)
			r.Took = 0
			out = append(out, r)
		}
		return out
	}
	before := answers()
	changed := Fixtures()
	for i := range changed {
		changed[i].Texts = append(changed[i].Texts, search.Text{
			Tier: policy.TierNDA, Language: "zh", Title: "动力电池 水池 加热 回收", Abstract: strings.Repeat("动力电池 水池 boilder hydrogen ", 20),
		})
	}
	changed = slices.DeleteFunc(changed, func(d search.Document) bool { return d.ID == "a-battery" }) // the party reads all of it
	must(t, e.Apply(within(t), search.Batch{Upsert: changed}))
	for i, after := range answers() {
		if got, want := fmt.Sprintf("%+v", after), fmt.Sprintf("%+v", before[i]); got != want {
			t.Errorf("%q is answered otherwise after a hidden text changed:\n%s\nbefore\n%s", queries[i].Text, got, want)
		}
	}
}
