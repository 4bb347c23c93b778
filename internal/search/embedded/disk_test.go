package embedded_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"chengqiao/internal/policy"
	"chengqiao/internal/search"
	"chengqiao/internal/search/embedded"
)

// told is what an index answers to some questions.
func told(t *testing.T, e *embedded.Engine) []search.Result {
	t.Helper()
	var out []search.Result
	for _, q := range []search.Query{
		{Text: "需求", Limit: 50, Highlight: search.AllProperties, Facets: search.AllFacets},
		{Limit: 50, Sort: search.SortTRLAsc, Facets: search.AllFacets},
		{Text: "机密", Limit: 50, Reader: search.Reader{Organisation: "org-3"}},
	} {
		r, err := e.Search(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		r.Took = 0
		out = append(out, r)
	}
	return out
}

func varied(i int) search.Document {
	d := document(i)
	d.Owner = fmt.Sprintf("org-%d", i%5)
	d.PublishedAt = int64(i)
	d.Facets = search.Facets{TRL: i % 10, Fields: []string{"农业", fmt.Sprint(i % 3)}, Regions: []string{"650100"}}
	d.Texts = append(d.Texts, search.Text{Tier: policy.TierNDA, Abstract: "机密配方"})
	if i%7 == 0 {
		d.Audience = policy.TierMembers
	}
	return d
}

// folder gives the only generation in an index's folder.
func folder(t *testing.T, dir string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "g-*"))
	if err != nil || len(found) != 1 {
		t.Fatalf("%v, %v", found, err)
	}
	return found[0]
}

