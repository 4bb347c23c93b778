package store_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"chengqiao/internal/account"
	"chengqiao/internal/catalog"
	"chengqiao/internal/clock"
	"chengqiao/internal/contract"
	"chengqiao/internal/deal"
	"chengqiao/internal/errs"
	"chengqiao/internal/journal"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/listing"
	"chengqiao/internal/need"
	"chengqiao/internal/notify"
	"chengqiao/internal/policy"
	"chengqiao/internal/reward"
	"chengqiao/internal/sqldb"
	"chengqiao/internal/store"
	"chengqiao/internal/store/storetest"
	"chengqiao/internal/text"
)

// scene is a store with rows in chosen states, each with the history that led
// there: what the readers over all domains find things in.
type scene struct {
	t        *testing.T
	ctx      context.Context
	db       *sqldb.DB
	machines []lifecycle.Machine
}

var sceneDay = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)

func forEachScene(t *testing.T, fn func(s *scene)) {
	t.Helper()
	machines := slices.Concat(account.Machines, catalog.Machines(), need.Machines(), []lifecycle.Machine{
		deal.IntroductionMachine, deal.Machine, contract.Machine, reward.PlanMachine, reward.DistributionMachine})
	storetest.ForEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		s := &scene{t: t, ctx: t.Context(), db: db, machines: machines}
		s.populate()
		fn(s)
	}, machines...)
}

// put inserts a row; what the columns leave out takes the zero of its type.
func (s *scene) put(table string, zero, columns map[string]any) {
	s.t.Helper()
	row := map[string]any{}
	maps.Copy(row, zero)
	maps.Copy(row, columns)
	names := slices.Sorted(maps.Keys(row))
	args := make([]any, 0, len(names))
	for _, n := range names {
		args = append(args, row[n])
	}
	_, err := s.db.Exec(s.ctx, `INSERT INTO `+table+` (`+strings.Join(names, ", ")+`) VALUES (`+
		sqldb.Placeholders(1, len(names))+`)`, args...)
	if err != nil {
		s.t.Fatalf("%s: %v", table, err)
	}
}

// putIn inserts a row in a state, with the shortest history that leads to it.
func (s *scene) putIn(table, kind string, state lifecycle.State, zero, columns map[string]any) {
	s.t.Helper()
	id, _ := columns["id"].(string)
	err := s.db.InTx(s.ctx, func(ctx context.Context) error {
		pos := lifecycle.Position{}
		for _, edge := range s.path(kind, state) {
			step := lifecycle.Step{Kind: kind, Subject: id, Seq: pos.Seq + 1, From: edge.From, To: edge.To, Action: edge.Action, Reason: "因为"}
			e := journal.Entry{Action: policy.Action(edge.Action), Kind: kind, Subject: id, Version: 1, At: sceneDay.Add(time.Duration(step.Seq) * time.Minute), Step: &step}
			if err := newJournal(s.db).Write(ctx, e); err != nil {
				return err
			}
			pos = lifecycle.Position{State: step.To, Seq: step.Seq}
		}
		inner := *s
		inner.ctx = ctx
		row := maps.Clone(columns)
		row["kind"], row["state"], row["step_seq"] = kind, string(pos.State), pos.Seq
		inner.put(table, zero, row)
		return nil
	})
	if err != nil {
		s.t.Fatalf("%s %s in %s: %v", kind, id, state, err)
	}
}

// path is the shortest way from nothing to a state.
func (s *scene) path(kind string, to lifecycle.State) []lifecycle.Edge {
	s.t.Helper()
	var m lifecycle.Machine
	for _, one := range s.machines {
		if one.Kind == kind {
			m = one
		}
	}
	ways := [][]lifecycle.Edge{nil}
	seen := map[lifecycle.State]bool{}
	for len(ways) > 0 {
		way := ways[0]
		ways = ways[1:]
		at := lifecycle.New
		if len(way) > 0 {
			at = way[len(way)-1].To
		}
		if at == to {
			return way
		}
		for _, e := range m.Edges {
			if e.From == at && !seen[e.To] {
				seen[e.To] = true
				ways = append(ways, append(slices.Clone(way), e))
			}
		}
	}
	s.t.Fatalf("%s never reaches %s", kind, to)
	return nil
}

type columns = map[string]any

