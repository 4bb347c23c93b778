package store_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"chengqiao/internal/deal"
	"chengqiao/internal/errs"
	"chengqiao/internal/ident"
	"chengqiao/internal/journal"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/listing"
	"chengqiao/internal/match"
	"chengqiao/internal/policy"
	"chengqiao/internal/store"
	"chengqiao/internal/text"
)

var broker = policy.Actor{AccountID: "acc-bridge", PersonID: "per-bridge", OrgID: "bridge", OrgKind: policy.Brokerage, OrgVerified: true, Roles: []policy.Role{policy.Broker}}

// deskOf is the mediators' desk over the market.
func deskOf(m *matchMarket, perDay int) *match.Desk {
	return match.NewDesk(match.DeskDeps{
		Matches: m.service, Store: m.rows, Asides: m.rows, Tx: m.db, Journal: m.journal, Clock: m.clock,
		Config: match.DeskConfig{ProposalsPerDay: perDay, IdleDays: 14},
	})
}

func proposalOf(needID string, kind match.Kind, subjectID string) match.ProposalRequest {
	return match.ProposalRequest{NeedID: needID, Subject: match.Ref{Kind: kind, ID: subjectID}, Note: text.Zh("双方都做低温电池，值得一谈")}
}

// packed publishes a package of an achievement.
func (m *matchMarket) packed(achievementID string) string {
	m.t.Helper()
	c := bundle(achievementID, 6_000, 4_000)
	c.ValueLine, c.PriceMode = text.Zh("零下40度容量保持率高"), "agreement"
	pack := m.createPackage(c).Head
	for _, by := range []struct {
		actor policy.Actor
		verb  string
	}{{labOfficer, listing.Submit}, {reviewer, listing.Publish}} {
		var err error
		if pack, err = m.packages.Step(m.ctx, by.actor, pack.ID, listing.StepRequest{Action: by.verb, Version: pack.Version}); err != nil {
			m.t.Fatal(err)
		}
	}
	m.indexed(match.Ref{Kind: match.Package, ID: pack.ID})
	return pack.ID
}

// introducedTo begins an introduction about a need and a package.
func (m *matchMarket) introducedTo(needID, packageID string) {
	m.t.Helper()
	m.talking(deal.Topic{PackageID: packageID, NeedID: needID})
}

// talking begins an introduction between plant and lab.
func (m *matchMarket) talking(about deal.Topic) string {
	m.t.Helper()
	return m.talkingBy("", about)
}

// talkingBy begins one that a mediator's proposal led to.
func (m *matchMarket) talkingBy(mediator string, about deal.Topic) string {
	m.t.Helper()
	id := ident.NewID()
	step, err := deal.IntroductionMachine.Step(id, lifecycle.Position{}, string(policy.IntroductionCreate), "")
	if err != nil {
		m.t.Fatal(err)
	}
	i := deal.Introduction{ID: id, Position: lifecycle.Position{State: step.To, Seq: step.Seq}, Version: 1, FromOrg: "plant", ToOrg: "lab",
		Topic: about, BrokerOrg: mediator, Message: "您好", MadeBy: "acc-plant", MadeAt: m.clock.Now(), AnswerBy: m.clock.Now()}
	err = m.db.InTx(m.ctx, func(ctx context.Context) error {
		if err := store.NewDeal(m.db).InsertIntroduction(ctx, i, about.Offered()+"|"+about.NeedID); err != nil {
			return err
		}
		return m.journal.Write(ctx, journal.Entry{Actor: plantManager, Action: policy.IntroductionCreate, Kind: deal.IntroductionKind, Subject: id, Version: 1, At: m.clock.Now(), Step: &step})
	})
	if err != nil {
		m.t.Fatal(err)
	}
	return id
}

