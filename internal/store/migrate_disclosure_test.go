package store_test

import (
	"context"
	"path/filepath"
	"testing"

	"chengqiao/internal/disclosure"
	"chengqiao/internal/servertest"
	"chengqiao/internal/sqldb"
	"chengqiao/internal/store"
)

// The log that an owner reads by its own name holds what was noted before it was
// kept under it, and stays a log that nobody rewrites.
func TestTheLogOfWhoSawWhatKeepsWhatWasNotedBefore(t *testing.T) {
	for _, cfg := range []sqldb.Config{
		{Driver: sqldb.SQLite, DSN: filepath.Join(t.TempDir(), "store.db")},
		{Driver: sqldb.Postgres, DSN: servertest.Postgres(t)},
	} {
		t.Run(string(cfg.Driver), func(t *testing.T) {
			ctx := context.Background()
			db := openBefore(t, cfg, "0179")
			seedLog(t, db)
			if err := store.Migrate(ctx, db, nil, ""); err != nil {
				t.Fatal(err)
			}
			found, err := store.NewDisclosure(db).Entries(ctx, disclosure.Filter{OwnerOrg: "plant", Limit: 10})
			if err != nil || len(found) != 2 || found[0].ID != "2-read" || found[0].FileName != "配方.pdf" || found[1].ID != "1-seen" || len(found[1].Fields) != 1 {
				t.Errorf("%+v (%v)", found, err)
			}
			for _, rewrite := range []string{`UPDATE disclosures SET account_id = 'x'`, `UPDATE file_reads SET account_id = 'x'`} {
				if _, err := db.Exec(ctx, rewrite); err == nil {
					t.Errorf("%s is taken", rewrite)
				}
			}
		})
	}
}

// seedLog gives a store of that time a result of a plant, of which others saw a
// field and a document, and its own people both.
func seedLog(t *testing.T, db *sqldb.DB) {
	t.Helper()
	err := db.InTx(context.Background(), func(ctx context.Context) error { return seedDraft(ctx, db, "achievement", "result") })
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		`INSERT INTO files (id, subject_kind, subject_id, blob_key, name, size, content_type, sha256, tier, uploaded_by, org_id, uploaded_at)
			VALUES ('f', 'achievement', 'result', 'k', '配方.pdf', 1, 'application/pdf', 'x', 'MEMBERS', 'li', 'plant', 1)`,
		`INSERT INTO disclosures (id, listing_id, kind, revision_id, viewer_org, account_id, day, at, tier, fields)
			VALUES ('1-seen', 'result', 'achievement', 'r', 'buyer', 'wang', '2026-11-29', 1, 'MEMBERS', '{"fields":["price"]}'),
				('1-own', 'result', 'achievement', 'r', 'plant', 'li', '2026-11-29', 1, 'MEMBERS', '{"fields":["price"]}')`,
		`INSERT INTO file_reads (id, file_id, account_id, org_id, at, marked)
			VALUES ('2-read', 'f', 'wang', 'buyer', 2, FALSE), ('2-own', 'f', 'li', 'plant', 2, FALSE)`,
	} {
		if _, err := db.Exec(context.Background(), statement); err != nil {
			t.Fatal(err)
		}
	}
}
