package sqldb_test

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"chengqiao/internal/errs"
	"chengqiao/internal/servertest"
	"chengqiao/internal/sqldb"
)

// forEachEngine opens an empty database with a few tables on both engines.
func forEachEngine(t *testing.T, fn func(t *testing.T, db *sqldb.DB)) {
	t.Helper()
	run := func(cfg func(t *testing.T) sqldb.Config) func(t *testing.T) {
		return func(t *testing.T) {
			db := open(t, cfg(t))
			for _, table := range []string{
				`CREATE TABLE accounts (id TEXT NOT NULL, balance BIGINT NOT NULL, active BOOLEAN NOT NULL, note TEXT,
					CONSTRAINT accounts_pk PRIMARY KEY (id))`,
				`CREATE TABLE emails (account_id TEXT NOT NULL, kind TEXT NOT NULL, value TEXT NOT NULL, detail JSONB NOT NULL,
					CONSTRAINT emails_value UNIQUE (kind, value),
					CONSTRAINT emails_account_fk FOREIGN KEY (account_id) REFERENCES accounts (id))`,
				`INSERT INTO accounts (id, balance, active, note) VALUES ('a', 100, TRUE, NULL), ('b', 100, FALSE, 'x')`,
			} {
				exec(t, db, table)
			}
			fn(t, db)
		}
	}
	t.Run("sqlite", run(func(t *testing.T) sqldb.Config {
		return sqldb.Config{Driver: sqldb.SQLite, DSN: filepath.Join(t.TempDir(), "odd name?#%.db")}
	}))
	t.Run("postgres", run(func(t *testing.T) sqldb.Config {
		return sqldb.Config{Driver: sqldb.Postgres, DSN: servertest.Postgres(t)}
	}))
}

func open(t *testing.T, cfg sqldb.Config) *sqldb.DB {
	t.Helper()
	db, err := sqldb.Open(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func exec(t *testing.T, db *sqldb.DB, query string, args ...any) {
	t.Helper()
	if _, err := db.Exec(context.Background(), query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func balance(t *testing.T, db *sqldb.DB, ctx context.Context, id string) int64 {
	t.Helper()
	n, err := sqldb.One(ctx, db, sqldb.Scalar[int64], `SELECT balance FROM accounts WHERE id = $1`, id)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func wantCode(t *testing.T, err error, kind errs.Kind, code string) {
	t.Helper()
	if err == nil || errs.KindOf(err) != kind || errs.CodeOf(err) != code {
		t.Fatalf("error %v, want kind %d code %q", err, kind, code)
	}
}

var errBoom = errors.New("boom")

func TestATransactionIsSeenWholeOrNotAtAll(t *testing.T) {
	forEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		ctx := context.Background()
		err := db.InTx(ctx, func(tx context.Context) error {
			if _, err := db.Exec(tx, `UPDATE accounts SET balance = 0 WHERE id = 'a'`); err != nil {
				return err
			}
			if got := balance(t, db, tx, "a"); got != 0 {
				t.Errorf("inside the transaction: %d", got)
			}
			if got := balance(t, db, ctx, "a"); got != 100 {
				t.Errorf("outside the transaction: %d", got)
			}
			return errBoom
		})
		if !errors.Is(err, errBoom) || balance(t, db, ctx, "a") != 100 {
			t.Fatalf("err %v, balance %d after the rollback", err, balance(t, db, ctx, "a"))
		}
	})
}

func TestANestedTransactionJoinsTheOuterOne(t *testing.T) {
	forEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		ctx := context.Background()
		after := 0
		err := db.InTx(ctx, func(ctx context.Context) error {
			if err := db.InTx(ctx, func(ctx context.Context) error {
				db.AfterCommit(ctx, func() { after++ })
				_, err := db.Exec(ctx, `UPDATE accounts SET balance = 1 WHERE id = 'a'`)
				return err
			}); err != nil {
				return err
			}
			return errBoom
		})
		if !errors.Is(err, errBoom) || balance(t, db, ctx, "a") != 100 || after != 0 {
			t.Fatalf("err %v, balance %d, %d hooks run", err, balance(t, db, ctx, "a"), after)
		}
	})
}

func TestAPanicRollsBack(t *testing.T) {
	forEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		func() {
			defer func() { _ = recover() }()
			_ = db.InTx(context.Background(), func(ctx context.Context) error {
				_, _ = db.Exec(ctx, `UPDATE accounts SET balance = 1`)
				panic("boom")
			})
		}()
		if got := balance(t, db, context.Background(), "a"); got != 100 {
			t.Fatalf("balance %d", got)
		}
		exec(t, db, `UPDATE accounts SET balance = 7`) // the connection is free again
	})
}

