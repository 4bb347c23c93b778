package store_test

import (
	"slices"
	"testing"
	"time"

	"chengqiao/internal/catalog"
	"chengqiao/internal/errs"
	"chengqiao/internal/listing"
	"chengqiao/internal/policy"
	"chengqiao/internal/sqldb"
)

// colleague is another reviewer.
var colleague = policy.Actor{AccountID: "acc-col", PersonID: "per-col", OrgID: "platform", OrgKind: policy.Platform, OrgVerified: true, Roles: []policy.Role{policy.Reviewer}}

func (m *market) queued(actor policy.Actor, f listing.QueueFilter) []listing.Head {
	m.t.Helper()
	f.Limit = 50
	page, err := m.queue.List(m.ctx, actor, f)
	if err != nil {
		m.t.Fatal(err)
	}
	return page.Items
}

func ids(heads []listing.Head) []string {
	out := []string{}
	for _, h := range heads {
		out = append(out, h.ID)
	}
	return out
}

func TestTwoReviewersDoNotDoTheSameWork(t *testing.T) {
	forEachMarket(t, func(t *testing.T, m *market) {
		h := m.step(m.create(battery()), labOfficer, listing.Submit)
		claim, err := m.queue.Claim(m.ctx, reviewer, catalog.AchievementKind, h.ID)
		if err != nil || !claim.Until.Equal(m.clock.Now().Add(listing.ClaimFor)) {
			t.Fatalf("claim %+v, %v", claim, err)
		}
		_, err = m.queue.Claim(m.ctx, colleague, catalog.AchievementKind, h.ID)
		wantCode(t, err, errs.Conflict, "claimed_by_other")
		_, err = m.achievements.Step(m.ctx, colleague, h.ID, listing.StepRequest{Action: listing.Publish, Version: h.Version})
		wantCode(t, err, errs.Conflict, "claimed_by_other")
		for name, c := range map[string]struct {
			actor policy.Actor
			claim string
			want  []string
		}{
			"the reviewer's own": {reviewer, listing.ClaimMine, []string{h.ID}}, "free to the reviewer": {reviewer, listing.ClaimFree, []string{h.ID}},
			"the colleague's own": {colleague, listing.ClaimMine, []string{}}, "free to the colleague": {colleague, listing.ClaimFree, []string{}},
		} {
			if got := ids(m.queued(c.actor, listing.QueueFilter{Claim: c.claim})); !slices.Equal(got, c.want) {
				t.Errorf("%s: %v, want %v", name, got, c.want)
			}
		}
		if heads := m.queued(colleague, listing.QueueFilter{}); len(heads) != 1 || heads[0].Claim == nil || heads[0].Claim.AccountID != reviewer.AccountID {
			t.Errorf("the colleague does not see who has it: %+v", heads)
		}

		if err := m.queue.Release(m.ctx, colleague, catalog.AchievementKind, h.ID); err != nil {
			t.Fatal(err)
		}
		if len(m.queued(colleague, listing.QueueFilter{Claim: listing.ClaimFree})) != 0 {
			t.Error("a colleague gives back what another has")
		}
		m.clock.Advance(listing.ClaimFor)
		if _, err := m.queue.Claim(m.ctx, colleague, catalog.AchievementKind, h.ID); err != nil {
			t.Errorf("what is not worked on is not given to the next: %v", err)
		}
		if err := m.queue.Release(m.ctx, colleague, catalog.AchievementKind, h.ID); err != nil {
			t.Fatal(err)
		}
		if next := m.step(h, reviewer, listing.Publish); next.State != listing.Published {
			t.Errorf("published as %s", next.State)
		}
	})
}

