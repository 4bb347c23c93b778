package store

import (
	"context"

	"chengqiao/internal/listing"
	"chengqiao/internal/sqldb"
)

// OwnAfter are an organisation's listings of a kind that have not ended, with
// their contents, by id after one.
func (s *Listings) OwnAfter(ctx context.Context, kind, owner, after string, limit int) ([]listing.Record, error) {
	found, err := sqldb.All(ctx, s.db, scanListing, `SELECT `+listingColumns+` FROM listings l
		WHERE l.owner_org = $1 AND l.kind = $2 AND l.id > $3 AND l.state NOT IN ('withdrawn', 'closed')
		ORDER BY l.id LIMIT $4`, owner, kind, after, limit)
	if err != nil {
		return nil, err
	}
	return s.withRevisions(ctx, found, true)
}
