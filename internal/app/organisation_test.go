package app_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestAnOrganisationChangesHandsOverTheContract(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	head := w.join("head@steppe.example", "周秉文")
	w.organisation(head, "institute", "草原研究所")
	officer := w.member(head, "officer@steppe.example", "吐尔逊", "officer")
	path := "/organisations/" + head.Organisation

	var members struct {
		Items []struct{ ID, Name, Role string }
	}
	head.Get(path + "/members").Expect(http.StatusOK).Into(&members)
	entry := map[string]string{}
	for _, m := range members.Items {
		entry[m.Name] = m.ID
	}
	head.Put(path+"/members/"+entry["周秉文"], body{"role": "officer"}).Refused(http.StatusConflict, "last_decider")
	if changed := head.Put(path+"/members/"+entry["吐尔逊"], body{"role": "finance"}).Expect(http.StatusOK); changed.Text("role") != "finance" {
		t.Errorf("%s", changed.Body)
	} else {
		entry["吐尔逊"] = changed.Text("id")
	}

	if none := officer.Get(path + "/handover").Expect(http.StatusOK); none.Has("handover") {
		t.Errorf("%s", none.Body)
	}
	officer.Post(path+"/handover", body{"member_id": entry["周秉文"]}).Refused(http.StatusForbidden, "not_allowed")
	head.Post(path+"/handover", body{"member_id": entry["吐尔逊"]}).Expect(http.StatusCreated)
	if open := officer.Get(path + "/handover").Expect(http.StatusOK); open.Text("handover.actions.0") != "accept" || open.Text("handover.from_name") != "周秉文" {
		t.Errorf("%s", open.Body)
	}
	officer.Post(path+"/handover/steps", body{"action": "accept"}).Expect(http.StatusNoContent)
	head.Post(path+"/members", body{"email": "third@steppe.example", "name": "第三人", "role": "officer"}).Refused(http.StatusForbidden, "not_a_member")
	officer.Post(path+"/members", body{"email": "third@steppe.example", "name": "第三人", "role": "officer"}).Expect(http.StatusCreated)
}

func TestDocumentsOfAnOrganisationAreItsOwnAndTheVerifiers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	head := w.join("head@dune.example", "林致远")
	w.organisation(head, "institute", "沙丘研究所")
	stranger := w.join("head@other.example", "别人")
	w.organisation(stranger, "institute", "别的研究所")
	path := "/organisations/" + head.Organisation + "/credentials"
	own := head.Get(path).Expect(http.StatusOK)
	if own.Text("items.0.state") != "verified" || own.Text("items.0.number") == "" {
		t.Fatalf("%s", own.Body)
	}
	file := "/files/" + own.Text("items.0.file_id") + "/content"
	w.staff("verifier").Get(path).Expect(http.StatusOK)
	if got := stranger.Get(path); got.Status != http.StatusNotFound {
		t.Errorf("a stranger gets %d %s", got.Status, got.Body)
	}
	if got := stranger.Get(file); got.Status != http.StatusNotFound {
		t.Errorf("a stranger opens the copy: %d", got.Status)
	}
	if status, _ := w.get(nil, "/api/v1"+path); status != http.StatusNotFound {
		t.Errorf("a visitor gets %d", status)
	}
	shown := stranger.Get("/organisations/" + head.Organisation).Expect(http.StatusOK)
	if strings.Contains(string(shown.Body), own.Text("items.0.number")) || shown.Has("verified_until") || !shown.Has("verified_at") {
		t.Errorf("%s", shown.Body)
	}
	stranger.Get("/credentials").Refused(http.StatusForbidden, "not_allowed")
}