var (
	zeroAccount = columns{"version": 1, "locale": "zh-CN", "password_hash": "", "created_at": 1}
	zeroPerson  = columns{"folded": "", "created_at": 1, "erased_at": 0}
	zeroOrg     = columns{"version": 1, "org_kind": "institute", "folded": "", "credit_code": "", "region": "650100", "address": "",
		"website": "", "about": "{}", "contact": "{}", "state_reason": "", "demo": false, "created_at": 1}
	zeroListing = columns{"version": 1, "live_revision": "", "live_number": 0, "created_at": 1, "updated_at": 1, "changed_at": 1,
		"published_at": 0, "confirm_by": "", "suspended_by": "", "outcome": ""}
	zeroRevision = columns{"number": 0, "title_en": "", "title_folded": "", "content": "{}", "return_reason": "", "created_at": 1,
		"updated_at": 1, "submitted_at": 0, "published_at": 0}
	zeroIntroduction = columns{"version": 1, "seller_asks": false, "anonymous": false, "message": "你好", "made_by": "", "made_at": 1,
		"ended_at": 0, "reason_code": "", "reason": ""}
	zeroDeal     = columns{"version": 1, "opened_at": 1, "ended_at": 0, "reason_code": "", "reason": "", "nda_version": "", "nda_in_force_at": 0}
	zeroContract = columns{"version": 1, "type": "licence_patent", "total_fen": 100, "technology_fen": 100, "drafted_by": "", "drafted_at": 5}
	zeroParty    = columns{"name": "{}", "credit_code": "", "region": "", "signed_at": 0, "signed_by": ""}
	zeroPlan     = columns{"version": 1, "number": 1, "base": "TOTAL", "floor_bps": 7000, "team_bps": 7000, "rule_id": "", "rule_version": 1,
		"rule_place": "", "rule_from": "", "legal_floor": "", "created_by": "", "created_at": 7, "proposed_by": "", "effective_at": 0}
	zeroDistribution = columns{"version": 1, "moved_on": "2026-11-20", "type": "RECEIPT", "amount_fen": 100, "taxes_fen": 0, "costs_fen": 0,
		"commission_fen": 0, "net_fen": 100, "base_fen": 100, "pool_fen": 70, "main_fen": 70, "institution_fen": 30,
		"institution_total_fen": 30, "computed_at": 8, "approved_by": "", "approved_at": 0, "payment_reference": ""}
)

