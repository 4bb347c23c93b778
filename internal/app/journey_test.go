package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"chengqiao/internal/httpapi/contracttest"
	"chengqiao/internal/text"
)

// journey is one whole way through the program: an institute and an enterprise
// of their own, from registering to the reward in the contributors' hands.
type journey struct {
	*world
	reviewer, verifier *person
	// The institute's people: who decides, who lists, who pays, and the two
	// contributors; the second was named before ever signing in.
	head, officer, finance, inventor, named *person
	// namedEntry is the person entry of the second contributor.
	namedEntry string
	// The enterprise's people, and a third organisation that has no part in it.
	manager, engineer, stranger *person

	// Paths of what came about on the way; receipt is an id.
	achievement, pack, need, deal, contract, receipt, distribution string
}

// TestAResultGoesAllTheWayToItsContributors plays the whole path over HTTP on
// the embedded default, in the order in which people do it.
func TestAResultGoesAllTheWayToItsContributors(t *testing.T) {
	t.Parallel()
	j := &journey{world: newWorld(t, settings{"CHENGQIAO_DEMO__ENABLED": "true", "CHENGQIAO_REWARD__PUBLICITY_DAYS": "0"})}
	j.reviewer, j.verifier = j.staff("reviewer"), j.staff("verifier")
	for _, leg := range []struct {
		name string
		play func(t *testing.T)
	}{
		{"an account is opened by the link of a letter", j.accounts},
		{"an organisation acts once the platform has verified it", j.organisations},
		{"a contributor is named first and claims the entry", j.contributors},
		{"an achievement is autosaved, returned with reasons and published", j.listAchievement},
		{"a package weighs 10,000 or is refused", j.listPackage},
		{"a need with typed requirements is published", j.listNeed},
		{"all three are found", j.search},
		{"matches are ranked with reasons and verdicts, both ways", j.matches},
		{"an introduction becomes a deal", j.introduce},
		{"an NDA opens the field to the counterparty alone", j.nda},
		{"a contract is signed by both", j.sign},
		{"the ledger of matches knows what became of the pair", j.outcome},
		{"the plan is confirmed in person, decided by a second and takes effect", j.agree},
		{"a receipt is divided to the fen", j.receive},
		{"two people pay it", j.pay},
		{"a refund names its receipt and stays below it", j.refund},
	} {
		t.Log(leg.name)
		if leg.play(t); t.Failed() {
			t.Fatal("the way ends here")
		}
	}
}

func (j *journey) accounts(t *testing.T) {
	visitor := j.visitor()
	form := registration("head@lake.example", "林致远")
	visitor.Post("/accounts", form).Expect(http.StatusAccepted)
	credentials := body{"identifier": "head@lake.example", "password": password}
	visitor.Post("/session", credentials).Refused(http.StatusUnauthorized, "wrong_credentials")
	token := j.letterToken("head@lake.example", "/verify-email")
	visitor.Post("/accounts/verify", body{"token": token, "password": "another password"}).Refused(http.StatusUnprocessableEntity, "invalid_fields")
	visitor.Post("/accounts/verify", body{"token": token, "password": password}).Expect(http.StatusNoContent)
	j.head = j.signIn("head@lake.example", password)
	me := j.head.Get("/me").Expect(http.StatusOK)
	if me.Text("name") != "林致远" || me.Text("email_verified") != "true" || me.Has("organisations.0") {
		t.Errorf("%s", me.Body)
	}
	// Nobody learns from the form who has an account; its owner gets a letter.
	again := visitor.Post("/accounts", form).Expect(http.StatusAccepted)
	if len(again.Body) != 0 {
		t.Errorf("%s", again.Body)
	}
	eventually(t, "the owner of the address is told", func() error {
		if n := len(j.letters("head@lake.example")); n != 2 {
			return fmt.Errorf("%d letters", n)
		}
		return nil
	})
}

