package meili

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/meilisearch/meilisearch-go"

	"chengqiao/internal/search"
	"chengqiao/internal/search/analysis"
)

// Suggestions are read off the listings that answer what was typed: those whose
// titles do, and more that may do by a keyword or a name. What is found of a
// keyword is counted by a second request.
const (
	sampledTitles = 40
	sampledNames  = 150
	// countedPhrases is for how many times the wanted keywords a search is counted.
	countedPhrases = 2
	// An unfinished word of so many letters may already be longer than the stem
	// of its whole, by at most such an ending.
	endedWord, longestEnding = 9, 6
)

// namesOf is a document without what is too long to be suggested.
func namesOf(d *search.Document) search.Document {
	out := search.Document{
		ID: d.ID, Kind: d.Kind, Owner: d.Owner, Audience: d.Audience,
		Facets: search.Facets{Organisation: d.Facets.Organisation, OrgKind: d.Facets.OrgKind},
	}
	for _, t := range d.Texts {
		out.Texts = append(out.Texts, search.Text{
			Tier: t.Tier, Language: t.Language, Title: t.Title, Keywords: t.Keywords, Organisations: t.Organisations,
		})
	}
	return out
}

// Suggest implements search.Suggester.
func (e *Engine) Suggest(ctx context.Context, q search.Typing) (search.Suggestions, error) {
	if err := q.Validate(); err != nil {
		return search.Suggestions{}, err
	}
	typed := analysis.NewTyped(q.Text)
	if typed.Empty() {
		return search.Suggestions{}, nil
	}
	var out search.Suggestions
	_, err := e.asking(ctx, func(a *asker) (search.Result, error) {
		var err error
		out, err = a.suggest(ctx, q, typed)
		return search.Result{}, err
	})
	return out, err
}

func (e *asker) suggest(ctx context.Context, q search.Typing, typed analysis.Typed) (search.Suggestions, error) {
	found, err := e.sample(ctx, q.Reader, typed)
	if err != nil {
		return search.Suggestions{}, err
	}
	out := search.Suggestions{Listings: listings(found, q, typed)}
	keywords, organisations := phrases(found, q.Reader, typed)
	e.analyzer.SynonymNames(typed, func(x analysis.SynonymName, c analysis.Closeness) {
		keywords = append(keywords, search.Candidate[string]{Closeness: c, Key: x.Key, ID: x.Text, Value: x.Text})
	})
	search.RankWritten(keywords)
	search.Rank(organisations)
	keywords = first(keywords, countedPhrases*q.Keywords, func(c search.Candidate[string]) string { return e.analyzer.Plan(c.Value).Key() })
	organisations = first(organisations, q.Organisations, func(c search.Candidate[search.OrganisationSuggestion]) string { return c.Value.ID })
	err = e.counted(ctx, q, keywords, organisations, &out)
	return out, err
}

// first are the first of ranked candidates, each name once.
func first[T any](list []search.Candidate[T], limit int, name func(search.Candidate[T]) string) []search.Candidate[T] {
	known := map[string]bool{}
	var out []search.Candidate[T]
	for _, c := range list {
		if n := name(c); !known[n] && len(out) < limit {
			known[n] = true
			out = append(out, c)
		}
	}
	return out
}

// sample are documents that answer what was typed by their titles, and such
// that do by anything.
func (e *asker) sample(ctx context.Context, reader search.Reader, typed analysis.Typed) ([]search.Document, error) {
	plain := &search.Query{Reader: reader}
	titles := []search.Area{search.AreaTitle, search.AreaPinyin, search.AreaInitial}
	var requests []*meilisearch.SearchRequest
	for _, plan := range plans(typed) {
		for _, s := range shares(reader, true) {
			t := question{plan: plan, match: search.MatchClose}
			byTitle, byAll := e.request(plain, t, s), e.request(plain, t, s)
			byTitle.AttributesToSearchOn = attributes(titles, s.tier)
			page(byTitle, sampledTitles, 1)
			page(byAll, sampledNames, 1)
			for _, r := range []*meilisearch.SearchRequest{byTitle, byAll} {
				r.AttributesToRetrieve = []string{namesAttribute}
				requests = append(requests, r)
			}
		}
	}
	answers, err := e.multi(ctx, requests)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	var out []search.Document
	for _, a := range answers {
		for _, h := range a.Hits {
			var text string
			var d search.Document
			if err := json.Unmarshal(h[namesAttribute], &text); err != nil {
				return nil, fmt.Errorf("meilisearch: suggest: %w", err)
			}
			if err := json.Unmarshal([]byte(text), &d); err != nil {
				return nil, fmt.Errorf("meilisearch: suggest: %w", err)
			}
			if !seen[d.ID] {
				seen[d.ID] = true
				out = append(out, d)
			}
		}
	}
	return out, nil
}

// plans ask for what was typed as it stands, with a shorter beginning of its
// last word, and as pinyin typed with spaces.
func plans(typed analysis.Typed) []analysis.Plan {
	var plan analysis.Plan
	parts := typed.Parts()
	for i, p := range parts {
		class := analysis.Bigram
		if p.Single {
			class = analysis.Single
		} else if p.Word != "" {
			class = analysis.Word
		}
		for _, term := range p.Terms {
			plan.Units = append(plan.Units, analysis.Unit{
				Term: term, Class: class, Count: 1, Prefix: class == analysis.Word && i == len(parts)-1, Initials: class == analysis.Word,
			})
		}
	}
	out := []analysis.Plan{plan}
	if n := len(parts); n > 0 && len(parts[n-1].Word) >= endedWord {
		short := slices.Clone(plan.Units)
		word := parts[n-1].Word
		short[len(short)-1].Term = word[:max(len(word)-longestEnding, endedWord-longestEnding)]
		out = append(out, analysis.Plan{Units: short})
	}
	if typed.Sound() != "" && len(parts) > 1 {
		out = append(out, analysis.Plan{Units: []analysis.Unit{{Term: typed.SoundTerm(), Class: analysis.Word, Count: 1, Prefix: true, Initials: true}}})
	}
	return out
}

