package policy_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"chengqiao/internal/errs"
	"chengqiao/internal/policy"
)

var update = flag.Bool("update", false, "write testdata/matrix.txt anew")

// standings are the ways in which an actor can stand to a subject; the matrix
// asks every action of every role in each of them.
var standings = []struct {
	name  string
	facts func(a policy.Actor) policy.Facts
}{
	{"own", func(a policy.Actor) policy.Facts {
		return policy.Facts{OwnerOrg: a.OrgID, Parties: []string{a.OrgID, "other"}}
	}},
	{"own-written", func(a policy.Actor) policy.Facts {
		return policy.Facts{OwnerOrg: a.OrgID, Parties: []string{a.OrgID, "other"}, Authors: []string{a.PersonID}, CreatedBy: a.AccountID}
	}},
	{"asked", func(a policy.Actor) policy.Facts {
		return policy.Facts{OwnerOrg: "other", Parties: []string{"other", a.OrgID}, Counterparty: a.OrgID}
	}},
	{"about-me", func(a policy.Actor) policy.Facts {
		return policy.Facts{OwnerOrg: "other", Persons: []string{a.PersonID}, AccountID: a.AccountID}
	}},
	{"foreign-published", func(policy.Actor) policy.Facts {
		return policy.Facts{OwnerOrg: "other", Parties: []string{"other"}, Persons: []string{"someone"}, AccountID: "someone", Published: true, Audience: policy.TierPublic}
	}},
	{"foreign-hidden", func(policy.Actor) policy.Facts {
		return policy.Facts{OwnerOrg: "other", Parties: []string{"other"}, Persons: []string{"someone"}, AccountID: "someone"}
	}},
}

type named struct {
	name  string
	actor policy.Actor
}

func actors() []named {
	out := []named{
		{"visitor", policy.Actor{}},
		{"account", policy.Actor{AccountID: "acc", PersonID: "per"}},
	}
	for _, kind := range append([]policy.OrgKind{policy.Platform}, policy.OrgKinds...) {
		for _, role := range policy.RolesOf(kind) {
			out = append(out, named{string(kind) + "/" + string(role), policy.Actor{
				AccountID: "acc", PersonID: "per", OrgID: "org", OrgKind: kind, OrgVerified: true, Roles: []policy.Role{role},
			}})
		}
	}
	return out
}

// TestTheWholeRoleActionMatrix holds every decision against the reviewed file:
// any change of a rule shows as a changed line there.
func TestTheWholeRoleActionMatrix(t *testing.T) {
	var b strings.Builder
	for _, action := range policy.Actions() {
		for _, s := range standings {
			var allowed []string
			for _, n := range actors() {
				if policy.Check(n.actor, action, s.facts(n.actor)).Allowed() {
					allowed = append(allowed, n.name)
				}
			}
			fmt.Fprintf(&b, "%s\t%s\t%s\n", action, s.name, strings.Join(allowed, " "))
		}
	}
	const file = "testdata/matrix.txt"
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	got, expected := strings.Split(b.String(), "\n"), strings.Split(string(want), "\n")
	if len(got) != len(expected) {
		t.Errorf("the matrix has %d lines, the reviewed file %d; review the change and run with -update", len(got), len(expected))
	}
	for i := range min(len(got), len(expected)) {
		if got[i] != expected[i] {
			t.Fatalf("line %d:\n got  %s\n want %s\nreview the change and run with -update", i+1, got[i], expected[i])
		}
	}
}

func TestNobodyActsOnAHiddenForeignSubject(t *testing.T) {
	// What may be done to a foreign subject that is not published: only what
	// the platform and the authority are for, and what concerns no subject.
	staff := map[string]bool{}
	for _, n := range actors() {
		staff[n.name] = n.actor.OrgKind == policy.Platform || n.actor.OrgKind == policy.Authority
	}
	for _, action := range policy.Actions() {
		// An action that a visitor or any account may do has no owner to protect.
		free := policy.Check(policy.Actor{AccountID: "acc", PersonID: "per"}, action, policy.Facts{}).Allowed()
		creates := strings.HasSuffix(string(action), ".create")
		if free || creates && action != policy.PlanCreate {
			continue
		}
		for _, n := range actors() {
			facts := standings[5].facts(n.actor)
			if policy.Check(n.actor, action, facts).Allowed() && !staff[n.name] {
				t.Errorf("%s may %s a foreign hidden subject", n.name, action)
			}
		}
	}
}

