package store_test

import (
	"context"
	"path/filepath"
	"testing"

	"chengqiao/internal/contract"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/servertest"
	"chengqiao/internal/sqldb"
	"chengqiao/internal/store"
)

// A signature that was given before it was a step stands in the history after.
func TestAContractThatOnePartyHadSignedIsHalfSigned(t *testing.T) {
	for _, cfg := range []sqldb.Config{
		{Driver: sqldb.SQLite, DSN: filepath.Join(t.TempDir(), "store.db")},
		{Driver: sqldb.Postgres, DSN: servertest.Postgres(t)},
	} {
		t.Run(string(cfg.Driver), func(t *testing.T) {
			ctx := context.Background()
			db := openBefore(t, cfg, "0187")
			seedProposed(t, db)
			if err := store.Migrate(ctx, db, []lifecycle.Machine{contract.Machine}, ""); err != nil {
				t.Fatal(err)
			}
			contracts, history := store.NewContract(db), store.NewJournal(db, nil, func() {})
			half, err := contracts.Contract(ctx, "half")
			if err != nil || half.Position.State != contract.HalfSigned || half.Version != 4 {
				t.Errorf("%+v (%v)", half, err)
			}
			steps, err := history.Steps(ctx, contract.Kind, "half")
			if err != nil || len(steps) != 3 || steps[2].To != contract.HalfSigned || steps[2].AccountID != "zhou" || steps[2].OrgID != "lab" || steps[2].At.UnixMicro() != 7 {
				t.Errorf("%+v (%v)", steps, err)
			}
			if none, err := contracts.Contract(ctx, "none"); err != nil || none.Position.State != contract.Proposed || none.Version != 3 {
				t.Errorf("%+v (%v)", none, err)
			}
		})
	}
}

// seedProposed gives a store of that time two contracts that wait for
// signatures: one party has signed the first, nobody the second.
func seedProposed(t *testing.T, db *sqldb.DB) {
	t.Helper()
	err := db.InTx(context.Background(), func(ctx context.Context) error {
		for _, statement := range []string{
			`INSERT INTO edges (kind, from_state, to_state, action, needs_reason, retired)
				VALUES ('contract', '', 'draft', 'contract.draft', FALSE, FALSE), ('contract', 'draft', 'proposed', 'contract.propose', FALSE, FALSE)`,
			`INSERT INTO steps (kind, subject_id, seq, prev_seq, from_state, to_state, action, account_id, org_id, at, reason)
				VALUES ('contract', 'half', 1, NULL, '', 'draft', 'contract.draft', 'li', 'lab', 1, ''),
					('contract', 'half', 2, 1, 'draft', 'proposed', 'contract.propose', 'li', 'lab', 2, ''),
					('contract', 'none', 1, NULL, '', 'draft', 'contract.draft', 'li', 'lab', 1, ''),
					('contract', 'none', 2, 1, 'draft', 'proposed', 'contract.propose', 'li', 'lab', 2, '')`,
			`INSERT INTO contracts (id, state, step_seq, version, deal_id, seller_org, buyer_org, type, total_fen, technology_fen, terms, drafted_by, drafted_at)
				VALUES ('half', 'proposed', 2, 3, 'd1', 'lab', 'plant', 'licence', 100, 100, '{}', 'li', 1),
					('none', 'proposed', 2, 3, 'd2', 'lab', 'plant', 'licence', 100, 100, '{}', 'li', 1)`,
			`INSERT INTO contract_parties (contract_id, side, org_id, name, credit_code, region, signed_at, signed_by)
				VALUES ('half', 'seller', 'lab', '{}', '', '', 7, 'zhou'), ('half', 'buyer', 'plant', '{}', '', '', 0, ''),
					('none', 'seller', 'lab', '{}', '', '', 0, ''), ('none', 'buyer', 'plant', '{}', '', '', 0, '')`,
		} {
			if _, err := db.Exec(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
