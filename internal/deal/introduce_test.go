package deal_test

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"chengqiao/internal/deal"
	"chengqiao/internal/errs"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
)

func TestTheOwnerOfThePackageSellsAndTheOwnerOfTheNeedBuys(t *testing.T) {
	forEachWorld(t, func(w *world) {
		for _, c := range []struct {
			name          string
			from          policy.Actor
			request       deal.Request
			to            string
			seller, buyer string
		}{
			{"a buyer asks for a package", buyer, deal.Request{PackageID: "P2"}, seller.OrgID, seller.OrgID, buyer.OrgID},
			{"somebody answers a need", stranger, deal.Request{NeedID: "N"}, buyer.OrgID, stranger.OrgID, buyer.OrgID},
			{"a buyer brings the need along", buyer, deal.Request{PackageID: "P", NeedID: "N"}, seller.OrgID, seller.OrgID, buyer.OrgID},
			{"a buyer asks about a result for the need", buyer, deal.Request{AchievementID: "A-free", NeedID: "N", MatchID: "M-free"}, seller.OrgID, seller.OrgID, buyer.OrgID},
			{"a seller offers a result for a need", seller, deal.Request{AchievementID: "A-seller", NeedID: "N"}, buyer.OrgID, seller.OrgID, buyer.OrgID},
			{"a seller offers the package for a need", seller, deal.Request{PackageID: "P2", NeedID: "N"}, buyer.OrgID, seller.OrgID, buyer.OrgID},
		} {
			i := w.introduced(c.from, c.request)
			if i.FromOrg != c.from.OrgID || i.ToOrg != c.to || i.Seller() != c.seller || i.Buyer() != c.buyer {
				w.t.Errorf("%s: from %s to %s, seller %s, buyer %s", c.name, i.FromOrg, i.ToOrg, i.Seller(), i.Buyer())
			}
			if i.Position.State != deal.Open || !i.AnswerBy.Equal(i.MadeAt.Add(deal.DefaultAnswerWithin)) {
				w.t.Errorf("%s: state %s, answer by %s", c.name, i.Position.State, i.AnswerBy)
			}
		}
	})
}

func TestAnIntroductionIsRefusedWithItsReason(t *testing.T) {
	forEachWorld(t, func(w *world) {
		unverified := buyer
		unverified.OrgVerified = false
		finance := actor("org-buyer", policy.Enterprise, policy.Finance)
		hello := func(r deal.Request) deal.Request { r.Message = "你好"; return r }
		for _, c := range []struct {
			name    string
			from    policy.Actor
			request deal.Request
			kind    errs.Kind
			code    string
		}{
			{"to oneself by package", seller, hello(deal.Request{PackageID: "P"}), errs.Conflict, "introduction_to_self"},
			{"to oneself by both", seller, hello(deal.Request{PackageID: "P", NeedID: "own"}), errs.Conflict, "introduction_to_self"},
			{"between two others", stranger, hello(deal.Request{PackageID: "P", NeedID: "N"}), errs.Forbidden, "not_allowed"},
			{"between two others by a result", stranger, hello(deal.Request{AchievementID: "A-free", NeedID: "N"}), errs.Forbidden, "not_allowed"},
			{"about an unknown result", buyer, hello(deal.Request{AchievementID: "nothing", NeedID: "N"}), errs.NotFound, "not_found"},
			{"about an unknown package", buyer, hello(deal.Request{PackageID: "nothing"}), errs.NotFound, "not_found"},
			{"about a draft of another's", buyer, hello(deal.Request{PackageID: "draft"}), errs.NotFound, "not_found"},
			{"about a draft of one's own", seller, hello(deal.Request{PackageID: "draft", NeedID: "N"}), errs.Conflict, "listing_not_published"},
			{"by an unverified organisation", unverified, hello(deal.Request{PackageID: "P"}), errs.Forbidden, "not_allowed"},
			{"by a role that does not negotiate", finance, hello(deal.Request{PackageID: "P"}), errs.Forbidden, "not_allowed"},
			{"by a visitor", policy.Actor{}, hello(deal.Request{PackageID: "P"}), errs.Unauthenticated, "sign_in_required"},
		} {
			_, err := w.Introduce(w.t.Context(), c.from, c.request)
			if !isCode(err, c.kind, c.code) {
				w.t.Errorf("%s: %v, want %s", c.name, err, c.code)
			}
		}
		_, err := w.Introduce(w.t.Context(), buyer, hello(deal.Request{}))
		wantField(w.t, err, "package_id", "required")
		_, err = w.Introduce(w.t.Context(), buyer, hello(deal.Request{AchievementID: "A-free"}))
		wantField(w.t, err, "need_id", "required")
		_, err = w.Introduce(w.t.Context(), buyer, hello(deal.Request{AchievementID: "A-free", PackageID: "P", NeedID: "N"}))
		wantField(w.t, err, "achievement_id", "not_with_package")
		_, err = w.Introduce(w.t.Context(), buyer, hello(deal.Request{AchievementID: "A-free", NeedID: "N", MatchID: "M"}))
		wantField(w.t, err, "match_id", "not_this_pair")
		_, err = w.Introduce(w.t.Context(), buyer, deal.Request{PackageID: "P"})
		wantField(w.t, err, "message", "required")
		_, err = w.Introduce(w.t.Context(), buyer, deal.Request{PackageID: "P", Message: strings.Repeat("谈", deal.MaxIntroduction+1)})
		wantField(w.t, err, "message", "too_long")
		_, err = w.Introduce(w.t.Context(), buyer, hello(deal.Request{PackageID: "P2", NeedID: "N", MatchID: "M"}))
		wantField(w.t, err, "match_id", "not_this_pair")
		_, err = w.Introduce(w.t.Context(), buyer, hello(deal.Request{PackageID: "P", NeedID: "N", MatchID: "unknown"}))
		wantField(w.t, err, "match_id", "unknown_reference")

		sent, err := w.Introductions(w.t.Context(), buyer, deal.IntroductionQuery{})
		if err != nil || len(sent.Items) != 0 {
			w.t.Errorf("refused introductions left %d rows behind (%v)", len(sent.Items), err)
		}
	})
}