func TestAHiddenSubjectIsAnsweredLikeAnAbsentOne(t *testing.T) {
	stranger := policy.Actor{AccountID: "acc", PersonID: "per", OrgID: "org", OrgKind: policy.Enterprise, OrgVerified: true, Roles: []policy.Role{policy.Manager}}
	foreign := policy.Facts{OwnerOrg: "other", Parties: []string{"other"}, Persons: []string{"someone"}}
	for _, action := range []policy.Action{policy.AchievementRead, policy.DealRead, policy.ContractRead, policy.PlanRead, policy.RewardRead, policy.MatchRead} {
		err := policy.Check(stranger, action, foreign).Err()
		if errs.KindOf(err) != errs.NotFound {
			t.Errorf("%s on a foreign subject answers %v, not like an absent one", action, err)
		}
	}
}

func TestWhoMayReadASubjectIsToldWhyNotMore(t *testing.T) {
	published := policy.Facts{OwnerOrg: "other", Published: true, Audience: policy.TierPublic}
	stranger := policy.Actor{AccountID: "acc", PersonID: "per", OrgID: "org", OrgKind: policy.Institute, OrgVerified: true, Roles: []policy.Role{policy.Head}}
	for _, action := range []policy.Action{policy.AchievementEdit, policy.PackageSuspend, policy.NeedClose} {
		if got := policy.Check(stranger, action, published); got.Outcome != policy.Deny || got.Reason != "not_a_party" {
			t.Errorf("%s on a published foreign subject: %+v", action, got)
		}
		if got := policy.Check(policy.Actor{}, action, published); got.Outcome != policy.SignIn {
			t.Errorf("%s by a visitor on a published subject: %+v", action, got)
		}
	}
}

func TestWhoPreparedDoesNotApprove(t *testing.T) {
	preparer := policy.Actor{AccountID: "a1", OrgID: "org", OrgKind: policy.Institute, OrgVerified: true, Roles: []policy.Role{policy.Finance}}
	facts := policy.Facts{OwnerOrg: "org", PreparedBy: "a1"}
	err := policy.Check(preparer, policy.RewardApprove, facts).Err()
	var e *errs.Error
	if !errors.As(err, &e) || e.Kind != errs.Forbidden || e.Params["reason"] != "two_persons_required" {
		t.Fatalf("the preparer's approval answers %v", err)
	}
	second := preparer
	second.AccountID = "a2"
	if err := policy.Check(second, policy.RewardApprove, facts).Err(); err != nil {
		t.Fatalf("a second person's approval answers %v", err)
	}
}

func TestAnUnverifiedOrganisationDoesNotPublishNorAsk(t *testing.T) {
	actor := policy.Actor{AccountID: "a1", OrgID: "org", OrgKind: policy.Institute, Roles: []policy.Role{policy.Officer}}
	for _, action := range []policy.Action{policy.AchievementSubmit, policy.PackageSubmit, policy.NeedSubmit, policy.IntroductionCreate} {
		var e *errs.Error
		if err := policy.Check(actor, action, policy.Facts{OwnerOrg: "org"}).Err(); !errors.As(err, &e) || e.Params["reason"] != "organisation_not_verified" {
			t.Errorf("%s by an unverified organisation answers %v", action, err)
		}
	}
}

// Anybody can register an organisation of any kind but the platform: what its
// kind alone opens must wait for the verification.
func TestAKindThatSomebodyClaimsOpensNothing(t *testing.T) {
	foreign := policy.Facts{OwnerOrg: "other", Parties: []string{"other"}, Persons: []string{"someone"}, AccountID: "someone"}
	for _, kind := range policy.OrgKinds {
		claimed := policy.Actor{AccountID: "acc", PersonID: "per", OrgID: "org", OrgKind: kind, Roles: policy.RolesOf(kind)}
		plain := policy.Actor{AccountID: "acc", PersonID: "per", OrgID: "org", OrgKind: policy.Provider, Roles: policy.RolesOf(kind)}
		for _, action := range policy.Actions() {
			if policy.Check(claimed, action, foreign).Allowed() && !policy.Check(plain, action, foreign).Allowed() {
				t.Errorf("who registers a %s may %s what is others'", kind, action)
			}
		}
	}
}

