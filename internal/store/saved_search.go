package store

import (
	"context"
	"slices"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/savedsearch"
	"chengqiao/internal/sqldb"
)

// SavedSearch keeps saved searches and their ledger.
type SavedSearch struct{ db *sqldb.DB }

var _ savedsearch.Store = (*SavedSearch)(nil)

// NewSavedSearch makes the store of saved searches.
func NewSavedSearch(db *sqldb.DB) *SavedSearch { return &SavedSearch{db} }

const savedSearchColumns = `id, account_id, org_id, name, query, alert, by_mail, in_app, changes, feed_serial, feed_on,
	due_at, created_at, updated_at, version`

func scanSavedSearch(row sqldb.Row) (savedsearch.Search, error) {
	var s savedsearch.Search
	var due, created, updated int64
	err := row.Scan(&s.ID, &s.AccountID, &s.OrgID, &s.Name, sqldb.IntoJSON(&s.Query), &s.Alert, &s.ByMail, &s.InApp, &s.Changes,
		&s.FeedSerial, &s.FeedOn, &due, &created, &updated, &s.Version)
	s.DueAt, s.CreatedAt, s.UpdatedAt = clock.FromMicros(due), clock.FromMicros(created), clock.FromMicros(updated)
	return s, err
}

// InsertSearch implements savedsearch.Store.
func (s *SavedSearch) InsertSearch(ctx context.Context, v savedsearch.Search) error {
	_, err := s.db.Exec(ctx, `INSERT INTO saved_searches (`+savedSearchColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		v.ID, v.AccountID, v.OrgID, v.Name, sqldb.ToJSON(v.Query), string(v.Alert), v.ByMail, v.InApp, v.Changes,
		v.FeedSerial, v.FeedOn, clock.Micros(v.DueAt), clock.Micros(v.CreatedAt), clock.Micros(v.UpdatedAt), v.Version)
	return err
}

// Search implements savedsearch.Store.
func (s *SavedSearch) Search(ctx context.Context, id string) (savedsearch.Search, error) {
	return sqldb.One(ctx, s.db, scanSavedSearch, `SELECT `+savedSearchColumns+` FROM saved_searches WHERE id = $1`, id)
}

// Searches implements savedsearch.Store.
func (s *SavedSearch) Searches(ctx context.Context, account, before string, limit int) ([]savedsearch.Search, error) {
	query, args := savedSearchesQuery(account, before, limit)
	return sqldb.All(ctx, s.db, scanSavedSearch, query, args...)
}

func savedSearchesQuery(account, before string, limit int) (string, []any) {
	var c conditions
	c.add(`account_id = ?`, account)
	if before != "" {
		c.add(`id < ?`, before)
	}
	return `SELECT ` + savedSearchColumns + ` FROM saved_searches WHERE ` + c.where() + ` ORDER BY id DESC LIMIT ` + c.limit(limit), c.args
}

// CountSearches implements savedsearch.Store.
func (s *SavedSearch) CountSearches(ctx context.Context, account string) (int, error) {
	return sqldb.One(ctx, s.db, sqldb.Scalar[int], `SELECT count(*) FROM saved_searches WHERE account_id = $1`, account)
}

// SaveSearch implements savedsearch.Store.
func (s *SavedSearch) SaveSearch(ctx context.Context, v savedsearch.Search) error {
	return sqldb.ExpectOne(s.db.Exec(ctx, `
		UPDATE saved_searches SET name = $1, query = $2, alert = $3, by_mail = $4, in_app = $5, changes = $6,
			feed_serial = $7, feed_on = $8, due_at = $9, updated_at = $10, version = $11
		WHERE id = $12 AND version = $13`,
		v.Name, sqldb.ToJSON(v.Query), string(v.Alert), v.ByMail, v.InApp, v.Changes, v.FeedSerial, v.FeedOn,
		clock.Micros(v.DueAt), clock.Micros(v.UpdatedAt), v.Version, v.ID, v.Version-1))
}

// DeleteSearch implements savedsearch.Store.
func (s *SavedSearch) DeleteSearch(ctx context.Context, id string) error {
	if _, err := s.db.Exec(ctx, `DELETE FROM saved_search_ledger WHERE search_id = $1`, id); err != nil {
		return err
	}
	_, err := s.db.Exec(ctx, `DELETE FROM saved_searches WHERE id = $1`, id)
	return err
}

// DeleteSearches implements savedsearch.Store.
func (s *SavedSearch) DeleteSearches(ctx context.Context, account string) error {
	_, err := s.db.Exec(ctx, `
		DELETE FROM saved_search_ledger WHERE search_id IN (SELECT id FROM saved_searches WHERE account_id = $1)`, account)
	if err != nil {
		return err
	}
	_, err = s.db.Exec(ctx, `DELETE FROM saved_searches WHERE account_id = $1`, account)
	return err
}

// Alerting implements savedsearch.Store.
func (s *SavedSearch) Alerting(ctx context.Context, after string, limit int) ([]savedsearch.Search, error) {
	return sqldb.All(ctx, s.db, scanSavedSearch,
		`SELECT `+savedSearchColumns+` FROM saved_searches WHERE alert <> 'off' AND id > $1 ORDER BY id LIMIT $2`, after, limit)
}

// Due implements savedsearch.Store.
func (s *SavedSearch) Due(ctx context.Context, now time.Time, limit int) ([]savedsearch.Search, error) {
	return sqldb.All(ctx, s.db, scanSavedSearch,
		`SELECT `+savedSearchColumns+` FROM saved_searches WHERE due_at > 0 AND due_at <= $1 ORDER BY due_at LIMIT $2`, clock.Micros(now), limit)
}

