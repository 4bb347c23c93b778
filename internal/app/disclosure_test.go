package app_test

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"chengqiao/internal/httpapi/contracttest"
)

// planted are secrets by where they were put ("achievement NDA details"), each
// a word of its own that stands nowhere else.
type planted map[string]string

// word plants a new secret.
func (p planted) word(where string) string {
	if p[where] != "" {
		panic(where + " is planted twice")
	}
	// Letters alone, far from each other by edits, so that no search that
	// forgives typing errors takes one for another.
	sum := sha256.Sum256([]byte(where))
	for _, b := range sum[:14] {
		p[where] += string(rune('a' + b%26))
	}
	return p[where]
}

// Codes and numbers that the secret listings have and no other; they tell
// nothing alone, but a filter or a facet that knows them does.
const (
	secretRegion = "659001"
	secretYear   = "1987"
	secretPrice  = "7654321.00"
)

// secretive are listings of one organisation whose fields are all in one tier.
type secretive struct {
	tier  string
	paths []string // of achievement, package, need
}

// secretAchievement has a secret in every field whose tier can be chosen.
func secretAchievement(p planted, called, tier, person string) body {
	at := func(field string) string { return p.word(called + " " + tier + " " + field) }
	both := func(field string) body { return body{"zh": at(field + ".zh"), "en": at(field + ".en")} }
	content := body{
		"title": zh("公开题目甲 " + tier), "technical_field": "agriculture",
		"value_line": both("value_line"), "abstract": both("abstract"), "details": both("details"),
		"keywords_zh": []string{at("keywords_zh")}, "keywords_en": []string{at("keywords_en")},
		"claims": []body{{"metric": zh("亩产"), "value": "98765", "unit": "公斤/亩", "baseline": both("baseline"), "conditions": both("conditions")},
			{"metric": both("metric"), "value": "1"}},
		"trl": 3, "trl_evidence": []body{{"level": 3, "text": both("trl_evidence")}}, "form": "variety", "industry": "A01", "region": secretRegion,
		"ip_items":     []body{{"kind": "know_how", "title": both("ip_items")}},
		"contributors": []body{{"person_id": person, "role": "COMPLETER", "weight": 1}}, "funding_project": at("funding_project"),
		"cooperation": []string{"licence_other"}, "price_mode": "agreement", "price": cny(secretPrice),
		"public_benefit": true, "year": 1987,
	}
	content["tiers"] = tiersOf(content, tier)
	return content
}

// tiersOf puts every field whose tier can be chosen into one.
func tiersOf(content body, tier string) body {
	tiers := body{}
	for field := range content {
		if !slices.Contains([]string{"title", "technical_field", "audience", "tiers", "source", "contact_rule", "deadline", "anonymous"}, field) {
			tiers[field] = tier
		}
	}
	return tiers
}

func secretPackage(p planted, tier, achievement string) body {
	at := func(field string) string { return p.word("package " + tier + " " + field) }
	content := body{
		"title": zh("公开题目乙 " + tier), "technical_field": "agriculture",
		"value_line": zh(at("value_line")), "description": zh(at("description")), "theme": at("theme"),
		"keywords_zh": []string{at("keywords_zh")}, "industry": "A01", "region": secretRegion,
		"components": []body{{"kind": "achievement", "achievement_id": achievement, "weight_bps": 9000,
			"rights": body{"offer": "know_how", "exclusivity": "SOLE", "territory": at("territory"), "field_of_use": at("field_of_use")}},
			{"kind": "service", "title": at("component"), "weight_bps": 1000, "rights": body{"offer": "service"}}},
		"cooperation": []string{"licence_other"}, "price_mode": "agreement", "price": cny(secretPrice),
	}
	content["tiers"] = tiersOf(content, tier)
	return content
}

func secretNeed(p planted, tier string) body {
	at := func(field string) string { return p.word("need " + tier + " " + field) }
	content := body{
		"title": zh("公开题目丙 " + tier), "technical_field": "agriculture",
		"problem": zh(at("problem")), "technical_key": zh(at("technical_key")), "expected_goal": zh(at("expected_goal")),
		"requirements": []body{{"criterion": body{"zh": at("criterion.zh"), "en": at("criterion.en")}, "metric": zh("亩产"), "operator": ">=", "threshold": "1000", "unit": "公斤/亩", "level": "must"}},
		"keywords_zh":  []string{at("keywords_zh")}, "industry": "A01", "region": secretRegion,
		"budget_max": cny(secretPrice), "wished_partners": at("wished_partners"), "min_trl": 3,
	}
	content["tiers"] = tiersOf(content, tier)
	return content
}