func TestAMediatorPutsANeedAndAResultBeforeBothSides(t *testing.T) {
	forEachMatchMarket(t, func(t *testing.T, m *matchMarket) {
		desk := deskOf(m, 5)
		needID, achievementID := m.pair()
		packageID := m.packed(achievementID)
		made, err := desk.Propose(m.ctx, broker, proposalOf(needID, match.Package, packageID))
		if err != nil {
			t.Fatal(err)
		}
		if made.Band == match.None || made.Conflict || made.BrokerOrg != "bridge" || made.MadeBy != "acc-bridge" || !slices.Equal(made.Actions, []string{"withdraw"}) {
			t.Errorf("%+v", made)
		}
		for side, list := range map[string]func() (match.List, error){
			"enterprise": func() (match.List, error) { return m.service.ForNeed(m.ctx, plantManager, needID, match.Standing) },
			"institute": func() (match.List, error) {
				return m.service.ForResult(m.ctx, labOfficer, match.Ref{Kind: match.Package, ID: packageID}, match.Standing)
			},
		} {
			got, err := list()
			if err != nil || len(got.Items) == 0 {
				t.Fatalf("the %s: %+v %v", side, got, err)
			}
			first := got.Items[0]
			if first.Proposal == nil || first.Proposal.ID != made.ID || first.MatchID != made.MatchID || len(first.Reasons) == 0 || len(first.Verdicts) == 0 {
				t.Errorf("the %s sees %+v", side, first)
			}
		}
		if err := m.service.Feedback(m.ctx, labOfficer, made.MatchID, match.Say{Opinion: match.Relevant}); err != nil {
			t.Errorf("the institute cannot say what it thinks: %v", err)
		}
		if err := m.service.Feedback(m.ctx, plantManager, made.MatchID, match.Say{Opinion: match.Irrelevant}); err != nil {
			t.Fatal(err)
		}
		hidden, err := m.service.ForNeed(m.ctx, plantManager, needID, match.Hidden)
		if err != nil || len(hidden.Items) != 1 || hidden.Items[0].Proposal == nil || hidden.Items[0].Proposal.ID != made.ID {
			t.Errorf("among what it does not want the enterprise sees %+v %v", hidden.Items, err)
		}
		if by, err := m.rows.Broker(m.ctx, packageID, needID); err != nil || by != "bridge" {
			t.Errorf("put together by %q %v", by, err)
		}

		_, err = desk.Propose(m.ctx, broker, proposalOf(needID, match.Package, packageID))
		wantCode(t, err, errs.Conflict, "proposal_exists")
		other := broker
		other.OrgID = "rival"
		_, err = desk.Withdraw(m.ctx, other, made.ID)
		wantCode(t, err, errs.NotFound, "not_found")
		if _, err := desk.Withdraw(m.ctx, broker, made.ID); err != nil {
			t.Fatal(err)
		}
		_, err = desk.Withdraw(m.ctx, broker, made.ID)
		wantCode(t, err, errs.Conflict, "illegal_step")
		got, err := m.service.ForNeed(m.ctx, plantManager, needID, match.Standing)
		if err != nil || slices.ContainsFunc(got.Items, func(i match.Item) bool { return i.Proposal != nil }) {
			t.Errorf("after its withdrawal the enterprise sees %+v %v", got.Items, err)
		}
	})
}

// A person may see what no model does.
func TestAPairThatTheMatchingWouldNotShowCanBeProposed(t *testing.T) {
	forEachMatchMarket(t, func(t *testing.T, m *matchMarket) {
		needID, _ := m.pair()
		c := battery()
		c.Title, c.ValueLine, c.Details, c.KeywordsZh, c.TechnicalField = text.Zh("抗旱玉米"), text.Zh("增产三成"), text.Zh("播种"), []string{"玉米", "抗旱"}, "agriculture"
		cornID := m.published(c).ID
		m.indexed(match.Ref{Kind: match.Achievement, ID: cornID})
		made, err := deskOf(m, 5).Propose(m.ctx, broker, proposalOf(needID, match.Achievement, cornID))
		if err != nil || made.Band != match.None {
			t.Fatalf("%+v %v", made, err)
		}
		got, err := m.service.ForNeed(m.ctx, plantManager, needID, match.Standing)
		if err != nil || got.Items[0].Other.ID != cornID || got.Items[0].Proposal == nil || got.Items[0].Band != match.None {
			t.Errorf("%+v %v", got.Items, err)
		}
	})
}

