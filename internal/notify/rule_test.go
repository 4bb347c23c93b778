package notify

import (
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