// TestNoTierIsReadByThoseWhoLackIt plants secrets in every field of every kind
// of listing, in both narrower tiers, and looks for them in everything that
// the program answers to those who may not know them.
func TestNoTierIsReadByThoseWhoLackIt(t *testing.T) {
	t.Parallel()
	w, secrets := newWorld(t, nil), planted{}
	reviewer := w.staff("reviewer")
	owner := w.join("head@secret.example", "主人")
	w.organisation(owner, "institute", "保密研究所")
	hidden := w.join("manager@hidden.example", "隐者")
	w.organisation(hidden, "enterprise", "隐名采购公司")
	third := w.join("manager@third.example", "旁人")
	w.organisation(third, "enterprise", "第三方公司")
	mediator := w.join("broker@desk.example", "中间人")
	w.organisation(mediator, "brokerage", "技术转移公司")
	unverified := w.join("manager@new.example", "新人")
	w.unverified(unverified, "enterprise", "未验证公司")
	alone := w.join("alone@none.example", "散人")
	nobody := &person{Client: w.visitor(), w: w}
	readers := map[string]*person{"visitor": nobody, "account": alone, "unverified": unverified, "third": third, "mediator": mediator}
	members := []string{"third", "mediator"}
	heard := map[string]*lockedBuffer{}
	for name, r := range readers {
		if r.token != "" {
			heard[name] = r.listen(w.address)
		}
	}

	contributor := ""
	var all []secretive
	for _, tier := range []string{"NDA", "MEMBERS"} {
		named := owner.Post("/organisations/"+owner.Organisation+"/persons", body{"name": secrets.word("contributor " + tier)})
		contributor = named.Expect(http.StatusCreated).Text("id")
		s := secretive{tier: tier}
		achievement := w.published(owner, reviewer, "achievements", secretAchievement(secrets, "achievement", tier, contributor))
		s.paths = []string{achievement,
			w.published(owner, reviewer, "packages", secretPackage(secrets, tier, id(achievement))),
			w.published(owner, reviewer, "needs", secretNeed(secrets, tier))}
		all = append(all, s)
	}
	// A listing that is as a whole for those of a tier, its title with it, and
	// a package that contains it: one whose components anybody reads is refused.
	closed := secretAchievement(secrets, "whole", "MEMBERS", contributor)
	closed["title"], closed["audience"], closed["tiers"] = zh(secrets.word("whole MEMBERS title")), "MEMBERS", body{}
	closedPath := w.published(owner, reviewer, "achievements", closed)
	around := body{"title": zh("公开的包"), "value_line": zh("公开的一句话"), "technical_field": "agriculture",
		"components": []body{{"kind": "achievement", "achievement_id": id(closedPath), "weight_bps": 10000, "rights": body{"offer": "know_how"}}}}
	made := owner.Post("/packages", around).Expect(http.StatusCreated)
	refused := step(owner.Client, "/packages/"+made.Text("head.id"), "submit", nil).Refused(http.StatusUnprocessableEntity, "invalid_fields")
	if refused.FieldCode("components[0].achievement_id") != "achievement_less_public" {
		t.Errorf("%s", refused.Body)
	}
	around["tiers"] = body{"components": "MEMBERS"}
	aroundPath := w.published(owner, reviewer, "packages", around)
	// What was never published, and the working copy of what was.
	draft := owner.Post("/achievements", body{"title": zh(secrets.word("draft OWNER title"))}).Expect(http.StatusCreated)
	copied := owner.Get(all[0].paths[0] + "/draft").Expect(http.StatusOK)
	owner.Put(all[0].paths[0]+"/draft", body{"title": zh(secrets.word("copy OWNER title"))}, contracttest.IfMatch(copied.ETag())).Expect(http.StatusOK)
	file := owner.upload("achievement", id(all[0].paths[0]), "NDA", secrets.word("file NDA content"))
	membersFile := owner.upload("achievement", id(all[0].paths[0]), "MEMBERS", secrets.word("file OWNER unreviewed"))
	anonymous := w.published(hidden, reviewer, "needs", body{"title": zh("求购高产玉米"), "problem": zh("玉米亩产低"), "technical_field": "agriculture", "anonymous": true})
	// Listings of the third organisation that would match the secret ones.
	thirdNeed := w.published(third, reviewer, "needs", body{"title": zh("玉米亩产提升"), "problem": zh("公开题目甲 公开题目乙 玉米亩产提升"), "technical_field": "agriculture",
		"requirements": []body{{"criterion": zh("亩产不低于1000公斤"), "metric": zh("亩产"), "operator": ">=", "threshold": "1000", "unit": "公斤/亩", "level": "must"}}})
	thirdResult := w.published(third, reviewer, "achievements", body{"title": zh("玉米增产"), "abstract": zh("公开题目丙 玉米亩产提升"), "technical_field": "agriculture",
		"claims":       []body{{"metric": zh("亩产"), "value": "1100", "unit": "公斤/亩"}},
		"contributors": []body{{"person_id": third.personID, "role": "COMPLETER", "weight": 1}}})
	thirdPackage := w.published(third, reviewer, "packages", body{"title": zh("玉米增产包"), "value_line": zh("公开题目丙"), "technical_field": "agriculture",
		"components": []body{{"kind": "achievement", "achievement_id": id(thirdResult), "weight_bps": 10000, "rights": body{"offer": "know_how"}}}})
	finds(t, third.Client, "玉米增产包", id(thirdPackage), true)
	for _, s := range all {
		for _, path := range s.paths {
			finds(t, owner.Client, "公开题目", id(path), true)
		}
	}
	finds(t, third.Client, secrets["whole MEMBERS title"], id(closedPath), true)
	waitForMatches(t, third, thirdNeed, thirdPackage)

	told := talk(w, owner, reviewer, third, secrets, contributor, id(all[0].paths[0]), all[0].paths[1])
	files := append([]string{file, membersFile}, told["files"]...)
	paths := []string{closedPath, aroundPath, anonymous, "/achievements/" + draft.Text("head.id"), thirdNeed, thirdPackage}
	for _, s := range all {
		paths = append(paths, s.paths...)
	}
	for _, path := range append(paths, told["achievements"]...) {
		part := strings.Split(path, "/")[1]
		told[part] = append(told[part], id(path))
	}
	told["achievements"] = slices.DeleteFunc(told["achievements"], func(s string) bool { return strings.Contains(s, "/") })
	told["files"], told["organisations"] = files, []string{owner.Organisation, hidden.Organisation, third.Organisation}
	operations := readings(t, w, told)
	everyOperationAnswers(t, w, operations, owner, third, mediator, reviewer, w.staff("operator"), w.staff("verifier"))
	asked := append(crawl(secrets, paths, files), addressesOf(operations)...)

	// The owner reads all of it: what is looked for is there.
	seen := strings.Join(slices.Collect(maps.Values(answers(w, owner, asked))), "\n")
	for where, secret := range secrets {
		if !strings.HasPrefix(where, "note third") && !strings.HasPrefix(where, "copy") && !strings.HasPrefix(where, "draft") && !strings.HasPrefix(where, "file") && !strings.Contains(seen, secret) {
			t.Errorf("%s: not even its owner finds it", where)
		}
	}
	if strings.Contains(seen, secrets["note third"]) {
		t.Error("an owner reads what another organisation notes about the own listing")
	}
	for name, reader := range readers {
		got := answers(w, reader, asked)
		if name != "visitor" {
			got["the stream of events"] = heard[name].String()
		}
		if reader.email != "" {
			got["letters"] = strings.Join(w.letters(reader.email), "\n")
		}
		for where, secret := range secrets {
			if slices.Contains(members, name) && strings.Contains(where, "MEMBERS") || name == "third" && strings.Contains(where, "third") {
				continue
			}
			for what, text := range got {
				if strings.Contains(text, secret) {
					t.Errorf("%s reads %q in the answer to %s:\n%.600s", name, where, what, around80(text, secret))
				}
			}
		}
		noSideways(t, name, slices.Contains(members, name), reader, all, id(closedPath))
		noName(t, name, got, hidden.Organisation, "隐名采购公司")
		for what, text := range got {
			if strings.Contains(what, hidden.Organisation) && strings.Contains(text, id(anonymous)) {
				t.Errorf("%s learns from the organisation who posted the anonymous need: %s", name, what)
			}
		}
		if reader.Get("/search?organisation="+hidden.Organisation).Expect(http.StatusOK).Text("total") != "0" {
			t.Errorf("%s learns by a filter who posted the anonymous need", name)
		}
		for _, f := range files {
			if slices.Contains(members, name) && f == told["files"][len(files)-2] {
				continue // in the members' tier, and reviewed
			}
			if status, _ := w.get(reader, "/api/v1/files/"+f+"/content"); status != http.StatusNotFound {
				t.Errorf("%s: the content of a file answers %d", name, status)
			}
		}
	}
	// What the members' tier holds is found by members.
	for _, field := range []string{"abstract.zh", "details.en", "keywords_zh", "conditions.zh", "conditions.en"} {
		finds(t, third.Client, secrets["achievement MEMBERS "+field], id(all[1].paths[0]), true)
	}
}

