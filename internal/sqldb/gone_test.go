package sqldb_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"chengqiao/internal/servertest"
	"chengqiao/internal/sqldb"
)

// caller is a context that ends when it has been asked so many times: somebody
// who goes at a certain point of a driver's work.
type caller struct {
	context.Context
	end context.CancelFunc

	mu   sync.Mutex
	left int
}

func whoGoesAfter(t *testing.T, ctx context.Context, asked int) *caller {
	ctx, cancel := context.WithCancel(ctx)
	t.Cleanup(cancel)
	return &caller{Context: ctx, end: cancel, left: asked}
}

// Done implements context.Context.
func (c *caller) Done() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.left--; c.left < 0 {
		c.end()
	}
	return c.Context.Done()
}

func TestWheneverACallerGoesTheStoreIsNotGone(t *testing.T) {
	forEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		ask := func(ctx context.Context) error {
			_, err := sqldb.All(ctx, db, sqldb.Scalar[int64], `SELECT balance FROM accounts WHERE id = 'a'`)
			return err
		}
		write := func(ctx context.Context) error {
			_, err := db.Exec(ctx, `UPDATE accounts SET balance = balance + 1 WHERE id = 'b'`)
			return err
		}
		for name, do := range map[string]func(asked int) error{
			"a query":       func(asked int) error { return ask(whoGoesAfter(t, t.Context(), asked)) },
			"a statement":   func(asked int) error { return write(whoGoesAfter(t, t.Context(), asked)) },
			"a transaction": func(asked int) error { return db.InTx(whoGoesAfter(t, t.Context(), asked), write) },
			"a snapshot":    func(asked int) error { return db.InSnapshot(whoGoesAfter(t, t.Context(), asked), ask) },
			"a query in a transaction": func(asked int) error {
				return db.InTx(t.Context(), func(ctx context.Context) error { return ask(whoGoesAfter(t, ctx, asked)) })
			},
			"a statement in a transaction": func(asked int) error {
				return db.InTx(t.Context(), func(ctx context.Context) error { return write(whoGoesAfter(t, ctx, asked)) })
			},
		} {
			went := false
			for asked := range 30 {
				err := do(asked)
				went = went || err != nil
				if err != nil && !errors.Is(err, context.Canceled) {
					t.Errorf("%s whose caller goes after %d looks: %v", name, asked, err)
				}
			}
			if !went {
				t.Errorf("%s: nobody went", name)
			}
		}
	})
}

// Who waits for a connection is told that the store is gone when it is handed
// several in a row that former callers have left behind closed.
func TestAConnectionThatItsCallerLeftClosedIsHandedToNobody(t *testing.T) {
	cfg := sqldb.Config{Driver: sqldb.Postgres, DSN: servertest.Postgres(t)}
	db, beside := open(t, cfg), open(t, cfg)
	ctx, leave := context.WithCancel(t.Context())
	told := make(chan error, 1)
	go func() {
		_, err := sqldb.All(ctx, db, sqldb.Scalar[string], `SELECT pg_sleep(600)::text`)
		told <- err
	}()
	for late := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		running, err := sqldb.One(t.Context(), beside, sqldb.Scalar[int64],
			`SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query = 'SELECT pg_sleep(600)::text'`)
		if err != nil || time.Now().After(late) {
			t.Fatalf("%d run it, %v", running, err)
		}
		if running == 1 {
			break
		}
	}
	leave()
	if err := <-told; !errors.Is(err, context.Canceled) {
		t.Errorf("who went is told %v", err)
	}
	if pool := db.Pools()[0]; pool.OpenConnections != 0 {
		t.Errorf("%d connections are kept, %d of them to be handed on", pool.OpenConnections, pool.Idle)
	}
}
