package deal_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"chengqiao/internal/deal"
	"chengqiao/internal/errs"
	"chengqiao/internal/policy"
)

func TestAcceptingOpensTheDealAndMarksTheNeed(t *testing.T) {
	forEachWorld(t, func(w *world) {
		d := w.negotiated()
		if d.SellerOrg != seller.OrgID || d.BuyerOrg != buyer.OrgID || d.PackageID != "P" || d.NeedID != "N" {
			w.t.Errorf("the deal is %+v", d.Deal)
		}
		if d.Position.State != deal.Negotiating || !slices.Equal(w.needs.ids, []string{"N"}) {
			w.t.Errorf("state %s, matched needs %v", d.Position.State, w.needs.ids)
		}
		if want := []string{"close", "message", "nda_sign", "contract_draft"}; !slices.Equal(d.Actions, want) {
			w.t.Errorf("the seller may %v, want %v", d.Actions, want)
		}
		timeline, err := w.Timeline(w.t.Context(), buyer, d.ID)
		var actions []string
		for _, s := range timeline {
			actions = append(actions, s.Action)
		}
		if want := []string{"introduction.create", "introduction.accept", "deal.open"}; err != nil || !slices.Equal(actions, want) {
			w.t.Errorf("the timeline is %v (%v), want %v", actions, err, want)
		}
		for _, read := range []error{
			second(w.Deal(w.t.Context(), stranger, d.ID)),
			second(w.Timeline(w.t.Context(), stranger, d.ID)),
			second(w.Messages(w.t.Context(), stranger, d.ID, "", 10)),
			second(w.Post(w.t.Context(), stranger, d.ID, "我也想谈")),
			second(w.SignNDA(w.t.Context(), stranger, d.ID)),
			second(w.Close(w.t.Context(), stranger, d.ID, deal.Reason{Code: "not_suitable"})),
		} {
			wantCode(w.t, read, errs.NotFound, "not_found")
		}
	})
}

func TestADealAboutAResultOpensThatResultAlone(t *testing.T) {
	forEachWorld(t, func(w *world) {
		ctx := w.t.Context()
		i := w.introduced(buyer, deal.Request{AchievementID: "A-free", NeedID: "N"})
		accepted, err := w.Accept(ctx, seller, i.ID)
		if err != nil || accepted.AchievementID != "A-free" {
			w.t.Fatalf("%+v (%v)", accepted.Topic, err)
		}
		d, err := w.Deal(ctx, buyer, accepted.DealID)
		if want := (deal.Topic{AchievementID: "A-free", NeedID: "N"}); err != nil || d.Topic != want {
			w.t.Fatalf("the deal is about %+v (%v), want %+v", d.Topic, err, want)
		}
		for _, party := range []policy.Actor{seller, buyer} {
			if _, err := w.SignNDA(ctx, party, d.ID); err != nil {
				w.t.Fatal(err)
			}
		}
		for subject, want := range map[string][]string{"A-free": {buyer.OrgID, seller.OrgID}, "A-seller": nil, "A-third": nil} {
			if got, err := w.WithSigned(ctx, "achievement", subject); err != nil || !slices.Equal(got, want) {
				w.t.Errorf("%s is open to %v (%v), want %v", subject, got, err, want)
			}
		}
	})
}

func TestWhoHasBeenIntroducedIsKnownByListing(t *testing.T) {
	forEachWorld(t, func(w *world) {
		w.introduced(stranger, deal.Request{PackageID: "P"}) // open, so nobody knows anybody
		w.negotiated()
		for _, c := range []struct {
			kind, subject string
			want          []string
		}{
			{"package", "P", []string{buyer.OrgID, seller.OrgID}},
			{"need", "N", []string{buyer.OrgID, seller.OrgID}},
			{"package", "P2", nil},
			{"need", "P", nil},
			{"achievement", "A-seller", nil},
		} {
			got, err := w.Introduced(w.t.Context(), c.kind, c.subject)
			if err != nil || !slices.Equal(got, c.want) {
				w.t.Errorf("%s %s: %v (%v), want %v", c.kind, c.subject, got, err, c.want)
			}
		}
	})
}

func second[T any](_ T, err error) error { return err }

