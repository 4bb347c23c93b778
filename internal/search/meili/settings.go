package meili

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"sync"

	"github.com/meilisearch/meilisearch-go"

	"chengqiao/internal/policy"
	"chengqiao/internal/search"
	"chengqiao/internal/search/analysis"
)

// layout changes whenever the attributes of an indexed document do.
const layout = "3"

const (
	// maxTotalHits is how far totals count; the default stops at 1,000.
	maxTotalHits = 10_000_000
	// maxFacetValues is how many values of a facet are counted; organisations
	// are the most numerous.
	maxFacetValues = 10_000
	// cutoff in milliseconds after which Meilisearch would answer in part.
	cutoff = 10_000
)

// attribute names the terms of one area and tier.
func attribute(tier policy.Tier, area search.Area) string { return string(tier) + "_" + string(area) }

// levelAttribute says in which tier's attributes a reader of this tier reads a
// document: the narrowest up to it that the document has texts in.
func levelAttribute(tier policy.Tier) string { return "read_" + string(tier) }

func facetAttribute(f search.Facet) string   { return "f_" + string(f) }
func numberAttribute(n search.Number) string { return "n_" + string(n) }

// attributes of the areas of some tiers; the earlier weigh more.
func attributes(areas []search.Area, tiers ...policy.Tier) []string {
	var out []string
	for _, area := range areas {
		for _, tier := range tiers {
			out = append(out, attribute(tier, area))
		}
	}
	return out
}

// settings of the index. A changed value gives another version.
func settings() *meilisearch.Settings {
	filterable := []string{keyAttribute, ownerAttribute, audienceAttribute}
	for _, t := range policy.AllTiers {
		filterable = append(filterable, levelAttribute(t))
	}
	for _, f := range search.KeptFacets {
		filterable = append(filterable, facetAttribute(f))
	}
	sortable := []string{keyAttribute}
	for _, n := range search.KeptNumbers {
		filterable = append(filterable, numberAttribute(n))
		sortable = append(sortable, numberAttribute(n))
	}
	displayed := []string{keyAttribute, idAttribute, kindAttribute, checksumAttribute, documentAttribute, namesAttribute}
	for _, n := range search.KeptNumbers {
		displayed = append(displayed, numberAttribute(n))
	}
	return &meilisearch.Settings{
		// The chosen order is strict; ranking decides where there is none. What answers
		// alike has an order too, by which several shares are put into one: without it
		// pages would repeat and leave out.
		RankingRules: []string{
			"sort", "words", "typo", "proximity", "attribute", "exactness",
			numberAttribute(search.NumberPublished) + ":desc", keyAttribute + ":asc",
		},
		SearchableAttributes: attributes(search.AllAreas, policy.AllTiers...),
		FilterableAttributes: filterable,
		SortableAttributes:   sortable,
		DisplayedAttributes:  displayed,
		// Our terms overlap (bigrams), so their distance by word says little.
		ProximityPrecision: meilisearch.ByAttribute,
		TypoTolerance: &meilisearch.TypoTolerance{
			Enabled:             true,
			MinWordSizeForTypos: meilisearch.MinWordSizeForTypos{OneTypo: 5, TwoTypos: 9},
			DisableOnAttributes: attributes([]search.Area{search.AreaSingle, search.AreaPinyin, search.AreaInitial}, policy.AllTiers...),
			DisableOnNumbers:    true,
		},
		Pagination:     &meilisearch.Pagination{MaxTotalHits: maxTotalHits},
		Faceting:       &meilisearch.Faceting{MaxValuesPerFacet: maxFacetValues},
		SearchCutoffMs: cutoff,
	}
}

// shape names the attributes and settings that an index of this program has.
var shape = sync.OnceValue(func() string {
	data, err := json.Marshal(settings())
	if err != nil {
		panic(err) // strings and numbers alone
	}
	h := fnv.New32a()
	h.Write(data)
	return fmt.Sprintf("%s/%08x/", layout, h.Sum32())
})

// versionOf names what an index is made of.
func versionOf(a *analysis.Analyzer) string { return shape() + a.Version() }

// state is the one document of the index's companion.
type state struct {
	ID      string `json:"id"`
	Version string `json:"version,omitempty"`
	Cursor  int64  `json:"cursor,omitempty"`
	// Synonyms are those that the index is made with, as JSON; read by learn.
	Synonyms string `json:"synonyms,omitempty"`
}

// synonymsKey is where state keeps the synonyms.
const synonymsKey = "synonyms"

const (
	stateID  = "state"
	stateKey = "id"
)

