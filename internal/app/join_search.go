package app

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"slices"
	"sync"
	"time"

	"chengqiao/internal/finding"
	"chengqiao/internal/httpapi"
	"chengqiao/internal/indexing"
	"chengqiao/internal/match"
	"chengqiao/internal/notify"
	"chengqiao/internal/policy"
	"chengqiao/internal/savedsearch"
	"chengqiao/internal/search"
	"chengqiao/internal/search/embedded"
)

// searchFinder answers saved searches by the engine, and a few listings by
// themselves by an embedded one of their own: what was published a moment ago
// the engine may not know yet.
type searchFinder struct{ p *platform }

var _ savedsearch.Finder = searchFinder{}

func (j searchFinder) Check(q savedsearch.Query) error {
	_, err := finding.FromParameters(q)
	return err
}

func (j searchFinder) Found(ctx context.Context, actor policy.Actor, q savedsearch.Query, limit int) ([]savedsearch.Item, error) {
	return itemsOf(ctx, j.p.index.finder, actor, q, limit)
}

func (j searchFinder) Known(ctx context.Context, actor policy.Actor, q savedsearch.Query, limit int) ([]savedsearch.Item, error) {
	return itemsOf(ctx, j.p.index.finder.AlsoDescribed(), actor, q, limit)
}

func itemsOf(ctx context.Context, finder *finding.Finder, actor policy.Actor, q savedsearch.Query, limit int) ([]savedsearch.Item, error) {
	r, err := finding.FromParameters(q)
	if err != nil {
		return nil, err
	}
	cards, err := finder.Exactly(ctx, actor, r, limit)
	if err != nil {
		return nil, err
	}
	out := make([]savedsearch.Item, 0, len(cards))
	for _, c := range cards {
		line := c.ValueLine
		if line.IsZero() {
			line = c.Snippet
		}
		out = append(out, savedsearch.Item{Kind: c.Kind, ID: c.ID, Title: c.Title, Line: line, Organisation: c.OrgName, PublishedAt: c.PublishedAt})
	}
	return out, nil
}

func (j searchFinder) Marks(ctx context.Context, listings []string) (map[string]string, error) {
	return j.p.index.listings.Marks(ctx, listings)
}

func (j searchFinder) Gather(ctx context.Context, ids []string) (savedsearch.Gathered, error) {
	documents, err := j.p.index.listings.Load(ctx, ids)
	if err != nil {
		return nil, err
	}
	// In the system's folder for such: what a crash leaves there goes by itself.
	dir, err := os.MkdirTemp("", "chengqiao-fresh-")
	if err != nil {
		return nil, fmt.Errorf("fresh listings: %w", err)
	}
	engine, err := embedded.Open(ctx, dir, j.p.index.words.analyzer())
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	refs := make([]match.Ref, len(documents))
	for i, d := range documents {
		refs[i] = match.Ref{Kind: match.Kind(d.Kind), ID: d.ID}
	}
	listings, err := j.p.index.listings.Live(ctx, refs)
	if err != nil {
		return nil, errors.Join(err, engine.Close(), os.RemoveAll(dir))
	}
	// Most saved searches name something: only one that describes waits for this.
	offers := sync.OnceValue(func() *match.Offers { return j.p.index.knowing(ctx, refs).Offer(listings) })
	fresh := indexing.Fresh{Topics: j.p.index.topics, Offers: offers}
	g := gathered{engine: engine, dir: dir, finder: j.p.index.finder.In(engine, fresh), size: max(len(documents), 1)}
	if err := engine.Apply(ctx, search.Batch{Upsert: documents}); err != nil {
		return nil, errors.Join(err, g.Close())
	}
	return g, nil
}

// longestKnowing is how long listings are waited for that matching is about to hear of.
const longestKnowing = 5 * time.Second

