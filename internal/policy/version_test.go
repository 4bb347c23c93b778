package policy_test

import (
	"testing"

	"chengqiao/internal/policy"
)

func TestEarlierVersionsAreForThoseUnderAnNDA(t *testing.T) {
	buyer := policy.Actor{AccountID: "acc", OrgID: "buyer", OrgKind: policy.Enterprise, OrgVerified: true, Roles: []policy.Role{policy.Engineer}}
	for name, c := range map[string]struct {
		facts policy.Facts
		want  bool
	}{
		"a reader of what is published":                    {policy.Facts{OwnerOrg: "owner", Published: true, Audience: policy.TierPublic}, false},
		"one under an NDA":                                 {policy.Facts{OwnerOrg: "owner", Published: true, NDAWith: []string{"buyer"}}, true},
		"one under an NDA, of what is no longer published": {policy.Facts{OwnerOrg: "owner", NDAWith: []string{"buyer"}}, false},
		"the NDA of somebody else":                         {policy.Facts{OwnerOrg: "owner", Published: true, NDAWith: []string{"other"}}, false},
	} {
		for _, action := range []policy.Action{policy.PackageVersions, policy.AchievementVersions} {
			if got := policy.Check(buyer, action, c.facts).Allowed(); got != c.want {
				t.Errorf("%s: %s allowed %v", name, action, got)
			}
			if policy.Check(policy.Actor{}, action, c.facts).Allowed() {
				t.Errorf("%s: a visitor may %s", name, action)
			}
		}
	}
}