func TestASwallowedErrorCannotCommit(t *testing.T) {
	forEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		err := db.InTx(context.Background(), func(ctx context.Context) error {
			_, _ = db.Exec(ctx, `INSERT INTO accounts (id, balance, active) VALUES ('a', 1, TRUE)`)
			_, _ = db.Exec(ctx, `UPDATE accounts SET balance = 1 WHERE id = 'b'`)
			return nil
		})
		wantCode(t, err, errs.Conflict, "duplicate")
		if got := balance(t, db, context.Background(), "b"); got != 100 {
			t.Fatalf("balance %d", got)
		}
	})
}

// TestTransactionsAreSerializable is the classic write skew: each of two
// transactions reads both rows and spends from one, as long as the sum allows
// it. Were both to commit, the sum would be negative.
func TestTransactionsAreSerializable(t *testing.T) {
	forEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		var runs atomic.Int64
		spend := func(id string) error {
			return db.InTx(context.Background(), func(ctx context.Context) error {
				runs.Add(1)
				sum, err := sqldb.One(ctx, db, sqldb.Scalar[int64], `SELECT CAST(sum(balance) AS BIGINT) FROM accounts`)
				if err != nil {
					return err
				}
				if sum < 150 {
					return nil
				}
				_, err = db.Exec(ctx, `UPDATE accounts SET balance = balance - 150 WHERE id = $1`, id)
				return err
			})
		}
		var wg sync.WaitGroup
		for range 4 {
			for _, id := range []string{"a", "b"} {
				wg.Go(func() {
					if err := spend(id); err != nil {
						t.Error(err)
					}
				})
			}
		}
		wg.Wait()
		ctx := context.Background()
		if sum := balance(t, db, ctx, "a") + balance(t, db, ctx, "b"); sum != 50 {
			t.Fatalf("sum %d after %d runs", sum, runs.Load())
		}
	})
}

func TestExclusiveSectionsDoNotOverlap(t *testing.T) {
	forEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		var inside, most atomic.Int64
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				err := db.InExclusive(context.Background(), "test", func(ctx context.Context) error {
					most.Store(max(most.Load(), inside.Add(1)))
					defer inside.Add(-1)
					n := balance(t, db, ctx, "a")
					_, err := db.Exec(ctx, `UPDATE accounts SET balance = $1 WHERE id = 'a'`, n+1)
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if got := balance(t, db, context.Background(), "a"); got != 108 || most.Load() != 1 {
			t.Fatalf("balance %d, at most %d inside", got, most.Load())
		}
	})
}