// populate makes an institute with its people, an enterprise, the platform,
// and one thing of each sort that waits for somebody.
func (s *scene) populate() {
	for _, id := range []string{"officer", "head", "finance", "engineer", "manager", "reviewer", "verifier", "inventor", "erased"} {
		s.put("persons", zeroPerson, columns{"id": "p-" + id, "name": "名" + id, "account_id": id})
		state := account.Active
		if id == "erased" {
			state = account.Erased
		}
		s.putIn("accounts", account.Kind, state, zeroAccount, columns{"id": id, "person_id": "p-" + id})
		verified := 1
		if id == "head" {
			verified = 0
		}
		s.put("identifiers", nil, columns{"id": "i-" + id, "account_id": id, "kind": "email", "value": id + "@example.org",
			"folded": id + "@example.org", "verified_at": verified})
	}
	s.put("persons", zeroPerson, columns{"id": "entry", "name": "发明人", "named_by": "institute", "account_id": "inventor"})
	for id, kind := range map[string]string{"institute": "institute", "enterprise": "enterprise", "platform": "platform"} {
		s.putIn("organisations", account.OrganisationKind, account.Verified, zeroOrg, columns{"id": id, "org_kind": kind,
			"name": fmt.Sprintf(`{"zh":"单位%s","en":"The %s"}`, id, id)})
	}
	s.putIn("organisations", account.OrganisationKind, account.Pending, zeroOrg, columns{"id": "newcomer", "name": `{"zh":"新单位"}`})
	for _, m := range [][3]string{{"institute", "officer", "officer"}, {"institute", "head", "head"}, {"institute", "finance", "finance"},
		{"institute", "inventor", "inventor"}, {"institute", "erased", "officer"}, {"institute", "officer", "finance"},
		{"enterprise", "engineer", "engineer"}, {"enterprise", "manager", "manager"}, {"platform", "reviewer", "reviewer"},
		{"platform", "verifier", "verifier"}} {
		s.put("members", nil, columns{"id": strings.Join(m[:], "-"), "org_id": m[0], "account_id": m[1], "role": m[2], "since": 1, "added_by": ""})
	}
	s.listing("package", "P", "institute", "published", "成果包", columns{"confirm_by": "2026-12-01"})
	s.listing("need", "N", "enterprise", "published", "需求", columns{"confirm_by": "2026-12-01"})
	s.listing("package", "later", "institute", "published", "远期", columns{"confirm_by": "2027-05-01"})
	s.working("achievement", "A", "institute", "returned", "退回的成果")
	s.working("need", "N2", "enterprise", "in_review", "待审需求")
	s.working("package", "A2", "institute", "returned", "退回的成果包")
	// Another inventor's, and what names the inventor asks for a word.
	s.working("achievement", "A3", "other", "returned", "别人的成果")
	s.put("contributions", nil, columns{"id": "part", "listing_id": "A", "person_id": "entry", "role": "COMPLETER", "weight": 1,
		"answer": "asked", "reason": "", "version": 1, "asked_at": 2, "answered_at": 0})

	about := columns{"id": "I", "from_org": "enterprise", "to_org": "institute", "package_id": "P", "need_id": "N", "pair": "P|N", "broker_org": "bridge",
		"answer_by": clock.Micros(sceneDay.Add(48 * time.Hour))}
	s.putIn("introductions", deal.IntroductionKind, deal.Open, zeroIntroduction, about)
	for id, sellerAsks := range map[string]bool{"hidden-buyer-asks": false, "hidden-buyer-is-asked": true} {
		row := columns{"id": id, "from_org": "enterprise", "to_org": "institute", "need_id": "N", "pair": id, "anonymous": true,
			"seller_asks": sellerAsks, "answer_by": 1}
		if sellerAsks {
			row["from_org"], row["to_org"] = "institute", "enterprise"
		}
		s.putIn("introductions", deal.IntroductionKind, deal.Declined, zeroIntroduction, row)
	}
	s.putIn("introductions", deal.IntroductionKind, deal.Accepted, zeroIntroduction, columns{"id": "accepted", "from_org": "institute",
		"to_org": "enterprise", "need_id": "N", "pair": "x", "anonymous": true, "seller_asks": true, "answer_by": 1})
	s.putIn("deals", deal.Kind, deal.Negotiating, zeroDeal, columns{"id": "D", "introduction_id": "accepted", "seller_org": "institute",
		"buyer_org": "enterprise", "need_id": "N", "pair": "x"})

	s.putIn("contracts", contract.Kind, contract.HalfSigned, zeroContract, columns{"id": "C", "deal_id": "D", "seller_org": "institute",
		"buyer_org": "enterprise", "terms": `{"name":"电池许可合同"}`})
	s.put("contract_parties", zeroParty, columns{"contract_id": "C", "side": "seller", "org_id": "institute", "name": `{"zh":"出让方"}`, "signed_at": 1, "signed_by": "head"})
	s.put("contract_parties", zeroParty, columns{"contract_id": "C", "side": "buyer", "org_id": "enterprise", "name": `{"zh":"采购方"}`})
	for number, state := range []lifecycle.State{reward.PlanProposed, reward.PlanConfirmed} {
		id := "plan-" + string(state)
		s.putIn("plans", reward.PlanKind, state, zeroPlan, columns{"id": id, "contract_id": "C", "owner_org": []string{"institute", "enterprise"}[number],
			"number": number + 1, "proposed_by": "officer"})
		s.put("plan_contributors", nil, columns{"plan_id": id, "place": 0, "person_id": "entry", "role": "COMPLETER", "weight": 1,
			"leader": "none", "confirmed_at": number})
	}
	for seq, state := range []lifecycle.State{reward.DistributionComputed, reward.DistributionApproved} {
		id := "dist-" + string(state)
		s.putIn("distributions", reward.DistributionKind, state, zeroDistribution, columns{"id": id, "contract_id": "C", "owner_org": "institute",
			"plan_id": "plan-proposed", "seq": seq, "movement_id": id, "receipt_id": id, "prepared_by": "finance", "approved_by": []string{"", "head"}[seq]})
		s.put("distribution_shares", nil, columns{"distribution_id": id, "place": 0, "person_id": "entry", "role": "COMPLETER", "weight": 1,
			"group_weight": 1, "amount_fen": 70, "accepted_at": 0})
	}
}

