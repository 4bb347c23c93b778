package store

import (
	"context"
	"time"

	"chengqiao/internal/account"
	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/sqldb"
	"chengqiao/internal/text"
)

// Account keeps persons, accounts, sessions and (in organisation.go)
// organisations.
type Account struct{ db *sqldb.DB }

var _ account.Store = (*Account)(nil)

// NewAccount makes the store of accounts and organisations.
func NewAccount(db *sqldb.DB) *Account { return &Account{db} }

const personColumns = `p.id, p.name, p.named_by, p.account_id, p.created_at, p.erased_at`

func scanPerson(row sqldb.Row) (account.Person, error) {
	var p account.Person
	var created, erased int64
	err := row.Scan(&p.ID, &p.Name, sqldb.IntoText(&p.NamedBy), sqldb.IntoText(&p.AccountID), &created, &erased)
	p.CreatedAt, p.ErasedAt = clock.FromMicros(created), clock.FromMicros(erased)
	return p, err
}

// InsertPerson implements account.AccountStore.
func (s *Account) InsertPerson(ctx context.Context, p account.Person) error {
	_, err := s.db.Exec(ctx, `
		INSERT INTO persons (id, name, folded, named_by, account_id, created_at, erased_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		p.ID, p.Name, text.Fold(p.Name), sqldb.NullText(p.NamedBy), sqldb.NullText(p.AccountID),
		clock.Micros(p.CreatedAt), clock.Micros(p.ErasedAt))
	return err
}

// Person implements account.AccountStore.
func (s *Account) Person(ctx context.Context, id string) (account.Person, error) {
	return sqldb.One(ctx, s.db, scanPerson, `SELECT `+personColumns+` FROM persons p WHERE p.id = $1`, id)
}

// Persons implements account.AccountStore.
func (s *Account) Persons(ctx context.Context, ids []string) ([]account.Person, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return sqldb.All(ctx, s.db, scanPerson,
		`SELECT `+personColumns+` FROM persons p WHERE p.id IN (`+sqldb.Placeholders(1, len(ids))+`)`, sqldb.Args(nil, ids)...)
}

// SavePerson implements account.AccountStore.
func (s *Account) SavePerson(ctx context.Context, p account.Person) error {
	return sqldb.ExpectOne(s.db.Exec(ctx, `
		UPDATE persons SET name = $1, folded = $2, account_id = $3, erased_at = $4 WHERE id = $5`,
		p.Name, text.Fold(p.Name), sqldb.NullText(p.AccountID), clock.Micros(p.ErasedAt), p.ID))
}

// NamedBy implements account.AccountStore.
func (s *Account) NamedBy(ctx context.Context, org, query string, limit int) ([]account.Person, error) {
	return sqldb.All(ctx, s.db, scanPerson, `
		SELECT `+personColumns+` FROM persons p
		WHERE p.erased_at = 0 AND NOT EXISTS (SELECT 1 FROM accounts e WHERE e.id = p.account_id AND e.state = 'erased')
		  AND p.folded LIKE $2 ESCAPE '\'
		  AND (p.named_by = $1 OR p.id IN (
			SELECT a.person_id FROM members m JOIN accounts a ON a.id = m.account_id WHERE m.org_id = $1))
		ORDER BY p.folded, p.id LIMIT $3`, org, sqldb.LikeContains(query), limit)
}

// EntriesOf implements account.AccountStore.
func (s *Account) EntriesOf(ctx context.Context, id string) ([]account.Person, error) {
	return sqldb.All(ctx, s.db, scanPerson,
		`SELECT `+personColumns+` FROM persons p WHERE p.account_id = $1 ORDER BY p.id`, id)
}

// InsertAccount implements account.AccountStore.
func (s *Account) InsertAccount(ctx context.Context, a account.Account) error {
	_, err := s.db.Exec(ctx, `
		INSERT INTO accounts (id, state, state_reason, step_seq, version, person_id, locale, password_hash, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		a.ID, a.Position.State, a.StateReason, a.Position.Seq, a.Version, a.PersonID, a.Locale, a.PasswordHash, clock.Micros(a.CreatedAt))
	return err
}

// Account implements account.AccountStore.
func (s *Account) Account(ctx context.Context, id string) (account.Account, error) {
	return sqldb.One(ctx, s.db, func(row sqldb.Row) (account.Account, error) {
		var a account.Account
		var created int64
		err := row.Scan(&a.ID, &a.Position.State, &a.StateReason, &a.Position.Seq, &a.Version, &a.PersonID, &a.Locale, &a.PasswordHash, &created)
		a.CreatedAt = clock.FromMicros(created)
		return a, err
	}, `SELECT id, state, state_reason, step_seq, version, person_id, locale, password_hash, created_at FROM accounts WHERE id = $1`, id)
}

// AccountNames implements account.AccountStore.
func (s *Account) AccountNames(ctx context.Context, ids []string) (map[string]string, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	type named struct{ id, name string }
	rows, err := sqldb.All(ctx, s.db, func(row sqldb.Row) (named, error) {
		var n named
		err := row.Scan(&n.id, &n.name)
		return n, err
	}, `SELECT a.id, p.name FROM accounts a JOIN persons p ON p.id = a.person_id
		WHERE a.id IN (`+sqldb.Placeholders(1, len(ids))+`)`, sqldb.Args(nil, ids)...)
	out := make(map[string]string, len(rows))
	for _, n := range rows {
		out[n.id] = n.name
	}
	return out, err
}

// SaveAccount implements account.AccountStore.
func (s *Account) SaveAccount(ctx context.Context, a account.Account) error {
	return sqldb.ExpectOne(s.db.Exec(ctx, `
		UPDATE accounts SET state = $1, state_reason = $2, step_seq = $3, version = $4, locale = $5, password_hash = $6
		WHERE id = $7 AND version = $8`,
		a.Position.State, a.StateReason, a.Position.Seq, a.Version, a.Locale, a.PasswordHash, a.ID, a.Version-1))
}

const identifierColumns = `id, account_id, kind, value, folded, verified_at`

func scanIdentifier(row sqldb.Row) (account.Identifier, error) {
	var i account.Identifier
	var verified int64
	err := row.Scan(&i.ID, &i.AccountID, &i.Kind, &i.Value, &i.Folded, &verified)
	i.VerifiedAt = clock.FromMicros(verified)
	return i, err
}

// InsertIdentifier implements account.AccountStore.
func (s *Account) InsertIdentifier(ctx context.Context, i account.Identifier) error {
	_, err := s.db.Exec(ctx, `INSERT INTO identifiers (`+identifierColumns+`) VALUES ($1, $2, $3, $4, $5, $6)`,
		i.ID, i.AccountID, i.Kind, i.Value, i.Folded, clock.Micros(i.VerifiedAt))
	if sqldb.IsDuplicate(err, "identifiers", "kind", "folded") {
		return errs.Wrap(errs.Conflict, "identifier_exists", err)
	}
	return err
}

// IdentifierByValue implements account.AccountStore.
func (s *Account) IdentifierByValue(ctx context.Context, kind account.IdentifierKind, folded string) (account.Identifier, error) {
	return sqldb.One(ctx, s.db, scanIdentifier,
		`SELECT `+identifierColumns+` FROM identifiers WHERE kind = $1 AND folded = $2`, kind, folded)
}

// Identifiers implements account.AccountStore.
func (s *Account) Identifiers(ctx context.Context, id string) ([]account.Identifier, error) {
	return sqldb.All(ctx, s.db, scanIdentifier,
		`SELECT `+identifierColumns+` FROM identifiers WHERE account_id = $1 ORDER BY id`, id)
}

// VerifyIdentifier implements account.AccountStore.
func (s *Account) VerifyIdentifier(ctx context.Context, id string, at time.Time) error {
	return sqldb.ExpectOne(s.db.Exec(ctx, `UPDATE identifiers SET verified_at = $1 WHERE id = $2`, clock.Micros(at), id))
}

// ForgetAnswers implements account.AccountStore. The answer that is being given
// is not among them: it has no status yet.
func (s *Account) ForgetAnswers(ctx context.Context, account string, words []string) error {
	if _, err := s.db.Exec(ctx, `DELETE FROM idempotency WHERE scope = $1 AND status <> 0`, account); err != nil {
		return err
	}
	for _, word := range words {
		if _, err := s.db.Exec(ctx, `DELETE FROM idempotency WHERE body LIKE $1 ESCAPE '\' AND status <> 0`, sqldb.LikeContains(word)); err != nil {
			return err
		}
	}
	return nil
}

// DeleteIdentifiers implements account.AccountStore.
func (s *Account) DeleteIdentifiers(ctx context.Context, id string) error {
	_, err := s.db.Exec(ctx, `DELETE FROM identifiers WHERE account_id = $1`, id)
	return err
}

// InsertToken implements account.AccountStore.
func (s *Account) InsertToken(ctx context.Context, t account.Token) error {
	_, err := s.db.Exec(ctx, `
		INSERT INTO tokens (id, purpose, account_id, invitation_id, registration, created_at, expires_at, used_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		t.ID, t.Purpose, sqldb.NullText(t.AccountID), sqldb.NullText(t.InvitationID), sqldb.ToJSON(t.Registration),
		clock.Micros(t.CreatedAt), clock.Micros(t.ExpiresAt), clock.Micros(t.UsedAt))
	return err
}

// Token implements account.AccountStore.
func (s *Account) Token(ctx context.Context, id string) (account.Token, error) {
	return sqldb.One(ctx, s.db, func(row sqldb.Row) (account.Token, error) {
		var t account.Token
		var created, expires, used int64
		err := row.Scan(&t.ID, &t.Purpose, sqldb.IntoText(&t.AccountID), sqldb.IntoText(&t.InvitationID),
			sqldb.IntoJSON(&t.Registration), &created, &expires, &used)
		t.CreatedAt, t.ExpiresAt, t.UsedAt = clock.FromMicros(created), clock.FromMicros(expires), clock.FromMicros(used)
		return t, err
	}, `SELECT id, purpose, account_id, invitation_id, registration, created_at, expires_at, used_at FROM tokens WHERE id = $1`, id)
}

// UseToken implements account.AccountStore.
func (s *Account) UseToken(ctx context.Context, id string, at time.Time) error {
	return sqldb.ExpectOne(s.db.Exec(ctx, `UPDATE tokens SET used_at = $1, registration = '{}' WHERE id = $2 AND used_at = 0`, clock.Micros(at), id))
}

// WithdrawTokens implements account.AccountStore.
func (s *Account) WithdrawTokens(ctx context.Context, id string, p account.Purpose, at time.Time) error {
	_, err := s.db.Exec(ctx, `UPDATE tokens SET used_at = $1, registration = '{}' WHERE account_id = $2 AND purpose = $3 AND used_at = 0`,
		clock.Micros(at), id, p)
	return err
}

// PruneTokens implements account.AccountStore.
func (s *Account) PruneTokens(ctx context.Context, before time.Time, limit int) (int64, error) {
	res, err := s.db.Exec(ctx, `DELETE FROM tokens WHERE id IN (
		SELECT id FROM tokens WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)`, clock.Micros(before), limit)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// UnprovenSince implements account.AccountStore.
func (s *Account) UnprovenSince(ctx context.Context, before time.Time, limit int) ([]string, error) {
	return sqldb.All(ctx, s.db, sqldb.Scalar[string],
		`SELECT id FROM accounts a WHERE state = 'unconfirmed' AND created_at < $1
		   AND NOT EXISTS (SELECT 1 FROM tokens WHERE account_id = a.id) ORDER BY id LIMIT $2`, clock.Micros(before), limit)
}

// InsertConsent implements account.AccountStore.
func (s *Account) InsertConsent(ctx context.Context, c account.Consent) error {
	_, err := s.db.Exec(ctx, `INSERT INTO consents (id, account_id, purpose, version, given, at) VALUES ($1, $2, $3, $4, $5, $6)`,
		c.ID, c.AccountID, c.Purpose, c.Version, c.Given, clock.Micros(c.At))
	return err
}

// Consents implements account.AccountStore.
func (s *Account) Consents(ctx context.Context, id string) ([]account.Consent, error) {
	return sqldb.All(ctx, s.db, func(row sqldb.Row) (account.Consent, error) {
		var c account.Consent
		var at int64
		err := row.Scan(&c.ID, &c.AccountID, &c.Purpose, &c.Version, &c.Given, &at)
		c.At = clock.FromMicros(at)
		return c, err
	}, `SELECT id, account_id, purpose, version, given, at FROM consents WHERE account_id = $1 ORDER BY id`, id)
}

// PersonContacts implements account.AccountStore.
func (s *Account) PersonContacts(ctx context.Context, accounts, orgs []string) ([]account.PersonContact, error) {
	if len(accounts) == 0 || len(orgs) == 0 {
		return nil, nil
	}
	args := sqldb.Args(sqldb.Args([]any{account.Email, account.ConsentContact}, accounts), orgs)
	return sqldb.All(ctx, s.db, func(row sqldb.Row) (account.PersonContact, error) {
		var c account.PersonContact
		err := row.Scan(&c.OrgID, &c.AccountID, &c.Name, &c.Email)
		return c, err
	}, `SELECT DISTINCT m.org_id, a.id, p.name, i.value FROM accounts a
		JOIN persons p ON p.id = a.person_id
		JOIN identifiers i ON i.account_id = a.id AND i.kind = $1 AND i.verified_at > 0
		JOIN members m ON m.account_id = a.id
		WHERE (SELECT c.given FROM consents c WHERE c.account_id = a.id AND c.purpose = $2 ORDER BY c.id DESC LIMIT 1)
			AND a.id IN (`+sqldb.Placeholders(3, len(accounts))+`)
			AND m.org_id IN (`+sqldb.Placeholders(3+len(accounts), len(orgs))+`)
		ORDER BY m.org_id, p.name, a.id`, args...)
}