func written(t *testing.T, dir string) []search.Result {
	t.Helper()
	e := open(t, dir)
	for i := range 60 {
		b := search.Batch{Upsert: []search.Document{varied(i)}, Cursor: int64(i + 1)}
		if i%9 == 8 {
			b.Delete = []string{document(i - 3).ID}
			b.Upsert = append(b.Upsert, varied(i-5))
		}
		if err := e.Apply(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	want := told(t, e)
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	return want
}

func TestASnapshotAnswersLikeTheIndexThatItIsOf(t *testing.T) {
	dir := t.TempDir()
	want := written(t, dir)
	if _, err := os.Stat(filepath.Join(folder(t, dir), "snapshot")); err != nil {
		t.Fatal(err)
	}
	e := open(t, dir)
	if got := told(t, e); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v\nwant %+v", got, want)
	}
	// And it is built on.
	if err := e.Apply(t.Context(), search.Batch{Upsert: []search.Document{varied(99)}}); err != nil {
		t.Fatal(err)
	}
	want = told(t, e)
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	e = open(t, dir)
	defer e.Close()
	if got := told(t, e); !reflect.DeepEqual(got, want) {
		t.Errorf("after more: %+v\nwant %+v", got, want)
	}
}

// Damage to a derived file costs time, and nothing else.
func TestWithoutAGoodSnapshotTheLedgerTellsTheSame(t *testing.T) {
	dir := t.TempDir()
	want := written(t, dir)
	file := filepath.Join(folder(t, dir), "snapshot")
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	damages := map[string][]byte{"none": nil, "empty": {}, "half": whole[:len(whole)/2], "longer": append(whole[:len(whole):len(whole)], 1)}
	for _, at := range []int{3, 20, len(whole) / 3, len(whole) - 3} {
		changed := append([]byte(nil), whole...)
		changed[at] ^= 0x55
		damages[fmt.Sprintf("byte %d changed", at)] = changed
	}
	for name, content := range damages {
		if content == nil {
			err = os.Remove(file)
		} else {
			err = os.WriteFile(file, content, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		e := open(t, dir)
		if got := told(t, e); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v\nwant %+v", name, got, want)
		}
		if cursor, err := e.Cursor(t.Context()); cursor != 60 || err != nil {
			t.Errorf("%s: cursor %d, %v", name, cursor, err)
		}
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// What holds for the snapshot holds for the segments that it names.
func TestWithoutGoodSegmentsTheLedgerTellsTheSame(t *testing.T) {
	dir := t.TempDir()
	want := written(t, dir)
	for _, damage := range []func(path string) error{
		os.Remove,
		func(path string) error { return os.Truncate(path, 100) },
		func(path string) error { return os.Truncate(path, 0) },
		func(path string) error {
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			content[len(content)-9] ^= 1 // within the last array
			return os.WriteFile(path, content, 0o600)
		},
	} {
		segments, err := filepath.Glob(filepath.Join(folder(t, dir), "segment-*"))
		if err != nil || len(segments) < 2 {
			t.Fatalf("%v, %v", segments, err)
		}
		if err := damage(segments[1]); err != nil {
			t.Fatal(err)
		}
		e := open(t, dir)
		if got := told(t, e); !reflect.DeepEqual(got, want) {
			t.Errorf("%+v\nwant %+v", got, want)
		}
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// Segments that are large enough lie in files: what is searched while they are
// merged, closed and opened is what was brought in, and no file stays behind.
func TestLargeSegmentsLieInFiles(t *testing.T) {
	dir := t.TempDir()
	e := open(t, dir)
	const batches, each = 24, 500
	for i := range batches {
		b := search.Batch{Cursor: int64(i + 1)}
		for k := range each {
			b.Upsert = append(b.Upsert, varied(i*each+k))
		}
		if i > 0 {
			b.Delete = []string{document((i-1)*each + 3).ID}
		}
		asking := make(chan error)
		go func() {
			r, err := e.Search(t.Context(), search.Query{Text: "需求", Limit: 20, Highlight: search.AllProperties})
			if err == nil && i > 0 && len(r.Hits) == 0 {
				err = errors.New("nothing was found")
			}
			asking <- err
		}()
		if err := e.Apply(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		if err := <-asking; err != nil {
			t.Fatal(err)
		}
	}
	want := told(t, e)
	if n, err := e.Count(t.Context()); n != batches*each-(batches-1) || err != nil {
		t.Fatalf("%d documents, %v", n, err)
	}
	for range 2 {
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
		e = open(t, dir)
		if got := told(t, e); !reflect.DeepEqual(got, want) {
			t.Errorf("%+v\nwant %+v", got, want)
		}
	}
	defer e.Close()
	segments, err := filepath.Glob(filepath.Join(folder(t, dir), "segment-*"))
	if err != nil || len(segments) == 0 || len(segments) > 12 {
		t.Errorf("%d files of segments, %v", len(segments), err)
	}
}

// A crash in the middle of a write leaves a frame that is not whole: the index
// is as it was before, cursor included, and takes the next batch.
func TestAnUnfinishedBatchIsNone(t *testing.T) {
	dir := t.TempDir()
	e := open(t, dir)
	sizes := []int64{}
	ledger := filepath.Join(folder(t, dir), "ledger.2")
	for i := range 4 {
		if err := e.Apply(t.Context(), search.Batch{Upsert: []search.Document{varied(i)}, Cursor: int64(i + 1)}); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(ledger)
		if err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, info.Size())
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	for _, cut := range []int64{sizes[3] - 1, sizes[2] + 9, sizes[2] + 5, sizes[2]} {
		if err := os.Truncate(ledger, cut); err != nil {
			t.Fatal(err)
		}
		e = open(t, dir)
		n, err := e.Count(t.Context())
		cursor, failed := e.Cursor(t.Context())
		if n != 3 || cursor != 3 || err != nil || failed != nil {
			t.Errorf("cut at %d: %d documents at %d, %v, %v", cut, n, cursor, err, failed)
		}
		if err := e.Apply(t.Context(), search.Batch{Upsert: []search.Document{varied(3)}, Cursor: 4}); err != nil {
			t.Fatal(err)
		}
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// Changes leave dead places behind; when they outnumber the documents the
// folder is written anew, and says the same.
func TestChangesDoNotGrowTheIndexForEver(t *testing.T) {
	dir := t.TempDir()
	e := open(t, dir)
	defer func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}()
	const documents = 500
	first := folder(t, dir)
	for round := range 23 {
		var b search.Batch
		for i := range documents {
			d := varied(i)
			d.PublishedAt = int64(round*documents + i)
			b.Upsert = append(b.Upsert, d)
		}
		b.Cursor = int64(round + 1)
		if err := e.Apply(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	if folder(t, dir) == first {
		t.Fatal("10,000 dead places and nothing was compacted")
	}
	fresh := open(t, t.TempDir())
	defer fresh.Close()
	var b search.Batch
	for i := range documents {
		d := varied(i)
		d.PublishedAt = int64(22*documents + i)
		b.Upsert = append(b.Upsert, d)
	}
	if err := fresh.Apply(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	if got, want := told(t, e), told(t, fresh); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v\nwant %+v", got, want)
	}
	if cursor, err := e.Cursor(t.Context()); cursor != 23 || err != nil {
		t.Errorf("cursor %d, %v", cursor, err)
	}
	if info, err := os.Stat(filepath.Join(folder(t, dir), "ledger.2")); err != nil || info.Size() > 1<<20 {
		t.Errorf("%d bytes, %v", info.Size(), err)
	}
}
