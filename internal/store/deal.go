package store

import (
	"context"
	"strings"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/deal"
	"chengqiao/internal/errs"
	"chengqiao/internal/sqldb"
)

// Deal keeps introductions and deals.
type Deal struct{ db *sqldb.DB }

var _ deal.Store = (*Deal)(nil)

// NewDeal makes the store of introductions and deals.
func NewDeal(db *sqldb.DB) *Deal { return &Deal{db} }

const introductionColumns = `i.id, i.state, i.step_seq, i.version, i.from_org, i.to_org, i.seller_asks, i.anonymous,
	i.package_id, i.achievement_id, i.need_id, i.match_id, i.message, i.made_by, i.made_at, i.answer_by, i.ended_at,
	i.reason_code, i.reason, i.broker_org, d.id, d.state`

const introductionTables = `introductions i LEFT JOIN deals d ON d.introduction_id = i.id`

// InsertIntroduction implements deal.Store.
func (s *Deal) InsertIntroduction(ctx context.Context, i deal.Introduction, pair string) error {
	_, err := s.db.Exec(ctx, `
		INSERT INTO introductions (id, state, step_seq, version, from_org, to_org, seller_asks, anonymous,
			package_id, achievement_id, need_id, match_id, pair, message, made_by, made_at, answer_by, ended_at, reason_code, reason, broker_org)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)`,
		i.ID, i.Position.State, i.Position.Seq, i.Version, i.FromOrg, i.ToOrg, i.SellerAsks, i.Anonymous,
		sqldb.NullText(i.PackageID), sqldb.NullText(i.AchievementID), sqldb.NullText(i.NeedID), sqldb.NullText(i.MatchID), pair,
		i.Message, i.MadeBy, clock.Micros(i.MadeAt), clock.Micros(i.AnswerBy), clock.Micros(i.EndedAt),
		i.Reason.Code, i.Reason.Text, i.BrokerOrg)
	if sqldb.IsDuplicate(err, "introductions", "pair") {
		return errs.Wrap(errs.Conflict, "introduction_exists", err)
	}
	return err
}

// Introduction implements deal.Store.
func (s *Deal) Introduction(ctx context.Context, id string) (deal.Introduction, error) {
	return sqldb.One(ctx, s.db, scanIntroduction,
		`SELECT `+introductionColumns+` FROM `+introductionTables+` WHERE i.id = $1`, id)
}

// SaveIntroduction implements deal.Store.
func (s *Deal) SaveIntroduction(ctx context.Context, i deal.Introduction) error {
	return sqldb.ExpectOne(s.db.Exec(ctx, `
		UPDATE introductions SET state = $1, step_seq = $2, version = $3, ended_at = $4, reason_code = $5, reason = $6
		WHERE id = $7 AND version = $8`,
		i.Position.State, i.Position.Seq, i.Version, clock.Micros(i.EndedAt), i.Reason.Code, i.Reason.Text,
		i.ID, i.Version-1))
}

// Introductions implements deal.Store.
func (s *Deal) Introductions(ctx context.Context, f deal.IntroductionFilter) ([]deal.Introduction, error) {
	query, args := introductionsQuery(f)
	return sqldb.All(ctx, s.db, scanIntroduction, query, args...)
}

// introductionsQuery finds an organisation's introductions by each side.
func introductionsQuery(f deal.IntroductionFilter) (string, []any) {
	var c conditions
	switch f.Box {
	case deal.Sent:
		c.add(`i.from_org = ?`, f.OrgID)
	case deal.Received:
		c.add(`i.to_org = ?`, f.OrgID)
	default:
		c.add(`i.id IN (SELECT id FROM introductions WHERE from_org = ? UNION SELECT id FROM introductions WHERE to_org = ?)`, f.OrgID, f.OrgID)
	}
	if f.State != "" {
		c.add(`i.state = ?`, string(f.State))
	}
	if f.ListingID != "" {
		c.add(`(i.package_id = ? OR i.achievement_id = ? OR i.need_id = ?)`, f.ListingID, f.ListingID, f.ListingID)
	}
	if f.Before != "" {
		c.add(`i.id < ?`, f.Before)
	}
	return `SELECT ` + introductionColumns + ` FROM ` + introductionTables + ` WHERE ` + c.where() +
		` ORDER BY i.id DESC LIMIT ` + c.limit(f.Limit), c.args
}

