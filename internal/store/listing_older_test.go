package store_test

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"testing"

	"chengqiao/internal/catalog"
	"chengqiao/internal/listing"
	"chengqiao/internal/need"
	"chengqiao/internal/text"
)

// olderBattery and olderWish are contents as programs wrote them in which the texts
// inside lists had one language.
const (
	olderBattery = `{"title":{"zh":"磷酸铁锂电池低温电解液"},"value_line":{"zh":"零下40度容量保持率85%，高于现有60%"},` +
		`"claims":[{"metric":"容量保持率","value":"85","unit":"%","baseline":"现有 60%","conditions":"-40 °C, 0.2C","proof_kind":"declared"},` +
		`{"metric":"循环寿命 / cycle life","value":"4000","proof_kind":"declared"}],"trl":5,"trl_evidence":[{"level":5,"text":"中试线运行三个月，连续出样"}],` +
		`"technical_field":"new_energy","ip_items":[{"kind":"know_how","title":"电解液配方"}],` +
		`"contributors":[{"person_id":"per-wang","role":"COMPLETER","weight":1}]}`
	olderWish = `{"title":{"zh":"低温电池"},"problem":{"zh":"冬天跑不远"},` +
		`"requirements":[{"criterion":"低温保持率不低于 80%","metric":"容量保持率","operator":"\u003e=","threshold":"80","unit":"%","level":"must"},` +
		`{"criterion":"COP","level":"should"}],"technical_field":"new_energy"}`
)

// newerBattery is what olderBattery says.
func newerBattery() catalog.AchievementContent {
	return catalog.AchievementContent{
		Title: text.Zh("磷酸铁锂电池低温电解液"), ValueLine: text.Zh("零下40度容量保持率85%，高于现有60%"),
		Claims: []catalog.Claim{
			{Metric: text.Zh("容量保持率"), Value: "85", Unit: "%", Baseline: text.Zh("现有 60%"), Conditions: text.En("-40 °C, 0.2C"), ProofKind: catalog.Declared},
			{Metric: text.Zh("循环寿命 / cycle life"), Value: "4000", ProofKind: catalog.Declared},
		},
		TRL: 5, TRLEvidence: []catalog.LevelEvidence{{Level: 5, Text: text.Zh("中试线运行三个月，连续出样")}},
		TechnicalField: "new_energy", IPItems: []catalog.IPItem{{Kind: "know_how", Title: text.Zh("电解液配方")}},
		Contributors: []catalog.Contributor{{PersonID: "per-wang", Role: catalog.Completer, Weight: 1}},
	}
}

// rewritten puts a content in the place of what a working copy says, as an older
// program would have stored it.
func (m *market) rewritten(id, content string) {
	m.t.Helper()
	if _, err := m.db.Exec(m.ctx, `UPDATE revisions SET content = $1 WHERE listing_id = $2 AND number = 0`, content, id); err != nil {
		m.t.Fatal(err)
	}
}

func TestWhatAnOlderProgramStoredIsReadInBothLanguages(t *testing.T) {
	forEachMarket(t, func(t *testing.T, m *market) {
		h := m.step(m.create(newerBattery()), labOfficer, listing.Submit)
		m.rewritten(h.ID, olderBattery)
		h = m.step(h, reviewer, listing.Publish)

		want := newerBattery()
		got := m.get(labOfficer, h.ID).Content
		if !slices.Equal(got.Claims, want.Claims) || !slices.Equal(got.TRLEvidence, want.TRLEvidence) || got.IPItems[0].Title != want.IPItems[0].Title {
			t.Fatalf("%+v", got)
		}
		if live := m.live(h.ID).Content; !slices.Equal(live.Claims, want.Claims) {
			t.Errorf("for indexes it says %+v", live.Claims)
		}
		version, err := m.achievements.Version(m.ctx, labOfficer, h.ID, 1)
		if err != nil || !slices.Equal(version.Content.Claims, want.Claims) {
			t.Errorf("its version says %+v, %v", version.Content.Claims, err)
		}

		// Saved again by this program it is a text of its own, and says nothing else to review.
		again, err := m.achievements.Save(m.ctx, labOfficer, h.ID, h.Version, got)
		if err != nil {
			t.Fatal(err)
		}
		if fresh := m.create(newerBattery()); again.Quality.Score != fresh.Quality {
			t.Errorf("its quality is %d, that of the same written now %d", again.Quality.Score, fresh.Quality)
		}
		h = m.step(again.Head, labOfficer, listing.Submit)
		submission, err := m.queue.Submission(m.ctx, reviewer, catalog.AchievementKind, h.ID)
		if err != nil || submission.Against != string(listing.Published) || len(submission.Changes) != 0 {
			t.Errorf("review is shown %+v, %v", submission.Changes, err)
		}
	})
}

func TestRequirementsOfAnOlderProgramAreReadInTheirLanguage(t *testing.T) {
	forEachMarket(t, func(t *testing.T, m *market) {
		made, err := m.needs.Create(m.ctx, plantManager, need.Content{
			Title: text.Zh("低温电池"), Problem: text.Zh("冬天跑不远"), TechnicalField: "new_energy",
		})
		if err != nil {
			t.Fatal(err)
		}
		m.rewritten(made.Head.ID, olderWish)
		draft, err := m.needs.Draft(m.ctx, plantManager, made.Head.ID)
		if err != nil {
			t.Fatal(err)
		}
		want := []need.Requirement{
			{Criterion: text.Zh("低温保持率不低于 80%"), Metric: text.Zh("容量保持率"), Operator: ">=", Threshold: "80", Unit: "%", Level: need.Must},
			{Criterion: text.En("COP"), Level: need.Should},
		}
		if !slices.Equal(draft.Content.Requirements, want) {
			t.Errorf("%+v", draft.Content.Requirements)
		}
	})
}

// A file that an older program imported is known again, and what changed in it since is taken.
func TestARecordThatAnOlderProgramImportedIsKnownAgain(t *testing.T) {
	forEachMarket(t, func(t *testing.T, m *market) {
		b := batch{OwnerOrg: "lab", Source: "papers", Records: []record{{ID: "1", Content: newerBattery()}}}
		made := m.importAll(b)
		m.rewritten(made[0].ListingID, olderBattery)
		sum := sha256.Sum256([]byte(olderBattery))
		if _, err := m.db.Exec(m.ctx, `UPDATE listing_sources SET hash = $1 WHERE listing_id = $2`, hex.EncodeToString(sum[:]), made[0].ListingID); err != nil {
			t.Fatal(err)
		}
		if got := outcomes(m.importAll(b)); !slices.Equal(got, []string{"unchanged"}) {
			t.Errorf("again it is %v", got)
		}
		b.Records[0].Content.Claims[1].Metric = text.Text{Zh: "循环寿命", En: "Cycle life"}
		if got := outcomes(m.importAll(b)); !slices.Equal(got, []string{"updated"}) {
			t.Errorf("changed it is %v", got)
		}
		if got := outcomes(m.importAll(b)); !slices.Equal(got, []string{"unchanged"}) {
			t.Errorf("and then %v", got)
		}
	})
}
