package store

import (
	"context"

	"chengqiao/internal/clock"
	"chengqiao/internal/document"
	"chengqiao/internal/errs"
	"chengqiao/internal/sqldb"
)

const requestColumns = `id, state, step_seq, version, document_id, from_number, subject_kind, subject_id, owner_org, asker_org,
	told_name, asked_by, asked_at, reason, wants_original, decided_by, decided_at, until_day, original, answer`

// requestName is the name of the document's last version.
const requestName = `, (SELECT f.name FROM files f WHERE f.id = r.document_id OR f.document_id = r.document_id ORDER BY f.number DESC LIMIT 1)`

// InsertRequest implements document.Store.
func (s *Document) InsertRequest(ctx context.Context, r document.Request) error {
	_, err := s.db.Exec(ctx, `
		INSERT INTO file_requests (`+requestColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)`,
		r.ID, r.Position.State, r.Position.Seq, r.Version, r.DocumentID, r.FromNumber, r.SubjectKind, r.SubjectID, r.OwnerOrg, r.AskerOrg,
		r.ToldName, r.AskedBy, clock.Micros(r.AskedAt), r.Reason, r.WantsOriginal, r.DecidedBy, clock.Micros(r.DecidedAt), r.Until, r.Original, r.Answer)
	if sqldb.IsDuplicate(err, "file_requests", "document_id", "asker_org") {
		return errs.Wrap(errs.Conflict, "request_exists", err)
	}
	return err
}

// Request implements document.Store.
func (s *Document) Request(ctx context.Context, id string) (document.Request, error) {
	return sqldb.One(ctx, s.db, scanRequest, `SELECT `+requestColumns+requestName+` FROM file_requests r WHERE id = $1`, id)
}

// SaveRequest implements document.Store.
func (s *Document) SaveRequest(ctx context.Context, r document.Request) error {
	return sqldb.ExpectOne(s.db.Exec(ctx, `
		UPDATE file_requests SET state = $1, step_seq = $2, version = $3, decided_by = $4, decided_at = $5, until_day = $6,
			original = $7, answer = $8, told_name = $9
		WHERE id = $10 AND version = $11`,
		r.Position.State, r.Position.Seq, r.Version, r.DecidedBy, clock.Micros(r.DecidedAt), r.Until, r.Original, r.Answer, r.ToldName,
		r.ID, r.Version-1))
}

// Requests implements document.Store.
func (s *Document) Requests(ctx context.Context, f document.RequestFilter) ([]document.Request, error) {
	query, args := fileRequestsQuery(f)
	return sqldb.All(ctx, s.db, scanRequest, query, args...)
}

// fileRequestsQuery finds an organisation's requests by each side.
func fileRequestsQuery(f document.RequestFilter) (string, []any) {
	var c conditions
	switch f.Box {
	case document.Sent:
		c.add(`asker_org = ?`, f.OrgID)
	case document.Received:
		c.add(`owner_org = ?`, f.OrgID)
	default:
		c.add(`id IN (SELECT id FROM file_requests WHERE owner_org = ? UNION SELECT id FROM file_requests WHERE asker_org = ?)`, f.OrgID, f.OrgID)
	}
	if f.State != "" {
		c.add(`state = ?`, string(f.State))
	}
	if f.Before != "" {
		c.add(`id < ?`, f.Before)
	}
	return `SELECT ` + requestColumns + requestName + ` FROM file_requests r WHERE ` + c.where() + ` ORDER BY id DESC LIMIT ` + c.limit(f.Limit), c.args
}

// LatestRequests implements document.Store. The last of each document comes
// last of all, since ids grow with time.
func (s *Document) LatestRequests(ctx context.Context, subjectKind, subjectID, askerOrg string) (map[string]document.Request, error) {
	found, err := sqldb.All(ctx, s.db, scanRequest, `
		SELECT `+requestColumns+requestName+` FROM file_requests r
		WHERE subject_kind = $1 AND subject_id = $2 AND asker_org = $3 AND id = (
			SELECT max(l.id) FROM file_requests l WHERE l.document_id = r.document_id AND l.asker_org = $3)`,
		subjectKind, subjectID, askerOrg)
	out := make(map[string]document.Request, len(found))
	for _, r := range found {
		out[r.DocumentID] = r
	}
	return out, err
}

func scanRequest(row sqldb.Row) (document.Request, error) {
	var r document.Request
	var asked, decided int64
	err := row.Scan(&r.ID, &r.Position.State, &r.Position.Seq, &r.Version, &r.DocumentID, &r.FromNumber, &r.SubjectKind, &r.SubjectID,
		&r.OwnerOrg, &r.AskerOrg, &r.ToldName, &r.AskedBy, &asked, &r.Reason, &r.WantsOriginal, &r.DecidedBy, &decided, &r.Until, &r.Original, &r.Answer, &r.Name)
	r.AskedAt, r.DecidedAt = clock.FromMicros(asked), clock.FromMicros(decided)
	return r, err
}