// DueIntroductions implements deal.Store.
func (s *Deal) DueIntroductions(ctx context.Context, now time.Time, limit int) ([]string, error) {
	return sqldb.All(ctx, s.db, sqldb.Scalar[string], `
		SELECT id FROM introductions WHERE state = 'open' AND answer_by < $1
		ORDER BY answer_by LIMIT $2`, clock.Micros(now), limit)
}

// Introduced implements deal.Store.
func (s *Deal) Introduced(ctx context.Context, kind, subject string) ([]string, error) {
	column := map[string]string{"package": "package_id", "need": "need_id"}[kind]
	if column == "" {
		return nil, nil
	}
	where := ` FROM introductions WHERE state = 'accepted' AND ` + column + ` = $1`
	return sqldb.All(ctx, s.db, sqldb.Scalar[string],
		`SELECT from_org`+where+` UNION SELECT to_org`+where+` ORDER BY 1`, subject)
}

// ResponseTimes implements deal.Store.
func (s *Deal) ResponseTimes(ctx context.Context, org string, since time.Time, limit int) ([]time.Duration, error) {
	return sqldb.All(ctx, s.db, scanMicroseconds, `
		SELECT ended_at - made_at FROM introductions
		WHERE to_org = $1 AND ended_at >= $2 AND state IN ('accepted', 'declined', 'lapsed')
		ORDER BY ended_at DESC LIMIT $3`, org, clock.Micros(since), limit)
}

func scanMicroseconds(row sqldb.Row) (time.Duration, error) {
	us, err := sqldb.Scalar[int64](row)
	return time.Duration(us) * time.Microsecond, err
}

func scanIntroduction(row sqldb.Row) (deal.Introduction, error) {
	var i deal.Introduction
	var made, answerBy, ended int64
	err := row.Scan(&i.ID, &i.Position.State, &i.Position.Seq, &i.Version, &i.FromOrg, &i.ToOrg, &i.SellerAsks, &i.Anonymous,
		sqldb.IntoText(&i.PackageID), sqldb.IntoText(&i.AchievementID), sqldb.IntoText(&i.NeedID), sqldb.IntoText(&i.MatchID),
		&i.Message, &i.MadeBy, &made, &answerBy, &ended, &i.Reason.Code, &i.Reason.Text, &i.BrokerOrg,
		sqldb.IntoText(&i.DealID), sqldb.IntoText(&i.DealState))
	i.MadeAt, i.AnswerBy, i.EndedAt = clock.FromMicros(made), clock.FromMicros(answerBy), clock.FromMicros(ended)
	return i, err
}

const dealColumns = `id, state, step_seq, version, introduction_id, seller_org, buyer_org, package_id, achievement_id, need_id,
	opened_at, ended_at, reason_code, reason, nda_version, nda_in_force_at`

