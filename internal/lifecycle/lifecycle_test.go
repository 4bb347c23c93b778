package lifecycle_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"chengqiao/internal/errs"
	"chengqiao/internal/lifecycle"
)

const (
	draft lifecycle.State = "draft"
	sent  lifecycle.State = "sent"
	done  lifecycle.State = "done"
)

var letter = lifecycle.Machine{Kind: "letter", Edges: []lifecycle.Edge{
	{From: lifecycle.New, To: draft, Action: "letter.write"},
	{From: draft, To: sent, Action: "letter.send"},
	{From: sent, To: draft, Action: "letter.return", NeedsReason: true},
	{From: sent, To: done, Action: "letter.answer"},
	{From: draft, To: done, Action: "letter.answer"},
}}

func TestAStepFollowsAnEdgeAndCountsOn(t *testing.T) {
	step, err := letter.Step("l1", lifecycle.Position{State: draft, Seq: 4}, "letter.send", "")
	want := lifecycle.Step{Kind: "letter", Subject: "l1", Seq: 5, From: draft, To: sent, Action: "letter.send"}
	if err != nil || step != want {
		t.Errorf("%+v (%v), want %+v", step, err, want)
	}
	first, err := letter.Step("l2", lifecycle.Position{}, "letter.write", "")
	if err != nil || first.Seq != 1 || first.From != lifecycle.New || first.To != draft {
		t.Errorf("%+v (%v)", first, err)
	}
	// The same action leads elsewhere from another state.
	if s, err := letter.Step("l1", lifecycle.Position{State: sent, Seq: 5}, "letter.answer", ""); err != nil || s.From != sent || s.To != done {
		t.Errorf("%+v (%v)", s, err)
	}
}

func TestWhatNoEdgeAllowsIsAConflictThatNamesTheState(t *testing.T) {
	for _, c := range []struct {
		from   lifecycle.State
		action string
	}{{done, "letter.send"}, {draft, "letter.write"}, {draft, "letter.burn"}, {"lost", "letter.send"}, {lifecycle.New, "letter.send"}, {draft, ""}} {
		_, err := letter.Step("l1", lifecycle.Position{State: c.from, Seq: 1}, c.action, "because")
		if errs.KindOf(err) != errs.Conflict || errs.CodeOf(err) != "illegal_step" {
			t.Errorf("%s from %q: %v", c.action, c.from, err)
			continue
		}
		if p := errs.As(err).Params; p["kind"] != "letter" || p["state"] != string(c.from) || p["action"] != c.action {
			t.Errorf("%s from %q tells %v", c.action, c.from, p)
		}
	}
}

func TestAReasonIsAskedForWhereTheEdgeWantsOne(t *testing.T) {
	at := lifecycle.Position{State: sent, Seq: 2}
	for _, none := range []string{"", " ", "\u3000\n"} {
		_, err := letter.Step("l1", at, "letter.return", none)
		if fields := errs.As(err).Fields; errs.KindOf(err) != errs.Invalid || len(fields) != 1 || fields[0].Path != "reason" || fields[0].Code != "required" {
			t.Errorf("the reason %q: %v", none, err)
		}
	}
	if step, err := letter.Step("l1", at, "letter.return", "no stamp"); err != nil || step.Reason != "no stamp" {
		t.Errorf("%+v (%v)", step, err)
	}
}

func TestTheActionsOfAStateStandInTableOrder(t *testing.T) {
	for from, want := range map[lifecycle.State][]string{
		lifecycle.New: {"letter.write"}, draft: {"letter.send", "letter.answer"}, sent: {"letter.return", "letter.answer"}, done: nil,
	} {
		if got := letter.Actions(from); !slices.Equal(got, want) {
			t.Errorf("from %q: %v, want %v", from, got, want)
		}
	}
}

// Whatever is asked, a subject moves along edges alone and its steps leave no gap.
func TestNoWalkLeavesTheTable(t *testing.T) {
	actions := []string{"letter.write", "letter.send", "letter.return", "letter.answer", "letter.burn"}
	rapid.Check(t, func(t *rapid.T) {
		at := lifecycle.Position{}
		for _, action := range rapid.SliceOfN(rapid.SampledFrom(actions), 1, 40).Draw(t, "actions") {
			step, err := letter.Step("l", at, action, rapid.SampledFrom([]string{"", "因为"}).Draw(t, "reason"))
			if err != nil {
				continue
			}
			legal := slices.ContainsFunc(letter.Edges, func(e lifecycle.Edge) bool {
				return e.From == at.State && e.To == step.To && e.Action == action && (!e.NeedsReason || step.Reason != "")
			})
			if !legal || step.Seq != at.Seq+1 || step.From != at.State {
				t.Fatalf("from %+v by %s: %+v", at, action, step)
			}
			at = lifecycle.Position{State: step.To, Seq: step.Seq}
		}
	})
}

func TestATableThatContradictsItselfIsFound(t *testing.T) {
	letter.Validate()
	for name, edges := range map[string][]lifecycle.Edge{
		"an action that leads to two places": {
			{From: lifecycle.New, To: draft, Action: "a"}, {From: lifecycle.New, To: sent, Action: "a"}},
		"a state that nothing leads to": {
			{From: lifecycle.New, To: draft, Action: "a"}, {From: sent, To: done, Action: "b"}},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s passes", name)
				}
			}()
			lifecycle.Machine{Kind: "letter", Edges: edges}.Validate()
		}()
	}
}
