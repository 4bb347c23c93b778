package embedded_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"chengqiao/internal/policy"
	"chengqiao/internal/search"
	"chengqiao/internal/search/querytext"
)

// scraps are what texts and queries are made of, in any order.
var scraps = []string{
	"电池", "锂电池", "回收", "的技术", "一种", "污水处理", "中", "電", "或", "OR", "AND", "lithium-ion", "batteries", "C++", ".NET", "NOx", "Al₂O₃", "YOLOv5", "316L", "GB 18918", "ZL201910123456.7",
	"title:", "org:", "-", "+", "\"", "“", "”", "(", ")", "（", "）", "|", ">=", "..", "~", "*", "?", "\\", "/", ":", "：", "，", "。", "\n", "\t", "\u3000", "\u200b", " ",
	"dianchi", "dc", "Аккумулятор", "ё", "e\u0301", "ﬁ", "½", "①", "９９", "🔋", "\U00020000", "İ", "ß", "<b>", "&amp;", "0", "7.5", "10⁵", "%",
}

func scribble(most int) *rapid.Generator[string] {
	return rapid.Map(rapid.SliceOfN(rapid.SampledFrom(scraps), 0, most), func(parts []string) string { return strings.Join(parts, "") })
}

// Whatever people write and look for, searches are answered, what is marked is
// what was written, and the program goes on.
func TestNothingThatPeopleWriteOrLookForIsStumbledOver(t *testing.T) {
	body, words := scribble(60), scribble(8)
	e := open(t, t.TempDir())
	defer func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}()
	rapid.Check(t, func(r *rapid.T) {
		var written strings.Builder
		var batch search.Batch
		for _, id := range []string{"a", "b", "c"} {
			d := search.Document{ID: id, Kind: search.KindNeed, Texts: []search.Text{{
				Tier: policy.TierPublic, Title: words.Draw(r, "title"), Abstract: body.Draw(r, "abstract"),
				Keywords: []string{words.Draw(r, "keyword")}, Organisations: []string{words.Draw(r, "organisation")},
			}}}
			of := d.Texts[0]
			written.WriteString(strings.Join([]string{of.Title, of.Abstract, of.Keywords[0], of.Organisations[0]}, "\x00"))
			batch.Upsert = append(batch.Upsert, d)
		}
		if err := e.Apply(t.Context(), batch); err != nil {
			r.Fatal(err)
		}
		text := words.Draw(r, "query")
		reader := search.Reader{Tiers: []policy.Tier{policy.TierPublic}}
		parsed := querytext.Parse(text)
		for _, match := range []search.Match{search.MatchAuto, search.MatchAll, search.MatchSome, search.MatchAny} {
			q := search.Query{Reader: reader, Text: parsed.Words, Wishes: parsed.Wishes, Conditions: parsed.Conditions, OneOf: parsed.OneOf, Match: match,
				Limit: 10, Facets: search.AllFacets, Highlight: search.AllProperties, Sort: search.SortRelevance}
			found, err := e.Search(t.Context(), q)
			if err != nil {
				r.Fatalf("%q: %v", text, err)
			}
			if len(found.Hits) != found.Total {
				r.Errorf("%q: %d hits of %d", text, len(found.Hits), found.Total)
			}
			for _, h := range found.Hits {
				for _, passage := range h.Highlights {
					for _, part := range passage.Parts {
						if part.Marked && !strings.Contains(written.String(), part.Text) {
							r.Errorf("%q: %q is marked and nowhere written", text, part.Text)
						}
					}
				}
			}
		}
		typed := []rune(text)
		text = string(typed[:min(len(typed), search.MaxTyping)])
		if _, err := e.Suggest(t.Context(), search.Typing{Reader: reader, Text: text, Listings: 5, Keywords: 5, Organisations: 5}); err != nil {
			r.Errorf("%q: %v", text, err)
		}
	})
}
