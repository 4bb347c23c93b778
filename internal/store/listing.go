package store

import (
	"context"
	"encoding/json"
	"strings"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/listing"
	"chengqiao/internal/sqldb"
)

// Listings keeps achievements, packages and needs.
type Listings struct{ db *sqldb.DB }

var _ listing.Store = (*Listings)(nil)

// NewListings makes the store of listings.
func NewListings(db *sqldb.DB) *Listings { return &Listings{db} }

const listingColumns = `l.id, l.kind, l.owner_org, l.state, l.step_seq, l.version, l.live_revision, l.live_number,
	l.created_at, l.updated_at, l.changed_at, l.published_at, l.confirm_by, l.suspended_by, l.outcome, l.created_by`

// openRevision is the condition of the index revisions_open, word for word.
const openRevision = `state IN ('draft', 'in_review', 'returned')`

// Load implements listing.Store.
func (s *Listings) Load(ctx context.Context, kind, id string) (listing.Record, error) {
	l, err := sqldb.One(ctx, s.db, scanListing,
		`SELECT `+listingColumns+` FROM listings l WHERE l.id = $1 AND l.kind = $2`, id, kind)
	if err != nil {
		return listing.Record{}, err
	}
	records, err := s.withRevisions(ctx, []listing.Listing{l}, true)
	if err != nil {
		return listing.Record{}, err
	}
	return records[0], nil
}

// LoadMany implements listing.Store.
func (s *Listings) LoadMany(ctx context.Context, kind string, ids []string) ([]listing.Record, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	found, err := sqldb.All(ctx, s.db, scanListing,
		`SELECT `+listingColumns+` FROM listings l WHERE l.kind = $1 AND l.id IN (`+sqldb.Placeholders(2, len(ids))+`)`,
		sqldb.Args([]any{kind}, ids)...)
	if err != nil {
		return nil, err
	}
	return s.withRevisions(ctx, found, true)
}

// live is the condition of what search may show. It names the state: there are
// indexes of it alone, and a state that is bound makes SQLite plan a statement anew
// each time, since it may be another.
const live = `state = '` + string(listing.Published) + `' AND live_revision <> ''`

// LiveMany implements listing.Store.
func (s *Listings) LiveMany(ctx context.Context, kind string, ids []string) ([]listing.Record, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return sqldb.All(ctx, s.db, scanLive,
		`SELECT `+listingColumns+`, `+liveColumns+`
		FROM (SELECT * FROM listings WHERE `+live+` AND kind = $1 AND id IN (`+sqldb.Placeholders(2, len(ids))+`)) l
		JOIN revisions r ON r.id = l.live_revision`,
		sqldb.Args([]any{kind}, ids)...)
}

// LiveHeads are the heads of those of the listings, of any kind, that search
// may show, in no order: what each page of a search asks.
func (s *Listings) LiveHeads(ctx context.Context, ids []string) ([]listing.LiveHead, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return sqldb.All(ctx, s.db, scanLiveHead,
		`SELECT id, kind, owner_org, live_number FROM listings WHERE `+live+` AND id IN (`+sqldb.Placeholders(1, len(ids))+`)`,
		sqldb.Args(nil, ids)...)
}

func scanLiveHead(row sqldb.Row) (listing.LiveHead, error) {
	var h listing.LiveHead
	err := row.Scan(&h.ID, &h.Kind, &h.OwnerOrg, &h.Number)
	return h, err
}

// withRevisions gives listings, in their order, their working copies and live
// revisions; without contents where lists need none.
func (s *Listings) withRevisions(ctx context.Context, found []listing.Listing, contents bool) ([]listing.Record, error) {
	records := make([]listing.Record, 0, len(found))
	at := make(map[string]int, len(found))
	ids := make([]string, 0, len(found))
	live := []string{}
	for i, l := range found {
		records = append(records, listing.Record{Listing: l})
		at[l.ID] = i
		ids = append(ids, l.ID)
		if l.LiveRevision != "" {
			live = append(live, l.LiveRevision)
		}
	}
	columns := revisionColumns
	if !contents {
		columns = revisionHeadColumns
	}
	for len(ids) > 0 {
		n := min(len(ids), maxBulkRows)
		open, err := sqldb.All(ctx, s.db, scanRevision,
			`SELECT `+columns+` FROM revisions WHERE `+openRevision+` AND listing_id IN (`+sqldb.Placeholders(1, n)+`)`,
			sqldb.Args(nil, ids[:n])...)
		if err != nil {
			return nil, err
		}
		for _, r := range open {
			records[at[r.ListingID]].Working = &r
		}
		ids = ids[n:]
	}
	for len(live) > 0 {
		n := min(len(live), maxBulkRows)
		published, err := sqldb.All(ctx, s.db, scanRevision,
			`SELECT `+columns+` FROM revisions WHERE id IN (`+sqldb.Placeholders(1, n)+`)`, sqldb.Args(nil, live[:n])...)
		if err != nil {
			return nil, err
		}
		for _, r := range published {
			records[at[r.ListingID]].Live = &r
		}
		live = live[n:]
	}
	return records, nil
}

