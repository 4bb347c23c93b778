package store

import (
	"context"
	"time"

	"chengqiao/internal/account"
	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/policy"
	"chengqiao/internal/sqldb"
)

const organisationColumns = `id, state, step_seq, version, org_kind, name, credit_code, region, address, website,
	about, contact, state_reason, verified_at, verified_until, demo, created_at`

func scanOrganisation(row sqldb.Row) (account.Organisation, error) {
	var o account.Organisation
	var verified, created int64
	err := row.Scan(&o.ID, &o.Position.State, &o.Position.Seq, &o.Version, &o.Kind, sqldb.IntoJSON(&o.Name), &o.CreditCode,
		&o.Region, &o.Address, &o.Website, sqldb.IntoJSON(&o.About), sqldb.IntoJSON(&o.Contact), &o.StateReason,
		&verified, &o.VerifiedUntil, &o.Demo, &created)
	o.VerifiedAt = clock.FromMicros(verified)
	o.CreatedAt = clock.FromMicros(created)
	return o, err
}

// verifiedCode is the credit code of a verified organisation, NULL of others.
func verifiedCode(o account.Organisation) any {
	if o.Verified() {
		return o.CreditCode
	}
	return nil
}

func organisationExists(err error) error {
	if sqldb.IsDuplicate(err, "organisations", "verified_code") {
		return errs.Wrap(errs.Conflict, "organisation_exists", err)
	}
	return err
}

// InsertOrganisation implements account.OrganisationStore.
func (s *Account) InsertOrganisation(ctx context.Context, o account.Organisation) error {
	_, err := s.db.Exec(ctx, `
		INSERT INTO organisations (`+organisationColumns+`, folded, verified_code)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`,
		o.ID, o.Position.State, o.Position.Seq, o.Version, o.Kind, sqldb.ToJSON(o.Name), o.CreditCode, o.Region, o.Address,
		o.Website, sqldb.ToJSON(o.About), sqldb.ToJSON(o.Contact), o.StateReason, clock.Micros(o.VerifiedAt), o.VerifiedUntil, o.Demo, clock.Micros(o.CreatedAt),
		o.Name.Folded(), verifiedCode(o))
	return organisationExists(err)
}

// Organisation implements account.OrganisationStore.
func (s *Account) Organisation(ctx context.Context, id string) (account.Organisation, error) {
	return sqldb.One(ctx, s.db, scanOrganisation, `SELECT `+organisationColumns+` FROM organisations WHERE id = $1`, id)
}

// SaveOrganisation implements account.OrganisationStore.
func (s *Account) SaveOrganisation(ctx context.Context, o account.Organisation) error {
	err := sqldb.ExpectOne(s.db.Exec(ctx, `
		UPDATE organisations SET state = $1, step_seq = $2, version = $3, org_kind = $4, name = $5, credit_code = $6,
			region = $7, address = $8, website = $9, about = $10, contact = $11, state_reason = $12, folded = $13, verified_code = $14,
			verified_at = $15, verified_until = $16
		WHERE id = $17 AND version = $18`,
		o.Position.State, o.Position.Seq, o.Version, o.Kind, sqldb.ToJSON(o.Name), o.CreditCode, o.Region, o.Address, o.Website,
		sqldb.ToJSON(o.About), sqldb.ToJSON(o.Contact), o.StateReason, o.Name.Folded(), verifiedCode(o),
		clock.Micros(o.VerifiedAt), o.VerifiedUntil, o.ID, o.Version-1))
	return organisationExists(err)
}

// Organisations implements account.OrganisationStore.
func (s *Account) Organisations(ctx context.Context, f account.OrganisationFilter) ([]account.Organisation, error) {
	visibleTo, restricted := "", f.VisibleTo != nil
	if restricted {
		visibleTo = *f.VisibleTo
	}
	return sqldb.All(ctx, s.db, scanOrganisation, `
		SELECT `+organisationColumns+` FROM organisations
		WHERE id > $1 AND ($2 = '' OR org_kind = $2) AND ($3 = '' OR state = $3)
		  AND folded LIKE $4 ESCAPE '\' AND (NOT $5 OR state = 'verified' OR id = $6)
		ORDER BY id LIMIT $7`, f.After, f.Kind, f.State, sqldb.LikeContains(f.Query), restricted, visibleTo, f.Limit)
}

