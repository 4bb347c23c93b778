package store

import (
	"context"

	"chengqiao/internal/catalog"
	"chengqiao/internal/clock"
	"chengqiao/internal/sqldb"
)

// Contributions keeps what contributors say to their part.
type Contributions struct{ db *sqldb.DB }

var _ catalog.ContributionStore = (*Contributions)(nil)

// NewContributions makes the store of contributions.
func NewContributions(db *sqldb.DB) *Contributions { return &Contributions{db} }

const contributionColumns = `c.id, c.listing_id, c.person_id, c.role, c.weight, c.answer, c.reason, c.version, c.asked_at, c.answered_at`

func scanContribution(row sqldb.Row) (catalog.Contribution, error) { return readContribution(row) }

func readContribution(row sqldb.Row, more ...any) (catalog.Contribution, error) {
	var c catalog.Contribution
	var asked, answered int64
	err := row.Scan(append([]any{&c.ID, &c.AchievementID, &c.PersonID, &c.Role, &c.Weight, &c.Answer, &c.Reason, &c.Version,
		&asked, &answered}, more...)...)
	c.AskedAt, c.AnsweredAt = clock.FromMicros(asked), clock.FromMicros(answered)
	return c, err
}

// ContributionsTo implements catalog.ContributionStore.
func (s *Contributions) ContributionsTo(ctx context.Context, achievementIDs []string) ([]catalog.Contribution, error) {
	if len(achievementIDs) == 0 {
		return nil, nil
	}
	return sqldb.All(ctx, s.db, scanContribution, `SELECT `+contributionColumns+` FROM contributions c
		WHERE c.listing_id IN (`+sqldb.Placeholders(1, len(achievementIDs))+`) ORDER BY c.listing_id, c.id`,
		sqldb.Args(nil, achievementIDs)...)
}

// ContributionsOf implements catalog.ContributionStore.
func (s *Contributions) ContributionsOf(ctx context.Context, personIDs []string, limit int) ([]catalog.Contribution, error) {
	return sqldb.All(ctx, s.db, func(row sqldb.Row) (catalog.Contribution, error) {
		var owner, zh, en string
		var total int64
		c, err := readContribution(row, &owner, &zh, &en, &total)
		c.OwnerOrg, c.Title.Zh, c.Title.En, c.TotalWeight = owner, zh, en, total
		return c, err
	}, `SELECT `+contributionColumns+`, l.owner_org, coalesce(w.title_zh, v.title_zh, ''), coalesce(w.title_en, v.title_en, ''),
			(SELECT sum(o.weight) FROM contributions o WHERE o.listing_id = c.listing_id)
		FROM contributions c JOIN listings l ON l.id = c.listing_id
		LEFT JOIN revisions w ON w.listing_id = l.id AND w.`+openRevision+`
		LEFT JOIN revisions v ON v.id = l.live_revision
		WHERE c.person_id IN (`+sqldb.Placeholders(2, len(personIDs))+`)
		ORDER BY c.asked_at DESC, c.id DESC LIMIT $1`, sqldb.Args([]any{limit}, personIDs)...)
}

// Contribution implements catalog.ContributionStore.
func (s *Contributions) Contribution(ctx context.Context, id string) (catalog.Contribution, error) {
	return sqldb.One(ctx, s.db, scanContribution, `SELECT `+contributionColumns+` FROM contributions c WHERE c.id = $1`, id)
}

// KeepContribution implements catalog.ContributionStore.
func (s *Contributions) KeepContribution(ctx context.Context, c catalog.Contribution) error {
	return sqldb.ExpectOne(s.db.Exec(ctx, `
		INSERT INTO contributions (id, listing_id, person_id, role, weight, answer, reason, version, asked_at, answered_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (id) DO UPDATE SET role = excluded.role, weight = excluded.weight, answer = excluded.answer,
			reason = excluded.reason, version = excluded.version, asked_at = excluded.asked_at, answered_at = excluded.answered_at
		WHERE contributions.version = excluded.version - 1`,
		c.ID, c.AchievementID, c.PersonID, c.Role, c.Weight, c.Answer, c.Reason, c.Version,
		clock.Micros(c.AskedAt), clock.Micros(c.AnsweredAt)))
}

// DropContributions implements catalog.ContributionStore.
func (s *Contributions) DropContributions(ctx context.Context, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := s.db.Exec(ctx, `DELETE FROM contributions WHERE id IN (`+sqldb.Placeholders(1, len(ids))+`)`, sqldb.Args(nil, ids)...)
	return err
}

// ForgetReasons leaves what the persons of an account answered with the
// achievements' owners, without the words.
func (s *Contributions) ForgetReasons(ctx context.Context, account string) error {
	_, err := s.db.Exec(ctx, `UPDATE contributions SET reason = ''
		WHERE reason <> '' AND person_id IN (SELECT id FROM persons WHERE account_id = $1)`, account)
	return err
}
