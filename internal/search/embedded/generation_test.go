package embedded

import (
	"path/filepath"
	"testing"

	"chengqiao/internal/search/analysis"
)

// It answers while the next one is filled, which takes a minute.
func TestAnIndexOfAnOlderProgramIsAskedForWhatItHas(t *testing.T) {
	synonyms, err := analysis.NewSynonyms([][]string{{"锂电池", "lithium battery"}})
	if err != nil {
		t.Fatal(err)
	}
	a := analysis.New(synonyms)
	for version, names := range map[string]bool{formatVersion(a): true, layout + "/6-0123": false, "3/" + a.Version(): false} {
		path := filepath.Join(t.TempDir(), "g")
		g, err := createGeneration(path, a, version)
		if err != nil {
			t.Fatal(err)
		}
		if err := g.close(); err != nil {
			t.Fatal(err)
		}
		if g, err = openGeneration(t.Context(), path, a); err != nil {
			t.Fatal(err)
		}
		if got := g.analyzer.Plan("lithium battery").Units[0].Name != ""; got != names {
			t.Errorf("one of %q is asked for names: %v", version, got)
		}
		if err := g.close(); err != nil {
			t.Error(err)
		}
	}
}