// Known implements savedsearch.Store.
func (s *SavedSearch) Known(ctx context.Context, searches, listings []string) ([]savedsearch.Entry, error) {
	args := sqldb.Args(sqldb.Args(nil, searches), listings)
	return sqldb.All(ctx, s.db, func(row sqldb.Row) (savedsearch.Entry, error) {
		var e savedsearch.Entry
		err := row.Scan(&e.SearchID, &e.ListingID, &e.Edition, &e.Mark)
		return e, err
	}, `SELECT search_id, listing_id, edition, mark FROM saved_search_ledger
		WHERE search_id IN (`+sqldb.Placeholders(1, len(searches))+`)
		  AND listing_id IN (`+sqldb.Placeholders(len(searches)+1, len(listings))+`)`, args...)
}

// entriesAtOnce bounds the rows of one statement of InsertEntries.
const entriesAtOnce = 400

// InsertEntries implements savedsearch.Store.
func (s *SavedSearch) InsertEntries(ctx context.Context, entries []savedsearch.Entry) ([]string, error) {
	var searches []string
	for part := range slices.Chunk(entries, entriesAtOnce) {
		rows, args := "", make([]any, 0, len(part)*6)
		for i, e := range part {
			if i > 0 {
				rows += ", "
			}
			rows += "(" + sqldb.Placeholders(len(args)+1, 6) + ")"
			args = append(args, e.SearchID, e.ListingID, e.Edition, e.Mark, clock.Micros(e.At), e.Digest)
		}
		noted, err := sqldb.AllWriting(ctx, s.db, sqldb.Scalar[string], `
			INSERT INTO saved_search_ledger (search_id, listing_id, edition, mark, at, digest) VALUES `+rows+`
			ON CONFLICT (search_id, listing_id, edition) DO NOTHING RETURNING search_id`, args...)
		if err != nil {
			return nil, err
		}
		searches = append(searches, noted...)
	}
	slices.Sort(searches)
	return slices.Compact(searches), nil
}

// Waiting implements savedsearch.Store.
func (s *SavedSearch) Waiting(ctx context.Context, search string) (bool, error) {
	found, err := sqldb.All(ctx, s.db, sqldb.Scalar[int64],
		`SELECT 1 FROM saved_search_ledger WHERE search_id = $1 AND digest = '' LIMIT 1`, search)
	return len(found) > 0, err
}

// InDigest implements savedsearch.Store.
func (s *SavedSearch) InDigest(ctx context.Context, search, digest string, limit int) ([]string, error) {
	return sqldb.All(ctx, s.db, sqldb.Scalar[string], `
		SELECT listing_id FROM saved_search_ledger WHERE search_id = $1 AND digest = $2
		GROUP BY listing_id ORDER BY min(at), listing_id LIMIT $3`, search, digest, limit)
}

// toldOf are the lines e of the ledger of a search that a digest told of, with
// their listings l that are live: neither what waits nor what was there before.
const toldOf = ` FROM saved_search_ledger e JOIN listings l ON l.id = e.listing_id AND l.state = 'published'
	WHERE e.digest NOT IN ('', 'baseline') AND e.search_id `

// Told implements savedsearch.Store.
func (s *SavedSearch) Told(ctx context.Context, search string, limit int) ([]savedsearch.Told, error) {
	return sqldb.All(ctx, s.db, func(row sqldb.Row) (savedsearch.Told, error) {
		var t savedsearch.Told
		var at int64
		err := row.Scan(&t.Kind, &t.ID, &at)
		t.At = clock.FromMicros(at)
		return t, err
	}, `SELECT l.kind, l.id, max(e.at)`+toldOf+`= $1 GROUP BY l.kind, l.id ORDER BY max(e.at) DESC, l.id LIMIT $2`, search, limit)
}

// Tallies implements savedsearch.Store.
func (s *SavedSearch) Tallies(ctx context.Context, searches []string) (map[string]savedsearch.Tally, error) {
	out := map[string]savedsearch.Tally{}
	if len(searches) == 0 {
		return out, nil
	}
	_, err := sqldb.All(ctx, s.db, func(row sqldb.Row) (struct{}, error) {
		var id string
		var count, latest int64
		err := row.Scan(&id, &count, &latest)
		out[id] = savedsearch.Tally{Count: int(count), Latest: clock.FromMicros(latest)}
		return struct{}{}, err
	}, `SELECT e.search_id, count(DISTINCT e.listing_id), max(e.at)`+toldOf+`IN (`+sqldb.Placeholders(1, len(searches))+`) GROUP BY e.search_id`,
		sqldb.Args(nil, searches)...)
	return out, err
}

// Claim implements savedsearch.Store.
func (s *SavedSearch) Claim(ctx context.Context, search, digest string, listings []string) error {
	if len(listings) == 0 {
		return nil
	}
	_, err := s.db.Exec(ctx, `UPDATE saved_search_ledger SET digest = $1 WHERE search_id = $2 AND digest = '' AND listing_id IN (`+
		sqldb.Placeholders(3, len(listings))+`)`, sqldb.Args([]any{digest, search}, listings)...)
	return err
}

// Drop implements savedsearch.Store.
func (s *SavedSearch) Drop(ctx context.Context, search string, listings []string) error {
	if len(listings) == 0 {
		return nil
	}
	_, err := s.db.Exec(ctx, `DELETE FROM saved_search_ledger WHERE search_id = $1 AND digest = '' AND listing_id IN (`+
		sqldb.Placeholders(2, len(listings))+`)`, sqldb.Args([]any{search}, listings)...)
	return err
}

// DropWaiting implements savedsearch.Store.
func (s *SavedSearch) DropWaiting(ctx context.Context, search string) error {
	_, err := s.db.Exec(ctx, `DELETE FROM saved_search_ledger WHERE search_id = $1 AND digest = ''`, search)
	return err
}
