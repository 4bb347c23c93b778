package store

import (
	"context"

	"chengqiao/internal/clock"
	"chengqiao/internal/note"
	"chengqiao/internal/sqldb"
)

// Note keeps the notes of organisations.
type Note struct{ db *sqldb.DB }

var _ note.Store = (*Note)(nil)

// NewNote makes the store of notes.
func NewNote(db *sqldb.DB) *Note { return &Note{db} }

const noteColumns = `id, version, org_id, subject_kind, subject_id, account_id, text, written_at, changed_at`

// InsertNote implements note.Store.
func (s *Note) InsertNote(ctx context.Context, n note.Note) error {
	_, err := s.db.Exec(ctx, `INSERT INTO notes (`+noteColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		n.ID, n.Version, n.OrgID, n.SubjectKind, n.SubjectID, n.AccountID, n.Text, clock.Micros(n.WrittenAt), clock.Micros(n.ChangedAt))
	return err
}

// Note implements note.Store.
func (s *Note) Note(ctx context.Context, id string) (note.Note, error) {
	return sqldb.One(ctx, s.db, scanNote, `SELECT `+noteColumns+` FROM notes WHERE id = $1`, id)
}

// SaveNote implements note.Store.
func (s *Note) SaveNote(ctx context.Context, n note.Note) error {
	return sqldb.ExpectOne(s.db.Exec(ctx, `UPDATE notes SET version = $1, text = $2, changed_at = $3 WHERE id = $4 AND version = $5`,
		n.Version, n.Text, clock.Micros(n.ChangedAt), n.ID, n.Version-1))
}

// DeleteNote implements note.Store.
func (s *Note) DeleteNote(ctx context.Context, id string) error {
	_, err := s.db.Exec(ctx, `DELETE FROM notes WHERE id = $1`, id)
	return err
}

// Notes implements note.Store.
func (s *Note) Notes(ctx context.Context, f note.Filter) ([]note.Note, error) {
	query, args := notesQuery(f)
	return sqldb.All(ctx, s.db, scanNote, query, args...)
}

func notesQuery(f note.Filter) (string, []any) {
	var c conditions
	c.add(`org_id = ?`, f.OrgID)
	if f.SubjectKind != "" {
		c.add(`subject_kind = ?`, f.SubjectKind)
	}
	if f.SubjectID != "" {
		c.add(`subject_id = ?`, f.SubjectID)
	}
	if f.Before != "" {
		c.add(`id < ?`, f.Before)
	}
	return `SELECT ` + noteColumns + ` FROM notes WHERE ` + c.where() + ` ORDER BY id DESC LIMIT ` + c.limit(f.Limit), c.args
}

// CountNotes implements note.Store.
func (s *Note) CountNotes(ctx context.Context, org, subjectKind, subjectID string) (int, error) {
	return sqldb.One(ctx, s.db, sqldb.Scalar[int],
		`SELECT count(*) FROM notes WHERE org_id = $1 AND subject_kind = $2 AND subject_id = $3`, org, subjectKind, subjectID)
}

// NotesOf are those that an account wrote, oldest first, after one's id: for
// the export of personal data.
func (s *Note) NotesOf(ctx context.Context, account, after string, limit int) ([]note.Note, error) {
	return sqldb.All(ctx, s.db, scanNote, `
		SELECT `+noteColumns+` FROM notes WHERE account_id = $1 AND id > $2 ORDER BY id LIMIT $3`, account, after, limit)
}

func scanNote(row sqldb.Row) (note.Note, error) {
	var n note.Note
	var written, changed int64
	err := row.Scan(&n.ID, &n.Version, &n.OrgID, &n.SubjectKind, &n.SubjectID, &n.AccountID, &n.Text, &written, &changed)
	n.WrittenAt, n.ChangedAt = clock.FromMicros(written), clock.FromMicros(changed)
	return n, err
}
