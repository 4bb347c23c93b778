package store_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/contract"
	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/ident"
	"chengqiao/internal/money"
	"chengqiao/internal/policy"
	"chengqiao/internal/sqldb"
	"chengqiao/internal/store"
	"chengqiao/internal/store/storetest"
	"chengqiao/internal/text"
)

// contractWorld is a contract service over a real store; what stands around
// it (deals, packages, organisations) is given by the test.
type contractWorld struct {
	t       *testing.T
	ctx     context.Context
	db      *sqldb.DB
	clock   *clock.Manual
	service *contract.Service

	deals      map[string]contract.DealSides
	components []contract.Component
	persons    []string
	mu         sync.Mutex // guards contracted: parties sign at once
	contracted []string
	// disagreeing are owners who do not agree to what the package offers.
	disagreeing []string
}

func (w *contractWorld) Sides(_ context.Context, id string) (contract.DealSides, error) {
	d, ok := w.deals[id]
	if !ok {
		return d, errs.New(errs.NotFound, "not_found")
	}
	return d, nil
}

func (w *contractWorld) MarkContracted(_ context.Context, id string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.contracted = append(w.contracted, id)
	return nil
}

func (w *contractWorld) Components(context.Context, string) ([]contract.Component, error) {
	return slices.Clone(w.components), nil
}

func (w *contractWorld) Disagreeing(_ context.Context, _ string, components []contract.Component) (string, error) {
	for _, c := range components {
		if slices.Contains(w.disagreeing, c.OwnerOrg) {
			return c.OwnerOrg, nil
		}
	}
	return "", nil
}

func (w *contractWorld) Snapshot(_ context.Context, id string) (contract.Organisation, error) {
	return contract.Organisation{ID: id, Name: text.Text{Zh: "单位" + id, En: "Org " + id}, CreditCode: "91350100M000100Y43", Region: "650100"}, nil
}

// Attached gives every contract one bank slip.
func (*contractWorld) Attached(_ context.Context, kind, _ string, ids []string) (map[string]bool, error) {
	out := map[string]bool{}
	for _, id := range ids {
		out[id] = kind == contract.Kind && id == "slip"
	}
	return out, nil
}

func (w *contractWorld) OfContract(context.Context, string) ([]string, error) { return w.persons, nil }

var (
	sellerOfficer = policy.Actor{AccountID: "acc-officer", PersonID: "per-officer", OrgID: "seller", OrgKind: policy.Institute, OrgVerified: true, Roles: []policy.Role{policy.Officer}}
	sellerHead    = policy.Actor{AccountID: "acc-head", PersonID: "per-head", OrgID: "seller", OrgKind: policy.Institute, OrgVerified: true, Roles: []policy.Role{policy.Head}}
	buyerManager  = policy.Actor{AccountID: "acc-manager", PersonID: "per-manager", OrgID: "buyer", OrgKind: policy.Enterprise, OrgVerified: true, Roles: []policy.Role{policy.Manager}}
	coOwnerHead   = policy.Actor{AccountID: "acc-co", PersonID: "per-co", OrgID: "co-owner", OrgKind: policy.Institute, OrgVerified: true, Roles: []policy.Role{policy.Head}}
	strangerHead  = policy.Actor{AccountID: "acc-stranger", PersonID: "per-stranger", OrgID: "stranger", OrgKind: policy.Enterprise, OrgVerified: true, Roles: []policy.Role{policy.Manager}}
)

func forEachContractWorld(t *testing.T, fn func(t *testing.T, w *contractWorld)) {
	t.Helper()
	storetest.ForEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		w := &contractWorld{
			t: t, ctx: context.Background(), db: db,
			clock: clock.NewManual(time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)),
			deals: map[string]contract.DealSides{},
			components: []contract.Component{
				{Kind: "achievement", AchievementID: "ach-1", Title: text.Zh("电池回收"), WeightBps: 7000,
					Rights: contract.Rights{Offer: "licence", Exclusivity: "EXCLUSIVE", FieldOfUse: "动力电池"}},
				{Kind: "achievement", AchievementID: "ach-2", Title: text.En("Sorting"), OwnerOrg: "co-owner", WeightBps: 3000,
					Rights: contract.Rights{Offer: "know_how", Exclusivity: "NON_EXCLUSIVE", TermMonths: 36}},
			},
		}
		j := store.NewJournal(db, store.Subscriptions{"reward": event.Named(event.ReceiptRecorded, event.RefundRecorded)}, nil)
		w.service = contract.NewService(contract.Deps{
			Tx: db, Store: store.NewContract(db), Journal: j, History: j,
			Deals: w, Packages: w, Organisations: w, Contributors: w, Files: w, Clock: w.clock,
		})
		fn(t, w)
	}, contract.Machine)
}

