package store_test

import (
	"context"
	"slices"
	"testing"

	"chengqiao/internal/sqldb"
	"chengqiao/internal/store/storetest"
)

// statefulTables are the tables with state and step_seq, from the schema itself.
func statefulTables(t *testing.T, db *sqldb.DB) []string {
	t.Helper()
	query := `SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
		WHERE m.type = 'table' AND c.name IN ('state', 'step_seq') GROUP BY m.name HAVING count(*) = 2 ORDER BY 1`
	if db.Driver() == sqldb.Postgres {
		query = `SELECT table_name::text FROM information_schema.columns
			WHERE table_schema = 'public' AND column_name IN ('state', 'step_seq')
			GROUP BY table_name HAVING count(*) = 2 ORDER BY 1`
	}
	tables, err := sqldb.All(context.Background(), db, sqldb.Scalar[string], query)
	if err != nil {
		t.Fatal(err)
	}
	return tables
}

func TestEveryTableWithStatesIsBoundToItsHistory(t *testing.T) {
	storetest.ForEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		constraints := `SELECT m.name FROM sqlite_master m WHERE m.type = 'table'
			AND m.sql LIKE '%CONSTRAINT ' || m.name || '_step_fk FOREIGN KEY (kind, %' AND m.sql LIKE '%DEFERRABLE INITIALLY DEFERRED%'`
		triggers := `SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name = tbl_name || '_step_forward'`
		if db.Driver() == sqldb.Postgres {
			constraints = `SELECT c.relname::text FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
				WHERE k.contype = 'f' AND k.condeferred AND k.conname = c.relname || '_step_fk'`
			triggers = `SELECT c.relname::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
				WHERE t.tgname = c.relname || '_step_forward'`
		}
		ctx := context.Background()
		bound, err := sqldb.All(ctx, db, sqldb.Scalar[string], constraints)
		if err != nil {
			t.Fatal(err)
		}
		guarded, err := sqldb.All(ctx, db, sqldb.Scalar[string], triggers)
		if err != nil {
			t.Fatal(err)
		}
		tables := statefulTables(t, db)
		if !slices.Contains(tables, "accounts") {
			t.Fatalf("found only %v", tables)
		}
		for _, table := range tables {
			if !slices.Contains(bound, table) {
				t.Errorf("%s has step_seq and no deferred %s_step_fk to steps", table, table)
			}
			if !slices.Contains(guarded, table) {
				t.Errorf("%s has step_seq and no trigger %s_step_forward", table, table)
			}
		}
	})
}

func TestBothEnginesHaveTheSameColumns(t *testing.T) {
	ctx := context.Background()
	lite, err := sqldb.All(ctx, storetest.SQLite(t), sqldb.Scalar[string], `
		SELECT m.name || '.' || c.name || ' ' || lower(c.type) FROM sqlite_master m JOIN pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name <> 'goose_db_version'`)
	if err != nil {
		t.Fatal(err)
	}
	pg, err := sqldb.All(ctx, storetest.Postgres(t), sqldb.Scalar[string], `
		SELECT table_name || '.' || column_name || ' ' || data_type FROM information_schema.columns
		WHERE table_schema = 'public' AND table_name <> 'goose_db_version'`)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(lite)
	slices.Sort(pg)
	for _, c := range lite {
		if !slices.Contains(pg, c) {
			t.Errorf("SQLite alone has %s", c)
		}
	}
	for _, c := range pg {
		if !slices.Contains(lite, c) {
			t.Errorf("PostgreSQL alone has %s", c)
		}
	}
}
