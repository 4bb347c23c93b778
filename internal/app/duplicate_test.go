package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"chengqiao/internal/httpapi/contracttest"
)

const (
	dripAbstract = "针对干旱区棉花灌溉用水效率低的问题，研究膜下滴灌水肥一体化技术，建立基于土壤含水率的灌溉制度，" +
		"与常规沟灌相比节水百分之四十，籽棉增产百分之十二。已在三个团场示范推广，形成技术规程一项，配套过滤与施肥装置各一套。"
	// The same, entered by somebody else from a printed leaflet.
	dripAgain = "針對乾旱區棉花灌溉用水效率低的問題，研究膜下滴灌水肥一體化技術，建立基於土壤含水率的灌溉製度，" +
		"與常規溝灌相比節水百分之四十，籽棉增產百分之十二。已在三個團場示範推廣，形成技術規程一項。"
)

func drip(person, title, abstract string) body {
	c := result(title, person)
	c["abstract"] = zh(abstract)
	return c
}

// suspicion waits until a reader's list has a pair of these two.
func suspicion(t *testing.T, by *contracttest.Client, state, a, b string) (pairID string) {
	t.Helper()
	eventually(t, "the pair is "+state, func() error {
		var page struct {
			Items []struct {
				ID    string
				Sides []struct{ ID string }
			}
		}
		by.Get("/duplicates?state=" + state).Expect(http.StatusOK).Into(&page)
		for _, item := range page.Items {
			ids := item.Sides[0].ID + item.Sides[1].ID
			if strings.Contains(ids, a) && strings.Contains(ids, b) {
				pairID = item.ID
				return nil
			}
		}
		return fmt.Errorf("%d others", len(page.Items))
	})
	return pairID
}

// decide takes a decision with the versions that the reader's page of the pair shows.
func decide(by *contracttest.Client, pair, action string, more body) contracttest.Answer {
	shown := by.Get("/duplicates/" + pair).Expect(http.StatusOK)
	request := body{"action": action}
	for k, v := range more {
		request[k] = v
	}
	if survivor, ok := more["survivor_id"]; ok {
		var pair struct {
			Sides []struct {
				ID      string
				Version int64
			}
		}
		shown.Into(&pair)
		for _, side := range pair.Sides {
			if side.ID == survivor {
				request["survivor_version"] = side.Version
			} else {
				request["other_version"] = side.Version
			}
		}
	}
	return by.Post("/duplicates/"+pair+"/steps", request, contracttest.IfMatch(shown.ETag()))
}