// create makes an index with its settings and its companion.
func (e *Engine) create(ctx context.Context, index string, a *analysis.Analyzer) error {
	if err := e.createBare(ctx, index); err != nil {
		return err
	}
	manager := e.client.Index(index)
	task, err := manager.UpdateSettingsWithContext(ctx, settings())
	if err := e.await(ctx, "settings", task, err); err != nil {
		return err
	}
	task, err = manager.UpdateFacetSearchWithContext(ctx, false)
	if err := e.await(ctx, "facet search", task, err); err != nil {
		return err
	}
	if err := e.prime(ctx, manager); err != nil {
		return err
	}
	synonyms, err := json.Marshal(a.Synonyms().Groups())
	if err != nil {
		return err
	}
	return e.note(ctx, index, state{ID: stateID, Version: versionOf(a), Synonyms: string(synonyms)})
}

// createBare makes those of an index and its companion that are not there.
func (e *Engine) createBare(ctx context.Context, index string) error {
	for _, made := range []struct{ uid, key string }{{index, keyAttribute}, {metaOf(index), stateKey}} {
		task, err := e.client.CreateIndexWithContext(ctx, &meilisearch.IndexConfig{Uid: made.uid, PrimaryKey: made.key})
		if err := e.await(ctx, "create index", task, err); err != nil && !isCode(err, "index_already_exists") {
			return err
		}
	}
	return nil
}

// prime makes every attribute known: Meilisearch refuses to search in one that
// no document has ever had.
func (e *Engine) prime(ctx context.Context, manager meilisearch.IndexManager) error {
	blank := map[string]any{keyAttribute: key("")}
	for _, name := range attributes(search.AllAreas, policy.AllTiers...) {
		blank[name] = ""
	}
	primary := keyAttribute
	task, err := manager.AddDocumentsWithContext(ctx, []map[string]any{blank}, &meilisearch.DocumentOptions{PrimaryKey: &primary})
	if err := e.await(ctx, "prime index", task, err); err != nil {
		return err
	}
	task, err = manager.DeleteDocumentsWithContext(ctx, []string{key("")}, nil)
	return e.await(ctx, "prime index", task, err)
}

// note changes what is said of an index.
func (e *Engine) note(ctx context.Context, index string, s state) error {
	key := stateKey
	task, err := e.client.Index(metaOf(index)).UpdateDocumentsWithContext(ctx, []state{s}, &meilisearch.DocumentOptions{PrimaryKey: &key})
	return e.await(ctx, "index state", task, err)
}

func (e *Engine) state(ctx context.Context, index string) (state, error) {
	var s state
	err := e.client.Index(metaOf(index)).GetDocumentWithContext(ctx, stateID, &meilisearch.DocumentQuery{Fields: []string{stateKey, "version", "cursor"}}, &s)
	if err != nil && !isCode(err, "document_not_found") {
		return s, problem("index state", err)
	}
	return s, nil
}

// whole tells whether the server has the index and its companion as they were
// made. One that lost its disk has neither; what is sent to an index that is not
// there makes one without settings.
func (e *Engine) whole(ctx context.Context) (bool, error) {
	attributes, err := e.client.Index(e.index).GetFilterableAttributesWithContext(ctx)
	if err != nil {
		return false, lost(problem("index settings", err))
	}
	s, err := e.state(ctx, e.index)
	return err == nil && len(*attributes) > 0 && s.Version != "", lost(err)
}

// lost is err unless it says that an index is not there.
func lost(err error) error {
	if isCode(err, indexNotFound) {
		return nil
	}
	return err
}

// drop removes an index with its companion; a missing one is none.
func (e *Engine) drop(ctx context.Context, index string) error {
	return e.dropAll(ctx, metaOf(index), index)
}

func (e *Engine) dropAll(ctx context.Context, uids ...string) error {
	var all error
	for _, uid := range uids {
		task, err := e.client.DeleteIndexWithContext(ctx, uid)
		all = errors.Join(all, lost(e.await(ctx, "delete index", task, err)))
	}
	return all
}

// listed is how many indexes are listed at a time.
const listed = 100

// dropLeft removes what rebuilds have left that did not come to their end. A
// companion goes before its index: whoever still fills that finds itself
// disowned before a swap.
func (e *Engine) dropLeft(ctx context.Context) error {
	var left []string
	for offset := int64(0); ; offset += listed {
		page, err := e.client.ListIndexesWithContext(ctx, &meilisearch.IndexesQuery{Offset: offset, Limit: listed})
		if err != nil {
			return problem("list indexes", err)
		}
		for _, index := range page.Results {
			if strings.HasPrefix(index.UID, nextOf(e.index)) {
				left = append(left, index.UID)
			}
		}
		if len(page.Results) < listed {
			break
		}
	}
	slices.Sort(left)
	slices.Reverse(left)
	return e.dropAll(ctx, left...)
}
