package app_test

import (
	"database/sql"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/httpapi/contracttest"
)

// today is the civil date on which the program acts.
func today() string { return string(clock.DateOf(time.Now())) }

func (j *journey) introduce(t *testing.T) {
	ask := body{"package_id": id(j.pack), "need_id": id(j.need), "message": "想了解低温电池的许可条件"}
	made := j.engineer.Post("/introductions", ask).Expect(http.StatusCreated)
	j.engineer.Post("/introductions", ask).Refused(http.StatusConflict, "introduction_exists")
	path := "/introductions/" + made.Text("id")
	j.engineer.Post(path+"/steps", body{"action": "accept"}).Refused(http.StatusForbidden, "not_allowed")
	j.stranger.Get(path).Refused(http.StatusNotFound, "not_found")
	if tasks := j.officer.Get("/me/tasks").Expect(http.StatusOK); !strings.Contains(string(tasks.Body), "answer_introduction") {
		t.Errorf("%s", tasks.Body)
	}
	accepted := j.officer.Post(path+"/steps", body{"action": "accept"}).Expect(http.StatusOK)
	j.deal = "/deals/" + accepted.Text("deal_id")
	j.officer.Post(j.deal+"/messages", body{"text": "欢迎来所里看样"}).Expect(http.StatusCreated)
	if talk := j.engineer.Get(j.deal + "/messages").Expect(http.StatusOK); talk.Text("items.0.text") != "欢迎来所里看样" {
		t.Errorf("%s", talk.Body)
	}
	j.stranger.Get(j.deal+"/messages").Refused(http.StatusNotFound, "not_found")
	j.contacts(t)
	eventually(t, "the need counts as matched", func() error {
		if seen := j.engineer.Get(j.need).Expect(http.StatusOK); seen.Text("head.state") != "matched" {
			return fmt.Errorf("%s", seen.Body)
		}
		return nil
	})
}

// contacts of a deal are those who act in it and consent to it, as long as they do.
func (j *journey) contacts(t *testing.T) {
	told := func(p *person) string { return string(p.Get(j.deal + "/contacts").Expect(http.StatusOK).Body) }
	consent := func(p *person, given bool) {
		p.Put("/me/consents", body{"purpose": "contact_disclosure", "version": "1", "given": given}).Expect(http.StatusOK)
	}
	if nobody := told(j.engineer); strings.Contains(nobody, "@") {
		t.Errorf("addresses without consent: %s", nobody)
	}
	consent(j.officer, true)
	consent(j.manager, true) // has not acted in the deal
	if one := told(j.engineer); strings.Count(one, "@") != 1 || !strings.Contains(one, j.officer.email) {
		t.Errorf("%s", one)
	}
	j.stranger.Get(j.deal+"/contacts").Refused(http.StatusNotFound, "not_found")
	consent(j.officer, false)
	if none := told(j.engineer); strings.Contains(none, "@") {
		t.Errorf("an address whose consent was taken back: %s", none)
	}
}

func (j *journey) nda(t *testing.T) {
	const secret = "LAKE-SECRET-7"
	reads := func(p *person) bool {
		return strings.Contains(string(p.Get(j.achievement).Expect(http.StatusOK).Body), secret)
	}
	if !reads(j.officer) || reads(j.engineer) || reads(j.stranger) {
		t.Error("before any NDA the field is for its owner alone")
	}
	j.finance.Post(j.deal+"/nda", nil).Refused(http.StatusForbidden, "not_allowed")
	j.manager.Post(j.deal+"/nda", nil).Expect(http.StatusOK)
	if reads(j.engineer) {
		t.Error("one signature opens the field")
	}
	if both := j.head.Post(j.deal+"/nda", nil).Expect(http.StatusOK); both.Text("nda.in_force") != "true" {
		t.Errorf("%s", both.Body)
	}
	if !reads(j.engineer) || reads(j.stranger) {
		t.Error("the signed NDA opens the field to the counterparty, and to nobody else")
	}
	log := j.officer.Get("/disclosures?listing_id=" + id(j.achievement)).Expect(http.StatusOK)
	if !strings.Contains(string(log.Body), "寒地储能有限公司") || !strings.Contains(string(log.Body), `"NDA"`) || !strings.Contains(string(log.Body), `"details"`) {
		t.Errorf("who saw it is not told to the owner: %s", log.Body)
	}
	if theirs := j.engineer.Get("/disclosures?listing_id=" + id(j.achievement)).Expect(http.StatusOK); theirs.Has("items.0") {
		t.Errorf("who saw it is told to a reader: %s", theirs.Body)
	}
}

