// Package lifecycle owns state machines as data: for each kind of subject the
// legal steps stand in one table. From that table come the checks here, the
// `edges` rows that make an illegal step impossible to store, the policy
// tests and the documentation.
package lifecycle

import (
	"fmt"
	"time"

	"chengqiao/internal/errs"
	"chengqiao/internal/text"
)

// State is a state of one kind of subject; New is the state before the first step.
type State string

// New is the state of something that does not exist yet.
const New State = ""

// Edge is one legal step. Action is the policy action that performs it.
type Edge struct {
	From, To State
	Action   string
	// NeedsReason: the step is refused without a reason.
	NeedsReason bool
}

// Machine is the state machine of one kind.
type Machine struct {
	// Kind is part of every key: "achievement", "package", "contract".
	Kind  string
	Edges []Edge
}

// Step is one move of one subject, as history keeps it.
type Step struct {
	Kind    string
	Subject string
	// Seq counts the subject's steps from 1, without gaps.
	Seq      int64
	From, To State
	Action   string
	// AccountID and OrgID say who moved it; empty for the system itself.
	AccountID string
	OrgID     string
	At        time.Time
	Reason    string
}

// Position is where a subject stands: its state and the number of its last step.
type Position struct {
	State State
	Seq   int64
}

// Step makes the next step from pos by action, or says why not:
// errs.Conflict "illegal_step" when no edge leads from pos.State by action,
// errs.Invalid with the field "reason" when the edge wants one and there is none.
// The caller adds who and when (journal.Entry does it for every write).
func (m Machine) Step(subject string, pos Position, action, reason string) (Step, error) {
	for _, e := range m.Edges {
		if e.From != pos.State || e.Action != action {
			continue
		}
		if e.NeedsReason && text.Blank(reason) {
			return Step{}, errs.InvalidFields([]errs.Field{{Path: "reason", Code: "required"}})
		}
		return Step{
			Kind: m.Kind, Subject: subject, Seq: pos.Seq + 1,
			From: e.From, To: e.To, Action: action, Reason: reason,
		}, nil
	}
	return Step{}, errs.Newp(errs.Conflict, "illegal_step",
		errs.Params{"kind": m.Kind, "state": string(pos.State), "action": action})
}

// Actions are the actions that are legal from a state, in table order.
func (m Machine) Actions(from State) []string {
	var out []string
	for _, e := range m.Edges {
		if e.From == from {
			out = append(out, e.Action)
		}
	}
	return out
}

// Validate panics on a table that contradicts itself: it is a programmer's
// mistake, found at start and in tests.
func (m Machine) Validate() {
	type key struct {
		from   State
		action string
	}
	seen := map[key]bool{}
	reach := map[State]bool{New: true}
	for _, e := range m.Edges {
		k := key{e.From, e.Action}
		if seen[k] {
			panic(fmt.Sprintf("lifecycle %s: action %s leaves %q twice", m.Kind, e.Action, e.From))
		}
		seen[k] = true
		reach[e.To] = true
	}
	for _, e := range m.Edges {
		if !reach[e.From] {
			panic(fmt.Sprintf("lifecycle %s: nothing leads to %q", m.Kind, e.From))
		}
	}
}
