package store_test

import (
	"slices"
	"testing"
	"time"

	"chengqiao/internal/catalog"
	"chengqiao/internal/errs"
	"chengqiao/internal/listing"
	"chengqiao/internal/match"
	"chengqiao/internal/need"
	"chengqiao/internal/policy"
	"chengqiao/internal/sqldb"
	"chengqiao/internal/text"
)

// deskLists reads what lies on a mediator's desk and what it has set aside.
type deskLists struct {
	*matchMarket
	desk *match.Desk
}

func (d deskLists) needs(actor policy.Actor, aside bool) (ids []string) {
	d.t.Helper()
	page, err := d.desk.Needs(d.ctx, actor, match.DeskQuery{Aside: aside})
	if err != nil {
		d.t.Fatal(err)
	}
	for _, n := range page.Items {
		ids = append(ids, n.ID)
	}
	return ids
}

func (d deskLists) pairs(actor policy.Actor, aside bool) (ids []string) {
	d.t.Helper()
	page, err := d.desk.Idle(d.ctx, actor, match.DeskQuery{Aside: aside})
	if err != nil {
		d.t.Fatal(err)
	}
	for _, p := range page.Items {
		ids = append(ids, p.ID)
	}
	return ids
}

// counted checks the counts, which are those of the lists.
func (d deskLists) counted(actor policy.Actor, want match.DeskCounts) {
	d.t.Helper()
	got, err := d.desk.Counts(d.ctx, actor)
	if err != nil || got != want {
		d.t.Errorf("%+v %v, want %+v", got, err, want)
	}
}

// lain is a need and a result whose good match nobody acted on.
func (m *matchMarket) lain() (needID, achievementID string, lists deskLists) {
	m.t.Helper()
	needID, achievementID = m.pair()
	if err := m.service.Follow(m.ctx, 0, 1, []match.Ref{{Kind: match.Need, ID: needID}}); err != nil {
		m.t.Fatal(err)
	}
	m.clock.Advance(15 * 24 * time.Hour)
	return needID, achievementID, deskLists{m, deskOf(m, 5)}
}

// republished publishes a new version of a result.
func (m *matchMarket) republished(id string, c catalog.AchievementContent) {
	m.t.Helper()
	d, err := m.achievements.Save(m.ctx, labOfficer, id, m.get(labOfficer, id).Head.Version, c)
	if err != nil {
		m.t.Fatal(err)
	}
	m.step(m.step(d.Head, labOfficer, listing.Submit), reviewer, listing.Publish)
}

// republishedNeed publishes a new version of a need.
func (m *matchMarket) republishedNeed(id string, c need.Content) {
	m.t.Helper()
	now, err := m.needs.Get(m.ctx, plantManager, id)
	if err != nil {
		m.t.Fatal(err)
	}
	d, err := m.needs.Save(m.ctx, plantManager, id, now.Head.Version, c)
	if err != nil {
		m.t.Fatal(err)
	}
	m.stepNeed(m.stepNeed(d.Head, plantManager, listing.StepRequest{Action: listing.Submit}), reviewer, listing.StepRequest{Action: listing.Publish})
}

func TestWhatAMediatorSetsAsideIsOffItsDeskAndNobodyElses(t *testing.T) {
	forEachMatchMarket(t, func(t *testing.T, m *matchMarket) {
		needID, _, lists := m.lain()
		other := broker
		other.AccountID, other.OrgID = "acc-rival", "rival"
		pairs := lists.pairs(broker, false)
		if len(pairs) != 1 {
			t.Fatalf("untouched: %v", pairs)
		}
		if err := lists.desk.SetMatchAside(m.ctx, broker, pairs[0]); err != nil {
			t.Fatal(err)
		}
		if left, aside := lists.pairs(broker, false), lists.pairs(broker, true); len(left) != 0 || !slices.Equal(aside, pairs) {
			t.Errorf("left %v, aside %v", left, aside)
		}
		lists.counted(broker, match.DeskCounts{Needs: 1, IdleAside: 1})
		lists.counted(other, match.DeskCounts{Needs: 1, Idle: 1})

		if err := lists.desk.SetNeedAside(m.ctx, broker, needID); err != nil {
			t.Fatal(err)
		}
		if left, aside := lists.needs(broker, false), lists.needs(broker, true); len(left) != 0 || !slices.Equal(aside, []string{needID}) {
			t.Errorf("left %v, aside %v", left, aside)
		}
		for range 2 { // a second time there is nothing to bring back
			if err := lists.desk.BringBack(m.ctx, broker, match.MatchAside, pairs[0]); err != nil {
				t.Fatal(err)
			}
		}
		// The need has its pairs with it.
		lists.counted(broker, match.DeskCounts{NeedsAside: 1})
		if err := lists.desk.BringBack(m.ctx, broker, match.NeedAside, needID); err != nil {
			t.Fatal(err)
		}
		lists.counted(broker, match.DeskCounts{Needs: 1, Idle: 1})
		written, err := sqldb.All(m.ctx, m.db, sqldb.Scalar[string],
			`SELECT (detail ->> 'done') || ' ' || (detail ->> 'of') FROM audit WHERE kind = 'aside' AND org_id = 'bridge' ORDER BY id`)
		if want := []string{"set_aside match", "set_aside need", "brought_back match", "brought_back need"}; err != nil || !slices.Equal(written, want) {
			t.Errorf("audited %v %v", written, err)
		}
	})
}