func (j *journey) organisations(t *testing.T) {
	wrong := body{"kind": "institute", "name": zh("天池新材料研究所"), "credit_code": "12650100D00000013P", "region": "650100"}
	refused := j.head.Post("/organisations", wrong).Refused(http.StatusUnprocessableEntity, "invalid_fields")
	if code := refused.FieldCode("credit_code"); !strings.HasPrefix(code, "credit_code_") {
		t.Errorf("%s", refused.Body)
	}
	path := j.unverified(j.head, "institute", "天池新材料研究所")
	made := j.head.Post("/achievements", body{"title": zh("未验证单位的成果")}).Expect(http.StatusCreated)
	j.head.Post("/achievements/"+made.Text("head.id")+"/steps", body{"action": "submit"}, contracttest.IfMatch(made.ETag())).
		Refused(http.StatusForbidden, "not_allowed")
	j.head.Post(path+"/steps", body{"action": "submit"}, asRead(j.head, path)).Refused(http.StatusConflict, "proof_required")
	j.head.prove()
	j.head.Post(path+"/steps", body{"action": "submit"}, asRead(j.head, path)).Expect(http.StatusOK)
	j.head.Post(path+"/steps", body{"action": "verify"}, asRead(j.head, path)).Refused(http.StatusForbidden, "not_allowed")
	if waiting := j.verifier.Get("/organisations?state=pending").Expect(http.StatusOK); waiting.Text("items.0.id") != j.head.Organisation {
		t.Errorf("%s", waiting.Body)
	}
	j.verifier.Post(path+"/steps", body{"action": "verify"}, asRead(j.verifier, path)).Expect(http.StatusOK)
	if me := j.head.Get("/me").Expect(http.StatusOK); me.Text("organisations.0.verified") != "true" || me.Text("organisations.0.roles.0") != "head" {
		t.Errorf("%s", me.Body)
	}

	j.officer = j.member(j.head, "officer@lake.example", "王听雨", "officer")
	j.finance = j.member(j.head, "finance@lake.example", "赵素心", "finance")
	j.inventor = j.member(j.head, "inventor@lake.example", "阿迪力", "inventor")
	j.manager = j.join("manager@cold.example", "程立")
	j.organisation(j.manager, "enterprise", "寒地储能有限公司")
	j.engineer = j.member(j.manager, "engineer@cold.example", "苏敏", "engineer")
	j.stranger = j.join("manager@third.example", "段铸")
	j.organisation(j.stranger, "enterprise", "旁观装备有限公司")
	j.officer.Post(path+"/members", body{"email": "x@lake.example", "role": "head"}).Refused(http.StatusForbidden, "not_allowed")
}

func (j *journey) contributors(t *testing.T) {
	persons := "/organisations/" + j.officer.Organisation + "/persons"
	entry := j.officer.Post(persons, body{"name": "方晓禾", "email": "fang@lake.example"}).Expect(http.StatusCreated)
	j.namedEntry = entry.Text("id")
	if entry.Text("claimed") != "false" {
		t.Errorf("%s", entry.Body)
	}
	token := j.letterToken("fang@lake.example", "/claim")
	j.named = j.join("fang@lake.example", "方晓禾")
	j.stranger.Post("/me/claims", body{"token": token + "x"}).Expect(http.StatusUnprocessableEntity)
	j.named.Post("/me/claims", body{"token": token}).Expect(http.StatusOK)
	list := j.officer.Get(persons).Expect(http.StatusOK)
	if list.Text("items.0.id") != j.namedEntry || list.Text("items.0.claimed") != "true" {
		t.Errorf("%s", list.Body)
	}
	j.inventor.Post("/me/claims", body{"token": token}).Expect(http.StatusUnprocessableEntity)
}