func licenceTerms() contract.Terms {
	return contract.Terms{
		Type: contract.LicencePatent, Name: "电池回收工艺许可", Total: money.Fen(100_000_00), TechnologyAmount: money.Fen(80_000_00),
		Payment: contract.PaymentPlan{Kind: contract.Instalments, Instalments: []contract.Instalment{
			{Amount: money.Fen(30_000_00), DueOn: "2026-12-01"}, {Amount: money.Fen(70_000_00), Milestone: "中试验收"},
		}},
		BeginOn: "2026-12-01", EndOn: "2028-11-30", Notes: "附件一",
	}
}

func (w *contractWorld) draft() contract.View {
	w.t.Helper()
	id := ident.NewID()
	w.deals[id] = contract.DealSides{SellerOrg: "seller", BuyerOrg: "buyer", PackageID: "package-1", Negotiating: true}
	v, err := w.service.Draft(w.ctx, sellerOfficer, id, licenceTerms())
	if err != nil {
		w.t.Fatal(err)
	}
	return v
}

func (w *contractWorld) step(actor policy.Actor, v contract.View, verb, reason string) contract.View {
	w.t.Helper()
	out, err := w.service.Step(w.ctx, actor, v.ID, v.Version, verb, reason)
	if err != nil {
		w.t.Fatalf("%s: %v", verb, err)
	}
	return out
}

func (w *contractWorld) signed() contract.View {
	w.t.Helper()
	v := w.step(sellerOfficer, w.draft(), "propose", "")
	return w.step(buyerManager, w.step(sellerHead, v, "sign", ""), "sign", "")
}

func receiptForm(gross, vat int64, reference string) contract.ReceiptForm {
	return contract.ReceiptForm{ReceivedOn: "2026-11-23", Gross: money.Fen(gross), VAT: money.Fen(vat), Taxes: money.Fen(10), DirectCosts: money.Fen(20), SellerCommission: money.Fen(30), BankReference: reference}
}

func TestAContractIsReadAsItWasDrafted(t *testing.T) {
	forEachContractWorld(t, func(t *testing.T, w *contractWorld) {
		drafted := w.draft()
		read, err := w.service.Contract(w.ctx, buyerManager, drafted.ID)
		if err != nil {
			t.Fatal(err)
		}
		if read.Terms.Name != "电池回收工艺许可" || read.Terms.Total != money.Fen(100_000_00) || len(read.Terms.Payment.Instalments) != 2 {
			t.Errorf("terms %+v", read.Terms)
		}
		if read.Position.State != contract.Draft || read.Version != 1 || read.SignedOn != "" || !read.DraftedAt.Equal(w.clock.Now()) {
			t.Errorf("%+v", read.Contract)
		}
		if read.Seller.Name.Zh != "单位seller" || read.Buyer.CreditCode != "91350100M000100Y43" || read.Buyer.Region != "650100" {
			t.Errorf("seller %+v, buyer %+v", read.Seller, read.Buyer)
		}
		if len(read.Components) != 2 || read.Components[0].OwnerOrg != "seller" || read.Components[0].Rights.FieldOfUse != "动力电池" ||
			read.Components[1].OwnerName.En != "Org co-owner" || read.Components[1].Title.En != "Sorting" {
			t.Errorf("components %+v", read.Components)
		}
		if want := []string{"edit", "propose", "discard"}; !slices.Equal(drafted.Actions, append(want, "plan_create")) || !slices.Equal(read.Actions, want) {
			t.Errorf("actions of the seller %v, of the buyer %v", drafted.Actions, read.Actions)
		}
	})
}