// knowing is the matching index, where it is in time as it knows some listings: of words
// that it has never seen none counts.
func (i *indexes) knowing(ctx context.Context, refs []match.Ref) *match.Index {
	ctx, cancel := context.WithTimeout(ctx, longestKnowing)
	defer cancel()
	for {
		index := i.matching.Index()
		if !slices.ContainsFunc(refs, func(r match.Ref) bool { return !index.Has(r) }) {
			return index
		}
		select {
		case <-ctx.Done():
			return index
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// gathered is a few listings in an engine of their own.
type gathered struct {
	engine *embedded.Engine
	dir    string
	finder *finding.Finder
	size   int
}

func (g gathered) Candidates(ctx context.Context, q savedsearch.Query) ([]string, error) {
	r, err := finding.FromParameters(q)
	if err != nil {
		return nil, err
	}
	return g.finder.Candidates(ctx, r, g.size)
}

func (g gathered) Found(ctx context.Context, actor policy.Actor, q savedsearch.Query) ([]savedsearch.Item, error) {
	return itemsOf(ctx, g.finder, actor, q, g.size)
}

func (g gathered) Close() error { return errors.Join(g.engine.Close(), os.RemoveAll(g.dir)) }

// searchTeller tells digests by letters and notifications.
type searchTeller struct{ p *platform }

var _ savedsearch.Teller = searchTeller{}

func (j searchTeller) Tell(ctx context.Context, d savedsearch.Digest) error {
	base := j.p.cfg.Server.PublicURL
	told := notify.Digest{
		EventID: d.EventID, PersonID: d.Person.PersonID, AccountID: d.Search.AccountID, Kind: savedsearch.Kind, SubjectID: d.Search.ID, Name: d.Search.Name,
		ByMail: d.Search.ByMail, InApp: d.Search.InApp,
		Link:        base + searchPage(newestFirst(d.Search.Query)),
		Unsubscribe: base + "/unsubscribe?token=" + url.QueryEscape(d.Unsubscribe),
		OneClick:    base + httpapi.UnsubscribePath + "?token=" + url.QueryEscape(d.Unsubscribe),
	}
	for _, i := range d.Items {
		told.Items = append(told.Items, notify.DigestItem{Kind: i.Kind, Title: i.Title, Line: i.Line, Owner: i.Organisation, Link: base + "/" + i.Kind + "s/" + i.ID})
	}
	return j.p.notices.TellDigest(ctx, told)
}

func (j searchTeller) Forget(ctx context.Context, s savedsearch.Search) error {
	return j.p.notices.ForgetDigests(ctx, s.AccountID, savedsearch.Kind, s.ID)
}

// newestFirst is a query in the order in which a letter's reader looks for what
// is new.
func newestFirst(q savedsearch.Query) savedsearch.Query {
	q = maps.Clone(q)
	q["sort"] = []string{string(search.SortNewest)}
	return q
}

// searchPage is the address of the search page for a query.
func searchPage(q savedsearch.Query) string {
	return "/search?" + url.Values(q).Encode()
}

// feeds give the HTTP server what feeds hold.
type feeds struct{ p *platform }

var _ httpapi.Feeds = feeds{}

func (j feeds) SavedFeed(ctx context.Context, key string) (httpapi.Feed, error) {
	s, items, err := j.p.searches.Feed(ctx, key)
	if err != nil {
		return httpapi.Feed{}, err
	}
	return feedOf(s.ID, s.Name, s.Query, items), nil
}

func (j feeds) PublicFeed(ctx context.Context, values url.Values) (httpapi.Feed, error) {
	q := savedsearch.Query(values)
	items, err := j.p.searches.PublicFeed(ctx, q)
	if err != nil {
		return httpapi.Feed{}, err
	}
	return feedOf("", values.Get("q"), q, items), nil
}

func (j feeds) Unsubscribe(ctx context.Context, link string) error {
	_, err := letterEndings(j).End(ctx, policy.Actor{}, link)
	return err
}

func feedOf(id, name string, q savedsearch.Query, items []savedsearch.Item) httpapi.Feed {
	f := httpapi.Feed{ID: id, Name: name, Page: searchPage(q)}
	for _, i := range items {
		f.Entries = append(f.Entries, httpapi.FeedEntry{
			Kind: i.Kind, ID: i.ID, Title: i.Title, Summary: i.Line, Author: i.Organisation, UpdatedAt: i.PublishedAt,
		})
	}
	return f
}