func isCode(err error, kind errs.Kind, code string) bool {
	e := errs.As(err)
	return e != nil && e.Kind == kind && e.Code == code
}

func TestAPairHasOneOpenIntroductionWhoeverBegins(t *testing.T) {
	forEachWorld(t, func(w *world) {
		ctx := w.t.Context()
		both := deal.Request{PackageID: "P", NeedID: "N", MatchID: "M", Message: "谈谈"}
		first := w.introduced(buyer, both)
		_, err := w.Introduce(ctx, buyer, both)
		wantCode(w.t, err, errs.Conflict, "introduction_exists")
		_, err = w.Introduce(ctx, seller, both)
		wantCode(w.t, err, errs.Conflict, "introduction_exists")

		// Another result, another pair, and its own whoever begins.
		free := deal.Request{AchievementID: "A-free", NeedID: "N", Message: "谈谈"}
		w.introduced(seller, free)
		_, err = w.Introduce(ctx, buyer, free)
		wantCode(w.t, err, errs.Conflict, "introduction_exists")

		// Another asker, another pair.
		w.introduced(buyer, deal.Request{PackageID: "P2"})
		w.introduced(stranger, deal.Request{PackageID: "P2"})

		if _, err := w.Withdraw(ctx, buyer, first.ID); err != nil {
			w.t.Fatal(err)
		}
		second := w.introduced(seller, both)
		if _, err := w.Accept(ctx, buyer, second.ID); err != nil {
			w.t.Fatal(err)
		}
		_, err = w.Introduce(ctx, buyer, both)
		wantCode(w.t, err, errs.Conflict, "deal_exists")
	})
}

func TestBothSidesAskingAtOnceMakeOneIntroduction(t *testing.T) {
	forEachWorld(t, func(w *world) {
		results := make([]error, 2)
		var both sync.WaitGroup
		for n, side := range []policy.Actor{seller, buyer} {
			both.Go(func() {
				_, results[n] = w.Introduce(w.t.Context(), side, deal.Request{PackageID: "P", NeedID: "N", Message: "谈谈"})
			})
		}
		both.Wait()
		if (results[0] == nil) == (results[1] == nil) {
			w.t.Fatalf("the seller gets %v, the buyer %v", results[0], results[1])
		}
		for _, err := range results {
			if err != nil {
				wantCode(w.t, err, errs.Conflict, "introduction_exists")
			}
		}
	})
}