func TestADealThatCannotBeOpenedLeavesTheIntroductionOpen(t *testing.T) {
	forEachWorld(t, func(w *world) {
		i := w.introduced(buyer, deal.Request{PackageID: "P", NeedID: "N"})
		w.needs.fail = errors.New("the need cannot be matched")
		if _, err := w.Accept(w.t.Context(), seller, i.ID); !errors.Is(err, w.needs.fail) {
			w.t.Fatalf("accept: %v", err)
		}
		found, err := w.Introduction(w.t.Context(), seller, i.ID)
		if err != nil || found.Position.State != deal.Open || found.DealID != "" {
			w.t.Errorf("state %s, deal %q (%v)", found.Position.State, found.DealID, err)
		}
		deals, err := w.Deals(w.t.Context(), seller, "", "", 10)
		if err != nil || len(deals.Items) != 0 {
			w.t.Errorf("%d deals (%v)", len(deals.Items), err)
		}
	})
}

func TestMessagesArePagedNewestFirst(t *testing.T) {
	forEachWorld(t, func(w *world) {
		ctx := w.t.Context()
		d := w.negotiated()
		for n := range 5 {
			from := []policy.Actor{seller, buyer}[n%2]
			if _, err := w.Post(ctx, from, d.ID, fmt.Sprint("第", n, "条")); err != nil {
				w.t.Fatal(err)
			}
		}
		_, err := w.Post(ctx, seller, d.ID, "")
		wantField(w.t, err, "text", "required")
		_, err = w.Post(ctx, seller, d.ID, strings.Repeat("长", deal.MaxMessage+1))
		wantField(w.t, err, "text", "too_long")

		var got []string
		for cursor := ""; ; {
			p, err := w.Messages(ctx, buyer, d.ID, cursor, 2)
			if err != nil {
				w.t.Fatal(err)
			}
			for _, m := range p.Items {
				got = append(got, m.Text)
			}
			if cursor = p.Next; cursor == "" {
				break
			}
		}
		_, err = w.Messages(ctx, buyer, d.ID, "第二页", 2)
		wantCode(w.t, err, errs.Malformed, "malformed_cursor")
		if want := []string{"第4条", "第3条", "第2条", "第1条", "第0条"}; !slices.Equal(got, want) {
			w.t.Errorf("messages are %v", got)
		}
		for _, statement := range []string{
			`UPDATE deal_messages SET text = 'x'`, `DELETE FROM deal_messages`,
		} {
			if _, err := w.db.Exec(ctx, statement); err == nil {
				w.t.Errorf("%s is allowed", statement)
			}
		}
	})
}

func TestTheNDAIsInForceWhenBothHaveSigned(t *testing.T) {
	forEachWorld(t, func(w *world) {
		ctx := w.t.Context()
		d := w.negotiated()
		signed := func(kind, subject string) []string {
			orgs, err := w.WithSigned(ctx, kind, subject)
			if err != nil {
				w.t.Fatal(err)
			}
			return orgs
		}
		_, err := w.SignNDA(ctx, actor(buyer.OrgID, policy.Enterprise, policy.Engineer), d.ID)
		wantCode(w.t, err, errs.Forbidden, "not_allowed")

		once, err := w.SignNDA(ctx, seller, d.ID)
		if err != nil || once.NDA.InForce() || once.NDA.TextVersion != "2026-1" {
			w.t.Fatalf("after one signature: %+v (%v)", once.NDA, err)
		}
		if slices.Contains(once.Actions, "nda_sign") {
			w.t.Error("who has signed is offered to sign again")
		}
		_, err = w.SignNDA(ctx, seller, d.ID)
		wantCode(w.t, err, errs.Conflict, "nda_already_signed")
		if orgs := signed("package", "P"); len(orgs) != 0 {
			w.t.Fatalf("one signature opens the package to %v", orgs)
		}

		twice, err := w.SignNDA(ctx, buyer, d.ID)
		if err != nil || !twice.NDA.InForce() || len(twice.NDA.Signatures) != 2 {
			w.t.Fatalf("after two signatures: %+v (%v)", twice.NDA, err)
		}
		parties := []string{buyer.OrgID, seller.OrgID}
		for _, c := range []struct {
			kind, subject string
			want          []string
		}{
			{"package", "P", parties},
			{"package", "P2", nil},
			{"need", "N", parties},
			{"need", "hidden", nil},
			{"achievement", "A-seller", parties},
			{"achievement", "A-third", nil}, // not the seller's to open
			{"achievement", "A-free", nil},
			{"contract", "P", nil},
		} {
			if got := signed(c.kind, c.subject); !slices.Equal(got, c.want) {
				w.t.Errorf("%s %s is open to %v, want %v", c.kind, c.subject, got, c.want)
			}
		}
		granted := func(org string, limit int) []string {
			subjects, err := w.Granted(ctx, org, limit)
			if err != nil {
				w.t.Fatal(err)
			}
			return subjects
		}
		for _, party := range parties {
			if got := granted(party, 10); !slices.Equal(got, []string{"P", "N"}) {
				w.t.Errorf("%s is granted %v", party, got)
			}
		}
		if got := granted(buyer.OrgID, 1); !slices.Equal(got, []string{"P"}) {
			w.t.Errorf("the first granted is %v", got)
		}
		if got := granted(stranger.OrgID, 10); len(got) != 0 {
			w.t.Errorf("a stranger is granted %v", got)
		}
		if _, err := w.Close(ctx, buyer, d.ID, deal.Reason{Code: "price_not_agreed"}); err != nil {
			w.t.Fatal(err)
		}
		if orgs := signed("package", "P"); len(orgs) != 0 {
			w.t.Errorf("a closed deal still opens the package to %v", orgs)
		}
		if got := granted(buyer.OrgID, 10); len(got) != 0 {
			w.t.Errorf("a closed deal still grants %v", got)
		}
	})
}

