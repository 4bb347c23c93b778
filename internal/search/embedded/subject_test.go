package embedded_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"chengqiao/internal/policy"
	"chengqiao/internal/search"
	"chengqiao/internal/search/analysis"
	"chengqiao/internal/search/embedded"
)

// saying is a document of one public text.
func saying(id, title, abstract string) search.Document {
	return search.Document{
		ID: id, Kind: search.KindAchievement,
		Texts: []search.Text{{Tier: policy.TierPublic, Language: "zh", Title: title, Abstract: abstract}},
	}
}

func filledWith(t *testing.T, documents ...search.Document) *embedded.Engine {
	t.Helper()
	return filledBy(t, analysis.New(nil), documents...)
}

func filledBy(t *testing.T, a *analysis.Analyzer, documents ...search.Document) *embedded.Engine {
	t.Helper()
	e, err := embedded.Open(t.Context(), t.TempDir(), a)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	if err := e.Apply(t.Context(), search.Batch{Upsert: documents}); err != nil {
		t.Fatal(err)
	}
	return e
}

func order(t *testing.T, e *embedded.Engine, q search.Query) string {
	t.Helper()
	if q.Limit == 0 {
		q.Limit = 10
	}
	r, err := e.Search(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for i, h := range r.Hits {
		ids = append(ids, h.ID)
		if i > 0 && h.Score > r.Hits[i-1].Score {
			t.Errorf("%s has a better score than %s before it", h.ID, ids[i-1])
		}
	}
	return strings.Join(ids, " ")
}

func TestAListingAboutAWordComesBeforeOneThatMentionsIt(t *testing.T) {
	e := filledWith(t,
		// Another, longer word.
		saying("longer", "抗氧化剂的合成工艺", "抗氧化剂用于油脂，抗氧化剂用于橡胶。"),
		// The characters, and not the expression.
		saying("apart", "抗氧与氧化分析", "抗氧的一种与氧化的一种。"),
		saying("about", "饲粮中的硒与抗氧化", "研究肉鸡的抗氧化，以及油脂和橡胶以外的用途。"),
	)
	if got := order(t, e, search.Query{Text: "抗氧化"}); got != "about longer apart" {
		t.Errorf("抗氧化 ranks %q", got)
	}
}

func TestWordsInARowComeBeforeTheSameWordsApart(t *testing.T) {
	e := filledWith(t,
		saying("apart", "Shop floors", "What learning brings to the machine of a small firm, and what it does not."),
		saying("row", "Shop floors", "What the shop floor of a small firm gains by machine learning, and what it does not gain by it."),
	)
	if got := order(t, e, search.Query{Text: "machine learning"}); got != "row apart" {
		t.Errorf("machine learning ranks %q", got)
	}
}

func TestAListingAboutAThingComesFirstInEveryLanguage(t *testing.T) {
	synonyms, err := analysis.NewSynonyms([][]string{{"污水处理", "废水处理", "wastewater treatment"}})
	if err != nil {
		t.Fatal(err)
	}
	e := filledBy(t, analysis.New(synonyms),
		saying("mentioning", "河流生态的评价", "河流的水质由上游的污水处理与耕地决定。"),
		saying("about", "Compact wastewater treatment", "A compact plant for remote towns, with little sludge and no chemicals at all, and few hours of work."),
	)
	for _, text := range []string{"污水处理", "废水处理", "wastewater treatment"} {
		if got := order(t, e, search.Query{Text: text}); got != "about mentioning" {
			t.Errorf("%s ranks %q", text, got)
		}
	}
	if got := order(t, e, search.Query{Text: "污水处理", Literal: true}); got != "mentioning" {
		t.Errorf("literally 污水处理 finds %q", got)
	}
}

func TestHiddenTextsMakeNobodyBelieveAListingIsAboutAWord(t *testing.T) {
	hidden := saying("hidden", "油脂保质工艺", "抗氧化剂用于油脂。")
	hidden.Owner = "owner"
	hidden.Texts = append(hidden.Texts, search.Text{
		Tier: policy.TierNDA, Title: "抗氧化", Abstract: "抗氧化，抗氧化，抗氧化。",
	})
	e := filledWith(t, hidden,
		saying("plain", "油脂保质工艺", "抗氧化剂用于油脂。"),
		saying("other", "玉米育种", "抗旱。"),
	)
	public, err := e.Search(t.Context(), search.Query{Text: "抗氧化", Limit: 10})
	if err != nil || len(public.Hits) != 2 || public.Hits[0].Score != public.Hits[1].Score {
		t.Errorf("to the public %+v, %v: want two of one score", public.Hits, err)
	}
	if got := order(t, e, search.Query{Text: "抗氧化", Reader: search.Reader{Organisation: "owner"}}); got != "hidden plain" {
		t.Errorf("to its owner %q", got)
	}
}

func TestPagesGoOnWhereTheOneBeforeEnds(t *testing.T) {
	var documents []search.Document
	for i := range 250 {
		title := []string{"抗氧化剂", "抗氧化的作用", "某种物质", "抗氧化"}[i%4]
		documents = append(documents, saying(fmt.Sprintf("d%03d", i), title, strings.Repeat("抗氧化剂。", i%3)+"抗氧化"+strings.Repeat("的其他内容", i%7)))
	}
	e := filledWith(t, documents...)
	whole := strings.Fields(order(t, e, search.Query{Text: "抗氧化", Limit: 250}))
	var pages []string
	for offset := 0; offset < 250; offset += 30 {
		pages = append(pages, strings.Fields(order(t, e, search.Query{Text: "抗氧化", Offset: offset, Limit: 30}))...)
	}
	if len(whole) != 250 || !slices.Equal(whole, pages) {
		t.Errorf("page by page\n%v\nat once\n%v", pages, whole)
	}
}