// Insert implements listing.Store.
func (s *Listings) Insert(ctx context.Context, records []listing.Record) error {
	listings := make([][]any, 0, len(records))
	revisions := make([][]any, 0, len(records))
	for _, r := range records {
		listings = append(listings, []any{
			r.ID, r.Kind, r.OwnerOrg, string(r.Position.State), r.Position.Seq, r.Version, r.LiveRevision, r.LiveNumber,
			clock.Micros(r.CreatedAt), clock.Micros(r.UpdatedAt), clock.Micros(r.ChangedAt), clock.Micros(r.PublishedAt),
			string(r.ConfirmBy), r.SuspendedBy, r.Outcome, r.CreatedBy})
		for _, revision := range []*listing.Revision{r.Working, r.Live} {
			if revision != nil {
				revisions = append(revisions, revisionRow(*revision))
			}
		}
	}
	if err := insertMany(ctx, s.db, `INSERT INTO listings
		(id, kind, owner_org, state, step_seq, version, live_revision, live_number, created_at, updated_at, changed_at,
		 published_at, confirm_by, suspended_by, outcome, created_by)`, listings, ""); err != nil {
		return err
	}
	return insertMany(ctx, s.db, insertRevisions, revisions, "")
}

// Save implements listing.Store.
func (s *Listings) Save(ctx context.Context, l listing.Listing) error {
	return sqldb.ExpectOne(s.db.Exec(ctx, `
		UPDATE listings SET state = $1, step_seq = $2, version = $3, live_revision = $4, live_number = $5,
			updated_at = $6, changed_at = $7, published_at = $8, confirm_by = $9, suspended_by = $10, outcome = $11
		WHERE id = $12 AND version = $13`,
		l.Position.State, l.Position.Seq, l.Version, l.LiveRevision, l.LiveNumber,
		clock.Micros(l.UpdatedAt), clock.Micros(l.ChangedAt), clock.Micros(l.PublishedAt), l.ConfirmBy, l.SuspendedBy,
		l.Outcome, l.ID, l.Version-1))
}

const insertRevisions = `INSERT INTO revisions
	(id, listing_id, kind, state, step_seq, number, title_zh, title_en, title_folded, content, return_reason,
	 created_at, updated_at, submitted_at, published_at, technical_field, quality)`

func revisionRow(r listing.Revision) []any {
	return []any{
		r.ID, r.ListingID, r.Kind, string(r.Position.State), r.Position.Seq, r.Number,
		r.Title.Zh, r.Title.En, r.Title.Folded(), string(r.Content), r.ReturnReason,
		clock.Micros(r.CreatedAt), clock.Micros(r.UpdatedAt), clock.Micros(r.SubmittedAt), clock.Micros(r.PublishedAt),
		r.TechnicalField, r.Quality}
}

// InsertRevision implements listing.Store.
func (s *Listings) InsertRevision(ctx context.Context, r listing.Revision) error {
	err := insertMany(ctx, s.db, insertRevisions, [][]any{revisionRow(r)}, "")
	if sqldb.IsDuplicate(err, "revisions", "listing_id") {
		return errs.Wrap(errs.Stale, "stale_version", err)
	}
	return err
}

// SaveRevision implements listing.Store.
func (s *Listings) SaveRevision(ctx context.Context, r listing.Revision) error {
	return sqldb.ExpectOne(s.db.Exec(ctx, `
		UPDATE revisions SET state = $1, step_seq = $2, number = $3, title_zh = $4, title_en = $5, title_folded = $6,
			content = $7, return_reason = $8, updated_at = $9, submitted_at = $10, published_at = $11,
			technical_field = $12, quality = $13
		WHERE id = $14`,
		r.Position.State, r.Position.Seq, r.Number, r.Title.Zh, r.Title.En, r.Title.Folded(),
		string(r.Content), r.ReturnReason, clock.Micros(r.UpdatedAt), clock.Micros(r.SubmittedAt), clock.Micros(r.PublishedAt),
		r.TechnicalField, r.Quality, r.ID))
}