// Heads implements account.OrganisationStore.
func (s *Account) Heads(ctx context.Context, ids []string) ([]account.Head, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return sqldb.All(ctx, s.db, func(row sqldb.Row) (account.Head, error) {
		var h account.Head
		err := row.Scan(&h.ID, sqldb.IntoJSON(&h.Name), &h.Kind, &h.Region, &h.Verified, &h.Demo)
		return h, err
	}, `SELECT id, name, org_kind, region, state = 'verified', demo FROM organisations
		WHERE id IN (`+sqldb.Placeholders(1, len(ids))+`)`, sqldb.Args(nil, ids)...)
}

// VerifiedCode implements account.OrganisationStore.
func (s *Account) VerifiedCode(ctx context.Context, code string) (bool, error) {
	n, err := sqldb.One(ctx, s.db, sqldb.Scalar[int64], `SELECT count(*) FROM organisations WHERE verified_code = $1`, code)
	return n > 0, err
}

// InsertMember implements account.OrganisationStore.
func (s *Account) InsertMember(ctx context.Context, m account.Member, addedBy string) error {
	_, err := s.db.Exec(ctx, `INSERT INTO members (id, org_id, account_id, role, since, added_by) VALUES ($1, $2, $3, $4, $5, $6)`,
		m.ID, m.OrgID, m.AccountID, m.Role, clock.Micros(m.Since), addedBy)
	if sqldb.IsDuplicate(err, "members", "org_id", "account_id", "role") {
		return errs.Wrap(errs.Conflict, "member_exists", err)
	}
	return err
}

// Each account has one address, so that a member is one line.
const memberQuery = `
	SELECT m.id, m.org_id, m.account_id, a.person_id, p.name, i.value, m.role, m.since
	FROM members m JOIN accounts a ON a.id = m.account_id JOIN persons p ON p.id = a.person_id
	LEFT JOIN identifiers i ON i.account_id = a.id AND i.kind = 'email' `

func scanMember(row sqldb.Row) (account.Member, error) {
	var m account.Member
	var since int64
	err := row.Scan(&m.ID, &m.OrgID, &m.AccountID, &m.PersonID, &m.Name, sqldb.IntoText(&m.Email), &m.Role, &since)
	m.Since = clock.FromMicros(since)
	return m, err
}

// Member implements account.OrganisationStore.
func (s *Account) Member(ctx context.Context, id string) (account.Member, error) {
	return sqldb.One(ctx, s.db, scanMember, memberQuery+`WHERE m.id = $1`, id)
}

// Members implements account.OrganisationStore.
func (s *Account) Members(ctx context.Context, org string) ([]account.Member, error) {
	return sqldb.All(ctx, s.db, scanMember, memberQuery+`WHERE m.org_id = $1 ORDER BY p.folded, m.account_id, m.id`, org)
}

// DeleteMember implements account.OrganisationStore.
func (s *Account) DeleteMember(ctx context.Context, id string) error {
	return sqldb.ExpectOne(s.db.Exec(ctx, `DELETE FROM members WHERE id = $1`, id))
}

// DeleteMemberships implements account.OrganisationStore.
func (s *Account) DeleteMemberships(ctx context.Context, id string) error {
	_, err := s.db.Exec(ctx, `DELETE FROM members WHERE account_id = $1`, id)
	return err
}

// Memberships implements account.OrganisationStore.
func (s *Account) Memberships(ctx context.Context, id string) ([]account.Membership, error) {
	of, err := s.MembershipsOf(ctx, []string{id})
	return of[id], err
}

