package store_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"chengqiao/config"
	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/ident"
	"chengqiao/internal/policy"
	"chengqiao/internal/reward"
	"chengqiao/internal/sqldb"
	"chengqiao/internal/store"
	"chengqiao/internal/store/storetest"
	"chengqiao/internal/text"
)

// rewardWorld is a reward service over a real store; the contract with its
// money, the achievements and the persons are given by the test.
type rewardWorld struct {
	t       *testing.T
	ctx     context.Context
	db      *sqldb.DB
	clock   *clock.Manual
	service *reward.Service

	mu        sync.Mutex
	earning   reward.Earning
	movements []reward.Movement
}

func (w *rewardWorld) Earning(_ context.Context, id string) (reward.Earning, error) {
	if id != w.earning.ContractID {
		return reward.Earning{}, errs.New(errs.NotFound, "not_found")
	}
	return w.earning, nil
}

func (w *rewardWorld) Movements(context.Context, string) ([]reward.Movement, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.movements), nil
}

func (w *rewardWorld) Contributors(_ context.Context, id string) ([]reward.Contributor, error) {
	return map[string][]reward.Contributor{
		"ach-1": {{ID: "p1", Role: reward.Completer, Weight: 5}, {ID: "p2", Role: reward.Completer, Weight: 3}, {ID: "p3", Role: reward.Converter, Weight: 1}},
		"ach-2": {{ID: "q1", Role: reward.Completer, Weight: 1}},
	}[id], nil
}

func (w *rewardWorld) Names(_ context.Context, ids []string) (map[string]string, error) {
	out := map[string]string{}
	for _, id := range ids {
		if id != "nobody" {
			out[id] = "名" + id
		}
	}
	return out, nil
}

func (w *rewardWorld) Region(context.Context, string) (string, error) { return "650100", nil }

var (
	rewardOfficer = policy.Actor{AccountID: "acc-officer", PersonID: "per-officer", OrgID: "seller", OrgKind: policy.Institute, Roles: []policy.Role{policy.Officer}}
	rewardHead    = policy.Actor{AccountID: "acc-head", PersonID: "per-head", OrgID: "seller", OrgKind: policy.Institute, Roles: []policy.Role{policy.Head}}
	rewardFinance = policy.Actor{AccountID: "acc-finance", PersonID: "per-finance", OrgID: "seller", OrgKind: policy.Institute, Roles: []policy.Role{policy.Finance}}
	coOfficer     = policy.Actor{AccountID: "acc-co-officer", OrgID: "co-owner", OrgKind: policy.Institute, Roles: []policy.Role{policy.Officer}}
	coHead        = policy.Actor{AccountID: "acc-co-head", OrgID: "co-owner", OrgKind: policy.Institute, Roles: []policy.Role{policy.Head}}
)

func person(id string) policy.Actor { return policy.Actor{AccountID: "acc-" + id, PersonID: id} }

func forEachRewardWorld(t *testing.T, fn func(t *testing.T, w *rewardWorld)) {
	t.Helper()
	rules, err := reward.LoadRulebook(config.Files)
	if err != nil {
		t.Fatal(err)
	}
	calendar, err := clock.LoadCalendar(config.Files)
	if err != nil {
		t.Fatal(err)
	}
	storetest.ForEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		w := &rewardWorld{
			t: t, ctx: context.Background(), db: db,
			clock: clock.NewManual(time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)),
			earning: reward.Earning{ContractID: ident.NewID(), Name: "电池回收工艺许可", Owners: []reward.Owner{
				{OrgID: "seller", Name: text.Zh("卖方"), WeightBps: 7000, Achievements: []reward.OwnedAchievement{{ID: "ach-1", WeightBps: 7000}}},
				{OrgID: "co-owner", Name: text.Zh("共有人"), WeightBps: 3000, Achievements: []reward.OwnedAchievement{{ID: "ach-2", WeightBps: 3000}}},
			}},
		}
		j := store.NewJournal(db, store.Subscriptions{"reward": {event.PlanEffective}}, nil)
		w.service = reward.NewService(reward.Deps{
			Tx: db, Store: store.NewReward(db), Journal: j, History: j, Contracts: w, Achievements: w, Persons: w,
			Organisations: w, Rulebook: rules, Calendar: calendar, Clock: w.clock, Config: reward.Config{HomeRegion: "650000"},
		})
		fn(t, w)
	}, reward.PlanMachine, reward.DistributionMachine)
}