func (s *scene) listing(kind, id, owner string, state lifecycle.State, title string, more columns) {
	s.t.Helper()
	row := columns{"id": id, "owner_org": owner, "live_revision": id + "-1", "live_number": 1}
	maps.Copy(row, more)
	s.putIn("listings", kind, state, zeroListing, row)
	s.putIn("revisions", kind+"_revision", "published", zeroRevision, columns{"id": id + "-1", "listing_id": id, "number": 1, "title_zh": title})
}

func (s *scene) working(kind, id, owner string, state lifecycle.State, title string) {
	s.t.Helper()
	s.putIn("listings", kind, "draft", zeroListing, columns{"id": id, "owner_org": owner})
	s.putIn("revisions", kind+"_revision", state, zeroRevision, columns{"id": id + "-1", "listing_id": id, "title_zh": title, "submitted_at": 3})
}

func TestTheConcernedAreFoundByTheKindOfSubject(t *testing.T) {
	forEachScene(t, func(s *scene) {
		answerBy, parties := sceneDay.Add(48*time.Hour), []string{"institute", "enterprise"}
		both := []string{"enterprise", "institute"}
		rows := store.NewNotify(s.db)
		ofKind := map[string][]string{}
		one := map[[2]string]notify.Concerned{}
		for _, c := range []struct {
			kind, id string
			want     notify.Concerned
		}{
			{"package", "P", notify.Concerned{Title: text.Zh("成果包"), OwnerOrg: "institute", ConfirmBy: "2026-12-01"}},
			{"contribution", "part", notify.Concerned{Title: text.Zh("退回的成果"), OwnerOrg: "institute", Persons: []string{"entry"}}},
			{"achievement", "A", notify.Concerned{Title: text.Zh("退回的成果"), OwnerOrg: "institute"}},
			{"introduction", "I", notify.Concerned{Title: text.Zh("成果包"), State: "open", Parties: both, Asker: "enterprise", Asked: "institute", AnswerBy: answerBy, Mediator: "bridge"}},
			{"introduction", "hidden-buyer-asks", notify.Concerned{Title: text.Zh("需求"), State: "declined", Parties: both, Asker: "enterprise", Asked: "institute",
				AnswerBy: clock.FromMicros(1), Concealed: "enterprise"}},
			{"introduction", "hidden-buyer-is-asked", notify.Concerned{Title: text.Zh("需求"), State: "declined", Parties: parties, Asker: "institute", Asked: "enterprise",
				AnswerBy: clock.FromMicros(1), Concealed: "enterprise"}},
			{"introduction", "accepted", notify.Concerned{Title: text.Zh("需求"), State: "accepted", Parties: parties, Asker: "institute", Asked: "enterprise",
				AnswerBy: clock.FromMicros(1)}},
			{"deal", "D", notify.Concerned{Title: text.Zh("需求"), Parties: parties}},
			{"contract", "C", notify.Concerned{Title: text.Zh("电池许可合同"), OwnerOrg: "institute", State: "half_signed", Parties: parties}},
			{"plan", "plan-proposed", notify.Concerned{Title: text.Zh("电池许可合同"), OwnerOrg: "institute", State: "proposed", Persons: []string{"entry"}}},
			{"distribution", "dist-computed", notify.Concerned{Title: text.Zh("电池许可合同"), OwnerOrg: "institute", State: "computed", Persons: []string{"entry"}}},
			{"organisation", "institute", notify.Concerned{Title: text.Text{Zh: "单位institute", En: "The institute"}, OwnerOrg: "institute", State: "verified"}},
		} {
			got, err := rows.Concerned(s.ctx, c.kind, c.id)
			ofKind[c.kind] = append(ofKind[c.kind], c.id)
			one[[2]string{c.kind, c.id}] = got
			if err != nil || fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", c.want) {
				s.t.Errorf("%s %s concerns %+v (%v), want %+v", c.kind, c.id, got, err, c.want)
			}
		}
		for kind, ids := range ofKind {
			all, err := rows.AllConcerned(s.ctx, kind, append(ids, "unknown"))
			if err != nil || len(all) != len(ids) {
				s.t.Errorf("of %v there are %d (%v)", ids, len(all), err)
			}
			for id, c := range all {
				if fmt.Sprintf("%+v", c) != fmt.Sprintf("%+v", one[[2]string{kind, id}]) {
					s.t.Errorf("among others %s %s concerns %+v, by itself %+v", kind, id, c, one[[2]string{kind, id}])
				}
			}
		}
		for _, absent := range [][2]string{{"package", "N"}, {"deal", "I"}, {"session", "x"}, {"distribution", "C"}} {
			_, err := rows.Concerned(s.ctx, absent[0], absent[1])
			wantCode(s.t, err, errs.NotFound, "not_found")
		}
	})
}

