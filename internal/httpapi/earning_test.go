package httpapi_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"
	"time"

	"chengqiao/config"
	"chengqiao/internal/clock"
	"chengqiao/internal/contract"
	"chengqiao/internal/errs"
	"chengqiao/internal/httpapi"
	"chengqiao/internal/httpapi/contracttest"
	"chengqiao/internal/policy"
	"chengqiao/internal/reward"
	"chengqiao/internal/store"
	"chengqiao/internal/store/storetest"
	"chengqiao/internal/text"
)

// earningWorld serves contracts and rewards over a real store. The deal, its
// package and the people around it are given by the test; a session's token
// is the name of one of its actors.
type earningWorld struct {
	contracts *contract.Service
	rewards   *reward.Service
	clock     *clock.Manual
}

var earningActors = map[string]policy.Actor{
	"officer":  {AccountID: "acc-officer", PersonID: "per-officer", OrgID: "seller", OrgKind: policy.Institute, OrgVerified: true, Roles: []policy.Role{policy.Officer}},
	"head":     {AccountID: "acc-head", PersonID: "per-head", OrgID: "seller", OrgKind: policy.Institute, OrgVerified: true, Roles: []policy.Role{policy.Head}},
	"finance":  {AccountID: "acc-finance", PersonID: "per-finance", OrgID: "seller", OrgKind: policy.Institute, OrgVerified: true, Roles: []policy.Role{policy.Finance}},
	"manager":  {AccountID: "acc-manager", PersonID: "per-manager", OrgID: "buyer", OrgKind: policy.Enterprise, OrgVerified: true, Roles: []policy.Role{policy.Manager}},
	"inventor": {AccountID: "acc-inventor", PersonID: "p1"},
	"stranger": {AccountID: "acc-stranger", PersonID: "per-stranger", OrgID: "stranger", OrgKind: policy.Enterprise, Roles: []policy.Role{policy.Manager}},
}

func (earningWorld) Authenticate(_ context.Context, token, _ string) (httpapi.Session, error) {
	return httpapi.Session{ID: token, Actor: earningActors[token]}, nil
}

func (earningWorld) Sides(_ context.Context, id string) (contract.DealSides, error) {
	if id != "deal-1" {
		return contract.DealSides{}, errs.New(errs.NotFound, "not_found")
	}
	return contract.DealSides{SellerOrg: "seller", BuyerOrg: "buyer", PackageID: "package-1", Negotiating: true}, nil
}

func (earningWorld) MarkContracted(context.Context, string) error { return nil }

func (earningWorld) Components(context.Context, string) ([]contract.Component, error) {
	return []contract.Component{{Kind: "achievement", AchievementID: "ach-1", Title: text.Zh("电池回收"), WeightBps: 10_000,
		Rights: contract.Rights{Offer: "licence", Exclusivity: "EXCLUSIVE", TermMonths: 60}}}, nil
}

// Disagreeing finds that every owner agrees.
func (*earningWorld) Disagreeing(context.Context, string, []contract.Component) (string, error) {
	return "", nil
}

func (earningWorld) Snapshot(_ context.Context, id string) (contract.Organisation, error) {
	return contract.Organisation{ID: id, Name: text.Zh("单位" + id), CreditCode: "91350100M000100Y43", Region: "650100"}, nil
}

func (w *earningWorld) Earning(ctx context.Context, id string) (reward.Earning, error) {
	c, err := w.contracts.Of(ctx, id)
	if err != nil {
		return reward.Earning{}, err
	}
	e := reward.Earning{ContractID: c.ID, Name: c.Terms.Name}
	for _, o := range c.Owners() {
		e.Owners = append(e.Owners, reward.Owner{OrgID: o.OrgID, Name: o.Name, WeightBps: o.WeightBps,
			Achievements: []reward.OwnedAchievement{{ID: "ach-1", WeightBps: o.WeightBps}}})
	}
	return e, nil
}

func (w *earningWorld) Movements(ctx context.Context, id string) ([]reward.Movement, error) {
	moved, err := w.contracts.MovementsOf(ctx, id)
	var out []reward.Movement
	for _, m := range moved {
		out = append(out, reward.Movement{ID: m.ID, ReceiptID: m.ReceiptID, On: m.On, RecordedBy: m.RecordedBy, RecordedAt: m.RecordedAt,
			Event: reward.Event{Type: reward.EventType(m.Type), Amount: m.NetOfVAT(), Taxes: m.Taxes, DirectCosts: m.DirectCosts, SellerCommission: m.SellerCommission}})
	}
	return out, err
}

