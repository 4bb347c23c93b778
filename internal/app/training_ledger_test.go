package app_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"chengqiao/internal/match"
)

// judged puts judgements into a store: of each need one pair that was found
// relevant, and one that was not and says more of the need's words.
func judged(t *testing.T, dir string, needs int) {
	t.Helper()
	// This connection asks for no foreign keys: the listings are of no account.
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "chengqiao.db")+"?_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	plant := func(query string, args ...any) {
		t.Helper()
		if _, err := db.Exec(query, args...); err != nil {
			t.Fatal(err)
		}
	}
	for i := range needs {
		for opinion, features := range map[string]string{
			"relevant":   `{"topic": 0.6, "in_keywords": 0.2}`,
			"irrelevant": `{"topic": 0.1, "in_keywords": 0.9}`,
		} {
			id := fmt.Sprintf("%s-%d", opinion, i)
			asker := fmt.Sprintf("寒地储能%d公司", i%4)
			plant(`INSERT INTO matches (id, need_id, subject_kind, subject_id, need_org, subject_org, origin, model, features, score, band, version, created_at, updated_at)
				VALUES ($1, $2, 'package', $1, $3, 'lab', 'found', 'm1', '{}', 1, 'good', 1, 1, 1)`, id, fmt.Sprintf("need-%d", i), asker)
			plant(`INSERT INTO match_showings (match_id, side, model, place, features, score, band, at) VALUES ($1, 'need', 'm1', 1, $2, 1, 'good', 1)`, id, features)
			plant(`INSERT INTO match_feedback (match_id, org_id, account_id, opinion, reason_code, reason, side, model, at)
				VALUES ($1, $2, '赵甲', $3, '', '与赵甲商量过', 'need', 'm1', 2)`, id, asker, opinion)
		}
	}
}

func TestTrainingLearnsFromTheLedger(t *testing.T) {
	t.Parallel()
	dir := founded(t)
	judged(t, dir, 19)
	chengqiao(t, "match", "train", "--from-ledger", "--data", dir).ends(2, "19 needs of 4 organisations")
	dir = founded(t)
	judged(t, dir, 24)
	out := filepath.Join(t.TempDir(), "model.yaml")
	chengqiao(t, "match", "train", "--from-ledger", "--data", dir, "--out", out).ends(0, "ledger part 5: trained", "ledger: held out 1.0000 / 1.0000 / 1.0000 (24)")
	raw, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	m, err := match.ParseModel(raw)
	if err != nil {
		t.Fatal(err)
	}
	if m.Texts.Alone[match.Topic] <= m.Texts.Alone[match.InKeywords] {
		t.Errorf("the weights are not those that the judgements teach: %v", m.Texts.Alone)
	}
	if e := m.Evaluation; len(e.Sets) != 1 || e.Sets[0].Name != "ledger" || e.Sets[0].Queries != 24 {
		t.Errorf("%+v", e)
	}
	for _, private := range []string{"寒地", "赵甲", "need-1", "relevant-1"} {
		if strings.Contains(string(raw), private) {
			t.Errorf("the model's file tells %s", private)
		}
	}
	again := filepath.Join(t.TempDir(), "model.yaml")
	chengqiao(t, "match", "train", "--from-ledger", "--data", dir, "--out", again).ends(0)
	if second, err := os.ReadFile(again); err != nil || string(second) != string(raw) {
		t.Errorf("the same judgements give another model (%v)", err)
	}
}
