package store

import (
	"context"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/document"
	"chengqiao/internal/errs"
	"chengqiao/internal/sqldb"
)

// Document keeps the rows of files.
type Document struct{ db *sqldb.DB }

var _ document.Store = (*Document)(nil)

// NewDocument makes the store of files.
func NewDocument(db *sqldb.DB) *Document { return &Document{db} }

// BeginUpload implements document.Store.
func (s *Document) BeginUpload(ctx context.Context, key string, at time.Time) error {
	_, err := s.db.Exec(ctx, `INSERT INTO uploads (blob_key, begun_at) VALUES ($1, $2)`, key, clock.Micros(at))
	return err
}

// KeepUpload implements document.Store.
func (s *Document) KeepUpload(ctx context.Context, key string) error {
	return sqldb.ExpectOne(s.db.Exec(ctx, `DELETE FROM uploads WHERE blob_key = $1 AND NOT given_up`, key))
}

// UnkeptUploads implements document.Store.
func (s *Document) UnkeptUploads(ctx context.Context, before time.Time, limit int) ([]string, error) {
	return sqldb.All(ctx, s.db, sqldb.Scalar[string],
		`SELECT blob_key FROM uploads WHERE begun_at < $1 ORDER BY begun_at LIMIT $2`, clock.Micros(before), limit)
}

// GiveUpUpload implements document.Store.
func (s *Document) GiveUpUpload(ctx context.Context, key string) (bool, error) {
	res, err := s.db.Exec(ctx, `UPDATE uploads SET given_up = TRUE WHERE blob_key = $1`, key)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// ForgetUpload implements document.Store.
func (s *Document) ForgetUpload(ctx context.Context, key string) error {
	_, err := s.db.Exec(ctx, `DELETE FROM uploads WHERE blob_key = $1 AND given_up`, key)
	return err
}

const fileColumns = `id, coalesce(document_id, id), number, subject_kind, subject_id, blob_key, name, size, content_type,
	sha256, tier, on_request, uploaded_by, org_id, uploaded_at`

// InsertFile implements document.Store.
func (s *Document) InsertFile(ctx context.Context, f document.File) error {
	first := sqldb.NullText("")
	if f.DocumentID != f.ID {
		first = sqldb.NullText(f.DocumentID)
	}
	_, err := s.db.Exec(ctx, `
		INSERT INTO files (id, document_id, number, subject_kind, subject_id, blob_key, name, size, content_type, sha256,
			tier, on_request, uploaded_by, org_id, uploaded_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		f.ID, first, f.Number, f.SubjectKind, f.SubjectID, f.Key, f.Name, f.Size, f.ContentType, f.SHA256,
		f.Tier, f.OnRequest, f.UploadedBy, f.OrgID, clock.Micros(f.UploadedAt))
	if sqldb.IsDuplicate(err, "files", "document_id", "number") {
		return errs.Wrap(errs.Stale, "stale_version", err) // somebody else's next version came first
	}
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

// Versions implements document.Store.
func (s *Document) Versions(ctx context.Context, documentID string, limit int) ([]document.File, error) {
	return sqldb.All(ctx, s.db, scanFile, `
		SELECT `+fileColumns+` FROM files WHERE id = $1 OR document_id = $1 ORDER BY number LIMIT $2`, documentID, limit)
}

// CountFiles implements document.Store.
func (s *Document) CountFiles(ctx context.Context, subjectKind, subjectID string) (int, error) {
	return sqldb.One(ctx, s.db, sqldb.Scalar[int],
		`SELECT count(*) FROM files WHERE subject_kind = $1 AND subject_id = $2`, subjectKind, subjectID)
}

// InsertRead implements document.Store.
func (s *Document) InsertRead(ctx context.Context, r document.Read) error {
	_, err := s.db.Exec(ctx, `
		INSERT INTO file_reads (id, file_id, account_id, org_id, at, marked, owner_org)
		VALUES ($1, $2, $3, $4, $5, $6, coalesce((SELECT l.owner_org FROM files f
			JOIN listings l ON l.kind = f.subject_kind AND l.id = f.subject_id WHERE f.id = $2), ''))`,
		r.ID, r.FileID, r.AccountID, r.OrgID, clock.Micros(r.At), r.Marked)
	return err
}

// ReadSince implements document.Store.
func (s *Document) ReadSince(ctx context.Context, r document.Read, since time.Time) (bool, error) {
	n, err := sqldb.One(ctx, s.db, sqldb.Scalar[int64], `
		SELECT count(*) FROM file_reads WHERE file_id = $1 AND account_id = $2 AND org_id = $3 AND marked = $4 AND at >= $5`,
		r.FileID, r.AccountID, r.OrgID, r.Marked, clock.Micros(since))
	return n > 0, err
}

// Reads implements document.Store.
func (s *Document) Reads(ctx context.Context, documentID, before string, limit int) ([]document.Read, error) {
	return sqldb.All(ctx, s.db, func(row sqldb.Row) (document.Read, error) {
		var r document.Read
		var at int64
		err := row.Scan(&r.ID, &r.FileID, &r.Number, &r.AccountID, &r.OrgID, &at, &r.Marked)
		r.At = clock.FromMicros(at)
		return r, err
	}, `SELECT r.id, r.file_id, f.number, r.account_id, r.org_id, r.at, r.marked
		FROM file_reads r JOIN files f ON f.id = r.file_id
		WHERE (f.id = $1 OR f.document_id = $1) AND ($2 = '' OR r.id < $2) ORDER BY r.id DESC LIMIT $3`,
		documentID, before, limit)
}

func scanFile(row sqldb.Row) (document.File, error) {
	var f document.File
	var uploaded int64
	err := row.Scan(&f.ID, &f.DocumentID, &f.Number, &f.SubjectKind, &f.SubjectID, &f.Key, &f.Name, &f.Size, &f.ContentType,
		&f.SHA256, &f.Tier, &f.OnRequest, &f.UploadedBy, &f.OrgID, &uploaded)
	f.UploadedAt = clock.FromMicros(uploaded)
	return f, err
}
