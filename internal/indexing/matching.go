package indexing

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"chengqiao/internal/complaint"
	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/match"
	"chengqiao/internal/outbox"
	"chengqiao/internal/search/analysis"
)

// viewVersion changes when listings are turned into views in another way, so
// that a snapshot of the matching index made by an older program is not used.
const viewVersion = "3"

// Matching keeps the matching index of this process true, and writes the
// ledger of matches by it.
type Matching struct {
	// index is the one that answers.
	index    atomic.Pointer[match.Index]
	terms    match.TermModel
	listings *Listings
	feed     outbox.Feed
	log      *slog.Logger

	// path is where the snapshot lies; "" for none.
	path string
	// wanted is the analysis that the index is to be made with.
	wanted atomic.Pointer[analysis.Analyzer]
	// change is held by whoever brings the index something and by who puts
	// another in its place.
	change sync.Mutex
	// mu guards the index that answers, its content, its analysis and its
	// position, for snapshots.
	mu       sync.Mutex
	made     *analysis.Analyzer
	position atomic.Int64
	// filled is closed when the index holds what the snapshot or the store held.
	filled chan struct{}
	// moved wakes the writer of the ledger.
	moved chan struct{}
}

func (m *Matching) ring() {
	select {
	case m.moved <- struct{}{}:
	default:
	}
}

// NewMatching makes the keeper of an empty index, which Follow fills: from the
// snapshot at path, or from the listings where there is none or it is of
// another analysis, model or program. path "" keeps no snapshots.
func NewMatching(path string, analyzer *analysis.Analyzer, model match.Model, listings *Listings, feed outbox.Feed, log *slog.Logger) *Matching {
	m := &Matching{
		terms: model.Terms, listings: listings, feed: feed, log: log,
		path: path, moved: make(chan struct{}, 1), filled: make(chan struct{}),
	}
	m.Use(analyzer)
	m.put(m.empty(analyzer), analyzer)
	return m
}

func (m *Matching) empty(analyzer *analysis.Analyzer) *match.Index {
	return match.NewIndex(match.AnalyserOf(analyzer), m.terms)
}

// put makes an index the one that answers. The caller holds mu, or is alone.
func (m *Matching) put(index *match.Index, analyzer *analysis.Analyzer) {
	m.made = analyzer
	m.index.Store(index)
}

// Fill loads the snapshot, or brings every live listing into the index. A
// filled index is left as it is.
func (m *Matching) Fill(ctx context.Context) error {
	if m.isFilled() {
		return nil
	}
	if m.path == "" {
		return m.Rebuild(ctx)
	}
	index, analyzer, position, err := m.load()
	switch {
	case err == nil:
		m.mu.Lock()
		defer m.mu.Unlock()
		m.put(index, analyzer)
		m.reached(position)
		return nil
	case errors.Is(err, match.ErrSnapshot):
		m.log.InfoContext(ctx, "matching index is built anew", "reason", err)
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("matching index: %w", err)
	}
	return m.Rebuild(ctx)
}

// reached sets the position of a filled index. The caller holds mu.
func (m *Matching) reached(position int64) {
	m.position.Store(position)
	if !m.isFilled() {
		close(m.filled)
	}
	m.ring()
}

func (m *Matching) isFilled() bool {
	select {
	case <-m.filled:
		return true
	default:
		return false
	}
}

// longestWait is how long a reader waits for an index that is being filled.
const longestWait = 3 * time.Second

// Ready waits a little for the index to be filled. Error: errs.Unavailable
// "matching_not_ready".
func (m *Matching) Ready(ctx context.Context) error {
	timer := time.NewTimer(longestWait)
	defer timer.Stop()
	select {
	case <-m.filled:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return errs.New(errs.Unavailable, "matching_not_ready")
	}
}

// Index is the index that is kept.
func (m *Matching) Index() *match.Index { return m.index.Load() }

// Position is the place in the feed that the index has reached.
func (m *Matching) Position() int64 { return m.position.Load() }

// Save writes the snapshot.
func (m *Matching) Save() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.path == "" || !m.isFilled() {
		return nil
	}
	name, err := m.nameOf(m.made)
	if err != nil {
		return err
	}
	return m.Index().Save(m.path, name, m.position.Load())
}

// Apply brings the index what happened.
func (m *Matching) Apply(ctx context.Context, events []outbox.Positioned) error {
	if len(events) == 0 {
		return nil
	}
	m.change.Lock()
	defer m.change.Unlock()
	if err := m.bring(ctx, m.Index(), events); err != nil {
		return err
	}
	m.reach(events[len(events)-1].Position)
	m.ring()
	return nil
}

