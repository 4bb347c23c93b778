package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

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
		asked.Text("components.0.rights.territory") != "650000" || asked.Text("components.0.weight_bps") != "4000" ||
		asked.Text("component_titles.0.zh") != "乙的滴灌成果" {
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
		"the weight": func() {
			content["components"].([]body)[0]["weight_bps"], content["components"].([]body)[1]["weight_bps"] = 7000, 3000
		},
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
	eventually(w.t, p.email+" is told "+code, func() error {
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

	// In what field it is taken is told no further than the package told it.
	secret := offer("秘密包", body{"offer": "know_how", "exclusivity": "SOLE", "field_of_use": "番茄采后处理"})
	secret["tiers"] = body{"components": "NDA"}
	closed := w.halfSigned(w.published(seller.officer, reviewer, "packages", secret), seller, buyer)
	buyer.Post(closed.path+"/steps", body{"action": "sign"}, contracttest.IfMatch(closed.etag)).Expect(http.StatusOK)
	for _, reader := range []*contracttest.Client{w.visitor(), rival.Client} {
		if seen := reader.Get(seller.achievement).Expect(http.StatusOK); strings.Contains(string(seen.Body), "番茄") || seen.Has("room.taken.1") {
			t.Errorf("%s", seen.Body)
		}
	}
	if seen := seller.officer.Get(seller.achievement).Expect(http.StatusOK); seen.Text("room.taken.1.rights.field_of_use") != "番茄采后处理" {
		t.Errorf("%s", seen.Body)
	}

	// When the contract ends before its time, the right is free again.
	seller.head.Post(one.path+"/steps", body{"action": "terminate", "reason": "未付款"}, contracttest.IfMatch(signed.ETag())).Expect(http.StatusOK)
	if seen := w.visitor().Get(seller.achievement).Expect(http.StatusOK); seen.Text("room.state") != "partly" || seen.Has("room.taken.0") {
		t.Errorf("%s", seen.Body)
	}
	rival.Post(two.path+"/steps", body{"action": "sign"}, contracttest.IfMatch(two.etag)).Expect(http.StatusOK)
}

func TestEarlierVersionsAreReadNoWiderThanTheLiveOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	reviewer := w.staff("reviewer")
	owner := w.institute("first.example", "甲", reviewer)
	manager := w.join("manager@buyer.example", "买方")
	w.organisation(manager, "enterprise", "买方公司")
	again := func(kind, path string, content body) {
		t.Helper()
		draft := owner.officer.Get(path + "/draft").Expect(http.StatusOK)
		owner.officer.Put(path+"/draft", content, contracttest.IfMatch(draft.ETag())).Expect(http.StatusOK)
		step(owner.officer.Client, path, "submit", nil).Expect(http.StatusOK)
		step(reviewer.Client, path, "publish", nil).Expect(http.StatusOK)
	}
	// What stood open in the first version is for members in the second, and
	// what stood under the NDA is open.
	content := result("甲的滴灌成果", owner.inventor.personID)
	content["funding_project"], content["details"] = "早先公开的项目", zh("早先保密的配方")
	content["tiers"] = body{"details": "NDA"}
	again("achievements", owner.achievement, content)
	content["tiers"], content["details"] = body{"funding_project": "NDA", "details": "PUBLIC"}, zh("现在公开的配方")
	again("achievements", owner.achievement, content)
	versions := owner.achievement + "/versions/"

	if live := w.visitor().Get(versions + "3").Expect(http.StatusOK); live.Text("content.details.zh") != "现在公开的配方" || live.Has("content.funding_project") {
		t.Errorf("%s", live.Body)
	}
	w.visitor().Get(versions+"2").Refused(http.StatusUnauthorized, "sign_in_required")
	manager.Get(versions+"2").Refused(http.StatusForbidden, "not_allowed")
	inside := owner.officer.Get(versions + "2").Expect(http.StatusOK)
	if inside.Text("content.details.zh") != "早先保密的配方" || inside.Text("content.funding_project") != "早先公开的项目" {
		t.Errorf("%s", inside.Body)
	}
	owner.officer.Get(versions+"4").Refused(http.StatusNotFound, "not_found")

	// A party under the NDA of the package reads the package's earlier
	// versions, and each field as narrowly as it is now.
	pack := w.published(owner.officer, reviewer, "packages", body{"title": zh("包"), "value_line": zh("第一版"), "technical_field": "agriculture",
		"description": zh("当时给会员"), "tiers": body{"description": "MEMBERS"}, "components": []body{
			{"kind": "achievement", "achievement_id": id(owner.achievement), "weight_bps": 10000, "rights": body{"offer": "know_how"}}}})
	second := owner.officer.Get(pack + "/draft").Expect(http.StatusOK)
	var draft struct{ Content body }
	second.Into(&draft)
	draft.Content["value_line"] = zh("第二版")
	again("packages", pack, draft.Content)
	w.halfSigned(pack, owner, manager)
	manager.Get(pack+"/versions/1").Refused(http.StatusForbidden, "not_allowed")
	deal := manager.Get("/deals").Expect(http.StatusOK).Text("items.0.id")
	manager.Post("/deals/"+deal+"/nda", nil).Expect(http.StatusOK)
	owner.head.Post("/deals/"+deal+"/nda", nil).Expect(http.StatusOK)
	if seen := manager.Get(pack).Expect(http.StatusOK); seen.Text("earlier_versions") != "true" || w.visitor().Get(pack).Has("earlier_versions") {
		t.Errorf("%s", seen.Body)
	}
	if old := manager.Get(pack + "/versions/1").Expect(http.StatusOK); old.Text("content.value_line.zh") != "第一版" || old.Text("content.description.zh") != "当时给会员" || old.Has("content.tiers") {
		t.Errorf("%s", old.Body)
	}
}

func TestACopyBeginsWithWhatWasThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	reviewer := w.staff("reviewer")
	first, second := w.institute("first.example", "甲", reviewer), w.institute("second.example", "乙", reviewer)
	proof := first.officer.upload("achievement", id(first.achievement), "PUBLIC", "检测报告")
	content := result("甲的滴灌成果", first.inventor.personID)
	content["claims"] = []body{{"metric": zh("节水"), "value": "22", "unit": "%", "proof_kind": "document", "proof_file_id": proof}}
	content["trl"], content["trl_evidence"] = 6, []body{{"level": 6, "text": zh("中试"), "file_id": proof}}
	draft := first.officer.Get(first.achievement + "/draft").Expect(http.StatusOK)
	first.officer.Put(first.achievement+"/draft", content, contracttest.IfMatch(draft.ETag())).Expect(http.StatusOK)

	copied := first.officer.Post(first.achievement+"/copies", nil).Expect(http.StatusCreated)
	if copied.Text("head.state") != "draft" || copied.Text("content.title.zh") != "甲的滴灌成果（副本）" || copied.Has("head.live_version") && copied.Text("head.live_version") != "0" {
		t.Errorf("%s", copied.Body)
	}
	file := copied.Text("content.claims.0.proof_file_id")
	if file == proof || file == "" || copied.Text("content.trl_evidence.0.file_id") != file || copied.Has("problems.0") {
		t.Errorf("the copy names the other's file: %s", copied.Body)
	}
	if files := first.officer.Get("/files?kind=achievement&subject_id=" + copied.Text("head.id")).Expect(http.StatusOK); files.Text("items.0.id") != file || files.Has("items.1") {
		t.Errorf("%s", files.Body)
	}
	step(first.officer.Client, "/achievements/"+copied.Text("head.id"), "submit", nil).Expect(http.StatusOK)

	// Another's is nobody's start, and what an owner agreed to was the other package.
	second.officer.Post(first.achievement+"/copies", nil).Expect(http.StatusNotFound)
	w.visitor().Post(first.achievement+"/copies", nil).Expect(http.StatusNotFound)
	pack := w.submitted(first.officer, "packages", bundle("两家的滴灌包", first, second, body{"offer": "know_how"}, body{"offer": "know_how"}))
	w.agreed(second.officer)
	step(reviewer.Client, pack, "publish", nil).Expect(http.StatusOK)
	other := "/packages/" + first.officer.Post(pack+"/copies", nil).Expect(http.StatusCreated).Text("head.id")
	step(first.officer.Client, other, "submit", nil).Expect(http.StatusOK)
	step(reviewer.Client, other, "publish", nil).Refused(http.StatusUnprocessableEntity, "invalid_fields")
	if w.asked(second.officer).Text("package_id") != id(other) {
		t.Error("the owner is not asked for the copy")
	}
}
