package httpapi

import (
	"encoding/json"
	"slices"
	"testing"

	"chengqiao/internal/finding"
	"chengqiao/internal/policy"
)

// TestASavedSearchUnderstandsWhatTheSearchDoes: a parameter of the contract's
// search that saved searches, alerts and feeds did not know would be refused.
func TestASavedSearchUnderstandsWhatTheSearchDoes(t *testing.T) {
	ct, err := loadContract()
	if err != nil {
		t.Fatal(err)
	}
	known := finding.Parameters()
	for _, p := range ct.operations["GET "+basePath+"/search"].Operation.Parameters {
		if !slices.Contains(known, p.Value.Name) {
			t.Errorf("finding.FromParameters does not know %s", p.Value.Name)
		}
	}
}

// TestTheServedContractSaysByWhomEachOperationMayBeCalled: every operation
// either names the scopes of tokens or takes a session.
func TestTheServedContractSaysByWhomEachOperationMayBeCalled(t *testing.T) {
	ct, err := loadContract()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := describe(ct)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths map[string]map[string]json.RawMessage
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	seen := 0
	for path, item := range doc.Paths {
		for method, text := range item {
			if method == "parameters" {
				continue
			}
			var operation struct {
				OperationID string
				Security    []map[string][]string
				Scopes      *[]policy.TokenScope `json:"x-token-scopes"`
			}
			if err := json.Unmarshal(text, &operation); err != nil {
				t.Fatal(err)
			}
			seen++
			if operation.Scopes == nil || len(operation.Security) == 0 {
				t.Errorf("%s %s says nothing of who may call it", method, path)
				continue
			}
			byToken := slices.ContainsFunc(operation.Security, func(s map[string][]string) bool { _, ok := s[securityToken]; return ok })
			if byToken != (len(*operation.Scopes) > 0) {
				t.Errorf("%s: tokens %t with the scopes %v", operation.OperationID, byToken, *operation.Scopes)
			}
		}
	}
	if seen != len(ct.operations) {
		t.Errorf("%d operations are served, the contract has %d", seen, len(ct.operations))
	}
	for id, want := range map[string]bool{"search": true, "createAchievement": true, "signContract": false, "createToken": false, "eraseMe": false} {
		if got := len(operationScopes(id)) > 0; got != want {
			t.Errorf("%s may be called by a token: %t", id, got)
		}
	}
}
