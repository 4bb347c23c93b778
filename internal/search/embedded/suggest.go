package embedded

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"chengqiao/internal/policy"
	"chengqiao/internal/search"
	"chengqiao/internal/search/analysis"
)

// Suggest implements search.Suggester.
func (e *Engine) Suggest(ctx context.Context, q search.Typing) (search.Suggestions, error) {
	if err := q.Validate(); err != nil {
		return search.Suggestions{}, err
	}
	g, release, err := e.open()
	if err != nil {
		return search.Suggestions{}, err
	}
	defer release()
	typed := analysis.NewTyped(q.Text)
	if typed.Empty() {
		return search.Suggestions{}, nil
	}
	g.mu.RLock()
	defer g.mu.RUnlock()
	s := suggesting{g: g, typed: typed, reader: q.Reader, sight: g.columns.sight(q.Reader)}
	if !s.sight.full.IsEmpty() {
		return s.suggestions(ctx, q)
	}
	// Of readers who have nothing of their own, all of a sort are told the same.
	key := typedKey{q.Text, q.Listings, q.Keywords, q.Organisations, tiersOf(q.Reader), g.changes}
	if told, ok := g.told.Get(key); ok {
		return told, nil
	}
	out, err := s.suggestions(ctx, q)
	if err == nil {
		g.told.Put(key, out)
	}
	return out, err
}

// typedKey is what suggestions for readers with nothing of their own depend on.
type typedKey struct {
	text                              string
	listings, keywords, organisations int
	tiers                             uint8  // a bit each of policy.AllTiers
	changes                           uint64 // as in generation
}

func tiersOf(r search.Reader) uint8 {
	var bits uint8
	for i, tier := range policy.AllTiers {
		if r.Reads(tier) {
			bits |= 1 << i
		}
	}
	return bits
}

// suggestions are not to be changed.
func (s *suggesting) suggestions(ctx context.Context, q search.Typing) (out search.Suggestions, err error) {
	out = search.Suggestions{
		Keywords:      s.keywords(q.Keywords),
		Organisations: s.organisations(q.Organisations),
	}
	if err := ctx.Err(); err != nil {
		return search.Suggestions{}, err
	}
	if out.Listings, err = s.listings(q.Listings); err != nil {
		return search.Suggestions{}, fmt.Errorf("suggest: %w", err)
	}
	return out, nil
}

// suggesting is one reader's typing, over an index that does not change
// meanwhile.
type suggesting struct {
	g      *generation
	typed  analysis.Typed
	reader search.Reader
	sight  sight
}

const (
	// keptPhrases is how many phrases are kept of each way to be found, of every
	// segment and tier: those in the most documents.
	keptPhrases = 24
	// countedPhrases is for how many times the wanted keywords a search is
	// counted: some find nothing any more.
	countedPhrases = 2
)

// writing is one way in which a phrase is written, with in how many documents.
type writing struct {
	shown string
	held  int
}

// phrases are those of a kind that answer what was typed, with in how many
// documents that the reader reads each is, in order. Beyond what the reader's
// tiers hold nothing is looked at: no count depends on hidden texts.
func (s *suggesting) phrases(kind int) []search.Candidate[[]writing] {
	keys := map[string]bool{s.typed.Key(): true}
	s.books(kind, func(l *phraseBook) {
		for key := range topPhrases(l, s.typed) {
			keys[key] = true
		}
	})
	var out []search.Candidate[[]writing]
	for key := range keys {
		c := search.Candidate[[]writing]{Closeness: s.typed.Closeness(key), Key: key, Value: s.writings(kind, key)}
		if c.Closeness == analysis.Apart {
			continue
		}
		for _, w := range c.Value {
			c.Count += w.held
		}
		if c.Count > 0 { // else it is of documents that are gone
			out = append(out, c)
		}
	}
	search.Rank(out)
	return out
}

