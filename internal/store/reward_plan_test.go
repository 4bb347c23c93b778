package store_test

import (
	"slices"
	"testing"
	"time"

	"chengqiao/internal/errs"
	"chengqiao/internal/policy"
	"chengqiao/internal/reward"
)

func TestAPlanLivesFromDraftToEffect(t *testing.T) {
	forEachRewardWorld(t, func(t *testing.T, w *rewardWorld) {
		v := w.create(rewardOfficer, reward.PlanForm{})
		if v.Rule.RuleName() != "default-total-70/1" || v.LegalFloor != "national-2015/1" || v.Number != 1 ||
			len(v.Contributors) != 3 || v.Contributors[0].Weight != 5 || v.Names["p1"] != "名p1" || v.OwnerName.Zh != "卖方" {
			t.Fatalf("%+v", v)
		}
		id := v.ID
		v = w.step(rewardOfficer, id, reward.PlanStep{Verb: "propose"})
		_, err := w.try(person("p9"), id, reward.PlanStep{Verb: "confirm"})
		wantCode(t, err, errs.NotFound, "not_found")
		for i, p := range []string{"p1", "p2", "p3"} {
			actor := person(p)
			if i == 0 {
				actor = policy.Actor{AccountID: "acc-1", PersonID: "per-1", Entries: []string{p}}
			}
			v = w.step(actor, id, reward.PlanStep{Verb: "confirm"})
			if want := i == 2; (v.Position.State == reward.PlanConfirmed) != want {
				t.Fatalf("after %d confirmations: %s", i+1, v.Position.State)
			}
			if i == 0 {
				_, err := w.try(person(p), id, reward.PlanStep{Verb: "confirm"})
				wantCode(t, err, errs.Conflict, "already_confirmed")
			}
		}
		_, err = w.try(rewardHead, id, reward.PlanStep{Verb: "decide"})
		wantCode(t, err, errs.Invalid, "invalid_fields")
		_, err = w.try(rewardOfficer, id, reward.PlanStep{Verb: "decide", FileID: "minutes"})
		wantCode(t, err, errs.Forbidden, "not_allowed")
		_, err = w.try(rewardHead, id, reward.PlanStep{Verb: "decide", FileID: "slip"})
		wantFault(t, err, "file_id", "file_not_attached")
		w.step(rewardHead, id, reward.PlanStep{Verb: "decide", FileID: "minutes"})
		_, err = w.try(rewardOfficer, id, reward.PlanStep{Verb: "publicise", FileID: "another plan's"})
		wantFault(t, err, "file_id", "file_not_attached")
		v = w.step(rewardOfficer, id, reward.PlanStep{Verb: "publicise", FileID: "notice"})
		if v.PublicityFrom != "2026-11-23" || v.PublicityEnds != "2026-12-14" {
			t.Errorf("publicised from %s to %s", v.PublicityFrom, v.PublicityEnds)
		}
		_, err = w.try(rewardOfficer, id, reward.PlanStep{Verb: "effect"})
		wantCode(t, err, errs.Conflict, "publicity_running")
		w.step(person("p3"), id, reward.PlanStep{Verb: "object", Reason: "权重有误"})
		w.clock.Advance(22 * 24 * time.Hour)
		_, err = w.try(rewardOfficer, id, reward.PlanStep{Verb: "effect"})
		wantCode(t, err, errs.Conflict, "illegal_step")
		w.step(rewardOfficer, id, reward.PlanStep{Verb: "answer", Reason: "已核对"})
		w.step(rewardOfficer, id, reward.PlanStep{Verb: "effect"})

		read, err := w.service.Plan(w.ctx, person("p2"), id)
		if err != nil || read.Position.State != reward.PlanEffective || !read.EffectiveAt.Equal(w.clock.Now()) ||
			read.MinutesFile != "minutes" || read.NoticeFile != "notice" || read.Contributors[2].ConfirmedAt.IsZero() || read.ProposedBy != "acc-officer" {
			t.Errorf("%+v (%v)", read.Plan, err)
		}
		steps, err := w.service.PlanTimeline(w.ctx, rewardFinance, id)
		if err != nil || len(steps) != 8 || steps[2].AccountID != "" || steps[5].Reason != "权重有误" {
			t.Errorf("%+v (%v)", steps, err)
		}
	})
}

