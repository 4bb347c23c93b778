package store

import (
	"context"
	"slices"

	"chengqiao/internal/clock"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/listing"
	"chengqiao/internal/sqldb"
)

// Own implements listing.Store.
func (s *Listings) Own(ctx context.Context, f listing.OwnFilter) ([]listing.Record, error) {
	tables, c := ownListings(f)
	if f.After.ID != "" {
		at := clock.Micros(f.After.At)
		c.add(`(l.updated_at < ? OR l.updated_at = ? AND l.id < ?)`, at, at, f.After.ID)
	}
	found, err := sqldb.All(ctx, s.db, scanListing, `SELECT `+listingColumns+` FROM `+tables+
		` WHERE `+c.where()+` ORDER BY l.updated_at DESC, l.id DESC LIMIT `+c.limit(f.Limit), c.args...)
	if err != nil {
		return nil, err
	}
	// Who may edit one is said by whom its text names.
	return s.withRevisions(ctx, found, true)
}

// CountOwn implements listing.Store.
func (s *Listings) CountOwn(ctx context.Context, f listing.OwnFilter) (int, error) {
	tables, c := ownListings(f)
	return sqldb.One(ctx, s.db, sqldb.Scalar[int], `SELECT count(*) FROM `+tables+` WHERE `+c.where(), c.args...)
}

// ownListings are the tables and the conditions of an organisation's own
// listings, on whichever page they stand.
func ownListings(f listing.OwnFilter) (tables string, c conditions) {
	tables = `listings l`
	c.add(`l.owner_org = ? AND l.kind = ?`, f.OwnerOrg, f.Kind)
	const copies = ` JOIN revisions w ON w.listing_id = l.id AND w.` + openRevision
	if slices.Contains(listing.OpenStates, f.State) {
		// Of the working copy, whichever the listing itself is in.
		tables += copies
		c.add(`w.state = ?`, string(f.State))
	} else {
		if f.State != "" {
			c.add(`l.state = ?`, string(f.State))
		}
		if f.Folded != "" {
			tables += ` LEFT` + copies
		}
	}
	if f.Folded != "" {
		tables += ` LEFT JOIN revisions v ON v.id = l.live_revision`
		c.add(`coalesce(w.title_folded, v.title_folded) LIKE ? ESCAPE '\'`, sqldb.LikeContains(f.Folded))
	}
	return tables, c
}

// InReview implements listing.Store.
func (s *Listings) InReview(ctx context.Context, f listing.ReviewFilter) ([]listing.Record, error) {
	var c conditions
	c.add(`w.state = 'in_review'`)
	if f.Kind != "" {
		c.add(`w.kind = ?`, listing.RevisionKind(f.Kind))
	}
	if f.TechnicalField != "" {
		c.add(`w.technical_field = ?`, f.TechnicalField)
	}
	if !f.SubmittedBefore.IsZero() {
		c.add(`w.submitted_at <= ?`, clock.Micros(f.SubmittedBefore))
	}
	if f.Unclaimed {
		c.add(`NOT EXISTS (SELECT 1 FROM review_claims x WHERE x.revision_id = w.id AND x.until > ? AND x.account_id <> ?)`,
			clock.Micros(f.Now), f.AccountID)
	}
	if f.ClaimedBy != "" {
		c.add(`EXISTS (SELECT 1 FROM review_claims x WHERE x.revision_id = w.id AND x.until > ? AND x.account_id = ?)`,
			clock.Micros(f.Now), f.ClaimedBy)
	}
	if f.After.ID != "" {
		at := clock.Micros(f.After.At)
		c.add(`(w.submitted_at > ? OR w.submitted_at = ? AND w.listing_id > ?)`, at, at, f.After.ID)
	}
	found, err := sqldb.All(ctx, s.db, scanListing, `
		SELECT `+listingColumns+` FROM revisions w JOIN listings l ON l.id = w.listing_id
		WHERE `+c.where()+` ORDER BY w.submitted_at, w.listing_id LIMIT `+c.limit(f.Limit), c.args...)
	if err != nil {
		return nil, err
	}
	return s.withRevisions(ctx, found, false)
}

// Containing implements listing.Store.
func (s *Listings) Containing(ctx context.Context, kind, part string, states []lifecycle.State) ([]string, error) {
	args := []any{part, kind}
	for _, state := range states {
		args = append(args, string(state))
	}
	return sqldb.All(ctx, s.db, sqldb.Scalar[string], `
		SELECT p.listing_id FROM listing_parts p JOIN listings l ON l.id = p.listing_id
		WHERE p.part_id = $1 AND l.kind = $2 AND l.state IN (`+sqldb.Placeholders(3, len(states))+`)
		ORDER BY p.listing_id`, args...)
}

