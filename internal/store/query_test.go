package store_test

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"chengqiao/internal/account"
	"chengqiao/internal/contract"
	"chengqiao/internal/deal"
	"chengqiao/internal/disclosure"
	"chengqiao/internal/document"
	"chengqiao/internal/duplicate"
	"chengqiao/internal/match"
	"chengqiao/internal/note"
	"chengqiao/internal/sqldb"
	"chengqiao/internal/store"
	"chengqiao/internal/store/storetest"
)

// readsAll tells that a plan reads a table from end to end: SQLite scans it
// without an index, PostgreSQL although it was told not to.
var readsAll = map[sqldb.Driver]*regexp.Regexp{
	sqldb.SQLite:   regexp.MustCompile(`(?m)\bSCAN (\w+)(?: USING (?:COVERING )?INDEX sqlite_autoindex_\w+)?$`),
	sqldb.Postgres: regexp.MustCompile(`Seq Scan on (\w+)`),
}

func TestNoListReadsWhatIsOthers(t *testing.T) {
	type query struct {
		text string
		args []any
	}
	of := func(text string, args []any) query { return query{text, args} }
	queries := map[string]query{
		"contracts":                 of(store.ContractsQuery(contract.Filter{OrgID: "o", Limit: 20})),
		"contracts further on":      of(store.ContractsQuery(contract.Filter{OrgID: "o", State: "signed", Before: "x", Limit: 20})),
		"deals":                     of(store.DealsQuery(deal.DealFilter{OrgID: "o", Limit: 20})),
		"deals further on":          of(store.DealsQuery(deal.DealFilter{OrgID: "o", State: "closed", Before: "x", Limit: 20})),
		"introductions":             of(store.IntroductionsQuery(deal.IntroductionFilter{OrgID: "o", Limit: 20})),
		"introductions sent":        of(store.IntroductionsQuery(deal.IntroductionFilter{OrgID: "o", Box: deal.Sent, Before: "x", Limit: 20})),
		"introductions received":    of(store.IntroductionsQuery(deal.IntroductionFilter{OrgID: "o", Box: deal.Received, State: "open", Limit: 20})),
		"introductions about one":   of(store.IntroductionsQuery(deal.IntroductionFilter{OrgID: "o", ListingID: "l", Limit: 20})),
		"the audit of a subject":    of(store.AuditQuery(store.AuditFilter{Kind: "deal", Subject: "d", Before: "x", Limit: 20})),
		"the audit of an account":   of(store.AuditQuery(store.AuditFilter{AccountID: "a", Limit: 20})),
		"requests for documents":    of(store.FileRequestsQuery(document.RequestFilter{OrgID: "o", Limit: 20})),
		"requests received":         of(store.FileRequestsQuery(document.RequestFilter{OrgID: "o", Box: document.Received, State: "asked", Before: "x", Limit: 20})),
		"requests sent":             of(store.FileRequestsQuery(document.RequestFilter{OrgID: "o", Box: document.Sent, Limit: 20})),
		"notes":                     of(store.NotesQuery(note.Filter{OrgID: "o", Limit: 20})),
		"notes on a listing":        of(store.NotesQuery(note.Filter{OrgID: "o", SubjectKind: "need", SubjectID: "n", Before: "x", Limit: 20})),
		"who saw what":              of(store.DisclosuresQuery(disclosure.Filter{OwnerOrg: "o", Limit: 20})),
		"who saw what of one":       of(store.DisclosuresQuery(disclosure.Filter{OwnerOrg: "o", ListingID: "l", Tier: "NDA", Before: "x", Limit: 20})),
		"what an NDA opens":         {store.GrantedQuery, []any{"o", 20}},
		"own needs for a result":    {store.NeedsMatching, []any{"r", "o", 20}},
		"new matches":               {store.NewOf, []any{"o", 5}},
		"plans to decide":           {store.UndecidedPlans, []any{"o", "a", 20}},
		"needs that wait":           of(store.WaitingQuery(match.NeedFilter{Limit: 20})),
		"needs by age":              of(store.WaitingQuery(match.NeedFilter{Sort: match.ByAge, Band: match.Good, TechnicalField: "f", Region: "650000", After: match.DeskCursor{Key: "1", ID: "x"}, Limit: 20})),
		"idle matches":              of(store.IdleQuery(match.IdleFilter{After: match.DeskCursor{Key: "1", ID: "x"}, Limit: 20})),
		"needs set aside":           of(store.WaitingQuery(match.NeedFilter{OrgID: "o", Aside: true, Limit: 20})),
		"matches set aside":         of(store.IdleQuery(match.IdleFilter{OrgID: "o", Aside: true, Limit: 20})),
		"needs of a prefecture":     of(store.WaitingQuery(match.NeedFilter{Region: "652300", After: match.DeskCursor{Key: "2026-11-29", ID: "x"}, Limit: 20})),
		"idle of a prefecture":      of(store.IdleQuery(match.IdleFilter{Region: "652300", Band: match.Strong, Limit: 20})),
		"proposals":                 of(store.ProposalsQuery(match.ProposalFilter{OrgID: "o", State: match.Open, Before: "x", Limit: 20})),
		"talks with what is unread": of(store.DueTalksQuery(time.Unix(1, 0), time.Unix(2, 0), time.Unix(3, 0), 20)),
		"whether anything is due":   {store.AnyDue, []any{"letters", 2}},
		"accounts further on":       of(store.AccountsQuery(account.AccountFilter{Before: "x", Limit: 50})),
		"accounts of a state":       of(store.AccountsQuery(account.AccountFilter{State: account.Suspended, Query: "q", Limit: 50, Window: 1000})),
		"the end of a window":       of(store.WindowEndQuery(account.AccountFilter{Before: "x", Query: "q", Window: 1000})),
		"last sign-ins":             of(store.LastSignInsQuery([]string{"a", "b"})),
		"notifications":             of(store.NotificationsQuery("a", []string{"o1", "o2"}, "x", 20)),
	}
	storetest.ForEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		for name, q := range queries {
			for _, table := range readsAll[db.Driver()].FindAllStringSubmatch(planOf(t, db, q.text, q.args), -1) {
				if strings.Contains(q.text, ") AS "+table[1]) { // what a part of the query has found
					continue
				}
				t.Errorf("%s read all of %s:\n%s", name, table[1], planOf(t, db, q.text, q.args))
			}
		}
	})
}