func TestOnlyThoseWithAPartReadAContract(t *testing.T) {
	forEachContractWorld(t, func(t *testing.T, w *contractWorld) {
		drafted := w.draft()
		w.persons = []string{"per-inventor"}
		inventor := policy.Actor{AccountID: "acc-inventor", PersonID: "per-inventor"}
		for _, reader := range []policy.Actor{sellerOfficer, buyerManager, coOwnerHead, inventor} {
			if _, err := w.service.Contract(w.ctx, reader, drafted.ID); err != nil {
				t.Errorf("%s: %v", reader.AccountID, err)
			}
		}
		_, err := w.service.Contract(w.ctx, strangerHead, drafted.ID)
		wantCode(t, err, errs.NotFound, "not_found")
		_, err = w.service.Contract(w.ctx, sellerOfficer, ident.NewID())
		wantCode(t, err, errs.NotFound, "not_found")
		_, err = w.service.Step(w.ctx, coOwnerHead, drafted.ID, drafted.Version, "propose", "")
		wantCode(t, err, errs.NotFound, "not_found")
		for org, want := range map[string]struct {
			actor policy.Actor
			items int
		}{"seller": {sellerOfficer, 1}, "buyer": {buyerManager, 1}, "co-owner": {coOwnerHead, 1}, "stranger": {strangerHead, 0}} {
			page, err := w.service.Contracts(w.ctx, want.actor, "", "", 10)
			if err != nil || len(page.Items) != want.items {
				t.Errorf("%s lists %d (%v)", org, len(page.Items), err)
			}
		}
		_, err = w.service.Contracts(w.ctx, policy.Actor{}, "", "", 10)
		wantCode(t, err, errs.Unauthenticated, "sign_in_required")
	})
}

func TestContractsAreListedNewestFirstByPages(t *testing.T) {
	forEachContractWorld(t, func(t *testing.T, w *contractWorld) {
		var ids []string
		for range 3 {
			ids = append(ids, w.draft().ID)
		}
		w.step(sellerOfficer, w.draft(), "discard", "")
		first, err := w.service.Contracts(w.ctx, buyerManager, contract.Draft, "", 2)
		if err != nil {
			t.Fatal(err)
		}
		second, err := w.service.Contracts(w.ctx, buyerManager, contract.Draft, first.Next, 2)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, v := range slices.Concat(first.Items, second.Items) {
			got = append(got, v.ID)
		}
		slices.Reverse(ids)
		if !slices.Equal(got, ids) || first.Next == "" || second.Next != "" {
			t.Errorf("%v, want %v; cursors %q, %q", got, ids, first.Next, second.Next)
		}
		_, err = w.service.Contracts(w.ctx, buyerManager, "lost", "", 2)
		wantCode(t, err, errs.Invalid, "invalid_fields")
	})
}

func TestADealHasOneContract(t *testing.T) {
	forEachContractWorld(t, func(t *testing.T, w *contractWorld) {
		first := w.draft()
		_, err := w.service.Draft(w.ctx, buyerManager, first.DealID, licenceTerms())
		wantCode(t, err, errs.Conflict, "contract_exists")
		w.step(buyerManager, first, "discard", "")
		if _, err := w.service.Draft(w.ctx, buyerManager, first.DealID, licenceTerms()); err != nil {
			t.Errorf("after the first was discarded: %v", err)
		}
		w.deals["closed"] = contract.DealSides{SellerOrg: "seller", BuyerOrg: "buyer"}
		_, err = w.service.Draft(w.ctx, sellerOfficer, "closed", licenceTerms())
		wantCode(t, err, errs.Conflict, "deal_not_negotiating")
		_, err = w.service.Draft(w.ctx, strangerHead, "closed", licenceTerms())
		wantCode(t, err, errs.NotFound, "not_found")
	})
}

func TestADealAboutANeedAloneIsTheSellersWork(t *testing.T) {
	forEachContractWorld(t, func(t *testing.T, w *contractWorld) {
		w.deals["need"] = contract.DealSides{SellerOrg: "seller", BuyerOrg: "buyer", Negotiating: true}
		v, err := w.service.Draft(w.ctx, sellerOfficer, "need", licenceTerms())
		if err != nil {
			t.Fatal(err)
		}
		if owners := v.Owners(); len(owners) != 1 || owners[0].OrgID != "seller" || owners[0].WeightBps != 10_000 {
			t.Errorf("owners %+v", owners)
		}
	})
}

