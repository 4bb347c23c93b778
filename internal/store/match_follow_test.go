package store_test

import (
	"slices"
	"testing"

	"chengqiao/internal/catalog"
	"chengqiao/internal/deal"
	"chengqiao/internal/event"
	"chengqiao/internal/match"
	"chengqiao/internal/need"
	"chengqiao/internal/sqldb"
	"chengqiao/internal/text"
)

// row is the one that the ledger has of a pair.
func (m *matchMarket) row(needID, achievementID string) match.Match {
	m.t.Helper()
	rows, err := m.rows.OfNeed(m.ctx, needID, []match.Ref{{Kind: match.Achievement, ID: achievementID}})
	if err != nil || len(rows) != 1 {
		m.t.Fatalf("%+v %v", rows, err)
	}
	return rows[0]
}

// toldOf is how many events told of matches that were found.
func (m *matchMarket) toldOf() int64 {
	m.t.Helper()
	n, err := sqldb.One(m.ctx, m.db, sqldb.Scalar[int64], `SELECT count(*) FROM events WHERE name = $1`, event.MatchFound)
	if err != nil {
		m.t.Fatal(err)
	}
	return n
}

// withClaim is the result of pair with another value of what it claims.
func withClaim(value string) catalog.AchievementContent {
	c := battery()
	c.TRL = 6
	c.Claims = []catalog.Claim{{Metric: text.Of("低温容量保持率"), Value: value, Unit: "%"}}
	return c
}

// goodPair is a result that the ledger has as good for a need, and no better: it claims less than must be.
func (m *matchMarket) goodPair() (of, sought match.Ref) {
	m.t.Helper()
	of = match.Ref{Kind: match.Achievement, ID: m.published(withClaim("60")).ID}
	sought = match.Ref{Kind: match.Need, ID: m.publishedNeed(soughtElectrolyte()).ID}
	m.indexed(of, sought)
	m.follow(of)
	return of, sought
}

func TestAPairThatFitsNoMoreIsNotToldAsIfItDid(t *testing.T) {
	forEachMatchMarket(t, func(t *testing.T, m *matchMarket) {
		needID, achievementID := m.pair()
		of := match.Ref{Kind: match.Need, ID: needID}
		m.follow(of)
		if got := m.newOnes(labOfficer); len(got) != 1 {
			t.Fatalf("%v", got)
		}
		m.republishedNeed(needID, need.Content{
			Title: text.Zh("机场行李分拣"), Problem: text.Zh("行李条码的识别与调度"), TechnicalField: "electronics",
		})
		m.indexed(of)
		m.follow(of)
		if got := m.row(needID, achievementID); got.Band == match.Strong || got.Band == match.Good || got.Version != 2 {
			t.Errorf("%+v", got)
		}
		if got := m.newOnes(labOfficer); got != nil {
			t.Errorf("still new: %v", got)
		}
		// What was, comes back with the need as it was, and is no news.
		m.republishedNeed(needID, soughtElectrolyte())
		m.indexed(of)
		m.follow(of)
		if got := m.row(needID, achievementID); got.Band != match.Strong || m.toldOf() != 2 {
			t.Errorf("%+v, told %d times", got, m.toldOf())
		}
	})
}

func TestAPairThatBecomesStrongIsToldOnce(t *testing.T) {
	forEachMatchMarket(t, func(t *testing.T, m *matchMarket) {
		of, sought := m.goodPair()
		if got := m.row(sought.ID, of.ID); got.Band != match.Good || m.toldOf() != 0 {
			t.Fatalf("%+v, told %d times", got, m.toldOf())
		}
		for _, value := range []string{"85", "60", "86"} {
			m.republished(of.ID, withClaim(value))
			m.indexed(of)
			m.follow(of)
			m.follow(sought)
			if got := m.toldOf(); got != 2 {
				t.Errorf("with %s %%: %d events, want one for each side", value, got)
			}
		}
	})
}

func TestWhoTalksAlreadyIsNotToldThatAPairWasFound(t *testing.T) {
	forEachMatchMarket(t, func(t *testing.T, m *matchMarket) {
		of, sought := m.goodPair()
		m.talking(deal.Topic{AchievementID: of.ID, NeedID: sought.ID})
		m.republished(of.ID, withClaim("85"))
		m.indexed(of)
		m.follow(of)
		if got := m.row(sought.ID, of.ID); got.Band != match.Strong || m.toldOf() != 0 {
			t.Errorf("%+v, told %d times", got, m.toldOf())
		}
	})
}

// Whoever publishes may look before the ledger is written; the other side is to learn of it all the same.
func TestAStrongPairIsToldThoughItsListWasReadBefore(t *testing.T) {
	forEachMatchMarket(t, func(t *testing.T, m *matchMarket) {
		needID, achievementID := m.pair()
		if _, err := m.service.ForNeed(m.ctx, plantManager, needID, match.Standing); err != nil {
			t.Fatal(err)
		}
		if got := m.row(needID, achievementID); got.Band != match.Strong {
			t.Fatalf("%+v", got)
		}
		for range 2 {
			m.follow(match.Ref{Kind: match.Need, ID: needID})
			if got := m.toldOf(); got != 2 {
				t.Errorf("%d events, want one for each side", got)
			}
		}
	})
}

func TestWhatFittedBeforeIsReadInPages(t *testing.T) {
	forEachMatchMarket(t, func(t *testing.T, m *matchMarket) {
		of := match.Ref{Kind: match.Need, ID: m.publishedNeed(soughtElectrolyte()).ID}
		refs := []match.Ref{of}
		for range 3 {
			refs = append(refs, match.Ref{Kind: match.Achievement, ID: m.published(withClaim("85")).ID})
		}
		m.indexed(refs...)
		m.follow(of)
		var read []string
		for after := ""; ; after = read[len(read)-1] {
			page, err := m.rows.StandingOf(m.ctx, of, after, 2)
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range page {
				read = append(read, row.ID)
			}
			if len(page) < 2 {
				break
			}
		}
		if len(read) != 3 || !slices.IsSorted(read) {
			t.Errorf("%v", read)
		}
	})
}
