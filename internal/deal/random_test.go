package deal_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"chengqiao/config"
	"chengqiao/internal/clock"
	"chengqiao/internal/deal"
	"chengqiao/internal/errs"
	"chengqiao/internal/policy"
	"chengqiao/internal/store"
	"chengqiao/internal/store/storetest"
	"chengqiao/internal/taxonomy"
)

// TestAnySequenceOfDeedsKeepsThePairInOrder plays random deeds of both sides
// about one pair against a model: at any time there is at most one open
// introduction or one negotiation, who may not act is refused, and what has
// ended stays as it ended.
func TestAnySequenceOfDeedsKeepsThePairInOrder(t *testing.T) {
	db := storetest.SQLite(t, deal.IntroductionMachine, deal.Machine)
	lists, err := taxonomy.Load(config.Files)
	if err != nil {
		t.Fatal(err)
	}
	journal := store.NewJournal(db, nil, nil)
	clk := clock.NewManual(time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC))
	known := listings{}
	service := deal.NewService(deal.Deps{Tx: db, Store: store.NewDeal(db), Journal: journal, History: journal, Listings: known,
		Components: components{}, Needs: &matchedNeeds{}, Matches: matches{}, Reasons: lists, Clock: clk})
	pairs := 0
	rapid.Check(t, func(rt *rapid.T) {
		pairs++
		p := &pair{ctx: t.Context(), service: service, clock: clk,
			request: deal.Request{PackageID: fmt.Sprint("P", pairs), NeedID: fmt.Sprint("N", pairs), Message: "谈谈"}}
		known["package/"+p.request.PackageID] = deal.Listing{Facts: live(seller)}
		known["need/"+p.request.NeedID] = deal.Listing{Facts: live(buyer)}
		rt.Repeat(map[string]func(*rapid.T){
			"introduce": p.introduce, "answer": p.answer, "lapse": p.lapse, "end the deal": p.endDeal, "": p.check,
		})
	})
}

// pair is the model: who asked in the open introduction, what is negotiated,
// and how what has ended did.
type pair struct {
	ctx     context.Context
	service *deal.Service
	clock   *clock.Manual
	request deal.Request

	asker  policy.Actor
	open   string
	dealID string
	ended  map[string]deal.IntroductionView
}

func eitherSide(rt *rapid.T) policy.Actor {
	return rapid.SampledFrom([]policy.Actor{seller, buyer}).Draw(rt, "who")
}

func want(rt *rapid.T, err error, code string) {
	got := ""
	if err != nil {
		got = errs.CodeOf(err)
	}
	if got != code {
		rt.Fatalf("answered %q (%v), want %q", got, err, code)
	}
}

func (p *pair) introduce(rt *rapid.T) {
	who := eitherSide(rt)
	i, err := p.service.Introduce(p.ctx, who, p.request)
	switch {
	case p.dealID != "":
		want(rt, err, "deal_exists")
	case p.open != "":
		want(rt, err, "introduction_exists")
	default:
		want(rt, err, "")
		p.asker, p.open = who, i.ID
	}
}

func (p *pair) answer(rt *rapid.T) {
	if p.open == "" {
		return
	}
	who := eitherSide(rt)
	asks := who.OrgID == p.asker.OrgID
	var ended deal.IntroductionView
	var err error
	how := rapid.SampledFrom([]string{"accept", "decline", "withdraw"}).Draw(rt, "how")
	switch how {
	case "accept":
		ended, err = p.service.Accept(p.ctx, who, p.open)
	case "decline":
		ended, err = p.service.Decline(p.ctx, who, p.open, deal.Reason{Code: "no_capacity"})
	default:
		ended, err = p.service.Withdraw(p.ctx, who, p.open)
	}
	if asks != (how == "withdraw") {
		want(rt, err, "not_allowed") // both sides read it, so the refusal is no secret
		return
	}
	want(rt, err, "")
	p.end(ended)
	p.dealID = ended.DealID
	if (how == "accept") != (p.dealID != "") {
		rt.Fatalf("%s leaves the deal %q", how, p.dealID)
	}
}

func (p *pair) end(i deal.IntroductionView) {
	if p.ended == nil {
		p.ended = map[string]deal.IntroductionView{}
	}
	p.ended[i.ID] = i
	p.open = ""
}

func (p *pair) lapse(rt *rapid.T) {
	p.clock.Advance(deal.DefaultAnswerWithin + time.Second)
	_, err := p.service.LapseDue(p.ctx, p.clock.Now(), 1000)
	want(rt, err, "")
	if p.open == "" {
		return
	}
	i, err := p.service.Introduction(p.ctx, p.asker, p.open)
	want(rt, err, "")
	if i.Position.State != deal.Lapsed {
		rt.Fatalf("after its time it is %s", i.Position.State)
	}
	p.end(i)
}

func (p *pair) endDeal(rt *rapid.T) {
	if p.dealID == "" {
		return
	}
	if rapid.Bool().Draw(rt, "by contract") {
		want(rt, p.service.MarkContracted(p.ctx, p.dealID), "")
	} else {
		_, err := p.service.Close(p.ctx, eitherSide(rt), p.dealID, deal.Reason{Code: "terms_not_agreed"})
		want(rt, err, "")
	}
	_, err := p.service.Close(p.ctx, eitherSide(rt), p.dealID, deal.Reason{Code: "terms_not_agreed"})
	want(rt, err, "illegal_step")
	p.dealID = ""
}

// check holds what is stored against the model.
func (p *pair) check(rt *rapid.T) {
	all, err := p.service.Introductions(p.ctx, seller, deal.IntroductionQuery{Limit: deal.MaxPage})
	want(rt, err, "")
	mine := slices.DeleteFunc(all.Items, func(i deal.IntroductionView) bool { return i.PackageID != p.request.PackageID })
	for _, i := range mine {
		if i.Position.State == deal.Open {
			if i.ID != p.open {
				rt.Fatalf("%s is open beside %q", i.ID, p.open)
			}
			continue
		}
		was := p.ended[i.ID]
		if i.Position != was.Position || i.Version != was.Version || i.DealID != was.DealID || !i.EndedAt.Equal(was.EndedAt) {
			rt.Fatalf("what ended as %+v is now %+v", was.Introduction, i.Introduction)
		}
	}
}