func TestOnlyMediatorsHaveADesk(t *testing.T) {
	forEachMatchMarket(t, func(t *testing.T, m *matchMarket) {
		desk := deskOf(m, 5)
		needID, achievementID := m.pair()
		unverified := broker
		unverified.OrgVerified = false
		for _, actor := range []policy.Actor{plantManager, labOfficer, reviewer, unverified} {
			if _, err := desk.Counts(m.ctx, actor); errs.KindOf(err) != errs.Forbidden {
				t.Errorf("%+v reads the desk: %v", actor, err)
			}
			if _, err := desk.Propose(m.ctx, actor, proposalOf(needID, match.Achievement, achievementID)); errs.KindOf(err) != errs.Forbidden {
				t.Errorf("%+v proposes: %v", actor, err)
			}
		}
		if _, err := desk.Needs(m.ctx, policy.Actor{}, match.DeskQuery{}); errs.KindOf(err) != errs.Unauthenticated {
			t.Errorf("a visitor reads the desk: %v", err)
		}
		station := broker
		station.OrgKind, station.Roles = policy.Station, []policy.Role{policy.Officer}
		if _, err := desk.Counts(m.ctx, station); err != nil {
			t.Errorf("a station: %v", err)
		}
	})
}

func TestWhatCannotBeProposed(t *testing.T) {
	forEachMatchMarket(t, func(t *testing.T, m *matchMarket) {
		desk := deskOf(m, 2)
		needID, achievementID := m.pair()
		packageID := m.packed(achievementID)
		empty := proposalOf(needID, match.Package, packageID)
		empty.Note = text.Text{}
		_, err := desk.Propose(m.ctx, broker, empty)
		wantCode(t, err, errs.Invalid, "invalid_fields")
		long := empty
		long.Note = text.Zh(strings.Repeat("长", match.MaxProposalNote+1))
		_, err = desk.Propose(m.ctx, broker, long)
		wantCode(t, err, errs.Invalid, "invalid_fields")
		_, err = desk.Propose(m.ctx, broker, proposalOf("nothing", match.Package, packageID))
		wantCode(t, err, errs.NotFound, "not_found")

		secret := battery()
		secret.Audience = policy.TierNDA
		_, err = desk.Propose(m.ctx, broker, proposalOf(needID, match.Achievement, m.published(secret).ID))
		wantCode(t, err, errs.NotFound, "not_found")

		m.introducedTo(needID, packageID)
		_, err = desk.Propose(m.ctx, broker, proposalOf(needID, match.Package, packageID))
		wantCode(t, err, errs.Conflict, "pair_introduced")

		// An anonymous need is told from nobody's, not even by a refusal.
		masked := soughtElectrolyte()
		masked.Anonymous = true
		maskedID := m.publishedNeed(masked).ID
		mine := broker
		mine.OrgID = "plant"
		_, err = desk.Propose(m.ctx, mine, proposalOf(maskedID, match.Achievement, achievementID))
		wantCode(t, err, errs.Conflict, "proposal_unmasks")

		own := broker
		own.OrgID = "lab"
		flagged, err := desk.Propose(m.ctx, own, proposalOf(needID, match.Achievement, achievementID))
		if err != nil || !flagged.Conflict {
			t.Errorf("what a mediator owns itself is not flagged: %+v %v", flagged, err)
		}
		second := m.published(battery()).ID
		third := m.published(battery()).ID
		fourth := m.published(battery()).ID
		for _, id := range []string{second, third} {
			if _, err := desk.Propose(m.ctx, broker, proposalOf(needID, match.Achievement, id)); err != nil {
				t.Fatal(err)
			}
		}
		_, err = desk.Propose(m.ctx, broker, proposalOf(needID, match.Achievement, fourth))
		wantCode(t, err, errs.RateLimited, "too_many_proposals")
		m.clock.Advance(25 * time.Hour)
		if _, err := desk.Propose(m.ctx, broker, proposalOf(needID, match.Achievement, fourth)); err != nil {
			t.Errorf("the next day: %v", err)
		}
	})
}

func TestTwoMediatorsAtOnceProposeAPairOnce(t *testing.T) {
	forEachMatchMarket(t, func(t *testing.T, m *matchMarket) {
		desk := deskOf(m, 5)
		needID, achievementID := m.pair()
		faults := make([]error, 4)
		var group sync.WaitGroup
		for i := range faults {
			group.Go(func() {
				_, faults[i] = desk.Propose(m.ctx, broker, proposalOf(needID, match.Achievement, achievementID))
			})
		}
		group.Wait()
		made := 0
		for _, err := range faults {
			switch {
			case err == nil:
				made++
			case errs.CodeOf(err) != "proposal_exists":
				t.Errorf("%v", err)
			}
		}
		if made != 1 {
			t.Errorf("%d made", made)
		}
	})
}