func (j *journey) sign(t *testing.T) {
	terms := body{"type": "licence_know_how", "name": "低温电池技术秘密许可合同", "total": cny("1000000.00"),
		"technology_amount": cny("1000000.00"), "payment": body{"kind": "lump_sum"}, "technical_field": "new_energy"}
	drafted := j.officer.Post("/contracts", body{"deal_id": id(j.deal), "terms": terms}, contracttest.Key("draft-1")).Expect(http.StatusCreated)
	j.contract = "/contracts/" + drafted.Text("id")
	if drafted.Text("parties.0.name.zh") != "天池新材料研究所" || drafted.Text("components.0.weight_bps") != "9000" {
		t.Errorf("%s", drafted.Body)
	}
	proposed := j.officer.Post(j.contract+"/steps", body{"action": "propose"}, contracttest.IfMatch(drafted.ETag())).Expect(http.StatusOK)
	j.officer.Post(j.contract+"/steps", body{"action": "sign"}, contracttest.IfMatch(proposed.ETag())).Refused(http.StatusForbidden, "not_allowed")
	once := j.manager.Post(j.contract+"/steps", body{"action": "sign"}, contracttest.IfMatch(proposed.ETag())).Expect(http.StatusOK)
	if once.Text("state") != "half_signed" {
		t.Errorf("one signature puts it in force: %s", once.Body)
	}
	j.finance.Post(j.contract+"/receipts", receiptForm("BANK-0")).Refused(http.StatusConflict, "contract_not_in_force")
	before := today()
	signed := j.head.Post(j.contract+"/steps", body{"action": "sign"}, contracttest.IfMatch(once.ETag())).Expect(http.StatusOK)
	if on := signed.Text("signed_on"); signed.Text("state") != "signed" || on < before || on > today() {
		t.Errorf("%s", signed.Body)
	}
	j.officer.Put(j.contract, terms, contracttest.IfMatch(signed.ETag())).Expect(http.StatusConflict)
	j.stranger.Get(j.contract).Refused(http.StatusNotFound, "not_found")
	if d := j.engineer.Get(j.deal).Expect(http.StatusOK); d.Text("state") != "contracted" || d.Text("contract_id") != id(j.contract) {
		t.Errorf("%s", d.Body)
	}
}

// outcome waits until the events have told the ledger what became of the pair
// that was shown, by the model that had shown it.
func (j *journey) outcome(t *testing.T) {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(j.dir, "chengqiao.db")+"?mode=ro&_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	shownBy := j.engineer.Get(j.need + "/matches").Expect(http.StatusOK).Text("model")
	eventually(t, "introduced, accepted, drafted and signed", func() error {
		var fates string
		err := db.QueryRow(`SELECT coalesce(group_concat(fate, ' '), '') FROM (
				SELECT o.fate FROM match_outcomes o JOIN matches m ON m.id = o.match_id
				WHERE m.need_id = $1 AND m.subject_id = $2 AND m.origin = 'found' AND o.model = $3 ORDER BY o.at, o.fate)`,
			id(j.need), id(j.pack), shownBy).Scan(&fates)
		if err == nil && fates != "introduced accepted drafted signed" {
			err = fmt.Errorf("the ledger says %q", fates)
		}
		return err
	})
}