func TestWhoProposedAPlanDoesNotDecideIt(t *testing.T) {
	forEachRewardWorld(t, func(t *testing.T, w *rewardWorld) {
		v := w.create(rewardHead, reward.PlanForm{})
		w.step(rewardHead, v.ID, reward.PlanStep{Verb: "propose"})
		for _, c := range v.Contributors {
			w.step(person(c.ID), v.ID, reward.PlanStep{Verb: "confirm"})
		}
		_, err := w.try(rewardHead, v.ID, reward.PlanStep{Verb: "decide", FileID: "minutes"})
		wantCode(t, err, errs.Forbidden, "not_allowed")
		if errs.As(err).Params["reason"] != "two_persons_required" {
			t.Errorf("%v", err)
		}
		second := rewardHead
		second.AccountID = "acc-head-2"
		w.step(second, v.ID, reward.PlanStep{Verb: "decide", FileID: "minutes"})
	})
}

func TestReopeningAPlanForgetsWhatWasAgreed(t *testing.T) {
	forEachRewardWorld(t, func(t *testing.T, w *rewardWorld) {
		v := w.decided(rewardOfficer, rewardHead, w.create(rewardOfficer, reward.PlanForm{}))
		_, err := w.try(rewardOfficer, v.ID, reward.PlanStep{Verb: "reopen"})
		wantCode(t, err, errs.Invalid, "invalid_fields")
		w.step(rewardOfficer, v.ID, reward.PlanStep{Verb: "reopen", Reason: "权重调整"})
		read, err := w.service.Plan(w.ctx, rewardOfficer, v.ID)
		if err != nil || read.Position.State != reward.PlanDraft || read.MinutesFile != "" || read.ProposedBy != "" ||
			!read.Contributors[0].ConfirmedAt.IsZero() || !slices.Equal(read.Actions, []string{"edit", "propose"}) {
			t.Errorf("%+v (%v)", read, err)
		}
		_, err = w.try(rewardOfficer, v.ID, reward.PlanStep{Verb: "supersede"})
		wantCode(t, err, errs.Invalid, "invalid_fields")
	})
}

func TestPlansBelowAFloorGoNoFurther(t *testing.T) {
	forEachRewardWorld(t, func(t *testing.T, w *rewardWorld) {
		_, err := w.service.CreatePlan(w.ctx, rewardOfficer, w.earning.ContractID, reward.PlanForm{Rule: &reward.RuleForm{Base: reward.Net, FloorBps: 4999}})
		wantCode(t, err, errs.Invalid, "rule_below_legal_floor")
		v := w.create(rewardOfficer, reward.PlanForm{Contributors: []reward.PlanContributor{
			{Contributor: reward.Contributor{ID: "p1", Role: reward.Completer, Weight: 9}, Leader: reward.ChiefOfAll},
			{Contributor: reward.Contributor{ID: "p2", Role: reward.Support, Weight: 1}, Leader: reward.NoLeader},
		}})
		_, err = w.try(rewardOfficer, v.ID, reward.PlanStep{Verb: "propose"})
		wantCode(t, err, errs.Invalid, "main_contributors_below_floor")
		if needed := errs.As(err).Params["needed_bps"]; needed != int64(7778) {
			t.Errorf("needed %v", needed)
		}
		team := int64(7778)
		v, err = w.service.EditPlan(w.ctx, rewardOfficer, v.ID, v.Version, reward.PlanForm{
			Rule: &reward.RuleForm{Base: reward.Total, FloorBps: 7000, TeamBps: &team}, Contributors: v.Contributors})
		if err != nil || v.Contributors[0].Leader != reward.ChiefOfAll || v.Rule.TeamBps != 7778 {
			t.Fatalf("%+v (%v)", v, err)
		}
		_, err = w.service.EditPlan(w.ctx, rewardOfficer, v.ID, v.Version-1, reward.PlanForm{})
		wantCode(t, err, errs.Stale, "stale_version")
		w.step(rewardOfficer, v.ID, reward.PlanStep{Verb: "propose"})
		_, err = w.service.EditPlan(w.ctx, rewardOfficer, v.ID, v.Version+1, reward.PlanForm{})
		wantCode(t, err, errs.Conflict, "plan_not_draft")
	})
}