// A list of matches shows a package in the place of its achievement, and so does the desk.
func TestTheDeskHasAnAchievementOnceWithItsPackage(t *testing.T) {
	forEachMatchMarket(t, func(t *testing.T, m *matchMarket) {
		desk := deskOf(m, 5)
		needID, achievementID := m.pair()
		followed := int64(0)
		follow := func() {
			t.Helper()
			followed++
			if err := m.service.Follow(m.ctx, followed-1, followed, []match.Ref{{Kind: match.Need, ID: needID}}); err != nil {
				t.Fatal(err)
			}
		}
		follow() // the achievement was found before there was a package
		m.clock.Advance(15 * 24 * time.Hour)
		shown := func() (subjects []string, fitting int) {
			t.Helper()
			idle, err := desk.Idle(m.ctx, broker, match.DeskQuery{})
			if err != nil {
				t.Fatal(err)
			}
			for _, pair := range idle.Items {
				subjects = append(subjects, pair.Subject.ID)
			}
			counts, err := desk.Counts(m.ctx, broker)
			if err != nil || counts.Idle != len(subjects) {
				t.Errorf("%d are counted of %d: %v", counts.Idle, len(subjects), err)
			}
			waiting, err := desk.Needs(m.ctx, broker, match.DeskQuery{})
			if err != nil {
				t.Fatal(err)
			}
			for _, need := range waiting.Items {
				fitting += need.Strong + need.Good
			}
			return subjects, fitting
		}
		if subjects, fitting := shown(); !slices.Equal(subjects, []string{achievementID}) || fitting != 1 {
			t.Errorf("alone: %v, %d fitting", subjects, fitting)
		}
		packageID := m.packed(achievementID)
		follow()
		m.clock.Advance(15 * 24 * time.Hour)
		if subjects, fitting := shown(); !slices.Equal(subjects, []string{packageID}) || fitting != 1 {
			t.Errorf("in package %s: %v, %d fitting", packageID, subjects, fitting)
		}
		m.introducedTo(needID, packageID)
		if subjects, _ := shown(); len(subjects) > 0 {
			t.Errorf("%v lie untouched though the package is talked about", subjects)
		}
	})
}

// As in search: a province has what lies in its prefectures, and a prefecture has
// not what says no more than the province.
func TestTheDeskKeepsToAProvinceOrToAPrefecture(t *testing.T) {
	forEachMatchMarket(t, func(t *testing.T, m *matchMarket) {
		desk := deskOf(m, 5)
		m.pair()
		ids, refs := map[string]string{}, []match.Ref{}
		for _, region := range []string{"650000", "652300", "652900", "320500"} {
			c := soughtElectrolyte()
			c.Region = region
			ids[m.publishedNeed(c).ID] = region
		}
		for id := range ids {
			refs = append(refs, match.Ref{Kind: match.Need, ID: id})
		}
		m.indexed(refs...)
		if err := m.service.Follow(m.ctx, 0, 1, refs); err != nil {
			t.Fatal(err)
		}
		m.clock.Advance(15 * 24 * time.Hour)
		for region, want := range map[string][]string{
			"650000": {"650000", "652300", "652900"}, "652300": {"652300"}, "652900": {"652900"}, "650100": nil, "320000": {"320500"},
		} {
			waiting, err := desk.Needs(m.ctx, broker, match.DeskQuery{Region: region})
			if err != nil {
				t.Fatal(err)
			}
			var needs, idle []string
			for _, n := range waiting.Items {
				needs = append(needs, ids[n.ID])
			}
			untouched, err := desk.Idle(m.ctx, broker, match.DeskQuery{Region: region})
			if err != nil {
				t.Fatal(err)
			}
			for _, pair := range untouched.Items {
				idle = append(idle, ids[pair.NeedID])
			}
			slices.Sort(needs)
			slices.Sort(idle)
			if !slices.Equal(needs, want) || !slices.Equal(idle, want) {
				t.Errorf("%s: needs of %v and matches of %v, want %v", region, needs, idle, want)
			}
		}
	})
}

