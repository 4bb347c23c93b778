package finding

import (
	"context"

	"chengqiao/internal/policy"
	"chengqiao/internal/search"
)

// Topics finds listings by what a text speaks of, in its words or others, as the
// listings themselves teach which words go together.
type Topics interface {
	// About are the ids of listings of some kinds, or of all without any, that speak
	// of what a text does, as readers of these tiers have them, best first.
	About(text string, kinds []search.Kind, tiers []policy.Tier, limit int) []string
	Describer
}

// Describer finds listings that a text describes.
type Describer interface {
	// Described are the ids of listings of some kinds, or of all without any, that a text
	// describes in its words or others, as readers of these tiers have them, best first;
	// none of a text that names something rather than describing it.
	Described(text string, kinds []search.Kind, tiers []policy.Tier, limit int) []string
}

// ByTopic lets the finder tell of listings that speak of the same.
func (f *Finder) ByTopic(t Topics) { f.topics = t }

const (
	// sparse is the number of hits below which others are told that speak of the
	// same in other words, and alike how many of them at most.
	sparse = 10
	alike  = 10
	// looked is how many of the nearest are looked through for those.
	looked = 100
)

// Alike are listings that speak of what a request asks for in other words, best
// first, where few are found: by an embedding service, which tells of others also
// where none has all of the words, or else by the listings' own texts. They pass
// the request's filters and conditions, and are not among what Find finds; page and
// order of the request play no part. Errors: those of Find.
func (f *Finder) Alike(ctx context.Context, actor policy.Actor, r Request) ([]Hit, error) {
	if err := policy.Check(actor, policy.SearchRun, policy.Facts{}).Err(); err != nil {
		return nil, err
	}
	reader, err := f.readerOf(ctx, actor)
	if err != nil {
		return nil, err
	}
	q := r.reading().query
	q.Reader = reader
	if q.Text == "" {
		return nil, nil
	}
	q.Also = f.described(q)
	said, err := f.searcher.Search(ctx, q)
	if err != nil {
		return nil, err
	}
	near := f.near(ctx, q, said)
	if len(near) == 0 {
		return nil, nil
	}
	hits, err := f.unsaid(ctx, q, said.Match, near)
	if err != nil {
		return nil, err
	}
	return f.shown(ctx, actor, reader, hits)
}

// near are the ids of listings that speak of what a query does beside what was
// found, best first.
func (f *Finder) near(ctx context.Context, q search.Query, found search.Result) []string {
	few := found.Total < sparse
	if few || found.Match.Partly() {
		if sense := f.senseOf(ctx, q); sense != nil {
			if near := sense.Nearest(q.Reader.Tiers, looked); len(near) > 0 {
				return near
			}
		}
	}
	// What is about the subject says some of its words: where many do, what is left
	// says but one.
	if few && f.topics != nil {
		return f.topics.About(q.Text, kindsOf(q), q.Reader.Tiers, looked)
	}
	return nil
}

// described are the ids of listings that a query's text describes, best first: they
// are found with those that have its words. Where other words are wished for, these
// decide the order.
func (f *Finder) described(q search.Query) []string {
	if f.topics == nil || q.Wishes != "" {
		return nil
	}
	return describedBy(f.topics, q)
}

func describedBy(d Describer, q search.Query) []string {
	if q.Text == "" {
		return nil
	}
	return d.Described(q.Text, kindsOf(q), q.Reader.Tiers, looked)
}

// kindsOf are the kinds that a query is for; none for all.
func kindsOf(q search.Query) []search.Kind {
	var kinds []search.Kind
	for _, k := range q.Filters[search.FacetKind] {
		kinds = append(kinds, search.Kind(k))
	}
	return kinds
}

// unsaid are those of some listings that a query's filters and conditions admit
// and that its words, matched so, do not find.
func (f *Finder) unsaid(ctx context.Context, q search.Query, match search.Match, near []string) ([]search.Hit, error) {
	open := q
	open.Text, open.Within, open.Limit = "", near, len(near)
	admitted, err := f.searcher.Search(ctx, open)
	if err != nil || len(admitted.Hits) == 0 {
		return nil, err
	}
	said := q
	said.Match, said.Within, said.Limit = match, idsOf(admitted.Hits), len(admitted.Hits)
	found, err := f.searcher.Search(ctx, said)
	if err != nil {
		return nil, err
	}
	by := make(map[string]search.Hit, len(admitted.Hits))
	for _, h := range admitted.Hits {
		by[h.ID] = h
	}
	for _, h := range found.Hits {
		delete(by, h.ID)
	}
	var out []search.Hit
	for _, id := range near {
		if h, ok := by[id]; ok && len(out) < alike {
			out = append(out, h)
		}
	}
	return out, nil
}
