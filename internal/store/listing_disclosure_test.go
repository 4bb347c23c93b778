package store_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"chengqiao/internal/catalog"
	"chengqiao/internal/disclosure"
	"chengqiao/internal/errs"
	"chengqiao/internal/listing"
	"chengqiao/internal/money"
	"chengqiao/internal/need"
	"chengqiao/internal/policy"
	"chengqiao/internal/store"
	"chengqiao/internal/text"
)

// secrets is an achievement with a word of its own in every field that can
// be told apart by tier.
func secrets() catalog.AchievementContent {
	c := battery()
	price := money.Fen(87_654_321_00)
	c.Abstract, c.Details = text.Zh("PUBLICABSTRACT"), text.Zh("MEMBERSDETAILS")
	c.FundingProject = "NDAFUNDING"
	c.Claims = []catalog.Claim{{Metric: text.Of("NDACLAIM"), Value: "1"}}
	c.Price = &price
	c.Tiers = map[string]policy.Tier{"funding_project": policy.TierNDA, "claims": policy.TierNDA}
	return c
}

func TestNoTierLeaksToAReaderWhoLacksIt(t *testing.T) {
	forEachMarket(t, func(t *testing.T, m *market) {
		h := m.published(secrets())
		m.signed[h.ID] = []string{"plant"}
		other := plantManager
		other.OrgID = "rival"
		for _, c := range []struct {
			who             string
			actor           policy.Actor
			sees, doesNot   []string
			withheld        []string
			weights, choice bool
		}{
			{"a visitor", visitor, []string{"PUBLICABSTRACT"}, []string{"MEMBERSDETAILS", "87654321", "NDAFUNDING", "NDACLAIM", "王工"},
				[]string{"claims", "contributors", "details", "funding_project", "price"}, false, false},
			{"a member of an organisation not verified", newcomer, []string{"PUBLICABSTRACT"}, []string{"MEMBERSDETAILS", "87654321", "NDAFUNDING", "NDACLAIM", "王工"},
				[]string{"claims", "contributors", "details", "funding_project", "price"}, false, false},
			{"a verified member", other, []string{"PUBLICABSTRACT", "MEMBERSDETAILS", "87654321", "王工"}, []string{"NDAFUNDING", "NDACLAIM"},
				[]string{"claims", "funding_project"}, false, false},
			{"who signed the NDA", plantManager, []string{"MEMBERSDETAILS", "NDAFUNDING", "NDACLAIM", "王工"}, nil, nil, false, false},
			{"a contributor", labInventor, []string{"MEMBERSDETAILS", "NDAFUNDING", "NDACLAIM"}, nil, nil, true, false},
			{"the owner", labOfficer, []string{"MEMBERSDETAILS", "NDAFUNDING", "NDACLAIM"}, nil, nil, true, true},
			{"the reviewer", reviewer, []string{"MEMBERSDETAILS", "NDAFUNDING", "NDACLAIM"}, nil, nil, true, true},
		} {
			t.Run(c.who, func(t *testing.T) {
				v := m.get(c.actor, h.ID)
				raw, err := json.Marshal(v.Content)
				if err != nil {
					t.Fatal(err)
				}
				for _, word := range c.sees {
					if !strings.Contains(string(raw), word) {
						t.Errorf("%s is missing in %s", word, raw)
					}
				}
				for _, word := range c.doesNot {
					if strings.Contains(fmt.Sprintf("%s %+v", raw, v.Head), word) {
						t.Errorf("%s leaked: %s %+v", word, raw, v.Head)
					}
				}
				if !slices.Equal(v.Withheld, c.withheld) {
					t.Errorf("withheld %v, want %v", v.Withheld, c.withheld)
				}
				if got := strings.Contains(string(raw), `"weight"`); got != c.weights {
					t.Errorf("weights shown: %v", got)
				}
				if got := v.Content.Tiers != nil; got != c.choice {
					t.Errorf("the owner's choice of tiers shown: %v", got)
				}
			})
		}
	})
}

func TestAnIndexGetsEachFieldWithItsTier(t *testing.T) {
	forEachMarket(t, func(t *testing.T, m *market) {
		c := secrets()
		h := m.published(c)
		l := m.live(h.ID)
		for field, want := range map[string]policy.Tier{
			"title": policy.TierPublic, "abstract": policy.TierPublic, "details": policy.TierMembers,
			"price": policy.TierMembers, "claims": policy.TierNDA, "funding_project": policy.TierNDA,
		} {
			if l.Tiers[field] != want {
				t.Errorf("%s is in %s, want %s", field, l.Tiers[field], want)
			}
		}
		public, withheld, err := m.achievements.At(l, policy.ReaderTiers(visitor))
		if err != nil {
			t.Fatal(err)
		}
		raw, _ := json.Marshal(public)
		for _, word := range []string{"MEMBERS", "NDA", "87654321", "per-wang"} {
			if strings.Contains(string(raw), word) {
				t.Errorf("%s leaked into the public copy %s", word, raw)
			}
		}
		if len(withheld) != 5 {
			t.Errorf("withheld %v", withheld)
		}
	})
}

