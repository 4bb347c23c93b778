package conformance

import (
	"context"
	"slices"
	"testing"

	"chengqiao/internal/search"
	"chengqiao/internal/search/analysis"
)

// groups is an analysis with these synonyms.
func groups(t *testing.T, list ...[]string) *analysis.Analyzer {
	t.Helper()
	synonyms, err := analysis.NewSynonyms(list)
	must(t, err)
	return analysis.New(synonyms)
}

func titled(id, title string) search.Document {
	d := numbered(1)[0]
	d.ID = id
	d.Texts = slices.Clone(d.Texts)
	d.Texts[0].Title = title
	return d
}

// keepsItsWords: a changed list of synonyms takes nothing from what is found
// until the index that is made with it stands.
func keepsItsWords(t *testing.T, s Store) {
	before := groups(t, []string{"苞谷", "玉米", "maize"})
	after := groups(t, []string{"maize", "玉米"}, []string{"棉花", "cotton"})
	finds := func(e search.Engine, when, text string, want ...string) {
		t.Helper()
		got := ids(ask(t, e, search.Query{Text: text, Highlight: search.AllProperties}))
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s, %q finds %v, want %v", when, text, got, want)
		}
	}
	outdated := func(e search.Engine, when string, want bool) {
		t.Helper()
		if got, err := e.Outdated(within(t)); err != nil || got != want {
			t.Errorf("%s, outdated is %v (%v), want %v", when, got, err, want)
		}
	}
	all := []search.Document{titled("a", "玉米育种"), titled("b", "maize breeding"), titled("c", "棉花育种")}

	e := s.Open(t, before)
	must(t, e.Apply(within(t), search.Batch{Upsert: all, Cursor: 1}))
	finds(e, "at first", "玉米", "a", "b")
	if got := ids(ask(t, e, search.Query{Text: "玉米", Literal: true})); !slices.Equal(got, []string{"a"}) {
		t.Errorf("by its letters alone, 玉米 finds %v", got)
	}
	e.Use(after)
	outdated(e, "with a new list", true)
	finds(e, "with a new list", "玉米", "a", "b")
	all = append(all, titled("d", "苞谷种植"))
	must(t, e.Apply(within(t), search.Batch{Upsert: all[3:], Cursor: 2}))
	finds(e, "with a listing after the new list", "maize", "a", "b", "d")
	must(t, e.Close())

	e = s.Open(t, after)
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	outdated(e, "after a restart", true)
	finds(e, "after a restart", "maize", "a", "b", "d")
	must(t, e.Rebuild(within(t), func(ctx context.Context, into search.Sink) error {
		if err := into.Apply(ctx, search.Batch{Upsert: all, Cursor: 2}); err != nil {
			return err
		}
		finds(e, "during the rebuild", "玉米", "a", "b", "d")
		finds(e, "during the rebuild", "cotton")
		e.Use(before) // the list changes back before the index stands
		return nil
	}))
	outdated(e, "after a rebuild with a list that changed meanwhile", true)
	finds(e, "after the rebuild", "玉米", "a", "b")
	finds(e, "after the rebuild", "cotton", "c")
	e.Use(after)
	outdated(e, "with the list that it is made with", false)
}

// tellsWhatIsCommon: among a few documents, what everybody speaks of stands in as
// few as what one of them is about. The language's own words are known all the same,
// also of an index that is asked by the synonyms it was made with.
func tellsWhatIsCommon(t *testing.T, s Store) {
	unknowing := groups(t, []string{"玉米", "maize"})
	knowing := unknowing.Knowing(analysis.Common{"处理": 320, "系统": 216, "技术": 290})
	e := s.Open(t, unknowing)
	must(t, e.Apply(within(t), search.Batch{Upsert: []search.Document{
		titled("waste", "气化渣处理系统，处理技术"), titled("desalination", "苦咸水淡化"), titled("maize", "玉米育种"),
	}}))
	must(t, e.Close())
	for _, c := range []struct {
		name  string
		with  *analysis.Analyzer
		first string
	}{
		{"without knowing the language", unknowing, "waste"},
		{"knowing it", knowing, "desalination"},
	} {
		e := s.Open(t, c.with)
		r := ask(t, e, search.Query{Text: "淡化 处理 系统 技术", Match: search.MatchAny})
		if got := ids(r); len(got) != 2 || got[0] != c.first {
			t.Errorf("%s: %v, want %s first", c.name, got, c.first)
		}
		must(t, e.Close())
	}
}
