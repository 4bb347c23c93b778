package embedded

import (
	"fmt"
	"os"
	"testing"

	"chengqiao/internal/policy"
	"chengqiao/internal/search"
	"chengqiao/internal/search/analysis"
)

// brought is an index in a folder to which so many documents were brought in one go.
func brought(t *testing.T, dir string, documents int) *Engine {
	t.Helper()
	e, err := Open(t.Context(), dir, analysis.New(nil))
	if err != nil {
		t.Fatal(err)
	}
	var b search.Batch
	for i := range documents {
		b.Upsert = append(b.Upsert, titled(i))
	}
	if err := e.Apply(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	return e
}

func titled(i int) search.Document {
	return search.Document{
		ID: fmt.Sprintf("d%05d", i), Kind: search.KindNeed,
		Texts: []search.Text{{Tier: policy.TierPublic, Title: "低温电池的热管理"}},
	}
}

// without is the batch that takes documents out.
func without(from, to int) (b search.Batch) {
	for i := from; i < to; i++ {
		b.Delete = append(b.Delete, titled(i).ID)
	}
	return b
}

func TestAnIndexThatWasEmptiedAndCompactedFindsWhatComesNext(t *testing.T) {
	e := brought(t, t.TempDir(), spareSlots+1)
	defer e.Close()
	before := e.current.path
	if err := e.Apply(t.Context(), without(0, spareSlots+1)); err != nil {
		t.Fatal(err)
	}
	if e.current.path == before {
		t.Fatal("nothing was compacted")
	}
	for i := range 5 { // merged now and then
		if err := e.Apply(t.Context(), search.Batch{Upsert: []search.Document{titled(i)}}); err != nil {
			t.Fatal(err)
		}
		r, err := e.Search(t.Context(), search.Query{Conditions: []search.Condition{{Phrase: "电池的热"}}, Limit: 10})
		if err != nil || r.Total != i+1 {
			t.Fatalf("of %d documents that say the phrase %d are found, %v", i+1, r.Total, err)
		}
	}
}

func TestAnIndexThatCannotBeCompactedStaysWhereItIs(t *testing.T) {
	dir := t.TempDir()
	e := brought(t, dir, spareSlots+3)
	// From here on the documents cannot be read.
	l := e.current.ledger
	file, err := os.OpenFile(l.file.Name(), os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.file.Close(); err != nil {
		t.Fatal(err)
	}
	l.file = file
	before := e.current.path
	if err := e.Apply(t.Context(), without(1, spareSlots+3)); err != nil {
		t.Fatal(err)
	}
	if e.current.path != before {
		t.Fatal("it was compacted all the same")
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := Open(t.Context(), dir, analysis.New(nil))
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if n, err := again.Count(t.Context()); n != 1 || err != nil {
		t.Errorf("%d documents, %v", n, err)
	}
}
