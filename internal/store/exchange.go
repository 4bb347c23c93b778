package store

import (
	"context"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/exchange"
	"chengqiao/internal/policy"
	"chengqiao/internal/sqldb"
	"chengqiao/internal/text"
)

// Exchange keeps the previews of imports.
type Exchange struct{ db *sqldb.DB }

var _ exchange.Store = (*Exchange)(nil)

// NewExchange makes the store of import previews.
func NewExchange(db *sqldb.DB) *Exchange { return &Exchange{db} }

const previewColumns = `id, listing, org_id, account_id, file_name, state, columns, rows, faulty, left_out, unready,
	creates, updates, same, submit, result, confirmer, version, created_at, expires_at`

// columnList is the columns of a file as they are stored: an object.
type columnList struct {
	Columns []exchange.Column `json:"columns"`
}

// Insert implements exchange.Store.
func (s *Exchange) Insert(ctx context.Context, p exchange.Preview) error {
	_, err := s.db.Exec(ctx, `INSERT INTO import_previews (`+previewColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)`,
		p.ID, p.Listing, p.OrgID, p.AccountID, p.FileName, string(p.State), sqldb.ToJSON(columnList{p.Columns}),
		p.Rows, p.Faulty, p.LeftOut, p.Unready, p.Creates, p.Updates, p.Same, p.Submit,
		sqldb.ToJSON(p.Result), sqldb.ToJSON(p.By), p.Version, clock.Micros(p.CreatedAt), clock.Micros(p.ExpiresAt))
	return err
}

// Load implements exchange.Store.
func (s *Exchange) Load(ctx context.Context, id string) (exchange.Preview, error) {
	return sqldb.One(ctx, s.db, scanPreview, `SELECT `+previewColumns+` FROM import_previews WHERE id = $1`, id)
}

// Save implements exchange.Store.
func (s *Exchange) Save(ctx context.Context, p exchange.Preview) error {
	return sqldb.ExpectOne(s.db.Exec(ctx, `UPDATE import_previews SET state = $1, columns = $2, rows = $3, faulty = $4,
		left_out = $5, unready = $6, creates = $7, updates = $8, same = $9, submit = $10, result = $11, confirmer = $12,
		version = $13 WHERE id = $14 AND version = $15`,
		string(p.State), sqldb.ToJSON(columnList{p.Columns}), p.Rows, p.Faulty, p.LeftOut, p.Unready, p.Creates, p.Updates,
		p.Same, p.Submit, sqldb.ToJSON(p.Result), sqldb.ToJSON(p.By), p.Version, p.ID, p.Version-1))
}

// OfOrg implements exchange.Store.
func (s *Exchange) OfOrg(ctx context.Context, org string, limit int) ([]exchange.Preview, error) {
	return sqldb.All(ctx, s.db, scanPreview, `SELECT `+previewColumns+` FROM import_previews
		WHERE org_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2`, org, limit)
}

// Delete implements exchange.Store.
func (s *Exchange) Delete(ctx context.Context, id string) error {
	if _, err := s.db.Exec(ctx, `DELETE FROM import_rows WHERE preview_id = $1`, id); err != nil {
		return err
	}
	_, err := s.db.Exec(ctx, `DELETE FROM import_previews WHERE id = $1`, id)
	return err
}

// Expired implements exchange.Store.
func (s *Exchange) Expired(ctx context.Context, now time.Time, limit int) ([]string, error) {
	return sqldb.All(ctx, s.db, scanText, `SELECT id FROM import_previews
		WHERE expires_at < $1 AND state <> 'committing' ORDER BY expires_at LIMIT $2`, clock.Micros(now), limit)
}

func scanText(row sqldb.Row) (string, error) {
	var s string
	err := row.Scan(&s)
	return s, err
}

func scanPreview(row sqldb.Row) (exchange.Preview, error) {
	var p exchange.Preview
	var columns columnList
	var by policy.Actor
	var created, expires int64
	err := row.Scan(&p.ID, &p.Listing, &p.OrgID, &p.AccountID, &p.FileName, &p.State, sqldb.IntoJSON(&columns), &p.Rows, &p.Faulty,
		&p.LeftOut, &p.Unready, &p.Creates, &p.Updates, &p.Same, &p.Submit, sqldb.IntoJSON(&p.Result), sqldb.IntoJSON(&by),
		&p.Version, &created, &expires)
	p.Columns, p.By = columns.Columns, by
	p.CreatedAt, p.ExpiresAt = clock.FromMicros(created), clock.FromMicros(expires)
	return p, err
}

// rowContent is what of a row no query asks for.
type rowContent struct {
	Cells      []string         `json:"cells,omitempty"`
	Unreadable *errs.Field      `json:"unreadable,omitempty"`
	Title      text.Text        `json:"title,omitzero"`
	Faults     []exchange.Fault `json:"faults,omitempty"`
	Unready    []exchange.Fault `json:"unready,omitempty"`
}

// PutRows implements exchange.Store.
func (s *Exchange) PutRows(ctx context.Context, preview string, rows []exchange.Row) error {
	values := make([][]any, 0, len(rows))
	for _, r := range rows {
		values = append(values, []any{
			preview, r.Number, r.Line,
			sqldb.ToJSON(rowContent{Cells: r.Cells, Unreadable: r.Unreadable, Title: r.Title, Faults: r.Faults, Unready: r.Unready}),
			r.SourceID, r.Outcome, r.LeftOut, len(r.Faults) > 0, len(r.Unready) > 0})
	}
	return insertMany(ctx, s.db, `INSERT INTO import_rows
		(preview_id, number, line, content, source_id, outcome, left_out, faulty, unready)`, values,
		`ON CONFLICT (preview_id, number) DO UPDATE SET content = excluded.content, source_id = excluded.source_id,
			outcome = excluded.outcome, left_out = excluded.left_out, faulty = excluded.faulty, unready = excluded.unready`)
}

const importRowColumns = `number, line, content, source_id, outcome, left_out`

// Rows implements exchange.Store.
func (s *Exchange) Rows(ctx context.Context, preview string, f exchange.RowFilter) ([]exchange.Row, error) {
	var c conditions
	c.add("preview_id = ?", preview)
	c.add("number > ?", f.After)
	if f.Faulty {
		c.add("faulty = ?", true)
	}
	if f.Wanted {
		c.add("left_out = ?", false)
	}
	where := c.where()
	return sqldb.All(ctx, s.db, scanImportRow, `SELECT `+importRowColumns+` FROM import_rows
		WHERE `+where+` ORDER BY number LIMIT `+c.limit(f.Limit), c.args...)
}

// RowsNumbered implements exchange.Store.
func (s *Exchange) RowsNumbered(ctx context.Context, preview string, numbers []int64) ([]exchange.Row, error) {
	if len(numbers) == 0 {
		return nil, nil
	}
	return sqldb.All(ctx, s.db, scanImportRow, `SELECT `+importRowColumns+` FROM import_rows
		WHERE preview_id = $1 AND number IN (`+sqldb.Placeholders(2, len(numbers))+`) ORDER BY number`,
		sqldb.Args([]any{preview}, numbers)...)
}

// Keys implements exchange.Store.
func (s *Exchange) Keys(ctx context.Context, preview string) ([]exchange.Key, error) {
	return sqldb.All(ctx, s.db, func(row sqldb.Row) (exchange.Key, error) {
		var k exchange.Key
		err := row.Scan(&k.Number, &k.SourceID)
		return k, err
	}, `SELECT number, source_id FROM import_rows WHERE preview_id = $1 AND left_out = $2 ORDER BY number`, preview, false)
}

// Count implements exchange.Store.
func (s *Exchange) Count(ctx context.Context, p exchange.Preview) (exchange.Preview, error) {
	p.Rows, p.Faulty, p.LeftOut, p.Unready, p.Creates, p.Updates, p.Same = 0, 0, 0, 0, 0, 0, 0
	type group struct {
		outcome                  string
		leftOut, faulty, unready bool
		rows                     int64
	}
	groups, err := sqldb.All(ctx, s.db, func(row sqldb.Row) (group, error) {
		var g group
		err := row.Scan(&g.outcome, &g.leftOut, &g.faulty, &g.unready, &g.rows)
		return g, err
	}, `SELECT outcome, left_out, faulty, unready, count(*) FROM import_rows WHERE preview_id = $1
		GROUP BY outcome, left_out, faulty, unready`, p.ID)
	for _, g := range groups {
		p.Rows += g.rows
		if g.leftOut {
			p.LeftOut += g.rows
			continue
		}
		if g.faulty {
			p.Faulty += g.rows
			continue
		}
		if g.unready {
			p.Unready += g.rows
		}
		switch g.outcome {
		case "created":
			p.Creates += g.rows
		case "updated":
			p.Updates += g.rows
		case "unchanged":
			p.Same += g.rows
		}
	}
	return p, err
}

func scanImportRow(row sqldb.Row) (exchange.Row, error) {
	var r exchange.Row
	var c rowContent
	err := row.Scan(&r.Number, &r.Line, sqldb.IntoJSON(&c), &r.SourceID, &r.Outcome, &r.LeftOut)
	r.Cells, r.Unreadable, r.Title, r.Faults, r.Unready = c.Cells, c.Unreadable, c.Title, c.Faults, c.Unready
	return r, err
}
