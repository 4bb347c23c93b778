package notify

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"chengqiao/internal/event"
)

func TestEveryRuleTellsSomebody(t *testing.T) {
	for _, r := range rules {
		if r.code == "" || r.on == "" {
			t.Errorf("%+v has no code or no event", r)
		}
		// Persons are told whatever roles they hold; of organisations those who can act.
		if (len(r.roles) == 0) != (r.to == persons) {
			t.Errorf("%s by %s is told to roles %v", r.code, r.on, r.roles)
		}
	}
}

// The mediator is told what became of what it proposed, by codes of its own, and
// hears nothing else of the two.
func TestAMediatorIsToldWhatBecameOfItsProposal(t *testing.T) {
	c := Concerned{Asker: "plant", Asked: "lab", Parties: []string{"plant", "lab"}, Mediator: "bridge"}
	told := map[string]string{}
	for name, states := range map[event.Name][]string{
		event.IntroductionMade: {"open"}, event.IntroductionAnswered: {"accepted", "declined"}, event.IntroductionLapsed: {"lapsed"},
		event.IntroductionWithdrawn: {"withdrawn"}, event.MessagePosted: {""}, event.DealChanged: {"closed", "contracted"},
	} {
		for _, state := range states {
			ev := event.Event{Name: name, Kind: "introduction", Data: map[string]any{"state": state}}
			for _, r := range rules {
				if r.applies(ev) && slices.Contains(r.orgs(ev, c), "bridge") {
					told[state] += r.code
				}
			}
		}
	}
	want := map[string]string{"open": "proposal_introduced", "accepted": "proposal_accepted", "declined": "proposal_declined", "lapsed": "proposal_lapsed"}
	if !maps.Equal(told, want) {
		t.Errorf("%v", told)
	}
}

func TestWhatAPersonPublishesIsToldAndWhatAnImportPublishesIsNot(t *testing.T) {
	for _, name := range published {
		for by, told := range map[string]bool{"acc-1": true, "": false} {
			ev := event.Event{Name: name, AccountID: by}
			if Notifies(ev) != told || WritesLetters(ev) != told || IsLive(ev) != told {
				t.Errorf("%s by %q: notifies %v, writes letters %v, is live %v", name, by, Notifies(ev), WritesLetters(ev), IsLive(ev))
			}
		}
	}
}

func TestWhatTheProgramSuspendsIsLive(t *testing.T) {
	if !IsLive(event.Event{Name: event.PackageHidden}) {
		t.Error("open pages are not told")
	}
}

func TestALetterThatIsAskedForWaitsBehindNoOther(t *testing.T) {
	if WritesLetters(event.Event{Name: event.MailRequested, AccountID: "acc-1"}) {
		t.Error("letters that are asked for are among those that rules write")
	}
}

// TestEveryLiveEventHasItsReaders: an event about a kind without a right to
// read would be published and heard by nobody.
func TestEveryLiveEventHasItsReaders(t *testing.T) {
	kinds := map[string]string{"message": "deal", "nda": "deal", "receipt": "contract", "refund": "contract", "reward": "distribution"}
	for _, name := range liveEvents {
		kind, _, _ := strings.Cut(string(name), ".")
		if of := kinds[kind]; of != "" {
			kind = of
		}
		if _, ok := readActions[kind]; !ok {
			t.Errorf("nobody may hear %s", name)
		}
	}
}

// Whatever one side does with a contract, the other one hears of it; while both
// change the terms of a draft, nobody does.
func TestTheOtherSideHearsWhatBecomesOfAContract(t *testing.T) {
	c := Concerned{Parties: []string{"plant", "lab"}}
	for _, e := range []struct {
		data map[string]any
		want string
	}{
		{map[string]any{"state": "draft"}, ""},
		{map[string]any{"state": "draft", "from": "half_signed"}, "contract_reopened"},
		{map[string]any{"state": "half_signed", "from": "proposed"}, "contract_half_signed"},
		{map[string]any{"state": "discarded", "from": "draft"}, "contract_discarded"},
		{map[string]any{"state": "completed", "from": "signed"}, "contract_completed"},
		{map[string]any{"state": "terminated", "from": "signed"}, "contract_terminated"},
	} {
		ev := event.Event{Name: event.ContractChanged, Kind: "contract", OrgID: "plant", Data: e.data}
		told := ""
		for _, r := range rules {
			if r.applies(ev) {
				told += r.code
				if orgs := r.orgs(ev, c); !slices.Equal(orgs, []string{"lab"}) {
					t.Errorf("%s is told to %v", r.code, orgs)
				}
			}
		}
		if told != e.want {
			t.Errorf("of %v the other side hears %q", e.data, told)
		}
	}
}