// TestAnAnonymousNeedKeepsItsOrganisationUntilAccepted reads everything that
// the other side can get and looks for the organisation in it.
func TestAnAnonymousNeedKeepsItsOrganisationUntilAccepted(t *testing.T) {
	forEachWorld(t, func(w *world) {
		ctx := w.t.Context()
		readBySeller := func(id string) string {
			one, err := w.Introduction(ctx, seller, id)
			if err != nil {
				w.t.Fatal(err)
			}
			all, err := w.Introductions(ctx, seller, deal.IntroductionQuery{})
			if err != nil {
				w.t.Fatal(err)
			}
			listed := slices.IndexFunc(all.Items, func(i deal.IntroductionView) bool { return i.ID == id })
			if listed < 0 {
				w.t.Fatal("the list lacks the introduction")
			}
			seen, err := json.Marshal([]any{one, all.Items[listed]})
			if err != nil {
				w.t.Fatal(err)
			}
			return string(seen)
		}
		ends := map[string]func(answering, asking policy.Actor, id string) error{
			"left open": func(_, _ policy.Actor, _ string) error { return nil },
			"declined": func(answering, _ policy.Actor, id string) error {
				_, err := w.Decline(ctx, answering, id, deal.Reason{Code: "not_suitable"})
				return err
			},
			"withdrawn": func(_, asking policy.Actor, id string) error {
				_, err := w.Withdraw(ctx, asking, id)
				return err
			},
		}
		for _, side := range []struct {
			name              string
			asking, answering policy.Actor
		}{
			{"the concealed side asks", buyer, seller},
			{"the concealed side is asked", seller, buyer},
		} {
			for _, how := range []string{"declined", "withdrawn", "left open"} {
				i := w.introduced(side.asking, deal.Request{PackageID: "P", NeedID: "hidden"})
				made, err := json.Marshal(i)
				if err != nil {
					w.t.Fatal(err)
				}
				if side.asking.OrgID == seller.OrgID && strings.Contains(string(made), buyer.OrgID) {
					w.t.Errorf("%s: the answer to making it names the organisation", side.name)
				}
				if err := ends[how](side.answering, side.asking, i.ID); err != nil {
					w.t.Fatal(err)
				}
				if seen := readBySeller(i.ID); strings.Contains(seen, buyer.OrgID) {
					w.t.Errorf("%s, %s: the other side reads %s", side.name, how, seen)
				}
				if how != "left open" {
					continue
				}
				own, err := w.Introduction(ctx, buyer, i.ID)
				if err != nil || own.Buyer() != buyer.OrgID {
					w.t.Errorf("%s: the concealed side does not see itself (%v)", side.name, err)
				}
				accepted, err := w.Accept(ctx, side.answering, i.ID)
				if err != nil {
					w.t.Fatal(err)
				}
				if seen := readBySeller(i.ID); !strings.Contains(seen, buyer.OrgID) {
					w.t.Errorf("%s: accepted, and still concealed", side.name)
				}
				if _, err := w.Close(ctx, seller, accepted.DealID, deal.Reason{Code: "terms_not_agreed"}); err != nil {
					w.t.Fatal(err)
				}
			}
		}
	})
}

// TestAnotherAnonymousNeedOfTheSameOrganisationLooksUnrelated: a refusal by
// organisation would tell the asker that two hidden needs are of one hand.
func TestAnotherAnonymousNeedOfTheSameOrganisationLooksUnrelated(t *testing.T) {
	forEachWorld(t, func(w *world) {
		w.listings["need/hidden2"] = deal.Listing{Facts: live(buyer), Anonymous: true}
		w.introduced(seller, deal.Request{PackageID: "P", NeedID: "hidden"})
		w.introduced(seller, deal.Request{PackageID: "P", NeedID: "hidden2"})
	})
}