// SetParts implements listing.Store.
func (s *Listings) SetParts(ctx context.Context, id string, parts []string) error {
	if _, err := s.db.Exec(ctx, `DELETE FROM listing_parts WHERE listing_id = $1`, id); err != nil {
		return err
	}
	rows := make([][]any, 0, len(parts))
	for _, part := range parts {
		rows = append(rows, []any{id, part})
	}
	return insertMany(ctx, s.db, `INSERT INTO listing_parts (listing_id, part_id)`, rows, "")
}

// keptFields wraps a list for a JSON column, which holds objects only.
type keptFields[T any] struct {
	Fields []T `json:"fields"`
}

// KeepReturn implements listing.Store.
func (s *Listings) KeepReturn(ctx context.Context, revisionID string, seq int64, fields []listing.FieldReason) error {
	_, err := s.db.Exec(ctx, `INSERT INTO review_returns (revision_id, step_seq, fields) VALUES ($1, $2, $3)`,
		revisionID, seq, sqldb.ToJSON(keptFields[listing.FieldReason]{fields}))
	return err
}

// Returns implements listing.Store.
func (s *Listings) Returns(ctx context.Context, listingID string) ([]listing.KeptReturn, error) {
	return sqldb.All(ctx, s.db, func(row sqldb.Row) (listing.KeptReturn, error) {
		var k listing.KeptReturn
		var kept keptFields[listing.FieldReason]
		err := row.Scan(&k.RevisionID, &k.Seq, sqldb.IntoJSON(&kept))
		k.Fields = kept.Fields
		return k, err
	}, `
		SELECT n.revision_id, n.step_seq, n.fields FROM review_returns n JOIN revisions r ON r.id = n.revision_id
		WHERE r.listing_id = $1 ORDER BY n.revision_id, n.step_seq`, listingID)
}

const (
	revisionHeads = `id, listing_id, kind, state, step_seq, number, title_zh, title_en, return_reason,
	created_at, updated_at, submitted_at, published_at, technical_field, quality, `
	revisionColumns     = revisionHeads + `content`
	revisionHeadColumns = revisionHeads + `NULL`
)

// liveColumns are revisionColumns of the revision r beside a listing.
var liveColumns = "r." + strings.Join(strings.Fields(revisionColumns), " r.")

// readListing is a row of listingColumns while it is read.
type readListing struct {
	listing.Listing
	created, updated, changed, published int64
}

func (l *readListing) into() []any {
	return []any{&l.ID, &l.Kind, &l.OwnerOrg, &l.Position.State, &l.Position.Seq, &l.Version, &l.LiveRevision,
		&l.LiveNumber, &l.created, &l.updated, &l.changed, &l.published, &l.ConfirmBy, &l.SuspendedBy, &l.Outcome, &l.CreatedBy}
}

func (l *readListing) done() listing.Listing {
	l.CreatedAt, l.UpdatedAt = clock.FromMicros(l.created), clock.FromMicros(l.updated)
	l.ChangedAt, l.PublishedAt = clock.FromMicros(l.changed), clock.FromMicros(l.published)
	return l.Listing
}

// readRevision is a row of revisionColumns while it is read.
type readRevision struct {
	listing.Revision
	state                                  string
	created, updated, submitted, published int64
	content                                json.RawMessage
}

func (r *readRevision) into() []any {
	return []any{&r.ID, &r.ListingID, &r.Kind, &r.state, &r.Position.Seq, &r.Number, &r.Title.Zh, &r.Title.En,
		&r.ReturnReason, &r.created, &r.updated, &r.submitted, &r.published, &r.TechnicalField, &r.Quality, sqldb.IntoJSON(&r.content)}
}

func (r *readRevision) done() listing.Revision {
	r.Position.State, r.Content = lifecycle.State(r.state), r.content
	r.CreatedAt, r.UpdatedAt = clock.FromMicros(r.created), clock.FromMicros(r.updated)
	r.SubmittedAt, r.PublishedAt = clock.FromMicros(r.submitted), clock.FromMicros(r.published)
	return r.Revision
}

func scanListing(row sqldb.Row) (listing.Listing, error) {
	var l readListing
	err := row.Scan(l.into()...)
	return l.done(), err
}

func scanRevision(row sqldb.Row) (listing.Revision, error) {
	var r readRevision
	err := row.Scan(r.into()...)
	return r.done(), err
}

// scanLive scans a listing and its live revision.
func scanLive(row sqldb.Row) (listing.Record, error) {
	var l readListing
	var r readRevision
	err := row.Scan(append(l.into(), r.into()...)...)
	live := r.done()
	return listing.Record{Listing: l.done(), Live: &live}, err
}
