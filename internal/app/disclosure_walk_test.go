package app_test

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// unwalked are the reading operations that the walk does not ask, each with
// the reason. Whatever else the contract has is asked by every reader.
var unwalked = map[string]string{
	"listenEvents":          "a stream without end; each reader listens to it during the whole test",
	"getDistribution":       "has no subject here; TestEachOwnerDividesItsOwnPart holds that it is hidden from others",
	"listDistributionSteps": "as getDistribution",
	"getImport":             "an import is its importer's alone and holds what the importer wrote",
	"listImportRows":        "as getImport",
	"getDuplicate":          "a pair is found by the platform's own run over what is published",
	"listDuplicateSuspects": "asks about a draft of the asker's own",
	"listDuplicateSteps":    "as getDuplicate",
	"getReview":             "is the reviewer's alone, who reads all",
	"getAgreement":          "an agreement is its two parties'",
	"getSynonyms":           "the operators' words about words, of no listing",
	"previewSynonyms":       "counts for an operator what visitors find",
	"getWebhook":            "a webhook is its organisation's own, and so are its deliveries",
	"listWebhookDeliveries": "as getWebhook",
	"getWebhookDelivery":    "as getWebhook",
}

// subjectsOf are the ids at hand by the first part of an operation's path.
type subjectsOf map[string][]string

// readings are the reading operations of the contract, by operation, each with
// the addresses that ask it about every subject at hand. An operation whose
// parameters cannot be filled fails the test: it needs a subject here, or a
// reason in unwalked.
func readings(t *testing.T, w *world, subjects subjectsOf) map[string][]string {
	t.Helper()
	res := w.send(nil, http.MethodGet, "/api/openapi.yaml", nil)
	text, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	known := map[string]bool{}
	for path, item := range doc.Paths.Map() {
		if item.Get == nil {
			continue
		}
		operation := item.Get.OperationID
		known[operation] = true
		if unwalked[operation] != "" {
			continue
		}
		parameters := append(slices.Clone(item.Parameters), item.Get.Parameters...)
		addresses := filled(path, parameters, subjects)
		if len(addresses) == 0 {
			t.Errorf("%s (%s) cannot be asked: give it a subject, or a reason in unwalked", operation, path)
		}
		for _, a := range addresses {
			out[operation] = append(out[operation], "/api/v1"+a)
		}
	}
	for operation := range unwalked {
		if !known[operation] {
			t.Errorf("unwalked names %s, which the contract does not have", operation)
		}
	}
	return out
}

// kindOf is the kind of listing that a part of a path stands for.
var kindOf = map[string]string{"achievements": "achievement", "packages": "package", "needs": "need"}

// filled are the addresses of an operation; none where a parameter has no value.
func filled(path string, parameters openapi3.Parameters, subjects subjectsOf) []string {
	segment := strings.Split(path, "/")[1]
	addresses := []string{path}
	if strings.Contains(path, "{id}") {
		addresses = nil
		for _, id := range subjects[segment] {
			addresses = append(addresses, strings.Replace(path, "{id}", id, 1))
		}
	}
	var with []string
	for _, a := range addresses {
		a = strings.Replace(a, "{number}", "1", 1)
		if strings.Contains(a, "{kind}") {
			for _, kind := range kindOf {
				with = append(with, strings.Replace(a, "{kind}", kind, 1))
			}
			continue
		}
		with = append(with, a)
	}
	with = slices.DeleteFunc(with, func(a string) bool { return strings.Contains(a, "{") })
	var query []string
	for _, ref := range parameters {
		p := ref.Value
		switch {
		case p.In != "query":
		case p.Name == "subject_id" && p.Required:
			query = nil
			for part, kind := range kindOf {
				for _, id := range subjects[part] {
					query = append(query, "kind="+kind+"&subject_id="+id)
				}
			}
			return crossed(with, query)
		case p.Name == "q" && p.Required:
			query = []string{"q=公开"}
		case p.Name == "since" && p.Required:
			query = []string{"since=2020-01-01T00:00:00Z"}
		case p.Name == "page_size":
			query = []string{fmt.Sprintf("page_size=%.0f", *p.Schema.Value.Max)}
		case p.Required && p.Name != "kind":
			return nil
		}
	}
	return crossed(with, query)
}

func crossed(addresses, queries []string) []string {
	if len(queries) == 0 {
		return addresses
	}
	var out []string
	for _, a := range addresses {
		for _, q := range queries {
			out = append(out, a+"?"+q)
		}
	}
	return out
}