func TestTheQueueIsAskedByKindFieldAndAge(t *testing.T) {
	forEachMarket(t, func(t *testing.T, m *market) {
		old := m.step(m.create(battery()), labOfficer, listing.Submit)
		m.clock.Advance(5 * 24 * time.Hour)
		content := battery()
		content.TechnicalField = "agriculture"
		fresh := m.step(m.create(content), labOfficer, listing.Submit)
		for name, c := range map[string]struct {
			filter listing.QueueFilter
			want   []string
		}{
			"all, oldest first":    {listing.QueueFilter{}, []string{old.ID, fresh.ID}},
			"of a field":           {listing.QueueFilter{TechnicalField: "agriculture"}, []string{fresh.ID}},
			"of a kind":            {listing.QueueFilter{Kind: "need"}, []string{}},
			"of the kind":          {listing.QueueFilter{Kind: "achievement"}, []string{old.ID, fresh.ID}},
			"waiting since days":   {listing.QueueFilter{WaitingDays: 5}, []string{old.ID}},
			"of a field, for days": {listing.QueueFilter{TechnicalField: "agriculture", WaitingDays: 5}, []string{}},
		} {
			if got := ids(m.queued(reviewer, c.filter)); !slices.Equal(got, c.want) {
				t.Errorf("%s: %v, want %v", name, got, c.want)
			}
		}
	})
}

func TestNobodyReviewsTheOwnOrganisationsListing(t *testing.T) {
	forEachMarket(t, func(t *testing.T, m *market) {
		h := m.step(m.create(battery()), labOfficer, listing.Submit)
		m.members[reviewer.AccountID] = []string{"lab", "platform"}
		if heads := m.queued(reviewer, listing.QueueFilter{}); len(heads) != 1 || slices.Contains(heads[0].Actions, listing.Publish) {
			t.Errorf("the queue offers it: %+v", heads)
		}
		_, err := m.queue.Claim(m.ctx, reviewer, catalog.AchievementKind, h.ID)
		wantCode(t, err, errs.Forbidden, "not_allowed")
		named := colleague
		named.Entries = []string{"per-wang"}
		for _, actor := range []policy.Actor{reviewer, named} {
			for _, verb := range []string{listing.Publish, listing.Return} {
				_, err := m.achievements.Step(m.ctx, actor, h.ID, listing.StepRequest{Action: verb, Version: h.Version, Reason: "因为"})
				wantCode(t, err, errs.Forbidden, "not_allowed")
			}
		}
		if next := m.step(h, colleague, listing.Publish); next.State != listing.Published {
			t.Errorf("an impartial reviewer leaves it %s", next.State)
		}
	})
}

func TestAReviewerSeesWhatChangedSinceTheLastRound(t *testing.T) {
	forEachMarket(t, func(t *testing.T, m *market) {
		h := m.step(m.create(battery()), labOfficer, listing.Submit)
		first, err := m.queue.Submission(m.ctx, reviewer, catalog.AchievementKind, h.ID)
		if err != nil || first.Round != 1 || first.Against != "" || len(first.Changes) > 0 || first.Previous != nil {
			t.Fatalf("first round %+v, %v", first, err)
		}
		h = m.step(h, reviewer, listing.Return)

		content := battery()
		content.ValueLine.Zh = "零下40度容量保持率90%"
		d, err := m.achievements.Save(m.ctx, labOfficer, h.ID, h.Version, content)
		if err != nil {
			t.Fatal(err)
		}
		h = m.step(d.Head, labOfficer, listing.Submit)
		second, err := m.queue.Submission(m.ctx, reviewer, catalog.AchievementKind, h.ID)
		if err != nil || second.Round != 2 || second.Against != string(listing.Returned) || second.Previous == nil || second.Previous.Reason != "因为" {
			t.Fatalf("second round %+v, %v", second, err)
		}
		if len(second.Changes) != 1 || second.Changes[0].Path != "value_line.zh" || string(second.Changes[0].After) != `"零下40度容量保持率90%"` {
			t.Errorf("changes %+v", second.Changes)
		}

		h = m.step(h, reviewer, listing.Publish)
		content.TRL = 6
		if d, err = m.achievements.Save(m.ctx, labOfficer, h.ID, h.Version, content); err != nil {
			t.Fatal(err)
		}
		m.step(d.Head, labOfficer, listing.Submit)
		third, err := m.queue.Submission(m.ctx, reviewer, catalog.AchievementKind, h.ID)
		if err != nil || third.Round != 1 || third.Against != string(listing.Published) || len(third.Changes) != 1 || third.Changes[0].Path != "trl" {
			t.Errorf("of something published %+v, %v", third, err)
		}
		_, err = m.queue.Submission(m.ctx, labOfficer, catalog.AchievementKind, h.ID)
		wantCode(t, err, errs.Forbidden, "not_allowed")
	})
}