func TestAnAudienceClosesTheWholeListing(t *testing.T) {
	forEachMarket(t, func(t *testing.T, m *market) {
		c := battery()
		c.Audience = policy.TierMembers
		h := m.published(c)
		for _, actor := range []policy.Actor{visitor, newcomer} {
			_, err := m.achievements.Get(m.ctx, actor, h.ID)
			wantCode(t, err, errs.NotFound, "not_found")
		}
		if v := m.get(plantManager, h.ID); v.Content.Title.IsZero() {
			t.Error("members do not see it")
		}
		if l := m.live(h.ID); l.Audience != policy.TierMembers || l.Tiers["title"] != policy.TierMembers {
			t.Errorf("the index would take its title for %s", l.Tiers["title"])
		}
	})
}

func TestTheOwnerReadsWhoSawWhat(t *testing.T) {
	forEachMarket(t, func(t *testing.T, m *market) {
		h := m.published(secrets())
		m.signed[h.ID] = []string{"rival"}
		rival := plantManager
		rival.OrgID, rival.AccountID = "rival", "acc-rival"
		for _, actor := range []policy.Actor{visitor, newcomer, plantManager, plantManager, labOfficer, reviewer, labInventor, rival} {
			m.get(actor, h.ID)
			m.clock.Advance(time.Second)
		}
		m.clock.Advance(24 * time.Hour)
		m.get(plantManager, h.ID)
		log := disclosure.NewLog(store.NewDisclosure(m.db))
		page, err := log.List(m.ctx, labOfficer, disclosure.Query{ListingID: h.ID, Limit: 2})
		if err != nil {
			t.Fatal(err)
		}
		rest, err := log.List(m.ctx, labOfficer, disclosure.Query{ListingID: h.ID, Cursor: page.Next, Limit: 2})
		if err != nil {
			t.Fatal(err)
		}
		var seen []string
		for _, d := range append(page.Items, rest.Items...) {
			seen = append(seen, d.ViewerOrg+" "+string(d.Tier)+" "+strings.Join(d.Fields, ","))
		}
		want := []string{
			"plant MEMBERS contributors,details,price",
			"rival NDA claims,contributors,details,funding_project,price",
			"plant MEMBERS contributors,details,price",
		}
		if !slices.Equal(seen, want) || rest.Next != "" {
			t.Fatalf("the log says %q, next %q", seen, rest.Next)
		}
		if theirs, err := log.List(m.ctx, plantManager, disclosure.Query{ListingID: h.ID, Limit: 10}); err != nil || len(theirs.Items) > 0 {
			t.Errorf("a reader of the listing reads its log: %v, %v", theirs.Items, err)
		}
		_, err = m.db.Exec(m.ctx, `DELETE FROM disclosures WHERE listing_id = $1`, h.ID)
		if err == nil {
			t.Error("the log can be cleaned")
		}
	})
}

// wanted is a need that review accepts.
func wanted() need.Content {
	budget := money.Fen(50_000_000)
	return need.Content{
		Title: text.Zh("寻求低温电池方案"), Problem: text.Zh("零下30度无法启动"), TechnicalKey: text.Zh("KEYOFTHEPLANT"),
		TechnicalField: "new_energy", BudgetMax: &budget, Deadline: "2027-01-31",
		Requirements: []need.Requirement{{Criterion: text.Of("低温容量"), Metric: text.Of("容量保持率"), Operator: ">=", Threshold: "80", Unit: "%", Level: need.Must}},
	}
}

func (m *market) publishedNeed(c need.Content) listing.Head {
	m.t.Helper()
	d, err := m.needs.Create(m.ctx, plantManager, c)
	if err != nil {
		m.t.Fatal(err)
	}
	return m.stepNeed(m.stepNeed(d.Head, plantManager, listing.StepRequest{Action: listing.Submit}), reviewer, listing.StepRequest{Action: listing.Publish})
}

func (m *market) stepNeed(h listing.Head, actor policy.Actor, req listing.StepRequest) listing.Head {
	m.t.Helper()
	m.clock.Advance(time.Minute)
	req.Version = h.Version
	next, err := m.needs.Step(m.ctx, actor, h.ID, req)
	if err != nil {
		m.t.Fatalf("%s: %v", req.Action, err)
	}
	return next
}

