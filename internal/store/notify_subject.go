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
	found, err := s.AllConcerned(ctx, kind, []string{id})
	if err != nil {
		return notify.Concerned{}, err
	}
	c, ok := found[id]
	if !ok {
		return c, errs.New(errs.NotFound, "not_found")
	}
	return c, nil
}

// AllConcerned implements notify.Subjects.
func (s *Notify) AllConcerned(ctx context.Context, kind string, ids []string) (map[string]notify.Concerned, error) {
	of, ok := subjects[kind]
	if !ok || len(ids) == 0 {
		return nil, nil
	}
	among := sqldb.Placeholders(1, len(ids)) + `)`
	type subject struct {
		id string
		notify.Concerned
	}
	found, err := sqldb.All(ctx, s.db, func(row sqldb.Row) (subject, error) {
		var one subject
		fields, finish := of.fields(&one.Concerned)
		err := row.Scan(append([]any{&one.id}, fields...)...)
		finish()
		return one, err
	}, of.query+among, sqldb.Args(nil, ids)...)
	if err != nil {
		return nil, err
	}
	out := make(map[string]notify.Concerned, len(found))
	for _, one := range found {
		out[one.id] = one.Concerned
	}
	if of.persons == "" {
		return out, nil
	}
	persons, err := sqldb.All(ctx, s.db, func(row sqldb.Row) (of [2]string, err error) {
		err = row.Scan(&of[0], &of[1])
		return of, err
	}, of.persons+among+` ORDER BY place`, sqldb.Args(nil, ids)...)
	for _, p := range persons {
		c := out[p[0]]
		c.Persons = append(c.Persons, p[1])
		out[p[0]] = c
	}
	return out, err
}

// subjectKind is how the subjects of a kind are read: by a query that begins with
// the id, into the fields, which finish completes; the ids and a bracket end it.
// persons reads who it is about where those are many.
type subjectKind struct {
	query, persons string
	fields         func(c *notify.Concerned) (fields []any, finish func())
}

func done() {}