func TestADraftIsEditedByVersion(t *testing.T) {
	forEachContractWorld(t, func(t *testing.T, w *contractWorld) {
		v := w.draft()
		terms := licenceTerms()
		terms.Name = "新名称"
		edited, err := w.service.Edit(w.ctx, buyerManager, v.ID, v.Version, terms)
		if err != nil || edited.Version != 2 {
			t.Fatalf("version %d (%v)", edited.Version, err)
		}
		if read, err := w.service.Contract(w.ctx, sellerOfficer, v.ID); err != nil || read.Terms.Name != "新名称" {
			t.Errorf("%q (%v)", read.Terms.Name, err)
		}
		_, err = w.service.Edit(w.ctx, sellerOfficer, v.ID, v.Version, terms)
		wantCode(t, err, errs.Stale, "stale_version")
		terms.Name = ""
		_, err = w.service.Edit(w.ctx, sellerOfficer, v.ID, 2, terms)
		wantCode(t, err, errs.Invalid, "invalid_fields")
		proposed := w.step(sellerOfficer, edited, "propose", "")
		_, err = w.service.Edit(w.ctx, sellerOfficer, v.ID, proposed.Version, licenceTerms())
		wantCode(t, err, errs.Conflict, "contract_not_draft")
	})
}

func TestBothPartiesSignBeforeAContractIsInForce(t *testing.T) {
	forEachContractWorld(t, func(t *testing.T, w *contractWorld) {
		v := w.draft()
		_, err := w.service.Step(w.ctx, sellerHead, v.ID, v.Version, "sign", "")
		wantCode(t, err, errs.Conflict, "illegal_step")
		v = w.step(sellerOfficer, v, "propose", "")
		_, err = w.service.Step(w.ctx, sellerOfficer, v.ID, v.Version, "sign", "")
		wantCode(t, err, errs.Forbidden, "not_allowed")

		once := w.step(sellerHead, v, "sign", "")
		if once.Position.State != contract.HalfSigned || !once.Seller.Signed() || once.Buyer.Signed() || slices.Contains(once.Actions, "sign") {
			t.Errorf("%+v", once)
		}
		_, err = w.service.Step(w.ctx, sellerHead, v.ID, once.Version, "sign", "")
		wantCode(t, err, errs.Conflict, "already_signed")
		if len(w.contracted) > 0 {
			t.Error("the deal was marked by one signature")
		}

		both := w.step(buyerManager, once, "sign", "")
		read, err := w.service.Contract(w.ctx, sellerHead, v.ID)
		if err != nil || read.Position.State != contract.Signed || read.SignedOn != "2026-11-23" || read.Buyer.SignedBy != "acc-manager" {
			t.Errorf("%+v (%v)", read, err)
		}
		if !slices.Equal(w.contracted, []string{both.DealID}) {
			t.Errorf("deals marked: %v", w.contracted)
		}
		steps, err := w.service.Timeline(w.ctx, coOwnerHead, v.ID)
		if err != nil || len(steps) != 4 || steps[2].OrgID != "seller" || steps[3].To != contract.Signed || steps[3].OrgID != "buyer" {
			t.Errorf("%+v (%v)", steps, err)
		}
	})
}

func TestWhatOnePartyHasSignedIsNoDraftToDiscard(t *testing.T) {
	forEachContractWorld(t, func(t *testing.T, w *contractWorld) {
		proposed := w.step(sellerOfficer, w.draft(), "propose", "")
		if !slices.Contains(proposed.Actions, "discard") {
			t.Errorf("nobody has signed, and it is not offered: %v", proposed.Actions)
		}
		once := w.step(sellerHead, proposed, "sign", "")
		for _, reader := range []policy.Actor{sellerHead, buyerManager} {
			if read, err := w.service.Contract(w.ctx, reader, once.ID); err != nil || slices.Contains(read.Actions, "discard") || !slices.Contains(read.Actions, "reopen") {
				t.Errorf("%s is offered %v (%v)", reader.OrgID, read.Actions, err)
			}
		}
		_, err := w.service.Step(w.ctx, buyerManager, once.ID, once.Version, "discard", "不要了")
		wantCode(t, err, errs.Conflict, "illegal_step")
		gone := w.step(buyerManager, w.step(buyerManager, once, "reopen", "不要了"), "discard", "")
		if gone.Position.State != contract.Discarded {
			t.Errorf("%+v", gone)
		}
	})
}