func (w *rewardWorld) create(actor policy.Actor, f reward.PlanForm) reward.PlanView {
	w.t.Helper()
	v, err := w.service.CreatePlan(w.ctx, actor, w.earning.ContractID, f)
	if err != nil {
		w.t.Fatal(err)
	}
	return v
}

func (w *rewardWorld) step(actor policy.Actor, id string, r reward.PlanStep) reward.PlanView {
	w.t.Helper()
	v, err := w.service.StepPlan(w.ctx, actor, id, r)
	if err != nil {
		w.t.Fatalf("%s: %v", r.Verb, err)
	}
	return v
}

// decided takes a plan through everybody's confirmation to the decision.
func (w *rewardWorld) decided(officer, head policy.Actor, v reward.PlanView) reward.PlanView {
	w.t.Helper()
	v = w.step(officer, v.ID, reward.PlanStep{Verb: "propose"})
	for _, c := range v.Contributors {
		v = w.step(person(c.ID), v.ID, reward.PlanStep{Verb: "confirm"})
	}
	return w.step(head, v.ID, reward.PlanStep{Verb: "decide", FileID: "minutes"})
}

// effective takes a plan through its whole life into effect.
func (w *rewardWorld) effective(officer, head policy.Actor, f reward.PlanForm) reward.PlanView {
	w.t.Helper()
	v := w.decided(officer, head, w.create(officer, f))
	w.step(officer, v.ID, reward.PlanStep{Verb: "publicise"})
	w.clock.Advance(30 * 24 * time.Hour)
	return w.step(officer, v.ID, reward.PlanStep{Verb: "effect"})
}

// move records money and computes what is due.
func (w *rewardWorld) move(receiptID string, e reward.Event) string {
	w.t.Helper()
	w.clock.Advance(time.Minute)
	m := reward.Movement{
		ID: ident.NewID(), Event: e, ReceiptID: receiptID, On: clock.DateOf(w.clock.Now()),
		RecordedBy: rewardOfficer.AccountID, RecordedAt: w.clock.Now(),
	}
	w.mu.Lock()
	w.movements = append(w.movements, m)
	w.mu.Unlock()
	w.compute()
	return m.ID
}

func (w *rewardWorld) compute() {
	w.t.Helper()
	if err := w.service.ComputeDue(w.ctx, w.earning.ContractID); err != nil {
		w.t.Fatal(err)
	}
}

func (w *rewardWorld) distributions(actor policy.Actor) []reward.DistributionView {
	w.t.Helper()
	found, err := w.service.Distributions(w.ctx, actor, w.earning.ContractID)
	if err != nil {
		w.t.Fatal(err)
	}
	return found
}

func amounts(d reward.Distribution) []int64 {
	var out []int64
	for _, s := range d.Shares {
		out = append(out, s.Amount)
	}
	return out
}

func total(fen int64) reward.Event { return reward.Event{Type: reward.Receipt, Amount: fen} }

