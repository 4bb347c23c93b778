package policy_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"chengqiao/internal/policy"
)

// TestTheWholeScopeActionMatrix holds what each scope covers against the
// reviewed file; an action of no scope stands there as taking a session. A new
// action shows as a missing line: say in tokenscope.go whether a token may do
// it, and run with -update.
func TestTheWholeScopeActionMatrix(t *testing.T) {
	var b strings.Builder
	for _, action := range policy.Actions() {
		scopes := policy.ScopesFor(action)
		if len(scopes) == 0 {
			fmt.Fprintf(&b, "%s\tsession\n", action)
			continue
		}
		fmt.Fprintf(&b, "%s\t%s\n", action, strings.Trim(fmt.Sprint(scopes), "[]"))
	}
	const file = "testdata/scopes.txt"
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	expected := strings.Split(string(want), "\n")
	for i, line := range strings.Split(b.String(), "\n") {
		if i >= len(expected) || line != expected[i] {
			t.Fatalf("line %d is %q and not as reviewed; review the change and run with -update", i+1, line)
		}
	}
}

// TestATokenNeverDoesMoreThanItsMaker asks every action of every role in every
// standing, by a session and by a token of each scope and of all of them.
func TestATokenNeverDoesMoreThanItsMaker(t *testing.T) {
	sets := [][]policy.TokenScope{nil, policy.AllTokenScopes}
	for _, s := range policy.AllTokenScopes {
		sets = append(sets, []policy.TokenScope{s})
	}
	for _, action := range policy.Actions() {
		for _, s := range standings {
			for _, n := range actors() {
				if !n.actor.SignedIn() {
					continue
				}
				facts := s.facts(n.actor)
				byMaker := policy.Check(n.actor, action, facts).Allowed()
				byVisitor := policy.Check(policy.Actor{}, action, facts).Allowed()
				for _, scopes := range sets {
					bearer := n.actor
					bearer.TokenID, bearer.TokenScopes = "tok", scopes
					got := policy.Check(bearer, action, facts).Allowed()
					covered := slices.ContainsFunc(policy.ScopesFor(action), func(s policy.TokenScope) bool { return slices.Contains(scopes, s) })
					if want := byVisitor || covered && byMaker; got != want {
						t.Fatalf("%s, %s, %s with %v: allowed %t, want %t", n.name, action, s.name, scopes, got, want)
					}
					if !covered && !policy.ScopeOf(policy.Actor{}, action).All && policy.ScopeOf(bearer, action).OwnerOrg != "" {
						t.Fatalf("%s lists %s of its organisation with %v", n.name, action, scopes)
					}
				}
			}
		}
	}
}

// TestNoScopeReachesWhatBindsOrOpens names what only a person in a session does.
func TestNoScopeReachesWhatBindsOrOpens(t *testing.T) {
	for _, action := range []policy.Action{
		policy.AccountEdit, policy.AccountErase, policy.AccountExport, policy.AccountRecover, policy.SessionCreate, policy.TokenCreate, policy.TokenRevoke,
		policy.WebhookManage, policy.MemberChange, policy.OrganisationVerify, policy.AchievementPublish, policy.PackagePublish,
		policy.NeedPublish, policy.ContractSign, policy.DealNDASign, policy.PlanDecide, policy.RewardApprove, policy.RewardPay,
		policy.AuditRead,
	} {
		if scopes := policy.ScopesFor(action); len(scopes) > 0 {
			t.Errorf("a token with %v may %s", scopes, action)
		}
	}
}
