package embedded_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"chengqiao/internal/policy"
	"chengqiao/internal/search"
	"chengqiao/internal/search/analysis"
	"chengqiao/internal/search/embedded"
)

// TestPhrasesAreFoundWhateverTheIndexWasMadeFrom: from batches, a snapshot, the
// ledger alone, and after the dead slots were left behind.
func TestPhrasesAreFoundWhateverTheIndexWasMadeFrom(t *testing.T) {
	dir, a := t.TempDir(), analysis.New(nil)
	document := func(i int, text string) search.Document {
		return search.Document{ID: fmt.Sprint(i), Texts: []search.Text{{Tier: policy.TierPublic, Title: text}}}
	}
	open := func() *embedded.Engine {
		e, err := embedded.Open(t.Context(), dir, a)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	apply := func(e *embedded.Engine, b search.Batch) {
		t.Helper()
		if err := e.Apply(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	holds := func(e *embedded.Engine, when string) {
		t.Helper()
		for phrase, want := range map[string]int{"low temperature cell": 1, "temperature low": 1, "low temperature": 2, "old text": 0} {
			r, err := e.Search(t.Context(), search.Query{Conditions: []search.Condition{{Phrase: phrase}}})
			if err != nil || r.Total != want {
				t.Errorf("%s %q is in %d, want %d (%v)", when, phrase, r.Total, want, err)
			}
		}
	}
	e := open()
	apply(e, search.Batch{Upsert: []search.Document{document(1, "old text"), document(2, "temperature low temperature")}})
	apply(e, search.Batch{Upsert: []search.Document{document(1, "a low temperature cell"), document(3, "low, temperate"), document(4, "old text")}})
	apply(e, search.Batch{Delete: []string{"3", "4"}})
	holds(e, "after its batches")
	reopen := func(when string) {
		t.Helper()
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
		if when == "from the ledger" {
			snapshots, err := filepath.Glob(filepath.Join(dir, "*", "snapshot"))
			if err != nil || len(snapshots) != 1 || os.Remove(snapshots[0]) != nil {
				t.Fatalf("%v %v", snapshots, err)
			}
		}
		e = open()
		holds(e, when)
	}
	reopen("from the snapshot")
	reopen("from the ledger")
	// More dead slots than are left alone.
	for range 11 {
		var b search.Batch
		for i := range 1_000 {
			b.Upsert = append(b.Upsert, document(10+i, "passing"))
		}
		apply(e, b)
	}
	holds(e, "without its dead slots")
	reopen("from the snapshot without its dead slots")
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
}