func TestARevokedOrganisationSignsNothing(t *testing.T) {
	revoked := policy.Actor{AccountID: "a1", OrgID: "org", OrgKind: policy.Institute, Roles: []policy.Role{policy.Head}}
	facts := policy.Facts{OwnerOrg: "org", Parties: []string{"org", "other"}, Counterparty: "org"}
	for _, action := range []policy.Action{policy.ContractSign, policy.DealNDASign, policy.IntroductionAccept} {
		var e *errs.Error
		if err := policy.Check(revoked, action, facts).Err(); !errors.As(err, &e) || e.Params["reason"] != "organisation_not_verified" {
			t.Errorf("%s by a revoked organisation answers %v", action, err)
		}
	}
	for _, action := range []policy.Action{policy.ContractRead, policy.ContractTerminate, policy.DealRead, policy.DealMessage, policy.DealClose, policy.IntroductionDecline} {
		if err := policy.Check(revoked, action, facts).Err(); err != nil {
			t.Errorf("%s by a revoked organisation answers %v", action, err)
		}
	}
}

// What an institute negotiates and earns is no affair of all its inventors:
// each reads what names them, in person.
func TestAnInventorReadsWhatNamesTheInventor(t *testing.T) {
	inventor := policy.Actor{AccountID: "a1", PersonID: "p1", OrgID: "org", OrgKind: policy.Institute, OrgVerified: true, Roles: []policy.Role{policy.Inventor}}
	colleagues := policy.Facts{OwnerOrg: "org", Parties: []string{"org", "other"}, Persons: []string{"p2"}}
	own := colleagues
	own.Persons = []string{"p1", "p2"}
	for _, action := range []policy.Action{policy.ContractRead, policy.PlanRead} {
		if policy.Check(inventor, action, colleagues).Allowed() || !policy.Check(inventor, action, own).Allowed() {
			t.Errorf("%s does not follow whom it names", action)
		}
	}
	for _, action := range []policy.Action{policy.ReceiptRead, policy.RewardRead, policy.DealRead, policy.DealReadMessages, policy.IntroductionRead, policy.RecordAttach} {
		if policy.Check(inventor, action, colleagues).Allowed() {
			t.Errorf("any inventor may %s", action)
		}
	}
}

// TestListsShowNoMoreThanSingleReads holds ScopeOf against Check: for each
// action and actor a subject that the scope admits must be one that Check allows.
func TestListsShowNoMoreThanSingleReads(t *testing.T) {
	for _, action := range policy.Actions() {
		for _, n := range actors() {
			scope := policy.ScopeOf(n.actor, action)
			for _, s := range standings {
				facts := s.facts(n.actor)
				admitted := scope.All ||
					scope.Published && facts.Published && facts.Audience == policy.TierPublic ||
					scope.OwnerOrg != "" && scope.OwnerOrg == facts.OwnerOrg ||
					scope.PersonID != "" && len(facts.Persons) == 1 && scope.PersonID == facts.Persons[0]
				if admitted && !policy.Check(n.actor, action, facts).Allowed() {
					t.Errorf("the list of %s shows %s a %s subject that a single read refuses", action, n.name, s.name)
				}
			}
		}
	}
}

func TestTiersFollowStanding(t *testing.T) {
	facts := policy.Facts{OwnerOrg: "owner", NDAWith: []string{"buyer"}, Persons: []string{"p1"}}
	cases := []struct {
		name  string
		actor policy.Actor
		want  int
	}{
		{"a visitor reads the public tier", policy.Actor{}, 1},
		{"an account without an organisation reads the public tier", policy.Actor{AccountID: "a", PersonID: "p9"}, 1},
		{"a member of an unverified organisation reads the public tier", policy.Actor{AccountID: "a", OrgID: "x"}, 1},
		{"a member of a verified organisation reads the members' tier", policy.Actor{AccountID: "a", OrgID: "x", OrgVerified: true}, 2},
		{"a counterparty with a signed NDA reads all", policy.Actor{AccountID: "a", OrgID: "buyer", OrgVerified: true}, 3},
		{"the owner reads all", policy.Actor{AccountID: "a", OrgID: "owner"}, 3},
		{"a contributor reads all of the own achievement", policy.Actor{AccountID: "a", PersonID: "p1"}, 3},
		{"a reviewer reads all", policy.Actor{AccountID: "a", OrgID: "pf", OrgKind: policy.Platform, Roles: []policy.Role{policy.Reviewer}}, 3},
		{"a verifier reads as anyone", policy.Actor{AccountID: "a", OrgID: "pf", OrgKind: policy.Platform, Roles: []policy.Role{policy.Verifier}}, 1},
	}
	for _, c := range cases {
		if got := len(policy.TiersOf(c.actor, facts)); got != c.want {
			t.Errorf("%s: %d tiers, want %d", c.name, got, c.want)
		}
	}
}

