package sqldb_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"chengqiao/internal/sqldb"
)

const balanceOver = `SELECT id FROM accounts WHERE balance >= $1 ORDER BY id`

// PostgreSQL has one query at a time in a transaction; SQLite may have several.
func TestAQueryRunsWithinItself(t *testing.T) {
	db := accounts(t)
	inTx(t, db, func(ctx context.Context) error {
		outer, err := db.Query(ctx, balanceOver, 0)
		if err != nil {
			return err
		}
		defer outer.Close()
		var seen []string
		for outer.Next() {
			id, err := sqldb.Scalar[string](outer)
			if err != nil {
				return err
			}
			inner, err := sqldb.All(ctx, db, sqldb.Scalar[string], balanceOver, 2)
			if err != nil {
				return err
			}
			seen = append(seen, id+":"+strings.Join(inner, ","))
		}
		if got := strings.Join(seen, " "); got != "a:b,c b:b,c c:b,c" {
			t.Errorf("read %q", got)
		}
		return outer.Err()
	})
}

func TestManyTextsAreForgottenAndFoundAgain(t *testing.T) {
	forEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		ctx := context.Background()
		const texts = 700 // more than any connection keeps
		for round := range 2 {
			for i := range texts {
				got, err := sqldb.One(ctx, db, sqldb.Scalar[int64], fmt.Sprintf(`SELECT balance + %d FROM accounts WHERE id = $1`, i), "a")
				if err != nil || got != int64(100+i) {
					t.Fatalf("round %d, text %d: %d, %v", round, i, got, err)
				}
			}
		}
	})
}

func TestRowsOutliveTheirTextBeingForgotten(t *testing.T) {
	db := accounts(t)
	inTx(t, db, func(ctx context.Context) error { // one connection
		rows, err := db.Query(ctx, balanceOver, 0)
		if err != nil {
			return err
		}
		defer rows.Close()
		rows.Next()
		for i := range 700 {
			if _, err := sqldb.One(ctx, db, sqldb.Scalar[int64], fmt.Sprintf(`SELECT balance + %d FROM accounts WHERE id = $1`, i), "a"); err != nil {
				return err
			}
		}
		rest := 0
		for rows.Next() {
			rest++
		}
		if rest != 2 || rows.Err() != nil {
			t.Errorf("%d rows behind the first, %v", rest, rows.Err())
		}
		return nil
	})
	if got, err := sqldb.All(context.Background(), db, sqldb.Scalar[string], balanceOver, 2); err != nil || len(got) != 2 {
		t.Errorf("asked again: %v, %v", got, err)
	}
}

func TestAStatementThatFailedRunsAgain(t *testing.T) {
	forEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		ctx := context.Background()
		const enter = `INSERT INTO accounts (id, balance, active, note) VALUES ($1, $2, TRUE, NULL)`
		exec(t, db, enter, "c", 1)
		if _, err := db.Exec(ctx, enter, "c", 2); !sqldb.IsDuplicate(err, "accounts", "id") {
			t.Fatalf("entered twice: %v", err)
		}
		exec(t, db, enter, "d", 3)

		gone, cancel := context.WithCancel(ctx)
		rows, err := db.Query(gone, balanceOver, 1)
		if err != nil {
			t.Fatal(err)
		}
		rows.Next()
		cancel()
		_ = rows.Close()
		got, err := sqldb.All(ctx, db, sqldb.Scalar[string], balanceOver, 1)
		if err != nil || strings.Join(got, "") != "abcd" {
			t.Errorf("behind a query that was given up: %v, %v", got, err)
		}
	})
}

func TestAChangedTableIsReadAsItIs(t *testing.T) {
	db := open(t, sqldb.Config{Driver: sqldb.SQLite, DSN: filepath.Join(t.TempDir(), "x.db")})
	exec(t, db, `CREATE TABLE accounts (id TEXT NOT NULL)`)
	const all = `SELECT * FROM accounts WHERE id = $1`
	columns := func() int {
		rows, err := db.Query(context.Background(), all, "a")
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		names, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		return len(names)
	}
	before := columns()
	exec(t, db, `ALTER TABLE accounts ADD COLUMN note TEXT`)
	if after := columns(); before != 1 || after != 2 {
		t.Errorf("%d columns before, %d after", before, after)
	}
	exec(t, db, `DROP TABLE accounts`)
	if _, err := sqldb.All(context.Background(), db, sqldb.Scalar[string], all, "a"); err == nil {
		t.Error("a table that is gone is read")
	}
}

func TestManyAskAtOnce(t *testing.T) {
	forEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		var all sync.WaitGroup
		for i := range 8 {
			all.Go(func() {
				for j := range 100 {
					want := int64(100 + i*j)
					got, err := sqldb.One(context.Background(), db, sqldb.Scalar[int64], `SELECT balance + $1 FROM accounts WHERE id = $2`, i*j, "b")
					if err != nil || got != want {
						t.Errorf("%d, %v, want %d", got, err, want)
						return
					}
				}
			})
		}
		all.Wait()
	})
}

// accounts is SQLite with the accounts a, b and c, of a balance of 1, 2 and 3.
func accounts(t *testing.T) *sqldb.DB {
	t.Helper()
	db := open(t, sqldb.Config{Driver: sqldb.SQLite, DSN: filepath.Join(t.TempDir(), "x.db")})
	exec(t, db, `CREATE TABLE accounts (id TEXT NOT NULL, balance BIGINT NOT NULL)`)
	exec(t, db, `INSERT INTO accounts (id, balance) VALUES ('a', 1), ('b', 2), ('c', 3)`)
	return db
}

func inTx(t *testing.T, db *sqldb.DB, fn func(ctx context.Context) error) {
	t.Helper()
	if err := db.InTx(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

// A request reads a dozen rows by their keys before it does anything else.
func BenchmarkOneRowByItsKey(b *testing.B) {
	ctx := context.Background()
	db, err := sqldb.Open(ctx, sqldb.Config{Driver: sqldb.SQLite, DSN: filepath.Join(b.TempDir(), "x.db")})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	for _, statement := range []string{
		`CREATE TABLE members (account_id TEXT NOT NULL, org_id TEXT NOT NULL, role TEXT NOT NULL, CONSTRAINT members_pk PRIMARY KEY (account_id, org_id))`,
		`CREATE TABLE accounts (id TEXT NOT NULL, name TEXT NOT NULL, CONSTRAINT accounts_pk PRIMARY KEY (id))`,
		`INSERT INTO accounts (id, name) VALUES ('a', 'A')`,
		`INSERT INTO members (account_id, org_id, role) VALUES ('a', 'o', 'owner')`,
	} {
		if _, err := db.Exec(ctx, statement); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		_, err := sqldb.One(ctx, db, sqldb.Scalar[string], `SELECT m.role FROM members m JOIN accounts a ON a.id = m.account_id
			WHERE m.account_id = $1 AND m.org_id = $2`, "a", "o")
		if err != nil {
			b.Fatal(err)
		}
	}
}