// MembershipsOf implements account.OrganisationStore.
func (s *Account) MembershipsOf(ctx context.Context, accounts []string) (map[string][]account.Membership, error) {
	if len(accounts) == 0 {
		return nil, nil
	}
	type role struct {
		account string
		of      account.Membership
		role    policy.Role
	}
	rows, err := sqldb.All(ctx, s.db, func(row sqldb.Row) (role, error) {
		var r role
		err := row.Scan(&r.account, &r.of.OrgID, sqldb.IntoJSON(&r.of.Name), &r.of.Kind, &r.of.Verified, &r.role)
		return r, err
	}, `SELECT m.account_id, o.id, o.name, o.org_kind, o.state = 'verified', m.role
		FROM members m JOIN organisations o ON o.id = m.org_id
		WHERE m.account_id IN (`+sqldb.Placeholders(1, len(accounts))+`) ORDER BY m.account_id, o.id, m.role`, sqldb.Args(nil, accounts)...)
	if err != nil {
		return nil, err
	}
	out := map[string][]account.Membership{}
	for _, r := range rows {
		of := out[r.account]
		if n := len(of); n == 0 || of[n-1].OrgID != r.of.OrgID {
			of = append(of, r.of)
		}
		last := &of[len(of)-1]
		last.Roles = append(last.Roles, r.role)
		out[r.account] = of
	}
	return out, nil
}

// ActiveAccountsOf implements account.OrganisationStore.
func (s *Account) ActiveAccountsOf(ctx context.Context, org string, role policy.Role) ([]string, error) {
	return sqldb.All(ctx, s.db, sqldb.Scalar[string], `
		SELECT m.account_id FROM members m JOIN accounts a ON a.id = m.account_id
		WHERE m.org_id = $1 AND m.role = $2 AND a.state = 'active' ORDER BY m.account_id`, org, role)
}

// AccountsOf implements account.OrganisationStore.
func (s *Account) AccountsOf(ctx context.Context, org string, roles ...policy.Role) ([]string, error) {
	query := `SELECT DISTINCT account_id FROM members WHERE org_id = $1`
	if len(roles) > 0 {
		query += ` AND role IN (` + sqldb.Placeholders(2, len(roles)) + `)`
	}
	return sqldb.All(ctx, s.db, sqldb.Scalar[string], query+` ORDER BY account_id`, sqldb.Args([]any{org}, roles)...)
}

