package store_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/sqldb"
	"chengqiao/internal/store"
	"chengqiao/internal/store/storetest"
)

func TestARepeatedRequestIsAnsweredNotDoneAgain(t *testing.T) {
	storetest.ForEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		ctx := context.Background()
		idempotency := store.NewIdempotency(db, clock.NewManual(noon))
		req := store.Request{Scope: "account-1", Key: "k", Hash: "h"}
		done := 0
		do := func(context.Context) (store.Response, error) {
			done++
			return store.Response{Status: 201, Headers: map[string]string{"Location": "/x"}, Body: `{"id":"1"}`}, nil
		}
		first, replayed, err := idempotency.Do(ctx, req, do)
		if err != nil || replayed {
			t.Fatalf("replayed %v, %v", replayed, err)
		}
		again, replayed, err := idempotency.Do(ctx, req, do)
		if err != nil || !replayed || done != 1 {
			t.Fatalf("replayed %v, done %d times, %v", replayed, done, err)
		}
		if again.Status != first.Status || again.Body != first.Body || again.Headers["Location"] != "/x" {
			t.Fatalf("answered %+v, then %+v", first, again)
		}

		other := req
		other.Hash = "another body"
		_, _, err = idempotency.Do(ctx, other, do)
		wantCode(t, err, errs.Invalid, "idempotency_key_reused")

		somebodyElse := req
		somebodyElse.Scope = "account-2"
		if _, replayed, err := idempotency.Do(ctx, somebodyElse, do); err != nil || replayed {
			t.Fatalf("another account's key met this one: replayed %v, %v", replayed, err)
		}
	})
}

func TestAFailedRequestMayBeTriedAgain(t *testing.T) {
	storetest.ForEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		idempotency := store.NewIdempotency(db, clock.NewManual(noon))
		req := store.Request{Scope: "a", Key: "k", Hash: "h"}
		boom := errors.New("boom")
		_, _, err := idempotency.Do(context.Background(), req, func(context.Context) (store.Response, error) {
			return store.Response{}, boom
		})
		if !errors.Is(err, boom) {
			t.Fatal(err)
		}
		_, replayed, err := idempotency.Do(context.Background(), req, func(context.Context) (store.Response, error) {
			return store.Response{Status: 204}, nil
		})
		if err != nil || replayed {
			t.Fatalf("replayed %v, %v", replayed, err)
		}
	})
}

func TestOfEqualRequestsAtOnceOneRuns(t *testing.T) {
	storetest.ForEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		mustExec(t, db, `INSERT INTO feed (name, position) VALUES ('counter', 0)`)
		idempotency := store.NewIdempotency(db, clock.NewManual(noon))
		req := store.Request{Scope: "a", Key: "k", Hash: "h"}
		var fresh atomic.Int64
		var wg sync.WaitGroup
		for range 6 {
			wg.Go(func() {
				resp, replayed, err := idempotency.Do(context.Background(), req, func(ctx context.Context) (store.Response, error) {
					_, err := db.Exec(ctx, `UPDATE feed SET position = position + 1 WHERE name = 'counter'`)
					return store.Response{Status: 201, Body: `{"n":1}`}, err
				})
				if err != nil || resp.Status != 201 {
					t.Errorf("status %d, %v", resp.Status, err)
				}
				if !replayed {
					fresh.Add(1)
				}
			})
		}
		wg.Wait()
		n, err := sqldb.One(context.Background(), db, sqldb.Scalar[int64], `SELECT position FROM feed WHERE name = 'counter'`)
		if err != nil || n != 1 || fresh.Load() != 1 {
			t.Fatalf("done %d times, %d answers fresh, %v", n, fresh.Load(), err)
		}
	})
}

func TestOldAnswersAreForgotten(t *testing.T) {
	storetest.ForEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		c := clock.NewManual(noon)
		idempotency := store.NewIdempotency(db, c)
		answer := func(context.Context) (store.Response, error) { return store.Response{Status: 200}, nil }
		for _, key := range []string{"old", "young"} {
			if _, _, err := idempotency.Do(context.Background(), store.Request{Scope: "a", Key: key, Hash: "h"}, answer); err != nil {
				t.Fatal(err)
			}
			c.Advance(time.Hour)
		}
		n, err := idempotency.Prune(context.Background(), 90*time.Minute, 10)
		if err != nil || n != 1 {
			t.Fatalf("forgot %d, %v", n, err)
		}
	})
}
