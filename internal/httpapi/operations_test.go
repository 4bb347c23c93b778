package httpapi

import (
	"slices"
	"testing"

	"chengqiao/internal/policy"
)

func TestEveryOperationOfTheContractMapsToActionsOfPolicy(t *testing.T) {
	ct, err := loadContract()
	if err != nil {
		t.Fatal(err)
	}
	known := policy.Actions()
	inContract := map[string]bool{}
	for _, route := range ct.operations {
		id := route.Operation.OperationID
		inContract[id] = true
		actions := operationActions[id]
		if len(actions) == 0 {
			t.Errorf("operation %s names no policy action", id)
		}
		for _, a := range actions {
			if !slices.Contains(known, a) {
				t.Errorf("operation %s names %s, which policy does not know", id, a)
			}
		}
	}
	for id := range operationActions {
		if !inContract[id] {
			t.Errorf("the table names %s, which the contract does not have", id)
		}
	}
}

func TestTheContractIsAValidDescription(t *testing.T) {
	ct, err := loadContract()
	if err != nil {
		t.Fatal(err)
	}
	if err := ct.doc.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
}
