package finding

import (
	"context"
	"slices"

	"chengqiao/internal/policy"
	"chengqiao/internal/search"
)

// In is the finder over another engine: one that holds a few listings by
// themselves, of which fresh tells those that a text describes.
func (f *Finder) In(searcher search.Searcher, fresh Describer) *Finder {
	other := *f
	other.searcher, other.fresh = searcher, fresh
	return &other
}

// AlsoDescribed is the finder whose Exactly gives what a text describes among all
// listings too.
func (f *Finder) AlsoDescribed() *Finder {
	other := *f
	if f.topics != nil {
		other.fresh = f.topics
	}
	return &other
}

// exactly asks for alerts and feeds: for what answers every word, the newest first,
// up to limit. A text of too many words to name something is answered as its words
// alone answer the search. Nobody wants to be told of what is merely similar.
// Those among some listings that its text describes follow.
func (f *Finder) exactly(ctx context.Context, q search.Query, described []string, limit int) ([]search.Hit, error) {
	q.Sort, q.Limit, q.Match = search.SortNewest, limit, search.MatchAll
	if len([]rune(q.Text)) > search.MaxAllUnits*longUnit {
		q.Match = search.MatchAuto
	}
	found, err := f.searcher.Search(ctx, q)
	described = slices.DeleteFunc(described, func(id string) bool {
		return slices.ContainsFunc(found.Hits, func(h search.Hit) bool { return h.ID == id })
	})
	if err != nil || len(described) == 0 {
		return found.Hits, err
	}
	q.Text, q.Within = "", described
	others, err := f.searcher.Search(ctx, q)
	hits := append(found.Hits, others.Hits...)
	return hits[:min(len(hits), limit)], err
}

// longUnit is the length of a longish word, in characters.
const longUnit = 8

// Exactly are the cards of what answers every word of a request, as the actor
// reads, newest first, up to limit; behind these, of what its text describes, where that is
// looked for (In, AlsoDescribed). Errors: those of Find.
func (f *Finder) Exactly(ctx context.Context, actor policy.Actor, r Request, limit int) ([]Card, error) {
	if err := policy.Check(actor, policy.SearchRun, policy.Facts{}).Err(); err != nil {
		return nil, err
	}
	reader, err := f.readerOf(ctx, actor)
	if err != nil {
		return nil, err
	}
	q := r.reading().query
	q.Reader = reader
	hits, err := f.exactly(ctx, q, f.freshly(q, reader.Tiers), limit)
	if err != nil {
		return nil, err
	}
	cards, err := f.cards.Cards(ctx, actor, reader.Granted, hits)
	if err != nil {
		return nil, err
	}
	out := make([]Card, 0, len(hits))
	for _, h := range hits {
		if card, ok := cards[h.ID]; ok {
			out = append(out, card)
		}
	}
	return out, nil
}

// Candidates are the ids of what Exactly would give a reader of every tier: not to be
// shown to anybody, but to be asked for again as somebody reads. An exclusion is left to
// that second asking: a word in a tier that somebody lacks excludes nothing for them.
func (f *Finder) Candidates(ctx context.Context, r Request, limit int) ([]string, error) {
	q := r.reading().query
	q.Reader = search.Reader{Tiers: policy.AllTiers}
	q.Conditions = slices.DeleteFunc(q.Conditions, func(c search.Condition) bool { return c.Not })
	var described []string // a text may fit what some read of a listing better than all of it
	for n := range policy.AllTiers {
		described = append(described, f.freshly(q, policy.AllTiers[:n+1])...)
	}
	slices.Sort(described)
	hits, err := f.exactly(ctx, q, slices.Compact(described), limit)
	if err != nil {
		return nil, err
	}
	return idsOf(hits), nil
}

// freshly are the fresh listings that a query's text describes, as readers of some tiers have them.
func (f *Finder) freshly(q search.Query, tiers []policy.Tier) []string {
	if f.fresh == nil {
		return nil
	}
	q.Reader.Tiers = tiers
	return describedBy(f.fresh, q)
}
