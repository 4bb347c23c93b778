package conformance

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"chengqiao/internal/errs"
	"chengqiao/internal/policy"
	"chengqiao/internal/search"
	"chengqiao/internal/search/analysis"
)

func count(t *testing.T, e search.Engine) int {
	t.Helper()
	n, err := e.Count(within(t))
	must(t, err)
	return n
}

func cursor(t *testing.T, e search.Engine) int64 {
	t.Helper()
	n, err := e.Cursor(within(t))
	must(t, err)
	return n
}

func changesAndRemoves(t *testing.T, s Store) {
	e := filled(t, s)
	d := Fixtures()[1]
	d.Texts[0].Title = "小麦抗旱品种选育"
	d.Texts[0].Abstract = "换成了别的作物。"
	d.Facets.Fields, d.Facets.Regions, d.Facets.TRL = []string{"核应用"}, nil, 2
	must(t, e.Apply(within(t), search.Batch{Upsert: []search.Document{d}, Delete: []string{"a-pool", "never-there"}, Cursor: 7}))
	if n, want := count(t, e), len(Fixtures())-1; n != want {
		t.Errorf("%d documents, want %d", n, want)
	}
	for text, want := range map[string]string{"玉米": "", "小麦": "a-maize", "水池": ""} {
		if r := ask(t, e, search.Query{Text: text}); strings.Join(ids(r), " ") != want {
			t.Errorf("%q finds %v, want %q", text, ids(r), want)
		}
	}
	r := ask(t, e, search.Query{Facets: []search.Facet{search.FacetField, search.FacetRegion, search.FacetTRL}})
	has := func(f search.Facet, v string, n int) bool {
		return slices.Contains(r.Facets[f], search.FacetCount{Value: v, Count: n})
	}
	if !has(search.FacetField, "核应用", 1) || !has(search.FacetField, "农业", 1) || !has(search.FacetRegion, "650000", 2) || !has(search.FacetTRL, "2", 1) {
		t.Errorf("counts after a change: %v", r.Facets)
	}
	if c := cursor(t, e); c != 7 {
		t.Errorf("cursor %d", c)
	}
	must(t, e.Apply(within(t), search.Batch{Delete: []string{"n-drip"}}))
	if c := cursor(t, e); c != 7 {
		t.Errorf("a batch without a cursor moved it to %d", c)
	}
	must(t, e.Apply(within(t), search.Batch{}))
	// What was removed can come back.
	must(t, e.Apply(within(t), search.Batch{Upsert: Fixtures()[2:3]}))
	if r := ask(t, e, search.Query{Text: "水池"}); len(r.Hits) != 1 {
		t.Errorf("a document that came back is not found")
	}
}

func keepsData(t *testing.T, s Store) {
	a := Shipped(t)
	first := s.Open(t, a)
	must(t, first.Apply(within(t), search.Batch{Upsert: Fixtures(), Cursor: 41}))
	must(t, first.Apply(within(t), search.Batch{Delete: []string{"n-markup"}, Cursor: 42}))
	want := search.Result{}
	q := search.Query{Text: "电池", Reader: member, Facets: search.AllFacets, Highlight: search.AllProperties, Sort: search.SortNewest}
	want = ask(t, first, q)
	must(t, first.Close())
	s.Restart(t)
	e := open(t, s)
	got := ask(t, e, q)
	got.Took, want.Took = 0, 0
	if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
		t.Errorf("after a restart\n%+v\nbefore\n%+v", got, want)
	}
	if n, c := count(t, e), cursor(t, e); n != len(Fixtures())-1 || c != 42 {
		t.Errorf("%d documents at %d after a restart", n, c)
	}
	if old, err := e.Outdated(within(t)); err != nil || old {
		t.Errorf("outdated after a restart: %v, %v", old, err)
	}
	must(t, e.Apply(within(t), search.Batch{Upsert: Fixtures()[8:]}))
	if n := count(t, e); n != len(Fixtures()) {
		t.Errorf("%d documents after a write", n)
	}
}

