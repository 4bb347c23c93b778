package store

import (
	"context"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/sqldb"
	"chengqiao/internal/synonym"
)

// Synonym keeps what operators make of the list of synonyms.
type Synonym struct{ db *sqldb.DB }

var _ synonym.Store = (*Synonym)(nil)

// NewSynonym makes the store of synonyms.
func NewSynonym(db *sqldb.DB) *Synonym { return &Synonym{db} }

// expressions is the object in which a group's are stored.
type expressions struct {
	List []string `json:"list"`
}

const synonymColumns = `id, shipped, field, expressions, disabled, updated_at, updated_by, version`

func scanSynonym(row sqldb.Row) (synonym.Row, error) {
	var r synonym.Row
	var said expressions
	var updated int64
	err := row.Scan(&r.ID, &r.Shipped, &r.Field, sqldb.IntoJSON(&said), &r.Disabled, &updated, &r.UpdatedBy, &r.Version)
	r.Expressions, r.UpdatedAt = said.List, clock.FromMicros(updated)
	return r, err
}

// Rows implements synonym.Store.
func (s *Synonym) Rows(ctx context.Context) ([]synonym.Row, error) {
	return sqldb.All(ctx, s.db, scanSynonym, `SELECT `+synonymColumns+` FROM synonym_groups ORDER BY id`)
}

// InsertRow implements synonym.Store.
func (s *Synonym) InsertRow(ctx context.Context, r synonym.Row) error {
	_, err := s.db.Exec(ctx, `INSERT INTO synonym_groups (`+synonymColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		r.ID, r.Shipped, r.Field, sqldb.ToJSON(expressions{r.Expressions}), r.Disabled, clock.Micros(r.UpdatedAt), r.UpdatedBy, r.Version)
	return err
}

// SaveRow implements synonym.Store.
func (s *Synonym) SaveRow(ctx context.Context, r synonym.Row) error {
	return sqldb.ExpectOne(s.db.Exec(ctx, `
		UPDATE synonym_groups SET field = $1, expressions = $2, disabled = $3, updated_at = $4, updated_by = $5, version = $6
		WHERE id = $7 AND version = $8`,
		r.Field, sqldb.ToJSON(expressions{r.Expressions}), r.Disabled, clock.Micros(r.UpdatedAt), r.UpdatedBy, r.Version, r.ID, r.Version-1))
}

// DeleteRow implements synonym.Store.
func (s *Synonym) DeleteRow(ctx context.Context, id string, version int64) error {
	return sqldb.ExpectOne(s.db.Exec(ctx, `DELETE FROM synonym_groups WHERE id = $1 AND version = $2`, id, version))
}

func scanSynonymRevision(row sqldb.Row) (synonym.Revision, error) {
	var r synonym.Revision
	var changed int64
	err := row.Scan(&r.Number, &changed)
	if changed > 0 {
		r.ChangedAt = clock.FromMicros(changed)
	}
	return r, err
}

// Revision implements synonym.Store.
func (s *Synonym) Revision(ctx context.Context) (synonym.Revision, error) {
	return sqldb.One(ctx, s.db, scanSynonymRevision, `SELECT revision, changed_at FROM synonym_list WHERE id = 'list'`)
}

// Advance implements synonym.Store.
func (s *Synonym) Advance(ctx context.Context, at time.Time) (synonym.Revision, error) {
	if _, err := s.db.Exec(ctx, `UPDATE synonym_list SET revision = revision + 1, changed_at = $1 WHERE id = 'list'`, clock.Micros(at)); err != nil {
		return synonym.Revision{}, err
	}
	return s.Revision(ctx)
}
