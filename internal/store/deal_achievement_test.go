package store_test

import (
	"context"
	"slices"
	"testing"

	"chengqiao/internal/deal"
	"chengqiao/internal/ident"
	"chengqiao/internal/journal"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/match"
	"chengqiao/internal/policy"
	"chengqiao/internal/store"
)

func TestAResultInNoPackageIsTalkedAboutAsItIs(t *testing.T) {
	forEachMatchMarket(t, func(t *testing.T, m *matchMarket) {
		needID, achievementID := m.pair()
		about := deal.Topic{AchievementID: achievementID, NeedID: needID}
		introduction := m.talking(about)

		list, err := m.service.ForNeed(m.ctx, plantManager, needID, match.Standing)
		if err != nil || len(list.Items) != 1 || list.Items[0].IntroductionID != introduction {
			t.Errorf("the match does not lead to introduction %s: %+v (%v)", introduction, list.Items, err)
		}
		if n, err := store.NewDuplicate(m.db).Negotiated(m.ctx, achievementID); err != nil || n != 1 {
			t.Errorf("%d talks about the result (%v), so it could be merged away", n, err)
		}
		titled, err := store.NewNotify(m.db).Concerned(m.ctx, deal.IntroductionKind, introduction)
		if err != nil || titled.Title.Zh != battery().Title.Zh {
			t.Errorf("letters call it %+v (%v), want the result's title", titled.Title, err)
		}

		m.signed(introduction, about)
		rows := store.NewDeal(m.db)
		for _, party := range []string{"plant", "lab"} {
			granted, err := rows.Granted(m.ctx, party, 10)
			if err != nil || !slices.Contains(granted, achievementID) || !slices.Contains(granted, needID) || len(granted) != 2 {
				t.Errorf("%s is granted %v (%v)", party, granted, err)
			}
		}
		if open, err := rows.Signed(m.ctx, deal.SignedFilter{AchievementID: achievementID, Party: "lab"}); err != nil || !slices.Equal(open, []string{"lab", "plant"}) {
			t.Errorf("open to %v (%v)", open, err)
		}
		if open, err := rows.Signed(m.ctx, deal.SignedFilter{AchievementID: achievementID, Party: "somebody"}); err != nil || len(open) != 0 {
			t.Errorf("what a third party owns is open to %v (%v)", open, err)
		}
	})
}

// signed opens a deal with an NDA in force.
func (m *matchMarket) signed(introduction string, about deal.Topic) {
	m.t.Helper()
	d := deal.Deal{ID: ident.NewID(), Version: 1, IntroductionID: introduction, SellerOrg: "lab", BuyerOrg: "plant", Topic: about,
		OpenedAt: m.clock.Now(), NDA: deal.NDA{TextVersion: "2026-1", InForceAt: m.clock.Now()}}
	step, err := deal.Machine.Step(d.ID, lifecycle.Position{}, string(policy.DealOpen), "")
	if err != nil {
		m.t.Fatal(err)
	}
	d.Position = lifecycle.Position{State: step.To, Seq: step.Seq}
	err = m.db.InTx(m.ctx, func(ctx context.Context) error {
		if err := store.NewDeal(m.db).InsertDeal(ctx, d, about.Offered()+"|"+about.NeedID); err != nil {
			return err
		}
		return m.journal.Write(ctx, journal.Entry{Actor: plantManager, Action: policy.DealOpen, Kind: deal.Kind, Subject: d.ID, Version: 1, At: d.OpenedAt, Step: &step})
	})
	if err != nil {
		m.t.Fatal(err)
	}
}