func TestEngineErrorsGetStableCodes(t *testing.T) {
	forEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		ctx := context.Background()
		insert := `INSERT INTO emails (account_id, kind, value, detail) VALUES ($1, 'email', $2, $3)`
		exec(t, db, insert, "a", "x@example.org", sqldb.ToJSON(map[string]any{}))

		_, err := db.Exec(ctx, insert, "b", "x@example.org", sqldb.ToJSON(map[string]any{}))
		wantCode(t, err, errs.Conflict, "duplicate")
		if !sqldb.IsDuplicate(err, "emails", "kind", "value") || sqldb.IsDuplicate(err, "accounts", "id") {
			t.Fatalf("params %v", errs.As(err).Params)
		}
		_, err = db.Exec(ctx, `INSERT INTO accounts (id, balance, active) VALUES ('a', 1, TRUE)`)
		if !sqldb.IsDuplicate(err, "accounts", "id") {
			t.Fatalf("a primary key: %v", err)
		}
		_, err = db.Exec(ctx, insert, "nobody", "y@example.org", sqldb.ToJSON(map[string]any{}))
		wantCode(t, err, errs.Conflict, "reference_missing")

		_, err = sqldb.One(ctx, db, sqldb.Scalar[int64], `SELECT balance FROM accounts WHERE id = 'nobody'`)
		wantCode(t, err, errs.NotFound, "not_found")

		err = sqldb.ExpectOne(db.Exec(ctx, `UPDATE accounts SET balance = 1 WHERE id = 'a' AND balance = 5`))
		wantCode(t, err, errs.Stale, "stale_version")

		_, err = db.Exec(ctx, `SELEC`)
		wantCode(t, err, errs.Internal, "internal")

		cancelled, cancel := context.WithCancel(ctx)
		cancel()
		if _, err = db.Exec(cancelled, `UPDATE accounts SET balance = 1`); !errors.Is(err, context.Canceled) {
			t.Fatalf("cancelled: %v", err)
		}
	})
}

// Between the last statement and the commit the driver rolls back by itself, at
// once or a moment later, and tells of a transaction that is over.
func TestACallerWhoGoesBeforeTheCommitIsNoFaultOfTheProgram(t *testing.T) {
	forEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		for _, moment := range []time.Duration{0, time.Millisecond, 50 * time.Millisecond} {
			ctx, cancel := context.WithCancel(t.Context())
			err := db.InTx(ctx, func(ctx context.Context) error {
				_, err := db.Exec(ctx, `UPDATE accounts SET balance = 7 WHERE id = 'a'`)
				cancel()
				time.Sleep(moment)
				return err
			})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("%v after the caller went: %v", moment, err)
			}
			if got := balance(t, db, t.Context(), "a"); got == 7 {
				t.Errorf("%v after the caller went: written", moment)
			}
		}
	})
}

