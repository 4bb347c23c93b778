package sqldb_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"chengqiao/internal/errs"
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

// A new connection costs the server a process and the proof of a password.
func TestWhoGoesCostsTheServerNoConnection(t *testing.T) {
	cfg := sqldb.Config{Driver: sqldb.Postgres, DSN: servertest.Postgres(t), MaxConns: 1}
	db, beside := open(t, cfg), open(t, cfg)
	process := func() int64 {
		pid, err := sqldb.One(t.Context(), db, sqldb.Scalar[int64], `SELECT pg_backend_pid()`)
		if err != nil {
			t.Fatal(err)
		}
		return pid
	}
	first := process()
	for name, do := range map[string]func(ctx context.Context) error{
		"a query": func(ctx context.Context) error { return sleep(ctx, db, `SELECT pg_sleep(600)::text`) },
		"a transaction": func(ctx context.Context) error {
			return db.InTx(ctx, func(ctx context.Context) error { return sleep(ctx, db, `SELECT pg_sleep(600)::text`) })
		},
		"a snapshot": func(ctx context.Context) error {
			return db.InSnapshot(ctx, func(ctx context.Context) error { return sleep(ctx, db, `SELECT pg_sleep(600)::text`) })
		},
	} {
		if err := leftWhile(t, beside, `SELECT pg_sleep(600)::text`, do); !errors.Is(err, context.Canceled) {
			t.Errorf("who went in the midst of %s is told %v", name, err)
		}
		if got := process(); got != first {
			t.Errorf("%s whose caller went has cost its connection", name)
			first = got
		}
	}
}

// Who waits for a connection is told that the store is gone when it is handed
// several in a row that former callers have left behind closed.
func TestAConnectionThatItsCallerLeftClosedIsHandedToNobody(t *testing.T) {
	cfg := sqldb.Config{Driver: sqldb.Postgres, DSN: servertest.Postgres(t)}
	db, beside := open(t, cfg), open(t, cfg)
	exec(t, db, `CREATE FUNCTION stay() RETURNS text LANGUAGE plpgsql AS $$
		BEGIN FOR asked IN 1..9 LOOP -- to end: the server signals its process and the group of it
			BEGIN PERFORM pg_sleep(600); EXCEPTION WHEN query_canceled THEN NULL; END;
		END LOOP; RETURN ''; END $$`)
	err := leftWhile(t, beside, `SELECT stay()`, func(ctx context.Context) error { return sleep(ctx, db, `SELECT stay()`) })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("who went is told %v", err)
	}
	if pool := db.Pools()[0]; pool.OpenConnections != 0 {
		t.Errorf("%d connections are kept, %d of them to be handed on", pool.OpenConnections, pool.Idle)
	}
}

func sleep(ctx context.Context, db *sqldb.DB, query string) error {
	_, err := sqldb.All(ctx, db, sqldb.Scalar[string], query)
	return err
}

// leftWhile is what a caller is told that goes while the server sleeps in a query of it:
// one that has only begun to run is nowhere yet.
func leftWhile(t *testing.T, beside *sqldb.DB, query string, do func(ctx context.Context) error) error {
	t.Helper()
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	told := make(chan error, 1)
	go func() { told <- do(ctx) }()
	for late := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		running, err := sqldb.One(t.Context(), beside, sqldb.Scalar[int64],
			`SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND wait_event = 'PgSleep' AND query = $1`, query)
		if err != nil || time.Now().After(late) {
			t.Fatalf("%d run it, %v", running, err)
		}
		if running == 1 {
			break
		}
	}
	leave()
	return <-told
}

// holdCommits lets no row of the table "written" be committed while somebody else
// holds the advisory lock 7.
func holdCommits(t *testing.T, db *sqldb.DB) {
	t.Helper()
	for _, statement := range []string{
		`CREATE TABLE written (id TEXT NOT NULL)`,
		`CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock(7); RETURN NEW; END $$`,
		`CREATE CONSTRAINT TRIGGER held AFTER INSERT ON written DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION hold()`,
	} {
		exec(t, db, statement)
	}
}

// A cache that goes on with what may be no more is worse than one that asks again.
func TestWhatFollowsACommitFollowsOneOfWhichNobodyKnows(t *testing.T) {
	cfg := sqldb.Config{Driver: sqldb.Postgres, DSN: servertest.Postgres(t)}
	db, beside := open(t, cfg), open(t, cfg)
	holdCommits(t, db)
	told, dropped := make(chan error, 1), false
	if err := beside.InTx(t.Context(), func(holding context.Context) error {
		if _, err := beside.Exec(holding, `SELECT pg_advisory_xact_lock(7)`); err != nil {
			return err
		}
		go func() {
			told <- db.InTx(t.Context(), func(ctx context.Context) error {
				db.AfterCommit(ctx, func() { dropped = true })
				_, err := db.Exec(ctx, `INSERT INTO written (id) VALUES ('a')`)
				return err
			})
		}()
		for late := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
			n, err := sqldb.One(holding, beside, sqldb.Scalar[int64], `SELECT count(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`)
			if err != nil || n == 1 {
				return err
			}
			if time.Now().After(late) {
				return errors.New("nobody commits")
			}
		}
	}); err != nil {
		t.Fatal(err)
	}
	if err := <-told; errs.KindOf(err) != errs.Unavailable || !dropped {
		t.Errorf("%v, and the cache was dropped: %t", err, dropped)
	}
}

// Who is told that nothing was written undoes what stands beside the database, the
// bytes of a file for instance.
func TestACommitThatWasBegunIsBroughtToItsEnd(t *testing.T) {
	cfg := sqldb.Config{Driver: sqldb.Postgres, DSN: servertest.Postgres(t)}
	db, beside := open(t, cfg), open(t, cfg)
	holdCommits(t, db)
	ctx, leave := context.WithCancel(t.Context())
	told := make(chan error, 1)
	err := beside.InTx(t.Context(), func(holding context.Context) error {
		if _, err := beside.Exec(holding, `SELECT pg_advisory_xact_lock(7)`); err != nil {
			return err
		}
		go func() {
			told <- db.InTx(ctx, func(ctx context.Context) error {
				_, err := db.Exec(ctx, `INSERT INTO written (id) VALUES ('a')`)
				return err
			})
		}()
		committing := func(want int64, within time.Duration) (bool, error) {
			for late := time.Now().Add(within); time.Now().Before(late); time.Sleep(5 * time.Millisecond) {
				waiting, err := sqldb.One(holding, beside, sqldb.Scalar[int64], `SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`)
				if err != nil || waiting == want {
					return true, err
				}
			}
			return false, nil
		}
		if begun, err := committing(1, time.Minute); err != nil || !begun {
			return fmt.Errorf("nobody commits: %v", err)
		}
		leave()
		_, err := committing(0, 300*time.Millisecond) // a commit that is broken off ends soon
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := <-told; err != nil {
		t.Errorf("who went while it was committed is told %v", err)
	}
	if n, err := sqldb.One(t.Context(), db, sqldb.Scalar[int64], `SELECT count(*) FROM written`); err != nil || n != 1 {
		t.Errorf("%d are written, %v", n, err)
	}
}
