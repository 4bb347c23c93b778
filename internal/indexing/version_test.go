package indexing_test

import (
	"slices"
	"testing"
	"time"

	"chengqiao/internal/catalog"
	"chengqiao/internal/clock"
	"chengqiao/internal/listing"
	"chengqiao/internal/match"
	"chengqiao/internal/policy"
	"chengqiao/internal/rights"
	"chengqiao/internal/text"
)

// liveNow is what matching reads of a listing now; false where it is not live.
func (w *world) liveNow(t *testing.T, kind match.Kind, id string) (match.Listing, bool) {
	t.Helper()
	found, err := w.listings.Live(t.Context(), []match.Ref{{Kind: kind, ID: id}})
	if err != nil || len(found) > 1 {
		t.Fatalf("%+v %v", found, err)
	}
	if len(found) == 0 {
		return match.Listing{}, false
	}
	return found[0], true
}

// Versions are kept, and matching still reads what is live now.
func TestWhatMatchingReadsIsNeverOlderThanTheListing(t *testing.T) {
	w := newWorld(t)
	content := electrolyte()
	content.Tiers = map[string]policy.Tier{"abstract": policy.TierMembers}
	head := w.publish(t, content)
	for range 2 { // the second time from what is kept
		l, ok := w.liveNow(t, match.Achievement, head.ID)
		if !ok || l.Public.Title.Zh != "低温电解液" || l.Public.OrgName.Zh != "天山研究所" || l.Public.Rights != match.RightsUnknown ||
			slices.Contains(l.Public.Texts[match.Body], content.Abstract.Zh) || !slices.Contains(l.Members.Texts[match.Body], content.Abstract.Zh) {
			t.Fatalf("%+v", l)
		}
		// Whoever has a listing has views of its own.
		l.Public.Title, l.Public.Rights = text.Zh("被改动"), match.RightsTaken
	}
	if _, ok := w.liveNow(t, match.Package, head.ID); ok {
		t.Error("an achievement was found as a package")
	}

	w.taken = []rights.Taken{{AchievementID: head.ID, Grant: rights.Grant{Rights: catalog.Rights{Offer: rights.Assign}, On: clock.DateOf(time.Now())}}}
	if l, _ := w.liveNow(t, match.Achievement, head.ID); l.Public.Rights != match.RightsTaken {
		t.Errorf("after a contract: %+v", l.Public)
	}
	w.owners["lab"] = "天山研究院"
	w.clock.Advance(2 * time.Second) // as late as in lists of search
	if l, _ := w.liveNow(t, match.Achievement, head.ID); l.Public.OrgName.Zh != "天山研究院" {
		t.Errorf("after its owner's change of name: %+v", l.Public)
	}

	content.Title = text.Zh("超低温电解液")
	draft, err := w.achievements.Save(t.Context(), officer, head.ID, head.Version, content)
	if err != nil {
		t.Fatal(err)
	}
	if l, _ := w.liveNow(t, match.Achievement, head.ID); l.Public.Title.Zh != "低温电解液" {
		t.Errorf("with a working copy: %+v", l.Public)
	}
	head = w.step(t, w.step(t, draft.Head, officer, listing.Submit), reviewer, listing.Publish)
	if l, _ := w.liveNow(t, match.Achievement, head.ID); l.Public.Title.Zh != "超低温电解液" {
		t.Errorf("after the next publication: %+v", l.Public)
	}
	w.step(t, head, officer, listing.Suspend)
	if l, ok := w.liveNow(t, match.Achievement, head.ID); ok {
		t.Errorf("while suspended: %+v", l)
	}
}

// A package is kept without what its achievements say, which may change.
func TestAPackageSaysWhatItsAchievementsSayNow(t *testing.T) {
	w := newWorld(t)
	part := electrolyte()
	head := w.publish(t, part)
	made, err := w.packages.Create(t.Context(), officer, catalog.PackageContent{
		Title: text.Zh("成套技术"), ValueLine: text.Zh("一套"), TechnicalField: "new_energy", PriceMode: "agreement",
		Components: []catalog.Component{{Kind: catalog.OfAchievement, AchievementID: head.ID, WeightBps: 10000,
			Rights: catalog.Rights{Offer: rights.KnowHow, Exclusivity: rights.NonExclusive}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	bundle := made.Head
	for _, by := range []struct {
		actor policy.Actor
		verb  string
	}{{officer, listing.Submit}, {reviewer, listing.Publish}} {
		if bundle, err = w.packages.Step(t.Context(), by.actor, bundle.ID, listing.StepRequest{Action: by.verb, Version: bundle.Version}); err != nil {
			t.Fatal(err)
		}
	}
	says := func(s string) bool {
		l, ok := w.liveNow(t, match.Package, bundle.ID)
		return ok && slices.Contains(l.Public.Texts[match.Points], s)
	}
	for range 2 {
		if !says("零下40度容量保持率高") {
			t.Fatal("the package does not speak of its achievement")
		}
	}
	part.ValueLine = text.Zh("零下60度仍可放电")
	draft, err := w.achievements.Save(t.Context(), officer, head.ID, head.Version, part)
	if err != nil {
		t.Fatal(err)
	}
	head = w.step(t, w.step(t, draft.Head, officer, listing.Submit), reviewer, listing.Publish)
	if says("零下40度容量保持率高") || !says("零下60度仍可放电") {
		t.Error("the package speaks of its achievement as it was")
	}
	w.step(t, head, officer, listing.Suspend)
	if says("零下60度仍可放电") {
		t.Error("the package speaks of an achievement that is not live")
	}
}