// TestAnOfficerMergesTwoOfTheSame takes a repeated entry from the hint in its
// form through the merger and back.
func TestAnOfficerMergesTwoOfTheSame(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	reviewer := w.staff("reviewer")
	i := w.institute("first.example", "甲", reviewer)
	kept := id(w.published(i.officer, reviewer, "achievements", drip(i.inventor.personID, "棉花膜下滴灌水肥一体化技术", dripAbstract)))

	again := drip(i.inventor.personID, "棉花膜下滴灌水肥一體化技術", dripAgain)
	again["ip_items"] = []body{{"kind": "software_copyright", "number": "2024SR0123456", "title": zh("灌溉决策软件")}}
	made := i.officer.Post("/achievements", again).Expect(http.StatusCreated)
	gone := made.Text("head.id")
	eventually(t, "the form says what the draft looks like", func() error {
		hint := i.officer.Get("/duplicates/suspects?kind=achievement&listing_id=" + gone).Expect(http.StatusOK)
		if hint.Text("items.0.id") != kept || hint.Text("items.0.band") != "likely" {
			return fmt.Errorf("%s", hint.Body)
		}
		return nil
	})
	i.officer.Post("/achievements/"+gone+"/steps", body{"action": "submit"}, contracttest.IfMatch(made.ETag())).Expect(http.StatusOK)
	step(reviewer.Client, "/achievements/"+gone, "publish", nil).Expect(http.StatusOK)
	pair := suspicion(t, i.officer.Client, "suspected", kept, gone)
	shown := i.officer.Get("/duplicates/" + pair).Expect(http.StatusOK)
	for _, want := range []string{"title_alike", "text_shared", "same_people", `{"field":"abstract","where":"different"}`} {
		if !strings.Contains(string(shown.Body), want) {
			t.Errorf("the page of the pair does not say %s: %s", want, shown.Body)
		}
	}

	merged := decide(i.officer.Client, pair, "merge", body{"survivor_id": kept, "carry": []body{{"field": "ip_items", "items": []int{0}}}}).Expect(http.StatusOK)
	if merged.Text("state") != "merged" || merged.Text("survivor_id") != kept {
		t.Errorf("%s", merged.Body)
	}
	if draft := i.officer.Get("/achievements/" + kept + "/draft").Expect(http.StatusOK); !strings.Contains(string(draft.Body), "2024SR0123456") {
		t.Errorf("the working copy of the survivor lacks what was carried into it: %s", draft.Body)
	}
	if live := w.visitor().Get("/achievements/" + kept).Expect(http.StatusOK); strings.Contains(string(live.Body), "2024SR0123456") {
		t.Error("what was carried shows before review")
	}
	led := w.visitor().Get("/achievements/"+gone).Refused(http.StatusNotFound, "listing_merged")
	if led.Text("params.into") != kept {
		t.Errorf("the merged one leads to %s", led.Body)
	}
	if own := i.officer.Get("/achievements/" + gone).Expect(http.StatusOK); own.Text("head.state") != "merged" {
		t.Errorf("its owner sees %s", own.Text("head.state"))
	}
	page := w.unfollowed("/achievements/" + gone)
	if page.StatusCode != http.StatusPermanentRedirect || page.Header.Get("Location") != "/achievements/"+kept {
		t.Errorf("its page answers %d to %q", page.StatusCode, page.Header.Get("Location"))
	}
	finds(t, w.visitor(), "膜下滴灌水肥", gone, false)
	// A listing that went in favour of another is not moved by itself.
	step(i.officer.Client, "/achievements/"+gone, "unmerge", nil).Refused(http.StatusUnprocessableEntity, "invalid_fields")

	decide(i.officer.Client, pair, "undo", nil).Expect(http.StatusOK)
	if back := w.visitor().Get("/achievements/" + gone).Expect(http.StatusOK); back.Text("content.ip_items.0.number") != "2024SR0123456" {
		t.Errorf("it came back as %s", back.Body)
	}
	finds(t, w.visitor(), "膜下滴灌水肥", gone, true)
	if draft := i.officer.Get("/achievements/" + kept + "/draft").Expect(http.StatusOK); strings.Contains(string(draft.Body), "2024SR0123456") {
		t.Errorf("the survivor keeps what was carried: %s", draft.Body)
	}
	steps := i.officer.Get("/duplicates/" + pair + "/steps").Expect(http.StatusOK)
	for _, want := range []string{"duplicate.find", "duplicate.merge", "duplicate.undo"} {
		if !strings.Contains(string(steps.Body), want) {
			t.Errorf("the history lacks %s: %s", want, steps.Body)
		}
	}

	// Two who merge at the same moment: one does.
	version := i.officer.Get("/duplicates/" + pair).Expect(http.StatusOK)
	var sides struct{ Sides []struct{ Version int64 } }
	version.Into(&sides)
	statuses := make([]int, 2)
	var group sync.WaitGroup
	for n, survivor := range []string{kept, gone} {
		other := sides.Sides[0].Version
		if version.Text("sides.0.id") == survivor {
			other = sides.Sides[1].Version
		}
		group.Go(func() {
			statuses[n] = i.officer.Post("/duplicates/"+pair+"/steps", body{"action": "merge", "survivor_id": survivor, "other_version": other},
				contracttest.IfMatch(version.ETag())).Status
		})
	}
	group.Wait()
	if statuses[0]+statuses[1] != http.StatusOK+http.StatusPreconditionFailed {
		t.Errorf("two mergers at once answer %v", statuses)
	}
}

// unfollowed reads a page without going where it leads.
func (w *world) unfollowed(path string) *http.Response {
	w.t.Helper()
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Get(w.address + path)
	if err != nil {
		w.t.Fatal(err)
	}
	_ = res.Body.Close()
	return res
}

