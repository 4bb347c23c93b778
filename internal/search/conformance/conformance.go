// Package conformance is the one suite that every search engine passes: equal
// filters, facets, sorts, totals and recall over the same fixtures, nothing
// leaked across tiers, nothing lost across a restart.
package conformance

import (
	"context"
	"testing"
	"time"

	"chengqiao/config"
	"chengqiao/internal/search"
	"chengqiao/internal/search/analysis"
)

// Store is where an engine keeps one index.
type Store struct {
	// Open opens the index, or makes an empty one, with this analysis.
	Open func(t *testing.T, a *analysis.Analyzer) search.Engine
	// Restart takes down and brings back whatever keeps the index. The engines
	// opened before are closed.
	Restart func(t *testing.T)
}

// Run runs the suite; fresh gives a store of its own to every test.
func Run(t *testing.T, fresh func(t *testing.T) Store) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, s Store)
	}{
		{"finds by text", findsByText},
		{"finds the one with some words among many with one", findsTheOneAmongMany},
		{"puts first what answers the part that tells", putsFirstWhatTells},
		{"takes half of what is named for half of a text", halvesByWhatIsNamed},
		{"finds however it is written", findsHoweverItIsWritten},
		{"finds compounds in one word, with a hyphen and in two", findsCompounds},
		{"finds names of several words where these stand apart", findsNames},
		{"marks what was found", marksWhatWasFound},
		{"marks the passage that answers best", marksTheBestPassage},
		{"marks what has no place of its own", marksWhatHasNoPlace},
		{"holds to conditions", holdsToConditions},
		{"finds alternatives", findsAlternatives},
		{"orders many alternatives", ordersManyAlternatives},
		{"raises what is wished for", raisesWishes},
		{"takes what answers a text otherwise", takesWhatAnswersOtherwise},
		{"suggests", suggests},
		{"suggests alike in one order", suggestsAlikeInOneOrder},
		{"corrects", corrects},
		{"corrects what few write", correctsWhatFewWrite},
		{"filters and counts", filtersAndCounts},
		{"sorts", sorts},
		{"pages", pages},
		{"pages of equals", pagesOfEquals},
		{"hides tiers", hidesTiers},
		{"agrees with a plain scan", agreesWithScan},
		{"counts far", countsFar},
		{"changes and removes", changesAndRemoves},
		{"keeps data across a restart", keepsData},
		{"rebuilds behind the old index", rebuilds},
		{"asks in the words that the index was made with", keepsItsWords},
		{"tells what is common", tellsWhatIsCommon},
		{"survives a failed rebuild", survivesFailedRebuild},
		{"lists and reconciles", reconciles},
		{"refuses queries out of bounds", refusesBadQueries},
		{"searches while it is written", searchesWhileWritten},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, fresh(t)) })
	}
}

// limit of one test: a Meilisearch beside other tests can be slow.
const limit = 2 * time.Minute

func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	t.Cleanup(cancel)
	return ctx
}

// Shipped is the analysis with the synonyms that the program ships.
func Shipped(t *testing.T) *analysis.Analyzer {
	t.Helper()
	data, err := config.Files.ReadFile("synonyms.yaml")
	must(t, err)
	synonyms, err := analysis.ParseSynonyms(data)
	must(t, err)
	return analysis.New(synonyms)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// filled opens a store and brings the fixtures in.
func filled(t *testing.T, s Store) search.Engine {
	t.Helper()
	e := open(t, s)
	must(t, e.Apply(within(t), search.Batch{Upsert: Fixtures()}))
	return e
}

func open(t *testing.T, s Store) search.Engine {
	t.Helper()
	e := s.Open(t, Shipped(t))
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

func ask(t *testing.T, e search.Searcher, q search.Query) search.Result {
	t.Helper()
	if q.Limit == 0 {
		q.Limit = 100
	}
	r, err := e.Search(within(t), q)
	if err != nil {
		t.Fatalf("%+v: %v", q, err)
	}
	return r
}

func ids(r search.Result) []string {
	out := make([]string, len(r.Hits))
	for i, h := range r.Hits {
		out[i] = h.ID
	}
	return out
}
