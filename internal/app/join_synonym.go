package app

import (
	"context"

	"chengqiao/internal/policy"
	"chengqiao/internal/store"
	"chengqiao/internal/synonym"
)

// synonymCounter counts by the search.
type synonymCounter struct{ p *platform }

var _ synonym.Counter = synonymCounter{}

func (j synonymCounter) Count(ctx context.Context, actor policy.Actor, expression string, alone bool) (int, error) {
	return j.p.index.finder.Count(ctx, actor, expression, alone)
}

func (p *platform) buildSynonyms() {
	var fields []string
	for _, t := range p.taxonomies.List("technical_field") {
		fields = append(fields, t.Code)
	}
	p.synonymList = synonym.NewService(synonym.Deps{
		Tx: p.db, Store: store.NewSynonym(p.db), Journal: p.journal, Clock: p.clock, Fields: fields, Shipped: p.synonyms,
		Applied: func() int64 { return p.index.words.applied.Load() }, Counter: synonymCounter{p},
	})
}
