package indexing_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"chengqiao/internal/catalog"
	"chengqiao/internal/clock"
	"chengqiao/internal/event"
	"chengqiao/internal/ident"
	"chengqiao/internal/journal"
	"chengqiao/internal/listing"
	"chengqiao/internal/match"
	"chengqiao/internal/policy"
	"chengqiao/internal/rights"
	"chengqiao/internal/text"
)

func TestMatchingKnowsWhatContractsHaveTaken(t *testing.T) {
	w := newWorld(t)
	matching := w.matching(t)
	one, two := w.publish(t, electrolyte()).ID, w.publish(t, electrolyte()).ID
	component := func(id string) catalog.Component {
		return catalog.Component{Kind: catalog.OfAchievement, AchievementID: id, WeightBps: 5000,
			Rights: catalog.Rights{Offer: rights.KnowHow, Exclusivity: rights.NonExclusive}}
	}
	made, err := w.packages.Create(t.Context(), officer, catalog.PackageContent{
		Title: text.Zh("成套技术"), ValueLine: text.Zh("一套"), TechnicalField: "new_energy", PriceMode: "agreement",
		Components: []catalog.Component{component(one), component(two)},
	})
	if err != nil {
		t.Fatal(err)
	}
	head := made.Head
	for _, by := range []struct {
		actor policy.Actor
		verb  string
	}{{officer, listing.Submit}, {reviewer, listing.Publish}} {
		if head, err = w.packages.Step(t.Context(), by.actor, head.ID, listing.StepRequest{Action: by.verb, Version: head.Version}); err != nil {
			t.Fatalf("%s: %v", by.verb, err)
		}
	}
	grant := func(achievement string, r catalog.Rights) rights.Taken {
		return rights.Taken{AchievementID: achievement, Grant: rights.Grant{Rights: r, On: clock.DateOf(time.Now())}}
	}
	plain := catalog.Rights{Offer: rights.Licence}
	only := catalog.Rights{Offer: rights.Licence, Exclusivity: rights.Exclusive}
	for name, c := range map[string]struct {
		taken            []rights.Taken
		one, two, bundle match.Rights
	}{
		"nothing taken":     {nil, match.RightsUnknown, match.RightsUnknown, match.RightsFree},
		"a plain licence":   {[]rights.Taken{grant(one, plain)}, match.RightsPartly, match.RightsUnknown, match.RightsFree},
		"one taken":         {[]rights.Taken{grant(one, only)}, match.RightsTaken, match.RightsUnknown, match.RightsPartly},
		"both, one by sale": {[]rights.Taken{grant(one, only), grant(two, catalog.Rights{Offer: rights.Assign})}, match.RightsTaken, match.RightsTaken, match.RightsTaken},
	} {
		w.taken = c.taken
		for ref, want := range map[match.Ref]match.Rights{
			{Kind: match.Achievement, ID: one}: c.one, {Kind: match.Achievement, ID: two}: c.two, {Kind: match.Package, ID: head.ID}: c.bundle,
		} {
			live, err := w.listings.Live(t.Context(), []match.Ref{ref})
			if err != nil || len(live) != 1 || live[0].Public.Rights != want || live[0].Full.Rights != want {
				t.Errorf("%s: %s is %+v, want %d (%v)", name, ref.Kind, live[0].Public, want, err)
			}
		}
	}

	// A signature, and the end of a contract, bring all that is concerned anew.
	at := w.caughtUp(t, 0, matching.Apply)
	refs := []match.Ref{{Kind: match.Achievement, ID: one}, {Kind: match.Package, ID: head.ID}}
	for _, name := range []event.Name{event.ContractSigned, event.ContractChanged} {
		for _, ref := range refs {
			matching.Index().Delete(ref)
		}
		err := w.db.InTx(t.Context(), func(ctx context.Context) error {
			return w.journal.Write(ctx, journal.Entry{
				Actor: officer, Action: policy.ContractSign, Kind: "contract", Subject: ident.NewID(), Version: 1, At: time.Now(),
				Events: []event.Event{{Name: name, Data: map[string]any{"achievements": []string{one}}}},
			})
		})
		if err != nil {
			t.Fatal(err)
		}
		at = w.caughtUp(t, at, matching.Apply)
		for _, ref := range refs {
			if !slices.Contains(matching.Index().Refs(), ref) {
				t.Errorf("after %s the %s was not looked at", name, ref.Kind)
			}
		}
	}
}
