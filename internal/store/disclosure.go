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
type shownColumns struct{ id, viewerOrg, accountID, at, tier string }

// disclosuresQuery finds the owner's listings and, of each, what was shown of
// its fields and of its documents to others. Ids of both grow with time.
func disclosuresQuery(f disclosure.Filter) (string, []any) {
	var fields conditions
	if f.What == disclosure.Document {
		fields.add(`FALSE`)
	}
	shown(&fields, f, shownColumns{`d.id`, `d.viewer_org`, `d.account_id`, `d.at`, `d.tier`})
	documents := conditions{args: fields.args}
	if f.What == disclosure.Fields {
		documents.add(`FALSE`)
	}
	shown(&documents, f, shownColumns{`r.id`, `r.org_id`, `r.account_id`, `r.at`, `f.tier`})
	const listed = `l.kind, l.id AS listing_id, coalesce(v.title_zh, '') AS title_zh, coalesce(v.title_en, '') AS title_en, `
	return `SELECT d.id AS id, 'fields' AS what, ` + listed + `d.viewer_org, d.account_id, d.at, d.tier, d.fields,
				'' AS file_id, '' AS file_name, 0 AS number, FALSE AS marked
			FROM listings l LEFT JOIN revisions v ON v.id = l.live_revision JOIN disclosures d ON d.listing_id = l.id
			WHERE ` + fields.where() + `
		UNION ALL SELECT r.id AS id, 'document' AS what, ` + listed + `r.org_id, r.account_id, r.at, f.tier, NULL,
				f.id, f.name, f.number, r.marked
			FROM listings l LEFT JOIN revisions v ON v.id = l.live_revision
				JOIN files f ON f.subject_kind = l.kind AND f.subject_id = l.id JOIN file_reads r ON r.file_id = f.id
			WHERE ` + documents.where() + `
		ORDER BY id DESC LIMIT ` + documents.limit(f.Limit), documents.args
}

// shown adds the filter of one kind of entries.
func shown(c *conditions, f disclosure.Filter, column shownColumns) {
	c.add(`l.owner_org = ?`, f.OwnerOrg)
	c.add(column.viewerOrg + ` <> l.owner_org`)
	for _, each := range []struct{ column, value string }{
		{`l.id`, f.ListingID}, {column.viewerOrg, f.ViewerOrg}, {column.accountID, f.AccountID}, {column.tier, string(f.Tier)},
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
