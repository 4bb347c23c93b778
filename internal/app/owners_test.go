package app_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"chengqiao/internal/httpapi/contracttest"
)

// institute is an owner with the two people that a reward plan takes, and one
// contributor.
type institute struct {
	head, officer, inventor *person
	achievement             string
}

func (w *world) institute(domain, name string, reviewer *person) institute {
	w.t.Helper()
	i := institute{head: w.join("head@"+domain, name+"所长")}
	w.organisation(i.head, "institute", name)
	i.officer = w.member(i.head, "officer@"+domain, name+"专员", "officer")
	i.inventor = w.member(i.head, "inventor@"+domain, name+"完成人", "inventor")
	content := result(name+"的滴灌成果", i.inventor.personID)
	content["details"], content["tiers"] = zh(name+"的配方"), body{"details": "NDA"}
	i.achievement = w.published(i.officer, reviewer, "achievements", content)
	return i
}

// TestEachOwnerDividesItsOwnPart takes a package of two owners to a receipt
// that comes before either owner's plan: each part is divided under its
// owner's plan, alone, and seen by its owner alone.
func TestEachOwnerDividesItsOwnPart(t *testing.T) {
	t.Parallel()
	w := newWorld(t, settings{"CHENGQIAO_DEMO__ENABLED": "true", "CHENGQIAO_REWARD__PUBLICITY_DAYS": "0"})
	reviewer := w.staff("reviewer")
	first, second := w.institute("first.example", "甲", reviewer), w.institute("second.example", "乙", reviewer)
	manager := w.join("manager@buyer.example", "买方")
	w.organisation(manager, "enterprise", "买方公司")

	components := []body{
		{"kind": "achievement", "achievement_id": id(first.achievement), "weight_bps": 6000, "rights": body{"offer": "know_how"}},
		{"kind": "achievement", "achievement_id": id(second.achievement), "weight_bps": 4000, "rights": body{"offer": "know_how"}},
	}
	content := body{"title": zh("两家的滴灌包"), "value_line": zh("一"), "technical_field": "agriculture", "components": components}
	made := first.officer.Post("/packages", content).Expect(http.StatusCreated)
	pack := "/packages/" + made.Text("head.id")
	refused := step(first.officer.Client, pack, "submit", nil).Refused(http.StatusUnprocessableEntity, "invalid_fields")
	if refused.FieldCode("components[1].owner_organisation_id") != "owner_mismatch" {
		t.Errorf("%s", refused.Body)
	}
	components[1]["owner_organisation_id"] = second.head.Organisation
	first.officer.Put(pack+"/draft", content, contracttest.IfMatch(made.ETag())).Expect(http.StatusOK)
	step(first.officer.Client, pack, "submit", nil).Expect(http.StatusOK)
	w.agreed(second.officer)
	step(reviewer.Client, pack, "publish", nil).Expect(http.StatusOK)

	contract := w.contractOn(pack, first, manager, "100000.01")
	// The seller's NDA opens the seller's secrets, not those of the other owner.
	if seen := manager.Get(first.achievement).Expect(http.StatusOK); seen.Text("content.details.zh") != "甲的配方" {
		t.Errorf("%s", seen.Body)
	}
	if seen := manager.Get(second.achievement).Expect(http.StatusOK); seen.Has("content.details") {
		t.Errorf("the NDA with one owner opens what another owns: %s", seen.Body)
	}
	// And a party finds the opened one by its secrets, before and after reading
	// it; a third organisation, and the other side's other owner, by nothing.
	finds(t, manager.Client, "甲的配方", id(first.achievement), true)
	for _, reader := range []*contracttest.Client{second.officer.Client, w.visitor()} {
		if found := reader.Get("/search?q=" + url.QueryEscape("甲的配方")).Expect(http.StatusOK); slices.Contains(hits(found), id(first.achievement)) {
			t.Errorf("an NDA of others opens the search: %s", found.Body)
		}
	}
	if found := manager.Get("/search?q=" + url.QueryEscape("乙的配方")).Expect(http.StatusOK); slices.Contains(hits(found), id(second.achievement)) {
		t.Errorf("the NDA with one owner finds what another owns: %s", found.Body)
	}
	first.officer.Post(contract+"/receipts", body{"received_on": today(), "gross": cny("100000.01"), "vat": cny("5660.38"),
		"direct_costs": cny("10000.00"), "bank_reference": "B-1"}).Expect(http.StatusCreated)
	for _, owner := range []struct {
		institute
		want map[string]string
	}{
		{first, map[string]string{"owner_part.amount": "56603.78", "split.net.amount": "50603.78", "split.base.amount": "56603.78",
			"split.pool.amount": "39622.65", "split.institution.amount": "10981.13", "split.shares.0.amount.amount": "39622.65"}},
		{second, map[string]string{"owner_part.amount": "37735.85", "split.net.amount": "33735.85", "split.base.amount": "37735.85",
			"split.pool.amount": "26415.10", "split.institution.amount": "7320.75", "split.shares.0.amount.amount": "26415.10"}},
	} {
		w.effectivePlan(contract, owner.institute)
		var found contracttest.Answer
		eventually(t, "the owner's part is divided", func() error {
			if found = owner.officer.Get(contract + "/distributions").Expect(http.StatusOK); !found.Has("items.0") {
				return fmt.Errorf("%s", found.Body)
			}
			return nil
		})
		if found.Has("items.1") {
			t.Errorf("an owner sees another's part: %s", found.Body)
		}
		distribution := owner.officer.Get("/distributions/" + found.Text("items.0.id")).Expect(http.StatusOK)
		for at, want := range owner.want {
			if got := distribution.Text(at); got != want {
				t.Errorf("%s: %s is %s, want %s", found.Text("items.0.owner_name.zh"), at, got, want)
			}
		}
		for _, other := range []*person{first.officer, second.officer, manager} {
			if other != owner.officer {
				other.Get("/distributions/"+found.Text("items.0.id")).Refused(http.StatusNotFound, "not_found")
				other.Get("/distributions/"+found.Text("items.0.id")+"/steps").Refused(http.StatusNotFound, "not_found")
			}
		}
	}
	manager.Get(contract + "/plans").Expect(http.StatusOK)
	if plans := manager.Get(contract + "/plans"); plans.Has("items.0") {
		t.Errorf("the buyer sees a seller's reward plan: %s", plans.Body)
	}
	w.held(t, contract, first)
	w.replaced(t, contract, first)
}

