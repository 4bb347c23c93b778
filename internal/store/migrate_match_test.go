package store_test

import (
	"context"
	"path/filepath"
	"testing"

	"chengqiao/internal/servertest"
	"chengqiao/internal/sqldb"
	"chengqiao/internal/store"
)

// The ledger's table is made anew on SQLite, which cannot change a check: what
// it held must be there after.
func TestTheLedgerKeepsItsRowsWhenItLearnsWhereTheyCameFrom(t *testing.T) {
	for _, cfg := range []sqldb.Config{
		{Driver: sqldb.SQLite, DSN: filepath.Join(t.TempDir(), "store.db")},
		{Driver: sqldb.Postgres, DSN: servertest.Postgres(t)},
	} {
		t.Run(string(cfg.Driver), func(t *testing.T) {
			ctx := context.Background()
			db := openBefore(t, cfg, "0160")
			seedLedger(t, db)
			if err := store.Migrate(ctx, db, nil, ""); err != nil {
				t.Fatal(err)
			}
			rows := store.NewMatch(db)
			m, err := rows.Load(ctx, "m1")
			if err != nil || m.NeedID != "need" || m.Subject.ID != "result" || m.Origin != "found" || m.Score != 700_000 || m.Features["topic"] != 0.5 || m.Version != 2 {
				t.Errorf("%+v, %v", m, err)
			}
			said, err := rows.FeedbackOn(ctx, "plant", m.Subject, 10)
			if err != nil || len(said) != 1 || said[0].AccountID != "li" || said[0].Opinion != "irrelevant" || said[0].Reason != "太贵" || said[0].Code != "" || said[0].Model != "" {
				t.Errorf("%+v, %v", said, err)
			}
			_, err = db.Exec(ctx, `INSERT INTO match_feedback (match_id, org_id, account_id, opinion, reason_code, reason, side, model, at)
				VALUES ('none', 'plant', 'li', 'relevant', '', '', 'need', '', 1)`)
			if err == nil {
				t.Error("feedback on a match that is not there is taken")
			}
		})
	}
}

// seedLedger gives a store of that time a need, a result, their match and what
// was said of it.
func seedLedger(t *testing.T, db *sqldb.DB) {
	t.Helper()
	err := db.InTx(context.Background(), func(ctx context.Context) error {
		for kind, id := range map[string]string{"need": "need", "achievement": "result"} {
			if err := seedDraft(ctx, db, kind, id); err != nil {
				return err
			}
		}
		_, err := db.Exec(ctx, `INSERT INTO matches (id, need_id, subject_kind, subject_id, need_org, subject_org, model, features, score, band, version, created_at, updated_at)
			VALUES ('m1', 'need', 'achievement', 'result', 'plant', 'lab', 'first', '{"topic": 0.5}', 700000, 'good', 2, 1, 1)`)
		if err != nil {
			return err
		}
		_, err = db.Exec(ctx, `INSERT INTO match_feedback (match_id, org_id, account_id, opinion, reason, at) VALUES ('m1', 'plant', 'li', 'irrelevant', '太贵', 1)`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// seedDraft gives a store of any time a draft of the plant.
func seedDraft(ctx context.Context, db *sqldb.DB, kind, id string) error {
	_, err := db.Exec(ctx, `INSERT INTO edges (kind, from_state, to_state, action, needs_reason, retired) VALUES ($1, '', 'draft', 'create', FALSE, FALSE)`, kind)
	if err != nil {
		return err
	}
	_, err = db.Exec(ctx, `INSERT INTO steps (kind, subject_id, seq, prev_seq, from_state, to_state, action, account_id, org_id, at, reason)
		VALUES ($1, $2, 1, NULL, '', 'draft', 'create', 'li', 'plant', 1, '')`, kind, id)
	if err != nil {
		return err
	}
	_, err = db.Exec(ctx, `INSERT INTO listings (id, kind, owner_org, state, step_seq, version, live_revision, live_number,
			created_at, updated_at, changed_at, published_at, confirm_by, suspended_by, outcome)
		VALUES ($1, $2, 'plant', 'draft', 1, 1, '', 0, 1, 1, 1, 0, '', '', '')`, id, kind)
	return err
}
