package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"chengqiao/internal/httpapi/contracttest"
)

// asked is the agreement that waits for an owner's answer.
func (w *world) asked(owner *person) contracttest.Answer {
	w.t.Helper()
	found := owner.Get("/agreements?state=asked").Expect(http.StatusOK)
	return owner.Get("/agreements/" + found.Text("items.0.id")).Expect(http.StatusOK)
}

// agreed lets an owner agree to what it is asked for.
func (w *world) agreed(owner *person) contracttest.Answer {
	w.t.Helper()
	return answer(owner, w.asked(owner), "agree", "").Expect(http.StatusOK)
}

func answer(by *person, agreement contracttest.Answer, verb, reason string) contracttest.Answer {
	request := body{"action": verb}
	if reason != "" {
		request["reason"] = reason
	}
	return by.Post("/agreements/"+agreement.Text("id")+"/steps", request, contracttest.IfMatch(agreement.ETag()))
}

// bundle is a package of both institutes' results.
func bundle(title string, first, second institute, firstRights, secondRights body) body {
	return body{"title": zh(title), "value_line": zh("一"), "technical_field": "agriculture", "components": []body{
		{"kind": "achievement", "achievement_id": id(first.achievement), "weight_bps": 6000, "rights": firstRights},
		{"kind": "achievement", "achievement_id": id(second.achievement), "weight_bps": 4000, "rights": secondRights,
			"owner_organisation_id": second.head.Organisation},
	}}
}

// resubmitted saves other content of a package and submits it.
func resubmitted(by *person, pack string, content body) {
	draft := by.Get(pack + "/draft").Expect(http.StatusOK)
	by.Put(pack+"/draft", content, contracttest.IfMatch(draft.ETag())).Expect(http.StatusOK)
	step(by.Client, pack, "submit", nil).Expect(http.StatusOK)
}

func TestNoPackageIsPublishedBeforeEachOwnerAgrees(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	reviewer := w.staff("reviewer")
	first, second := w.institute("first.example", "甲", reviewer), w.institute("second.example", "乙", reviewer)
	third := w.institute("third.example", "丙", reviewer)
	plain := body{"offer": "know_how", "territory": "新疆", "term_months": 36}
	content := bundle("两家的滴灌包", first, second, body{"offer": "know_how"}, plain)
	pack := w.submitted(first.officer, "packages", content)

	// The reviewer learns which component of whom is in the way.
	refused := step(reviewer.Client, pack, "publish", nil).Refused(http.StatusUnprocessableEntity, "invalid_fields")
	if refused.FieldCode("components[1]") != "owner_not_agreed" || refused.FieldCode("components[0]") != "" ||
		!strings.Contains(string(refused.Body), "乙的滴灌成果") {
		t.Errorf("%s", refused.Body)
	}

	// The owner finds it among what waits and is told, with its own components alone.
	tasks := second.officer.Get("/me/tasks").Expect(http.StatusOK)
	asked := w.asked(second.officer)
	if tasks.Text("items.0.code") != "answer_agreement" || tasks.Text("items.0.subject_id") != asked.Text("id") {
		t.Errorf("%s", tasks.Body)
	}
	if asked.Has("components.1") || asked.Text("components.0.achievement_id") != id(second.achievement) ||
		asked.Text("components.0.rights.territory") != "650000" || asked.Text("components.0.weight_bps") != "4000" {
		t.Errorf("%s", asked.Body)
	}
	w.told(second.officer, "agreement_asked")

	// Who is not asked finds nothing, and who is asked answers only in a role that binds.
	third.officer.Get("/agreements/"+asked.Text("id")).Refused(http.StatusNotFound, "not_found")
	if list := third.officer.Get("/agreements").Expect(http.StatusOK); list.Has("items.0") {
		t.Errorf("%s", list.Body)
	}
	answer(third.head, asked, "agree", "").Refused(http.StatusNotFound, "not_found")
	answer(first.head, asked, "agree", "").Expect(http.StatusForbidden)
	answer(second.inventor, asked, "agree", "").Refused(http.StatusForbidden, "not_allowed")
	if bare := answer(second.officer, asked, "decline", "").Expect(http.StatusUnprocessableEntity); bare.FieldCode("reason") != "required" {
		t.Errorf("%s", bare.Body)
	}

	declined := answer(second.officer, asked, "decline", "期限过长").Expect(http.StatusOK)
	if declined.Text("state") != "declined" || declined.Text("reason") != "期限过长" {
		t.Errorf("%s", declined.Body)
	}
	w.told(first.officer, "agreement_declined")
	step(reviewer.Client, pack, "publish", nil).Refused(http.StatusUnprocessableEntity, "invalid_fields")

	// Other terms are asked anew; the same terms need no second word.
	step(reviewer.Client, pack, "return", body{"reason": "请与乙所商定期限"}).Expect(http.StatusOK)
	plain["term_months"] = 24
	resubmitted(first.officer, pack, content)
	w.agreed(second.officer)
	w.told(first.officer, "agreement_given")
	step(reviewer.Client, pack, "publish", nil).Expect(http.StatusOK)
	content["value_line"] = zh("二")
	resubmitted(first.officer, pack, content)
	if again := second.officer.Get("/agreements?state=asked").Expect(http.StatusOK); again.Has("items.0") {
		t.Errorf("asked again for the same: %s", again.Body)
	}
	step(reviewer.Client, pack, "publish", nil).Expect(http.StatusOK)
	for name, change := range map[string]func(){
		"the weight":  func() { content["components"].([]body)[0]["weight_bps"], content["components"].([]body)[1]["weight_bps"] = 7000, 3000 },
		"the price":   func() { content["price_mode"], content["price"] = "listing", cny("1000.00") },
		"the rights":  func() { plain["exclusivity"] = "SOLE" },
		"the field":   func() { plain["field_of_use"] = "棉花" },
		"another one": func() { plain["territory"] = "" },
	} {
		change()
		resubmitted(first.officer, pack, content)
		if asked := w.asked(second.officer); asked.Text("state") != "asked" {
			t.Errorf("%s: %s", name, asked.Body)
		}
		step(reviewer.Client, pack, "publish", nil).Refused(http.StatusUnprocessableEntity, "invalid_fields")
		step(first.officer.Client, pack, "recall", nil).Expect(http.StatusOK)
		if left := second.officer.Get("/agreements?state=asked").Expect(http.StatusOK); left.Has("items.0") {
			t.Errorf("%s: still asked after the recall: %s", name, left.Body)
		}
	}
	// What is live rests on what was agreed all the while.
	w.visitor().Get(pack).Expect(http.StatusOK)
	said := first.officer.Get(pack + "/agreements").Expect(http.StatusOK)
	if !strings.Contains(string(said.Body), `"agreed"`) || !strings.Contains(string(said.Body), `"lapsed"`) {
		t.Errorf("%s", said.Body)
	}
	second.officer.Get(pack+"/agreements").Refused(http.StatusNotFound, "not_found")
	w.visitor().Get("/agreements").Refused(http.StatusUnauthorized, "sign_in_required")
}

