package store

import (
	"context"
	"slices"

	"chengqiao/internal/clock"
	"chengqiao/internal/duplicate"
	"chengqiao/internal/listing"
	"chengqiao/internal/sqldb"
)

// Duplicate keeps suspected duplicates and the keys by which they are found.
type Duplicate struct{ db *sqldb.DB }

var (
	_ duplicate.Store = (*Duplicate)(nil)
	_ listing.Merges  = (*Duplicate)(nil)
)

// NewDuplicate makes the store of duplicates.
func NewDuplicate(db *sqldb.DB) *Duplicate { return &Duplicate{db} }

// SetKeys implements duplicate.Store.
func (s *Duplicate) SetKeys(ctx context.Context, prints []duplicate.Print) error {
	for part := range slices.Chunk(prints, maxBulkRows) {
		var rows [][]any
		for _, p := range part {
			for _, key := range p.Keys {
				rows = append(rows, []any{p.ID, key})
			}
		}
		if _, err := s.db.Exec(ctx, `DELETE FROM duplicate_keys WHERE listing_id IN (`+placeholders(s.db, 1, len(part))+`)`,
			printed(part)...); err != nil {
			return err
		}
		// A listing may be looked at by two at once. What one does not see yet and the
		// other has kept is no duplicate for PostgreSQL then, but a reason to begin anew.
		if err := insertMany(ctx, s.db, `INSERT INTO duplicate_keys (listing_id, key)`, rows, `ON CONFLICT (key, listing_id) DO NOTHING`); err != nil {
			return err
		}
	}
	return nil
}

func printed(prints []duplicate.Print) []any {
	out := make([]any, 0, len(prints))
	for _, p := range prints {
		out = append(out, p.ID)
	}
	return out
}

// Looked implements duplicate.Store.
func (s *Duplicate) Looked(ctx context.Context, model string, prints []duplicate.Print) error {
	rows := make([][]any, 0, len(prints))
	for _, p := range prints {
		rows = append(rows, []any{p.ID, p.Version, model})
	}
	return insertMany(ctx, s.db, `INSERT INTO duplicate_looks (listing_id, version, model)`, rows,
		`ON CONFLICT (listing_id) DO UPDATE SET version = excluded.version, model = excluded.model`)
}

// ByUpdate implements duplicate.Store. The kinds are chosen here: there are few
// others, and either engine then keeps to listings_by_update.
func (s *Duplicate) ByUpdate(ctx context.Context, kinds []string, after duplicate.Place, limit int) ([]duplicate.Updated, error) {
	text, args := byUpdateQuery(kinds, after, limit)
	return sqldb.All(ctx, s.db, func(row sqldb.Row) (duplicate.Updated, error) {
		var (
			u  duplicate.Updated
			at int64
		)
		err := row.Scan(&u.Kind, &u.ID, &at)
		u.At = clock.FromMicros(at)
		return u, err
	}, text, args...)
}

func byUpdateQuery(kinds []string, after duplicate.Place, limit int) (string, []any) {
	return `SELECT kind, id, updated_at FROM listings
		WHERE (updated_at, id) > ($1, $2) AND kind IN (` + sqldb.Placeholders(4, len(kinds)) + `)
		ORDER BY updated_at, id LIMIT $3`, sqldb.Args([]any{clock.Micros(after.At), after.ID, limit}, kinds)
}

// StillUnlooked implements duplicate.Store.
func (s *Duplicate) StillUnlooked(ctx context.Context, model string, refs []duplicate.Ref) ([]duplicate.Ref, error) {
	if len(refs) == 0 {
		return nil, nil
	}
	ids := make([]string, len(refs))
	for i, r := range refs {
		ids[i] = r.ID
	}
	return sqldb.All(ctx, s.db, func(row sqldb.Row) (duplicate.Ref, error) {
		var r duplicate.Ref
		err := row.Scan(&r.Kind, &r.ID)
		return r, err
	}, `SELECT l.kind, l.id FROM listings l LEFT JOIN duplicate_looks k ON k.listing_id = l.id
		WHERE (k.listing_id IS NULL OR k.version <> l.version OR k.model <> $1) AND l.id IN (`+sqldb.Placeholders(2, len(ids))+`)
		ORDER BY l.id`, sqldb.Args([]any{model}, ids)...)
}