// lettersOf counts the deliveries to the letters' consumer of one event.
func (m *market) lettersOf(name string) int {
	m.t.Helper()
	n, err := sqldb.One(m.ctx, m.db, sqldb.Scalar[int], `SELECT count(*) FROM deliveries d JOIN events e ON e.id = d.event_id
		WHERE d.consumer = 'letters' AND e.name = $1`, name)
	if err != nil {
		m.t.Fatal(err)
	}
	return n
}

func TestTheOwnerIsRemindedOnceOfEachDay(t *testing.T) {
	days := []int{30, 7, 1}
	forEachMarket(t, func(t *testing.T, m *market) {
		h := m.published(battery())
		remind := func(want int, when string) {
			t.Helper()
			for range 2 { // again, as after a restart, or on another replica
				if _, err := m.achievements.RemindDue(m.ctx, m.clock.Now(), days, 100); err != nil {
					t.Fatal(err)
				}
			}
			if got := m.lettersOf("achievement.expiring"); got != want {
				t.Errorf("%s: %d reminders, want %d", when, got, want)
			}
		}
		remind(0, "at first")
		m.clock.Advance(149 * 24 * time.Hour)
		remind(0, "31 days before")
		m.clock.Advance(24 * time.Hour)
		remind(1, "30 days before")
		m.clock.Advance(22 * 24 * time.Hour)
		remind(1, "8 days before")
		m.clock.Advance(24 * time.Hour)
		remind(2, "7 days before")
		m.clock.Advance(7 * 24 * time.Hour)
		remind(3, "on the last day")

		// A letter's link works once, and the period begins anew.
		confirmed, err := m.achievements.ConfirmOnce(m.ctx, labOfficer, h.ID, h.ConfirmBy)
		if err != nil || confirmed.ConfirmBy <= h.ConfirmBy {
			t.Fatalf("confirmed %+v, %v", confirmed, err)
		}
		_, err = m.achievements.ConfirmOnce(m.ctx, labOfficer, h.ID, h.ConfirmBy)
		wantCode(t, err, errs.Conflict, "confirmation_used")
		remind(3, "after it was confirmed")
		m.clock.Advance(175 * 24 * time.Hour)
		remind(4, "found late, five days before: the nearest alone")

		// What left search comes back whole by the same letter.
		m.clock.Advance(6 * 24 * time.Hour)
		if n, err := m.achievements.ExpireDue(m.ctx, m.clock.Now(), 100); err != nil || n != 1 {
			t.Fatalf("%d expired, %v", n, err)
		}
		remind(4, "after it expired")
		back, err := m.achievements.ConfirmOnce(m.ctx, labOfficer, h.ID, confirmed.ConfirmBy)
		if err != nil || back.State != listing.Published || m.live(h.ID).Content.Title != battery().Title {
			t.Errorf("it comes back as %+v, %v", back, err)
		}
		_, err = m.achievements.Confirm(m.ctx, plantManager, h.ID)
		wantCode(t, err, errs.NotFound, "not_found")
	})
}

