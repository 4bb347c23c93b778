package store

import (
	"context"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/sqldb"
)

// Request identifies an unsafe request by the key its client chose.
type Request struct {
	// Scope is the account, or what stands for it before signing in: keys of
	// two clients never meet.
	Scope string
	Key   string
	// Hash is over method, path and body: the same key with another request
	// is the client's mistake.
	Hash string
}

// Response is an answer as it was given. Headers must hold no cookie.
type Response struct {
	Status  int
	Headers map[string]string
	Body    string
}

// Idempotency keeps the answers of unsafe requests in the transaction of
// their change.
type Idempotency struct {
	db    *sqldb.DB
	clock clock.Clock
}

// NewIdempotency makes an Idempotency.
func NewIdempotency(db *sqldb.DB, c clock.Clock) *Idempotency {
	return &Idempotency{db: db, clock: c}
}

// Do answers a request once: fn runs in a transaction together with the
// record of its answer; a repetition gets the recorded answer and replayed is
// true. When fn fails nothing is recorded, and the request may be tried again.
// Of two equal requests at once, one runs and the other gets its answer.
// Errors: those of fn; errs.Invalid "idempotency_key_reused" when the key came
// with another request before.
func (i *Idempotency) Do(ctx context.Context, req Request, fn func(ctx context.Context) (Response, error)) (resp Response, replayed bool, err error) {
	for range 2 {
		resp, replayed, err = i.once(ctx, req, fn)
		// The other of two equal requests committed first: read its answer.
		if !sqldb.IsDuplicate(err, "idempotency", "scope", "key") {
			break
		}
	}
	return resp, replayed, err
}

func (i *Idempotency) once(ctx context.Context, req Request, fn func(ctx context.Context) (Response, error)) (resp Response, replayed bool, err error) {
	err = i.db.InTx(ctx, func(ctx context.Context) error {
		saved, found, err := i.Begin(ctx, req)
		if err != nil {
			return err
		}
		if found {
			resp, replayed = saved, true
			return nil
		}
		replayed = false
		if resp, err = fn(ctx); err != nil {
			return err
		}
		return i.Complete(ctx, req, resp)
	})
	return resp, replayed, err
}

// Begin claims the key inside a transaction, or gives the answer recorded for
// it. Errors: errs.Invalid "idempotency_key_reused"; errs.Conflict "duplicate"
// on idempotency (scope, key) when an equal request is committed meanwhile.
func (i *Idempotency) Begin(ctx context.Context, req Request) (saved Response, found bool, err error) {
	type answer struct {
		hash string
		resp Response
	}
	a, err := sqldb.One(ctx, i.db, func(row sqldb.Row) (answer, error) {
		var a answer
		err := row.Scan(&a.hash, &a.resp.Status, sqldb.IntoJSON(&a.resp.Headers), &a.resp.Body)
		return a, err
	}, `SELECT request_hash, status, headers, body FROM idempotency WHERE scope = $1 AND key = $2`, req.Scope, req.Key)
	switch {
	case err == nil && a.hash != req.Hash:
		return Response{}, false, errs.New(errs.Invalid, "idempotency_key_reused")
	case err == nil:
		return a.resp, true, nil
	case errs.KindOf(err) != errs.NotFound:
		return Response{}, false, err
	}
	_, err = i.db.Exec(ctx, `
		INSERT INTO idempotency (scope, key, request_hash, status, headers, body, created_at)
		VALUES ($1, $2, $3, 0, $4, '', $5)`,
		req.Scope, req.Key, req.Hash, sqldb.ToJSON(map[string]string{}), clock.Micros(i.clock.Now()))
	return Response{}, false, err
}

// Complete records the answer of a key claimed by Begin in the same transaction.
func (i *Idempotency) Complete(ctx context.Context, req Request, resp Response) error {
	return sqldb.ExpectOne(i.db.Exec(ctx, `
		UPDATE idempotency SET status = $1, headers = $2, body = $3 WHERE scope = $4 AND key = $5`,
		resp.Status, sqldb.ToJSON(resp.Headers), resp.Body, req.Scope, req.Key))
}

// Prune forgets up to limit answers older than age and says how many.
func (i *Idempotency) Prune(ctx context.Context, age time.Duration, limit int) (int64, error) {
	res, err := i.db.Exec(ctx, `DELETE FROM idempotency WHERE (scope, key) IN (
		SELECT scope, key FROM idempotency WHERE created_at < $1 ORDER BY created_at LIMIT $2)`,
		clock.Micros(i.clock.Now().Add(-age)), limit)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}
