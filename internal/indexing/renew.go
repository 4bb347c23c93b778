package indexing

import (
	"context"
	"encoding/json"
	"fmt"

	"chengqiao/internal/match"
	"chengqiao/internal/outbox"
	"chengqiao/internal/search/analysis"
)

// Use sets the analysis that the index is to be made with; Renew makes it.
func (m *Matching) Use(analyzer *analysis.Analyzer) { m.wanted.Store(analyzer) }

// Outdated tells that the index that answers is of another analysis than is
// wanted. One that is still being filled is not: it may become so.
func (m *Matching) Outdated() bool {
	if !m.isFilled() {
		return false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.made.Version() != m.wanted.Load().Version()
}

// Renew makes an index with the analysis that is wanted, behind the one that
// answers, and puts it in its place when it holds as much and has learnt as
// much. Nothing else may renew at the same time.
func (m *Matching) Renew(ctx context.Context) error {
	wanted := m.wanted.Load()
	next := m.empty(wanted)
	position, err := m.fill(ctx, next, func(match.Ref) {})
	if err != nil {
		return err
	}
	if next.Outgrown() {
		if err := next.Learn(ctx); err != nil {
			return err
		}
	}
	// What happened meanwhile, first beside the readers of the feed; the last
	// of it while they wait.
	if position, err = m.advance(ctx, next, position); err != nil {
		return err
	}
	m.change.Lock()
	defer m.change.Unlock()
	if _, err := m.advance(ctx, next, position); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.put(next, wanted)
	return nil
}

// advance brings an index what the one that answers has been brought since a
// position, and gives the position that it has then.
func (m *Matching) advance(ctx context.Context, index *match.Index, from int64) (int64, error) {
	for from < m.position.Load() {
		events, err := m.feed.After(ctx, from, batchSize)
		if err != nil {
			return from, err
		}
		if len(events) == 0 || events[0].Position != from+1 {
			return from, outbox.ErrFeedGap
		}
		if err := m.bring(ctx, index, events); err != nil {
			return from, err
		}
		from = events[len(events)-1].Position
	}
	return from, nil
}

// snapshotName is what a snapshot says of how it was made.
type snapshotName struct {
	// Made is the analysis's version and that of the views, and the model by
	// which texts were placed.
	Made     string     `json:"made"`
	Synonyms [][]string `json:"synonyms"`
}

func (m *Matching) nameOf(a *analysis.Analyzer) (string, error) {
	name, err := json.Marshal(snapshotName{a.Version() + "/" + viewVersion + m.listings.embedded.name(), a.Synonyms().Groups()})
	return string(name), err
}

// load reads the snapshot with the synonyms that it was made with. Errors:
// match.ErrSnapshot where this program analyses otherwise; os.ErrNotExist.
func (m *Matching) load() (*match.Index, *analysis.Analyzer, int64, error) {
	name, err := match.AnalysisOf(m.path)
	if err != nil {
		return nil, nil, 0, err
	}
	var of snapshotName
	if err := json.Unmarshal([]byte(name), &of); err != nil {
		return nil, nil, 0, fmt.Errorf("%w: made by another program", match.ErrSnapshot)
	}
	synonyms, err := analysis.NewSynonyms(of.Synonyms)
	if err != nil {
		return nil, nil, 0, fmt.Errorf("%w: %w", match.ErrSnapshot, err)
	}
	analyzer := analysis.New(synonyms)
	made, err := m.nameOf(analyzer) // differs where this program is another revision
	if err != nil {
		return nil, nil, 0, err
	}
	index := m.empty(analyzer)
	position, err := index.Load(m.path, made)
	return index, analyzer, position, err
}
