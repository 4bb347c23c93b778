package match_test

import (
	"strings"
	"testing"

	"chengqiao/internal/errs"
	"chengqiao/internal/match"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

func TestWhatIsWrongWithANoteIsToldInOneOrder(t *testing.T) {
	broker := policy.Actor{AccountID: "acc", PersonID: "per", OrgID: "bridge", OrgKind: policy.Brokerage, OrgVerified: true, Roles: []policy.Role{policy.Broker}}
	long := strings.Repeat("x", match.MaxProposalNote+1)
	desk := match.NewDesk(match.DeskDeps{})
	for range 20 {
		_, err := desk.Propose(t.Context(), broker, match.ProposalRequest{Note: text.Text{Zh: long, En: long}})
		fault := errs.As(err)
		if fault == nil || len(fault.Fields) != 2 || fault.Fields[0].Path != "note.zh" || fault.Fields[1].Path != "note.en" {
			t.Fatal(err)
		}
	}
}