// A busy account has a hundred other lines in the audit between two sign-ins.
func TestTheLastSignInIsNotSoughtAmongAllThatAnAccountDid(t *testing.T) {
	storetest.ForEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		text, args := store.LastSignInsQuery([]string{"a", "b"})
		if plan := planOf(t, db, text, args); !strings.Contains(plan, "audit_sign_ins") {
			t.Errorf("sought otherwise:\n%s", plan)
		}
	})
}

// An institute has tens of thousands of achievements; its deals are about a few.
func TestWhatAnNDAOpensIsNotSoughtAmongAllThatTheSidesOwn(t *testing.T) {
	storetest.ForEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		if plan := planOf(t, db, store.GrantedQuery, []any{"o", 20}); strings.Contains(plan, "(owner_org=? AND kind=?)") {
			t.Errorf("achievements are sought by their owner:\n%s", plan)
		}
	})
}

// What everybody looks for has matches with the needs of all.
func TestOwnNeedsAreNotSoughtAmongAllThatMatch(t *testing.T) {
	conditions := map[sqldb.Driver]string{sqldb.SQLite: "(subject_id=? AND need_org=?)", sqldb.Postgres: "((subject_id = 'r'::text) AND (need_org = 'o'::text))"}
	storetest.ForEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		if plan := planOf(t, db, store.NeedsMatching, []any{"r", "o", 20}); !strings.Contains(plan, conditions[db.Driver()]) {
			t.Errorf("sought otherwise:\n%s", plan)
		}
	})
}