func TestTheDirectoryFindsActivePeopleByRole(t *testing.T) {
	forEachScene(t, func(s *scene) {
		directory := store.NewNotify(s.db)
		accounts := func(people []notify.Recipient, err error) []string {
			if err != nil {
				s.t.Fatal(err)
			}
			var out []string
			for _, p := range people {
				out = append(out, p.AccountID)
			}
			return out
		}
		roles := func(r ...policy.Role) []policy.Role { return r }
		for _, c := range []struct {
			name      string
			got, want []string
		}{
			{"officers and finance, each once", accounts(directory.Members(s.ctx, "institute", roles(policy.Officer, policy.Finance), 9)), []string{"finance", "officer"}},
			{"no more than asked for", accounts(directory.Members(s.ctx, "institute", roles(policy.Officer, policy.Finance), 1)), []string{"finance"}},
			{"managers of the institute", accounts(directory.Members(s.ctx, "institute", roles(policy.Manager), 9)), nil},
			{"reviewers of the platform", accounts(directory.Staff(s.ctx, roles(policy.Reviewer), 9)), []string{"reviewer"}},
			{"officers of the platform", accounts(directory.Staff(s.ctx, roles(policy.Officer), 9)), nil},
			{"a contributor by either entry, once", accounts(directory.Claimed(s.ctx, []string{"entry", "p-inventor", "unknown"})), []string{"inventor"}},
			{"an erased person", accounts(directory.Claimed(s.ctx, []string{"p-erased"})), nil},
			{"nobody", accounts(directory.Claimed(s.ctx, nil)), nil},
		} {
			if !slices.Equal(c.got, c.want) {
				s.t.Errorf("%s: %v, want %v", c.name, c.got, c.want)
			}
		}
		head, err := directory.Members(s.ctx, "institute", roles(policy.Head), 9)
		if err != nil || len(head) != 1 || head[0].Email != "" || head[0].Name != "名head" || head[0].Locale != "zh-CN" {
			s.t.Errorf("somebody with an unproven address is %+v (%v)", head, err)
		}
		for account, want := range map[string]bool{"officer": true, "erased": false, "nobody": false} {
			if known, err := directory.Known(s.ctx, account); err != nil || known != want {
				s.t.Errorf("%s is known: %t (%v)", account, known, err)
			}
		}
		for account, want := range map[string][]string{"officer": {"institute"}, "reviewer": {"platform"}, "nobody": nil} {
			if got, err := directory.OrganisationsOf(s.ctx, account); err != nil || !slices.Equal(got, want) {
				s.t.Errorf("%s is of %v (%v), want %v", account, got, err, want)
			}
		}
	})
}

