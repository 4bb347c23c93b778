package store_test

import (
	"slices"
	"testing"

	"chengqiao/internal/deal"
	"chengqiao/internal/errs"
	"chengqiao/internal/listing"
	"chengqiao/internal/match"
	"chengqiao/internal/policy"
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
