package store_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"chengqiao/internal/catalog"
	"chengqiao/internal/errs"
	"chengqiao/internal/listing"
	"chengqiao/internal/need"
	"chengqiao/internal/policy"
	"chengqiao/internal/store/storetest"
	"chengqiao/internal/text"
)

// publicCopy is everything that a visitor gets of a listing, and its Seq.
func publicCopy(m *market, id string) (string, int64, error) {
	l, err := m.achievements.Live(m.ctx, id)
	if err != nil {
		return "", 0, err
	}
	v, err := m.achievements.Get(m.ctx, visitor, id)
	if err != nil {
		return "", 0, err
	}
	raw, err := json.Marshal(v.Content)
	return fmt.Sprint(string(raw), v.Head.LiveNumber, v.Head.OwnerOrg), l.Seq, err
}

// Whatever people do in whatever order: what readers see changes with the
// listing's own step number and never without it, only review brings a text to
// them, published versions stay, and there is one working copy at most.
func TestNoWayOfWorkingChangesWhatReadersSeeUnnoticed(t *testing.T) {
	m := newMarket(t, storetest.SQLite(t, append(catalog.Machines(), need.Machines()...)...))
	type move struct {
		actor policy.Actor
		verb  string
	}
	var moves []move
	// Mostly people do what is theirs to do, sometimes what is not.
	for _, verb := range []string{"save", listing.Submit, listing.Recall, listing.Discard, listing.Suspend, listing.Resume,
		listing.Reconfirm, "save", listing.Submit} {
		moves = append(moves, move{labOfficer, verb})
	}
	for _, verb := range []string{listing.Publish, listing.Publish, listing.Return, listing.Suspend} {
		moves = append(moves, move{reviewer, verb})
	}
	moves = append(moves, move{labOfficer, listing.Withdraw}, move{labOfficer, listing.Publish}, move{reviewer, "save"},
		move{plantManager, listing.Submit}, move{plantManager, "save"}, move{labOfficer, listing.Expire})
	published := 0
	rapid.Check(t, func(rt *rapid.T) {
		m.t = t
		h := m.create(battery())
		saved := 0
		reviewed := map[string]bool{}
		for range rapid.IntRange(20, 50).Draw(rt, "length") {
			m.clock.Advance(time.Second)
			before, seqBefore, errBefore := publicCopy(m, h.ID)
			mv := rapid.SampledFrom(moves).Draw(rt, "move")
			actor, verb := mv.actor, mv.verb
			working := draftTitle(m, h.ID)
			var err error
			if verb == "save" {
				saved++
				c := battery()
				c.Title = text.Zh(fmt.Sprintf("第 %d 稿", saved))
				var d listing.WorkingCopy[catalog.AchievementContent]
				if d, err = m.achievements.Save(m.ctx, actor, h.ID, h.Version, c); err == nil {
					h = d.Head
				}
			} else {
				var next listing.Head
				if next, err = m.achievements.Step(m.ctx, actor, h.ID, listing.StepRequest{Action: verb, Version: h.Version, Reason: "r"}); err == nil {
					h = next
				}
			}
			if err != nil && errs.KindOf(err) == errs.Internal {
				rt.Fatalf("%s by %s: %v", verb, actor.OrgID, err)
			}
			if err == nil && verb == listing.Publish {
				reviewed[working] = true
				published++
			}
			after, seqAfter, errAfter := publicCopy(m, h.ID)
			changed := before != after || (errBefore == nil) != (errAfter == nil)
			if changed && err != nil {
				rt.Fatalf("a refused %s changed what readers see", verb)
			}
			if changed && errAfter == nil && errBefore == nil && seqAfter <= seqBefore {
				rt.Fatalf("%s changed what readers see, and its number stayed %d", verb, seqAfter)
			}
			if errAfter == nil {
				l, _ := m.achievements.Live(m.ctx, h.ID)
				if !reviewed[l.Title.Zh] {
					rt.Fatalf("%q went live without review", l.Title.Zh)
				}
			}
		}
		open := count(t, m, `SELECT count(*) FROM revisions WHERE listing_id = $1 AND state IN ('draft', 'in_review', 'returned')`, h.ID)
		numbered := count(t, m, `SELECT count(*) FROM revisions WHERE listing_id = $1 AND number > 0`, h.ID)
		if open > 1 || numbered != h.LiveNumber {
			rt.Fatalf("%d working copies, %d versions for number %d", open, numbered, h.LiveNumber)
		}
	})
	if published < 20 {
		t.Errorf("the walks published %d times: they prove nothing", published)
	}
}

func draftTitle(m *market, id string) string {
	m.t.Helper()
	d, err := m.achievements.Draft(m.ctx, labOfficer, id)
	if err != nil {
		m.t.Fatal(err)
	}
	return d.Head.Title.Zh
}