func TestEachRoleFindsItsTasks(t *testing.T) {
	forEachScene(t, func(s *scene) {
		tasks := notify.NewTasks(store.NewTask(s.db), clock.NewManual(sceneDay), 14)
		member := func(id, org string, kind policy.OrgKind, role policy.Role, entries ...string) policy.Actor {
			return policy.Actor{AccountID: id, PersonID: "p-" + id, Entries: entries, OrgID: org, OrgKind: kind, OrgVerified: true, Roles: []policy.Role{role}}
		}
		for _, c := range []struct {
			actor policy.Actor
			want  []string
		}{
			{member("officer", "institute", policy.Institute, policy.Officer), []string{"answer_introduction I 成果包", "reconfirm_listing P 成果包", "mend_returned A 退回的成果", "mend_returned A2 退回的成果包"}},
			{member("head", "institute", policy.Institute, policy.Head), []string{"answer_introduction I 成果包", "reconfirm_listing P 成果包",
				"approve_distribution dist-computed 电池许可合同", "mend_returned A 退回的成果", "mend_returned A2 退回的成果包"}},
			{member("finance", "institute", policy.Institute, policy.Finance), []string{"pay_distribution dist-approved 电池许可合同"}}, // prepared the other one
			{member("inventor", "institute", policy.Institute, policy.Inventor, "entry"), []string{"confirm_plan plan-proposed 电池许可合同", "confirm_contribution part 退回的成果", "mend_returned A 退回的成果"}},
			{member("other inventor", "institute", policy.Institute, policy.Inventor), nil},
			{policy.Actor{AccountID: "inventor", PersonID: "p-inventor", Entries: []string{"entry"}}, []string{"confirm_plan plan-proposed 电池许可合同", "confirm_contribution part 退回的成果"}},
			{member("manager", "enterprise", policy.Enterprise, policy.Manager), []string{"sign_contract C 电池许可合同", "decide_plan plan-confirmed 电池许可合同"}},
			{member("officer", "enterprise", policy.Enterprise, policy.Manager), []string{"sign_contract C 电池许可合同"}}, // proposed that plan
			{member("engineer", "enterprise", policy.Enterprise, policy.Engineer), nil},
			{member("reviewer", "platform", policy.Platform, policy.Reviewer), []string{"review_listing N2 待审需求"}},
			{member("verifier", "platform", policy.Platform, policy.Verifier), []string{"verify_organisation newcomer 新单位"}},
			{member("head", "elsewhere", policy.Institute, policy.Head), nil},
		} {
			found, err := tasks.Of(s.ctx, c.actor)
			var got []string
			for _, task := range found {
				got = append(got, task.Code+" "+task.SubjectID+" "+task.Title.Zh)
			}
			if err != nil || !slices.Equal(got, c.want) {
				s.t.Errorf("%s of %s has\n %q (%v), want\n %q", c.actor.AccountID, c.actor.OrgID, got, err, c.want)
			}
		}
		_, err := tasks.Of(s.ctx, policy.Actor{})
		wantCode(s.t, err, errs.Unauthenticated, "sign_in_required")

		mine, err := tasks.Of(s.ctx, member("officer", "institute", policy.Institute, policy.Officer))
		if err != nil {
			s.t.Fatal(err)
		}
		// 1 December ends in Shanghai eight hours before it does in London.
		if due := mine[1].DueAt; !due.Equal(time.Date(2026, 12, 1, 15, 59, 59, 999999000, time.UTC)) {
			s.t.Errorf("a listing that holds until 1 December is due at %s", due)
		}
	})
}