// TestAPairOfTwoOwnersShowsWhatAnybodyMayRead holds least disclosure between
// owners, and that the platform decides between them.
func TestAPairOfTwoOwnersShowsWhatAnybodyMayRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	reviewer := w.staff("reviewer")
	first, second := w.institute("first.example", "甲", reviewer), w.institute("second.example", "乙", reviewer)
	ours := w.published(first.officer, reviewer, "achievements", drip(first.inventor.personID, "棉花膜下滴灌水肥一体化技术", dripAbstract))
	theirs := drip(second.inventor.personID, "棉花膜下滴灌水肥一体化技术", dripAgain)
	theirs["details"], theirs["tiers"] = zh("秘密配方甲乙丙"), body{"details": "NDA"}
	copied := w.published(second.officer, reviewer, "achievements", theirs)
	pair := suspicion(t, first.officer.Client, "suspected", id(ours), id(copied))

	for _, reader := range []*person{first.officer, reviewer, w.staff("operator")} {
		shown := reader.Get("/duplicates/" + pair).Expect(http.StatusOK)
		if strings.Contains(string(shown.Body), "秘密配方") || strings.Contains(string(shown.Body), second.inventor.personID) {
			t.Errorf("%s sees what the other owner hides: %s", reader.email, shown.Body)
		}
	}
	if own := second.officer.Get("/duplicates/" + pair).Expect(http.StatusOK); !strings.Contains(string(own.Body), "秘密配方") {
		t.Errorf("the owner does not see the own listing whole: %s", own.Body)
	}
	w.visitor().Get("/duplicates").Refused(http.StatusUnauthorized, "sign_in_required")
	stranger := w.join("stranger@third.example", "丙所长")
	w.organisation(stranger, "institute", "丙")
	stranger.Get("/duplicates/"+pair).Refused(http.StatusNotFound, "not_found")
	stranger.Get("/duplicates/suspects?kind=achievement&listing_id="+id(ours)).Refused(http.StatusNotFound, "not_found")

	decide(first.officer.Client, pair, "keep_apart", nil).Refused(http.StatusForbidden, "not_allowed")
	decide(first.officer.Client, pair, "merge", body{"survivor_id": id(ours)}).Refused(http.StatusForbidden, "not_allowed")
	decide(first.officer.Client, pair, "merge", body{"survivor_id": id(copied), "carry": []body{{"field": "abstract"}}}).
		Refused(http.StatusUnprocessableEntity, "invalid_fields")
	decide(reviewer.Client, pair, "merge", body{"survivor_id": id(ours)}).Refused(http.StatusForbidden, "not_allowed")
	decide(reviewer.Client, pair, "keep_apart", body{"reason": "两家合作完成，分别登记"}).Expect(http.StatusOK)

	// Kept apart it stays, whatever happens to either that does not make them more alike.
	version := second.officer.Get(copied + "/draft").Expect(http.StatusOK)
	theirs["year"] = 2021
	second.officer.Put(copied+"/draft", theirs, contracttest.IfMatch(version.ETag())).Expect(http.StatusOK)
	step(second.officer.Client, copied, "submit", nil).Expect(http.StatusOK)
	step(reviewer.Client, copied, "publish", nil).Expect(http.StatusOK)
	if found := first.officer.Get("/duplicates").Expect(http.StatusOK); found.Has("items.0") {
		t.Errorf("a pair that was kept apart is suspected again: %s", found.Body)
	}
	decide(reviewer.Client, pair, "undo", nil).Expect(http.StatusOK)
	suspicion(t, second.officer.Client, "suspected", id(ours), id(copied))
}

// TestThePairOfAnAnonymousNeedNamesNobodyOfItsOwner reads the history of a pair
// after the anonymous side has gone in favour of the reader's.
func TestThePairOfAnAnonymousNeedNamesNobodyOfItsOwner(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	reviewer := w.staff("reviewer")
	hidden, other := w.join("manager@hidden.example", "隐名经理"), w.join("manager@open.example", "公开经理")
	w.organisation(hidden, "enterprise", "隐名企业")
	w.organisation(other, "enterprise", "公开企业")
	wanted := func(abstract string, anonymous bool) body {
		return body{"title": zh("求棉花膜下滴灌水肥一体化技术"), "problem": zh(abstract), "technical_field": "agriculture", "anonymous": anonymous}
	}
	gone := w.published(hidden, reviewer, "needs", wanted(dripAbstract, true))
	stays := w.published(other, reviewer, "needs", wanted(dripAgain, false))
	pair := suspicion(t, hidden.Client, "suspected", id(gone), id(stays))
	decide(hidden.Client, pair, "merge", body{"survivor_id": id(stays)}).Expect(http.StatusOK)

	steps := "/duplicates/" + pair + "/steps"
	if own := hidden.Get(steps).Expect(http.StatusOK); !strings.Contains(string(own.Body), "隐名经理") {
		t.Errorf("who merged is not told who did: %s", own.Body)
	}
	for _, reader := range []*person{other, reviewer} {
		read := reader.Get(steps).Expect(http.StatusOK)
		if strings.Contains(string(read.Body), "隐名") || !strings.Contains(string(read.Body), "另一单位") {
			t.Errorf("%s reads %s", reader.email, read.Body)
		}
	}
}

// TestAListingThatIsOfferedInAPackageDoesNotVanish refuses a merger that would
// take a component away.
func TestAListingThatIsOfferedInAPackageDoesNotVanish(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	reviewer := w.staff("reviewer")
	i := w.institute("first.example", "甲", reviewer)
	a := w.published(i.officer, reviewer, "achievements", drip(i.inventor.personID, "棉花膜下滴灌水肥一体化技术", dripAbstract))
	b := w.published(i.officer, reviewer, "achievements", drip(i.inventor.personID, "棉花膜下滴灌水肥一体化技术", dripAgain))
	w.published(i.officer, reviewer, "packages", body{"title": zh("滴灌包"), "value_line": zh("一"), "technical_field": "agriculture",
		"components": []body{{"kind": "achievement", "achievement_id": id(a), "weight_bps": 10000, "rights": body{"offer": "know_how"}}}})
	pair := suspicion(t, i.officer.Client, "suspected", id(a), id(b))
	decide(i.officer.Client, pair, "merge", body{"survivor_id": id(b)}).Refused(http.StatusConflict, "listing_in_package")
	decide(i.officer.Client, pair, "merge", body{"survivor_id": id(a)}).Expect(http.StatusOK)
}