func TestIntroductionsArePagedByBoxAndState(t *testing.T) {
	forEachWorld(t, func(w *world) {
		ctx := w.t.Context()
		var made []string
		for _, id := range []string{"a", "b", "c", "d", "e"} {
			w.listings["package/"+id] = deal.Listing{Facts: live(seller)}
			made = append(made, w.introduced(buyer, deal.Request{PackageID: id}).ID)
		}
		sent := w.introduced(seller, deal.Request{NeedID: "N"}).ID
		if _, err := w.Decline(ctx, seller, made[0], deal.Reason{Code: "no_capacity"}); err != nil {
			w.t.Fatal(err)
		}
		slices.Reverse(made)

		var got []string
		q := deal.IntroductionQuery{Box: deal.Received, Limit: 2}
		for pages := 0; ; pages++ {
			p, err := w.Introductions(ctx, seller, q)
			if err != nil {
				w.t.Fatal(err)
			}
			if len(p.Items) > 2 || pages > 3 {
				w.t.Fatalf("page %d has %d entries", pages, len(p.Items))
			}
			for _, i := range p.Items {
				got = append(got, i.ID)
			}
			if q.Cursor = p.Next; q.Cursor == "" {
				break
			}
		}
		if !slices.Equal(got, made) {
			w.t.Errorf("received are %v, want %v", got, made)
		}
		for _, c := range []struct {
			q    deal.IntroductionQuery
			want []string
		}{
			{deal.IntroductionQuery{Box: deal.Sent}, []string{sent}},
			{deal.IntroductionQuery{Box: deal.Received, State: deal.Declined}, made[4:]},
			{deal.IntroductionQuery{State: deal.Open}, append([]string{sent}, made[:4]...)},
			{deal.IntroductionQuery{ListingID: "c"}, made[2:3]},
			{deal.IntroductionQuery{ListingID: "N"}, []string{sent}},
			{deal.IntroductionQuery{ListingID: "N", Box: deal.Received}, nil},
		} {
			p, err := w.Introductions(ctx, seller, c.q)
			var ids []string
			for _, i := range p.Items {
				ids = append(ids, i.ID)
			}
			if err != nil || !slices.Equal(ids, c.want) {
				w.t.Errorf("%+v gives %v (%v), want %v", c.q, ids, err, c.want)
			}
		}
		_, err := w.Introductions(ctx, seller, deal.IntroductionQuery{Box: "trash"})
		wantField(w.t, err, "box", "unknown_value")
		_, err = w.Introductions(ctx, seller, deal.IntroductionQuery{State: "gone"})
		wantField(w.t, err, "state", "unknown_value")
		_, err = w.Introductions(ctx, policy.Actor{}, deal.IntroductionQuery{})
		wantCode(w.t, err, errs.Unauthenticated, "sign_in_required")
	})
}

func TestOnlyTheRightSideEndsAnIntroduction(t *testing.T) {
	forEachWorld(t, func(w *world) {
		ctx := w.t.Context()
		i := w.introduced(buyer, deal.Request{PackageID: "P"})
		if got := i.Actions; !slices.Equal(got, []string{"withdraw"}) {
			w.t.Errorf("the asker may %v", got)
		}
		asked, err := w.Introduction(ctx, seller, i.ID)
		if err != nil || !slices.Equal(asked.Actions, []string{"accept", "decline"}) {
			w.t.Errorf("the asked may %v (%v)", asked.Actions, err)
		}
		_, err = w.Introduction(ctx, stranger, i.ID)
		wantCode(w.t, err, errs.NotFound, "not_found")
		_, err = w.Accept(ctx, buyer, i.ID)
		wantCode(w.t, err, errs.Forbidden, "not_allowed")
		_, err = w.Withdraw(ctx, seller, i.ID)
		wantCode(w.t, err, errs.Forbidden, "not_allowed")
		_, err = w.Decline(ctx, seller, i.ID, deal.Reason{})
		wantField(w.t, err, "reason_code", "required")
		_, err = w.Decline(ctx, seller, i.ID, deal.Reason{Code: "just_so"})
		wantField(w.t, err, "reason_code", "unknown_value")
		_, err = w.Decline(ctx, seller, i.ID, deal.Reason{Code: deal.ReasonOther})
		wantField(w.t, err, "reason", "required")

		declined, err := w.Decline(ctx, seller, i.ID, deal.Reason{Text: "明年再谈"}) // words alone are another reason
		if err != nil || declined.Position.State != deal.Declined || declined.Reason.Text != "明年再谈" {
			w.t.Fatalf("declined is %+v (%v)", declined.Introduction, err)
		}
		_, err = w.Accept(ctx, seller, i.ID)
		wantCode(w.t, err, errs.Conflict, "illegal_step")
		steps, err := w.journal.Steps(ctx, deal.IntroductionKind, i.ID)
		if err != nil || len(steps) != 2 || steps[1].Reason != deal.ReasonOther || steps[1].OrgID != seller.OrgID {
			w.t.Errorf("history is %+v (%v)", steps, err)
		}
	})
}

