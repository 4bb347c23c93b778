package store

import (
	"context"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/listing"
	"chengqiao/internal/sqldb"
)

var _ listing.Origins = (*Listings)(nil)

// storedOrigin is the part of an origin that no query asks for.
type storedOrigin struct {
	listing.OriginName
	Link string `json:"link,omitempty"`
}

// KeepOrigins implements listing.Origins.
func (s *Listings) KeepOrigins(ctx context.Context, origins []listing.Origin) error {
	rows := make([][]any, 0, len(origins))
	for _, o := range origins {
		rows = append(rows, []any{o.ListingID, o.Kind, o.OwnerOrg, o.Source, o.SourceID,
			sqldb.ToJSON(storedOrigin{o.Named, o.Link}), clock.Micros(o.SeenAt), ""})
	}
	return insertMany(ctx, s.db, `INSERT INTO listing_origins
		(listing_id, kind, owner_org, source, source_id, origin, seen_at, vanished_on)`, rows,
		`ON CONFLICT (listing_id) DO UPDATE SET source = excluded.source, source_id = excluded.source_id,
			origin = excluded.origin, seen_at = excluded.seen_at, vanished_on = ''`)
}

// SeeOrigins implements listing.Origins.
func (s *Listings) SeeOrigins(ctx context.Context, owner, kind, source string, sourceIDs []string, at time.Time) error {
	if len(sourceIDs) == 0 {
		return nil
	}
	_, err := s.db.Exec(ctx, `UPDATE listing_origins SET seen_at = $1, vanished_on = ''
		WHERE owner_org = $2 AND kind = $3 AND source = $4 AND source_id IN (`+sqldb.Placeholders(5, len(sourceIDs))+`)`,
		sqldb.Args([]any{clock.Micros(at), owner, kind, source}, sourceIDs)...)
	return err
}

// Vanish implements listing.Origins.
func (s *Listings) Vanish(ctx context.Context, owner, kind, source string, since time.Time, day clock.Date) (int64, error) {
	done, err := s.db.Exec(ctx, `UPDATE listing_origins SET vanished_on = $1
		WHERE owner_org = $2 AND kind = $3 AND source = $4 AND seen_at < $5 AND vanished_on = ''`,
		string(day), owner, kind, source, clock.Micros(since))
	if err != nil {
		return 0, err
	}
	return done.RowsAffected()
}

// Origin implements listing.Origins.
func (s *Listings) Origin(ctx context.Context, listingID string) (listing.Origin, bool, error) {
	o, err := sqldb.One(ctx, s.db, func(row sqldb.Row) (listing.Origin, error) {
		o := listing.Origin{ListingID: listingID}
		var stored storedOrigin
		var seen int64
		err := row.Scan(&o.Kind, &o.OwnerOrg, &o.Source, &o.SourceID, sqldb.IntoJSON(&stored), &seen, &o.VanishedOn)
		o.Named, o.Link, o.SeenAt = stored.OriginName, stored.Link, clock.FromMicros(seen)
		return o, err
	}, `SELECT kind, owner_org, source, source_id, origin, seen_at, vanished_on FROM listing_origins WHERE listing_id = $1`, listingID)
	if errs.KindOf(err) == errs.NotFound {
		return listing.Origin{}, false, nil
	}
	return o, err == nil, err
}