func TestAnAnonymousNeedNamesItsOrganisationToThoseIntroducedAlone(t *testing.T) {
	forEachMarket(t, func(t *testing.T, m *market) {
		c := wanted()
		c.Anonymous = true
		h := m.publishedNeed(c)
		for _, actor := range []policy.Actor{visitor, labOfficer} {
			v, err := m.needs.Get(m.ctx, actor, h.ID)
			if err != nil {
				t.Fatal(err)
			}
			if v.Head.OwnerOrg != "" || strings.Contains(fmt.Sprintf("%+v", v), "plant") {
				t.Errorf("the organisation shows: %+v", v)
			}
		}
		m.introduced[h.ID] = []string{"lab"}
		if v, err := m.needs.Get(m.ctx, labOfficer, h.ID); err != nil || v.Head.OwnerOrg != "plant" {
			t.Errorf("the introduced lab sees %+v, %v", v.Head, err)
		}
		if v, err := m.needs.Get(m.ctx, plantManager, h.ID); err != nil || v.Head.OwnerOrg != "plant" {
			t.Errorf("the owner sees %+v, %v", v.Head, err)
		}
		s, err := m.needs.Standing(m.ctx, h.ID)
		if err != nil || !s.Anonymous || !s.Live || s.Facts.OwnerOrg != "plant" {
			t.Errorf("standing %+v, %v", s, err)
		}
	})
}

func TestANeedGoesFromItsMatchToItsOutcome(t *testing.T) {
	forEachMarket(t, func(t *testing.T, m *market) {
		h := m.publishedNeed(wanted())
		if h.ConfirmBy != "2027-01-31" {
			t.Fatalf("it holds until %s", h.ConfirmBy)
		}
		for range 2 { // a second deal changes nothing
			if err := m.needs.Matched(m.ctx, h.ID); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := m.needs.Live(m.ctx, h.ID); err == nil {
			t.Error("search still knows it")
		}
		v, err := m.needs.Get(m.ctx, labOfficer, h.ID)
		if err != nil || v.Head.State != listing.Matched {
			t.Fatalf("readers see %+v, %v", v.Head, err)
		}
		d, err := m.needs.Draft(m.ctx, plantManager, h.ID)
		if err != nil {
			t.Fatal(err)
		}
		h = m.stepNeed(d.Head, plantManager, listing.StepRequest{Action: listing.Reopen})
		if _, err := m.needs.Live(m.ctx, h.ID); err != nil {
			t.Errorf("reopened, search does not know it: %v", err)
		}
		_, err = m.needs.Step(m.ctx, plantManager, h.ID, listing.StepRequest{Action: listing.Close, Version: h.Version})
		wantCode(t, err, errs.Invalid, "invalid_fields")
		h = m.stepNeed(h, plantManager, listing.StepRequest{Action: listing.Close, Outcome: need.Solved})
		if h.State != listing.Closed || h.Outcome != need.Solved {
			t.Fatalf("head %+v", h)
		}
	})
}

func TestANeedCanBeSuspendedByThePlatform(t *testing.T) {
	forEachMarket(t, func(t *testing.T, m *market) {
		h := m.stepNeed(m.publishedNeed(wanted()), reviewer, listing.StepRequest{Action: listing.Suspend, Reason: "内容不实"})
		if h.State != listing.Suspended || slices.Contains(h.Actions, listing.Resume) {
			t.Fatalf("head %+v", h)
		}
		_, err := m.needs.Get(m.ctx, labOfficer, h.ID)
		wantCode(t, err, errs.NotFound, "not_found")
		_, err = m.needs.Step(m.ctx, plantManager, h.ID, listing.StepRequest{Action: listing.Resume, Version: h.Version})
		wantCode(t, err, errs.Conflict, "suspended_by_platform")
	})
}

func TestANeedExpiresAfterItsDeadlineAndLivesAgainByANewVersion(t *testing.T) {
	forEachMarket(t, func(t *testing.T, m *market) {
		h := m.publishedNeed(wanted())
		m.clock.Advance(70 * 24 * time.Hour) // 2027-02-01
		if n, err := m.needs.ExpireDue(m.ctx, m.clock.Now(), 10); err != nil || n != 1 {
			t.Fatalf("%d expired, %v", n, err)
		}
		d, err := m.needs.Draft(m.ctx, plantManager, h.ID)
		if err != nil || d.Head.State != listing.Closed || d.Head.Outcome != need.Expired {
			t.Fatalf("head %+v, %v", d.Head, err)
		}
		if len(d.Problems) != 1 || d.Problems[0].Code != "deadline_passed" {
			t.Errorf("problems %v", d.Problems)
		}
		c := wanted()
		c.Deadline = "2027-06-30"
		d, err = m.needs.Save(m.ctx, plantManager, h.ID, d.Head.Version, c)
		if err != nil {
			t.Fatal(err)
		}
		h = m.stepNeed(m.stepNeed(d.Head, plantManager, listing.StepRequest{Action: listing.Submit}), reviewer, listing.StepRequest{Action: listing.Publish})
		if h.State != listing.Published || h.Outcome != "" || h.ConfirmBy != "2027-06-30" {
			t.Fatalf("head %+v", h)
		}
	})
}