// achievementContent is what the institute offers: a battery for the cold.
func (j *journey) achievementContent() body {
	return body{
		"title":      body{"zh": "低温磷酸铁锂电池", "en": "Lithium iron phosphate battery for the cold"},
		"value_line": zh("零下三十度放电容量保持率八成二"), "abstract": zh("采用低温电解液与梯度正极，电池在零下三十度不加热即可放电。"),
		"details": zh("电解液配方 LAKE-SECRET-7：酯醚比例与添加剂序列"), "keywords_zh": []string{"电池", "低温", "储能"},
		"claims": []body{{"metric": zh("循环寿命"), "value": "4200", "unit": "次", "conditions": zh("常温一倍率")},
			{"metric": zh("低温放电容量保持率"), "value": "82", "unit": "%", "conditions": zh("零下三十度")}},
		"trl": 7, "form": "prototype", "technical_field": "new_energy", "industry": "C38", "region": "650100", "year": 2026,
		"ip_items": []body{{"kind": "know_how", "title": zh("低温电解液配方")}},
		"contributors": []body{{"person_id": j.inventor.personID, "role": "COMPLETER", "weight": 2},
			{"person_id": j.namedEntry, "role": "CONVERTER", "weight": 1}},
		"cooperation": []string{"licence_other"}, "price_mode": "agreement", "price": cny("1000000.00"),
		"tiers": body{"details": "NDA"},
	}
}

func (j *journey) listAchievement(t *testing.T) {
	content := j.achievementContent()
	delete(content, "technical_field")
	first := j.inventor.Post("/achievements", body{"title": content["title"]}).Expect(http.StatusCreated)
	j.achievement = "/achievements/" + first.Text("head.id")
	saved := j.inventor.Put(j.achievement+"/draft", content, contracttest.IfMatch(first.ETag())).Expect(http.StatusOK)
	stale := j.officer.Put(j.achievement+"/draft", body{"title": zh("另一个标题")}, contracttest.IfMatch(first.ETag()))
	stale.Refused(http.StatusPreconditionFailed, "stale_version")
	if kept := j.officer.Get(j.achievement + "/draft").Expect(http.StatusOK); kept.Text("content.title.zh") != "低温磷酸铁锂电池" {
		t.Errorf("a stale save has changed the draft: %s", kept.Body)
	}
	incomplete := step(j.officer.Client, j.achievement, "submit", nil).Refused(http.StatusUnprocessableEntity, "invalid_fields")
	if incomplete.FieldCode("technical_field") != "required" {
		t.Errorf("%s", incomplete.Body)
	}
	content["technical_field"] = "new_energy"
	saved = j.inventor.Put(j.achievement+"/draft", content, contracttest.IfMatch(saved.ETag())).Expect(http.StatusOK)
	if saved.Has("problems.0") {
		t.Errorf("%s", saved.Body)
	}
	step(j.inventor.Client, j.achievement, "submit", nil).Refused(http.StatusForbidden, "not_allowed")
	step(j.officer.Client, j.achievement, "submit", nil).Expect(http.StatusOK)
	j.visitor().Get(j.achievement).Refused(http.StatusNotFound, "not_found")

	if queue := j.reviewer.Get("/reviews").Expect(http.StatusOK); !strings.Contains(string(queue.Body), id(j.achievement)) {
		t.Errorf("%s", queue.Body)
	}
	returned := step(j.reviewer.Client, j.achievement, "return", body{"reason": "请补充测试条件",
		"fields": []body{{"path": "claims[0].conditions", "reason": "温度与倍率未写明"}}}).Expect(http.StatusOK)
	if returned.Text("state") != "draft" && returned.Text("state") != "returned" {
		t.Errorf("%s", returned.Body)
	}
	history := j.officer.Get(j.achievement + "/steps").Expect(http.StatusOK)
	if !strings.Contains(string(history.Body), `"path":"claims[0].conditions"`) || !strings.Contains(string(history.Body), "温度与倍率未写明") {
		t.Errorf("%s", history.Body)
	}
	content["claims"].([]body)[0]["conditions"] = zh("二十五度，一倍率充放")
	version := j.officer.Get(j.achievement + "/draft").Expect(http.StatusOK)
	j.officer.Put(j.achievement+"/draft", content, contracttest.IfMatch(version.ETag())).Expect(http.StatusOK)
	step(j.officer.Client, j.achievement, "submit", nil).Expect(http.StatusOK)
	step(j.officer.Client, j.achievement, "publish", nil).Refused(http.StatusForbidden, "not_allowed")
	step(j.reviewer.Client, j.achievement, "publish", nil).Expect(http.StatusOK)
	seen := j.visitor().Get(j.achievement).Expect(http.StatusOK)
	if seen.Text("content.claims.0.conditions.zh") != "二十五度，一倍率充放" || seen.Has("content.details") || !strings.Contains(seen.Text("withheld"), "details") {
		t.Errorf("%s", seen.Body)
	}

	// An edit of something published is a copy; readers keep the version.
	live := j.officer.Get(j.achievement + "/draft").Expect(http.StatusOK)
	content["title"] = zh("低温磷酸铁锂电池（二代）")
	j.officer.Put(j.achievement+"/draft", content, contracttest.IfMatch(live.ETag())).Expect(http.StatusOK)
	if seen := j.visitor().Get(j.achievement).Expect(http.StatusOK); seen.Text("content.title.zh") != "低温磷酸铁锂电池" {
		t.Errorf("%s", seen.Body)
	}
	step(j.officer.Client, j.achievement, "discard", nil).Expect(http.StatusOK)
}