// listings are those whose titles answer.
func listings(found []search.Document, q search.Typing, typed analysis.Typed) []search.ListingSuggestion {
	var list []search.Candidate[search.ListingSuggestion]
	for i := range found {
		d := &found[i]
		best := search.Candidate[search.ListingSuggestion]{Closeness: analysis.Apart}
		for _, t := range d.Readable(q.Reader) {
			if c := typed.Closeness(analysis.Key(t.Title)); c < best.Closeness {
				best = search.Candidate[search.ListingSuggestion]{Closeness: c, Key: analysis.Key(t.Title), ID: d.ID, Value: search.ListingSuggestion{
					ID: d.ID, Kind: d.Kind, Title: t.Title, Language: t.Language,
				}}
			}
		}
		if best.Closeness != analysis.Apart {
			list = append(list, best)
		}
	}
	search.Rank(list)
	var out []search.ListingSuggestion
	for _, c := range first(list, q.Listings, func(c search.Candidate[search.ListingSuggestion]) string { return c.Value.ID }) {
		out = append(out, c.Value)
	}
	return out
}

// phrases are the keywords and organisations of documents that answer, of what
// the reader's tiers hold.
func phrases(found []search.Document, reader search.Reader, typed analysis.Typed) (
	keywords []search.Candidate[string], organisations []search.Candidate[search.OrganisationSuggestion],
) {
	type held struct{ shown, key string }
	writings := map[held]int{}
	byID := map[string]search.Candidate[search.OrganisationSuggestion]{}
	for i := range found {
		for tier, p := range found[i].Phrases() {
			if !reader.Reads(tier) {
				continue
			}
			for _, k := range p.Keywords {
				if key := analysis.Key(k); typed.Closeness(key) != analysis.Apart {
					writings[held{k, key}]++
				}
			}
			if o := p.Organisation; o != nil {
				for _, name := range o.Names {
					key := analysis.Key(name)
					c, ok := byID[o.ID]
					if !ok {
						c.Closeness, c.ID = analysis.Apart, o.ID
						c.Value = search.OrganisationSuggestion{ID: o.ID, Kind: o.Kind, Names: o.Names}
					}
					if closeness := typed.Closeness(key); closeness < c.Closeness {
						c.Closeness, c.Key = closeness, key
					}
					byID[o.ID] = c
				}
			}
		}
	}
	byKey := map[string]search.Candidate[string]{}
	most := map[string]int{}
	for w, n := range writings {
		c := byKey[w.key]
		c.Closeness, c.Key = typed.Closeness(w.key), w.key
		c.Count += n
		if n > most[w.key] || n == most[w.key] && w.shown < c.Value {
			c.Value, most[w.key] = w.shown, n
		}
		byKey[w.key] = c
	}
	for _, c := range byKey {
		keywords = append(keywords, c)
	}
	for _, c := range byID {
		if c.Closeness != analysis.Apart {
			organisations = append(organisations, c)
		}
	}
	return keywords, organisations
}

// counted adds keywords and organisations with how many listings the reader
// finds of each.
func (e *asker) counted(ctx context.Context, q search.Typing, keywords []search.Candidate[string],
	organisations []search.Candidate[search.OrganisationSuggestion], out *search.Suggestions,
) error {
	var requests []*meilisearch.SearchRequest
	var counts []*int
	ask := func(count *int, query *search.Query, t question) {
		for _, s := range shares(q.Reader, t.byText()) {
			r := e.request(query, t, s)
			r.AttributesToRetrieve = []string{keyAttribute}
			page(r, 1, 1)
			requests, counts = append(requests, r), append(counts, count)
		}
		*count = 0
	}
	for i := range keywords {
		plan := e.analyzer.Plan(keywords[i].Value)
		keywords[i].Count = 0
		if !plan.Empty() && len(plan.Units) <= search.MaxAllUnits {
			ask(&keywords[i].Count, &search.Query{Reader: q.Reader}, question{plan: plan, match: search.MatchAll})
		}
	}
	for i := range organisations {
		of := map[search.Facet][]string{search.FacetOrganisation: {organisations[i].Value.ID}}
		ask(&organisations[i].Count, &search.Query{Reader: q.Reader, Filters: of}, question{})
	}
	if len(requests) == 0 {
		return nil
	}
	answers, err := e.multi(ctx, requests)
	if err != nil {
		return err
	}
	for i, a := range answers {
		*counts[i] += int(a.TotalHits)
	}
	search.Rank(keywords)
	for _, c := range keywords {
		if c.Count > 0 && len(out.Keywords) < q.Keywords {
			out.Keywords = append(out.Keywords, search.KeywordSuggestion{Text: c.Value, Count: c.Count})
		}
	}
	search.Rank(organisations)
	for _, c := range organisations {
		if c.Count > 0 {
			o := c.Value
			o.Count = c.Count
			out.Organisations = append(out.Organisations, o)
		}
	}
	return nil
}
