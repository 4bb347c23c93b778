package store_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/policy"
	"chengqiao/internal/reward"
	"chengqiao/internal/store"
)

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
		foreign := pay
		foreign.ProofFile = "minutes"
		_, err = w.service.StepDistribution(w.ctx, rewardFinance, d.ID, foreign)
		wantFault(t, err, "file_id", "file_not_attached")
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

func TestADistributionDoesNotWaitForWhoHasErasedTheAccount(t *testing.T) {
	forEachRewardWorld(t, func(t *testing.T, w *rewardWorld) {
		for _, p := range []string{"p1", "p3"} {
			w.claimed(p)
		}
		erase := w.claimed("p2")
		w.effective(rewardOfficer, rewardHead, reward.PlanForm{})
		w.move("", total(1_000_000))
		w.move("", total(1_000_000))
		found := w.distributions(rewardFinance)
		paid := func(d reward.DistributionView) string {
			t.Helper()
			for _, r := range []reward.DistributionStep{{Verb: "approve"}, {Verb: "pay", PaidOn: d.On, PaymentReference: "P"}} {
				if _, err := w.service.StepDistribution(w.ctx, rewardFinance, d.ID, r); err != nil {
					t.Fatal(err)
				}
			}
			return d.ID
		}
		accept := func(id, by string) {
			t.Helper()
			if _, err := w.service.StepDistribution(w.ctx, person(by), id, reward.DistributionStep{Verb: "accept"}); err != nil {
				t.Fatal(err)
			}
		}
		settles := func(when string, want int) {
			t.Helper()
			if n, err := w.service.SettleDue(w.ctx, 10); err != nil || n != want {
				t.Fatalf("%s: settles %d, want %d (%v)", when, n, want, err)
			}
		}
		first := paid(found[0])
		accept(first, "p1")
		accept(first, "p3")
		settles("while the third can confirm", 0)
		erase()
		second := paid(found[1]) // what is owed is paid as before
		accept(second, "p1")
		settles("once the third cannot, and another has not in the second", 1)
		settles("again", 0)

		d, err := w.service.Distribution(w.ctx, rewardHead, first)
		if err != nil || d.Position.State != reward.DistributionConfirmed || d.PaymentReference != "P" ||
			d.Shares[1].Amount != found[0].Shares[1].Amount || !d.Shares[1].AcceptedAt.IsZero() || d.Shares[0].AcceptedAt.IsZero() {
			t.Errorf("%+v (%v)", d.Distribution, err)
		}
		steps, err := w.journal.Steps(w.ctx, reward.DistributionKind, first)
		if last := steps[len(steps)-1]; err != nil || last.Action != string(policy.RewardSettle) || last.Reason == "" {
			t.Errorf("the last step is %+v (%v)", last, err)
		}
		if d, err = w.service.Distribution(w.ctx, rewardHead, second); err != nil || d.Position.State != reward.DistributionPaid {
			t.Errorf("one who can confirm is not waited for: %s (%v)", d.Position.State, err)
		}
		accept(second, "p3")
		settles("when the last who can has confirmed", 1)
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
		steps, err := w.service.DistributionTimeline(w.ctx, rewardFinance, first.ID)
		if err != nil || len(steps) != 4 || steps[1].AccountID != rewardFinance.AccountID || steps[3].Reason != "单位承担成本" {
			t.Errorf("%+v (%v)", steps, err)
		}
		_, err = w.service.DistributionTimeline(w.ctx, person("p1"), first.ID)
		wantCode(t, err, errs.NotFound, "not_found")
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

// The list and the shares are two readings: between them there may come another
// distribution, whose shares are no other's.
func TestDistributionsAreReadWithTheirOwnSharesWhileOthersCome(t *testing.T) {
	forEachRewardWorld(t, func(t *testing.T, w *rewardWorld) {
		plan := w.effective(rewardOfficer, rewardHead, reward.PlanForm{})
		rows, over := store.NewReward(w.db), make(chan struct{})
		var readers sync.WaitGroup
		for range 3 {
			readers.Go(func() {
				for {
					found, err := rows.Distributions(w.ctx, w.earning.ContractID)
					if err != nil {
						t.Error(err)
						return
					}
					for _, d := range found {
						if len(d.Shares) != len(plan.Contributors) {
							t.Errorf("%d of %d contributors have a share of the %d. distribution of %d", len(d.Shares), len(plan.Contributors), d.Seq, len(found))
							return
						}
					}
					select {
					case <-over:
						return
					default:
					}
				}
			})
		}
		for range 60 {
			w.move("", total(1_000))
		}
		close(over)
		readers.Wait()
	})
}