func TestWhateverKeepsARewardWaitingIsATaskOfWhoCanDoIt(t *testing.T) {
	forEachScene(t, func(s *scene) {
		under := func(id string) {
			s.putIn("contracts", contract.Kind, contract.Proposed, zeroContract, columns{"id": "C-" + id, "deal_id": "D-" + id, "seller_org": "lab",
				"buyer_org": "enterprise", "terms": `{"name":"合同` + id + `"}`})
			s.put("contract_parties", zeroParty, columns{"contract_id": "C-" + id, "side": "buyer", "org_id": "enterprise", "name": `{"zh":"采购方"}`})
		}
		for id, plan := range map[string]struct {
			state lifecycle.State
			ends  string
		}{
			"decided": {reward.PlanDecided, ""}, "disputed": {reward.PlanDisputed, "2026-11-01"},
			"over": {reward.PlanPublicised, string(clock.DateOf(sceneDay).AddDays(-1))}, "running": {reward.PlanPublicised, string(clock.DateOf(sceneDay))},
		} {
			under(id)
			s.putIn("plans", reward.PlanKind, plan.state, zeroPlan, columns{"id": id, "contract_id": "C-" + id, "owner_org": "lab", "publicity_ends": plan.ends})
		}
		under("money")
		for seq, d := range []struct {
			id       string
			state    lifecycle.State
			amount   int
			accepted int
		}{
			{"held", reward.DistributionHeld, 70, 0}, {"paid", reward.DistributionPaid, 70, 0}, {"taken-back", reward.DistributionPaid, -70, 0},
			{"accepted", reward.DistributionPaid, 70, 1}, {"nothing", reward.DistributionPaid, 0, 0},
		} {
			s.putIn("distributions", reward.DistributionKind, d.state, zeroDistribution, columns{"id": d.id, "contract_id": "C-money", "owner_org": "lab",
				"plan_id": "over", "seq": seq, "movement_id": d.id, "receipt_id": d.id, "prepared_by": "finance", "approved_at": seq})
			s.put("distribution_shares", nil, columns{"distribution_id": d.id, "place": 0, "person_id": "entry", "role": "COMPLETER", "weight": 1,
				"group_weight": 1, "amount_fen": d.amount, "accepted_at": d.accepted})
		}
		tasks := notify.NewTasks(store.NewTask(s.db), clock.NewManual(sceneDay), 14)
		for _, c := range []struct {
			role policy.Role
			want []string
		}{
			{policy.Officer, []string{"answer_objection disputed", "publicise_plan decided", "effect_plan over"}},
			{policy.Head, []string{"release_distribution held", "answer_objection disputed", "publicise_plan decided", "effect_plan over"}},
			{policy.Finance, nil},
		} {
			found, err := tasks.Of(s.ctx, policy.Actor{AccountID: "somebody", PersonID: "p-somebody", OrgID: "lab", OrgKind: policy.Institute, OrgVerified: true, Roles: []policy.Role{c.role}})
			var got []string
			for _, task := range found {
				got = append(got, task.Code+" "+task.SubjectID)
			}
			if err != nil || !slices.Equal(got, c.want) {
				s.t.Errorf("a %s has %q (%v), want %q", c.role, got, err, c.want)
			}
		}
		// A contributor is asked about own money that moved, wherever one acts now.
		found, err := tasks.Of(s.ctx, policy.Actor{AccountID: "inventor", PersonID: "p-inventor", Entries: []string{"entry"}})
		var got []string
		for _, task := range found {
			if task.Code == notify.AcceptDistribution {
				got = append(got, task.SubjectID)
			}
		}
		if err != nil || !slices.Equal(got, []string{"paid", "taken-back"}) {
			s.t.Errorf("the contributor is asked about %q (%v)", got, err)
		}
	})
}

func TestTasksOfOneTitleAreToldApart(t *testing.T) {
	forEachScene(t, func(s *scene) {
		s.putIn("introductions", deal.IntroductionKind, deal.Open, zeroIntroduction, columns{"id": "veiled", "from_org": "enterprise",
			"to_org": "institute", "package_id": "P", "pair": "veiled", "anonymous": true, "answer_by": 1})
		for seq, d := range []struct {
			id    string
			state lifecycle.State
			day   string
			fen   int
		}{
			{"held", reward.DistributionHeld, "2026-11-20", 70}, {"returned", reward.DistributionHeld, "2026-11-21", -30}, {"paid", reward.DistributionPaid, "2026-11-22", 100},
		} {
			s.putIn("distributions", reward.DistributionKind, d.state, zeroDistribution, columns{"id": d.id, "contract_id": "C", "owner_org": "institute",
				"plan_id": "plan-proposed", "seq": seq + 10, "movement_id": d.id, "receipt_id": d.id, "moved_on": d.day, "amount_fen": d.fen, "prepared_by": "finance"})
			for place, person := range []string{"entry", "p-inventor", "colleague"} {
				s.put("distribution_shares", nil, columns{"distribution_id": d.id, "place": place, "person_id": person, "role": "COMPLETER", "weight": 1,
					"group_weight": 3, "amount_fen": d.fen / 5, "accepted_at": 0})
			}
		}
		tasks := notify.NewTasks(store.NewTask(s.db), clock.NewManual(sceneDay), 14)
		told := func(actor policy.Actor, codes ...string) []string {
			found, err := tasks.Of(s.ctx, actor)
			if err != nil {
				s.t.Fatal(err)
			}
			var out []string
			for _, task := range found {
				if slices.Contains(codes, task.Code) {
					out = append(out, fmt.Sprint(task.SubjectID, " ", task.Party.Zh, " ", task.MovedOn, " ", task.Fen))
				}
			}
			return out
		}
		head := policy.Actor{AccountID: "head", PersonID: "p-head", OrgID: "institute", OrgKind: policy.Institute, OrgVerified: true, Roles: []policy.Role{policy.Head}}
		inventor := policy.Actor{AccountID: "inventor", PersonID: "p-inventor", Entries: []string{"entry"}}
		manager := policy.Actor{AccountID: "manager", PersonID: "p-manager", OrgID: "enterprise", OrgKind: policy.Enterprise, OrgVerified: true, Roles: []policy.Role{policy.Manager}}
		for _, c := range []struct{ got, want []string }{
			{told(head, notify.ReleaseDistribution), []string{"held 采购方 2026-11-20 70", "returned 采购方 2026-11-21 -30"}},
			// The own part, under whichever name, and no colleague's.
			{told(inventor, notify.AcceptDistribution, notify.ConfirmPlan), []string{"plan-proposed 采购方  0", "paid 采购方 2026-11-22 40"}},
			// Who asks without a name is not named.
			{told(head, notify.AnswerIntroduction), []string{"veiled   0", "I 单位enterprise  0"}},
			{told(manager, notify.SignContract), []string{"C 出让方  0"}},
		} {
			if !slices.Equal(c.got, c.want) {
				s.t.Errorf("%q, want %q", c.got, c.want)
			}
		}
	})
}