// The keys of all listings are by far more than those of the few that are looked
// at: neither these nor their buckets may be sought among all.
func TestBucketsAreReadByTheirKeys(t *testing.T) {
	conditions := map[sqldb.Driver][]string{
		sqldb.SQLite: {"SEARCH duplicate_keys USING INDEX duplicate_keys_of_listing (listing_id=?)",
			"SEARCH o USING COVERING INDEX sqlite_autoindex_duplicate_keys_1 (key=?)",
			"SEARCH k USING COVERING INDEX sqlite_autoindex_duplicate_keys_1 (key=?)"},
		sqldb.Postgres: {"Index Cond: (listing_id = ANY", "Index Cond: (key = mine.key)"},
	}
	storetest.ForEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		text, args := store.SharingQuery([]string{"a", "b"}, 30)
		plan := planOf(t, db, text, args)
		for _, c := range conditions[db.Driver()] {
			if !strings.Contains(plan, c) {
				t.Errorf("not by %s:\n%s", c, plan)
			}
		}
		if strings.Contains(plan, "Seq Scan on") {
			t.Errorf("all keys are read:\n%s", plan)
		}
	})
}

// An organisation's matches are many, those on its dashboard five. PostgreSQL
// chooses among the indexes of an empty table as it likes.
func TestNewMatchesAreReadInTheOrderOfTime(t *testing.T) {
	storetest.ForEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		plan := planOf(t, db, store.NewOf, []any{"o", 5})
		if db.Driver() == sqldb.Postgres && strings.Contains(plan, "Index Scan using matches_new_of_") {
			return
		}
		if !strings.Contains(plan, "matches_new_of_need (need_org=?)") || !strings.Contains(plan, "matches_new_of_subject (subject_org=?)") || strings.Contains(plan, "USE TEMP B-TREE") {
			t.Errorf("all are read to be sorted:\n%s", plan)
		}
	})
}

// The audit is never shortened: no page of it may be sought among all of a kind.
// PostgreSQL sorts the few lines that it expects of an empty table.
func TestAPageOfTheAuditIsReadInItsOrder(t *testing.T) {
	storetest.ForEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		for _, wanted := range []struct {
			index  string
			filter store.AuditFilter
		}{
			{"audit_of_kind", store.AuditFilter{Kind: "achievement", Before: "x"}},
			{"audit_of_kind", store.AuditFilter{Kind: "achievement"}},
			{"audit_of_subject", store.AuditFilter{Kind: "achievement", Subject: "s"}},
			{"audit_of_subject", store.AuditFilter{Kind: "achievement", Subject: "s", Before: "x"}},
			{"audit_of_subject", store.AuditFilter{Subject: "s"}},
		} {
			wanted.filter.Limit = 20
			text, args := store.AuditQuery(wanted.filter)
			if plan := planOf(t, db, text, args); !strings.Contains(plan, wanted.index) || strings.Contains(plan, "USE TEMP B-TREE") {
				t.Errorf("%+v is read otherwise:\n%s", wanted.filter, plan)
			}
		}
		if plan := planOf(t, db, store.ToldQuery, []any{"m", "match.find"}); !strings.Contains(plan, "audit_of_subject") {
			t.Errorf("whether a match was told is sought otherwise:\n%s", plan)
		}
	})
}

// It is asked for each listing that somebody signed in reads.
func TestWhoSignedIsSoughtByWhatADealIsAbout(t *testing.T) {
	storetest.ForEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		for name, f := range map[string]deal.SignedFilter{
			"a need": {NeedID: "n"}, "packages": {PackageIDs: []string{"p", "q"}},
			"a result": {AchievementID: "a", Party: "o"}, "a result in packages": {AchievementID: "a", PackageIDs: []string{"p"}, Party: "o"},
		} {
			text, args := store.SignedQuery(f)
			plan := planOf(t, db, text, args)
			if strings.Contains(plan, "SCAN deals") || strings.Contains(plan, "Seq Scan") ||
				db.Driver() == sqldb.Postgres && !strings.Contains(plan, "Index Cond") {
				t.Errorf("%s: all deals are gone through:\n%s", name, plan)
			}
		}
	})
}

