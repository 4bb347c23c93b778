package catalog

import (
	"testing"
	"time"

	"chengqiao/internal/errs"
)

func TestAChangedPartIsAskedAboutAnew(t *testing.T) {
	now := time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)
	part := Contributor{PersonID: "p1", Role: Completer, Weight: 3}
	c, asked := ask(nil, "ach", part, now)
	if !asked || c.Answer != PartAsked || c.Version != 1 || c.Agrees(part) {
		t.Fatalf("first asked: %+v", c)
	}
	c, err := c.answer(PartConfirmed, "", 1, now.Add(time.Hour))
	if err != nil || !c.Agrees(part) {
		t.Fatalf("confirmed: %+v (%v)", c, err)
	}
	if again, asked := ask(&c, "ach", part, now.Add(2*time.Hour)); asked || again != c {
		t.Error("the same part is asked about again")
	}
	for name, other := range map[string]Contributor{
		"another weight": {PersonID: "p1", Role: Completer, Weight: 4},
		"another role":   {PersonID: "p1", Role: Support, Weight: 3},
	} {
		if c.Agrees(other) {
			t.Errorf("%s counts as confirmed", name)
		}
		next, asked := ask(&c, "ach", other, now.Add(2*time.Hour))
		if !asked || next.ID != c.ID || next.Answer != PartAsked || !next.AnsweredAt.IsZero() || next.Version != c.Version+1 {
			t.Errorf("%s: %+v", name, next)
		}
	}
}

func TestWhatCannotBeAnswered(t *testing.T) {
	now := time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)
	c, _ := ask(nil, "ach", Contributor{PersonID: "p1", Role: Completer, Weight: 3}, now)
	confirmed, err := c.answer(PartConfirmed, "", 1, now)
	if err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]struct {
		of      Contribution
		answer  ContributionAnswer
		reason  string
		version int64
		code    string
	}{
		"a part asked about before":  {c, PartConfirmed, "", 0, "stale_version"},
		"a refusal without a reason": {c, PartDeclined, "", 1, "invalid_fields"},
		"no answer":                  {c, PartAsked, "", 1, "invalid_fields"},
		"the same again":             {confirmed, PartConfirmed, "", 2, "already_answered"},
	} {
		if _, err := got.of.answer(got.answer, got.reason, got.version, now); errs.CodeOf(err) != got.code {
			t.Errorf("%s: %v", name, err)
		}
	}
	changed, err := confirmed.answer(PartDeclined, "权重不对", 2, now)
	if err != nil || changed.Answer != PartDeclined || changed.Reason != "权重不对" {
		t.Errorf("a change of mind: %+v (%v)", changed, err)
	}
}
