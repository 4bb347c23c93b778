package httpapi_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"chengqiao/internal/errs"
	"chengqiao/internal/httpapi/contracttest"
	"chengqiao/internal/listing"
	"chengqiao/internal/policy"
)

// letterKey signs the letters of these tests.
var letterKey = listing.LetterKey("a key of thirty-two characters!!")

// Open knows the officer alone: whoever else left the owner since.
func (w *listingWorld) Open(_ context.Context, token string) (listing.Letter, policy.Actor, error) {
	letter, err := letterKey.Open(token, w.clock.Now())
	if err == nil && letter.AccountID != w.actors["officer"].AccountID {
		err = errs.New(errs.NotFound, "confirmation_invalid")
	}
	return letter, w.actors["officer"], err
}

func TestALetterConfirmsByOnePressAndOnce(t *testing.T) {
	as, w := openListings(t)
	path := publishOver(as, "officer", "/achievements", wireAchievement())
	id := strings.TrimPrefix(path, "/achievements/")
	letter := listing.Letter{Kind: "achievement", ListingID: id, ConfirmBy: "2027-05-22", AccountID: "acc-officer"}
	visitor, token := as(""), body{"token": letterKey.Token(letter)}

	w.clock.Advance(181 * 24 * time.Hour)
	if n, err := w.achievements.ExpireDue(t.Context(), w.clock.Now(), 10); err != nil || n != 1 {
		t.Fatalf("%d expired, %v", n, err)
	}
	visitor.Get(path).Expect(http.StatusNotFound)
	// To read what is asked changes nothing: mail scanners follow links.
	for range 2 {
		read := visitor.Post("/confirmation-letters/read", token).Expect(http.StatusOK)
		if read.Text("state") != "expired" || read.Text("title.zh") != "低温电解液" {
			t.Fatalf("the letter asks %s", read.Body)
		}
	}
	visitor.Get(path).Expect(http.StatusNotFound)

	pressed := visitor.Post("/confirmation-letters/confirm", token).Expect(http.StatusOK)
	if pressed.Text("state") != "published" || pressed.Text("confirm_by") != "2027-11-19" {
		t.Errorf("pressed: %s", pressed.Body)
	}
	back := visitor.Get(path).Expect(http.StatusOK)
	if back.Text("content.title.zh") != "低温电解液" {
		t.Errorf("it comes back as %s", back.Body)
	}
	visitor.Post("/confirmation-letters/confirm", token).Refused(http.StatusConflict, "confirmation_used")

	other := letter
	other.AccountID = "acc-gone"
	visitor.Post("/confirmation-letters/confirm", body{"token": letterKey.Token(other)}).Refused(http.StatusNotFound, "confirmation_invalid")
	// A link that a mail program has cut is told as what it is, however short.
	visitor.Post("/confirmation-letters/read", body{"token": ""}).Refused(http.StatusNotFound, "confirmation_invalid")
	w.clock.Advance(300 * 24 * time.Hour)
	visitor.Post("/confirmation-letters/read", token).Refused(http.StatusNotFound, "confirmation_invalid")
}

func TestSeveralAreConfirmedEachForItself(t *testing.T) {
	as, w := openListings(t)
	path := publishOver(as, "officer", "/achievements", wireAchievement())
	w.clock.Advance(24 * time.Hour)
	items := []body{
		{"kind": "achievement", "id": strings.TrimPrefix(path, "/achievements/")},
		{"kind": "package", "id": "0198c0de-0000-7000-8000-000000000000"},
	}
	var done struct {
		Items []struct {
			ID, Code  string
			ConfirmBy string `json:"confirm_by"`
		}
	}
	as("officer").Post("/listings/confirmations", body{"items": items}).Expect(http.StatusOK).Into(&done)
	if len(done.Items) != 2 || done.Items[0].ConfirmBy != "2027-05-23" || done.Items[0].Code != "" || done.Items[1].Code != "not_found" {
		t.Errorf("confirmed %+v", done.Items)
	}
	done.Items = nil
	as("manager").Post("/listings/confirmations", body{"items": items[:1]}).Expect(http.StatusOK).Into(&done)
	if len(done.Items) != 1 || done.Items[0].Code == "" || done.Items[0].ConfirmBy != "" {
		t.Errorf("a stranger confirms %+v", done.Items)
	}
}

func TestAReviewIsTakenReadAndDecidedOverHTTP(t *testing.T) {
	as, _ := openListings(t)
	made := as("officer").Post("/achievements", wireAchievement()).Expect(http.StatusCreated)
	id := made.Text("head.id")
	sent := as("officer").Post("/achievements/"+id+"/steps", body{"action": "submit"}, contracttest.IfMatch(made.ETag())).Expect(http.StatusOK)
	review := "/reviews/achievement/" + id
	as("officer").Get(review).Expect(http.StatusForbidden)
	if taken := as("reviewer").Put(review+"/claim", nil).Expect(http.StatusOK); taken.Text("reviewer") != "某reviewer" {
		t.Errorf("taken: %s", taken.Body)
	}
	queue := as("reviewer").Get("/reviews?claim=mine&technical_field=new_energy").Expect(http.StatusOK)
	if !queue.Has("items.0.claim.mine") {
		t.Errorf("queue: %s", queue.Body)
	}
	as("reviewer").Do(http.MethodDelete, review+"/claim", nil).Expect(http.StatusNoContent)
	as("reviewer").Post("/achievements/"+id+"/steps", body{"action": "return", "reason": "缺条件"}, contracttest.IfMatch(sent.ETag())).Expect(http.StatusOK)
	as("reviewer").Get(review).Refused(http.StatusNotFound, "not_found")
}