var subjects = map[string]subjectKind{
	"achievement": listingSubject("achievement"), "package": listingSubject("package"), "need": listingSubject("need"),
	"contribution": {
		query: `SELECT c.id, l.owner_org, c.person_id, coalesce(w.title_zh, v.title_zh, ''), coalesce(w.title_en, v.title_en, '')
			FROM contributions c JOIN listings l ON l.id = c.listing_id
			LEFT JOIN revisions w ON w.listing_id = l.id AND w.` + openRevision + `
			LEFT JOIN revisions v ON v.id = l.live_revision
			WHERE c.id IN (`,
		fields: func(c *notify.Concerned) ([]any, func()) {
			c.Persons = make([]string, 1)
			return []any{&c.OwnerOrg, &c.Persons[0], &c.Title.Zh, &c.Title.En}, done
		},
	},
	"introduction": {
		query: `SELECT i.id, i.from_org, i.to_org, i.seller_asks, i.anonymous, i.state, i.answer_by, i.broker_org, ` + aboutTitle + `
			FROM introductions i ` + aboutTables("i") + ` WHERE i.id IN (`,
		fields: introductionSubject,
	},
	"agreement": {
		query: `SELECT id, package_org, owner_org, state, title_zh, title_en FROM agreements WHERE id IN (`,
		fields: func(c *notify.Concerned) ([]any, func()) {
			return []any{&c.Asker, &c.Asked, &c.State, &c.Title.Zh, &c.Title.En},
				func() { c.OwnerOrg, c.Parties = c.Asked, []string{c.Asker, c.Asked} }
		},
	},
	"file_request": {
		query: `SELECT r.id, r.asker_org, r.owner_org, r.state, coalesce(v.title_zh, ''), coalesce(v.title_en, '')
			FROM file_requests r JOIN listings l ON l.id = r.subject_id LEFT JOIN revisions v ON v.id = l.live_revision
			WHERE r.id IN (`,
		fields: func(c *notify.Concerned) ([]any, func()) {
			return []any{&c.Asker, &c.Asked, &c.State, &c.Title.Zh, &c.Title.En}, func() { c.Parties = []string{c.Asker, c.Asked} }
		},
	},
	"deal": {
		query: `SELECT d.id, d.seller_org, d.buyer_org, ` + aboutTitle + ` FROM deals d ` + aboutTables("d") + ` WHERE d.id IN (`,
		fields: func(c *notify.Concerned) ([]any, func()) {
			c.Parties = make([]string, 2)
			return []any{&c.Parties[0], &c.Parties[1], &c.Title.Zh, &c.Title.En}, done
		},
	},
	"contract": {
		query: `SELECT id, seller_org, buyer_org, state, terms FROM contracts WHERE id IN (`,
		fields: func(c *notify.Concerned) ([]any, func()) {
			c.Parties = make([]string, 2)
			var terms contractName
			return []any{&c.Parties[0], &c.Parties[1], &c.State, sqldb.IntoJSON(&terms)},
				func() { c.OwnerOrg, c.Title.Zh = c.Parties[0], terms.Name }
		},
	},
	"proposal": {
		query:  `SELECT id, broker_org, state FROM proposals WHERE id IN (`,
		fields: func(c *notify.Concerned) ([]any, func()) { return []any{&c.OwnerOrg, &c.State}, done },
	},
	"plan": {
		query:   `SELECT p.id, p.owner_org, p.state, c.terms FROM plans p JOIN contracts c ON c.id = p.contract_id WHERE p.id IN (`,
		persons: `SELECT plan_id, person_id FROM plan_contributors WHERE plan_id IN (`,
		fields:  rewardSubject,
	},
	"distribution": {
		query:   `SELECT d.id, d.owner_org, d.state, c.terms FROM distributions d JOIN contracts c ON c.id = d.contract_id WHERE d.id IN (`,
		persons: `SELECT distribution_id, person_id FROM distribution_shares WHERE distribution_id IN (`,
		fields:  rewardSubject,
	},
	"saved_search": {
		// The title is its owner's word, and told to the owner alone.
		query:  `SELECT id, name FROM saved_searches WHERE id IN (`,
		fields: func(c *notify.Concerned) ([]any, func()) { return []any{&c.Title.Zh}, done },
	},
	"webhook": {
		query:  `SELECT id, org_id, CASE WHEN name <> '' THEN name ELSE url END FROM webhook_endpoints WHERE id IN (`,
		fields: func(c *notify.Concerned) ([]any, func()) { return []any{&c.OwnerOrg, &c.Title.Zh}, done },
	},
	"organisation": {
		query: `SELECT id, id, name, state FROM organisations WHERE id IN (`,
		fields: func(c *notify.Concerned) ([]any, func()) {
			return []any{&c.OwnerOrg, sqldb.IntoJSON(&c.Title), &c.State}, done
		},
	},
}

func listingSubject(kind string) subjectKind {
	return subjectKind{
		query: `SELECT l.id, l.owner_org, l.confirm_by, coalesce(w.title_zh, v.title_zh, ''), coalesce(w.title_en, v.title_en, '')
			FROM listings l
			LEFT JOIN revisions w ON w.listing_id = l.id AND w.` + openRevision + `
			LEFT JOIN revisions v ON v.id = l.live_revision
			WHERE l.kind = '` + kind + `' AND l.id IN (`,
		fields: func(c *notify.Concerned) ([]any, func()) {
			return []any{&c.OwnerOrg, &c.ConfirmBy, &c.Title.Zh, &c.Title.En}, done
		},
	}
}

func introductionSubject(c *notify.Concerned) (fields []any, finish func()) {
	var sellerAsks, anonymous bool
	var answerBy int64
	return []any{&c.Asker, &c.Asked, &sellerAsks, &anonymous, &c.State, &answerBy, &c.Mediator, &c.Title.Zh, &c.Title.En}, func() {
		c.Parties, c.AnswerBy = []string{c.Asker, c.Asked}, clock.FromMicros(answerBy)
		if anonymous && c.State != "accepted" {
			c.Concealed = c.Asker // the buyer
			if sellerAsks {
				c.Concealed = c.Asked
			}
		}
	}
}

func rewardSubject(c *notify.Concerned) (fields []any, finish func()) {
	var terms contractName
	return []any{&c.OwnerOrg, &c.State, sqldb.IntoJSON(&terms)}, func() { c.Title.Zh = terms.Name }
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