func TestReopeningDropsSignatures(t *testing.T) {
	forEachContractWorld(t, func(t *testing.T, w *contractWorld) {
		v := w.step(sellerHead, w.step(sellerOfficer, w.draft(), "propose", ""), "sign", "")
		_, err := w.service.Step(w.ctx, buyerManager, v.ID, v.Version, "reopen", "")
		wantCode(t, err, errs.Invalid, "invalid_fields")
		v = w.step(buyerManager, v, "reopen", "金额有误")
		if v.Position.State != contract.Draft || v.Seller.Signed() {
			t.Errorf("%+v", v)
		}
		read, err := w.service.Contract(w.ctx, buyerManager, v.ID)
		if err != nil || read.Seller.Signed() || read.Seller.SignedBy != "" {
			t.Errorf("%+v (%v)", read.Seller, err)
		}
		_, err = w.service.Step(w.ctx, buyerManager, v.ID, v.Version, "draft", "")
		wantCode(t, err, errs.Invalid, "invalid_fields")
	})
}

// The other side is told of a draft that was one before signatures, not of each
// change of its terms: the event says from which state it came.
func TestAnEventOfAContractSaysFromWhichStateItCame(t *testing.T) {
	forEachContractWorld(t, func(t *testing.T, w *contractWorld) {
		v := w.draft()
		v, err := w.service.Edit(w.ctx, sellerOfficer, v.ID, v.Version, licenceTerms())
		if err != nil {
			t.Fatal(err)
		}
		v = w.step(sellerHead, w.step(sellerOfficer, v, "propose", ""), "sign", "")
		w.step(buyerManager, v, "reopen", "金额有误")
		type told struct {
			From  string `json:"from"`
			State string `json:"state"`
		}
		got, err := sqldb.All(w.ctx, w.db, func(row sqldb.Row) (told, error) {
			var e told
			return e, row.Scan(sqldb.IntoJSON(&e))
		}, `SELECT data FROM events WHERE kind = $1 AND subject_id = $2 ORDER BY id`, contract.Kind, v.ID)
		want := []told{{"", "draft"}, {"", "draft"}, {"draft", "proposed"}, {"proposed", "half_signed"}, {"half_signed", "draft"}}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%v (%v), want %v", got, err, want)
		}
	})
}

func TestRightsTakenByOneContractAreRefusedToAnother(t *testing.T) {
	forEachContractWorld(t, func(t *testing.T, w *contractWorld) {
		second := w.step(sellerHead, w.step(sellerOfficer, w.draft(), "propose", ""), "sign", "")
		first := w.signed()
		_, err := w.service.Step(w.ctx, buyerManager, second.ID, second.Version, "sign", "")
		wantCode(t, err, errs.Conflict, "rights_taken")
		if got := errs.As(err).Params["achievement_id"]; got != "ach-1" {
			t.Errorf("barred by %v", got)
		}
		w.step(sellerHead, first, "terminate", "买方违约")
		if v := w.step(buyerManager, second, "sign", ""); v.Position.State != contract.Signed {
			t.Errorf("after the first ended: %s", v.Position.State)
		}
	})
}

// TestOfTwoSigningsAtOnceOneTakesTheRight signs contracts over the same
// exclusive right at the same moment, each by its last party.
func TestOfTwoSigningsAtOnceOneTakesTheRight(t *testing.T) {
	forEachContractWorld(t, func(t *testing.T, w *contractWorld) {
		const rivals = 5
		waiting := make([]contract.View, rivals)
		for i := range waiting {
			waiting[i] = w.step(sellerHead, w.step(sellerOfficer, w.draft(), "propose", ""), "sign", "")
		}
		var group sync.WaitGroup
		faults := make([]error, rivals)
		for i, v := range waiting {
			group.Go(func() {
				_, faults[i] = w.service.Step(w.ctx, buyerManager, v.ID, v.Version, "sign", "")
			})
		}
		group.Wait()
		signed := 0
		for i, err := range faults {
			switch {
			case err == nil:
				signed++
			case errs.CodeOf(err) != "rights_taken":
				t.Errorf("signing %d: %v", i, err)
			}
		}
		taken, err := w.service.RightsTaken(w.ctx, []string{"ach-1"})
		if err != nil || signed != 1 || len(taken) != 1 || taken[0].PackageID != "package-1" || taken[0].On != "2026-11-23" {
			t.Errorf("%d were signed and took %+v (%v)", signed, taken, err)
		}
	})
}