// Revisions implements listing.Store.
func (s *Listings) Revisions(ctx context.Context, listingID string) ([]listing.Revision, error) {
	return sqldb.All(ctx, s.db, scanRevision,
		`SELECT `+revisionColumns+` FROM revisions WHERE listing_id = $1 ORDER BY created_at, id`, listingID)
}

// Due implements listing.Store.
func (s *Listings) Due(ctx context.Context, kind string, day clock.Date, limit int) ([]string, error) {
	return sqldb.All(ctx, s.db, sqldb.Scalar[string], `
		SELECT id FROM listings WHERE kind = $1 AND state = 'published' AND confirm_by < $2
		ORDER BY confirm_by, id LIMIT $3`, kind, day, limit)
}

func liveConditions(f listing.LiveFilter) *conditions {
	var c conditions
	c.add(`l.state = 'published' AND l.kind = ?`, f.Kind)
	if f.OwnerOrg != "" {
		c.add(`l.owner_org = ?`, f.OwnerOrg)
	}
	if f.After != "" {
		c.add(`l.id > ?`, f.After)
	}
	return &c
}

// LiveAfter implements listing.Store.
func (s *Listings) LiveAfter(ctx context.Context, f listing.LiveFilter) ([]listing.Record, error) {
	c := liveConditions(f)
	found, err := sqldb.All(ctx, s.db, scanListing, `SELECT `+listingColumns+` FROM listings l WHERE `+c.where()+
		` ORDER BY l.id LIMIT `+c.limit(f.Limit), c.args...)
	if err != nil {
		return nil, err
	}
	return s.withRevisions(ctx, found, true)
}

// LiveRefs implements listing.Store.
func (s *Listings) LiveRefs(ctx context.Context, f listing.LiveFilter) ([]listing.Ref, error) {
	c := liveConditions(f)
	return sqldb.All(ctx, s.db, func(row sqldb.Row) (listing.Ref, error) {
		var r listing.Ref
		err := row.Scan(&r.ID, &r.Seq)
		return r, err
	}, `SELECT l.id, l.step_seq FROM listings l WHERE `+c.where()+` ORDER BY l.id LIMIT `+c.limit(f.Limit), c.args...)
}

// Disclose implements listing.Store. Most reads of a day repeat one: they are
// found by a read and take no write lock.
func (s *Listings) Disclose(ctx context.Context, d listing.Disclosure) error {
	seen, err := sqldb.One(ctx, s.db, sqldb.Scalar[int64], `
		SELECT count(*) FROM disclosures WHERE listing_id = $1 AND revision_id = $2 AND account_id = $3
			AND viewer_org = $4 AND day = $5 AND tier = $6`,
		d.ListingID, d.RevisionID, d.AccountID, d.ViewerOrg, d.Day, d.Tier)
	if err != nil || seen > 0 {
		return err
	}
	_, err = s.db.Exec(ctx, `
		INSERT INTO disclosures (id, listing_id, kind, revision_id, viewer_org, account_id, day, at, tier, fields, owner_org)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, (SELECT l.owner_org FROM listings l WHERE l.id = $2))
		ON CONFLICT (listing_id, revision_id, account_id, viewer_org, day, tier) DO NOTHING`,
		d.ID, d.ListingID, d.Kind, d.RevisionID, d.ViewerOrg, d.AccountID, d.Day, clock.Micros(d.At), d.Tier,
		sqldb.ToJSON(keptFields[string]{d.Fields}))
	return err
}

// Sources implements listing.Store.
func (s *Listings) Sources(ctx context.Context, kind, owner, source string, sourceIDs []string) ([]listing.Source, error) {
	var out []listing.Source
	for len(sourceIDs) > 0 {
		n := min(len(sourceIDs), maxBulkRows)
		found, err := sqldb.All(ctx, s.db, func(row sqldb.Row) (listing.Source, error) {
			k := listing.Source{Kind: kind, OwnerOrg: owner, Source: source}
			err := row.Scan(&k.SourceID, &k.ListingID, &k.Hash)
			return k, err
		}, `SELECT source_id, listing_id, hash FROM listing_sources
			WHERE owner_org = $1 AND kind = $2 AND source = $3 AND source_id IN (`+sqldb.Placeholders(4, n)+`)`,
			sqldb.Args([]any{owner, kind, source}, sourceIDs[:n])...)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
		sourceIDs = sourceIDs[n:]
	}
	return out, nil
}

// KeepSources implements listing.Store.
func (s *Listings) KeepSources(ctx context.Context, sources []listing.Source) error {
	rows := make([][]any, 0, len(sources))
	for _, k := range sources {
		rows = append(rows, []any{k.Kind, k.OwnerOrg, k.Source, k.SourceID, k.ListingID, k.Hash})
	}
	return insertMany(ctx, s.db, `INSERT INTO listing_sources (kind, owner_org, source, source_id, listing_id, hash)`, rows,
		`ON CONFLICT (owner_org, kind, source, source_id) DO UPDATE SET listing_id = excluded.listing_id, hash = excluded.hash`)
}