func rebuilds(t *testing.T, s Store) {
	old := s.Open(t, analysis.New(nil))
	must(t, old.Apply(within(t), search.Batch{Upsert: numbered(5), Cursor: 10}))
	must(t, old.Close())
	e := open(t, s) // with other synonyms than the index was made with
	if outdated, err := e.Outdated(within(t)); err != nil || !outdated {
		t.Errorf("an index of another analysis is outdated: %v, %v", outdated, err)
	}
	must(t, e.Apply(within(t), search.Batch{Upsert: numbered(6)[5:]}))
	if outdated, err := e.Outdated(within(t)); err != nil || !outdated {
		t.Errorf("still outdated after a write: %v, %v", outdated, err)
	}
	err := e.Rebuild(within(t), func(ctx context.Context, into search.Sink) error {
		if err := into.Apply(ctx, search.Batch{Upsert: Fixtures()}); err != nil {
			return err
		}
		if r := ask(t, e, search.Query{Text: "编号"}); r.Total != 6 {
			t.Errorf("the old index answers %d while the new one is filled, want 6", r.Total)
		}
		if r := ask(t, e, search.Query{Text: "玉米"}); r.Total != 0 {
			t.Errorf("the new index answers before it is complete")
		}
		if err := e.Rebuild(ctx, nil); errs.CodeOf(err) != "rebuild_running" {
			t.Errorf("a second rebuild at once: %v", err)
		}
		// A change during the rebuild is newer than what is filled in.
		changed := Fixtures()[1]
		changed.Texts[0].Title = "高粱品种"
		if err := e.Apply(ctx, search.Batch{Upsert: []search.Document{changed}, Delete: []string{"a-pool"}, Cursor: 11}); err != nil {
			return err
		}
		return into.Apply(ctx, search.Batch{Upsert: Fixtures()[1:2]}) // read before the change
	})
	must(t, err)
	for text, want := range map[string]string{"编号": "", "高粱": "a-maize", "水池": ""} {
		if r := ask(t, e, search.Query{Text: text}); strings.Join(ids(r), " ") != want {
			t.Errorf("after the rebuild %q finds %v, want %q", text, ids(r), want)
		}
	}
	if n, c := count(t, e), cursor(t, e); n != len(Fixtures())-1 || c != 11 {
		t.Errorf("%d documents at %d after the rebuild", n, c)
	}
	if outdated, err := e.Outdated(within(t)); err != nil || outdated {
		t.Errorf("outdated after the rebuild: %v, %v", outdated, err)
	}
	// The cursor that the fill gives is the one that counts.
	must(t, e.Rebuild(within(t), func(ctx context.Context, into search.Sink) error {
		return into.Apply(ctx, search.Batch{Upsert: Fixtures()[:1], Cursor: 3})
	}))
	if n, c := count(t, e), cursor(t, e); n != 1 || c != 3 {
		t.Errorf("%d documents at %d after the second rebuild", n, c)
	}
}

func survivesFailedRebuild(t *testing.T, s Store) {
	e := filled(t, s)
	broken := errors.New("the source broke off")
	err := e.Rebuild(within(t), func(ctx context.Context, into search.Sink) error {
		if err := into.Apply(ctx, search.Batch{Upsert: numbered(3)}); err != nil {
			return err
		}
		return broken
	})
	if !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
	if n := count(t, e); n != len(Fixtures()) {
		t.Errorf("%d documents after a failed rebuild", n)
	}
	must(t, e.Rebuild(within(t), func(ctx context.Context, into search.Sink) error {
		return into.Apply(ctx, search.Batch{Upsert: numbered(3)})
	}))
	if n := count(t, e); n != 3 {
		t.Errorf("%d documents after the next rebuild", n)
	}
}

// truth is a source of documents.
type truth []search.Document

func (t truth) Page(_ context.Context, after string, limit int) ([]search.Entry, error) {
	var out []search.Entry
	for i := range t {
		if t[i].ID > after && len(out) < limit {
			out = append(out, search.Entry{ID: t[i].ID, Checksum: t[i].Checksum()})
		}
	}
	return out, nil
}

func (t truth) Load(_ context.Context, ids []string) ([]search.Document, error) {
	var out []search.Document
	for _, d := range t {
		if slices.Contains(ids, d.ID) {
			out = append(out, d)
		}
	}
	return out, nil
}