// told waits until somebody has a notification.
func (w *world) told(p *person, code string) {
	w.t.Helper()
	eventually(w.t, 20*time.Second, p.email+" is told "+code, func() error {
		if found := p.Get("/me/notifications").Expect(http.StatusOK); !strings.Contains(string(found.Body), `"`+code+`"`) {
			return fmt.Errorf("%s", found.Body)
		}
		return nil
	})
}

func TestWhatAnOwnerTakesBackIsOfferedNoLonger(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	reviewer := w.staff("reviewer")
	first, second := w.institute("first.example", "甲", reviewer), w.institute("second.example", "乙", reviewer)
	manager := w.join("manager@buyer.example", "买方")
	w.organisation(manager, "enterprise", "买方公司")
	content := bundle("两家的滴灌包", first, second, body{"offer": "know_how"}, body{"offer": "know_how"})
	pack := w.submitted(first.officer, "packages", content)
	given := w.agreed(second.officer)
	step(reviewer.Client, pack, "publish", nil).Expect(http.StatusOK)

	// A contract that is drafted before and signed after takes nothing.
	contract := w.halfSigned(pack, first, manager)
	if bare := answer(second.head, given, "withdraw", "").Expect(http.StatusUnprocessableEntity); bare.FieldCode("reason") != "required" {
		t.Errorf("%s", bare.Body)
	}
	answer(second.head, given, "withdraw", "另有安排").Expect(http.StatusOK)
	refused := manager.Post(contract.path+"/steps", body{"action": "sign"}, contracttest.IfMatch(contract.etag)).Refused(http.StatusConflict, "owner_not_agreed")
	if !strings.Contains(string(refused.Body), "乙") {
		t.Errorf("%s", refused.Body)
	}

	w.visitor().Get(pack).Refused(http.StatusNotFound, "not_found")
	w.told(first.officer, "agreement_withdrawn")
	head := first.officer.Get(pack + "/draft").Expect(http.StatusOK)
	if head.Text("head.state") != "suspended" || strings.Contains(head.Text("head.actions"), "resume") {
		t.Errorf("%s", head.Body)
	}
	if history := first.officer.Get(pack + "/steps").Expect(http.StatusOK); !strings.Contains(string(history.Body), "另有安排") {
		t.Errorf("the owner does not learn why: %s", history.Body)
	}
	step(first.officer.Client, pack, "resume", nil).Refused(http.StatusConflict, "suspended_by_platform")

	// It lives again by a version to which everybody agrees.
	resubmitted(first.officer, pack, content)
	step(reviewer.Client, pack, "publish", nil).Refused(http.StatusUnprocessableEntity, "invalid_fields")
	w.agreed(second.officer)
	step(reviewer.Client, pack, "publish", nil).Expect(http.StatusOK)
	w.visitor().Get(pack).Expect(http.StatusOK)
	manager.Post(contract.path+"/steps", body{"action": "sign"}, contracttest.IfMatch(contract.etag)).Expect(http.StatusOK)
}

// pending is a contract that one side has signed.
type pending struct{ path, etag string }

