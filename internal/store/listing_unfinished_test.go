package store_test

import (
	"slices"
	"testing"
	"time"

	"chengqiao/internal/catalog"
	"chengqiao/internal/errs"
	"chengqiao/internal/listing"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

func TestWhoMayEditIsRemindedOfTheNewestDraftsWithWhatTheyLack(t *testing.T) {
	forEachMarket(t, func(t *testing.T, m *market) {
		inventor := policy.Actor{AccountID: "acc-wang", PersonID: "per-wang", OrgID: "lab", OrgKind: policy.Institute, OrgVerified: true, Roles: []policy.Role{policy.Inventor}}
		unfinished := func(actor policy.Actor) []listing.Unfinished {
			t.Helper()
			found, err := m.achievements.Unfinished(m.ctx, actor, 3)
			if err != nil {
				t.Fatal(err)
			}
			return found
		}
		titles := func(found []listing.Unfinished) (out []string) {
			for _, u := range found {
				out = append(out, u.Head.Title.Zh)
			}
			return out
		}
		mine := battery()
		mine.Title = text.Zh("写完的")
		m.create(mine)
		m.step(m.create(battery()), labOfficer, listing.Submit)
		m.step(m.step(m.create(battery()), labOfficer, listing.Submit), reviewer, listing.Return)
		m.published(battery())
		// Drafts of others, more than one page of them, stand before one's own.
		for range 30 {
			m.clock.Advance(time.Minute)
			m.create(catalog.AchievementContent{Title: text.Zh("只有标题")})
		}

		found := unfinished(labOfficer)
		if got := titles(found); !slices.Equal(got, []string{"只有标题", "只有标题", "只有标题"}) {
			t.Fatalf("the officer is reminded of %q", got)
		}
		if !slices.ContainsFunc(found[0].Problems, func(f errs.Field) bool { return f.Path == "technical_field" && f.Code == "required" }) {
			t.Errorf("a title alone lacks %v", found[0].Problems)
		}
		found = unfinished(inventor)
		if got := titles(found); !slices.Equal(got, []string{"写完的"}) || found[0].Problems != nil {
			t.Errorf("the inventor is reminded of %q, lacking %v", got, found)
		}
		for name, actor := range map[string]policy.Actor{"another organisation": plantManager, "who acts for none": labInventor} {
			if got := unfinished(actor); got != nil {
				t.Errorf("%s is reminded of %q", name, titles(got))
			}
		}
		_, err := m.achievements.Unfinished(m.ctx, visitor, 3)
		wantCode(t, err, errs.Unauthenticated, "sign_in_required")
	})
}