func reconciles(t *testing.T, s Store) {
	e := open(t, s)
	source := truth(numbered(2_500)) // more than a page
	must(t, e.Apply(within(t), search.Batch{Upsert: source}))
	var listed []string
	after := ""
	for {
		page, err := e.Page(within(t), after, 700)
		must(t, err)
		for _, x := range page {
			listed = append(listed, x.ID)
			after = x.ID
		}
		if len(page) < 700 {
			break
		}
	}
	if len(listed) != len(source) || !slices.IsSorted(listed) {
		t.Fatalf("%d listed of %d, sorted: %v", len(listed), len(source), slices.IsSorted(listed))
	}
	r, err := search.Reconcile(within(t), e, source)
	if err != nil || !r.True() || r.Compared != len(source) {
		t.Errorf("an index that is true: %+v, %v", r, err)
	}
	// Odd ids keep the order of bytes.
	stray := []search.Document{{ID: "Z"}, {ID: "d00010a"}, {ID: "ä/é"}, {ID: "e"}}
	changed := slices.Clone(source[20:23])
	for i := range changed {
		changed[i].Texts = []search.Text{{Tier: policy.TierPublic, Title: "错误"}}
	}
	must(t, e.Apply(within(t), search.Batch{Upsert: append(stray, changed...), Delete: []string{"d00000", "d02499"}}))
	r, err = search.Reconcile(within(t), e, source)
	if want := (search.Reconciliation{Compared: 2500, Missing: 2, Changed: 3, Extra: 4}); err != nil || r != want {
		t.Errorf("%+v, %v, want %+v", r, err, want)
	}
	r, err = search.Reconcile(within(t), e, source)
	if err != nil || !r.True() || count(t, e) != len(source) {
		t.Errorf("after mending: %+v, %v, %d documents", r, err, count(t, e))
	}
	if r := ask(t, e, search.Query{Text: "错误"}); r.Total != 0 {
		t.Errorf("%v were not mended", ids(r))
	}
}

func refusesBadQueries(t *testing.T, s Store) {
	e := open(t, s)
	for path, q := range map[string]search.Query{
		"text":           {Text: strings.Repeat("长", search.MaxText+1)},
		"offset":         {Offset: -1},
		"limit":          {Limit: search.MaxLimit + 1},
		"sort":           {Sort: "colour"},
		"match":          {Match: "perhaps"},
		"filters.colour": {Filters: map[search.Facet][]string{"colour": {"red"}}},
		"ranges.weight":  {Ranges: map[search.Number]search.Range{"weight": {}}},
		"facets[1]":      {Facets: []search.Facet{search.FacetKind, "colour"}},
		"within":         {Within: make([]string, search.MaxIDs+1)},
	} {
		_, err := e.Search(within(t), q)
		fault := errs.As(err)
		if fault == nil || fault.Kind != errs.Invalid || len(fault.Fields) != 1 || fault.Fields[0].Path != path {
			t.Errorf("%s: %v", path, err)
		}
	}
	if r := ask(t, e, search.Query{Text: "电池", Facets: search.AllFacets, Highlight: search.AllProperties}); r.Total != 0 {
		t.Errorf("an empty index answers %+v", r)
	}
}

// searchesWhileWritten holds that every answer during writes is whole: a
// document is there as it was or as it is, with all its counts.
func searchesWhileWritten(t *testing.T, s Store) {
	e := open(t, s)
	documents := numbered(60)
	must(t, e.Apply(within(t), search.Batch{Upsert: documents}))
	done := make(chan struct{})
	var group errgroup.Group
	group.Go(func() error {
		defer close(done)
		for i := range 12 {
			d := documents[i*5]
			d.Facets.Year = 2000 + i
			if err := e.Apply(within(t), search.Batch{Upsert: []search.Document{d}, Cursor: int64(i + 1)}); err != nil {
				return err
			}
		}
		return nil
	})
	for range 2 {
		group.Go(func() error {
			for {
				select {
				case <-done:
					return nil
				default:
				}
				r, err := e.Search(within(t), search.Query{Text: "编号", Facets: []search.Facet{search.FacetKind}, Limit: 100, Highlight: search.AllProperties})
				if err != nil {
					return err
				}
				if r.Total != 60 || len(r.Hits) != 60 || sum(r.Facets[search.FacetKind]) != 60 {
					return fmt.Errorf("%d found, %d hits, %v", r.Total, len(r.Hits), r.Facets)
				}
			}
		})
	}
	must(t, group.Wait())
	if r := ask(t, e, search.Query{Ranges: map[search.Number]search.Range{search.NumberYear: {}}}); r.Total != 12 || cursor(t, e) != 12 {
		t.Errorf("%d were changed, cursor %d", r.Total, cursor(t, e))
	}
}