func TestBothPartiesSigningAtOnceBringTheNDAInForce(t *testing.T) {
	forEachWorld(t, func(w *world) {
		d := w.negotiated()
		var both sync.WaitGroup
		for _, party := range []policy.Actor{seller, buyer} {
			both.Go(func() {
				if _, err := w.SignNDA(w.t.Context(), party, d.ID); err != nil {
					w.t.Errorf("%s: %v", party.OrgID, err)
				}
			})
		}
		both.Wait()
		found, err := w.Deal(w.t.Context(), seller, d.ID)
		if err != nil || !found.NDA.InForce() || len(found.NDA.Signatures) != 2 {
			w.t.Errorf("the NDA is %+v (%v)", found.NDA, err)
		}
	})
}

func TestADealEndsInAContractOrInAReason(t *testing.T) {
	forEachWorld(t, func(w *world) {
		ctx := w.t.Context()
		d := w.negotiated()
		_, err := w.Close(ctx, seller, d.ID, deal.Reason{})
		wantField(w.t, err, "reason_code", "required")
		if err := w.MarkContracted(ctx, d.ID); err != nil {
			w.t.Fatal(err)
		}
		if err := w.MarkContracted(ctx, d.ID); err != nil {
			w.t.Errorf("marking it again: %v", err)
		}
		_, err = w.Close(ctx, seller, d.ID, deal.Reason{Code: "need_changed"})
		wantCode(w.t, err, errs.Conflict, "illegal_step")
		if _, err := w.Post(ctx, seller, d.ID, "合同已签,继续联系。"); err != nil {
			w.t.Errorf("a contracted deal is no longer talked about: %v", err)
		}

		again := w.negotiated() // the pair is free again
		closed, err := w.Close(ctx, buyer, again.ID, deal.Reason{Code: "funding_missing", Text: "明年再议"})
		if err != nil || closed.Position.State != deal.Closed || len(closed.Actions) != 0 {
			w.t.Fatalf("closed is %+v (%v)", closed, err)
		}
		_, err = w.Post(ctx, seller, again.ID, "喂?")
		wantCode(w.t, err, errs.Conflict, "deal_closed")
		_, err = w.SignNDA(ctx, seller, again.ID)
		wantCode(w.t, err, errs.Conflict, "deal_closed")
		wantCode(w.t, w.MarkContracted(ctx, again.ID), errs.Conflict, "illegal_step")

		list, err := w.Deals(ctx, seller, deal.Closed, "", 10)
		if err != nil || len(list.Items) != 1 || list.Items[0].ID != again.ID || list.Items[0].Reason.Text != "明年再议" {
			w.t.Errorf("closed deals are %+v (%v)", list.Items, err)
		}
	})
}

func TestNobodySaysNothing(t *testing.T) {
	forEachWorld(t, func(w *world) {
		d := w.negotiated()
		for _, nothing := range []string{"", "  ", "\u3000\n", "\u200b"} {
			_, err := w.Post(w.t.Context(), seller, d.ID, nothing)
			if fields := errs.As(err).Fields; len(fields) != 1 || fields[0].Path != "text" || fields[0].Code != "required" {
				w.t.Errorf("%q: %v", nothing, err)
			}
			_, err = w.Introduce(w.t.Context(), buyer, deal.Request{PackageID: "P", Message: nothing})
			if fields := errs.As(err).Fields; len(fields) != 1 || fields[0].Path != "message" || fields[0].Code != "required" {
				w.t.Errorf("%q: %v", nothing, err)
			}
		}
	})
}