func TestAcceptingAndWithdrawingAtOnceLetsOneWin(t *testing.T) {
	forEachWorld(t, func(w *world) {
		for round := range 5 {
			i := w.introduced(buyer, deal.Request{PackageID: "P", NeedID: "N"})
			var accepted deal.IntroductionView
			var acceptErr, withdrawErr error
			var both sync.WaitGroup
			both.Go(func() { accepted, acceptErr = w.Accept(w.t.Context(), seller, i.ID) })
			both.Go(func() { _, withdrawErr = w.Withdraw(w.t.Context(), buyer, i.ID) })
			both.Wait()

			if (acceptErr == nil) == (withdrawErr == nil) {
				w.t.Fatalf("round %d: accept %v, withdraw %v", round, acceptErr, withdrawErr)
			}
			loser := acceptErr
			if loser == nil {
				loser = withdrawErr
			}
			if kind := errs.KindOf(loser); kind != errs.Conflict && kind != errs.Stale {
				w.t.Fatalf("round %d: the loser is told %v", round, loser)
			}
			found, err := w.Introduction(w.t.Context(), buyer, i.ID)
			if err != nil {
				w.t.Fatal(err)
			}
			if (found.DealID != "") != (acceptErr == nil) {
				w.t.Fatalf("round %d: state %s with deal %q", round, found.Position.State, found.DealID)
			}
			if acceptErr == nil {
				if _, err := w.Close(w.t.Context(), buyer, accepted.DealID, deal.Reason{Code: "need_changed"}); err != nil {
					w.t.Fatal(err)
				}
			}
		}
	})
}

func TestAnUnansweredIntroductionLapses(t *testing.T) {
	forEachWorld(t, func(w *world) {
		ctx := w.t.Context()
		late := w.introduced(buyer, deal.Request{PackageID: "P"})
		w.clock.Advance(time.Hour)
		later := w.introduced(stranger, deal.Request{PackageID: "P"})
		w.clock.Advance(deal.DefaultAnswerWithin - time.Hour)

		lapse := func() int {
			n, err := w.LapseDue(ctx, w.clock.Now(), 10)
			if err != nil {
				w.t.Fatal(err)
			}
			return n
		}
		if n := lapse(); n != 0 {
			w.t.Fatalf("%d lapsed at the very instant, which still counts", n)
		}
		w.clock.Advance(time.Microsecond)
		if n := lapse(); n != 1 {
			w.t.Fatalf("%d lapsed, want the first alone", n)
		}
		if n := lapse(); n != 0 {
			w.t.Fatalf("%d lapsed twice", n)
		}
		for id, want := range map[string]lifecycle.State{late.ID: deal.Lapsed, later.ID: deal.Open} {
			if i, err := w.Introduction(ctx, seller, id); err != nil || i.Position.State != want {
				w.t.Errorf("state %s (%v), want %s", i.Position.State, err, want)
			}
		}
		_, err := w.Accept(ctx, seller, late.ID)
		wantCode(w.t, err, errs.Conflict, "illegal_step")
		w.introduced(buyer, deal.Request{PackageID: "P"}) // it may be tried again
	})
}

func TestTheMedianResponseTimeCountsSilence(t *testing.T) {
	forEachWorld(t, func(w *world) {
		ctx := w.t.Context()
		answerAfter := func(wait time.Duration, id string) {
			w.listings["package/"+id] = deal.Listing{Facts: live(seller)}
			i := w.introduced(buyer, deal.Request{PackageID: id})
			w.clock.Advance(wait)
			if _, err := w.Decline(ctx, seller, i.ID, deal.Reason{Code: "no_capacity"}); err != nil {
				w.t.Fatal(err)
			}
		}
		median := func() (int, bool) {
			hours, answers, err := w.MedianResponseHours(ctx, seller.OrgID)
			if err != nil {
				w.t.Fatal(err)
			}
			if answers != 0 && answers < 3 {
				w.t.Errorf("a median is told of %d answers", answers)
			}
			return hours, answers > 0
		}
		answerAfter(90*time.Minute, "a")
		answerAfter(10*time.Hour, "b")
		if hours, ok := median(); ok {
			w.t.Fatalf("two answers are too few, got %d hours", hours)
		}
		answerAfter(30*time.Hour, "c")
		if hours, ok := median(); !ok || hours != 10 {
			w.t.Fatalf("the median of 1.5, 10, 30 is %d (%v)", hours, ok)
		}
		w.introduced(buyer, deal.Request{PackageID: "P"})
		w.clock.Advance(deal.DefaultAnswerWithin + time.Second)
		if _, err := w.LapseDue(ctx, w.clock.Now(), 10); err != nil {
			w.t.Fatal(err)
		}
		if hours, ok := median(); !ok || hours != 20 {
			w.t.Fatalf("with a silence of 120 hours it is %d (%v), want 20", hours, ok)
		}
		w.clock.Advance(366 * 24 * time.Hour)
		if _, ok := median(); ok {
			w.t.Fatal("answers of more than a year ago still count")
		}
	})
}