// writings are those of a key, that of the most documents first.
func (s *suggesting) writings(kind int, key string) []writing {
	var out []writing
	s.books(kind, func(l *phraseBook) {
		l.writings(key, func(shown string, holders []uint32) {
			held := 0
			for _, o := range holders {
				if s.g.columns.sees(s.sight, o) {
					held++
				}
			}
			if held == 0 {
				return
			}
			i := slices.IndexFunc(out, func(w writing) bool { return w.shown == shown })
			if i < 0 {
				i = len(out)
				out = append(out, writing{shown: shown})
			}
			out[i].held += held
		})
	})
	slices.SortFunc(out, func(a, b writing) int {
		return cmp.Or(cmp.Compare(b.held, a.held), cmp.Compare(a.shown, b.shown))
	})
	return out
}

// books visits those of the tiers that the reader reads of any document.
func (s *suggesting) books(kind int, visit func(l *phraseBook)) {
	for i, tier := range policy.AllTiers {
		if !s.reader.Reads(tier) {
			continue
		}
		for _, segment := range s.g.segments {
			visit(segment.books()[phraseNumber(kind, i)])
		}
	}
}

// topPhrases are the keys of those phrases of a book that answer and are in
// the most documents.
func topPhrases(l *phraseBook, typed analysis.Typed) map[string]bool {
	type held struct {
		phrase  uint32
		holders int
	}
	var kept [analysis.Apart][]held // by how they were found
	l.names.Answering(typed, func(p uint32, found analysis.Closeness) {
		list, holders := kept[found], l.holders(p)
		if n := len(list); n == keptPhrases {
			if list[n-1].holders >= holders {
				return
			}
			list = list[:n-1]
		}
		at, _ := slices.BinarySearchFunc(list, holders, func(h held, n int) int { return cmp.Compare(n, h.holders) })
		kept[found] = slices.Insert(list, at, held{p, holders})
	})
	out := map[string]bool{}
	for _, list := range kept {
		for _, h := range list {
			out[string(l.key(h.phrase))] = true
		}
	}
	return out
}

// keywords are the keywords of listings and of the synonym list, with what a
// search for each finds.
func (s *suggesting) keywords(limit int) []search.KeywordSuggestion {
	if limit == 0 {
		return nil
	}
	var found []search.Candidate[string]
	known := map[string]bool{}
	for _, c := range s.phrases(keywordPhrases) {
		known[c.Key] = true
		found = append(found, search.Candidate[string]{Closeness: c.Closeness, Count: c.Count, Key: c.Key, Value: c.Value[0].shown})
	}
	s.g.analyzer.SynonymNames(s.typed, func(x analysis.SynonymName, c analysis.Closeness) {
		if !known[x.Key] {
			found = append(found, search.Candidate[string]{Closeness: c, Key: x.Key, ID: x.Text, Value: x.Text})
		}
	})
	search.RankWritten(found)
	var kept []search.Candidate[string]
	asked := map[string]bool{}
	for _, c := range found {
		plan := s.g.analyzer.Plan(c.Value)
		if key := plan.Key(); !asked[key] { // another name of the same is no other search
			asked[key] = true
			if c.Count = s.count(plan); c.Count > 0 {
				kept = append(kept, c)
			}
		}
		if len(asked) == countedPhrases*limit {
			break
		}
	}
	search.Rank(kept)
	var out []search.KeywordSuggestion
	for _, c := range kept[:min(len(kept), limit)] {
		out = append(out, search.KeywordSuggestion{Text: c.Value, Count: c.Count})
	}
	return out
}

// organisations are those with listings under their names.
func (s *suggesting) organisations(limit int) []search.OrganisationSuggestion {
	if limit == 0 {
		return nil
	}
	column := s.g.columns.facets[slices.Index(search.KeptFacets, search.FacetOrganisation)]
	var out []search.OrganisationSuggestion
	for _, c := range s.phrases(organisationPhrases) {
		for _, w := range c.Value {
			o := organisationOf(w.shown)
			if slices.ContainsFunc(out, func(known search.OrganisationSuggestion) bool { return known.ID == o.ID }) {
				continue // by its other name
			}
			if n, ok := column.number[o.ID]; ok {
				o.Count = int(column.holders[n].AndCardinality(s.sight.visible))
			}
			if out = append(out, o); len(out) == limit {
				return out
			}
		}
	}
	return out
}