func TestTheDeskTellsWhatWaits(t *testing.T) {
	forEachMatchMarket(t, func(t *testing.T, m *matchMarket) {
		desk := deskOf(m, 5)
		needID, achievementID := m.pair()
		packageID := m.packed(achievementID)
		lone := soughtElectrolyte()
		lone.Title, lone.Problem, lone.TechnicalField, lone.Region, lone.KeywordsZh, lone.Requirements = text.Zh("棉田节水滴灌"), text.Zh("灌溉用水量大"), "agriculture", "652900", []string{"滴灌"}, nil
		loneID := m.publishedNeed(lone).ID
		vague := lone
		vague.Tiers = map[string]policy.Tier{"region": policy.TierNDA}
		vague.TechnicalField = "environment"
		vagueID := m.publishedNeed(vague).ID
		hidden := soughtElectrolyte()
		hidden.Audience = policy.TierNDA
		m.publishedNeed(hidden)
		if err := m.service.Follow(m.ctx, 0, 1, []match.Ref{{Kind: match.Need, ID: needID}}); err != nil {
			t.Fatal(err)
		}
		needs := func(q match.DeskQuery) []string {
			t.Helper()
			var ids []string
			for q.Limit = 1; ; {
				page, err := desk.Needs(m.ctx, broker, q)
				if err != nil {
					t.Fatal(err)
				}
				for _, n := range page.Items {
					ids = append(ids, n.ID)
				}
				if q.Cursor = page.Next; q.Cursor == "" {
					slices.Sort(ids)
					return ids
				}
			}
		}
		both := []string{needID, loneID, vagueID}
		slices.Sort(both)
		for name, c := range map[string]struct {
			query match.DeskQuery
			want  []string
		}{
			"by deadline": {match.DeskQuery{}, both}, "by age": {match.DeskQuery{Sort: match.ByAge}, both},
			"a field": {match.DeskQuery{TechnicalField: "agriculture"}, []string{loneID}}, "a province": {match.DeskQuery{Region: "650000"}, []string{loneID}},
			"another": {match.DeskQuery{Region: "110000"}, nil}, "with a match": {match.DeskQuery{Band: match.Good}, []string{needID}},
			"without": {match.DeskQuery{Band: match.Possible, TechnicalField: "agriculture"}, []string{loneID}}, "older": {match.DeskQuery{Days: 2}, nil},
		} {
			if got := needs(c.query); !slices.Equal(got, c.want) {
				t.Errorf("%s: %v, want %v", name, got, c.want)
			}
		}
		_, err := desk.Needs(m.ctx, broker, match.DeskQuery{Cursor: "nonsense"})
		wantCode(t, err, errs.Malformed, "malformed_cursor")

		idle := func(q match.DeskQuery) int {
			page, err := desk.Idle(m.ctx, broker, q)
			if err != nil {
				t.Fatal(err)
			}
			return len(page.Items)
		}
		if n := idle(match.DeskQuery{}); n != 0 {
			t.Errorf("%d idle on the first day", n)
		}
		m.clock.Advance(15 * 24 * time.Hour)
		before := idle(match.DeskQuery{})
		if before == 0 || idle(match.DeskQuery{TechnicalField: "agriculture"}) != 0 {
			t.Fatalf("%d idle", before)
		}
		m.introducedTo(needID, packageID)
		if got := needs(match.DeskQuery{}); slices.Contains(got, needID) || len(got) != 2 {
			t.Errorf("once introduced the need still waits: %v", got)
		}
		list, err := m.service.ForNeed(m.ctx, plantManager, needID, match.Standing)
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range list.Items {
			if err := m.service.Feedback(m.ctx, plantManager, item.MatchID, match.Say{Opinion: match.Relevant}); err != nil {
				t.Fatal(err)
			}
		}
		if n := idle(match.DeskQuery{}); n != 0 {
			t.Errorf("%d idle after all were judged", n)
		}
		if _, err := desk.Propose(m.ctx, broker, proposalOf(loneID, match.Achievement, achievementID)); err != nil {
			t.Fatal(err)
		}
		counts, err := desk.Counts(m.ctx, broker)
		if err != nil || counts != (match.DeskCounts{Needs: 2, Proposals: 1}) {
			t.Errorf("%+v %v", counts, err)
		}
		page, err := desk.Proposals(m.ctx, broker, match.Open, "", 10)
		if err != nil || len(page.Items) != 1 || len(page.Items[0].Outcomes) > 0 {
			t.Errorf("%+v %v", page, err)
		}
	})
}