// InsertDeal implements deal.Store.
func (s *Deal) InsertDeal(ctx context.Context, d deal.Deal, pair string) error {
	_, err := s.db.Exec(ctx, `
		INSERT INTO deals (id, state, step_seq, version, introduction_id, seller_org, buyer_org, package_id, achievement_id, need_id,
			pair, opened_at, ended_at, reason_code, reason, nda_version, nda_in_force_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
		d.ID, d.Position.State, d.Position.Seq, d.Version, d.IntroductionID, d.SellerOrg, d.BuyerOrg,
		sqldb.NullText(d.PackageID), sqldb.NullText(d.AchievementID), sqldb.NullText(d.NeedID), pair, clock.Micros(d.OpenedAt), clock.Micros(d.EndedAt),
		d.Reason.Code, d.Reason.Text, d.NDA.TextVersion, clock.Micros(d.NDA.InForceAt))
	if sqldb.IsDuplicate(err, "deals", "pair") {
		return errs.Wrap(errs.Conflict, "deal_exists", err)
	}
	return err
}

// Deal implements deal.Store.
func (s *Deal) Deal(ctx context.Context, id string) (deal.Deal, error) {
	d, err := sqldb.One(ctx, s.db, scanDeal, `SELECT `+dealColumns+` FROM deals WHERE id = $1`, id)
	if err != nil {
		return d, err
	}
	one := []deal.Deal{d}
	err = s.addSignatures(ctx, one)
	return one[0], err
}

// SaveDeal implements deal.Store.
func (s *Deal) SaveDeal(ctx context.Context, d deal.Deal) error {
	return sqldb.ExpectOne(s.db.Exec(ctx, `
		UPDATE deals SET state = $1, step_seq = $2, version = $3, ended_at = $4, reason_code = $5, reason = $6,
			nda_version = $7, nda_in_force_at = $8
		WHERE id = $9 AND version = $10`,
		d.Position.State, d.Position.Seq, d.Version, clock.Micros(d.EndedAt), d.Reason.Code, d.Reason.Text,
		d.NDA.TextVersion, clock.Micros(d.NDA.InForceAt), d.ID, d.Version-1))
}

// Deals implements deal.Store.
func (s *Deal) Deals(ctx context.Context, f deal.DealFilter) ([]deal.Deal, error) {
	query, args := dealsQuery(f)
	deals, err := sqldb.All(ctx, s.db, scanDeal, query, args...)
	if err != nil {
		return nil, err
	}
	return deals, s.addSignatures(ctx, deals)
}

// dealsQuery finds an organisation's deals by each side.
func dealsQuery(f deal.DealFilter) (string, []any) {
	var c conditions
	c.add(`id IN (SELECT id FROM deals WHERE seller_org = ? UNION SELECT id FROM deals WHERE buyer_org = ?)`, f.OrgID, f.OrgID)
	if f.State != "" {
		c.add(`state = ?`, string(f.State))
	}
	if f.Before != "" {
		c.add(`id < ?`, f.Before)
	}
	return `SELECT ` + dealColumns + ` FROM deals WHERE ` + c.where() + ` ORDER BY id DESC LIMIT ` + c.limit(f.Limit), c.args
}

// addSignatures reads the signatures of all of the deals in one query.
func (s *Deal) addSignatures(ctx context.Context, deals []deal.Deal) error {
	place := map[string]int{}
	var ids []string
	for i, d := range deals {
		if d.NDA.TextVersion != "" {
			place[d.ID] = i
			ids = append(ids, d.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	type signed struct {
		dealID string
		deal.Signature
	}
	found, err := sqldb.All(ctx, s.db, func(row sqldb.Row) (signed, error) {
		var v signed
		var at int64
		err := row.Scan(&v.dealID, &v.OrgID, &v.AccountID, &v.PersonID, &at)
		v.At = clock.FromMicros(at)
		return v, err
	}, `SELECT deal_id, org_id, account_id, person_id, at FROM nda_signatures
		WHERE deal_id IN (`+sqldb.Placeholders(1, len(ids))+`) ORDER BY at, org_id`, sqldb.Args(nil, ids)...)
	for _, v := range found {
		nda := &deals[place[v.dealID]].NDA
		nda.Signatures = append(nda.Signatures, v.Signature)
	}
	return err
}

// Negotiating implements deal.Store.
func (s *Deal) Negotiating(ctx context.Context, pair string) (bool, error) {
	n, err := sqldb.One(ctx, s.db, sqldb.Scalar[int64],
		`SELECT count(*) FROM deals WHERE pair = $1 AND state = 'negotiating'`, pair)
	return n > 0, err
}

// InsertSignature implements deal.Store.
func (s *Deal) InsertSignature(ctx context.Context, dealID string, v deal.Signature, textVersion string) error {
	_, err := s.db.Exec(ctx, `
		INSERT INTO nda_signatures (deal_id, org_id, account_id, person_id, text_version, at)
		VALUES ($1, $2, $3, $4, $5, $6)`,
		dealID, v.OrgID, v.AccountID, v.PersonID, textVersion, clock.Micros(v.At))
	return err
}

// InsertMessage implements deal.Store.
func (s *Deal) InsertMessage(ctx context.Context, m deal.Message) error {
	_, err := s.db.Exec(ctx, `
		INSERT INTO deal_messages (id, deal_id, org_id, account_id, person_id, at, text)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		m.ID, m.DealID, m.OrgID, m.AccountID, m.PersonID, clock.Micros(m.At), m.Text)
	return err
}

// Messages implements deal.Store.
func (s *Deal) Messages(ctx context.Context, dealID, before string, limit int) ([]deal.Message, error) {
	return sqldb.All(ctx, s.db, func(row sqldb.Row) (deal.Message, error) {
		var m deal.Message
		var at int64
		err := row.Scan(&m.ID, &m.DealID, &m.OrgID, &m.AccountID, &m.PersonID, &at, &m.Text)
		m.At = clock.FromMicros(at)
		return m, err
	}, `SELECT id, deal_id, org_id, account_id, person_id, at, text FROM deal_messages
		WHERE deal_id = $1 AND ($2 = '' OR id < $2) ORDER BY id DESC LIMIT $3`, dealID, before, limit)
}

