package store_test

import (
	"context"
	"path/filepath"
	"testing"
	"testing/fstest"

	"chengqiao/deploy"
	"chengqiao/internal/errs"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/servertest"
	"chengqiao/internal/sqldb"
	"chengqiao/internal/store"
)

// widgets is the table of the migrations' README, word for word where it
// matters: it proves the pattern that each domain's table follows.
var widgets = fstest.MapFS{
	"9000_widgets.sql": {Data: []byte(`-- +goose Up
CREATE TABLE widgets (
    id TEXT NOT NULL,
    kind TEXT NOT NULL DEFAULT 'lamp' CHECK (kind = 'lamp'),
    state TEXT NOT NULL,
    step_seq BIGINT NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT widgets_pk PRIMARY KEY (id),
    CONSTRAINT widgets_step_fk FOREIGN KEY (kind, id, step_seq, state)
        REFERENCES steps (kind, subject_id, seq, to_state) DEFERRABLE INITIALLY DEFERRED
);`)},
	"9001_widgets_guards.sqlite.sql": {Data: []byte(`-- +goose Up
-- +goose StatementBegin
CREATE TRIGGER widgets_step_forward BEFORE UPDATE ON widgets
WHEN NEW.step_seq < OLD.step_seq OR (NEW.step_seq = OLD.step_seq AND NEW.state <> OLD.state)
BEGIN SELECT RAISE(ABORT, 'illegal_step'); END;
-- +goose StatementEnd`)},
	"9001_widgets_guards.postgres.sql": {Data: []byte(`-- +goose Up
CREATE TRIGGER widgets_step_forward BEFORE UPDATE ON widgets FOR EACH ROW
    WHEN (NEW.step_seq < OLD.step_seq OR (NEW.step_seq = OLD.step_seq AND NEW.state <> OLD.state))
    EXECUTE FUNCTION refuse('illegal_step');`)},
}

// forEachWidgetStore gives a store with the table widgets beside the real ones.
func forEachWidgetStore(t *testing.T, fn func(t *testing.T, db *sqldb.DB)) {
	t.Helper()
	for _, engine := range []sqldb.Driver{sqldb.SQLite, sqldb.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			ctx := context.Background()
			cfg := sqldb.Config{Driver: engine, DSN: filepath.Join(t.TempDir(), "store.db")}
			run := cfg
			role := ""
			if engine == sqldb.Postgres {
				database := servertest.PostgresDatabase(t)
				cfg.DSN, run.DSN, role = database.MigrateDSN, database.RunDSN, deploy.RunRole
			}
			owner := openStore(t, cfg)
			if err := store.Migrate(ctx, owner, []lifecycle.Machine{lamp}, role); err != nil {
				t.Fatal(err)
			}
			files := fstest.MapFS{}
			for name, f := range widgets {
				files[name] = f
			}
			migrator, err := sqldb.NewMigrator(owner, withStore(t, files))
			if err != nil {
				t.Fatal(err)
			}
			if err := migrator.Up(ctx); err != nil {
				t.Fatal(err)
			}
			fn(t, openStore(t, run))
		})
	}
}

// withStore adds the store's own migrations to files.
func withStore(t *testing.T, files fstest.MapFS) fstest.MapFS {
	t.Helper()
	for name, data := range storeFiles(t) {
		files[name] = &fstest.MapFile{Data: data}
	}
	return files
}

func TestARowsStateIsTheOneItsHistoryLedTo(t *testing.T) {
	forEachWidgetStore(t, func(t *testing.T, db *sqldb.DB) {
		ctx := context.Background()
		move := func(pos lifecycle.Position, action string, save func(ctx context.Context, step lifecycle.Step) error) error {
			return db.InTx(ctx, func(ctx context.Context) error {
				step, err := lamp.Step("w1", pos, action, "")
				if err != nil {
					return err
				}
				if err := save(ctx, step); err != nil { // the row first, the journal after it
					return err
				}
				return newJournal(db).Write(ctx, entry(step))
			})
		}
		insert := func(ctx context.Context, s lifecycle.Step) error {
			_, err := db.Exec(ctx, `INSERT INTO widgets (id, state, step_seq, version) VALUES ('w1', $1, $2, 1)`, s.To, s.Seq)
			return err
		}
		update := func(ctx context.Context, s lifecycle.Step) error {
			return sqldb.ExpectOne(db.Exec(ctx,
				`UPDATE widgets SET state = $1, step_seq = $2, version = version + 1 WHERE id = 'w1' AND step_seq = $3`, s.To, s.Seq, s.Seq-1))
		}
		lie := func(ctx context.Context, s lifecycle.Step) error {
			s.To = "broken"
			return update(ctx, s)
		}
		if err := move(lifecycle.Position{}, "lamp.make", insert); err != nil {
			t.Fatal(err)
		}
		wantCode(t, move(lifecycle.Position{State: "off", Seq: 1}, "lamp.light", lie), errs.Conflict, "illegal_step")
		if err := move(lifecycle.Position{State: "off", Seq: 1}, "lamp.light", update); err != nil {
			t.Fatal(err)
		}
		wantCode(t, move(lifecycle.Position{State: "off", Seq: 1}, "lamp.light", update), errs.Stale, "stale_version")

		for _, statement := range []string{
			`UPDATE widgets SET state = 'off'`,
			`UPDATE widgets SET state = 'off', step_seq = 1`,
			`UPDATE widgets SET state = 'broken', step_seq = 3`,
			`UPDATE widgets SET id = 'w2'`,
			`INSERT INTO widgets (id, state, step_seq, version) VALUES ('w3', 'on', 1, 1)`,
		} {
			err := db.InTx(ctx, func(ctx context.Context) error {
				_, err := db.Exec(ctx, statement)
				return err
			})
			wantCode(t, err, errs.Conflict, "illegal_step")
		}
	})
}