// sharingQuery reads the buckets of listings. Whether one is too large is seen from
// one row too many; PostgreSQL would count it by reading the keys of all listings.
func sharingQuery(ids []string, largest int) (string, []any) {
	return `
		SELECT k.key, k.listing_id FROM (
			SELECT mine.key FROM (SELECT DISTINCT key FROM duplicate_keys WHERE listing_id IN (` + sqldb.Placeholders(2, len(ids)) + `)) AS mine
			WHERE NOT EXISTS (SELECT 1 FROM duplicate_keys o WHERE o.key = mine.key LIMIT 1 OFFSET $1)
		) AS rare
		JOIN duplicate_keys k ON k.key = rare.key
		ORDER BY k.key, k.listing_id`, sqldb.Args([]any{largest}, ids)
}

// Sharing implements duplicate.Store. The buckets are read whole and counted
// here: joining them with the listings once more costs either engine far more.
func (s *Duplicate) Sharing(ctx context.Context, ids []string, least, largest int) (map[string][]string, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	type member struct {
		key int64
		id  string
	}
	text, args := sharingQuery(ids, largest)
	members, err := sqldb.All(ctx, s.db, func(row sqldb.Row) (member, error) {
		var m member
		err := row.Scan(&m.key, &m.id)
		return m, err
	}, text, args...)
	if err != nil {
		return nil, err
	}
	wanted := make(map[string]map[string]int, len(ids))
	for _, id := range ids {
		wanted[id] = map[string]int{}
	}
	for len(members) > 0 {
		n := 1
		for n < len(members) && members[n].key == members[0].key {
			n++
		}
		weight := 1
		if members[0].key < 0 {
			weight = least
		}
		for _, m := range members[:n] {
			for _, other := range members[:n] {
				if shared, mine := wanted[m.id]; mine && other.id != m.id {
					shared[other.id] += weight
				}
			}
		}
		members = members[n:]
	}
	out := map[string][]string{}
	for id, shared := range wanted {
		for other, keys := range shared {
			if keys >= least {
				out[id] = append(out[id], other)
			}
		}
		if len(out[id]) > 0 {
			slices.Sort(out[id])
		}
	}
	return out, nil
}

// Having implements duplicate.Store.
func (s *Duplicate) Having(ctx context.Context, org string, keys []int64, least, largest, limit int) ([]string, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	return sqldb.All(ctx, s.db, sqldb.Scalar[string], `
		SELECT k.listing_id FROM (
			SELECT o.key FROM duplicate_keys o JOIN listings l ON l.id = o.listing_id
			WHERE l.owner_org = $1 AND o.key IN (`+sqldb.Placeholders(5, len(keys))+`)
			GROUP BY o.key HAVING count(*) <= $2
		) rare
		JOIN duplicate_keys k ON k.key = rare.key
		JOIN listings l ON l.id = k.listing_id
		WHERE l.owner_org = $1
		GROUP BY k.listing_id HAVING count(*) >= $4 OR min(k.key) < 0
		ORDER BY count(*) DESC, k.listing_id LIMIT $3`, sqldb.Args([]any{org, largest, limit, least}, keys)...)
}

const duplicateColumns = `id, state, step_seq, version, listing_kind, first_id, second_id, first_org, second_org,
	score, open_score, model, survivor_id, kept, created_at, updated_at`

// Load implements duplicate.Store.
func (s *Duplicate) Load(ctx context.Context, id string) (duplicate.Pair, error) {
	return sqldb.One(ctx, s.db, scanDuplicate, `SELECT `+duplicateColumns+` FROM duplicates WHERE id = $1`, id)
}

// Of implements duplicate.Store.
func (s *Duplicate) Of(ctx context.Context, ids []string) ([]duplicate.Pair, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	in := `(` + sqldb.Placeholders(1, len(ids)) + `)`
	return sqldb.All(ctx, s.db, scanDuplicate, `SELECT `+duplicateColumns+` FROM duplicates
		WHERE first_id IN `+in+` OR second_id IN `+in+` ORDER BY id`, sqldb.Args(nil, ids)...)
}

// Insert implements duplicate.Store.
func (s *Duplicate) Insert(ctx context.Context, p duplicate.Pair) error {
	_, err := s.db.Exec(ctx, `INSERT INTO duplicates (`+duplicateColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		p.ID, p.Position.State, p.Position.Seq, p.Version, p.Kind, p.First, p.Second, p.FirstOrg, p.SecondOrg,
		p.Score, p.OpenScore, p.Model, sqldb.NullText(p.Survivor), sqldb.ToJSON(p.Kept),
		clock.Micros(p.CreatedAt), clock.Micros(p.UpdatedAt))
	return err
}