func TestContributorsOfAPlanAreRealAndWeighed(t *testing.T) {
	forEachRewardWorld(t, func(t *testing.T, w *rewardWorld) {
		one := func(c reward.PlanContributor) reward.PlanForm {
			return reward.PlanForm{Contributors: []reward.PlanContributor{c}}
		}
		for path, c := range map[string]reward.PlanContributor{
			"contributors[0].person_id": {Contributor: reward.Contributor{ID: "nobody", Role: reward.Completer, Weight: 1}, Leader: reward.NoLeader},
			"contributors[0].weight":    {Contributor: reward.Contributor{ID: "p1", Role: reward.Completer, Weight: reward.MaxWeight + 1}, Leader: reward.NoLeader},
			"contributors[0].role":      {Contributor: reward.Contributor{ID: "p1", Role: "BOSS", Weight: 1}, Leader: reward.NoLeader},
			"contributors[0].leader":    {Contributor: reward.Contributor{ID: "p1", Role: reward.Completer, Weight: 1}, Leader: "king"},
		} {
			_, err := w.service.CreatePlan(w.ctx, rewardOfficer, w.earning.ContractID, one(c))
			if err == nil || len(errs.As(err).Fields) != 1 || errs.As(err).Fields[0].Path != path {
				t.Errorf("%s: %v", path, err)
			}
		}
	})
}

func TestContributorsOfSeveralAchievementsWeighByTheirPrice(t *testing.T) {
	forEachRewardWorld(t, func(t *testing.T, w *rewardWorld) {
		w.earning.Owners[0].Achievements = append(w.earning.Owners[0].Achievements, reward.OwnedAchievement{ID: "ach-2", WeightBps: 3000})
		v := w.create(rewardOfficer, reward.PlanForm{})
		var sum int64
		for _, c := range v.Contributors {
			sum += c.Weight
		}
		if len(v.Contributors) != 4 || v.Contributors[3].Weight != 300_000 || sum != 1_000_000 {
			t.Errorf("%+v", v.Contributors)
		}
	})
}

func TestWeightsOfSeveralAchievementsAreSmallEnoughToRead(t *testing.T) {
	forEachRewardWorld(t, func(t *testing.T, w *rewardWorld) {
		w.earning.Owners[0].Achievements[0].WeightBps = 4500
		w.earning.Owners[0].Achievements = append(w.earning.Owners[0].Achievements, reward.OwnedAchievement{ID: "ach-2", WeightBps: 5500})
		var weights []int64
		for _, c := range w.create(rewardOfficer, reward.PlanForm{}).Contributors {
			weights = append(weights, c.Weight)
		}
		if !slices.Equal(weights, []int64{5, 3, 1, 11}) {
			t.Errorf("%v", weights)
		}
	})
}

func TestOnlyOwnersPlanAndOneAtATime(t *testing.T) {
	forEachRewardWorld(t, func(t *testing.T, w *rewardWorld) {
		w.create(rewardOfficer, reward.PlanForm{})
		_, err := w.service.CreatePlan(w.ctx, rewardHead, w.earning.ContractID, reward.PlanForm{})
		wantCode(t, err, errs.Conflict, "plan_in_progress")
		other := w.create(coOfficer, reward.PlanForm{})
		stranger := rewardOfficer
		stranger.OrgID = "stranger"
		_, err = w.service.CreatePlan(w.ctx, stranger, w.earning.ContractID, reward.PlanForm{})
		wantCode(t, err, errs.NotFound, "not_found")
		_, err = w.service.Plan(w.ctx, rewardOfficer, other.ID)
		wantCode(t, err, errs.NotFound, "not_found")
		for name, c := range map[string]struct {
			actor policy.Actor
			plans int
		}{"seller": {rewardFinance, 1}, "co-owner": {coHead, 1}, "contributor": {person("q1"), 1}, "stranger": {stranger, 0}} {
			plans, err := w.service.Plans(w.ctx, c.actor, w.earning.ContractID)
			if err != nil || len(plans) != c.plans {
				t.Errorf("%s reads %d plans (%v)", name, len(plans), err)
			}
		}
		w.earning.Discarded = true
		_, err = w.service.CreatePlan(w.ctx, coOfficer, w.earning.ContractID, reward.PlanForm{})
		wantCode(t, err, errs.Conflict, "contract_discarded")
	})
}