// An owner's log may have tens of thousands of entries, a page of it twenty.
func TestTheNewestOfTheLogAreReadInItsOrder(t *testing.T) {
	storetest.ForEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		query, args := store.DisclosuresQuery(disclosure.Filter{OwnerOrg: "o", Limit: 20})
		plan := planOf(t, db, query, args)
		for _, index := range []string{"disclosures_of_owner", "file_reads_of_owner"} {
			if !strings.Contains(plan, index) {
				t.Errorf("%s is not used:\n%s", index, plan)
			}
		}
	})
}

// A hundred thousand messages may wait for an address that takes nothing, while
// those for others are sent.
func TestWhoseTurnItIsIsNotSoughtAmongAllThatWait(t *testing.T) {
	byAddress := map[sqldb.Driver]*regexp.Regexp{
		sqldb.SQLite:   regexp.MustCompile(`webhook_deliveries_waiting \(endpoint_id=\? AND due_at<\?\)`),
		sqldb.Postgres: regexp.MustCompile(`Index Cond: \(\(endpoint_id = .* AND \(due_at <= `),
	}
	storetest.ForEachEngine(t, func(t *testing.T, db *sqldb.DB) {
		for name, plan := range map[string]string{
			"the addresses": planOf(t, db, store.AddressesDue, []any{1, 2, 1}),
			"the messages":  planOf(t, db, store.DueOf, []any{"e", 1, 1}),
		} {
			if len(byAddress[db.Driver()].FindAllString(plan, -1)) != 1 || strings.Contains(plan, "SCAN webhook_deliveries") {
				t.Errorf("%s are sought otherwise:\n%s", name, plan)
			}
		}
	})
}