// contractOn takes a package by way of an NDA to a contract that both sides
// have signed, paid in a lump sum.
func (w *world) contractOn(pack string, seller institute, manager *person, total string) (path string) {
	w.t.Helper()
	made := manager.Post("/introductions", body{"package_id": id(pack), "message": "请联系"}).Expect(http.StatusCreated)
	deal := seller.officer.Post("/introductions/"+made.Text("id")+"/steps", body{"action": "accept"}).Expect(http.StatusOK).Text("deal_id")
	manager.Post("/deals/"+deal+"/nda", nil).Expect(http.StatusOK)
	seller.head.Post("/deals/"+deal+"/nda", nil).Expect(http.StatusOK)
	v := seller.officer.Post("/contracts", body{"deal_id": deal, "terms": body{"type": "licence_know_how", "name": "滴灌许可",
		"total": cny(total), "technology_amount": cny(total), "payment": body{"kind": "lump_sum"}}}).Expect(http.StatusCreated)
	path = "/contracts/" + v.Text("id")
	for _, s := range []struct {
		by     *person
		action string
	}{{seller.officer, "propose"}, {seller.head, "sign"}, {manager, "sign"}} {
		v = s.by.Post(path+"/steps", body{"action": s.action}, contracttest.IfMatch(v.ETag())).Expect(http.StatusOK)
	}
	return path
}

// effectivePlan drafts an owner's plan and takes it into effect; it gives its path.
func (w *world) effectivePlan(contract string, owner institute) (path string) {
	w.t.Helper()
	made := owner.officer.Post(contract+"/plans", body{}).Expect(http.StatusCreated)
	path = "/plans/" + made.Text("id")
	minutes := owner.officer.upload("plan", id(path), "NDA", "纪要")
	for _, s := range []struct {
		by   *person
		step body
	}{
		{owner.officer, body{"action": "propose"}}, {owner.inventor, body{"action": "confirm"}},
		{owner.head, body{"action": "decide", "file_id": minutes}}, {owner.officer, body{"action": "publicise"}}, {owner.officer, body{"action": "effect"}},
	} {
		s.by.Post(path+"/steps", s.step, contracttest.IfMatch(s.by.Get(path).Expect(http.StatusOK).ETag())).Expect(http.StatusOK)
	}
	return path
}