func TestAPlanLivesFromDraftToEffect(t *testing.T) {
	forEachRewardWorld(t, func(t *testing.T, w *rewardWorld) {
		v := w.create(rewardOfficer, reward.PlanForm{})
		if v.Rule.RuleName() != "default-total-70/1" || v.LegalFloor != "national-2015/1" || v.Number != 1 ||
			len(v.Contributors) != 3 || v.Contributors[0].Weight != 5 || v.Names["p1"] != "名p1" || v.OwnerName.Zh != "卖方" {
			t.Fatalf("%+v", v)
		}
		id := v.ID
		v = w.step(rewardOfficer, id, reward.PlanStep{Verb: "propose"})
		_, err := w.service.StepPlan(w.ctx, person("p9"), id, reward.PlanStep{Verb: "confirm"})
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
				_, err := w.service.StepPlan(w.ctx, person(p), id, reward.PlanStep{Verb: "confirm"})
				wantCode(t, err, errs.Conflict, "already_confirmed")
			}
		}
		_, err = w.service.StepPlan(w.ctx, rewardHead, id, reward.PlanStep{Verb: "decide"})
		wantCode(t, err, errs.Invalid, "invalid_fields")
		_, err = w.service.StepPlan(w.ctx, rewardOfficer, id, reward.PlanStep{Verb: "decide", FileID: "minutes"})
		wantCode(t, err, errs.Forbidden, "not_allowed")
		w.step(rewardHead, id, reward.PlanStep{Verb: "decide", FileID: "minutes"})
		v = w.step(rewardOfficer, id, reward.PlanStep{Verb: "publicise"})
		if v.PublicityFrom != "2026-11-23" || v.PublicityEnds != "2026-12-14" {
			t.Errorf("publicised from %s to %s", v.PublicityFrom, v.PublicityEnds)
		}
		_, err = w.service.StepPlan(w.ctx, rewardOfficer, id, reward.PlanStep{Verb: "effect"})
		wantCode(t, err, errs.Conflict, "publicity_running")
		w.step(person("p3"), id, reward.PlanStep{Verb: "object", Reason: "权重有误"})
		w.clock.Advance(22 * 24 * time.Hour)
		_, err = w.service.StepPlan(w.ctx, rewardOfficer, id, reward.PlanStep{Verb: "effect"})
		wantCode(t, err, errs.Conflict, "illegal_step")
		w.step(rewardOfficer, id, reward.PlanStep{Verb: "answer", Reason: "已核对"})
		w.step(rewardOfficer, id, reward.PlanStep{Verb: "effect"})

		read, err := w.service.Plan(w.ctx, person("p2"), id)
		if err != nil || read.Position.State != reward.PlanEffective || !read.EffectiveAt.Equal(w.clock.Now()) ||
			read.MinutesFile != "minutes" || read.Contributors[2].ConfirmedAt.IsZero() || read.ProposedBy != "acc-officer" {
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
		_, err := w.service.StepPlan(w.ctx, rewardHead, v.ID, reward.PlanStep{Verb: "decide", FileID: "m"})
		wantCode(t, err, errs.Forbidden, "not_allowed")
		if errs.As(err).Params["reason"] != "two_persons_required" {
			t.Errorf("%v", err)
		}
		second := rewardHead
		second.AccountID = "acc-head-2"
		w.step(second, v.ID, reward.PlanStep{Verb: "decide", FileID: "m"})
	})
}

