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

// disclosuresQuery finds the owner's listings and, of each, what was shown of
// its fields and of its documents to others. Ids of both grow with time.
func disclosuresQuery(f disclosure.Filter) (string, []any) {
	var c conditions
	c.add(`l.owner_org = ?`, f.OwnerOrg)
	for _, each := range []struct{ column, value string }{
		{`e.listing_id`, f.ListingID}, {`e.viewer_org`, f.ViewerOrg}, {`e.account_id`, f.AccountID}, {`e.tier`, string(f.Tier)}, {`e.what`, f.What},
	} {
		if each.value != "" {
			c.add(each.column+` = ?`, each.value)
		}
	}
	if !f.From.IsZero() {
		c.add(`e.at >= ?`, clock.Micros(f.From))
	}
	if !f.To.IsZero() {
		c.add(`e.at < ?`, clock.Micros(f.To))
	}
	if f.Before != "" {
		c.add(`e.id < ?`, f.Before)
	}
	c.add(`e.viewer_org <> l.owner_org`)
	return `SELECT e.id, e.what, l.kind, l.id, coalesce(v.title_zh, ''), coalesce(v.title_en, ''), e.viewer_org, e.account_id, e.at,
			e.tier, e.fields, e.file_id, e.file_name, e.number, e.marked
		FROM listings l LEFT JOIN revisions v ON v.id = l.live_revision JOIN (
			SELECT d.id, 'fields' AS what, d.listing_id, d.viewer_org, d.account_id, d.at, d.tier, d.fields,
				'' AS file_id, '' AS file_name, 0 AS number, FALSE AS marked
			FROM disclosures d
			UNION ALL
			SELECT r.id, 'document', f.subject_id, r.org_id, r.account_id, r.at, f.tier, NULL, f.id, f.name, f.number, r.marked
			FROM file_reads r JOIN files f ON f.id = r.file_id
			WHERE f.subject_kind IN ('achievement', 'package', 'need')
		) e ON e.listing_id = l.id
		WHERE ` + c.where() + ` ORDER BY e.id DESC LIMIT ` + c.limit(f.Limit), c.args
}