func (j *journey) agree(t *testing.T) {
	drafted := j.officer.Post(j.contract+"/plans", body{}).Expect(http.StatusCreated)
	path := "/plans/" + drafted.Text("id")
	if drafted.Text("contributors.0.weight") != "2" || drafted.Text("contributors.1.name") != "方晓禾" || drafted.Text("rule.floor_bps") != "7000" {
		t.Errorf("the plan does not begin with the achievement's contributors: %s", drafted.Body)
	}
	j.manager.Get(path).Refused(http.StatusNotFound, "not_found")
	act := func(p *person, action string, more body) contracttest.Answer {
		t.Helper()
		request := body{"action": action}
		for k, v := range more {
			request[k] = v
		}
		return p.Post(path+"/steps", request, contracttest.IfMatch(p.Get(path).Expect(http.StatusOK).ETag()))
	}
	act(j.officer, "propose", nil).Expect(http.StatusOK)
	act(j.officer, "confirm", nil).Refused(http.StatusForbidden, "not_allowed")
	act(j.inventor, "confirm", nil).Expect(http.StatusOK)
	act(j.inventor, "confirm", nil).Refused(http.StatusConflict, "already_confirmed")
	act(j.head, "decide", body{"file_id": "minutes"}).Refused(http.StatusConflict, "illegal_step")
	if confirmed := act(j.named, "confirm", nil).Expect(http.StatusOK); confirmed.Text("state") != "confirmed" || !confirmed.Has("contributors.1.confirmed_at") {
		t.Errorf("%s", confirmed.Body)
	}
	minutes := body{"file_id": j.officer.upload("plan", id(path), "NDA", "所务会纪要")}
	act(j.officer, "decide", minutes).Refused(http.StatusForbidden, "not_allowed")
	if refused := act(j.head, "decide", nil).Refused(http.StatusUnprocessableEntity, "invalid_fields"); refused.FieldCode("file_id") != "required" {
		t.Errorf("%s", refused.Body)
	}
	act(j.head, "decide", minutes).Expect(http.StatusOK)
	act(j.officer, "publicise", nil).Expect(http.StatusOK)
	if effective := act(j.officer, "effect", nil).Expect(http.StatusOK); effective.Text("state") != "effective" {
		t.Errorf("%s", effective.Body)
	}
}

func receiptForm(reference string) body {
	return body{"received_on": today(), "gross": cny("1000000.00"), "vat": cny("0.00"), "bank_reference": reference}
}

func (j *journey) receive(t *testing.T) {
	j.engineer.Post(j.contract+"/receipts", receiptForm("BANK-1")).Refused(http.StatusForbidden, "not_allowed")
	received := j.finance.Post(j.contract+"/receipts", receiptForm("BANK-1")).Expect(http.StatusCreated)
	j.receipt = received.Text("id")
	j.finance.Post(j.contract+"/receipts", receiptForm("BANK-1")).Refused(http.StatusConflict, "bank_reference_used")
	found := j.distributed(t, "RECEIPT")
	j.distribution = "/distributions/" + found.Text("id")
	for at, want := range map[string]string{
		"state": "computed", "type": "RECEIPT", "receipt_id": j.receipt, "owner_part.amount": "1000000.00",
		"split.base.amount": "1000000.00", "split.pool.amount": "700000.00", "split.main.amount": "700000.00",
		"split.institution.amount":     "300000.00",
		"split.shares.0.amount.amount": "466666.67", "split.shares.1.amount.amount": "233333.33",
	} {
		if got := found.Text(at); got != want {
			t.Errorf("%s is %s, want %s", at, got, want)
		}
	}
	if c := j.manager.Get(j.contract).Expect(http.StatusOK); c.Text("received.amount") != "1000000.00" {
		t.Errorf("%s", c.Body)
	}
}

// distributed waits for the distribution of the latest movement of a type.
func (j *journey) distributed(t *testing.T, movement string) contracttest.Answer {
	t.Helper()
	var path string
	eventually(t, "the "+movement+" is divided", func() error {
		list := j.finance.Get(j.contract + "/distributions").Expect(http.StatusOK)
		var page struct{ Items []struct{ ID, Type string } }
		list.Into(&page)
		for _, d := range page.Items {
			if d.Type == movement {
				path = "/distributions/" + d.ID
			}
		}
		if path == "" {
			return fmt.Errorf("%s", list.Body)
		}
		return nil
	})
	return j.finance.Get(path).Expect(http.StatusOK)
}