// An institute's inventors write what is theirs: an achievement that names
// them, under whichever entry, or that they began; a colleague's they read.
func TestAnInventorWritesWhatIsTheInventors(t *testing.T) {
	inventor := policy.Actor{AccountID: "a1", PersonID: "p1", Entries: []string{"e1"}, OrgID: "org", OrgKind: policy.Institute, OrgVerified: true, Roles: []policy.Role{policy.Inventor}}
	for name, c := range map[string]struct {
		facts policy.Facts
		want  bool
	}{
		"a colleague's":                    {policy.Facts{OwnerOrg: "org", Authors: []string{"p2"}, CreatedBy: "a2"}, false},
		"nobody's":                         {policy.Facts{OwnerOrg: "org"}, false},
		"that names the inventor":          {policy.Facts{OwnerOrg: "org", Authors: []string{"p2", "p1"}, CreatedBy: "a2"}, true},
		"that names an entry":              {policy.Facts{OwnerOrg: "org", Authors: []string{"e1"}}, true},
		"that the inventor began":          {policy.Facts{OwnerOrg: "org", CreatedBy: "a1"}, true},
		"of another institute, naming one": {policy.Facts{OwnerOrg: "other", Authors: []string{"p1"}, CreatedBy: "a1"}, false},
	} {
		for _, action := range []policy.Action{policy.AchievementEdit, policy.FileUpload} {
			if got := policy.Check(inventor, action, c.facts).Allowed(); got != c.want {
				t.Errorf("%s %s: %t", action, name, got)
			}
		}
	}
}

func TestNobodyReviewsInTheirOwnCause(t *testing.T) {
	reviewer := policy.Actor{AccountID: "a1", OrgID: "pf", OrgKind: policy.Platform, OrgVerified: true, Roles: []policy.Role{policy.Reviewer}}
	for _, action := range []policy.Action{policy.AchievementPublish, policy.PackageReturn, policy.NeedPublish, policy.ListingReviewClaim} {
		if err := policy.Check(reviewer, action, policy.Facts{OwnerOrg: "org"}).Err(); err != nil {
			t.Errorf("%s of others' answers %v", action, err)
		}
		var e *errs.Error
		err := policy.Check(reviewer, action, policy.Facts{OwnerOrg: "org", Conflicted: true}).Err()
		if !errors.As(err, &e) || e.Kind != errs.Forbidden || e.Params["reason"] != "conflict_of_interest" {
			t.Errorf("%s of the own listing answers %v", action, err)
		}
	}
}

// Who suspends the own account could not take it back, and a platform without an
// operator has nobody who could.
func TestAnOperatorGovernsTheAccountsOfOthers(t *testing.T) {
	operator := policy.Actor{AccountID: "op", OrgID: "pf", OrgKind: policy.Platform, OrgVerified: true, Roles: []policy.Role{policy.Operator}}
	verifier := operator
	verifier.Roles = []policy.Role{policy.Verifier, policy.Reviewer}
	for _, action := range []policy.Action{policy.AccountSuspend, policy.AccountRestore, policy.AccountSignOut} {
		if err := policy.Check(operator, action, policy.Facts{AccountID: "someone"}).Err(); err != nil {
			t.Errorf("%s of somebody else answers %v", action, err)
		}
		for reason, c := range map[string]struct {
			actor policy.Actor
			whose string
		}{"own_account": {operator, "op"}, "role_missing": {verifier, "someone"}} {
			var e *errs.Error
			err := policy.Check(c.actor, action, policy.Facts{AccountID: c.whose}).Err()
			if !errors.As(err, &e) || e.Kind != errs.Forbidden || e.Params["reason"] != reason {
				t.Errorf("%s answers %v, want %s", action, err, reason)
			}
		}
	}
}