func (j *journey) listPackage(t *testing.T) {
	components := []body{
		{"kind": "achievement", "achievement_id": id(j.achievement), "weight_bps": 8999,
			"rights": body{"offer": "know_how", "exclusivity": "NON_EXCLUSIVE", "territory": "新疆", "term_months": 60}},
		{"kind": "service", "title": "中试线调试服务", "weight_bps": 1000, "rights": body{"offer": "service", "term_months": 24}},
	}
	content := body{
		"title": zh("低温电池成果包"), "value_line": zh("零下三十度不加热放电，工艺与调试一次到位"), "description": zh("含低温电池技术秘密许可与中试线调试。"),
		"keywords_zh": []string{"电池", "低温"}, "technical_field": "new_energy", "industry": "C38", "region": "650100",
		"components": components, "cooperation": []string{"licence_other"}, "price_mode": "agreement", "price": cny("1000000.00"),
	}
	made := j.officer.Post("/packages", content).Expect(http.StatusCreated)
	j.pack = "/packages/" + made.Text("head.id")
	refused := step(j.officer.Client, j.pack, "submit", nil).Refused(http.StatusUnprocessableEntity, "invalid_fields")
	if refused.FieldCode("components") != "weights_must_sum_to_10000" {
		t.Errorf("%s", refused.Body)
	}
	components[0]["weight_bps"] = 9000
	j.officer.Put(j.pack+"/draft", content, contracttest.IfMatch(made.ETag())).Expect(http.StatusOK)
	step(j.officer.Client, j.pack, "submit", nil).Expect(http.StatusOK)
	step(j.reviewer.Client, j.pack, "publish", nil).Expect(http.StatusOK)
	if seen := j.visitor().Get(j.pack).Expect(http.StatusOK); seen.Text("component_titles.0.zh") != "低温磷酸铁锂电池" {
		t.Errorf("%s", seen.Body)
	}
}