// addressesOf are all of them, sorted.
func addressesOf(operations map[string][]string) []string {
	var out []string
	for _, operation := range slices.Sorted(maps.Keys(operations)) {
		out = append(out, operations[operation]...)
	}
	return out
}

// everyOperationAnswers holds that each operation has answered one of those
// who may ask it: a walk over refusals alone would prove nothing.
func everyOperationAnswers(t *testing.T, w *world, operations map[string][]string, askers ...*person) {
	t.Helper()
	for operation, addresses := range operations {
		answered := slices.ContainsFunc(askers, func(p *person) bool {
			return slices.ContainsFunc(addresses, func(address string) bool {
				res := w.send(p, http.MethodGet, address, nil)
				_, _ = io.Copy(io.Discard, res.Body)
				_ = res.Body.Close()
				return res.StatusCode == http.StatusOK
			})
		})
		if !answered {
			t.Errorf("%s answers nobody: the walk proves nothing about it", operation)
		}
	}
}

// talk lets an owner and others do what leaves words behind: documents whose
// names are secret, a request for one of them, notes, a deal under an NDA with
// a contract. It gives the ids of what came of it, by the first part of paths;
// achievements by their paths.
func talk(w *world, owner, reviewer, third *person, secrets planted, contributor, achievement, pack string) subjectsOf {
	w.t.Helper()
	content := result("带资料的成果", contributor)
	made := owner.Post("/achievements", content).Expect(http.StatusCreated)
	path := "/achievements/" + made.Text("head.id")
	about := [][2]string{{"kind", "achievement"}, {"subject_id", id(path)}}
	secret := owner.attach(secrets.word("name NDA")+".txt", secrets.word("content NDA"), append(about, [2]string{"tier", "NDA"})...)
	members := owner.attach(secrets.word("name MEMBERS")+".txt", secrets.word("content MEMBERS"), append(about, [2]string{"tier", "MEMBERS"})...)
	closed := owner.attach("公开的名称.txt", secrets.word("content on request"), append(about, [2]string{"tier", "PUBLIC"}, [2]string{"on_request", "true"})...)
	step(owner.Client, path, "submit", nil).Expect(http.StatusOK)
	step(reviewer.Client, path, "publish", nil).Expect(http.StatusOK)
	third.Post("/files/"+secret+"/requests", body{"reason": secrets.word("request of third")}).Expect(http.StatusCreated)

	for _, n := range []struct {
		by    *person
		where string
	}{{owner, "note owner"}, {third, "note third"}} {
		n.by.Post("/notes", body{"kind": "achievement", "subject_id": achievement, "text": secrets.word(n.where)}).Expect(http.StatusCreated)
	}

	// A search that tells by notice, letter and feed: with the reader's own tiers.
	saved := third.Post("/me/searches", body{"name": "全部", "query": body{"q": []string{"公开题目"}}, "alert": "at_once", "by_mail": true, "in_app": true}).
		Expect(http.StatusCreated)

	partner := w.join("manager@partner.example", "签约方")
	w.organisation(partner, "enterprise", "签约公司")
	asked := partner.Post("/introductions", body{"package_id": id(pack), "message": secrets.word("introduction message")}).Expect(http.StatusCreated)
	deal := owner.Post("/introductions/"+asked.Text("id")+"/steps", body{"action": "accept"}).Expect(http.StatusOK).Text("deal_id")
	partner.Post("/deals/"+deal+"/nda", nil).Expect(http.StatusOK)
	owner.Post("/deals/"+deal+"/nda", nil).Expect(http.StatusOK)
	owner.Post("/deals/"+deal+"/messages", body{"text": secrets.word("deal message")}).Expect(http.StatusCreated)
	contract := owner.Post("/contracts", body{"deal_id": deal, "terms": body{"type": "licence_know_how", "name": secrets.word("contract name"),
		"total": cny("100000.00"), "technology_amount": cny("100000.00"), "payment": body{"kind": "lump_sum"}}}).Expect(http.StatusCreated)
	plan := owner.Post("/contracts/"+contract.Text("id")+"/plans", body{}).Expect(http.StatusCreated)
	return subjectsOf{
		"achievements": {path}, "files": {secret, members, closed}, "introductions": {asked.Text("id")}, "deals": {deal},
		"contracts": {contract.Text("id")}, "plans": {plan.Text("id")}, "me": {saved.Text("id")},
	}
}