func TestAPreviewShowsTheSplitBeforeAnythingIsSigned(t *testing.T) {
	forEachRewardWorld(t, func(t *testing.T, w *rewardWorld) {
		form := reward.PreviewForm{
			Rule: reward.RuleForm{Base: reward.Total, FloorBps: 7000}, Gross: 106_000_000, VAT: 6_000_000, DirectCosts: 40_000_000,
			Contributors: []reward.PlanContributor{
				{Contributor: reward.Contributor{ID: "a", Role: reward.Completer, Weight: 2}, Leader: reward.NoLeader},
				{Contributor: reward.Contributor{ID: "b", Role: reward.Completer, Weight: 1}, Leader: reward.NoLeader},
			},
		}
		effect, shares, err := w.service.Preview(w.ctx, policy.Actor{}, form)
		if err != nil || effect.Pool != 70_000_000 || effect.Institution != -10_000_000 || shares[0].Amount != 46_666_667 || shares[1].GroupWeight != 3 {
			t.Errorf("%+v %+v (%v)", effect, shares, err)
		}
		form.VAT = form.Gross + 1
		_, _, err = w.service.Preview(w.ctx, policy.Actor{}, form)
		wantCode(t, err, errs.Invalid, "invalid_fields")
		form.VAT, form.Rule.Base, form.Rule.FloorBps = 0, reward.Net, 1000
		_, _, err = w.service.Preview(w.ctx, policy.Actor{}, form)
		wantCode(t, err, errs.Invalid, "rule_below_legal_floor")
		form.Rule.FloorBps, form.Contributors[0].Role = 7000, reward.Support
		_, _, err = w.service.Preview(w.ctx, policy.Actor{}, form)
		wantCode(t, err, errs.Invalid, "main_contributors_below_floor")
		if reason := errs.As(err).Params["reason"]; reason != "main_contributors_too_light" {
			t.Errorf("the reason is %v", reason)
		}
	})
}

// TestNobodyConfirmsWeightsThatTheyHaveNotRead holds an inventor's old page, or
// a slow answer, against a plan that was reopened and proposed with other weights.
func TestNobodyConfirmsWeightsThatTheyHaveNotRead(t *testing.T) {
	forEachRewardWorld(t, func(t *testing.T, w *rewardWorld) {
		confirm := func(who string, v reward.PlanView) (reward.PlanView, error) {
			w.clock.Advance(time.Second)
			return w.service.StepPlan(w.ctx, person(who), v.ID, v.Version, reward.PlanStep{Verb: "confirm"})
		}
		drafted := w.create(rewardOfficer, reward.PlanForm{})
		first := w.step(rewardOfficer, drafted.ID, reward.PlanStep{Verb: "propose"})
		w.step(rewardOfficer, first.ID, reward.PlanStep{Verb: "reopen", Reason: "权重有误"})
		changed := slices.Clone(first.Contributors)
		changed[0].Weight, changed[1].Weight = changed[1].Weight, changed[0].Weight
		edited, err := w.service.EditPlan(w.ctx, rewardOfficer, first.ID, first.Version+1, reward.PlanForm{Contributors: changed})
		if err != nil {
			t.Fatal(err)
		}
		second := w.step(rewardOfficer, first.ID, reward.PlanStep{Verb: "propose"})
		_, err = confirm("p1", first)
		wantCode(t, err, errs.Stale, "stale_version")
		_, err = confirm("p1", drafted)
		wantCode(t, err, errs.Stale, "stale_version")

		// All read the second proposal before anybody confirmed it, and confirm one after the other.
		for i, who := range []string{"p1", "p2", "p3"} {
			v, err := confirm(who, second)
			if err != nil {
				t.Fatalf("%s: %v", who, err)
			}
			if want := i == 2; (v.Position.State == reward.PlanConfirmed) != want {
				t.Fatalf("after %d confirmations: %s", i+1, v.Position.State)
			}
			if i == 0 {
				_, err := confirm("p2", edited) // read before it was proposed
				wantCode(t, err, errs.Stale, "stale_version")
			}
		}
		_, err = w.service.StepPlan(w.ctx, rewardHead, second.ID, second.Version, reward.PlanStep{Verb: "decide", FileID: "minutes"})
		wantCode(t, err, errs.Stale, "stale_version")
	})
}

func TestANoticeOfNoDaysIsOverWhenItBegins(t *testing.T) {
	forEachRewardWorld(t, func(t *testing.T, w *rewardWorld) {
		w.deps.Config.PublicityDays = 0
		w.service = reward.NewService(w.deps)
		v := w.decided(rewardOfficer, rewardHead, w.create(rewardOfficer, reward.PlanForm{}))
		v = w.step(rewardOfficer, v.ID, reward.PlanStep{Verb: "publicise"})
		if v.PublicityFrom != "2026-11-23" || v.PublicityEnds != "2026-11-22" {
			t.Errorf("the notice lasts from %s to %s", v.PublicityFrom, v.PublicityEnds)
		}
		w.step(rewardOfficer, v.ID, reward.PlanStep{Verb: "effect"})
	})
}
