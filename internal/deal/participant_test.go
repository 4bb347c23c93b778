package deal_test

import (
	"slices"
	"testing"

	"chengqiao/internal/deal"
	"chengqiao/internal/errs"
	"chengqiao/internal/policy"
)

func TestADealTellsWhoActedInItUntilItIsClosed(t *testing.T) {
	forEachWorld(t, func(w *world) {
		ctx := w.t.Context()
		d := w.negotiated() // buyer asked, seller accepted
		colleague := actor(seller.OrgID, policy.Institute, policy.Officer)
		colleague.AccountID = "account-of-colleague"
		for range 2 {
			if _, err := w.Post(ctx, colleague, d.ID, "我也参加。"); err != nil {
				w.t.Fatal(err)
			}
		}
		people, err := w.Participants(ctx, buyer, d.ID)
		if err != nil {
			w.t.Fatal(err)
		}
		var accounts []string
		for _, p := range people {
			accounts = append(accounts, p.OrgID+"/"+p.AccountID)
		}
		slices.Sort(accounts)
		if want := []string{"org-buyer/account-of-org-buyer", "org-seller/account-of-colleague", "org-seller/account-of-org-seller"}; !slices.Equal(accounts, want) {
			w.t.Errorf("people are %v", accounts)
		}
		_, err = w.Participants(ctx, stranger, d.ID)
		wantCode(w.t, err, errs.NotFound, "not_found")
		if _, err := w.Close(ctx, seller, d.ID, deal.Reason{Code: "terms_not_agreed"}); err != nil {
			w.t.Fatal(err)
		}
		if after, err := w.Participants(ctx, buyer, d.ID); err != nil || len(after) != 0 {
			w.t.Errorf("a closed deal tells %v (%v)", after, err)
		}
	})
}