func (w *world) halfSigned(pack string, seller institute, manager *person) pending {
	w.t.Helper()
	made := manager.Post("/introductions", body{"package_id": id(pack), "message": "请联系"}).Expect(http.StatusCreated)
	deal := seller.officer.Post("/introductions/"+made.Text("id")+"/steps", body{"action": "accept"}).Expect(http.StatusOK).Text("deal_id")
	v := seller.officer.Post("/contracts", body{"deal_id": deal, "terms": body{"type": "licence_know_how", "name": "滴灌许可",
		"total": cny("100.00"), "technology_amount": cny("100.00"), "payment": body{"kind": "lump_sum"}}}).Expect(http.StatusCreated)
	path := "/contracts/" + v.Text("id")
	v = seller.officer.Post(path+"/steps", body{"action": "propose"}, contracttest.IfMatch(v.ETag())).Expect(http.StatusOK)
	v = seller.head.Post(path+"/steps", body{"action": "sign"}, contracttest.IfMatch(v.ETag())).Expect(http.StatusOK)
	return pending{path, v.ETag()}
}

func TestARightThatAContractHasTakenIsOfferedNoLonger(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	reviewer := w.staff("reviewer")
	seller := w.institute("first.example", "甲", reviewer)
	buyer, rival := w.join("manager@buyer.example", "买方"), w.join("manager@rival.example", "对手")
	w.organisation(buyer, "enterprise", "买方公司")
	w.organisation(rival, "enterprise", "对手公司")
	offer := func(title string, rights body) body {
		return body{"title": zh(title), "value_line": zh("一"), "technical_field": "agriculture", "components": []body{
			{"kind": "achievement", "achievement_id": id(seller.achievement), "weight_bps": 10000, "rights": rights}}}
	}
	cotton := body{"offer": "know_how", "exclusivity": "EXCLUSIVE", "field_of_use": "棉花", "territory": "650000", "term_months": 24}
	exclusive := w.published(seller.officer, reviewer, "packages", offer("棉花独占包", cotton))
	waiting := w.submitted(seller.officer, "packages", offer("全疆普通包", body{"offer": "know_how", "territory": "650100"}))
	one, two := w.halfSigned(exclusive, seller, buyer), w.halfSigned(exclusive, seller, rival)

	if seen := w.visitor().Get(seller.achievement).Expect(http.StatusOK); seen.Text("room.state") != "free" {
		t.Errorf("%s", seen.Body)
	}
	signed := buyer.Post(one.path+"/steps", body{"action": "sign"}, contracttest.IfMatch(one.etag)).Expect(http.StatusOK)
	rival.Post(two.path+"/steps", body{"action": "sign"}, contracttest.IfMatch(two.etag)).Refused(http.StatusConflict, "rights_taken")

	// What was submitted before cannot be published after, nor submitted again.
	refused := step(reviewer.Client, waiting, "publish", nil).Refused(http.StatusUnprocessableEntity, "invalid_fields")
	if refused.FieldCode("components[0].rights") != "component_taken_until" {
		t.Errorf("%s", refused.Body)
	}
	step(reviewer.Client, waiting, "return", body{"reason": "权利已被取得"}).Expect(http.StatusOK)
	step(seller.officer.Client, waiting, "submit", nil).Refused(http.StatusUnprocessableEntity, "invalid_fields")
	other := offer("其他作物包", body{"offer": "know_how", "exclusivity": "EXCLUSIVE", "field_of_use": "玉米"})
	w.published(seller.officer, reviewer, "packages", other)

	// Everybody sees what is left, and nobody by whom it was taken or for what.
	seen := w.visitor().Get(seller.achievement).Expect(http.StatusOK)
	if seen.Text("room.state") != "partly" || seen.Text("room.taken.0.rights.field_of_use") != "棉花" || !seen.Has("room.taken.0.free_from") {
		t.Errorf("%s", seen.Body)
	}
	for _, secret := range []string{"买方", buyer.Organisation, id(one.path), "100.00"} {
		if strings.Contains(string(seen.Body), secret) {
			t.Errorf("the page tells %s: %s", secret, seen.Body)
		}
	}
	if seen := w.visitor().Get(exclusive).Expect(http.StatusOK); seen.Text("places.0.free") != "false" || !seen.Has("places.0.free_from") {
		t.Errorf("%s", seen.Body)
	}
	step(seller.officer.Client, exclusive, "reconfirm", nil).Refused(http.StatusUnprocessableEntity, "invalid_fields")

	// When the contract ends before its time, the right is free again.
	seller.head.Post(one.path+"/steps", body{"action": "terminate", "reason": "未付款"}, contracttest.IfMatch(signed.ETag())).Expect(http.StatusOK)
	if seen := w.visitor().Get(seller.achievement).Expect(http.StatusOK); seen.Text("room.state") != "free" || seen.Has("room.taken.0") {
		t.Errorf("%s", seen.Body)
	}
	rival.Post(two.path+"/steps", body{"action": "sign"}, contracttest.IfMatch(two.etag)).Expect(http.StatusOK)
}
