package store_test

import (
	"maps"
	"slices"
	"testing"

	"chengqiao/internal/catalog"
	"chengqiao/internal/errs"
	"chengqiao/internal/listing"
	"chengqiao/internal/match"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

func TestAListingIsReadBesideWhatIsLikeItAndWhatMayFitIt(t *testing.T) {
	forEachMatchMarket(t, func(t *testing.T, m *matchMarket) {
		needID, achievementID := m.pair()
		other := battery()
		other.Title, other.Abstract = text.Zh("宽温磷酸铁锂电池电解液"), text.Zh("用于磷酸铁锂电池的宽温电解液，零下40度容量保持率高")
		likeID := m.published(other).ID
		m.indexed(match.Ref{Kind: match.Achievement, ID: likeID})

		got, err := m.service.Related(m.ctx, policy.Actor{}, match.Ref{Kind: match.Achievement, ID: achievementID})
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Results) != 1 || got.Results[0].Ref.ID != likeID || len(got.Needs) != 1 || got.Needs[0].Ref.ID != needID {
			t.Fatalf("%+v", got)
		}
		if !slices.ContainsFunc(got.Results[0].Reasons, func(r match.Reason) bool { return r.Code == match.SharedTerms }) {
			t.Errorf("reasons %v", got.Results[0].Reasons)
		}
		for _, r := range got.Results[0].Reasons {
			if r.Code == match.TRLMeets || r.Code == match.TRLBelow {
				t.Errorf("one result reaches the level that another asks for: %v", r)
			}
		}
		beside, err := m.service.Related(m.ctx, policy.Actor{}, match.Ref{Kind: match.Need, ID: needID})
		if err != nil || len(beside.Needs) != 0 || len(beside.Results) != 2 {
			t.Errorf("%+v %v", beside, err)
		}
	})
}

func TestWhatMayFitHasTheBandOfTheListOfMatches(t *testing.T) {
	forEachMatchMarket(t, func(t *testing.T, m *matchMarket) {
		needID, achievementID := m.pair() // 85 % are asked for as 80 % at least
		short := battery()
		short.TRL, short.Claims = 6, []catalog.Claim{{Metric: text.Of("低温容量保持率"), Value: "60", Unit: "%"}}
		shortID := m.published(short).ID
		m.indexed(match.Ref{Kind: match.Achievement, ID: shortID})
		measuring := m.model
		measuring.Facts = maps.Clone(measuring.Facts)
		measuring.Facts[match.RequirementFit] = 0.7 // so much that it decides the band
		m.serve(measuring)

		list, err := m.service.ForNeed(m.ctx, plantManager, needID, match.Standing)
		if err != nil {
			t.Fatal(err)
		}
		got, err := m.service.Related(m.ctx, plantManager, match.Ref{Kind: match.Need, ID: needID})
		if err != nil || len(got.Results) != len(list.Items) || len(got.Results) != 2 {
			t.Fatalf("%+v %v, and the matches are %+v", got.Results, err, list.Items)
		}
		for i, item := range list.Items {
			if beside := got.Results[i]; beside.Ref != item.Other || beside.Band != item.Band || beside.Band == match.None {
				t.Errorf("place %d: %s is %q, and %s is %q among the matches", i, beside.Ref.ID, beside.Band, item.Other.ID, item.Band)
			}
		}
		if got.Results[0].Ref.ID != achievementID || got.Results[0].Band == got.Results[1].Band {
			t.Errorf("what misses the measured requirement fits as well: %+v", got.Results)
		}
		alike, err := m.service.Related(m.ctx, plantManager, match.Ref{Kind: match.Achievement, ID: achievementID})
		if err != nil || len(alike.Results) != 1 || alike.Results[0].Band != match.None {
			t.Errorf("two results have a band: %+v %v", alike.Results, err)
		}
	})
}