func TestNoContractTakesWhatItsOwnerDoesNotOffer(t *testing.T) {
	forEachContractWorld(t, func(t *testing.T, w *contractWorld) {
		v := w.step(sellerHead, w.step(sellerOfficer, w.draft(), "propose", ""), "sign", "")
		w.disagreeing = []string{"co-owner"}
		_, err := w.service.Step(w.ctx, buyerManager, v.ID, v.Version, "sign", "")
		wantCode(t, err, errs.Conflict, "owner_not_agreed")
		if owner := errs.As(err).Params["owner"]; owner != "单位co-owner" {
			t.Errorf("it names %v", owner)
		}
		w.disagreeing = []string{"seller"} // whose own word is its signature
		w.step(buyerManager, v, "sign", "")
	})
}

func TestMoneyMovesOnAContractInForce(t *testing.T) {
	forEachContractWorld(t, func(t *testing.T, w *contractWorld) {
		draft := w.draft()
		_, err := w.service.RecordReceipt(w.ctx, sellerOfficer, draft.ID, receiptForm(1000, 60, "B1"))
		wantCode(t, err, errs.Conflict, "contract_not_in_force")
		v := w.signed()
		_, err = w.service.RecordReceipt(w.ctx, buyerManager, v.ID, receiptForm(1000, 60, "B1"))
		wantCode(t, err, errs.Forbidden, "not_allowed")
		proven := receiptForm(1000, 60, "B1")
		proven.FileID = "another contract's"
		_, err = w.service.RecordReceipt(w.ctx, sellerOfficer, v.ID, proven)
		wantFault(t, err, "file_id", "file_not_attached")
		proven.FileID = "slip"
		receipt, err := w.service.RecordReceipt(w.ctx, sellerOfficer, v.ID, proven)
		if err != nil {
			t.Fatal(err)
		}
		for _, same := range []string{" B1\u3000", "Ｂ１", "B\u200b1\ufeff", "\u202eB1\u202c"} {
			_, err = w.service.RecordReceipt(w.ctx, sellerOfficer, v.ID, receiptForm(500, 0, same))
			wantCode(t, err, errs.Conflict, "bank_reference_used")
		}
		_, err = w.service.RecordReceipt(w.ctx, sellerOfficer, v.ID, receiptForm(500, 0, "B1"))
		wantCode(t, err, errs.Conflict, "bank_reference_used")
		w.clock.Advance(time.Minute)
		refund := contract.RefundForm{RefundedOn: "2026-11-23", Gross: money.Fen(400), VAT: money.Fen(24), BankReference: "B2", Reason: "部分退款"}
		back, err := w.service.RecordRefund(w.ctx, sellerOfficer, receipt.ID, refund)
		if err != nil || back.ReceiptID != receipt.ID {
			t.Fatalf("%+v (%v)", back, err)
		}
		_, err = w.service.RecordRefund(w.ctx, sellerOfficer, back.ID, refund)
		wantCode(t, err, errs.Conflict, "refund_of_refund")

		all, err := w.service.Movements(w.ctx, sellerOfficer, v.ID)
		if err != nil || len(all) != 2 || all[0].Taxes != 10 || all[0].Refundable() != 600 || all[0].NetOfVAT() != 940 || all[1].Reason != "部分退款" {
			t.Errorf("%+v (%v)", all, err)
		}
		seen, err := w.service.Movements(w.ctx, buyerManager, v.ID)
		if err != nil || seen[0].Gross != 1000 || seen[0].Taxes != 0 || seen[0].DirectCosts != 0 || seen[0].SellerCommission != 0 {
			t.Errorf("the buyer sees %+v (%v)", seen, err)
		}
		_, err = w.service.Movements(w.ctx, strangerHead, v.ID)
		wantCode(t, err, errs.NotFound, "not_found")
		if read, err := w.service.Contract(w.ctx, buyerManager, v.ID); err != nil || read.Received != 1000 || read.Refunded != 400 {
			t.Errorf("received %d, refunded %d (%v)", read.Received, read.Refunded, err)
		}
		w.step(sellerHead, v, "terminate", "双方同意")
		offered := func(reader policy.Actor) []string {
			read, err := w.service.Contract(w.ctx, reader, v.ID)
			if err != nil {
				t.Fatal(err)
			}
			return slices.DeleteFunc(read.Actions, func(verb string) bool { return !strings.HasSuffix(verb, "_record") })
		}
		// Money goes back after the end, as long as there is some, and comes in no more.
		if seller, buyer := offered(sellerOfficer), offered(buyerManager); !slices.Equal(seller, []string{"refund_record"}) || len(buyer) > 0 {
			t.Errorf("the seller is offered %v, the buyer %v", seller, buyer)
		}
		refund.Gross, refund.VAT, refund.BankReference = money.Fen(600), money.Fen(36), "B3"
		if _, err := w.service.RecordRefund(w.ctx, sellerOfficer, receipt.ID, refund); err != nil {
			t.Errorf("a refund after the end: %v", err)
		}
		if seller := offered(sellerOfficer); len(seller) > 0 {
			t.Errorf("after all has gone back the seller is offered %v", seller)
		}
		_, err = w.service.RecordReceipt(w.ctx, sellerOfficer, v.ID, receiptForm(1000, 60, "B4"))
		wantCode(t, err, errs.Conflict, "contract_not_in_force")
	})
}