// reach moves the position.
func (m *Matching) reach(position int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.position.Store(position)
}

// bring brings an index what happened.
func (m *Matching) bring(ctx context.Context, index *match.Index, events []outbox.Positioned) error {
	refs, err := m.listings.allMatched(ctx, ofListings(events))
	if err != nil {
		return err
	}
	return m.refresh(ctx, index, refs)
}

// refresh brings an index these listings as they are now, a page at a time.
func (m *Matching) refresh(ctx context.Context, index *match.Index, refs []match.Ref) error {
	for page := range slices.Chunk(refs, batchSize) {
		live, err := m.listings.Live(ctx, page)
		if err != nil {
			return err
		}
		m.replace(ctx, index, page, live)
	}
	return nil
}

// replace puts those of the listings that are live into an index and takes the
// others out.
func (m *Matching) replace(ctx context.Context, index *match.Index, refs []match.Ref, live []match.Listing) {
	m.mu.Lock()
	defer m.mu.Unlock()
	there := map[match.Ref]bool{}
	for _, l := range live {
		there[l.Ref] = m.upsert(ctx, index, l)
	}
	for _, r := range refs {
		if !there[r] {
			index.Delete(r)
		}
	}
}

// upserter is what upsert needs of a *match.Index.
type upserter interface{ Upsert(l match.Listing) }

// upsert puts a listing into an index, and tells whether it could be read. One
// whose texts the program stumbles over stays out: it must not keep all others
// from being matched.
func (m *Matching) upsert(ctx context.Context, index upserter, l match.Listing) bool {
	err := errs.Caught(func() error {
		index.Upsert(l)
		return nil
	})
	if err != nil {
		m.log.ErrorContext(ctx, "listing could not be read for matching and is left out", "kind", l.Kind, "id", l.ID, "error", err)
	}
	return err == nil
}

// Rebuild brings every live listing into the index and takes out what is no
// longer live. The index answers meanwhile.
func (m *Matching) Rebuild(ctx context.Context) error {
	m.change.Lock()
	defer m.change.Unlock()
	index := m.Index()
	gone := map[match.Ref]bool{}
	for _, r := range index.Refs() {
		gone[r] = true
	}
	head, err := m.fill(ctx, index, func(r match.Ref) { delete(gone, r) })
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for r := range gone {
		index.Delete(r)
	}
	m.reached(head)
	return nil
}

// fill brings every live listing into an index, and tells of each; it gives
// the place in the feed from which on the index may lack something.
func (m *Matching) fill(ctx context.Context, index *match.Index, brought func(match.Ref)) (int64, error) {
	head, err := m.feed.Head(ctx)
	if err != nil {
		return 0, err
	}
	after := ""
	for {
		documents, err := m.listings.page(ctx, after, batchSize)
		if err != nil {
			return 0, err
		}
		refs := make([]match.Ref, 0, len(documents))
		for _, d := range documents {
			refs = append(refs, match.Ref{Kind: match.Kind(d.Kind), ID: d.ID})
			after = d.ID
		}
		live, err := m.listings.Live(ctx, refs)
		if err != nil {
			return 0, err
		}
		for _, l := range live {
			if m.upsert(ctx, index, l) {
				brought(l.Ref)
			}
		}
		if len(documents) < batchSize {
			return head, nil
		}
	}
}

// Difference is what Verify found.
type Difference struct {
	Missing, Extra []match.Ref
}

// Verify compares which listings are in the index with the store and mends
// what differs.
func (m *Matching) Verify(ctx context.Context) (Difference, error) {
	m.change.Lock()
	defer m.change.Unlock()
	index := m.Index()
	extra := map[match.Ref]bool{}
	for _, r := range index.Refs() {
		extra[r] = true
	}
	var d Difference
	for _, kind := range []match.Kind{match.Achievement, match.Package, match.Need} {
		refs, err := m.listings.refs(ctx, kind, "")
		if err != nil {
			return d, err
		}
		for _, r := range refs {
			if !extra[r] {
				d.Missing = append(d.Missing, r)
			}
			delete(extra, r)
		}
	}
	for r := range extra {
		d.Extra = append(d.Extra, r)
	}
	// Listings that can be seen by no reader of matching stay out of the index.
	if err := m.refresh(ctx, index, append(d.Missing, d.Extra...)); err != nil {
		return d, err
	}
	missing := d.Missing[:0]
	for _, r := range d.Missing {
		if index.Has(r) {
			missing = append(missing, r)
		}
	}
	d.Missing = missing
	return d, nil
}

