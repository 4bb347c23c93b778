package store_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"chengqiao/config"
	"chengqiao/internal/account"
	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/ident"
	"chengqiao/internal/journal"
	"chengqiao/internal/lifecycle"
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
	journal *store.Journal
	service *reward.Service
	deps    reward.Deps

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

// Attached gives a plan its minutes and notice, a distribution its slip.
func (*rewardWorld) Attached(_ context.Context, kind, _ string, ids []string) (map[string]bool, error) {
	out := map[string]bool{}
	for _, id := range ids {
		out[id] = kind == reward.PlanKind && (id == "minutes" || id == "notice") || kind == reward.DistributionKind && id == "slip"
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
		j := store.NewJournal(db, store.Subscriptions{"reward": event.Named(event.PlanEffective)}, nil)
		w.journal = j
		w.deps = reward.Deps{
			Tx: db, Store: store.NewReward(db), Journal: j, History: j, Contracts: w, Achievements: w, Persons: w,
			Organisations: w, Files: w, Rulebook: rules, Calendar: calendar, Clock: w.clock, Config: reward.Config{HomeRegion: "650000", PublicityDays: reward.PublicityDays},
		}
		w.service = reward.NewService(w.deps)
		fn(t, w)
	}, reward.PlanMachine, reward.DistributionMachine, account.Machine)
}

// claimed gives a person an account, and the way to erase it as its owner does:
// the name stays with the payments.
func (w *rewardWorld) claimed(person string) (erase func()) {
	w.t.Helper()
	rows := store.NewAccount(w.db)
	a := account.Account{ID: "acc-" + person, PersonID: person, Version: 1, CreatedAt: w.clock.Now()}
	step := func(action policy.Action) {
		w.t.Helper()
		if err := w.db.InTx(w.ctx, func(ctx context.Context) error {
			s, err := account.Machine.Step(a.ID, a.Position, string(action), "")
			if err != nil {
				return err
			}
			a.Position = lifecycle.Position{State: s.To, Seq: s.Seq}
			if s.From == lifecycle.New {
				err = errors.Join(rows.InsertPerson(ctx, account.Person{ID: person, Name: "名" + person, AccountID: a.ID, CreatedAt: w.clock.Now()}), rows.InsertAccount(ctx, a))
			} else {
				a.Version++
				err = rows.SaveAccount(ctx, a)
			}
			if err != nil {
				return err
			}
			return w.journal.Write(ctx, journal.Entry{
				Actor: policy.SystemActor(), Action: action, Kind: account.Kind, Subject: a.ID, Version: a.Version, At: w.clock.Now(), Step: &s,
			})
		}); err != nil {
			w.t.Fatal(err)
		}
	}
	step(policy.AccountRegister)
	step(policy.AccountRegister)
	return func() { step(policy.AccountErase) }
}

func (w *rewardWorld) create(actor policy.Actor, f reward.PlanForm) reward.PlanView {
	w.t.Helper()
	v, err := w.service.CreatePlan(w.ctx, actor, w.earning.ContractID, f)
	if err != nil {
		w.t.Fatal(err)
	}
	return v
}

// try takes a step with the plan as it stands.
func (w *rewardWorld) try(actor policy.Actor, id string, r reward.PlanStep) (reward.PlanView, error) {
	w.t.Helper()
	p, err := store.NewReward(w.db).Plan(w.ctx, id)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.service.StepPlan(w.ctx, actor, id, p.Version, r)
}

func (w *rewardWorld) step(actor policy.Actor, id string, r reward.PlanStep) reward.PlanView {
	w.t.Helper()
	v, err := w.try(actor, id, r)
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