func TestColumnsComeBackAsTheyWent(t *testing.T) {
	forEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		ctx := context.Background()
		type terms struct {
			Code string           `json:"code"`
			Fen  int64            `json:"fen"`
			Map  map[string]int64 `json:"map"`
		}
		want := terms{Code: "007", Fen: 9007199254740993, Map: map[string]int64{"新疆": 1}}
		exec(t, db, `INSERT INTO emails (account_id, kind, value, detail) VALUES ('a', 'email', 'v', $1)`, sqldb.ToJSON(want))
		var got terms
		if err := db.QueryRow(ctx, `SELECT detail FROM emails`).Scan(sqldb.IntoJSON(&got)); err != nil {
			t.Fatal(err)
		}
		if got.Code != want.Code || got.Fen != want.Fen || got.Map["新疆"] != 1 {
			t.Fatalf("got %+v", got)
		}
		if _, err := db.Exec(ctx, `INSERT INTO emails (account_id, kind, value, detail) VALUES ('a', 'email', 'w', $1)`,
			sqldb.ToJSON([]string{"a list"})); err == nil {
			t.Fatal("a JSON column took a list")
		}
		var active bool
		var note string
		if err := db.QueryRow(ctx, `SELECT active, note FROM accounts WHERE id = $1 AND active = $2`, "a", true).
			Scan(&active, sqldb.IntoText(&note)); err != nil || !active || note != "" {
			t.Fatalf("active %v, note %q, %v", active, note, err)
		}
		ids := []string{"b", "a", "c"}
		found, err := sqldb.All(ctx, db, sqldb.Scalar[string],
			`SELECT id FROM accounts WHERE id IN (`+sqldb.Placeholders(2, len(ids))+`) AND balance = $1 ORDER BY id`,
			sqldb.Args([]any{100}, ids)...)
		if err != nil || len(found) != 2 || found[0] != "a" {
			t.Fatalf("found %v, %v", found, err)
		}
		exec(t, db, `UPDATE accounts SET note = $1 WHERE id = 'b'`, `50%_of\it`)
		n, err := sqldb.One(ctx, db, sqldb.Scalar[int64],
			`SELECT count(*) FROM accounts WHERE note LIKE $1 ESCAPE '\'`, sqldb.LikeContains(`%_of\`))
		if err != nil || n != 1 {
			t.Fatalf("%d rows contain the wildcard characters, %v", n, err)
		}
	})
}

func TestSQLiteReadersCannotWrite(t *testing.T) {
	db := open(t, sqldb.Config{Driver: sqldb.SQLite, DSN: filepath.Join(t.TempDir(), "a.db")})
	exec(t, db, `CREATE TABLE t (id TEXT)`)
	rows, err := db.Query(context.Background(), `INSERT INTO t (id) VALUES ('x') RETURNING id`)
	if err == nil {
		rows.Next()
		err = rows.Err()
		_ = rows.Close()
	}
	if err == nil {
		t.Fatal("a reader wrote")
	}
}

func TestTwoProcessesOnOneSQLiteFileWaitForEachOther(t *testing.T) {
	cfg := sqldb.Config{Driver: sqldb.SQLite, DSN: filepath.Join(t.TempDir(), "a.db")}
	one, two := open(t, cfg), open(t, cfg)
	exec(t, one, `CREATE TABLE n (v BIGINT NOT NULL)`)
	exec(t, one, `INSERT INTO n (v) VALUES (0)`)
	var wg sync.WaitGroup
	for _, db := range []*sqldb.DB{one, two} {
		wg.Go(func() {
			for range 50 {
				if err := db.InTx(context.Background(), func(ctx context.Context) error {
					v, err := sqldb.One(ctx, db, sqldb.Scalar[int64], `SELECT v FROM n`)
					if err != nil {
						return err
					}
					_, err = db.Exec(ctx, `UPDATE n SET v = $1`, v+1)
					return err
				}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if v, err := sqldb.One(context.Background(), one, sqldb.Scalar[int64], `SELECT v FROM n`); err != nil || v != 100 {
		t.Fatalf("v %d, %v", v, err)
	}
}

func TestAServerThatIsAwayIsUnavailable(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	_, err := sqldb.Open(ctx, sqldb.Config{Driver: sqldb.Postgres, DSN: "postgres://nobody@127.0.0.1:1/none"})
	wantCode(t, err, errs.Unavailable, "store_unavailable")

	db := open(t, sqldb.Config{Driver: sqldb.Postgres, DSN: servertest.Postgres(t)})
	err = db.InTx(context.Background(), func(ctx context.Context) error {
		_, err := db.Exec(ctx, `SELECT pg_terminate_backend(pg_backend_pid())`)
		return err
	})
	wantCode(t, err, errs.Unavailable, "store_unavailable")
	if err := db.Ping(context.Background()); err != nil {
		t.Fatalf("the pool did not recover: %v", err)
	}
}

func TestConfigurationMistakesAreNamed(t *testing.T) {
	_, err := sqldb.Open(context.Background(), sqldb.Config{Driver: "mysql"})
	wantCode(t, err, errs.Invalid, "store_driver_unknown")
	_, err = sqldb.Open(context.Background(), sqldb.Config{Driver: sqldb.SQLite, DSN: ":memory:"})
	wantCode(t, err, errs.Invalid, "store_dsn_invalid")
	_, err = sqldb.Open(context.Background(), sqldb.Config{Driver: sqldb.SQLite, DSN: "/nowhere/at/all.db"})
	wantCode(t, err, errs.Unavailable, "store_unavailable")
}