// InsertInvitation implements account.OrganisationStore.
func (s *Account) InsertInvitation(ctx context.Context, i account.Invitation) error {
	_, err := s.db.Exec(ctx, `
		INSERT INTO invitations (id, org_id, person_id, role, email, folded, invited_by, created_at, expires_at, ended_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		i.ID, i.OrgID, i.PersonID, i.Role, i.Email, account.FoldEmail(i.Email), i.InvitedBy, clock.Micros(i.CreatedAt), clock.Micros(i.ExpiresAt), clock.Micros(i.EndedAt))
	return err
}

const invitationColumns = `id, org_id, person_id, role, email, invited_by, created_at, expires_at, ended_at`

func scanInvitation(row sqldb.Row) (account.Invitation, error) {
	var i account.Invitation
	var created, expires, ended int64
	err := row.Scan(&i.ID, &i.OrgID, &i.PersonID, &i.Role, &i.Email, &i.InvitedBy, &created, &expires, &ended)
	i.CreatedAt, i.ExpiresAt, i.EndedAt = clock.FromMicros(created), clock.FromMicros(expires), clock.FromMicros(ended)
	return i, err
}

// Invitation implements account.OrganisationStore.
func (s *Account) Invitation(ctx context.Context, id string) (account.Invitation, error) {
	return sqldb.One(ctx, s.db, scanInvitation, `SELECT `+invitationColumns+` FROM invitations WHERE id = $1`, id)
}

// RenewInvitation implements account.OrganisationStore.
func (s *Account) RenewInvitation(ctx context.Context, i account.Invitation) error {
	return sqldb.ExpectOne(s.db.Exec(ctx, `UPDATE invitations SET invited_by = $1, expires_at = $2 WHERE id = $3 AND ended_at = 0`,
		i.InvitedBy, clock.Micros(i.ExpiresAt), i.ID))
}

// InvitationsTo implements account.OrganisationStore.
func (s *Account) InvitationsTo(ctx context.Context, org, folded string, now time.Time) ([]account.Invitation, error) {
	return sqldb.All(ctx, s.db, scanInvitation, `SELECT `+invitationColumns+` FROM invitations
		WHERE folded = $1 AND org_id = $2 AND ended_at = 0 AND expires_at > $3 ORDER BY id`, folded, org, clock.Micros(now))
}

// OpenInvitations implements account.OrganisationStore.
func (s *Account) OpenInvitations(ctx context.Context, org string, now time.Time) ([]account.Member, error) {
	return sqldb.All(ctx, s.db, func(row sqldb.Row) (account.Member, error) {
		m := account.Member{Invited: true}
		var since int64
		err := row.Scan(&m.ID, &m.OrgID, &m.PersonID, &m.Name, &m.Email, &m.Role, &since)
		m.Since = clock.FromMicros(since)
		return m, err
	}, `SELECT i.id, i.org_id, i.person_id, p.name, i.email, i.role, i.created_at
		FROM invitations i JOIN persons p ON p.id = i.person_id
		WHERE i.org_id = $1 AND i.ended_at = 0 AND i.expires_at > $2 AND i.role <> ''
		ORDER BY p.folded, i.id`, org, clock.Micros(now))
}

// InvitationsToClaim implements account.OrganisationStore.
func (s *Account) InvitationsToClaim(ctx context.Context, org string, persons []string, now time.Time) ([]account.Invitation, error) {
	if len(persons) == 0 {
		return nil, nil
	}
	return sqldb.All(ctx, s.db, scanInvitation, `SELECT `+invitationColumns+` FROM invitations
		WHERE org_id = $1 AND expires_at > $2 AND ended_at = 0 AND role = '' AND person_id IN (`+sqldb.Placeholders(3, len(persons))+`)
		ORDER BY id`, sqldb.Args([]any{org, clock.Micros(now)}, persons)...)
}

// Invited implements account.OrganisationStore.
func (s *Account) Invited(ctx context.Context, folded string, now time.Time) (bool, error) {
	return sqldb.One(ctx, s.db, sqldb.Scalar[bool], `SELECT EXISTS (
		SELECT 1 FROM invitations WHERE folded = $1 AND ended_at = 0 AND expires_at > $2)`, folded, clock.Micros(now))
}

// EndInvitation implements account.OrganisationStore.
func (s *Account) EndInvitation(ctx context.Context, id string, at time.Time) error {
	return sqldb.ExpectOne(s.db.Exec(ctx, `UPDATE invitations SET ended_at = $1, email = '', folded = '' WHERE id = $2 AND ended_at = 0`,
		clock.Micros(at), id))
}

// EndInvitationsTo implements account.OrganisationStore.
func (s *Account) EndInvitationsTo(ctx context.Context, person string, at time.Time) error {
	_, err := s.db.Exec(ctx, `UPDATE invitations SET ended_at = $1, email = '', folded = '' WHERE person_id = $2 AND ended_at = 0`,
		clock.Micros(at), person)
	return err
}

// EndInvitationsAt implements account.OrganisationStore.
func (s *Account) EndInvitationsAt(ctx context.Context, folded string, at time.Time) error {
	_, err := s.db.Exec(ctx, `UPDATE invitations SET ended_at = $1, email = '', folded = '' WHERE folded = $2 AND ended_at = 0`,
		clock.Micros(at), folded)
	return err
}

// PruneInvitations implements account.OrganisationStore.
func (s *Account) PruneInvitations(ctx context.Context, now time.Time, limit int) (int64, error) {
	res, err := s.db.Exec(ctx, `UPDATE invitations SET ended_at = $1, email = '', folded = '' WHERE id IN (
		SELECT id FROM invitations WHERE ended_at = 0 AND expires_at <= $1 ORDER BY expires_at LIMIT $2)`, clock.Micros(now), limit)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}