func TestContributorsConfirmTheirPartInPerson(t *testing.T) {
	forEachMarket(t, func(t *testing.T, m *market) {
		wang := policy.Actor{AccountID: "acc-wang", PersonID: "per-other", Entries: []string{"per-wang"}}
		own := func() catalog.Contribution {
			t.Helper()
			found, err := m.achievements.MyContributions(m.ctx, wang)
			if err != nil || len(found) != 1 {
				t.Fatalf("own %+v, %v", found, err)
			}
			return found[0]
		}
		h := m.step(m.create(battery()), labOfficer, listing.Submit)
		if got := m.lettersOf("contribution.asked"); got != 2 {
			t.Errorf("%d persons are asked", got)
		}
		c := own()
		if c.Answer != catalog.PartAsked || c.Weight != 60 || c.TotalWeight != 100 || c.Title != battery().Title || c.OwnerOrg != "lab" {
			t.Errorf("asked about %+v", c)
		}
		_, err := m.achievements.Answer(m.ctx, labOfficer, c.ID, catalog.PartConfirmed, "", c.Version)
		wantCode(t, err, errs.NotFound, "not_found") // in person alone
		if _, err := m.achievements.Answer(m.ctx, wang, c.ID, catalog.PartConfirmed, "", c.Version); err != nil {
			t.Fatal(err)
		}
		h = m.step(h, reviewer, listing.Publish)
		confirmed := func(actor policy.Actor) []bool {
			var out []bool
			for _, p := range m.get(actor, h.ID).Content.Contributors {
				out = append(out, p.Confirmed)
				if actor.OrgID != "lab" && p.Weight != 0 {
					t.Errorf("%s reads a weight", actor.OrgID)
				}
			}
			return out
		}
		if got := confirmed(plantManager); !slices.Equal(got, []bool{true, false}) {
			t.Errorf("a reader sees confirmed %v", got)
		}

		content := battery()
		content.Contributors = []catalog.Contributor{{PersonID: "per-wang", Role: catalog.Completer, Weight: 50}}
		d, err := m.achievements.Save(m.ctx, labOfficer, h.ID, h.Version, content)
		if err != nil {
			t.Fatal(err)
		}
		if parts, err := m.achievements.Parts(m.ctx, labOfficer, h.ID); err != nil || parts[0].Answer != "" {
			t.Errorf("another weight counts as answered: %+v, %v", parts, err)
		}
		m.step(d.Head, labOfficer, listing.Submit)
		c = own()
		if c.Answer != catalog.PartAsked || c.Weight != 50 || c.TotalWeight != 50 {
			t.Errorf("asked anew about %+v", c)
		}
		_, err = m.achievements.Answer(m.ctx, wang, c.ID, catalog.PartConfirmed, "", c.Version-1)
		wantCode(t, err, errs.Stale, "stale_version")
		if _, err := m.achievements.Answer(m.ctx, wang, c.ID, catalog.PartDeclined, "应为六成", c.Version); err != nil {
			t.Fatal(err)
		}
		parts, err := m.achievements.Parts(m.ctx, labOfficer, h.ID)
		if err != nil || len(parts) != 1 || parts[0].Answer != catalog.PartDeclined || parts[0].Reason != "应为六成" {
			t.Errorf("the owner reads %+v, %v", parts, err)
		}
		_, err = m.achievements.Parts(m.ctx, plantManager, h.ID)
		if err == nil {
			t.Error("others read the answers")
		}
	})
}

func TestAnInventorEditsTheOwnAchievementsAlone(t *testing.T) {
	forEachMarket(t, func(t *testing.T, m *market) {
		member := func(account, person string) policy.Actor {
			return policy.Actor{AccountID: account, PersonID: person, OrgID: "lab", OrgKind: policy.Institute, OrgVerified: true, Roles: []policy.Role{policy.Inventor}}
		}
		h := m.create(battery())
		save := func(actor policy.Actor, h listing.Head) (listing.Head, error) {
			d, err := m.achievements.Save(m.ctx, actor, h.ID, h.Version, battery())
			return d.Head, err
		}
		_, err := save(member("acc-x", "per-x"), h)
		wantCode(t, err, errs.Forbidden, "not_allowed")
		if h, err = save(member("acc-wang", "per-wang"), h); err != nil {
			t.Errorf("one who is named: %v", err)
		}
		own, err := m.achievements.Create(m.ctx, member("acc-x", "per-x"), battery())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := save(member("acc-x", "per-x"), own.Head); err != nil {
			t.Errorf("one who began it: %v", err)
		}
		for _, c := range []struct {
			actor policy.Actor
			want  map[string]bool
		}{
			{member("acc-x", "per-x"), map[string]bool{h.ID: false, own.Head.ID: true}},
			{labOfficer, map[string]bool{h.ID: true, own.Head.ID: true}},
		} {
			page, err := m.achievements.List(m.ctx, c.actor, listing.ListFilter{Limit: 10})
			if err != nil {
				t.Fatal(err)
			}
			for _, head := range page.Items {
				if slices.Contains(head.Actions, listing.Edit) != c.want[head.ID] {
					t.Errorf("%s is offered %v of %s", c.actor.AccountID, head.Actions, head.ID)
				}
			}
		}
	})
}
