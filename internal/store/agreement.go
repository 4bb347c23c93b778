package store

import (
	"context"

	"chengqiao/internal/catalog"
	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/notify"
	"chengqiao/internal/sqldb"
)

// Agreements keeps what owners say to having theirs in others' packages.
type Agreements struct{ db *sqldb.DB }

var _ catalog.AgreementStore = (*Agreements)(nil)

// NewAgreements makes the store of agreements.
func NewAgreements(db *sqldb.DB) *Agreements { return &Agreements{db} }

// InsertAgreement implements catalog.AgreementStore.
func (s *Agreements) InsertAgreement(ctx context.Context, a catalog.Agreement) error {
	_, err := s.db.Exec(ctx, `
		INSERT INTO agreements (id, state, step_seq, version, package_id, package_org, owner_org, terms_hash,
			title_zh, title_en, terms, asked_at, answered_at, reason)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		a.ID, a.Position.State, a.Position.Seq, a.Version, a.PackageID, a.PackageOrg, a.OwnerOrg, a.Terms.Hash(),
		a.Terms.Title.Zh, a.Terms.Title.En, sqldb.ToJSON(a.Terms), clock.Micros(a.AskedAt), clock.Micros(a.AnsweredAt), a.Reason)
	if sqldb.IsDuplicate(err, "agreements", "package_id", "owner_org", "terms_hash") {
		return errs.Wrap(errs.Stale, "stale_version", err)
	}
	return err
}

// SaveAgreement implements catalog.AgreementStore.
func (s *Agreements) SaveAgreement(ctx context.Context, a catalog.Agreement) error {
	return sqldb.ExpectOne(s.db.Exec(ctx, `
		UPDATE agreements SET state = $1, step_seq = $2, version = $3, title_zh = $4, title_en = $5, terms = $6,
			terms_hash = $7, asked_at = $8, answered_at = $9, reason = $10
		WHERE id = $11 AND version = $12`,
		a.Position.State, a.Position.Seq, a.Version, a.Terms.Title.Zh, a.Terms.Title.En, sqldb.ToJSON(a.Terms),
		a.Terms.Hash(), clock.Micros(a.AskedAt), clock.Micros(a.AnsweredAt), a.Reason, a.ID, a.Version-1))
}

const agreementColumns = `id, state, step_seq, version, package_id, package_org, owner_org, terms, asked_at, answered_at, reason`

func scanAgreement(row sqldb.Row) (catalog.Agreement, error) {
	var a catalog.Agreement
	var asked, answered int64
	err := row.Scan(&a.ID, &a.Position.State, &a.Position.Seq, &a.Version, &a.PackageID, &a.PackageOrg, &a.OwnerOrg,
		sqldb.IntoJSON(&a.Terms), &asked, &answered, &a.Reason)
	a.AskedAt, a.AnsweredAt = clock.FromMicros(asked), clock.FromMicros(answered)
	return a, err
}

// Agreement implements catalog.AgreementStore.
func (s *Agreements) Agreement(ctx context.Context, id string) (catalog.Agreement, error) {
	return sqldb.One(ctx, s.db, scanAgreement, `SELECT `+agreementColumns+` FROM agreements WHERE id = $1`, id)
}

// AgreementsOf implements catalog.AgreementStore.
func (s *Agreements) AgreementsOf(ctx context.Context, packageID string) ([]catalog.Agreement, error) {
	return sqldb.All(ctx, s.db, scanAgreement,
		`SELECT `+agreementColumns+` FROM agreements WHERE package_id = $1 ORDER BY id`, packageID)
}

// AgreementsAsked implements catalog.AgreementStore.
func (s *Agreements) AgreementsAsked(ctx context.Context, f catalog.AgreementFilter) ([]catalog.Agreement, error) {
	var c conditions
	c.add(`owner_org = ?`, f.OwnerOrg)
	if f.State != "" {
		c.add(`state = ?`, string(f.State))
	}
	if f.Before != "" {
		c.add(`id < ?`, f.Before)
	}
	return sqldb.All(ctx, s.db, scanAgreement, `SELECT `+agreementColumns+` FROM agreements
		WHERE `+c.where()+` ORDER BY id DESC LIMIT `+c.limit(f.Limit), c.args...)
}

// UnansweredAgreements implements notify.TaskStore.
func (s *Task) UnansweredAgreements(ctx context.Context, w notify.Waiting) ([]notify.Task, error) {
	return s.find(ctx, `
		SELECT kind, id, title_zh, title_en, 0, asked_at FROM agreements
		WHERE owner_org = $1 AND state = 'asked' ORDER BY asked_at, id LIMIT $2`, w.OrgID, w.Limit)
}