func (j *journey) listNeed(t *testing.T) {
	content := body{
		"title": zh("寒区储能用低温电池"), "problem": zh("冬季夜间低于零下二十五度，现用磷酸铁锂电池放电容量只有六成，需加热保温。"),
		"technical_key": zh("电池在零下三十度不加热放电"), "expected_goal": zh("完成兆瓦时级示范"), "keywords_zh": []string{"电池", "低温"},
		"requirements": []body{
			{"criterion": zh("循环寿命不低于4000次"), "metric": zh("循环寿命"), "operator": ">=", "threshold": "4000", "unit": "次", "level": "must"},
			{"criterion": zh("低温放电容量保持率不低于90%"), "metric": zh("低温放电容量保持率"), "operator": ">=", "threshold": "90", "unit": "%", "level": "should"},
			{"criterion": zh("通过针刺试验"), "level": "must"},
		},
		"technical_field": "new_energy", "industry": "C38", "region": "650100", "budget_max": cny("1500000.00"), "min_trl": 6,
	}
	content["requirements"].([]body)[0]["threshold"] = "四千"
	refused := j.engineer.Post("/needs", content).Refused(http.StatusUnprocessableEntity, "invalid_fields")
	if refused.FieldCode("requirements[0].threshold") != "wrong_format" {
		t.Errorf("%s", refused.Body)
	}
	content["requirements"].([]body)[0]["threshold"] = "4000"
	j.need = j.published(j.engineer, j.reviewer, "needs", content)
}

func (j *journey) search(t *testing.T) {
	for _, listing := range []string{j.achievement, j.pack, j.need} {
		found := finds(t, j.visitor(), "电池", id(listing), true)
		if found.Text("hits.0.title.marks.0.0") == "" {
			t.Errorf("nothing is marked: %s", found.Body)
		}
	}
	narrowed := j.visitor().Get("/search?q=%E7%94%B5%E6%B1%A0&kind=package&field=new_energy").Expect(http.StatusOK)
	if narrowed.Text("total") != "1" || narrowed.Text("hits.0.id") != id(j.pack) {
		t.Errorf("%s", narrowed.Body)
	}
	if english := j.visitor().Get("/search?q=phosphate&locale=en").Expect(http.StatusOK); english.Text("hits.0.title.text") != "Lithium iron phosphate battery for the cold" {
		t.Errorf("%s", english.Body)
	}
}

func (j *journey) matches(t *testing.T) {
	var found contracttest.Answer
	eventually(t, "the need is matched", func() error {
		found = j.engineer.Get(j.need + "/matches").Expect(http.StatusOK)
		if !strings.Contains(string(found.Body), id(j.pack)) {
			return fmt.Errorf("%s", found.Body)
		}
		return nil
	})
	var list struct {
		Items []struct {
			Kind, Band   string
			SubjectID    string `json:"subject_id"`
			Reasons      []struct{ Code string }
			Requirements []struct {
				Criterion, Evidence text.Text
				Verdict             string
			}
		}
		Model string
	}
	found.Into(&list)
	for _, m := range list.Items {
		if m.Band == "" || len(m.Reasons) == 0 || len(m.Requirements) != 3 {
			t.Errorf("a match without band, reasons or verdicts: %+v", m)
		}
		if m.Kind != "package" || m.SubjectID != id(j.pack) {
			t.Errorf("what a package contains is offered by the package: %+v", m)
		}
		verdicts := m.Requirements[0].Verdict + " " + m.Requirements[1].Verdict + " " + m.Requirements[2].Verdict
		if verdicts != "met unmet unknown" || !strings.Contains(m.Requirements[0].Evidence.Zh, "4200") {
			t.Errorf("the verdicts are %s: %+v", verdicts, m.Requirements)
		}
	}
	eventually(t, "the package is matched in turn", func() error {
		if reverse := j.officer.Get(j.pack + "/matches").Expect(http.StatusOK); !reverse.Has("items.0") ||
			reverse.Text("items.0.subject_id") != id(j.need) || !reverse.Has("items.0.reasons.0.code") {
			return fmt.Errorf("%s", reverse.Body)
		}
		return nil
	})
	j.stranger.Get(j.need+"/matches").Refused(http.StatusNotFound, "not_found")
	j.visitor().Get(j.need+"/matches").Refused(http.StatusNotFound, "not_found")
}