// Save implements duplicate.Store.
func (s *Duplicate) Save(ctx context.Context, p duplicate.Pair) error {
	return sqldb.ExpectOne(s.db.Exec(ctx, `
		UPDATE duplicates SET state = $1, step_seq = $2, version = $3, score = $4, open_score = $5, model = $6,
			survivor_id = $7, kept = $8, updated_at = $9
		WHERE id = $10 AND version = $11`,
		p.Position.State, p.Position.Seq, p.Version, p.Score, p.OpenScore, p.Model, sqldb.NullText(p.Survivor),
		sqldb.ToJSON(p.Kept), clock.Micros(p.UpdatedAt), p.ID, p.Version-1))
}

// Rate implements duplicate.Store.
func (s *Duplicate) Rate(ctx context.Context, p duplicate.Pair) error {
	_, err := s.db.Exec(ctx, `UPDATE duplicates SET score = $1, open_score = $2, model = $3 WHERE id = $4 AND version = $5`,
		p.Score, p.OpenScore, p.Model, p.ID, p.Version)
	return err
}

// List implements duplicate.Store.
func (s *Duplicate) List(ctx context.Context, f duplicate.Filter) ([]duplicate.Pair, error) {
	var c conditions
	c.add(`state = ?`, string(f.State))
	if f.Kind != "" {
		c.add(`listing_kind = ?`, f.Kind)
	}
	if f.Org != "" {
		c.add(`(first_org = ? OR second_org = ?)`, f.Org, f.Org)
	} else {
		c.add(`open_score > 0`)
	}
	if f.After.ID != "" {
		c.add(`(score < ? OR score = ? AND id < ?)`, f.After.Score, f.After.Score, f.After.ID)
	}
	return sqldb.All(ctx, s.db, scanDuplicate, `SELECT `+duplicateColumns+` FROM duplicates WHERE `+c.where()+
		` ORDER BY score DESC, id DESC LIMIT `+c.limit(f.Limit), c.args...)
}

func scanDuplicate(row sqldb.Row) (duplicate.Pair, error) {
	var p duplicate.Pair
	var created, updated int64
	err := row.Scan(&p.ID, &p.Position.State, &p.Position.Seq, &p.Version, &p.Kind, &p.First, &p.Second,
		&p.FirstOrg, &p.SecondOrg, &p.Score, &p.OpenScore, &p.Model, sqldb.IntoText(&p.Survivor), sqldb.IntoJSON(&p.Kept),
		&created, &updated)
	p.CreatedAt, p.UpdatedAt = clock.FromMicros(created), clock.FromMicros(updated)
	return p, err
}

// Survivor implements listing.Merges.
func (s *Duplicate) Survivor(ctx context.Context, id string) (string, error) {
	found, err := sqldb.All(ctx, s.db, sqldb.Scalar[string], `
		SELECT survivor_id FROM duplicates
		WHERE state = 'merged' AND (first_id = $1 OR second_id = $1) AND survivor_id <> $1
		ORDER BY updated_at DESC, id DESC LIMIT 1`, id)
	if err != nil || len(found) == 0 {
		return "", err
	}
	return found[0], nil
}

// RecordsOf are the records of elsewhere that listings were imported from, by
// listing: collection and id.
func (s *Duplicate) RecordsOf(ctx context.Context, ids []string) (map[string][][2]string, error) {
	out := map[string][][2]string{}
	if len(ids) == 0 {
		return out, nil
	}
	_, err := sqldb.All(ctx, s.db, func(row sqldb.Row) (struct{}, error) {
		var id string
		var record [2]string
		err := row.Scan(&id, &record[0], &record[1])
		out[id] = append(out[id], record)
		return struct{}{}, err
	}, `SELECT listing_id, source, source_id FROM listing_sources WHERE listing_id IN (`+sqldb.Placeholders(1, len(ids))+`)
		ORDER BY listing_id, source, source_id`, sqldb.Args(nil, ids)...)
	return out, err
}

// Negotiated counts the open introductions and the deals in negotiation about
// a listing, or about packages that contain it.
func (s *Duplicate) Negotiated(ctx context.Context, id string) (int64, error) {
	const about = `need_id = $1 OR achievement_id = $1 OR package_id = $1 OR package_id IN (SELECT listing_id FROM listing_parts WHERE part_id = $1)`
	return sqldb.One(ctx, s.db, sqldb.Scalar[int64], `
		SELECT (SELECT count(*) FROM introductions WHERE state = 'open' AND (`+about+`))
			+ (SELECT count(*) FROM deals WHERE state = 'negotiating' AND (`+about+`))`, id)
}
