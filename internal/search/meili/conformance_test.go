package meili_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"chengqiao/internal/search"
	"chengqiao/internal/search/analysis"
	"chengqiao/internal/search/conformance"
	"chengqiao/internal/search/meili"
	"chengqiao/internal/servertest"
)

func TestMeilisearchConforms(t *testing.T) {
	server := servertest.StartMeilisearch(t)
	var made atomic.Int64
	conformance.Run(t, func(t *testing.T) conformance.Store {
		options := meili.Options{
			URL: "http://" + server.Addr, Key: server.MasterKey,
			Index: fmt.Sprintf("conformance%d", made.Add(1)),
		}
		open := func(t *testing.T, a *analysis.Analyzer) *meili.Engine {
			t.Helper()
			e, err := meili.Open(context.WithoutCancel(t.Context()), options, a)
			if err != nil {
				t.Fatal(err)
			}
			return e
		}
		t.Cleanup(func() {
			if err := open(t, analysis.New(nil)).Drop(context.WithoutCancel(t.Context())); err != nil {
				t.Error(err)
			}
		})
		return conformance.Store{
			Open: func(t *testing.T, a *analysis.Analyzer) search.Engine { return open(t, a) },
			Restart: func(t *testing.T) {
				t.Helper()
				server.Stop(t)
				server.Start(t)
			},
		}
	})
}
