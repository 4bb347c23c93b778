package store

import (
	"context"
	"slices"

	"chengqiao/internal/embedding"
	"chengqiao/internal/errs"
	"chengqiao/internal/sqldb"
)

// Embedding keeps where texts lie, and what is still to be asked about.
type Embedding struct{ db *sqldb.DB }

var _ embedding.Store = (*Embedding)(nil)

// NewEmbedding makes the store of vectors.
func NewEmbedding(db *sqldb.DB) *Embedding { return &Embedding{db} }

// Note implements embedding.Store.
func (s *Embedding) Note(ctx context.Context, due []embedding.Due) error {
	return s.db.InTx(ctx, func(ctx context.Context) error {
		for _, d := range due {
			_, err := s.db.Exec(ctx, `INSERT INTO embedding_due (listing_id, kind, mark) VALUES ($1, $2, $3)
				ON CONFLICT (listing_id) DO UPDATE SET mark = excluded.mark`, d.ID, d.Kind, d.Mark)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Due implements embedding.Store.
func (s *Embedding) Due(ctx context.Context, limit int) ([]embedding.Due, error) {
	return sqldb.All(ctx, s.db, func(row sqldb.Row) (embedding.Due, error) {
		var d embedding.Due
		err := row.Scan(&d.ID, &d.Kind, &d.Mark)
		return d, err
	}, `SELECT listing_id, kind, mark FROM embedding_due ORDER BY mark LIMIT $1`, limit)
}

// Waiting implements embedding.Store.
func (s *Embedding) Waiting(ctx context.Context) (int, error) {
	return sqldb.One(ctx, s.db, sqldb.Scalar[int], `SELECT count(*) FROM embedding_due`)
}

// Done implements embedding.Store.
func (s *Embedding) Done(ctx context.Context, due []embedding.Due) error {
	for _, d := range due {
		if _, err := s.db.Exec(ctx, `DELETE FROM embedding_due WHERE listing_id = $1 AND mark = $2`, d.ID, d.Mark); err != nil {
			return err
		}
	}
	return nil
}

// keptPage bounds the listings of one query.
const keptPage = 500

// Of implements embedding.Store.
func (s *Embedding) Of(ctx context.Context, model string, ids []string) ([]embedding.Kept, error) {
	var out []embedding.Kept
	for page := range slices.Chunk(ids, keptPage) {
		found, err := sqldb.All(ctx, s.db, scanKept, `SELECT listing_id, kind, reader, text_hash, direction FROM embeddings
			WHERE model = $1 AND listing_id IN (`+sqldb.Placeholders(2, len(page))+`)`, sqldb.Args([]any{model}, page)...)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

func scanKept(row sqldb.Row) (embedding.Kept, error) {
	var k embedding.Kept
	var direction []byte
	err := row.Scan(&k.ID, &k.Kind, &k.Reader, &k.Hash, &direction)
	k.Direction = embedding.DirectionOf(direction)
	return k, err
}

// Replace implements embedding.Store.
func (s *Embedding) Replace(ctx context.Context, model string, listings []embedding.Ref, kept []embedding.Kept) error {
	return s.db.InTx(ctx, func(ctx context.Context) error {
		for _, r := range listings {
			if _, err := s.db.Exec(ctx, `DELETE FROM embeddings WHERE listing_id = $1 AND model = $2`, r.ID, model); err != nil {
				return err
			}
		}
		for _, k := range kept {
			// Two replicas may have asked about the same text at once.
			_, err := s.db.Exec(ctx, `INSERT INTO embeddings (listing_id, model, reader, kind, text_hash, direction)
				VALUES ($1, $2, $3, $4, $5, $6)
				ON CONFLICT (listing_id, model, reader) DO UPDATE SET text_hash = excluded.text_hash, direction = excluded.direction`,
				k.ID, model, k.Reader, k.Kind, k.Hash, k.Direction.Bytes())
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Swept implements embedding.Store.
func (s *Embedding) Swept(ctx context.Context, sweep string) (after string, finished bool, err error) {
	row := s.db.QueryRow(ctx, `SELECT after_id, finished FROM embedding_sweeps WHERE name = $1`, sweep)
	if err = row.Scan(&after, &finished); errs.KindOf(err) == errs.NotFound {
		return "", false, nil
	}
	return after, finished, err
}

// SetSwept implements embedding.Store.
func (s *Embedding) SetSwept(ctx context.Context, sweep, after string, finished bool) error {
	return s.db.InTx(ctx, func(ctx context.Context) error {
		if err := s.ForgetSweeps(ctx); err != nil {
			return err
		}
		_, err := s.db.Exec(ctx, `INSERT INTO embedding_sweeps (name, after_id, finished) VALUES ($1, $2, $3)
			ON CONFLICT (name) DO UPDATE SET after_id = excluded.after_id, finished = excluded.finished`, sweep, after, finished)
		return err
	})
}

// ForgetSweeps implements embedding.Store.
func (s *Embedding) ForgetSweeps(ctx context.Context) error {
	_, err := s.db.Exec(ctx, `DELETE FROM embedding_sweeps`)
	return err
}

// Prune implements embedding.Store.
func (s *Embedding) Prune(ctx context.Context, model string, limit int) (int, error) {
	res, err := s.db.Exec(ctx, `DELETE FROM embeddings WHERE listing_id IN
		(SELECT listing_id FROM embeddings WHERE model <> $1 ORDER BY listing_id LIMIT $2) AND model <> $1`, model, limit)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	return int(n), err
}