// What was set aside was looked at; what is new was not.
func TestWhatWasSetAsideComesBackWithSomethingNew(t *testing.T) {
	forEachMatchMarket(t, func(t *testing.T, m *matchMarket) {
		needID, achievementID, lists := m.lain()
		if err := lists.desk.SetMatchAside(m.ctx, broker, lists.pairs(broker, false)[0]); err != nil {
			t.Fatal(err)
		}
		if err := lists.desk.SetNeedAside(m.ctx, broker, needID); err != nil {
			t.Fatal(err)
		}
		m.clock.Advance(time.Hour)
		c := battery()
		c.Claims = []catalog.Claim{{Metric: text.Of("低温容量保持率"), Value: "91", Unit: "%"}}
		second := m.published(c).ID
		m.indexed(match.Ref{Kind: match.Achievement, ID: second})
		if err := m.service.Follow(m.ctx, 1, 2, []match.Ref{{Kind: match.Achievement, ID: second}}); err != nil {
			t.Fatal(err)
		}
		if got := lists.needs(broker, false); !slices.Equal(got, []string{needID}) {
			t.Errorf("a new match brings back %v", got)
		}
		m.clock.Advance(15 * 24 * time.Hour)
		fresh := lists.pairs(broker, false)
		if len(fresh) != 1 {
			t.Errorf("untouched are %v, and not the new one alone", fresh)
		}

		if err := lists.desk.SetNeedAside(m.ctx, broker, needID); err != nil {
			t.Fatal(err)
		}
		lists.counted(broker, match.DeskCounts{NeedsAside: 1, IdleAside: 1})
		again := battery()
		again.TRL = 8
		m.republished(achievementID, again)
		if got := lists.pairs(broker, true); len(got) != 0 {
			t.Errorf("%v is set aside though the result has a new version", got)
		}
		sought := soughtElectrolyte()
		sought.MinTRL = 5
		m.republishedNeed(needID, sought)
		lists.counted(broker, match.DeskCounts{Needs: 1, Idle: 2})
	})
}

func TestNobodySetsAsideWhatIsNotThere(t *testing.T) {
	forEachMatchMarket(t, func(t *testing.T, m *matchMarket) {
		needID, achievementID, lists := m.lain()
		wantCode(t, lists.desk.SetNeedAside(m.ctx, plantManager, needID), errs.Forbidden, "not_allowed")
		wantCode(t, lists.desk.BringBack(m.ctx, plantManager, match.NeedAside, needID), errs.Forbidden, "not_allowed")
		wantCode(t, lists.desk.SetNeedAside(m.ctx, broker, achievementID), errs.NotFound, "not_found")
		wantCode(t, lists.desk.SetMatchAside(m.ctx, broker, "nothing"), errs.NotFound, "not_found")
		secret := soughtElectrolyte()
		secret.Audience = policy.TierNDA
		wantCode(t, lists.desk.SetNeedAside(m.ctx, broker, m.publishedNeed(secret).ID), errs.NotFound, "not_found")
	})
}

// A pair that a mediator has put before both sides is not one that nobody acted on.
func TestAProposedPairIsUntouchedNoMore(t *testing.T) {
	forEachMatchMarket(t, func(t *testing.T, m *matchMarket) {
		needID, achievementID, lists := m.lain()
		other := broker
		other.AccountID, other.OrgID = "acc-rival", "rival"
		made, err := lists.desk.Propose(m.ctx, broker, proposalOf(needID, match.Achievement, achievementID))
		if err != nil {
			t.Fatal(err)
		}
		lists.counted(broker, match.DeskCounts{Needs: 1, Proposals: 1})
		lists.counted(other, match.DeskCounts{Needs: 1})
		for actor, want := range map[*policy.Actor]int{&broker: 1, &other: 0} {
			page, err := lists.desk.Needs(m.ctx, *actor, match.DeskQuery{})
			if err != nil || len(page.Items) != 1 || page.Items[0].Proposed != want {
				t.Errorf("%s: %+v %v", actor.OrgID, page.Items, err)
			}
		}
		if _, err := lists.desk.Withdraw(m.ctx, broker, made.ID); err != nil {
			t.Fatal(err)
		}
		lists.counted(other, match.DeskCounts{Needs: 1, Idle: 1})
	})
}