// Follow brings the index the feed until ctx ends. bell is the one that the
// dispatcher rings; poll 0 means 1 second.
//
// It also learns anew what the index can tell about words when there have come
// to be many more listings, or many fewer.
func (m *Matching) Follow(ctx context.Context, bell *outbox.Bell, poll time.Duration) {
	var learning sync.WaitGroup
	defer learning.Wait()
	learning.Go(func() { m.keepLearning(ctx) })
	cursor := func(context.Context) (int64, error) { return m.position.Load(), nil }
	follow(ctx, m.log, "matching", m.Fill, cursor, m.Rebuild, outbox.NewFollower(m.feed, m.Apply, bell, poll, m.log))
}

// learnEvery is how often it is looked whether there is something to learn.
const learnEvery = time.Minute

func (m *Matching) keepLearning(ctx context.Context) {
	select {
	case <-m.filled:
	case <-ctx.Done():
	}
	ticker := time.NewTicker(learnEvery)
	defer ticker.Stop()
	for ctx.Err() == nil {
		if index := m.Index(); index.Outgrown() {
			err := errs.Caught(func() error { return index.Learn(ctx) })
			switch {
			case errs.IsPanic(err):
				m.log.ErrorContext(ctx, "matching index could not learn which words go together", "error", err)
			case err == nil:
				m.log.InfoContext(ctx, "matching index has learnt which words go together", "listings", index.Size())
			}
		}
		select {
		case <-ctx.Done():
		case <-ticker.C:
		}
	}
}

// Ledger writes matches; *match.Service is one.
type Ledger interface {
	// Follow writes the matches of changed listings and moves the ledger's
	// position; errs.Stale when another replica was first.
	Follow(ctx context.Context, from, to int64, changed []match.Ref) error
}

// Cursor is where the ledger stands in the feed.
type Cursor interface {
	Cursor(ctx context.Context) (int64, error)
}

// ledgerBatch is how many events become matches in one transaction: few enough
// that nobody waits long for what is done in one go.
const ledgerBatch = 20

// KeepLedger writes the ledger until ctx ends; poll 0 means 1 second. All
// replicas may do so: each batch is written by the first. busy tells whether
// people are being served. After an import there is work for minutes: then the
// writer rests after each batch for as long as it worked.
func (m *Matching) KeepLedger(ctx context.Context, ledger Ledger, cursor Cursor, busy func() bool, poll time.Duration) {
	if poll <= 0 {
		poll = time.Second
	}
	timer := time.NewTimer(poll)
	defer timer.Stop()
	var trouble complaint.Lasting
	for ctx.Err() == nil {
		began := time.Now()
		more, err := m.WriteLedger(ctx, ledger, cursor)
		if err == nil {
			trouble.Over()
		}
		switch {
		case err != nil:
			if ctx.Err() == nil && trouble.Due() {
				m.log.ErrorContext(ctx, "matches could not be written", "error", err)
			}
		case more && !busy():
			continue
		case more:
			timer.Reset(time.Since(began))
			select {
			case <-ctx.Done():
			case <-timer.C:
			}
			continue
		}
		timer.Reset(poll)
		select {
		case <-ctx.Done():
		case <-m.moved:
		case <-timer.C:
		}
	}
}

// WriteLedger writes one batch and says whether there may be more. A listing
// is looked at when the index of this process holds everything that the feed
// says up to it: of a need and a result that come at the same moment, the
// later one finds the earlier.
func (m *Matching) WriteLedger(ctx context.Context, ledger Ledger, cursor Cursor) (more bool, err error) {
	from, err := cursor.Cursor(ctx)
	if err != nil {
		return false, err
	}
	indexed := m.position.Load()
	if from >= indexed {
		return false, nil
	}
	events, err := m.feed.After(ctx, from, ledgerBatch)
	if err != nil {
		return false, err
	}
	for len(events) > 0 && events[len(events)-1].Position > indexed {
		events = events[:len(events)-1]
	}
	to := indexed
	var refs []match.Ref
	// Where events were pruned the ledger goes on without them: it is written
	// for those who are told at once, and whoever asks gets a fresh answer.
	if len(events) > 0 && events[0].Position == from+1 {
		to = events[len(events)-1].Position
		if refs, err = m.listings.allMatched(ctx, ofListings(events)); err != nil {
			return false, err
		}
	}
	err = ledger.Follow(ctx, from, to, refs)
	if errs.KindOf(err) == errs.Stale { // another replica wrote it
		return true, nil
	}
	return err == nil, err
}

// ofListings leaves out what says nothing new to matching: the name of an
// organisation, which stands on thousands of listings.
func ofListings(events []outbox.Positioned) []event.Event {
	return slices.DeleteFunc(bare(events), func(e event.Event) bool { return e.Name == event.OrganisationChanged })
}
