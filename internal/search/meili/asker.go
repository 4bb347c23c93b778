package meili

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/meilisearch/meilisearch-go"

	"chengqiao/internal/errs"
	"chengqiao/internal/search"
	"chengqiao/internal/search/analysis"
)

// made is how the index that answers was made.
type made struct {
	version string
	// analyzer cuts a query into the terms that the index holds.
	analyzer *analysis.Analyzer
}

// asker puts the questions of one search, in the terms of one version of the
// index.
type asker struct {
	*Engine
	made
}

// current tells that this program's settings made the index. Of another, what
// it may not have is not asked for.
func (m made) current() bool { return strings.HasPrefix(m.version, shape()) }

// errSwapped says that another version answered than was asked.
var errSwapped = errors.New("meilisearch: the index was swapped")

// swaps bounds how often a search begins anew: rebuilds are minutes apart.
const swaps = 3

// asking runs a search, anew if the index was swapped meanwhile, by this
// replica or by another.
func (e *Engine) asking(ctx context.Context, run func(a *asker) (search.Result, error)) (result search.Result, err error) {
	for range swaps {
		result, err = run(&asker{e, *e.made.Load()})
		if !errors.Is(err, errSwapped) {
			return result, err
		}
		if _, err := e.learn(ctx); err != nil {
			return search.Result{}, err
		}
	}
	return result, err
}

// whichVersion asks for the version of the index.
func (e *asker) whichVersion() *meilisearch.SearchRequest {
	return &meilisearch.SearchRequest{IndexUID: metaOf(e.index), Limit: 1, AttributesToRetrieve: []string{"version"}}
}

// same tells by the answer to whichVersion whether the index is the asker's.
func (e *asker) same(answer meilisearch.SearchResponse) error {
	var s state
	if len(answer.Hits) > 0 { // somebody may have emptied it
		if err := answer.Hits[0].DecodeInto(&s); err != nil {
			return fmt.Errorf("meilisearch: index state: %w", err)
		}
	}
	if s.Version != e.version {
		return errSwapped
	}
	return nil
}

// refused is why a search failed. An index without its settings finds fault with
// every search: the server has lost it, and the one that is to come is not yet in
// its place.
func (e *asker) refused(ctx context.Context, cause error) error {
	if errs.KindOf(cause) == errs.Unavailable || ctx.Err() != nil {
		return cause
	}
	whole, err := e.whole(ctx)
	switch {
	case err != nil:
		return err
	case !whole:
		return errs.Wrap(errs.Unavailable, "search_unavailable", cause)
	}
	return fmt.Errorf("%w: %w", errSwapped, cause) // it may have become whole since
}

// learn looks how the index that answers was made. One that does not tell its
// synonyms, since an older program made it or its state was lost, is asked as
// before, or with those that are wanted.
func (e *Engine) learn(ctx context.Context) (made, error) {
	s, err := e.state(ctx, e.index)
	if err != nil {
		return made{}, err
	}
	m := made{version: s.Version, analyzer: e.wanted.Load()}
	if known := e.made.Load(); known != nil {
		if known.version == s.Version {
			return *known, nil
		}
		m.analyzer = known.analyzer
	}
	synonyms, err := e.synonyms(ctx)
	if err != nil {
		return made{}, err
	}
	if synonyms != nil {
		m.analyzer = m.analyzer.With(synonyms)
	}
	m.analyzer = m.analyzer.Asking(s.Version[strings.LastIndexByte(s.Version, '/')+1:])
	e.made.Store(&m)
	return m, nil
}

// synonyms are those that the index that answers keeps; nil if it keeps none.
func (e *Engine) synonyms(ctx context.Context) (*analysis.Synonyms, error) {
	var kept state
	query := &meilisearch.DocumentQuery{Fields: []string{synonymsKey}}
	err := e.client.Index(metaOf(e.index)).GetDocumentWithContext(ctx, stateID, query, &kept)
	switch {
	case isCode(err, "document_not_found"):
		return nil, nil
	case err != nil:
		return nil, problem("index state", err)
	case kept.Synonyms == "":
		return nil, nil
	}
	var groups [][]string
	if err := json.Unmarshal([]byte(kept.Synonyms), &groups); err != nil {
		return nil, fmt.Errorf("meilisearch: synonyms of the index: %w", err)
	}
	synonyms, err := analysis.NewSynonyms(groups)
	if err != nil {
		return nil, fmt.Errorf("meilisearch: synonyms of the index: %w", err)
	}
	return synonyms, nil
}
