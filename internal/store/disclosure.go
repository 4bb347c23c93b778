package store

import (
	"context"

	"chengqiao/internal/clock"
	"chengqiao/internal/disclosure"
	"chengqiao/internal/sqldb"
)

// Disclosure reads the log of who saw what.
type Disclosure struct{ db *sqldb.DB }

var _ disclosure.Store = (*Disclosure)(nil)

// NewDisclosure makes the reader of the log.
func NewDisclosure(db *sqldb.DB) *Disclosure { return &Disclosure{db} }

// Entries implements disclosure.Store.
func (s *Disclosure) Entries(ctx context.Context, f disclosure.Filter) ([]disclosure.Entry, error) {
	query, args := disclosuresQuery(f)
	return sqldb.All(ctx, s.db, func(row sqldb.Row) (disclosure.Entry, error) {
		var e disclosure.Entry
		var at int64
		var kept keptFields[string]
		err := row.Scan(&e.ID, &e.What, &e.ListingKind, &e.ListingID, &e.Title.Zh, &e.Title.En, &e.ViewerOrg, &e.AccountID, &at,
			&e.Tier, sqldb.IntoJSON(&kept), &e.FileID, &e.FileName, &e.Number, &e.Marked)
		e.At, e.Fields = clock.FromMicros(at), kept.Fields
		return e, err
	}, query, args...)
}

// shownColumns are what the two kinds of entries are filtered by.
type shownColumns struct{ id, owner, viewerOrg, accountID, at, tier string }

// disclosuresQuery finds what was shown to others of the fields and of the
// documents of an owner's listings: the newest of each by an index in their
// order, and of those the newest. Ids of both grow with time.
func disclosuresQuery(f disclosure.Filter) (string, []any) {
	var fields conditions
	if f.What == disclosure.Document {
		fields.add(`FALSE`)
	}
	shown(&fields, f, shownColumns{`d.id`, `d.owner_org`, `d.viewer_org`, `d.account_id`, `d.at`, `d.tier`})
	newestFields := fields.limit(f.Limit)
	documents := conditions{args: fields.args}
	if f.What == disclosure.Fields {
		documents.add(`FALSE`)
	}
	shown(&documents, f, shownColumns{`r.id`, `r.owner_org`, `r.org_id`, `r.account_id`, `r.at`, `f.tier`})
	const listed = `l.kind, l.id AS listing_id, coalesce(v.title_zh, '') AS title_zh, coalesce(v.title_en, '') AS title_en, `
	return `SELECT * FROM (SELECT d.id AS id, 'fields' AS what, ` + listed + `d.viewer_org, d.account_id, d.at, d.tier, d.fields,
				'' AS file_id, '' AS file_name, 0 AS number, FALSE AS marked
			FROM disclosures d JOIN listings l ON l.id = d.listing_id LEFT JOIN revisions v ON v.id = l.live_revision
			WHERE ` + fields.where() + ` ORDER BY d.id DESC LIMIT ` + newestFields + `) AS of_fields
		UNION ALL SELECT * FROM (SELECT r.id AS id, 'document' AS what, ` + listed + `r.org_id, r.account_id, r.at, f.tier, CAST(NULL AS JSONB) AS fields,
				f.id AS file_id, f.name, f.number, r.marked
			FROM file_reads r JOIN files f ON f.id = r.file_id
				JOIN listings l ON l.kind = f.subject_kind AND l.id = f.subject_id LEFT JOIN revisions v ON v.id = l.live_revision
			WHERE ` + documents.where() + ` ORDER BY r.id DESC LIMIT ` + documents.limit(f.Limit) + `) AS of_documents
		ORDER BY id DESC LIMIT ` + documents.limit(f.Limit), documents.args
}

// shown adds the filter of one kind of entries. Those of one listing are fewer
// than those of its owner.
func shown(c *conditions, f disclosure.Filter, column shownColumns) {
	if f.ListingID != "" {
		c.add(`l.id = ? AND l.owner_org = ? AND `+column.viewerOrg+` <> l.owner_org`, f.ListingID, f.OwnerOrg)
	} else {
		c.add(column.owner+` = ? AND `+column.viewerOrg+` <> `+column.owner, f.OwnerOrg)
	}
	for _, each := range []struct{ column, value string }{
		{column.viewerOrg, f.ViewerOrg}, {column.accountID, f.AccountID}, {column.tier, string(f.Tier)},
	} {
		if each.value != "" {
			c.add(each.column+` = ?`, each.value)
		}
	}
	if !f.From.IsZero() {
		c.add(column.at+` >= ?`, clock.Micros(f.From))
	}
	if !f.To.IsZero() {
		c.add(column.at+` < ?`, clock.Micros(f.To))
	}
	if f.Before != "" {
		c.add(column.id+` < ?`, f.Before)
	}
}