func TestHowWellGivenListingsFitIsToldOfThoseTooThatNoListShows(t *testing.T) {
	forEachMatchMarket(t, func(t *testing.T, m *matchMarket) {
		needID, achievementID := m.pair()
		need := match.Ref{Kind: match.Need, ID: needID}
		list, err := m.service.ForNeed(m.ctx, plantManager, needID, match.Standing)
		if err != nil {
			t.Fatal(err)
		}
		got, err := m.service.Fitting(m.ctx, plantManager, need, []string{achievementID, needID, "nothing"})
		if err != nil || len(got) != 1 || got[0].Ref.ID != achievementID || got[0].Band != list.Items[0].Band || len(got[0].Reasons) == 0 {
			t.Fatalf("%+v %v, want the match as it is in the list", got, err)
		}

		strict := m.model
		strict.Bands = match.Bands{Strong: 5, Good: 4, Possible: 3}
		m.serve(strict)
		if got, err := m.service.Related(m.ctx, plantManager, need); err != nil || len(got.Results) != 0 {
			t.Errorf("beside the need stands %+v %v", got.Results, err)
		}
		got, err = m.service.Fitting(m.ctx, plantManager, need, []string{achievementID})
		if err != nil || len(got) != 1 || got[0].Band != match.None {
			t.Errorf("%+v %v, want the pair without a band", got, err)
		}
		_, err = m.service.Fitting(m.ctx, plantManager, match.Ref{Kind: match.Need, ID: "nothing"}, []string{achievementID})
		wantCode(t, err, errs.NotFound, "not_found")
	})
}

func TestOnlyWhoMayReadAListingIsToldWhatIsLikeIt(t *testing.T) {
	forEachMatchMarket(t, func(t *testing.T, m *matchMarket) {
		_, achievementID := m.pair()
		inside := battery()
		inside.Audience = policy.TierMembers
		closedID := m.published(inside).ID
		m.indexed(match.Ref{Kind: match.Achievement, ID: closedID})

		_, err := m.service.Related(m.ctx, policy.Actor{}, match.Ref{Kind: match.Achievement, ID: closedID})
		wantCode(t, err, errs.NotFound, "not_found")
		got, err := m.service.Related(m.ctx, policy.Actor{}, match.Ref{Kind: match.Achievement, ID: achievementID})
		if err != nil || len(got.Results) != 0 {
			t.Errorf("a visitor is shown what members alone read: %+v %v", got.Results, err)
		}
		got, err = m.service.Related(m.ctx, plantManager, match.Ref{Kind: match.Achievement, ID: achievementID})
		if err != nil || len(got.Results) != 1 || got.Results[0].Ref.ID != closedID {
			t.Errorf("a member is shown %+v %v", got.Results, err)
		}
		_, err = m.service.Related(m.ctx, plantManager, match.Ref{Kind: match.Achievement, ID: "nothing"})
		wantCode(t, err, errs.NotFound, "not_found")
	})
}

func TestAPackageIsNotLikeItsParts(t *testing.T) {
	forEachMatchMarket(t, func(t *testing.T, m *matchMarket) {
		first := m.published(battery())
		sibling := battery()
		sibling.Title = text.Zh("低温电解液的制备设备")
		second := m.published(sibling)
		stranger := battery()
		stranger.Title = text.Zh("低温电解液的回收")
		third := m.published(stranger)
		c := bundle(first.ID, 6_000, 3_000)
		c.Title, c.ValueLine, c.PriceMode = text.Zh("低温电解液成果包"), text.Zh("零下40度容量保持率高"), "agreement"
		c.Components = append(c.Components, catalog.Component{
			Kind: catalog.OfAchievement, AchievementID: second.ID, WeightBps: 1_000, Rights: c.Components[0].Rights,
		})
		pack := m.createPackage(c).Head
		for _, by := range []struct {
			actor policy.Actor
			verb  string
		}{{labOfficer, listing.Submit}, {reviewer, listing.Publish}} {
			var err error
			if pack, err = m.packages.Step(m.ctx, by.actor, pack.ID, listing.StepRequest{Action: by.verb, Version: pack.Version}); err != nil {
				t.Fatal(err)
			}
		}
		achievement := func(id string) match.Ref { return match.Ref{Kind: match.Achievement, ID: id} }
		m.indexed(achievement(first.ID), achievement(second.ID), achievement(third.ID), match.Ref{Kind: match.Package, ID: pack.ID})
		for _, ref := range []match.Ref{achievement(first.ID), {Kind: match.Package, ID: pack.ID}} {
			got, err := m.service.Related(m.ctx, policy.Actor{}, ref)
			if err != nil || len(got.Results) != 1 || got.Results[0].Ref.ID != third.ID {
				t.Errorf("beside the %s: %+v %v, want the stranger alone", ref.Kind, got.Results, err)
			}
		}
		got, err := m.service.Related(m.ctx, policy.Actor{}, achievement(third.ID))
		if err != nil || len(got.Results) != 1 || got.Results[0].Ref.ID != pack.ID {
			t.Errorf("beside the stranger: %+v %v, want the package without its parts", got.Results, err)
		}
	})
}
