package store_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"chengqiao/internal/catalog"
	"chengqiao/internal/errs"
	"chengqiao/internal/listing"
	"chengqiao/internal/policy"
	"chengqiao/internal/rights"
	"chengqiao/internal/sqldb"
	"chengqiao/internal/text"
)

func TestOfTwoSavesOfOneVersionOneIsStale(t *testing.T) {
	forEachMarket(t, func(t *testing.T, m *market) {
		h := m.published(battery())
		var wg sync.WaitGroup
		errors := make([]error, 6)
		for i := range errors {
			wg.Go(func() {
				c := battery()
				c.Title = text.Zh(fmt.Sprintf("第%d稿", i))
				_, errors[i] = m.achievements.Save(m.ctx, labOfficer, h.ID, h.Version, c)
			})
		}
		wg.Wait()
		saved := 0
		for _, err := range errors {
			if err == nil {
				saved++
				continue
			}
			wantCode(t, err, errs.Stale, "stale_version")
		}
		if saved != 1 {
			t.Fatalf("%d saves of one version went through", saved)
		}
	})
}

func count(t *testing.T, m *market, query string, args ...any) int64 {
	t.Helper()
	n, err := sqldb.One(m.ctx, m.db, sqldb.Scalar[int64], query, args...)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAutosaveLeavesNoTraceButTheText(t *testing.T) {
	forEachMarket(t, func(t *testing.T, m *market) {
		h := m.create(battery())
		before := count(t, m, `SELECT (SELECT count(*) FROM audit) + (SELECT count(*) FROM steps) + (SELECT count(*) FROM events)`)
		for i := range 3 {
			c := battery()
			c.Title = text.Zh(fmt.Sprint("第", i, "稿"))
			d, err := m.achievements.Save(m.ctx, labOfficer, h.ID, h.Version, c)
			if err != nil {
				t.Fatal(err)
			}
			h = d.Head
		}
		after := count(t, m, `SELECT (SELECT count(*) FROM audit) + (SELECT count(*) FROM steps) + (SELECT count(*) FROM events)`)
		if after != before || h.Version != 4 || h.Title.Zh != "第2稿" {
			t.Fatalf("%d more records; head %+v", after-before, h)
		}
	})
}

func TestADraftSaysWhatSubmissionWouldRefuse(t *testing.T) {
	forEachMarket(t, func(t *testing.T, m *market) {
		d, err := m.achievements.Create(m.ctx, labOfficer, catalog.AchievementContent{Title: text.Zh("只有标题")})
		if err != nil {
			t.Fatal(err)
		}
		var paths []string
		for _, p := range d.Problems {
			paths = append(paths, p.Path+" "+p.Code)
		}
		if want := []string{"abstract required", "technical_field required", "contributors required"}; !slices.Equal(paths, want) {
			t.Fatalf("problems %v, want %v", paths, want)
		}
		_, err = m.achievements.Step(m.ctx, labOfficer, d.Head.ID, listing.StepRequest{Action: listing.Submit, Version: d.Head.Version})
		wantCode(t, err, errs.Invalid, "invalid_fields")
		again, err := m.achievements.Draft(m.ctx, labOfficer, d.Head.ID)
		if err != nil || again.Head.Version != d.Head.Version || again.Head.State != listing.Draft {
			t.Fatalf("the refused submission left %+v, %v", again.Head, err)
		}
	})
}

func TestBadContentIsRefusedAndNothingIsStored(t *testing.T) {
	forEachMarket(t, func(t *testing.T, m *market) {
		c := battery()
		c.Region, c.Contributors[0].Weight = "999999", 1_000_001
		_, err := m.achievements.Create(m.ctx, labOfficer, c)
		wantCode(t, err, errs.Invalid, "invalid_fields")
		if n := count(t, m, `SELECT count(*) FROM listings`); n != 0 {
			t.Fatalf("%d listings", n)
		}
	})
}

func TestOnlyWhoMayDoesIt(t *testing.T) {
	forEachMarket(t, func(t *testing.T, m *market) {
		h := m.create(battery())
		submit := listing.StepRequest{Action: listing.Submit, Version: h.Version}
		for name, try := range map[string]func() error{
			"a visitor creates":          func() error { _, err := m.achievements.Create(m.ctx, visitor, battery()); return err },
			"a visitor lists":            func() error { _, err := m.achievements.List(m.ctx, visitor, listing.ListFilter{}); return err },
			"a stranger reads the draft": func() error { _, err := m.achievements.Draft(m.ctx, plantManager, h.ID); return err },
			"a stranger saves":           func() error { _, err := m.achievements.Save(m.ctx, plantManager, h.ID, 1, battery()); return err },
			"a stranger submits":         func() error { _, err := m.achievements.Step(m.ctx, plantManager, h.ID, submit); return err },
			"the owner publishes": func() error {
				_, err := m.achievements.Step(m.ctx, labOfficer, h.ID, listing.StepRequest{Action: listing.Publish, Version: h.Version})
				return err
			},
			"the owner expires": func() error {
				_, err := m.achievements.Step(m.ctx, labOfficer, h.ID, listing.StepRequest{Action: listing.Expire, Version: h.Version})
				return err
			},
			"the owner reads the queue": func() error { _, err := m.queue.List(m.ctx, labOfficer, listing.QueueFilter{Limit: 10}); return err },
			"a verb that does not exist": func() error {
				_, err := m.achievements.Step(m.ctx, labOfficer, h.ID, listing.StepRequest{Action: "explode", Version: h.Version})
				return err
			},
			"an unverified owner submits": func() error {
				a := labOfficer
				a.OrgVerified = false
				_, err := m.achievements.Step(m.ctx, a, h.ID, submit)
				return err
			},
			"the kinds are kept apart":     func() error { _, err := m.packages.Draft(m.ctx, labOfficer, h.ID); return err },
			"an id that is none is absent": func() error { _, err := m.achievements.Draft(m.ctx, labOfficer, "x' OR 1=1"); return err },
		} {
			if try() == nil {
				t.Errorf("%s: it was done", name)
			}
		}
	})
}

func TestOwnListsPageFilterAndSearch(t *testing.T) {
	forEachMarket(t, func(t *testing.T, m *market) {
		var ids []string
		for i := range 5 {
			c := battery()
			c.Title = text.Text{Zh: fmt.Sprintf("成果 %d", i), En: fmt.Sprintf("ＲＥＳＵＬＴ %d", i)}
			h := m.create(c)
			if i < 2 {
				h = m.step(h, labOfficer, listing.Submit)
			}
			if i < 1 {
				m.step(h, reviewer, listing.Publish)
			}
			m.clock.Advance(time.Minute)
			ids = append(ids, h.ID)
		}
		list := func(f listing.ListFilter) listing.Page[listing.Head] {
			t.Helper()
			p, err := m.achievements.List(m.ctx, labOfficer, f)
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		first := list(listing.ListFilter{Limit: 3})
		second := list(listing.ListFilter{Limit: 3, Cursor: first.Next})
		var seen []string
		for _, h := range append(first.Items, second.Items...) {
			seen = append(seen, h.ID)
		}
		slices.Reverse(seen)
		if !slices.Equal(seen, ids) || second.Next != "" {
			t.Fatalf("pages %v, want %v reversed", seen, ids)
		}
		for state, want := range map[string]int{"draft": 3, "in_review": 1, "published": 1, "withdrawn": 0} {
			if p := list(listing.ListFilter{State: lifecycleState(state), Limit: 10}); len(p.Items) != want {
				t.Errorf("%d in %s, want %d", len(p.Items), state, want)
			}
		}
		for query, want := range map[string]int{"result 3": 1, "RESULT": 5, "成果": 5, "成果%": 0, "无": 0} {
			if p := list(listing.ListFilter{Query: query, Limit: 10}); len(p.Items) != want {
				t.Errorf("%d for %q, want %d", len(p.Items), query, want)
			}
		}
		_, err := m.achievements.List(m.ctx, labOfficer, listing.ListFilter{Cursor: "garbage"})
		wantCode(t, err, errs.Malformed, "malformed_cursor")
		_, err = m.achievements.List(m.ctx, labOfficer, listing.ListFilter{State: "nowhere"})
		wantCode(t, err, errs.Invalid, "invalid_fields")
	})
}

func TestTheQueueOfReviewHoldsAllKindsOldestFirst(t *testing.T) {
	forEachMarket(t, func(t *testing.T, m *market) {
		a := m.step(m.create(battery()), labOfficer, listing.Submit)
		d, err := m.needs.Create(m.ctx, plantManager, wanted())
		if err != nil {
			t.Fatal(err)
		}
		n := m.stepNeed(d.Head, plantManager, listing.StepRequest{Action: listing.Submit})
		b := m.step(m.create(battery()), labOfficer, listing.Submit)
		first, err := m.queue.List(m.ctx, reviewer, listing.QueueFilter{Limit: 2})
		if err != nil {
			t.Fatal(err)
		}
		second, err := m.queue.List(m.ctx, reviewer, listing.QueueFilter{Cursor: first.Next, Limit: 2})
		if err != nil {
			t.Fatal(err)
		}
		var seen []string
		for _, h := range append(first.Items, second.Items...) {
			seen = append(seen, h.ID)
			if !slices.Contains(h.Actions, listing.Publish) || !slices.Contains(h.Actions, listing.Return) {
				t.Errorf("%s offers the reviewer %v", h.Kind, h.Actions)
			}
		}
		if want := []string{a.ID, n.ID, b.ID}; !slices.Equal(seen, want) {
			t.Fatalf("queue %v, want %v", seen, want)
		}
	})
}

// bundle is a package of an achievement and a service.
func bundle(achievement string, weights ...int) catalog.PackageContent {
	return catalog.PackageContent{
		Title: text.Zh("低温电池成套技术"), Description: text.Zh("许可与调试"), TechnicalField: "new_energy",
		Components: []catalog.Component{
			{Kind: catalog.OfAchievement, AchievementID: achievement, WeightBps: weights[0],
				Rights: catalog.Rights{Offer: rights.Licence, Exclusivity: "SOLE"}},
			{Kind: catalog.OfService, Title: "现场调试", WeightBps: weights[1], Rights: catalog.Rights{Offer: rights.Service}},
		},
	}
}

func (m *market) createPackage(c catalog.PackageContent) listing.WorkingCopy[catalog.PackageContent] {
	m.t.Helper()
	d, err := m.packages.Create(m.ctx, labOfficer, c)
	if err != nil {
		m.t.Fatal(err)
	}
	return d
}

func TestAPackageNamesItsOwnersAndTitlesWhenItIsReviewed(t *testing.T) {
	forEachMarket(t, func(t *testing.T, m *market) {
		a := m.published(battery())
		d := m.createPackage(bundle(a.ID, 7000, 3000))
		if len(d.Problems) > 0 {
			t.Fatalf("problems %v", d.Problems)
		}
		h := d.Head
		for _, s := range []struct {
			actor policy.Actor
			verb  string
		}{{labOfficer, listing.Submit}, {reviewer, listing.Publish}} {
			var err error
			if h, err = m.packages.Step(m.ctx, s.actor, h.ID, listing.StepRequest{Action: s.verb, Version: h.Version}); err != nil {
				t.Fatal(err)
			}
		}
		v, err := m.packages.Get(m.ctx, visitor, h.ID)
		if err != nil {
			t.Fatal(err)
		}
		first := v.Content.Components[0]
		if first.OwnerOrganisationID != "lab" || first.Title != battery().Title.Zh {
			t.Errorf("component %+v", first)
		}
		titles, err := m.packages.ComponentTitles(m.ctx, visitor, v.Content)
		if err != nil || len(titles) != 2 || titles[0] != battery().Title || titles[1].Zh != "现场调试" {
			t.Errorf("titles %v, %v", titles, err)
		}
		heads, err := m.packages.Containing(m.ctx, visitor, a.ID)
		if err != nil || len(heads) != 1 || heads[0].ID != h.ID {
			t.Errorf("the achievement is in %v, %v", heads, err)
		}
		owner, in, err := m.packages.PackagesWith(m.ctx, a.ID)
		if err != nil || owner != "lab" || !slices.Equal(in, []string{h.ID}) {
			t.Errorf("owner %s, packages %v, %v", owner, in, err)
		}
	})
}

func TestWhatAPackageMayNotContain(t *testing.T) {
	forEachMarket(t, func(t *testing.T, m *market) {
		pending := battery()
		pending.IPItems = []catalog.IPItem{{Kind: catalog.Invention, Number: "201710601862.3", LegalState: "examination"}}
		pending.Cooperation = nil
		waiting := m.published(pending)
		granted := m.published(battery())
		foreign, err := m.achievements.Create(m.ctx, plantOfficer, battery())
		if err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct {
			content    catalog.PackageContent
			path, code string
		}{
			"weights of 9,999":                {bundle(granted.ID, 6999, 3000), "components", "weights_must_sum_to_10000"},
			"a licence of a pending patent":   {bundle(waiting.ID, 7000, 3000), "components[0].rights.offer", "patent_not_granted"},
			"a draft of somebody else":        {bundle(foreign.Head.ID, 7000, 3000), "components[0].achievement_id", "achievement_not_available"},
			"an achievement that is not":      {bundle("nowhere", 7000, 3000), "components[0].achievement_id", "achievement_not_available"},
			"a wrong owner of an achievement": {withOwner(bundle(granted.ID, 7000, 3000), "plant"), "components[0].owner_organisation_id", "owner_mismatch"},
		} {
			d := m.createPackage(c.content)
			if len(d.Problems) != 1 || d.Problems[0].Path != c.path || d.Problems[0].Code != c.code {
				t.Errorf("%s: problems %v, want %s %s", name, d.Problems, c.path, c.code)
			}
			_, err := m.packages.Step(m.ctx, labOfficer, d.Head.ID, listing.StepRequest{Action: listing.Submit, Version: d.Head.Version})
			wantCode(t, err, errs.Invalid, "invalid_fields")
		}
		know := bundle(waiting.ID, 7000, 3000)
		know.Components[0].Rights.Offer = rights.KnowHow
		if d := m.createPackage(know); len(d.Problems) > 0 {
			t.Errorf("a pending application as know-how: %v", d.Problems)
		}
	})
}

var plantOfficer = policy.Actor{AccountID: "acc-po", OrgID: "plant", OrgKind: policy.Enterprise, OrgVerified: true, Roles: []policy.Role{policy.Manager}}

func withOwner(c catalog.PackageContent, org string) catalog.PackageContent {
	c.Components[0].OwnerOrganisationID = org
	return c
}