func TestReopeningAPlanForgetsWhatWasAgreed(t *testing.T) {
	forEachRewardWorld(t, func(t *testing.T, w *rewardWorld) {
		v := w.decided(rewardOfficer, rewardHead, w.create(rewardOfficer, reward.PlanForm{}))
		_, err := w.service.StepPlan(w.ctx, rewardOfficer, v.ID, reward.PlanStep{Verb: "reopen"})
		wantCode(t, err, errs.Invalid, "invalid_fields")
		w.step(rewardOfficer, v.ID, reward.PlanStep{Verb: "reopen", Reason: "权重调整"})
		read, err := w.service.Plan(w.ctx, rewardOfficer, v.ID)
		if err != nil || read.Position.State != reward.PlanDraft || read.MinutesFile != "" || read.ProposedBy != "" ||
			!read.Contributors[0].ConfirmedAt.IsZero() || !slices.Equal(read.Actions, []string{"edit", "propose"}) {
			t.Errorf("%+v (%v)", read, err)
		}
		_, err = w.service.StepPlan(w.ctx, rewardOfficer, v.ID, reward.PlanStep{Verb: "supersede"})
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
		_, err = w.service.StepPlan(w.ctx, rewardOfficer, v.ID, reward.PlanStep{Verb: "propose"})
		wantCode(t, err, errs.Invalid, "main_contributors_below_floor")
		if needed := errs.As(err).Params["team_bps_needed"]; needed != int64(7778) {
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

func TestAReceiptIsDividedOverOwnersAndTheirContributors(t *testing.T) {
	forEachRewardWorld(t, func(t *testing.T, w *rewardWorld) {
		plan := w.effective(rewardOfficer, rewardHead, reward.PlanForm{})
		w.move("", reward.Event{Type: reward.Receipt, Amount: 100_000_000, Taxes: 30_000, DirectCosts: 2_000_000, SellerCommission: 3_000_000})
		w.compute() // again: nothing new
		found := w.distributions(rewardFinance)
		if len(found) != 1 {
			t.Fatalf("%d distributions", len(found))
		}
		d := found[0]
		if d.PlanID != plan.ID || d.Event.Amount != 70_000_000 || d.Event.Taxes != 21_000 || d.Effect.Pool != 49_000_000 ||
			d.Effect.Main != 49_000_000 || d.Effect.Base != 70_000_000 || d.InstitutionTotal != 17_479_000 || d.Rule.FloorBps != 7000 {
			t.Errorf("%+v", d.Distribution)
		}
		if got, want := amounts(d.Distribution), []int64{27_222_222, 16_333_333, 5_444_445}; !slices.Equal(got, want) {
			t.Errorf("shares %v, want %v", got, want)
		}
		if d.Shares[0].GroupWeight != 9 || d.Names["p1"] != "名p1" || !slices.Equal(d.Effect.Shares, amounts(d.Distribution)) {
			t.Errorf("%+v", d.Shares)
		}
		if others := w.distributions(coHead); len(others) != 0 {
			t.Error("an owner without a plan has a distribution")
		}
		// The co-owner's plan takes up the receipt that waited for it.
		w.effective(coOfficer, coHead, reward.PlanForm{})
		w.compute()
		late := w.distributions(coHead)
		if len(late) != 1 || late[0].Event.Amount != 30_000_000 || late[0].Effect.Pool != 21_000_000 {
			t.Errorf("%+v", late)
		}
		_, err := w.service.Distribution(w.ctx, rewardFinance, late[0].ID)
		wantCode(t, err, errs.NotFound, "not_found")
	})
}

func TestARefundFollowsItsReceiptsPlan(t *testing.T) {
	forEachRewardWorld(t, func(t *testing.T, w *rewardWorld) {
		first := w.effective(rewardOfficer, rewardHead, reward.PlanForm{})
		receipt := w.move("", total(1_000_000))
		second := w.effective(rewardOfficer, rewardHead, reward.PlanForm{Contributors: []reward.PlanContributor{
			{Contributor: reward.Contributor{ID: "p3", Role: reward.Completer, Weight: 1}, Leader: reward.NoLeader},
		}})
		if read, err := w.service.Plan(w.ctx, rewardHead, first.ID); err != nil || read.Position.State != reward.PlanSuperseded || second.Number != 2 {
			t.Fatalf("the first plan is %s, the second has number %d (%v)", read.Position.State, second.Number, err)
		}
		w.move("", total(2_000_000))
		w.move(receipt, reward.Event{Type: reward.Refund, Amount: 1_000_000})
		byPlan := map[string][]reward.DistributionView{}
		for _, d := range w.distributions(rewardFinance) {
			byPlan[d.PlanID] = append(byPlan[d.PlanID], d)
		}
		old := byPlan[first.ID]
		if len(old) != 2 || len(byPlan[second.ID]) != 1 {
			t.Fatalf("%d under the first plan, %d under the second", len(old), len(byPlan[second.ID]))
		}
		for i, a := range amounts(old[1].Distribution) {
			if a != -old[0].Shares[i].Amount {
				t.Errorf("%s got %d and gave back %d", old[0].Shares[i].PersonID, old[0].Shares[i].Amount, -a)
			}
		}
		if old[1].Seq != 2 || old[1].ReceiptID != receipt || old[1].InstitutionTotal != 0 {
			t.Errorf("%+v", old[1].Distribution)
		}
		if got := amounts(byPlan[second.ID][0].Distribution); !slices.Equal(got, []int64{980_000}) {
			t.Errorf("the second plan gives %v", got)
		}
	})
}

func TestALateComputationGivesWhatAnEarlyOneWouldHave(t *testing.T) {
	forEachRewardWorld(t, func(t *testing.T, w *rewardWorld) {
		first := w.effective(rewardOfficer, rewardHead, reward.PlanForm{})
		w.clock.Advance(time.Minute)
		w.movements = append(w.movements, reward.Movement{ID: "m1", Event: total(1000), On: clock.DateOf(w.clock.Now()),
			RecordedBy: "acc-officer", RecordedAt: w.clock.Now()})
		w.effective(rewardOfficer, rewardHead, reward.PlanForm{})
		w.compute() // only now, under the second plan
		if found := w.distributions(rewardFinance); len(found) != 1 || found[0].PlanID != first.ID {
			t.Errorf("%+v", found)
		}
	})
}

func TestComputingAtOnceComputesOnce(t *testing.T) {
	forEachRewardWorld(t, func(t *testing.T, w *rewardWorld) {
		w.effective(rewardOfficer, rewardHead, reward.PlanForm{})
		w.clock.Advance(time.Minute)
		for i := range 3 {
			w.movements = append(w.movements, reward.Movement{ID: fmt.Sprint("m", i), Event: total(1000), On: clock.DateOf(w.clock.Now()),
				RecordedBy: "acc-officer", RecordedAt: w.clock.Now()})
		}
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				// The one that lost finds the others' rows when its event is delivered again.
				if err := w.service.ComputeDue(w.ctx, w.earning.ContractID); err != nil && errs.KindOf(err) != errs.Conflict {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		found := w.distributions(rewardFinance)
		if len(found) != 3 || found[2].Seq != 3 || found[2].InstitutionTotal != 630 {
			t.Errorf("%+v", found)
		}
	})
}

func TestAPaymentNeedsTwoPersonsAndItsProof(t *testing.T) {
	forEachRewardWorld(t, func(t *testing.T, w *rewardWorld) {
		w.effective(rewardOfficer, rewardHead, reward.PlanForm{})
		w.move("", total(1_000_000))
		d := w.distributions(rewardFinance)[0]
		recorder := rewardFinance
		recorder.AccountID = rewardOfficer.AccountID
		_, err := w.service.StepDistribution(w.ctx, recorder, d.ID, reward.DistributionStep{Verb: "approve"})
		wantCode(t, err, errs.Forbidden, "not_allowed")
		pay := reward.DistributionStep{Verb: "pay", PaidOn: clock.DateOf(w.clock.Now()), PaymentReference: "PAY-1", ProofFile: "slip"}
		_, err = w.service.StepDistribution(w.ctx, rewardFinance, d.ID, pay)
		wantCode(t, err, errs.Conflict, "illegal_step")
		v, err := w.service.StepDistribution(w.ctx, rewardFinance, d.ID, reward.DistributionStep{Verb: "approve"})
		if err != nil || v.ApprovedBy != "acc-finance" || !slices.Equal(v.Actions, []string{"pay"}) {
			t.Fatalf("%+v (%v)", v, err)
		}
		_, err = w.service.StepDistribution(w.ctx, rewardFinance, d.ID, reward.DistributionStep{Verb: "pay"})
		if len(errs.As(err).Fields) != 2 {
			t.Errorf("%v", err)
		}
		if _, err := w.service.StepDistribution(w.ctx, rewardFinance, d.ID, pay); err != nil {
			t.Fatal(err)
		}
		accept := reward.DistributionStep{Verb: "accept"}
		v, err = w.service.StepDistribution(w.ctx, person("p1"), d.ID, accept)
		if err != nil || v.Position.State != reward.DistributionPaid || len(v.Shares) != 1 || v.Shares[0].PersonID != "p1" {
			t.Errorf("%+v (%v)", v, err)
		}
		_, err = w.service.StepDistribution(w.ctx, person("p1"), d.ID, accept)
		wantCode(t, err, errs.Conflict, "already_accepted")
		for _, p := range []string{"p2", "p3"} {
			if v, err = w.service.StepDistribution(w.ctx, person(p), d.ID, accept); err != nil {
				t.Fatal(err)
			}
		}
		read, err := w.service.Distribution(w.ctx, rewardHead, d.ID)
		if err != nil || read.Position.State != reward.DistributionConfirmed || read.PaymentReference != "PAY-1" ||
			read.ProofFile != "slip" || read.Shares[2].AcceptedAt.IsZero() || read.Shares[0].AcceptedAt.IsZero() {
			t.Errorf("%+v (%v)", read.Distribution, err)
		}
		_, err = w.service.StepDistribution(w.ctx, rewardHead, d.ID, reward.DistributionStep{Verb: "compute"})
		wantCode(t, err, errs.Invalid, "invalid_fields")
	})
}

func TestTwoApprovalsAtOnceAreOne(t *testing.T) {
	forEachRewardWorld(t, func(t *testing.T, w *rewardWorld) {
		w.effective(rewardOfficer, rewardHead, reward.PlanForm{})
		w.move("", total(1_000_000))
		d := w.distributions(rewardFinance)[0]
		var wg sync.WaitGroup
		var mu sync.Mutex
		approved := 0
		for _, actor := range []policy.Actor{rewardFinance, rewardHead, rewardFinance, rewardHead} {
			wg.Go(func() {
				_, err := w.service.StepDistribution(w.ctx, actor, d.ID, reward.DistributionStep{Verb: "approve"})
				switch code := errs.As(err); {
				case err == nil:
					mu.Lock()
					approved++
					mu.Unlock()
				case code.Kind != errs.Conflict && code.Kind != errs.Stale:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if approved != 1 {
			t.Errorf("approved %d times", approved)
		}
	})
}

func TestPaymentsAreHeldWhileTheInstitutionWouldPayMoreThanItKeeps(t *testing.T) {
	forEachRewardWorld(t, func(t *testing.T, w *rewardWorld) {
		w.earning.Owners = w.earning.Owners[:1]
		w.earning.Owners[0].WeightBps = 10_000
		w.effective(rewardOfficer, rewardHead, reward.PlanForm{})
		w.move("", total(1_000_000))
		first := w.distributions(rewardFinance)[0]
		if _, err := w.service.StepDistribution(w.ctx, rewardFinance, first.ID, reward.DistributionStep{Verb: "approve"}); err != nil {
			t.Fatal(err)
		}
		w.move("", reward.Event{Type: reward.Receipt, Amount: 1_000_000, DirectCosts: 700_000})
		found := w.distributions(rewardFinance)
		for _, d := range found {
			if d.Position.State != reward.DistributionHeld || d.ApprovedBy != "" {
				t.Errorf("distribution %d is %s, approved by %q", d.Seq, d.Position.State, d.ApprovedBy)
			}
		}
		if found[1].InstitutionTotal != -100_000 {
			t.Errorf("institution %d", found[1].InstitutionTotal)
		}
		_, err := w.service.StepDistribution(w.ctx, rewardFinance, first.ID, reward.DistributionStep{Verb: "approve"})
		wantCode(t, err, errs.Conflict, "illegal_step")
		_, err = w.service.StepDistribution(w.ctx, rewardHead, first.ID, reward.DistributionStep{Verb: "release"})
		wantCode(t, err, errs.Invalid, "invalid_fields")
		if _, err := w.service.StepDistribution(w.ctx, rewardHead, first.ID, reward.DistributionStep{Verb: "release", Reason: "单位承担成本"}); err != nil {
			t.Fatal(err)
		}
		// Better news does not undo the institution's decision.
		w.move("", total(10_000_000))
		states := []string{}
		for _, d := range w.distributions(rewardFinance) {
			states = append(states, string(d.Position.State))
		}
		if !slices.Equal(states, []string{"computed", "held", "computed"}) {
			t.Errorf("%v", states)
		}
	})
}

func TestOnesOwnViewSaysWhatIsOwedAndWhy(t *testing.T) {
	forEachRewardWorld(t, func(t *testing.T, w *rewardWorld) {
		w.effective(rewardOfficer, rewardHead, reward.PlanForm{})
		w.move("", total(1_000_000))
		w.move("", total(2_000_000))
		first := w.distributions(rewardFinance)[0]
		for _, r := range []reward.DistributionStep{{Verb: "approve"}, {Verb: "pay", PaidOn: first.On, PaymentReference: "P"}} {
			if _, err := w.service.StepDistribution(w.ctx, rewardFinance, first.ID, r); err != nil {
				t.Fatal(err)
			}
		}
		page, err := w.service.Own(w.ctx, person("p1"), "", 1)
		if err != nil {
			t.Fatal(err)
		}
		if page.Paid != 272_222 || page.Owed != 544_444 || len(page.Items) != 1 || page.Next == "" {
			t.Errorf("%+v", page)
		}
		item := page.Items[0]
		if item.ContractName != "电池回收工艺许可" || item.OwnerName.Zh != "卖方" || item.Amount != 544_444 || item.Weight != 5 ||
			item.GroupWeight != 9 || item.Base != 1_400_000 || item.Pool != 980_000 || item.Rule.FloorBps != 7000 || item.State != reward.DistributionComputed {
			t.Errorf("%+v", item)
		}
		next, err := w.service.Own(w.ctx, person("p1"), page.Next, 1)
		if err != nil || len(next.Items) != 1 || next.Items[0].DistributionID != first.ID || next.Items[0].LegalFloor != "national-2015/1" || next.Items[0].PaidOn != first.On || next.Next != "" {
			t.Errorf("%+v (%v)", next, err)
		}
		if other, err := w.service.Own(w.ctx, person("p8"), "", 10); err != nil || len(other.Items) != 0 || other.Owed != 0 {
			t.Errorf("%+v (%v)", other, err)
		}
		claimed := policy.Actor{AccountID: "acc", PersonID: "per", Entries: []string{"p1", "p2"}}
		if both, err := w.service.Own(w.ctx, claimed, "", 3); err != nil || both.Paid != 272_222+163_333 || len(both.Items) != 3 || both.Next == "" {
			t.Errorf("under two claimed entries: %+v (%v)", both, err)
		} else if rest, err := w.service.Own(w.ctx, claimed, both.Next, 3); err != nil || len(rest.Items) != 1 || rest.Items[0].PersonID != "p2" {
			t.Errorf("the rest: %+v (%v)", rest, err)
		}
		_, err = w.service.Own(w.ctx, person("p1"), "nonsense", 10)
		wantCode(t, err, errs.Malformed, "malformed_cursor")
		_, err = w.service.Own(w.ctx, policy.Actor{}, "", 10)
		if err == nil {
			t.Error("a visitor has a view of rewards")
		}
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
	})
}

func TestWhatWasComputedCannotBeRewritten(t *testing.T) {
	forEachRewardWorld(t, func(t *testing.T, w *rewardWorld) {
		w.effective(rewardOfficer, rewardHead, reward.PlanForm{})
		w.move("", total(1_000_000))
		for _, statement := range []string{
			`UPDATE distributions SET pool_fen = pool_fen + 1, institution_fen = institution_fen - 1`,
			`UPDATE distribution_shares SET amount_fen = amount_fen + 1`,
			`DELETE FROM distribution_shares`,
			`UPDATE plans SET floor_bps = 1`,
			`UPDATE plan_contributors SET weight = 7`,
			`DELETE FROM plan_contributors`,
		} {
			_, err := w.db.Exec(w.ctx, statement)
			wantCode(t, err, errs.Conflict, "append_only")
		}
		if _, err := w.db.Exec(w.ctx, `UPDATE distributions SET approved_by = prepared_by`); err == nil {
			t.Error("who prepared a payment approved it")
		}
	})
}
