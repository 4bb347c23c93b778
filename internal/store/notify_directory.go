package store

import (
	"context"

	"chengqiao/internal/notify"
	"chengqiao/internal/policy"
	"chengqiao/internal/sqldb"
	"chengqiao/internal/text"
)

var (
	_ notify.Directory   = (*Notify)(nil)
	_ notify.Memberships = (*Notify)(nil)
)

// recipientColumns are of active accounts, which erased ones are not, with the
// first of their verified addresses.
const recipientColumns = `a.id, p.name, a.locale, coalesce((SELECT min(i.value) FROM identifiers i
	WHERE i.account_id = a.id AND i.kind = 'email' AND i.verified_at > 0), '')`

const recipientTables = `accounts a JOIN persons p ON p.id = a.person_id`

func scanRecipient(row sqldb.Row) (notify.Recipient, error) {
	var r notify.Recipient
	err := row.Scan(&r.AccountID, &r.Name, &r.Locale, &r.Email)
	return r, err
}

// Members implements notify.Directory.
func (s *Notify) Members(ctx context.Context, orgID string, roles []policy.Role, limit int) ([]notify.Recipient, error) {
	return sqldb.All(ctx, s.db, scanRecipient, `
		SELECT `+recipientColumns+` FROM `+recipientTables+`
		WHERE a.state = 'active' AND a.id IN (
			SELECT m.account_id FROM members m
			WHERE m.org_id = $1 AND m.role IN (`+sqldb.Placeholders(3, len(roles))+`))
		ORDER BY a.id LIMIT $2`, sqldb.Args([]any{orgID, limit}, roles)...)
}

// Staff implements notify.Directory.
func (s *Notify) Staff(ctx context.Context, roles []policy.Role, limit int) ([]notify.Recipient, error) {
	return sqldb.All(ctx, s.db, scanRecipient, `
		SELECT `+recipientColumns+` FROM `+recipientTables+`
		WHERE a.state = 'active' AND a.id IN (
			SELECT m.account_id FROM members m JOIN organisations o ON o.id = m.org_id
			WHERE o.org_kind = 'platform' AND m.role IN (`+sqldb.Placeholders(2, len(roles))+`))
		ORDER BY a.id LIMIT $1`, sqldb.Args([]any{limit}, roles)...)
}

// Claimed implements notify.Directory.
func (s *Notify) Claimed(ctx context.Context, personIDs []string) ([]notify.Recipient, error) {
	if len(personIDs) == 0 {
		return nil, nil
	}
	return sqldb.All(ctx, s.db, scanRecipient, `
		SELECT `+recipientColumns+` FROM `+recipientTables+`
		WHERE a.state = 'active' AND a.id IN (
			SELECT e.account_id FROM persons e WHERE e.id IN (`+sqldb.Placeholders(1, len(personIDs))+`))
		ORDER BY a.id`, sqldb.Args(nil, personIDs)...)
}

// Known implements notify.Directory.
func (s *Notify) Known(ctx context.Context, accountID string) (bool, error) {
	return sqldb.One(ctx, s.db, sqldb.Scalar[bool],
		`SELECT EXISTS (SELECT 1 FROM accounts WHERE id = $1 AND state = 'active')`, accountID)
}

// OrganisationsOf implements notify.Memberships.
func (s *Notify) OrganisationsOf(ctx context.Context, accountID string) ([]string, error) {
	return sqldb.All(ctx, s.db, sqldb.Scalar[string],
		`SELECT DISTINCT org_id FROM members WHERE account_id = $1 ORDER BY org_id`, accountID)
}

// OrganisationName implements notify.Directory.
func (s *Notify) OrganisationName(ctx context.Context, orgID string) (text.Text, error) {
	return sqldb.One(ctx, s.db, func(row sqldb.Row) (text.Text, error) {
		var name text.Text
		err := row.Scan(sqldb.IntoJSON(&name))
		return name, err
	}, `SELECT name FROM organisations WHERE id = $1`, orgID)
}
