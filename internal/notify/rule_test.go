package notify

import (
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

func TestEveryEventOfALetterIsAlsoNotified(t *testing.T) {
	for _, name := range LetterEvents() {
		if name != event.MailRequested && !slices.Contains(Events(), name) {
			t.Errorf("%s writes letters and no notifications", name)
		}
	}
}

// TestEveryLiveEventHasItsReaders: an event about a kind without a right to
// read would be published and heard by nobody.
func TestEveryLiveEventHasItsReaders(t *testing.T) {
	kinds := map[string]string{"message": "deal", "nda": "deal", "receipt": "contract", "refund": "contract", "reward": "distribution"}
	for _, name := range LiveEvents() {
		kind, _, _ := strings.Cut(string(name), ".")
		if of := kinds[kind]; of != "" {
			kind = of
		}
		if _, ok := readActions[kind]; !ok {
			t.Errorf("nobody may hear %s", name)
		}
	}
}
