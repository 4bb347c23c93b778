package embedded_test

import (
	"testing"

	"chengqiao/internal/search"
	"chengqiao/internal/search/analysis"
	"chengqiao/internal/search/conformance"
	"chengqiao/internal/search/embedded"
)

func TestTheEmbeddedEngineConforms(t *testing.T) {
	conformance.Run(t, func(t *testing.T) conformance.Store {
		dir := t.TempDir()
		return conformance.Store{
			Open: func(t *testing.T, a *analysis.Analyzer) search.Engine {
				t.Helper()
				e, err := embedded.Open(t.Context(), dir, a)
				if err != nil {
					t.Fatal(err)
				}
				return e
			},
			Restart: func(*testing.T) {}, // the index lives in the process, which closed it
		}
	})
}