// held gives the whole receipt back: the costs stay with the institution,
// whose share turns negative, and what is not yet paid waits until it decides.
func (w *world) held(t *testing.T, contract string, owner institute) {
	t.Helper()
	receipt := owner.officer.Get(contract + "/receipts").Expect(http.StatusOK).Text("items.0.id")
	owner.officer.Post("/receipts/"+receipt+"/refunds", body{"refunded_on": today(), "gross": cny("100000.01"), "vat": cny("5660.38"),
		"bank_reference": "B-2", "reason": "合同解除"}).Expect(http.StatusCreated)
	var refund contracttest.Answer
	eventually(t, "the refund is divided", func() error {
		refund = owner.officer.Get(contract + "/distributions").Expect(http.StatusOK)
		if !strings.Contains(string(refund.Body), `"REFUND"`) {
			return fmt.Errorf("%s", refund.Body)
		}
		return nil
	})
	var page struct {
		Items []struct {
			ID, Type, State string
			Split           struct{ Pool, Institution struct{ Amount string } }
		}
	}
	refund.Into(&page)
	for _, d := range page.Items {
		steps := "/distributions/" + d.ID + "/steps"
		if d.Type == "REFUND" {
			// Everything that the contributors got goes back, to the fen; of the
			// costs nothing comes back.
			if d.State != "computed" || d.Split.Pool.Amount != "-39622.65" || d.Split.Institution.Amount != "-16981.13" {
				t.Errorf("%+v", d)
			}
			continue
		}
		if d.State != "held" {
			t.Errorf("what is still to be paid out is not held: %+v", d)
		}
		owner.head.Post(steps, body{"action": "approve"}).Refused(http.StatusConflict, "illegal_step")
		owner.officer.Post(steps, body{"action": "release", "reason": "所务会决定"}).Refused(http.StatusForbidden, "not_allowed")
		if bare := owner.head.Post(steps, body{"action": "release"}).Expect(http.StatusUnprocessableEntity); bare.FieldCode("reason") != "required" {
			t.Errorf("%s", bare.Body)
		}
		owner.head.Post(steps, body{"action": "release", "reason": "所务会决定"}).Expect(http.StatusOK)
		owner.head.Post(steps, body{"action": "approve"}).Expect(http.StatusOK)
		read := owner.head.Get("/distributions/" + d.ID).Expect(http.StatusOK)
		contract := owner.head.Get("/contracts/" + read.Text("contract_id")).Expect(http.StatusOK)
		if named := read.Text("contract_name"); named == "" || named != contract.Text("terms.name") {
			t.Errorf("a distribution of %q calls its contract %q", contract.Text("terms.name"), named)
		}
		if took := owner.head.Get(steps).Expect(http.StatusOK); took.Text("items.2.reason") != "所务会决定" {
			t.Errorf("%s", took.Body)
		}
	}
}

// replaced takes a second plan into effect, which supersedes the first.
func (w *world) replaced(t *testing.T, contract string, owner institute) {
	t.Helper()
	before := owner.officer.Get(contract + "/plans").Expect(http.StatusOK).Text("items.0.id")
	next := w.effectivePlan(contract, owner)
	if v := owner.officer.Get("/plans/" + before).Expect(http.StatusOK); v.Text("state") != "superseded" || v.Text("number") != "1" {
		t.Errorf("%s", v.Body)
	}
	if v := owner.officer.Get(next).Expect(http.StatusOK); v.Text("state") != "effective" || v.Text("number") != "2" {
		t.Errorf("%s", v.Body)
	}
	if list := owner.officer.Get(contract + "/distributions").Expect(http.StatusOK); strings.Contains(string(list.Body), id(next)) || list.Has("items.2") {
		t.Errorf("what was received before is divided again: %s", list.Body)
	}
}
