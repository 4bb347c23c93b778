package finding

import (
	"context"
	"slices"

	"chengqiao/internal/policy"
	"chengqiao/internal/search"
)

// In is the finder over another engine: one that holds a few listings by
// themselves.
func (f *Finder) In(searcher search.Searcher) *Finder {
	other := *f
	other.searcher = searcher
	return &other
}

// exactly is the question of alerts and feeds: what answers every word, the
// newest first, up to limit. A text of too many words to name something is
// answered as its words alone answer the search. Nobody wants to be told of what is
// merely similar.
func exactly(r Request, reader search.Reader, limit int) search.Query {
	q := r.reading().query
	q.Reader, q.Sort, q.Limit, q.Match = reader, search.SortNewest, limit, search.MatchAll
	if len([]rune(q.Text)) > search.MaxAllUnits*longUnit {
		q.Match = search.MatchAuto
	}
	return q
}

// longUnit is the length of a longish word, in characters.
const longUnit = 8

// Exactly are the cards of what answers every word of a request, as the actor
// reads, newest first, up to limit. Errors: those of Find.
func (f *Finder) Exactly(ctx context.Context, actor policy.Actor, r Request, limit int) ([]Card, error) {
	if err := policy.Check(actor, policy.SearchRun, policy.Facts{}).Err(); err != nil {
		return nil, err
	}
	reader, err := f.readerOf(ctx, actor)
	if err != nil {
		return nil, err
	}
	result, err := f.searcher.Search(ctx, exactly(r, reader, limit))
	if err != nil {
		return nil, err
	}
	cards, err := f.cards.Cards(ctx, actor, reader.Granted, result.Hits)
	if err != nil {
		return nil, err
	}
	out := make([]Card, 0, len(result.Hits))
	for _, h := range result.Hits {
		if card, ok := cards[h.ID]; ok {
			out = append(out, card)
		}
	}
	return out, nil
}

// Candidates are the ids of what answers every word of a request for a reader
// of every tier: not to be shown to anybody, but to be asked for again as
// somebody reads. An exclusion is left to that second asking: a word in a tier
// that somebody lacks excludes nothing for them.
func Candidates(ctx context.Context, searcher search.Searcher, r Request, limit int) ([]string, error) {
	q := exactly(r, search.Reader{Tiers: policy.AllTiers}, limit)
	q.Conditions = slices.DeleteFunc(q.Conditions, func(c search.Condition) bool { return c.Not })
	result, err := searcher.Search(ctx, q)
	if err != nil {
		return nil, err
	}
	ids := make([]string, 0, len(result.Hits))
	for _, h := range result.Hits {
		ids = append(ids, h.ID)
	}
	return ids, nil
}