func TestANeedWaitsToBeOpenedAgainWhenEveryDealAboutItHasFailed(t *testing.T) {
	forEachScene(t, func(s *scene) {
		for need, ends := range map[string][]lifecycle.State{
			"left": {deal.Closed, deal.Closed}, "talking": {deal.Closed, deal.Negotiating}, "solved": {deal.Contracted, deal.Closed}, "open": {deal.Closed},
		} {
			state := listing.Matched
			if need == "open" {
				state = listing.Published
			}
			s.listing("need", need, "enterprise", state, "需求"+need, nil)
			for i, end := range ends {
				id := fmt.Sprint(need, i)
				s.putIn("introductions", deal.IntroductionKind, deal.Accepted, zeroIntroduction, columns{"id": id, "from_org": "institute",
					"to_org": "enterprise", "need_id": need, "pair": id, "seller_asks": true, "answer_by": 1})
				s.putIn("deals", deal.Kind, end, zeroDeal, columns{"id": "D" + id, "introduction_id": id, "seller_org": "institute",
					"buyer_org": "enterprise", "need_id": need, "pair": id, "ended_at": i})
			}
		}
		reopens := func(role policy.Role, org string) []string {
			found, err := notify.NewTasks(store.NewTask(s.db), clock.NewManual(sceneDay), 14).Of(s.ctx, policy.Actor{
				AccountID: "somebody", PersonID: "p-somebody", OrgID: org, OrgKind: policy.Enterprise, OrgVerified: true, Roles: []policy.Role{role}})
			if err != nil {
				s.t.Fatal(err)
			}
			var ids []string
			for _, task := range found {
				if task.Code == notify.ReopenNeed {
					ids = append(ids, task.Kind+" "+task.SubjectID+" "+task.Title.Zh)
				}
			}
			return ids
		}
		if got := reopens(policy.Manager, "enterprise"); !slices.Equal(got, []string{"need left 需求left"}) {
			s.t.Errorf("the manager is asked of %q", got)
		}
		if got := reopens(policy.Finance, "enterprise"); got != nil {
			s.t.Errorf("who may not reopen is asked of %q", got)
		}
		if got := reopens(policy.Manager, "elsewhere"); got != nil {
			s.t.Errorf("another enterprise is asked of %q", got)
		}
	})
}

func TestADealTellsWhatItIsAboutAndWhatCameOfIt(t *testing.T) {
	forEachScene(t, func(s *scene) {
		deals := store.NewDeal(s.db)
		titles, err := deals.ListingTitles(s.ctx, []string{"P", "N", "A", "unknown"})
		if err != nil || len(titles) != 2 || titles["P"].Zh != "成果包" || titles["N"].Zh != "需求" {
			s.t.Errorf("titles are %v (%v)", titles, err)
		}
		contracts, err := deals.ContractsOf(s.ctx, []string{"D", "unknown"})
		if err != nil || !maps.Equal(contracts, map[string]string{"D": "C"}) {
			s.t.Errorf("contracts are %v (%v)", contracts, err)
		}
		s.putIn("contracts", contract.Kind, contract.Discarded, zeroContract, columns{"id": "C2", "deal_id": "D2", "seller_org": "institute",
			"buyer_org": "enterprise", "terms": "{}"})
		if none, err := deals.ContractsOf(s.ctx, []string{"D2"}); err != nil || len(none) != 0 {
			s.t.Errorf("a discarded draft counts as %v (%v)", none, err)
		}
	})
}
