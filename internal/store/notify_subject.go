package store

import (
	"context"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/notify"
	"chengqiao/internal/sqldb"
)

var _ notify.Subjects = (*Notify)(nil)

// Concerned implements notify.Subjects.
func (s *Notify) Concerned(ctx context.Context, kind, id string) (notify.Concerned, error) {
	switch kind {
	case "achievement", "package", "need":
		return sqldb.One(ctx, s.db, scanConcernedListing, `
			SELECT l.owner_org, l.confirm_by, coalesce(w.title_zh, v.title_zh, ''), coalesce(w.title_en, v.title_en, '')
			FROM listings l
			LEFT JOIN revisions w ON w.listing_id = l.id AND w.`+openRevision+`
			LEFT JOIN revisions v ON v.id = l.live_revision
			WHERE l.id = $1 AND l.kind = $2`, id, kind)
	case "contribution":
		return sqldb.One(ctx, s.db, func(row sqldb.Row) (notify.Concerned, error) {
			c := notify.Concerned{Persons: make([]string, 1)}
			err := row.Scan(&c.OwnerOrg, &c.Persons[0], &c.Title.Zh, &c.Title.En)
			return c, err
		}, `
			SELECT l.owner_org, c.person_id, coalesce(w.title_zh, v.title_zh, ''), coalesce(w.title_en, v.title_en, '')
			FROM contributions c JOIN listings l ON l.id = c.listing_id
			LEFT JOIN revisions w ON w.listing_id = l.id AND w.`+openRevision+`
			LEFT JOIN revisions v ON v.id = l.live_revision
			WHERE c.id = $1`, id)
	case "introduction":
		return sqldb.One(ctx, s.db, scanConcernedIntroduction, `
			SELECT i.from_org, i.to_org, i.seller_asks, i.anonymous, i.state, i.answer_by, i.broker_org, `+aboutTitle+`
			FROM introductions i `+aboutTables("i")+` WHERE i.id = $1`, id)
	case "agreement":
		return sqldb.One(ctx, s.db, func(row sqldb.Row) (notify.Concerned, error) {
			var c notify.Concerned
			err := row.Scan(&c.Asker, &c.Asked, &c.State, &c.Title.Zh, &c.Title.En)
			c.OwnerOrg, c.Parties = c.Asked, []string{c.Asker, c.Asked}
			return c, err
		}, `SELECT package_org, owner_org, state, title_zh, title_en FROM agreements WHERE id = $1`, id)
	case "file_request":
		return sqldb.One(ctx, s.db, func(row sqldb.Row) (notify.Concerned, error) {
			var c notify.Concerned
			err := row.Scan(&c.Asker, &c.Asked, &c.State, &c.Title.Zh, &c.Title.En)
			c.Parties = []string{c.Asker, c.Asked}
			return c, err
		}, `SELECT r.asker_org, r.owner_org, r.state, coalesce(v.title_zh, ''), coalesce(v.title_en, '')
			FROM file_requests r JOIN listings l ON l.id = r.subject_id LEFT JOIN revisions v ON v.id = l.live_revision
			WHERE r.id = $1`, id)
	case "deal":
		return sqldb.One(ctx, s.db, func(row sqldb.Row) (notify.Concerned, error) {
			c := notify.Concerned{Parties: make([]string, 2)}
			err := row.Scan(&c.Parties[0], &c.Parties[1], &c.Title.Zh, &c.Title.En)
			return c, err
		}, `SELECT d.seller_org, d.buyer_org, `+aboutTitle+` FROM deals d `+aboutTables("d")+` WHERE d.id = $1`, id)
	case "contract":
		return sqldb.One(ctx, s.db, func(row sqldb.Row) (notify.Concerned, error) {
			c := notify.Concerned{Parties: make([]string, 2)}
			var terms contractName
			err := row.Scan(&c.Parties[0], &c.Parties[1], &c.State, sqldb.IntoJSON(&terms))
			c.OwnerOrg, c.Title.Zh = c.Parties[0], terms.Name
			return c, err
		}, `SELECT seller_org, buyer_org, state, terms FROM contracts WHERE id = $1`, id)
	case "proposal":
		return sqldb.One(ctx, s.db, func(row sqldb.Row) (notify.Concerned, error) {
			var c notify.Concerned
			err := row.Scan(&c.OwnerOrg, &c.State)
			return c, err
		}, `SELECT broker_org, state FROM proposals WHERE id = $1`, id)
	case "plan":
		return s.concernedByReward(ctx, id,
			`SELECT p.owner_org, p.state, c.terms FROM plans p JOIN contracts c ON c.id = p.contract_id WHERE p.id = $1`,
			`SELECT person_id FROM plan_contributors WHERE plan_id = $1 ORDER BY place`)
	case "distribution":
		return s.concernedByReward(ctx, id,
			`SELECT d.owner_org, d.state, c.terms FROM distributions d JOIN contracts c ON c.id = d.contract_id WHERE d.id = $1`,
			`SELECT person_id FROM distribution_shares WHERE distribution_id = $1 ORDER BY place`)
	case "saved_search":
		// The title is its owner's word, and told to the owner alone.
		return sqldb.One(ctx, s.db, func(row sqldb.Row) (notify.Concerned, error) {
			var c notify.Concerned
			err := row.Scan(&c.Title.Zh)
			return c, err
		}, `SELECT name FROM saved_searches WHERE id = $1`, id)
	case "webhook":
		return sqldb.One(ctx, s.db, func(row sqldb.Row) (notify.Concerned, error) {
			var c notify.Concerned
			err := row.Scan(&c.OwnerOrg, &c.Title.Zh)
			return c, err
		}, `SELECT org_id, CASE WHEN name <> '' THEN name ELSE url END FROM webhook_endpoints WHERE id = $1`, id)
	case "organisation":
		return sqldb.One(ctx, s.db, func(row sqldb.Row) (notify.Concerned, error) {
			c := notify.Concerned{OwnerOrg: id}
			err := row.Scan(sqldb.IntoJSON(&c.Title), &c.State)
			return c, err
		}, `SELECT name, state FROM organisations WHERE id = $1`, id)
	default:
		return notify.Concerned{}, errs.New(errs.NotFound, "not_found")
	}
}