func waitForMatches(t *testing.T, third *person, need, pack string) {
	t.Helper()
	for _, path := range []string{need, pack} {
		eventually(t, path+" is matched", func() error {
			if found := third.Get(path + "/matches").Expect(http.StatusOK); !found.Has("items.0") {
				return fmt.Errorf("%s", found.Body)
			}
			return nil
		})
	}
}

// crawl lists what a curious reader asks for.
func crawl(secrets planted, paths, files []string) []string {
	asked := []string{
		"/api/v1/achievements", "/api/v1/packages", "/api/v1/needs", "/api/v1/reviews", "/api/v1/organisations?page_size=100",
		"/api/v1/introductions", "/api/v1/deals", "/api/v1/contracts", "/api/v1/me", "/api/v1/me/export", "/api/v1/me/tasks", "/api/v1/me/rewards",
		"/api/v1/platform/audit", "/api/v1/platform/dead-letters",
		"/api/v1/search?page_size=100", "/api/v1/search?page_size=100&locale=en", "/api/v1/search?q=%E5%85%AC%E5%BC%80%E9%A2%98%E7%9B%AE&page_size=100",
		"/api/v1/search?sort=price_asc&page_size=100", "/api/v1/search?sort=trl_desc&page_size=100",
		"/", "/sitemap.xml", "/robots.txt", "/search", "/api/openapi.json",
	}
	for _, path := range paths {
		kind := strings.TrimSuffix(strings.Split(path, "/")[1], "s")
		asked = append(asked, path, "/api/v1/files?kind="+kind+"&subject_id="+id(path), "/api/v1/disclosures?listing_id="+id(path), path+"/citation.txt", path+"/citation.bib", path+"/citation.ris", path+"/qr.svg")
		for _, part := range []string{"", "/draft", "/steps", "/versions", "/matches"} {
			if part == "/matches" && kind == "achievement" {
				continue
			}
			asked = append(asked, "/api/v1"+path+part)
		}
	}
	for _, secret := range secrets {
		asked = append(asked, "/api/v1/search?q="+secret)
		// As somebody types who guesses how it begins, or misspells it.
		begun := secret[:len(secret)/2]
		asked = append(asked, "/api/v1/suggestions?q="+begun, "/api/v1/search?q="+begun+"qq"+secret[len(begun)+1:])
	}
	for _, f := range files {
		asked = append(asked, "/api/v1/files/"+f+"/content")
	}
	return asked
}

