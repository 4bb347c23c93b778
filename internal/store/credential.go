package store

import (
	"context"
	"time"

	"chengqiao/internal/account"
	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/sqldb"
)

const credentialColumns = `c.id, c.state, c.step_seq, c.version, c.org_id, c.person_id, c.credential_kind, c.level, c.number,
	c.issuer, c.valid_until, c.file_id, c.state_reason, c.submitted_at, c.submitted_by, c.decided_at`

func scanCredential(row sqldb.Row) (account.Credential, error) {
	var c account.Credential
	var submitted, decided int64
	err := row.Scan(&c.ID, &c.Position.State, &c.Position.Seq, &c.Version, &c.OrgID, sqldb.IntoText(&c.PersonID), &c.Kind, &c.Level,
		&c.Number, &c.Issuer, &c.ValidUntil, &c.FileID, &c.StateReason, &submitted, &c.SubmittedBy, &decided)
	c.SubmittedAt, c.DecidedAt = clock.FromMicros(submitted), clock.FromMicros(decided)
	return c, err
}

// InsertCredential implements account.CredentialStore.
func (s *Account) InsertCredential(ctx context.Context, c account.Credential) error {
	_, err := s.db.Exec(ctx, `
		INSERT INTO credentials (id, state, step_seq, version, org_id, person_id, credential_kind, level, number, issuer,
			valid_until, file_id, state_reason, submitted_at, submitted_by, decided_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		c.ID, c.Position.State, c.Position.Seq, c.Version, c.OrgID, sqldb.NullText(c.PersonID), c.Kind, c.Level, c.Number, c.Issuer,
		c.ValidUntil, c.FileID, c.StateReason, clock.Micros(c.SubmittedAt), c.SubmittedBy, clock.Micros(c.DecidedAt))
	return err
}

// Credential implements account.CredentialStore.
func (s *Account) Credential(ctx context.Context, id string) (account.Credential, error) {
	return sqldb.One(ctx, s.db, scanCredential, `SELECT `+credentialColumns+` FROM credentials c WHERE c.id = $1`, id)
}

// SaveCredential implements account.CredentialStore.
func (s *Account) SaveCredential(ctx context.Context, c account.Credential) error {
	return sqldb.ExpectOne(s.db.Exec(ctx, `
		UPDATE credentials SET state = $1, step_seq = $2, version = $3, state_reason = $4, decided_at = $5
		WHERE id = $6 AND version = $7`,
		c.Position.State, c.Position.Seq, c.Version, c.StateReason, clock.Micros(c.DecidedAt), c.ID, c.Version-1))
}

// Credentials implements account.CredentialStore.
func (s *Account) Credentials(ctx context.Context, f account.CredentialFilter) ([]account.Credential, error) {
	return sqldb.All(ctx, s.db, scanCredential, `
		SELECT `+credentialColumns+` FROM credentials c
		WHERE c.id > $1 AND ($2 = '' OR c.org_id = $2) AND ($3 = '' OR c.state = $3)
		  AND ($4 = '' OR (c.valid_until <> '' AND c.valid_until < $4)) AND ($5 = '' OR c.person_id = $5)
		ORDER BY c.id LIMIT $6`, f.After, f.OrgID, f.State, f.Due, f.PersonID, f.Limit)
}

// EraseCredentials implements account.CredentialStore.
func (s *Account) EraseCredentials(ctx context.Context, person string) error {
	_, err := s.db.Exec(ctx, `UPDATE credentials SET number = '', issuer = '' WHERE person_id = $1`, person)
	return err
}

// Brokers implements account.CredentialStore. An erased person has no name to
// show, and who has left the organisation is not its broker any more.
func (s *Account) Brokers(ctx context.Context, org string, day clock.Date, limit int) ([]account.Broker, error) {
	return sqldb.All(ctx, s.db, func(row sqldb.Row) (account.Broker, error) {
		var b account.Broker
		err := row.Scan(&b.Name, &b.Level, &b.Number, &b.Issuer, &b.ValidUntil)
		return b, err
	}, `SELECT p.name, c.level, c.number, c.issuer, c.valid_until
		FROM credentials c JOIN persons p ON p.id = c.person_id
		WHERE c.org_id = $1 AND c.state = 'verified' AND c.credential_kind = $2 AND p.name <> ''
		  AND (c.valid_until = '' OR c.valid_until >= $3)
		  AND EXISTS (SELECT 1 FROM members m WHERE m.org_id = c.org_id AND m.account_id = p.account_id)
		ORDER BY p.folded, c.id LIMIT $4`, org, account.BrokerCertificate, day, limit)
}

// InsertHandover implements account.HandoverStore.
func (s *Account) InsertHandover(ctx context.Context, h account.Handover) error {
	_, err := s.db.Exec(ctx, `
		INSERT INTO handovers (id, org_id, from_account, to_account, offered_at, expires_at, ended_at, outcome)
		VALUES ($1, $2, $3, $4, $5, $6, 0, '')`,
		h.ID, h.OrgID, h.FromAccount, h.ToAccount, clock.Micros(h.OfferedAt), clock.Micros(h.ExpiresAt))
	if sqldb.IsDuplicate(err, "handovers", "org_id") {
		return errs.Wrap(errs.Conflict, "handover_open", err)
	}
	return err
}

// OpenHandover implements account.HandoverStore.
func (s *Account) OpenHandover(ctx context.Context, org string) (account.Handover, error) {
	return sqldb.One(ctx, s.db, func(row sqldb.Row) (account.Handover, error) {
		var h account.Handover
		var offered, expires int64
		err := row.Scan(&h.ID, &h.OrgID, &h.FromAccount, &h.ToAccount, &h.FromName, &h.ToName, &offered, &expires)
		h.OfferedAt, h.ExpiresAt = clock.FromMicros(offered), clock.FromMicros(expires)
		return h, err
	}, `SELECT h.id, h.org_id, h.from_account, h.to_account, pf.name, pt.name, h.offered_at, h.expires_at
		FROM handovers h
		JOIN accounts fa ON fa.id = h.from_account JOIN persons pf ON pf.id = fa.person_id
		JOIN accounts ta ON ta.id = h.to_account JOIN persons pt ON pt.id = ta.person_id
		WHERE h.org_id = $1 AND h.ended_at = 0`, org)
}

// EndHandover implements account.HandoverStore.
func (s *Account) EndHandover(ctx context.Context, id string, outcome account.HandoverOutcome, at time.Time) error {
	return sqldb.ExpectOne(s.db.Exec(ctx, `UPDATE handovers SET ended_at = $1, outcome = $2 WHERE id = $3 AND ended_at = 0`,
		clock.Micros(at), outcome, id))
}