func (earningWorld) Contributors(context.Context, string) ([]reward.Contributor, error) {
	return []reward.Contributor{{ID: "p1", Role: reward.Completer, Weight: 1}}, nil
}

func (earningWorld) Names(_ context.Context, ids []string) (map[string]string, error) {
	return earningWorld{}.AccountNames(context.Background(), ids)
}

func (earningWorld) Attached(_ context.Context, _, _ string, ids []string) (map[string]bool, error) {
	out := map[string]bool{}
	for _, id := range ids {
		out[id] = id == "minutes"
	}
	return out, nil
}

func (earningWorld) Region(context.Context, string) (string, error) { return "650100", nil }

func (earningWorld) OrganisationNames(_ context.Context, ids []string) (map[string]text.Text, error) {
	out := map[string]text.Text{}
	for _, id := range ids {
		out[id] = text.Zh("单位" + id)
	}
	return out, nil
}

func (earningWorld) AccountNames(_ context.Context, ids []string) (map[string]string, error) {
	out := map[string]string{}
	for _, id := range ids {
		out[id] = "名" + id
	}
	return out, nil
}

// serveEarning gives a client for each actor.
func serveEarning(t *testing.T) (*earningWorld, func(name string) *contracttest.Client) {
	t.Helper()
	db := storetest.SQLite(t, contract.Machine, reward.PlanMachine, reward.DistributionMachine)
	rules, err := reward.LoadRulebook(config.Files)
	if err != nil {
		t.Fatal(err)
	}
	calendar, err := clock.LoadCalendar(config.Files)
	if err != nil {
		t.Fatal(err)
	}
	w := &earningWorld{clock: clock.NewManual(time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC))}
	j := store.NewJournal(db, nil, nil)
	plans := store.NewReward(db)
	w.contracts = contract.NewService(contract.Deps{Tx: db, Store: store.NewContract(db), Journal: j, History: j,
		Deals: w, Packages: w, Organisations: w, Contributors: plans, Files: w, Clock: w.clock})
	w.rewards = reward.NewService(reward.Deps{Tx: db, Store: plans, Journal: j, History: j, Contracts: w, Achievements: w,
		Persons: w, Organisations: w, Files: w, Rulebook: rules, Calendar: calendar, Clock: w.clock,
		Config: reward.Config{PublicityDays: reward.PublicityDays}})
	handler, err := httpapi.New(httpapi.NewAPI(httpapi.Services{Contracts: w.contracts, Rewards: w.rewards, Directory: w}), httpapi.Options{
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Auth: w, PublicURL: "http://localhost", MaxBody: 1 << 20,
		Web: fstest.MapFS{"index.html": {Data: []byte("<html><head></head><body></body></html>")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return w, func(name string) *contracttest.Client {
		c := contracttest.New(t, server.URL)
		c.Session(name)
		return c
	}
}

type body = map[string]any

func cny(amount string) body { return body{"amount": amount, "currency": "CNY"} }

func earningTerms() body {
	return body{"type": "licence_patent", "name": "电池回收许可", "total": cny("1060000.00"), "technology_amount": cny("1000000.00"),
		"payment": body{"kind": "lump_sum", "due_on": "2026-12-01"}}
}

// signedContract drafts and signs a contract over HTTP and gives its path.
func signedContract(as func(string) *contracttest.Client) string {
	officer, manager := as("officer"), as("manager")
	v := officer.Post("/contracts", body{"deal_id": "deal-1", "terms": earningTerms()}).Expect(http.StatusCreated)
	path := "/contracts/" + v.Text("id")
	for _, step := range []struct{ who, action string }{{"officer", "propose"}, {"head", "sign"}, {"manager", "sign"}} {
		v = as(step.who).Post(path+"/steps", body{"action": step.action}, contracttest.IfMatch(v.ETag())).Expect(http.StatusOK)
	}
	manager.Get(path).Expect(http.StatusOK)
	return path
}

func TestAContractIsDraftedEditedAndSignedOverHTTP(t *testing.T) {
	_, as := serveEarning(t)
	officer, manager := as("officer"), as("manager")
	v := officer.Post("/contracts", body{"deal_id": "deal-1", "terms": earningTerms()}).Expect(http.StatusCreated)
	path := "/contracts/" + v.Text("id")
	if v.Text("parties.0.role") != "seller" || v.Text("parties.1.name.zh") != "单位buyer" || v.Text("components.0.rights.exclusivity") != "EXCLUSIVE" {
		t.Errorf("%s", v.Body)
	}
	terms := earningTerms()
	terms["payment"] = body{"kind": "instalments", "instalments": []body{{"amount": cny("60000.00"), "milestone": "签约"}, {"amount": cny("1000000.01"), "due_on": "2026-12-01"}}}
	bad := manager.Put(path, terms, contracttest.IfMatch(v.ETag())).Refused(http.StatusUnprocessableEntity, "invalid_fields")
	if bad.FieldCode("payment.instalments") != "sum_differs_from_total" {
		t.Errorf("%s", bad.Body)
	}
	terms["payment"] = body{"kind": "lump_sum"}
	edited := manager.Put(path, terms, contracttest.IfMatch(v.ETag())).Expect(http.StatusOK)
	manager.Put(path, terms, contracttest.IfMatch(v.ETag())).Refused(http.StatusPreconditionFailed, "stale_version")
	proposed := officer.Post(path+"/steps", body{"action": "propose"}, contracttest.IfMatch(edited.ETag())).Expect(http.StatusOK)
	once := as("head").Post(path+"/steps", body{"action": "sign"}, contracttest.IfMatch(proposed.ETag())).Expect(http.StatusOK)
	if once.Text("state") != "half_signed" || !once.Has("parties.0.signed_at") || once.Has("parties.1.signed_at") {
		t.Errorf("%s", once.Body)
	}
	both := manager.Post(path+"/steps", body{"action": "sign"}, contracttest.IfMatch(once.ETag())).Expect(http.StatusOK)
	if both.Text("state") != "signed" || both.Text("signed_on") != "2026-11-23" {
		t.Errorf("%s", both.Body)
	}
	if seller, buyer := both.Text("parties.0.signed_by"), both.Text("parties.1.signed_by"); seller == "" || buyer == "" || seller == buyer || once.Has("parties.1.signed_by") {
		t.Errorf("signed by %q and %q: %s", seller, buyer, once.Body)
	}
	history := manager.Get(path + "/steps").Expect(http.StatusOK)
	if history.Text("items.0.action") != "contract.draft" || history.Text("items.2.actor") != "名acc-head · 单位seller" || history.Text("items.3.actor") != "名acc-manager · 单位buyer" {
		t.Errorf("%s", history.Body)
	}
	if page := manager.Get("/contracts?state=signed").Expect(http.StatusOK); page.Text("items.0.id") != both.Text("id") {
		t.Errorf("%s", page.Body)
	}
	as("stranger").Get(path).Refused(http.StatusNotFound, "not_found")
	as("").Get(path).Refused(http.StatusNotFound, "not_found")
	officer.Post("/contracts", body{"deal_id": "deal-2", "terms": earningTerms()}).Refused(http.StatusNotFound, "not_found")
}

func TestMoneyIsRecordedAndRefundedOverHTTP(t *testing.T) {
	_, as := serveEarning(t)
	path := signedContract(as)
	finance := as("finance")
	form := body{"received_on": "2026-11-23", "gross": cny("1060000.00"), "vat": cny("60000.00"), "direct_costs": cny("20000.00"), "bank_reference": "B1"}
	receipt := finance.Post(path+"/receipts", form).Expect(http.StatusCreated)
	if receipt.Text("net_of_vat.amount") != "1000000.00" || receipt.Text("refundable.amount") != "1060000.00" {
		t.Errorf("%s", receipt.Body)
	}
	finance.Post(path+"/receipts", form).Refused(http.StatusConflict, "bank_reference_used")
	form["gross"] = body{"amount": 1060000, "currency": "CNY"}
	if status := finance.Post(path+"/receipts", form).Status; status < 400 {
		t.Errorf("a number in place of an amount answers %d", status)
	}
	refunds := "/receipts/" + receipt.Text("id") + "/refunds"
	back := body{"refunded_on": "2026-11-23", "gross": cny("1060000.01"), "vat": cny("60000.00"), "bank_reference": "B2", "reason": "退款"}
	finance.Post(refunds, back).Refused(http.StatusConflict, "refund_exceeds_receipts")
	back["gross"] = cny("60000.00")
	back["vat"] = cny("10000.00")
	finance.Post(refunds, back).Expect(http.StatusCreated)
	seen := as("manager").Get(path + "/receipts").Expect(http.StatusOK)
	if seen.Has("items.0.direct_costs") || seen.Text("items.1.type") != "REFUND" || seen.Text("items.0.refundable.amount") != "1000000.00" {
		t.Errorf("%s", seen.Body)
	}
	if c := finance.Get(path).Expect(http.StatusOK); c.Text("received.amount") != "1060000.00" || c.Text("refunded.amount") != "60000.00" {
		t.Errorf("%s", c.Body)
	}
}

func TestARewardIsAgreedPaidAndSeenByItsInventorOverHTTP(t *testing.T) {
	w, as := serveEarning(t)
	path := signedContract(as)
	officer, head, finance, inventor := as("officer"), as("head"), as("finance"), as("inventor")
	plan := officer.Post(path+"/plans", body{}).Expect(http.StatusCreated)
	if plan.Text("rule.version") != "default-total-70/1" || plan.Text("contributors.0.name") != "名p1" || plan.Text("owner_name.zh") != "单位seller" {
		t.Errorf("%s", plan.Body)
	}
	planPath := "/plans/" + plan.Text("id")
	contributors := []body{{"person_id": "p1", "role": "COMPLETER", "weight": 9}, {"person_id": "p2", "role": "SUPPORT", "weight": 1, "leader": "chief"}}
	plan = officer.Put(planPath, body{"contributors": contributors}, contracttest.IfMatch(plan.ETag())).Expect(http.StatusOK)
	planStep(officer, planPath, body{"action": "propose"}).Refused(http.StatusUnprocessableEntity, "main_contributors_below_floor")
	officer.Put(planPath, body{"rule": body{"base": "NET", "floor_bps": 4000}}, contracttest.IfMatch(plan.ETag())).
		Refused(http.StatusUnprocessableEntity, "rule_below_legal_floor")
	officer.Put(planPath, body{"contributors": contributors[:1]}, contracttest.IfMatch(plan.ETag())).Expect(http.StatusOK)
	planStep(officer, planPath, body{"action": "propose"}).Expect(http.StatusOK)
	if v := planStep(inventor, planPath, body{"action": "confirm"}).Expect(http.StatusOK); v.Text("state") != "confirmed" {
		t.Errorf("%s", v.Body)
	}
	planStep(officer, planPath, body{"action": "decide", "file_id": "minutes"}).Refused(http.StatusForbidden, "not_allowed")
	foreign := planStep(head, planPath, body{"action": "decide", "file_id": "theirs"}).Refused(http.StatusUnprocessableEntity, "invalid_fields")
	if foreign.FieldCode("file_id") != "file_not_attached" {
		t.Errorf("%s", foreign.Body)
	}
	planStep(head, planPath, body{"action": "decide", "file_id": "minutes"}).Expect(http.StatusOK)
	if v := planStep(officer, planPath, body{"action": "publicise"}).Expect(http.StatusOK); v.Text("publicity_ends_on") != "2026-12-14" {
		t.Errorf("%s", v.Body)
	}
	planStep(officer, planPath, body{"action": "effect"}).Refused(http.StatusConflict, "publicity_running")
	w.clock.Advance(22 * 24 * time.Hour)
	planStep(officer, planPath, body{"action": "effect"}).Expect(http.StatusOK)
	if steps := inventor.Get(planPath + "/steps").Expect(http.StatusOK); steps.Text("items.2.actor") != "系统" {
		t.Errorf("%s", steps.Body)
	}

	receipt := officer.Post(path+"/receipts", body{"received_on": "2026-12-15", "gross": cny("1060000.00"), "vat": cny("60000.00"), "direct_costs": cny("20000.00"), "bank_reference": "B1"}).
		Expect(http.StatusCreated)
	if err := w.rewards.ComputeDue(t.Context(), receipt.Text("contract_id")); err != nil {
		t.Fatal(err)
	}
	found := finance.Get(path + "/distributions").Expect(http.StatusOK)
	for at, want := range map[string]string{
		"items.0.state": "computed", "items.0.owner_part.amount": "1000000.00", "items.0.split.pool.amount": "700000.00",
		"items.0.split.net.amount": "980000.00", "items.0.split.institution.amount": "280000.00", "items.0.split.main.amount": "700000.00",
		"items.0.split.shares.0.amount.amount": "700000.00", "items.0.rule.legal_floor": "national-2015/1",
	} {
		if got := found.Text(at); got != want {
			t.Errorf("%s is %s, want %s", at, got, want)
		}
	}
	distribution := "/distributions/" + found.Text("items.0.id")
	officer.Get(distribution).Expect(http.StatusOK)
	inventor.Get(distribution).Refused(http.StatusNotFound, "not_found")
	as("manager").Get(path + "/distributions").Expect(http.StatusOK)
	finance.Post(distribution+"/steps", body{"action": "approve"}).Expect(http.StatusOK)
	finance.Post(distribution+"/steps", body{"action": "pay"}).Refused(http.StatusUnprocessableEntity, "invalid_fields")
	own := inventor.Get("/me/rewards").Expect(http.StatusOK)
	if own.Text("owed.amount") != "700000.00" || own.Text("paid.amount") != "0.00" || own.Text("items.0.contract_name") != "电池回收许可" || own.Text("items.0.pool.amount") != "700000.00" {
		t.Errorf("%s", own.Body)
	}
	finance.Post(distribution+"/steps", body{"action": "pay", "paid_on": "2026-12-15", "payment_reference": "PAY-1"}).Expect(http.StatusOK)
	if v := inventor.Post(distribution+"/steps", body{"action": "accept"}).Expect(http.StatusOK); v.Text("state") != "confirmed" {
		t.Errorf("%s", v.Body)
	}
	own = inventor.Get("/me/rewards?page_size=1").Expect(http.StatusOK)
	if own.Text("owed.amount") != "0.00" || own.Text("paid.amount") != "700000.00" || own.Text("items.0.paid_on") != "2026-12-15" {
		t.Errorf("%s", own.Body)
	}
}

func TestARewardIsPreviewedByAnyoneOverHTTP(t *testing.T) {
	_, as := serveEarning(t)
	form := body{"rule": body{"base": "TOTAL", "floor_bps": 7000}, "gross": cny("106.00"), "vat": cny("6.00"),
		"contributors": []body{{"person_id": "a", "role": "COMPLETER", "weight": 2}, {"person_id": "b", "role": "CONVERTER", "weight": 1}}}
	v := as("").Post("/reward-previews", form).Expect(http.StatusOK)
	if v.Text("pool.amount") != "70.00" || v.Text("shares.0.amount.amount") != "46.67" || v.Text("shares.1.amount.amount") != "23.33" {
		t.Errorf("%s", v.Body)
	}
	twice := []body{{"person_id": "a", "role": "COMPLETER", "weight": 2}, {"person_id": "a", "role": "CONVERTER", "weight": 1}}
	repeated := as("").Post("/reward-previews", body{"rule": form["rule"], "gross": form["gross"], "vat": form["vat"], "contributors": twice})
	if repeated.Refused(http.StatusUnprocessableEntity, "invalid_fields").FieldCode("contributors[1].person_id") != "duplicate" {
		t.Errorf("%s", repeated.Body)
	}
	form["vat"] = cny("107.00")
	if bad := as("").Post("/reward-previews", form).Refused(http.StatusUnprocessableEntity, "invalid_fields"); bad.FieldCode("vat") != "out_of_range" {
		t.Errorf("%s", bad.Body)
	}
	// What the deductions leave can be written as long as they can in all.
	form["vat"], form["taxes"], form["direct_costs"] = cny("6.00"), cny("999999999999999.98"), cny("0.01")
	left := as("").Post("/reward-previews", form).Expect(http.StatusOK)
	if got := left.Text("institution.amount"); got != "-999999999999969.99" {
		t.Errorf("the institution is left %s: %s", got, left.Body)
	}
	form["seller_commission"] = cny("0.01")
	if bad := as("").Post("/reward-previews", form).Refused(http.StatusUnprocessableEntity, "invalid_fields"); bad.FieldCode("seller_commission") != "out_of_range" {
		t.Errorf("%s", bad.Body)
	}
}

// planStep takes a step of a plan as it stands.
func planStep(as *contracttest.Client, path string, step body) contracttest.Answer {
	return as.Post(path+"/steps", step, contracttest.IfMatch(as.Get(path).Expect(http.StatusOK).ETag()))
}