// answers are all that a person gets for asking, headers included.
func answers(w *world, p *person, asked []string) map[string]string {
	got := map[string]string{}
	for _, path := range asked {
		for _, language := range []string{"zh-CN", "en"} {
			if language == "en" && strings.HasPrefix(path, "/api") {
				continue
			}
			res := w.send(p, http.MethodGet, path, nil, contracttest.Header("Accept-Language", language))
			var b strings.Builder
			_ = res.Header.Write(&b)
			_, _ = fmt.Fprintf(&b, "%s", readAll(w.t, res))
			got[language+" "+path] = b.String()
		}
	}
	return got
}

// noSideways holds that codes and numbers of a tier do not answer filters, nor
// stand in facets, for who lacks it.
func noSideways(t *testing.T, name string, member bool, reader *person, all []secretive, closed string) {
	t.Helper()
	for _, s := range all {
		if member && s.tier == "MEMBERS" {
			continue
		}
		for _, filter := range []string{
			"region=" + secretRegion, "year=" + secretYear, "price_min=7654320&price_max=7654322", "industry=A01",
			"trl_min=3&trl_max=3", "ip_kind=know_how", "cooperation=licence_other", "price_mode=agreement", "public_benefit=true",
		} {
			found := reader.Get("/search?page_size=100&" + filter).Expect(http.StatusOK)
			for _, path := range s.paths {
				if strings.Contains(string(found.Body), id(path)) {
					t.Errorf("%s: the filter %s tells the %s tier of %s", name, filter, s.tier, path)
				}
			}
			if !member && strings.Contains(string(found.Body), closed) {
				t.Errorf("%s: the filter %s finds a listing for members", name, filter)
			}
		}
	}
	if member {
		return
	}
	// Nobody public has these: a facet that counts them counts what is secret.
	facets := string(reader.Get("/search?kind=achievement&kind=need").Expect(http.StatusOK).Body)
	for _, code := range []string{`"` + secretRegion + `"`, `"` + secretYear + `"`} {
		if strings.Contains(facets, code) {
			t.Errorf("%s: a facet counts %s", name, code)
		}
	}
}

// noName holds that who posted anonymously is named in no answer but the list
// of all organisations.
func noName(t *testing.T, reader string, got map[string]string, org, name string) {
	t.Helper()
	for what, text := range got {
		if !strings.Contains(what, "/organisations") && (strings.Contains(text, org) || strings.Contains(text, name)) {
			t.Errorf("%s reads who posted the anonymous need in the answer to %s:\n%.600s", reader, what, around80(text, org, name))
		}
	}
}

// around80 is the neighbourhood of the first word that stands in a text.
func around80(text string, words ...string) string {
	for _, word := range words {
		if at := strings.Index(text, word); at >= 0 {
			return strings.ToValidUTF8(text[max(0, at-80):min(len(text), at+len(word)+80)], "")
		}
	}
	return ""
}
