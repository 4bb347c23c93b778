package store

import (
	"context"

	"chengqiao/internal/clock"
	"chengqiao/internal/document"
	"chengqiao/internal/sqldb"
)

// Document keeps the rows of files.
type Document struct{ db *sqldb.DB }

var _ document.Store = (*Document)(nil)

// NewDocument makes the store of files.
func NewDocument(db *sqldb.DB) *Document { return &Document{db} }

const fileColumns = `id, subject_kind, subject_id, blob_key, name, size, content_type, sha256, tier,
	uploaded_by, org_id, uploaded_at`

// InsertFile implements document.Store.
func (s *Document) InsertFile(ctx context.Context, f document.File) error {
	_, err := s.db.Exec(ctx, `
		INSERT INTO files (`+fileColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		f.ID, f.SubjectKind, f.SubjectID, f.Key, f.Name, f.Size, f.ContentType, f.SHA256, f.Tier,
		f.UploadedBy, f.OrgID, clock.Micros(f.UploadedAt))
	return err
}

// File implements document.Store.
func (s *Document) File(ctx context.Context, id string) (document.File, error) {
	return sqldb.One(ctx, s.db, scanFile, `SELECT `+fileColumns+` FROM files WHERE id = $1`, id)
}

// Files implements document.Store.
func (s *Document) Files(ctx context.Context, subjectKind, subjectID string, limit int) ([]document.File, error) {
	return sqldb.All(ctx, s.db, scanFile, `
		SELECT `+fileColumns+` FROM files WHERE subject_kind = $1 AND subject_id = $2
		ORDER BY id LIMIT $3`, subjectKind, subjectID, limit)
}

// CountFiles implements document.Store.
func (s *Document) CountFiles(ctx context.Context, subjectKind, subjectID string) (int, error) {
	return sqldb.One(ctx, s.db, sqldb.Scalar[int],
		`SELECT count(*) FROM files WHERE subject_kind = $1 AND subject_id = $2`, subjectKind, subjectID)
}

// InsertRead implements document.Store.
func (s *Document) InsertRead(ctx context.Context, r document.Read) error {
	_, err := s.db.Exec(ctx, `INSERT INTO file_reads (id, file_id, account_id, org_id, at) VALUES ($1, $2, $3, $4, $5)`,
		r.ID, r.FileID, r.AccountID, r.OrgID, clock.Micros(r.At))
	return err
}

// Reads are who was given a file, newest first.
func (s *Document) Reads(ctx context.Context, fileID, before string, limit int) ([]document.Read, error) {
	return sqldb.All(ctx, s.db, func(row sqldb.Row) (document.Read, error) {
		var r document.Read
		var at int64
		err := row.Scan(&r.ID, &r.FileID, &r.AccountID, &r.OrgID, &at)
		r.At = clock.FromMicros(at)
		return r, err
	}, `SELECT id, file_id, account_id, org_id, at FROM file_reads
		WHERE file_id = $1 AND ($2 = '' OR id < $2) ORDER BY id DESC LIMIT $3`, fileID, before, limit)
}

func scanFile(row sqldb.Row) (document.File, error) {
	var f document.File
	var uploaded int64
	err := row.Scan(&f.ID, &f.SubjectKind, &f.SubjectID, &f.Key, &f.Name, &f.Size, &f.ContentType, &f.SHA256, &f.Tier,
		&f.UploadedBy, &f.OrgID, &uploaded)
	f.UploadedAt = clock.FromMicros(uploaded)
	return f, err
}