// contractName is the part of a contract's terms that names it.
type contractName struct {
	Name string `json:"name"`
}

// aboutTitle is the live title of what an introduction or a deal is about: of
// the package or the result, or else of the need.
const aboutTitle = `coalesce(pv.title_zh, nv.title_zh, ''), coalesce(pv.title_en, nv.title_en, '')`

// aboutTables join it.
func aboutTables(alias string) string {
	return `LEFT JOIN listings p ON p.id = coalesce(` + alias + `.package_id, ` + alias + `.achievement_id) LEFT JOIN revisions pv ON pv.id = p.live_revision
		LEFT JOIN listings n ON n.id = ` + alias + `.need_id LEFT JOIN revisions nv ON nv.id = n.live_revision`
}

func (s *Notify) concernedByReward(ctx context.Context, id, head, persons string) (notify.Concerned, error) {
	c, err := sqldb.One(ctx, s.db, func(row sqldb.Row) (notify.Concerned, error) {
		var c notify.Concerned
		var terms contractName
		err := row.Scan(&c.OwnerOrg, &c.State, sqldb.IntoJSON(&terms))
		c.Title.Zh = terms.Name
		return c, err
	}, head, id)
	if err != nil {
		return c, err
	}
	c.Persons, err = sqldb.All(ctx, s.db, sqldb.Scalar[string], persons, id)
	return c, err
}

func scanConcernedListing(row sqldb.Row) (notify.Concerned, error) {
	var c notify.Concerned
	err := row.Scan(&c.OwnerOrg, &c.ConfirmBy, &c.Title.Zh, &c.Title.En)
	return c, err
}

func scanConcernedIntroduction(row sqldb.Row) (notify.Concerned, error) {
	var c notify.Concerned
	var sellerAsks, anonymous bool
	var answerBy int64
	err := row.Scan(&c.Asker, &c.Asked, &sellerAsks, &anonymous, &c.State, &answerBy, &c.Mediator, &c.Title.Zh, &c.Title.En)
	c.Parties, c.AnswerBy = []string{c.Asker, c.Asked}, clock.FromMicros(answerBy)
	if anonymous && c.State != "accepted" {
		c.Concealed = c.Asker // the buyer
		if sellerAsks {
			c.Concealed = c.Asked
		}
	}
	return c, err
}