// filled is a PostgreSQL store in which statements ran, and which knows how what
// they wrote is spread: the way that it takes depends on that.
func filled(t *testing.T, statements ...string) *sqldb.DB {
	t.Helper()
	db, err := sqldb.Open(t.Context(), sqldb.Config{Driver: sqldb.Postgres, DSN: storetest.PostgresDSN(t).MigrateDSN, MaxConns: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	for _, statement := range statements {
		if _, err := db.Exec(t.Context(), statement); err != nil {
			t.Fatalf("%v\n%s", err, statement)
		}
	}
	return db
}

// While an import's events wait for one consumer, the others look for theirs
// several times a second.
func TestWhatIsDueForOneIsNotSoughtAmongWhatWaitsForOthers(t *testing.T) {
	db := filled(t,
		`INSERT INTO events (id, name, kind, subject_id, version, at, account_id, org_id, data)
			SELECT 'e' || i, 'listing.published', 'achievement', 's' || i, 1, 1, '', '', '{}' FROM generate_series(1, 20000) i`,
		`INSERT INTO deliveries (event_id, consumer, state, attempts, due_at, lease_until, lease_token, last_error, ended_at)
			SELECT id, 'webhooks', 'pending', 0, 1, 0, '', '', 0 FROM events`,
		`ANALYZE deliveries`)
	err := db.InTx(t.Context(), func(ctx context.Context) error {
		// As it plans what it is asked again and again.
		for _, statement := range []string{`SET LOCAL plan_cache_mode = force_generic_plan`, `PREPARE due (text, bigint) AS ` + store.AnyDue} {
			if _, err := db.Exec(ctx, statement); err != nil {
				return err
			}
		}
		if plan := explained(t, db, ctx, `EXECUTE due ('letters', 2)`, nil); !strings.Contains(plan, "deliveries_due") {
			t.Errorf("all that waits is gone through:\n%s", plan)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// manyListings are needs and achievements of one organisation.
const manyListings = `INSERT INTO listings (id, kind, owner_org, state, step_seq, version, live_revision, live_number, created_at, updated_at, changed_at,
		published_at, confirm_by, suspended_by, outcome)
	SELECT 'l' || i, CASE WHEN i <= 2000 THEN 'need' ELSE 'achievement' END, 'o', 'published', 1, 1, 'v' || i, 1, 1, i, 1, 1, '', '', ''
	FROM generate_series(1, 20000) i`

// Nearly every listing is for members; the matches that nobody acted on are those
// of a few.
func TestIdleMatchesAreNotSoughtAmongAllListings(t *testing.T) {
	db := filled(t,
		`ALTER TABLE listings DROP CONSTRAINT listings_step_fk`, manyListings,
		`ALTER TABLE revisions DROP CONSTRAINT revisions_step_fk`,
		`INSERT INTO revisions (id, listing_id, kind, state, step_seq, number, title_zh, title_en, title_folded, content, return_reason,
			created_at, updated_at, submitted_at, published_at)
			SELECT 'v' || i, 'l' || i, 'achievement_revision', 'live', 1, 1, '', '', '', jsonb_build_object('abstract', repeat('节水灌溉', 100)), '', 1, 1, 1, 1
			FROM generate_series(1, 20000) i`,
		`INSERT INTO matches (id, need_id, subject_kind, subject_id, need_org, subject_org, origin, model, features, score, band, version, created_at, updated_at)
			SELECT 'm' || i, 'l' || i, 'achievement', 'l' || 2000 + i, 'o', 'p', 'found', 'x', '{}', i, 'good', 1, 1, 1 FROM generate_series(1, 2000) i`,
		`ANALYZE listings`, `ANALYZE revisions`, `ANALYZE matches`)
	text, args := store.IdleQuery(match.IdleFilter{OrgID: "b", Before: time.Unix(1, 0), Limit: 20})
	if plan := explained(t, db, t.Context(), text, args); !strings.Contains(plan, "matches_by_strength") || strings.Contains(plan, "Seq Scan on revisions") {
		t.Errorf("all listings are gone through:\n%s", plan)
	}
}

// The search for duplicates walks through all listings page by page; each page is
// found by its place, and in its order.
func TestListingsByUpdateAreReadInTheirOrder(t *testing.T) {
	text, args := store.ByUpdateQuery(duplicate.Kinds, duplicate.Place{At: time.UnixMicro(10_000), ID: "l"}, 200)
	for _, db := range []*sqldb.DB{
		storetest.SQLite(t), filled(t, `ALTER TABLE listings DROP CONSTRAINT listings_step_fk`, manyListings, `ANALYZE listings`),
	} {
		plan := explained(t, db, t.Context(), text, args)
		if !strings.Contains(plan, "listings_by_update") || strings.Contains(plan, "Sort") || strings.Contains(plan, "TEMP B-TREE") {
			t.Errorf("it is read otherwise:\n%s", plan)
		}
	}
}

// planOf is how the engine would run a query, one step a line. PostgreSQL is
// kept from reading the empty tables of a test from end to end because they
// are so small.
func planOf(t *testing.T, db *sqldb.DB, text string, args []any) (plan string) {
	t.Helper()
	err := db.InTx(t.Context(), func(ctx context.Context) error {
		if db.Driver() == sqldb.Postgres {
			if _, err := db.Exec(ctx, `SET LOCAL enable_seqscan = off`); err != nil {
				return err
			}
		}
		plan = explained(t, db, ctx, text, args)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// explained is how the engine would run a query on what is in the tables now.
func explained(t *testing.T, db *sqldb.DB, ctx context.Context, text string, args []any) string {
	t.Helper()
	explain, scan := "EXPLAIN ", sqldb.Scalar[string]
	if db.Driver() == sqldb.SQLite {
		explain = "EXPLAIN QUERY PLAN "
		scan = func(row sqldb.Row) (string, error) {
			var id, parent, unused int64
			var detail string
			return detail, row.Scan(&id, &parent, &unused, &detail)
		}
	}
	lines, err := sqldb.All(ctx, db, scan, explain+text, args...)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return strings.Join(lines, "\n")
}
