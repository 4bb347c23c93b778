package deal_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"chengqiao/config"
	"chengqiao/internal/clock"
	"chengqiao/internal/deal"
	"chengqiao/internal/errs"
	"chengqiao/internal/policy"
	"chengqiao/internal/sqldb"
	"chengqiao/internal/store"
	"chengqiao/internal/store/storetest"
	"chengqiao/internal/taxonomy"
)

// world is the service on a real store, among organisations whose listings
// the tests set.
type world struct {
	*deal.Service
	t        *testing.T
	db       *sqldb.DB
	journal  *store.Journal
	clock    *clock.Manual
	listings listings
	needs    *matchedNeeds
}

// The organisations: an institute that sells, an enterprise that buys, and
// another enterprise.
var (
	seller   = actor("org-seller", policy.Institute, policy.Officer)
	buyer    = actor("org-buyer", policy.Enterprise, policy.Manager)
	stranger = actor("org-stranger", policy.Enterprise, policy.Manager)
)

func actor(org string, kind policy.OrgKind, roles ...policy.Role) policy.Actor {
	return policy.Actor{AccountID: "account-of-" + org, PersonID: "person-of-" + org, OrgID: org, OrgKind: kind,
		OrgVerified: true, Roles: roles}
}

func forEachWorld(t *testing.T, fn func(w *world)) {
	t.Helper()
	lists, err := taxonomy.Load(config.Files)
	if err != nil {
		t.Fatal(err)
	}
	storetest.ForEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		journal := store.NewJournal(db, nil, nil)
		w := &world{t: t, db: db, journal: journal,
			clock: clock.NewManual(time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)),
			listings: listings{
				"package/P": {Facts: live(seller)}, "package/P2": {Facts: live(seller)},
				"package/draft":      {Facts: policy.Facts{OwnerOrg: seller.OrgID, Audience: policy.TierPublic}},
				"achievement/A-free": {Facts: live(seller)}, "achievement/A-seller": {Facts: live(seller)},
				"need/N":      {Facts: live(buyer)},
				"need/hidden": {Facts: live(buyer), Anonymous: true},
				"need/own":    {Facts: live(seller)},
			},
			needs: &matchedNeeds{},
		}
		w.Service = deal.NewService(deal.Deps{
			Tx: db, Store: store.NewDeal(db), Journal: journal, History: journal,
			Listings: w.listings, Components: components{}, Needs: w.needs, Matches: matches{}, Reasons: lists,
			Clock: w.clock, Config: deal.Config{NDAVersion: "2026-1"},
		})
		fn(w)
	}, deal.IntroductionMachine, deal.Machine)
}

func live(owner policy.Actor) policy.Facts {
	return policy.Facts{OwnerOrg: owner.OrgID, Published: true, Audience: policy.TierPublic}
}

type listings map[string]deal.Listing

func (l listings) Listing(_ context.Context, kind, id string) (deal.Listing, error) {
	found, ok := l[kind+"/"+id]
	if !ok {
		return found, errs.New(errs.NotFound, "not_found")
	}
	return found, nil
}

// components: package P contains one achievement of the seller's and one of
// somebody else's.
type components struct{}

func (components) PackagesWith(_ context.Context, achievement string) (string, []string, error) {
	switch achievement {
	case "A-seller":
		return seller.OrgID, []string{"P"}, nil
	case "A-third":
		return "org-third", []string{"P"}, nil
	default:
		return seller.OrgID, nil, nil
	}
}

type matches struct{}

func (matches) Pair(_ context.Context, id string) (string, string, error) {
	switch id {
	case "M":
		return "P", "N", nil
	case "M-free":
		return "A-free", "N", nil
	}
	return "", "", errs.New(errs.NotFound, "not_found")
}

// Broker implements deal.Matches: a mediator has put these two together.
func (matches) Broker(_ context.Context, offered, needID string) (string, error) {
	if offered == "P" && needID == "N" {
		return "org-broker", nil
	}
	return "", nil
}

type matchedNeeds struct {
	mu   sync.Mutex
	ids  []string
	fail error
}

func (n *matchedNeeds) Matched(_ context.Context, id string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.ids = append(n.ids, id)
	return n.fail
}

// introduced makes an introduction that must succeed.
func (w *world) introduced(from policy.Actor, r deal.Request) deal.IntroductionView {
	w.t.Helper()
	if r.Message == "" {
		r.Message = "我们想谈谈。"
	}
	i, err := w.Introduce(w.t.Context(), from, r)
	if err != nil {
		w.t.Fatalf("introduce: %v", err)
	}
	return i
}

// negotiated is a deal about package P between seller and buyer.
func (w *world) negotiated() deal.View {
	w.t.Helper()
	i := w.introduced(buyer, deal.Request{PackageID: "P", NeedID: "N"})
	accepted, err := w.Accept(w.t.Context(), seller, i.ID)
	if err != nil {
		w.t.Fatalf("accept: %v", err)
	}
	d, err := w.Deal(w.t.Context(), seller, accepted.DealID)
	if err != nil {
		w.t.Fatalf("deal: %v", err)
	}
	return d
}

func wantCode(t *testing.T, err error, kind errs.Kind, code string) {
	t.Helper()
	if !errors.Is(err, errs.New(kind, code)) {
		t.Errorf("error is %v, want %s", err, code)
	}
}

// wantField wants exactly one faulty field.
func wantField(t *testing.T, err error, path, code string) {
	t.Helper()
	e := errs.As(err)
	if e == nil || len(e.Fields) != 1 || e.Fields[0].Path != path || e.Fields[0].Code != code {
		t.Errorf("error is %v, want %s: %s", err, path, code)
	}
}