// Participants implements deal.Store. Messages are sought by their deal, and
// steps by the deal and by the introduction that it came from.
func (s *Deal) Participants(ctx context.Context, d deal.Deal, limit int) ([]deal.Participant, error) {
	return sqldb.All(ctx, s.db, func(row sqldb.Row) (deal.Participant, error) {
		var p deal.Participant
		err := row.Scan(&p.OrgID, &p.AccountID)
		return p, err
	}, `SELECT org_id, account_id FROM (
			SELECT org_id, account_id FROM deal_messages WHERE deal_id = $1
			UNION SELECT org_id, account_id FROM nda_signatures WHERE deal_id = $1
			UNION SELECT org_id, account_id FROM steps WHERE kind = $2 AND subject_id = $1
			UNION SELECT org_id, account_id FROM steps WHERE kind = $3 AND subject_id = $4) acted
		WHERE account_id <> '' AND org_id IN ($5, $6) LIMIT $7`,
		d.ID, deal.Kind, deal.IntroductionKind, d.IntroductionID, d.SellerOrg, d.BuyerOrg, limit)
}

// Signed implements deal.Store.
func (s *Deal) Signed(ctx context.Context, f deal.SignedFilter) ([]string, error) {
	query, args := signedQuery(f)
	if query == "" {
		return nil, nil
	}
	return sqldb.All(ctx, s.db, sqldb.Scalar[string], query, args...)
}

// signedQuery seeks deals by each thing that they may be about, and each has an
// index of its own: asked with OR between them, SQLite goes through all deals.
// It is "" where nothing is sought.
func signedQuery(f deal.SignedFilter) (string, []any) {
	args := []any{f.Party}
	var parts []string
	about := func(column string, ids ...string) {
		if len(ids) == 0 || ids[0] == "" {
			return
		}
		where := ` FROM deals WHERE nda_in_force_at > 0 AND state <> 'closed'
			AND ($1 = '' OR seller_org = $1 OR buyer_org = $1)
			AND ` + column + ` IN (` + sqldb.Placeholders(len(args)+1, len(ids)) + `)`
		parts = append(parts, `SELECT seller_org`+where, `SELECT buyer_org`+where)
		args = sqldb.Args(args, ids)
	}
	about("need_id", f.NeedID)
	about("achievement_id", f.AchievementID)
	about("package_id", f.PackageIDs...)
	if len(parts) == 0 {
		return "", nil
	}
	return strings.Join(parts, ` UNION `) + ` ORDER BY 1`, args
}

// Granted implements deal.Store.
func (s *Deal) Granted(ctx context.Context, org string, limit int) ([]string, error) {
	return sqldb.All(ctx, s.db, sqldb.Scalar[string], grantedQuery, org, limit)
}

// grantedQuery finds the deals of an organisation by each side, and then what
// they are about. CROSS JOIN keeps SQLite to that order: it would go through all
// achievements of both sides to find the few that are parts.
const grantedQuery = `
	WITH signed AS (
		SELECT seller_org, buyer_org, package_id, achievement_id, need_id FROM deals
		WHERE id IN (SELECT id FROM deals WHERE seller_org = $1 UNION SELECT id FROM deals WHERE buyer_org = $1)
			AND nda_in_force_at > 0 AND state <> 'closed'
	)
	SELECT package_id FROM signed WHERE package_id IS NOT NULL
	UNION SELECT need_id FROM signed WHERE need_id IS NOT NULL
	UNION SELECT l.id FROM signed d CROSS JOIN listings l
		WHERE l.id = d.achievement_id AND l.owner_org IN (d.seller_org, d.buyer_org)
	UNION SELECT p.part_id FROM signed d CROSS JOIN listing_parts p CROSS JOIN listings l
		WHERE p.listing_id = d.package_id
			AND l.id = p.part_id AND l.kind = 'achievement' AND l.owner_org IN (d.seller_org, d.buyer_org)
	ORDER BY 1 DESC LIMIT $2`

func scanDeal(row sqldb.Row) (deal.Deal, error) {
	var d deal.Deal
	var opened, ended, inForce int64
	err := row.Scan(&d.ID, &d.Position.State, &d.Position.Seq, &d.Version, &d.IntroductionID, &d.SellerOrg, &d.BuyerOrg,
		sqldb.IntoText(&d.PackageID), sqldb.IntoText(&d.AchievementID), sqldb.IntoText(&d.NeedID), &opened, &ended,
		&d.Reason.Code, &d.Reason.Text, &d.NDA.TextVersion, &inForce)
	d.OpenedAt, d.EndedAt, d.NDA.InForceAt = clock.FromMicros(opened), clock.FromMicros(ended), clock.FromMicros(inForce)
	return d, err
}