func (j *journey) pay(t *testing.T) {
	steps := j.distribution + "/steps"
	refused := j.finance.Post(steps, body{"action": "approve"}).Refused(http.StatusForbidden, "not_allowed")
	if refused.Text("params.reason") != "two_persons_required" {
		t.Errorf("who recorded the money approves: %s", refused.Body)
	}
	j.finance.Post(steps, body{"action": "pay", "paid_on": today(), "payment_reference": "PAY-1"}).Refused(http.StatusConflict, "illegal_step")
	j.head.Post(steps, body{"action": "approve"}).Expect(http.StatusOK)
	own := j.named.Get("/me/rewards").Expect(http.StatusOK)
	if own.Text("owed.amount") != "233333.33" || own.Text("paid.amount") != "0.00" || own.Text("items.0.pool.amount") != "700000.00" || own.Text("items.0.group_weight") != "3" {
		t.Errorf("the contributor does not see the own share and why: %s", own.Body)
	}
	j.named.Post(steps, body{"action": "accept"}).Refused(http.StatusConflict, "illegal_step")
	if missing := j.finance.Post(steps, body{"action": "pay"}).Refused(http.StatusUnprocessableEntity, "invalid_fields"); missing.FieldCode("paid_on") != "required" {
		t.Errorf("%s", missing.Body)
	}
	paid := today()
	j.finance.Post(steps, body{"action": "pay", "paid_on": paid, "payment_reference": "PAY-1"}).Expect(http.StatusOK)
	if one := j.inventor.Post(steps, body{"action": "accept"}).Expect(http.StatusOK); one.Text("state") != "paid" {
		t.Errorf("%s", one.Body)
	}
	if all := j.named.Post(steps, body{"action": "accept"}).Expect(http.StatusOK); all.Text("state") != "confirmed" {
		t.Errorf("%s", all.Body)
	}
	own = j.named.Get("/me/rewards").Expect(http.StatusOK)
	if own.Text("owed.amount") != "0.00" || own.Text("paid.amount") != "233333.33" || own.Text("items.0.paid_on") != paid {
		t.Errorf("%s", own.Body)
	}
	if none := j.manager.Get("/me/rewards").Expect(http.StatusOK); none.Has("items.0") {
		t.Errorf("%s", none.Body)
	}
}

func (j *journey) refund(t *testing.T) {
	path := "/receipts/" + j.receipt + "/refunds"
	form := func(gross, reference string) body {
		return body{"refunded_on": today(), "gross": cny(gross), "vat": cny("0.00"), "bank_reference": reference, "reason": "部分退款"}
	}
	j.finance.Post(path, form("1000000.01", "BACK-0")).Refused(http.StatusConflict, "refund_exceeds_receipts")
	back := j.finance.Post(path, form("100000.00", "BACK-1")).Expect(http.StatusCreated)
	if back.Text("type") != "REFUND" || back.Text("receipt_id") != j.receipt {
		t.Errorf("%s", back.Body)
	}
	j.finance.Post(path, form("900000.01", "BACK-2")).Refused(http.StatusConflict, "refund_exceeds_receipts")
	j.finance.Post("/receipts/"+back.Text("id")+"/refunds", form("1.00", "BACK-3")).Refused(http.StatusConflict, "refund_of_refund")
	found := j.distributed(t, "REFUND")
	for at, want := range map[string]string{
		"receipt_id": j.receipt, "split.pool.amount": "-70000.00", "split.institution.amount": "-30000.00",
		"split.shares.0.amount.amount": "-46666.67", "split.shares.1.amount.amount": "-23333.33",
	} {
		if got := found.Text(at); got != want {
			t.Errorf("%s is %s, want %s", at, got, want)
		}
	}
	if moved := j.manager.Get(j.contract + "/receipts").Expect(http.StatusOK); moved.Text("items.0.refundable.amount") != "900000.00" || !moved.Has("items.1") || moved.Has("items.2") {
		t.Errorf("%s", moved.Body)
	}
}
