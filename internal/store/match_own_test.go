package store_test

import (
	"slices"
	"testing"
	"time"

	"chengqiao/internal/catalog"
	"chengqiao/internal/deal"
	"chengqiao/internal/errs"
	"chengqiao/internal/listing"
	"chengqiao/internal/match"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// follow writes the ledger for listings that changed.
func (m *matchMarket) follow(refs ...match.Ref) {
	m.t.Helper()
	at, err := m.rows.Cursor(m.ctx)
	if err != nil {
		m.t.Fatal(err)
	}
	if err := m.service.Follow(m.ctx, at, at+1, refs); err != nil {
		m.t.Fatal(err)
	}
}

// ownNeeds are the ids of an actor's needs that match a result.
func (m *matchMarket) ownNeeds(actor policy.Actor, result match.Ref) []string {
	m.t.Helper()
	found, err := m.service.OwnNeeds(m.ctx, actor, result)
	if err != nil {
		m.t.Fatal(err)
	}
	var ids []string
	for _, n := range found {
		if n.Band == match.None || n.Title.Zh == "" {
			m.t.Errorf("%+v", n)
		}
		ids = append(ids, n.ID)
	}
	return ids
}

func TestAnOrganisationIsToldWhichOfItsNeedsAResultMeets(t *testing.T) {
	forEachMatchMarket(t, func(t *testing.T, m *matchMarket) {
		needID, achievementID := m.pair()
		result := match.Ref{Kind: match.Achievement, ID: achievementID}
		if got := m.ownNeeds(plantManager, result); got != nil {
			t.Fatalf("%v before anything was found", got)
		}
		harder := soughtElectrolyte()
		harder.MinTRL, harder.Requirements[0].Threshold = 9, "95"
		second := m.publishedNeed(harder)
		other := soughtElectrolyte()
		other.Title.Zh, other.Problem.Zh, other.TechnicalField, other.KeywordsZh, other.Requirements = "棉田滴灌", "灌溉用水量大", "agriculture", []string{"滴灌"}, nil
		unlike := match.Ref{Kind: match.Need, ID: m.publishedNeed(other).ID}
		first, next := match.Ref{Kind: match.Need, ID: needID}, match.Ref{Kind: match.Need, ID: second.ID}
		m.indexed(next, unlike)
		m.follow(next, unlike, first)
		if got := m.ownNeeds(plantManager, result); !slices.Equal(got, []string{needID, second.ID}) {
			t.Errorf("%v, want the better %s before %s", got, needID, second.ID)
		}

		t.Run("nobody else is", func(t *testing.T) {
			unverified, finance, rival := plantManager, plantManager, plantManager
			unverified.OrgVerified = false
			finance.Roles = []policy.Role{policy.Finance}
			rival.OrgID = "rival"
			for name, actor := range map[string]policy.Actor{
				"a visitor": {}, "the result's owner": labOfficer, "a reviewer": reviewer, "another enterprise": rival,
				"one whose verification ended": unverified, "who keeps the books": finance,
			} {
				if got := m.ownNeeds(actor, result); got != nil {
					t.Errorf("%s is told of %v", name, got)
				}
			}
			_, err := m.service.OwnNeeds(m.ctx, plantManager, match.Ref{Kind: match.Package, ID: achievementID})
			wantCode(t, err, errs.NotFound, "not_found")
		})

		list, err := m.service.ForNeed(m.ctx, plantManager, needID, match.Standing)
		if err != nil {
			t.Fatal(err)
		}
		id := list.Items[0].MatchID
		for _, said := range []struct {
			by   policy.Actor
			want []string
		}{{labOfficer, []string{needID, second.ID}}, {plantManager, []string{second.ID}}} {
			if err := m.service.Feedback(m.ctx, said.by, id, match.Say{Opinion: match.Irrelevant}); err != nil {
				t.Fatal(err)
			}
			if got := m.ownNeeds(plantManager, result); !slices.Equal(got, said.want) {
				t.Errorf("found irrelevant by %s: %v, want %v", said.by.OrgID, got, said.want)
			}
		}
		if err := m.service.TakeBack(m.ctx, plantManager, id); err != nil {
			t.Fatal(err)
		}
		m.stepNeed(second, plantManager, listing.StepRequest{Action: listing.Suspend, Reason: "暂停"})
		if got := m.ownNeeds(plantManager, result); !slices.Equal(got, []string{needID}) {
			t.Errorf("with the second suspended: %v", got)
		}
		m.talking(deal.Topic{AchievementID: achievementID, NeedID: needID})
		if got := m.ownNeeds(plantManager, result); got != nil {
			t.Errorf("asked already, still told of %v", got)
		}
	})
}

func TestAListIsToldWhatWasFoundSinceItWasMade(t *testing.T) {
	forEachMatchMarket(t, func(t *testing.T, m *matchMarket) {
		needID, _ := m.pair()
		asked := match.Ref{Kind: match.Need, ID: needID}
		newer := func(actor policy.Actor, of match.Ref, since time.Time) []string {
			t.Helper()
			ids, err := m.service.Newer(m.ctx, actor, of, since)
			if err != nil {
				t.Fatal(err)
			}
			return ids
		}
		list, err := m.service.ForNeed(m.ctx, plantManager, needID, match.Standing)
		if err != nil || len(list.Items) != 1 || list.At.IsZero() {
			t.Fatalf("%+v (%v)", list, err)
		}
		second := battery()
		second.Title.Zh, second.TRL, second.Claims = "另一种低温电解液", 6, []catalog.Claim{{Metric: text.Of("低温容量保持率"), Value: "88", Unit: "%"}}
		found := match.Ref{Kind: match.Achievement, ID: m.published(second).ID}
		unlike := battery()
		unlike.Title.Zh, unlike.Abstract.Zh, unlike.TechnicalField, unlike.KeywordsZh, unlike.Claims = "滴灌带", "棉田节水灌溉用的滴灌带", "agriculture", []string{"滴灌"}, nil
		far := match.Ref{Kind: match.Achievement, ID: m.published(unlike).ID}
		m.indexed(found, far)
		m.follow(found, far)

		rows, err := m.rows.OfNeed(m.ctx, needID, []match.Ref{found})
		if err != nil || len(rows) != 1 {
			t.Fatalf("%+v (%v)", rows, err)
		}
		id := rows[0].ID
		if got := newer(plantManager, asked, list.At); !slices.Contains(got, id) {
			t.Errorf("the need is told of %v, want %s among them", got, id)
		}
		if got := newer(labOfficer, found, list.At); !slices.Equal(got, []string{id}) {
			t.Errorf("the result is told of %v", got)
		}
		again, err := m.service.ForNeed(m.ctx, plantManager, needID, match.Standing)
		if err != nil || len(again.Items) != 2 {
			t.Fatalf("%+v (%v)", again, err)
		}
		if got := newer(plantManager, asked, again.At); got != nil {
			t.Errorf("a list that shows it is told of %v", got)
		}
		if err := m.service.Feedback(m.ctx, plantManager, id, match.Say{Opinion: match.Irrelevant}); err != nil {
			t.Fatal(err)
		}
		if got := newer(plantManager, asked, list.At); slices.Contains(got, id) {
			t.Error("what is not relevant is told of")
		}
		_, err = m.service.Newer(m.ctx, labOfficer, asked, list.At)
		wantCode(t, err, errs.NotFound, "not_found")
	})
}

// newOnes are the pairs that an actor's dashboard shows, as own and other side.
func (m *matchMarket) newOnes(actor policy.Actor) [][2]string {
	m.t.Helper()
	found, err := m.service.New(m.ctx, actor)
	if err != nil {
		m.t.Fatal(err)
	}
	var pairs [][2]string
	for _, n := range found {
		if n.Band != match.Strong || n.OwnTitle.Zh == "" || n.OtherTitle.Zh == "" || len(n.Reasons) == 0 {
			m.t.Errorf("%+v", n)
		}
		pairs = append(pairs, [2]string{n.Own.ID, n.Other.ID})
	}
	return pairs
}

func TestBothSidesHaveTheirNewStrongMatchesUntilTheyAct(t *testing.T) {
	forEachMatchMarket(t, func(t *testing.T, m *matchMarket) {
		needID, achievementID := m.pair()
		vague := soughtElectrolyte()
		vague.Title, vague.Problem, vague.KeywordsZh, vague.Requirements = text.Zh("电池回收"), text.Zh("退役电池拆解"), nil, nil
		weak := match.Ref{Kind: match.Need, ID: m.publishedNeed(vague).ID}
		m.indexed(weak)
		m.follow(weak, match.Ref{Kind: match.Need, ID: needID})
		asker, offerer := [][2]string{{needID, achievementID}}, [][2]string{{achievementID, needID}}
		if got := m.newOnes(plantManager); !slices.Equal(got, asker) {
			t.Fatalf("who asks has %v, want %v", got, asker)
		}
		if got := m.newOnes(labOfficer); !slices.Equal(got, offerer) {
			t.Fatalf("who offers has %v, want %v", got, offerer)
		}

		t.Run("nobody else has", func(t *testing.T) {
			unverified, finance := plantManager, plantManager
			unverified.OrgVerified = false
			finance.Roles = []policy.Role{policy.Finance}
			for name, actor := range map[string]policy.Actor{
				"a visitor": {}, "a reviewer": reviewer, "a mediator": broker, "one whose verification ended": unverified, "who keeps the books": finance,
			} {
				if got := m.newOnes(actor); got != nil {
					t.Errorf("%s has %v", name, got)
				}
			}
		})

		list, err := m.service.ForNeed(m.ctx, plantManager, needID, match.Standing)
		if err != nil {
			t.Fatal(err)
		}
		if got := m.newOnes(plantManager); !slices.Equal(got, asker) {
			t.Errorf("only looked at, it is new no more: %v", got)
		}
		if err := m.service.Feedback(m.ctx, labOfficer, list.Items[0].MatchID, match.Say{Opinion: match.Relevant}); err != nil {
			t.Fatal(err)
		}
		if got := m.newOnes(labOfficer); got != nil {
			t.Errorf("who has said what it thinks still has %v", got)
		}
		if got := m.newOnes(plantManager); !slices.Equal(got, asker) {
			t.Errorf("what the other side thinks takes it from who asks: %v", got)
		}
		m.talking(deal.Topic{AchievementID: achievementID, NeedID: needID})
		if got := m.newOnes(plantManager); got != nil {
			t.Errorf("introduced, still new: %v", got)
		}
	})
}

func TestNewMatchesAreTheNewestFive(t *testing.T) {
	forEachMatchMarket(t, func(t *testing.T, m *matchMarket) {
		needID, first := m.pair()
		m.follow(match.Ref{Kind: match.Need, ID: needID})
		want := [][2]string{{needID, first}}
		for range 6 {
			c := battery()
			c.TRL = 6
			c.Claims = []catalog.Claim{{Metric: text.Of("低温容量保持率"), Value: "85", Unit: "%"}}
			one := match.Ref{Kind: match.Achievement, ID: m.published(c).ID}
			m.indexed(one)
			m.clock.Advance(time.Hour)
			m.follow(one)
			want = slices.Insert(want, 0, [2]string{needID, one.ID})
		}
		if got := m.newOnes(plantManager); !slices.Equal(got, want[:5]) {
			t.Errorf("%v, want %v", got, want[:5])
		}
		packageID := m.packed(want[0][1])
		m.clock.Advance(time.Hour)
		m.follow(match.Ref{Kind: match.Package, ID: packageID})
		want[0][1] = packageID // in its place, as in the lists of matches
		if got := m.newOnes(plantManager); !slices.Equal(got, want[:5]) {
			t.Errorf("in a package: %v, want %v", got, want[:5])
		}
	})
}

func TestANewMatchWithAnAnonymousNeedNamesNobody(t *testing.T) {
	forEachMatchMarket(t, func(t *testing.T, m *matchMarket) {
		m.pair()
		masked := soughtElectrolyte()
		masked.Anonymous = true
		ref := match.Ref{Kind: match.Need, ID: m.publishedNeed(masked).ID}
		m.indexed(ref)
		m.follow(ref)
		found, err := m.service.New(m.ctx, labOfficer)
		if err != nil || len(found) != 1 || found[0].Other != ref || found[0].OrgName != (text.Text{}) {
			t.Errorf("%+v %v", found, err)
		}
		own, err := m.service.New(m.ctx, plantManager)
		if err != nil || len(own) != 1 || own[0].OrgName.Zh != "单位lab" {
			t.Errorf("%+v %v", own, err)
		}
	})
}