func TestAContractHasABoundedNumberOfMovements(t *testing.T) {
	forEachContractWorld(t, func(t *testing.T, w *contractWorld) {
		v := w.signed()
		rows := store.NewContract(w.db)
		err := w.db.InTx(w.ctx, func(ctx context.Context) error {
			for range contract.MaxMovements {
				id := ident.NewID()
				err := rows.InsertMovement(ctx, contract.Movement{ID: id, ContractID: v.ID, Type: contract.Receipt, On: "2026-11-23", Gross: 1,
					BankReference: id, RecordedBy: "acc-officer", RecordedAt: w.clock.Now()})
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.service.RecordReceipt(w.ctx, sellerOfficer, v.ID, receiptForm(1000, 60, "one more"))
		wantCode(t, err, errs.Conflict, "too_many_movements")
	})
}

func TestWhatAContractReceivesStaysAnAmountThatCanBeWritten(t *testing.T) {
	forEachContractWorld(t, func(t *testing.T, w *contractWorld) {
		v := w.signed()
		most := contract.ReceiptForm{ReceivedOn: "2026-11-23", Gross: money.Fen(contract.MaxReceived), BankReference: "B1"}
		if _, err := w.service.RecordReceipt(w.ctx, sellerOfficer, v.ID, most); err != nil {
			t.Fatal(err)
		}
		_, err := w.service.RecordReceipt(w.ctx, sellerOfficer, v.ID, contract.ReceiptForm{ReceivedOn: "2026-11-23", Gross: money.Fen(1), BankReference: "B2"})
		wantFault(t, err, "gross", "out_of_range")
		list, err := w.service.Contracts(w.ctx, buyerManager, "", "", 10)
		if err != nil || list.Items[0].Received != contract.MaxReceived {
			t.Errorf("%+v (%v)", list, err)
		}
	})
}

func TestWhatIsDeductedFromAContractStaysAnAmountThatCanBeWritten(t *testing.T) {
	forEachContractWorld(t, func(t *testing.T, w *contractWorld) {
		v := w.signed()
		receipt := func(reference string, taxes, costs, commission int64) error {
			_, err := w.service.RecordReceipt(w.ctx, sellerOfficer, v.ID, contract.ReceiptForm{
				ReceivedOn: "2026-11-23", Gross: money.Fen(1), BankReference: reference,
				Taxes: money.Fen(taxes), DirectCosts: money.Fen(costs), SellerCommission: money.Fen(commission),
			})
			return err
		}
		wantFault(t, receipt("B1", contract.MaxReceived-1, 1, 1), "seller_commission", "out_of_range")
		if err := receipt("B2", 1, 1, contract.MaxReceived-3); err != nil {
			t.Fatal(err)
		}
		wantFault(t, receipt("B3", 0, 2, 0), "direct_costs", "out_of_range")
		// Up to the last fen, and money without deductions after it.
		if err := receipt("B4", 1, 0, 0); err != nil {
			t.Error(err)
		}
		if err := receipt("B5", 0, 0, 0); err != nil {
			t.Error(err)
		}
	})
}

func TestSenselessMoneyIsRefusedByField(t *testing.T) {
	forEachContractWorld(t, func(t *testing.T, w *contractWorld) {
		v := w.signed()
		for path, f := range map[string]contract.ReceiptForm{
			"received_on":    {ReceivedOn: "2026-11-24", Gross: money.Fen(1), BankReference: "B"},
			"gross":          {ReceivedOn: "2026-11-23", BankReference: "B"},
			"vat":            {ReceivedOn: "2026-11-23", Gross: money.Fen(1), VAT: money.Fen(2), BankReference: "B"},
			"taxes":          {ReceivedOn: "2026-11-23", Gross: money.Fen(1), Taxes: money.Fen(-1), BankReference: "B"},
			"bank_reference": {ReceivedOn: "2026-11-23", Gross: money.Fen(1)},
			"instalment":     {ReceivedOn: "2026-11-23", Gross: money.Fen(1), BankReference: "B", Instalment: 3},
		} {
			_, err := w.service.RecordReceipt(w.ctx, sellerOfficer, v.ID, f)
			if err == nil || len(errs.As(err).Fields) != 1 || errs.As(err).Fields[0].Path != path {
				t.Errorf("%s: %v", path, err)
			}
		}
	})
}

func TestRefundsAtOnceNeverExceedTheReceipt(t *testing.T) {
	forEachContractWorld(t, func(t *testing.T, w *contractWorld) {
		v := w.signed()
		receipt, err := w.service.RecordReceipt(w.ctx, sellerOfficer, v.ID, receiptForm(1000, 0, "B0"))
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		var mu sync.Mutex
		recorded := 0
		for i := range 6 {
			wg.Go(func() {
				_, err := w.service.RecordRefund(w.ctx, sellerOfficer, receipt.ID, contract.RefundForm{
					RefundedOn: "2026-11-23", Gross: money.Fen(300), BankReference: "R" + string(rune('0'+i)), Reason: "退款",
				})
				switch {
				case err == nil:
					mu.Lock()
					recorded++
					mu.Unlock()
				case errs.CodeOf(err) != "refund_exceeds_receipts":
					t.Errorf("refund %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		read, err := w.service.Contract(w.ctx, sellerOfficer, v.ID)
		if err != nil || recorded != 3 || read.Refunded != 900 {
			t.Errorf("%d refunds, %d of 1000 went back (%v)", recorded, read.Refunded, err)
		}
	})
}

func TestTheStoreItselfGuardsMoney(t *testing.T) {
	forEachContractWorld(t, func(t *testing.T, w *contractWorld) {
		v := w.signed()
		receipt, err := w.service.RecordReceipt(w.ctx, sellerOfficer, v.ID, receiptForm(1000, 0, "B0"))
		if err != nil {
			t.Fatal(err)
		}
		s := store.NewContract(w.db)
		err = s.InsertMovement(w.ctx, contract.Movement{
			ID: ident.NewID(), ContractID: v.ID, Type: contract.Refund, ReceiptID: receipt.ID, On: "2026-11-23",
			Gross: 1001, BankReference: "R", Reason: "x", RecordedAt: w.clock.Now(),
		})
		wantCode(t, err, errs.Conflict, "refund_exceeds_receipts")
		other := w.signedOther()
		err = s.InsertMovement(w.ctx, contract.Movement{
			ID: ident.NewID(), ContractID: other.ID, Type: contract.Refund, ReceiptID: receipt.ID, On: "2026-11-23",
			Gross: 1, BankReference: "R", Reason: "x", RecordedAt: w.clock.Now(),
		})
		wantCode(t, err, errs.Conflict, "reference_missing")
		for _, statement := range []string{`UPDATE movements SET gross_fen = 1`, `DELETE FROM movements`} {
			if _, err := w.db.Exec(w.ctx, statement); err == nil {
				t.Errorf("%s was done", statement)
			}
		}
	})
}

// signedOther is a contract that takes nothing which another could have taken.
func (w *contractWorld) signedOther() contract.View {
	w.t.Helper()
	id := ident.NewID()
	w.deals[id] = contract.DealSides{SellerOrg: "seller", BuyerOrg: "buyer", Negotiating: true}
	v, err := w.service.Draft(w.ctx, sellerOfficer, id, licenceTerms())
	if err != nil {
		w.t.Fatal(err)
	}
	v = w.step(sellerOfficer, v, "propose", "")
	return w.step(buyerManager, w.step(sellerHead, v, "sign", ""), "sign", "")
}
