package store_test

import (
	"fmt"
	"slices"
	"testing"

	"chengqiao/internal/catalog"
	"chengqiao/internal/errs"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/listing"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

func lifecycleState(s string) lifecycle.State { return lifecycle.State(s) }

type batch = listing.Batch[catalog.AchievementContent]
type record = listing.SourceRecord[catalog.AchievementContent]

func paper(id, title string) record {
	return record{ID: id, Content: catalog.AchievementContent{Title: text.Zh(title), Abstract: text.Zh("摘要 " + title), Year: 2020}}
}

func (m *market) importAll(b batch) []listing.Imported {
	m.t.Helper()
	out, err := m.achievements.Import(m.ctx, policy.SystemActor(), b)
	if err != nil {
		m.t.Fatal(err)
	}
	return out
}

func outcomes(imported []listing.Imported) []string {
	var out []string
	for _, i := range imported {
		o := i.Outcome
		for _, f := range i.Faults {
			o += " " + f.Path + " " + f.Code
		}
		out = append(out, o)
	}
	return out
}

func TestImportingTwiceDoesNothingAndAChangeMakesAVersion(t *testing.T) {
	forEachMarket(t, func(t *testing.T, m *market) {
		b := batch{OwnerOrg: "lab", Source: "papers", Publish: true, Records: []record{paper("1", "甲"), paper("2", "乙")}}
		first := m.importAll(b)
		if got := outcomes(first); !slices.Equal(got, []string{"created", "created"}) {
			t.Fatalf("%v", got)
		}
		if v := m.get(visitor, first[0].ListingID); v.Content.Title.Zh != "甲" || v.Head.State != listing.Published {
			t.Fatalf("view %+v", v)
		}
		if got := outcomes(m.importAll(b)); !slices.Equal(got, []string{"unchanged", "unchanged"}) {
			t.Fatalf("again %v", got)
		}
		b.Records[1] = paper("2", "乙改")
		again := m.importAll(b)
		if got := outcomes(again); !slices.Equal(got, []string{"unchanged", "updated"}) || again[1].ListingID != first[1].ListingID {
			t.Fatalf("changed %v", again)
		}
		if v := m.get(visitor, first[1].ListingID); v.Content.Title.Zh != "乙改" || v.Head.LiveNumber != 2 {
			t.Fatalf("view %+v", v)
		}
		if n := count(t, m, `SELECT count(*) FROM listings`); n != 2 {
			t.Fatalf("%d listings", n)
		}
		if got := outcomes(m.importAll(b)); !slices.Equal(got, []string{"unchanged", "unchanged"}) {
			t.Fatalf("after the change %v", got)
		}
	})
}

func TestAnImportRejectsByReasonAndHindersNoOther(t *testing.T) {
	forEachMarket(t, func(t *testing.T, m *market) {
		bad := paper("3", "丙")
		bad.Content.Region = "999999"
		got := outcomes(m.importAll(batch{OwnerOrg: "lab", Source: "papers", Publish: true, Records: []record{
			paper("1", "甲"), paper("2", ""), bad, paper("1", "又是甲"), paper("", "无号"), paper("4", "丁")}}))
		want := []string{"created", "rejected title required", "rejected region unknown_value", "rejected source_id duplicate",
			"rejected source_id required", "created"}
		if !slices.Equal(got, want) {
			t.Fatalf("%q\nwant %q", got, want)
		}
		if n := count(t, m, `SELECT count(*) FROM listings`); n != 2 {
			t.Fatalf("%d listings", n)
		}
	})
}

func TestWhatPeopleChangedHereAnImportLeavesAlone(t *testing.T) {
	forEachMarket(t, func(t *testing.T, m *market) {
		b := batch{OwnerOrg: "lab", Source: "papers", Publish: true, Records: []record{paper("1", "甲"), paper("2", "乙"), paper("3", "丙")}}
		made := m.importAll(b)
		edit := func(i int) listing.Head {
			d, err := m.achievements.Draft(m.ctx, labOfficer, made[i].ListingID)
			if err != nil {
				t.Fatal(err)
			}
			c := battery()
			d, err = m.achievements.Save(m.ctx, labOfficer, d.Head.ID, d.Head.Version, c)
			if err != nil {
				t.Fatal(err)
			}
			return d.Head
		}
		edit(0)
		m.step(m.step(edit(1), labOfficer, listing.Submit), reviewer, listing.Publish)
		d, err := m.achievements.Draft(m.ctx, labOfficer, made[2].ListingID)
		if err != nil {
			t.Fatal(err)
		}
		m.step(d.Head, labOfficer, listing.Withdraw)
		b.Records = []record{paper("1", "甲改"), paper("2", "乙改"), paper("3", "丙改")}
		want := []string{"rejected source_id working_copy_open", "rejected source_id changed_here", "rejected source_id listing_ended"}
		if got := outcomes(m.importAll(b)); !slices.Equal(got, want) {
			t.Fatalf("%q, want %q", got, want)
		}
	})
}

func TestImportedDraftsCanBePublishedByASecondRun(t *testing.T) {
	forEachMarket(t, func(t *testing.T, m *market) {
		b := batch{OwnerOrg: "lab", Source: "papers", Records: []record{paper("1", "甲")}}
		made := m.importAll(b)
		d, err := m.achievements.Draft(m.ctx, labOfficer, made[0].ListingID)
		if err != nil || d.Head.State != listing.Draft {
			t.Fatalf("head %+v, %v", d.Head, err)
		}
		b.Publish = true
		if got := outcomes(m.importAll(b)); !slices.Equal(got, []string{"updated"}) {
			t.Fatalf("%v", got)
		}
		if v := m.get(visitor, made[0].ListingID); v.Head.LiveNumber != 1 {
			t.Fatalf("view %+v", v)
		}
	})
}

func TestAnImportLeavesTheWholeRecord(t *testing.T) {
	forEachMarket(t, func(t *testing.T, m *market) {
		made := m.importAll(batch{OwnerOrg: "lab", Source: "papers", Publish: true, Records: []record{paper("1", "甲")}})
		history, err := m.achievements.History(m.ctx, labOfficer, made[0].ListingID)
		if err != nil {
			t.Fatal(err)
		}
		var verbs []string
		for _, s := range history {
			verbs = append(verbs, s.Action)
			if s.AccountID != "" || s.OrgID != "" {
				t.Errorf("%s was done by %s of %s", s.Action, s.AccountID, s.OrgID)
			}
		}
		if want := []string{"achievement.create", "achievement.submit", "achievement.publish"}; !slices.Equal(verbs, want) {
			t.Fatalf("history %v", verbs)
		}
		if n := count(t, m, `SELECT count(*) FROM deliveries d JOIN events e ON e.id = d.event_id WHERE e.name = 'achievement.published' AND d.consumer = 'search'`); n != 1 {
			t.Errorf("search is told %d times", n)
		}
		if n := count(t, m, `SELECT count(*) FROM audit`); n != 5 {
			t.Errorf("%d lines of audit", n)
		}
	})
}

func TestOnlyTheProgramPublishesWithoutReview(t *testing.T) {
	forEachMarket(t, func(t *testing.T, m *market) {
		b := batch{OwnerOrg: "lab", Source: "papers", Publish: true, Records: []record{paper("1", "甲")}}
		_, err := m.achievements.Import(m.ctx, labOfficer, b)
		wantCode(t, err, errs.Forbidden, "not_allowed")
		b.Publish = false
		if out, err := m.achievements.Import(m.ctx, labOfficer, b); err != nil || out[0].Outcome != listing.Created {
			t.Fatalf("%v, %v", out, err)
		}
		b.OwnerOrg = "plant"
		_, err = m.achievements.Import(m.ctx, labOfficer, b)
		wantCode(t, err, errs.NotFound, "not_found")
	})
}

func TestLiveListingsAreReadPageByPageForAnIndex(t *testing.T) {
	forEachMarket(t, func(t *testing.T, m *market) {
		var records []record
		for i := range 25 {
			records = append(records, paper(fmt.Sprint(i), fmt.Sprint("成果", i)))
		}
		m.importAll(batch{OwnerOrg: "lab", Source: "papers", Publish: true, Records: records})
		m.importAll(batch{OwnerOrg: "plant", Source: "papers", Publish: true, Records: records[:3]})
		m.create(battery())
		for owner, want := range map[string]int{"": 28, "lab": 25, "plant": 3} {
			seen := map[string]bool{}
			for after := ""; ; {
				refs, err := m.achievements.LiveRefs(m.ctx, owner, after, 10)
				if err != nil {
					t.Fatal(err)
				}
				page, err := m.achievements.LiveAfter(m.ctx, owner, after, 10)
				if err != nil || len(page) != len(refs) {
					t.Fatalf("%d contents for %d ids, %v", len(page), len(refs), err)
				}
				for i, r := range refs {
					if page[i].ID != r.ID || page[i].Seq != r.Seq || page[i].Content.Title.IsZero() {
						t.Fatalf("ref %+v, content %+v", r, page[i])
					}
					seen[r.ID] = true
					after = r.ID
				}
				if len(refs) < 10 {
					break
				}
			}
			if len(seen) != want {
				t.Errorf("owner %q has %d live, want %d", owner, len(seen), want)
			}
		}
	})
}
