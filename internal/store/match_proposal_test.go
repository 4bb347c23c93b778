package store_test

import (
	"slices"
	"testing"
	"time"

	"chengqiao/internal/deal"
	"chengqiao/internal/match"
)

func TestAMediatorReadsWhatBecameOfItsProposal(t *testing.T) {
	forEachMatchMarket(t, func(t *testing.T, m *matchMarket) {
		desk := deskOf(m, 5)
		needID, achievementID := m.pair()
		about := deal.Topic{AchievementID: achievementID, NeedID: needID}
		pair := match.Pair{NeedID: needID, Subject: match.Ref{Kind: match.Achievement, ID: achievementID}}
		fates := func() (out [][]match.Fate) {
			t.Helper()
			page, err := desk.Proposals(m.ctx, broker, "", "", 10)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range page.Items {
				var of []match.Fate
				for _, o := range p.Outcomes {
					of = append(of, o.Fate)
				}
				out = append(out, of)
			}
			return out
		}
		first, err := desk.Propose(m.ctx, broker, proposalOf(needID, match.Achievement, achievementID))
		if err != nil {
			t.Fatal(err)
		}
		m.clock.Advance(time.Hour)
		if _, err := desk.Withdraw(m.ctx, broker, first.ID); err != nil {
			t.Fatal(err)
		}
		m.clock.Advance(time.Hour)
		if _, err := desk.Propose(m.ctx, broker, proposalOf(needID, match.Achievement, achievementID)); err != nil {
			t.Fatal(err)
		}
		if got := fates(); len(got) != 2 || len(got[0])+len(got[1]) != 0 {
			t.Errorf("before anything came of it: %v", got)
		}
		m.clock.Advance(time.Hour)
		m.talkingBy("bridge", about)
		for _, h := range []match.Happening{{Pair: pair, Fate: match.Introduced, At: m.clock.Now()}, {Pair: pair, Fate: match.Declined, At: m.clock.Now().Add(time.Hour), Code: "price"}} {
			if err := m.service.Happened(m.ctx, []match.Happening{h}); err != nil {
				t.Fatal(err)
			}
		}
		// The one that had been withdrawn before led to nothing.
		if got := fates(); !slices.Equal(got[0], []match.Fate{match.Introduced, match.Declined}) || len(got[1]) != 0 {
			t.Errorf("%v", got)
		}
	})
}

// What two sides come to by themselves is not their former mediator's to read.
func TestWhatComesOfAPairAfterItsProposalIsNotTheMediators(t *testing.T) {
	forEachMatchMarket(t, func(t *testing.T, m *matchMarket) {
		desk := deskOf(m, 5)
		needID, achievementID := m.pair()
		made, err := desk.Propose(m.ctx, broker, proposalOf(needID, match.Achievement, achievementID))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := desk.Withdraw(m.ctx, broker, made.ID); err != nil {
			t.Fatal(err)
		}
		m.clock.Advance(time.Hour)
		m.talking(deal.Topic{AchievementID: achievementID, NeedID: needID})
		pair := match.Pair{NeedID: needID, Subject: match.Ref{Kind: match.Achievement, ID: achievementID}}
		if err := m.service.Happened(m.ctx, []match.Happening{{Pair: pair, Fate: match.Introduced, At: m.clock.Now()}}); err != nil {
			t.Fatal(err)
		}
		page, err := desk.Proposals(m.ctx, broker, "", "", 10)
		if err != nil || len(page.Items) != 1 || len(page.Items[0].Outcomes) != 0 {
			t.Errorf("%+v %v", page.Items, err)
		}
	})
}
