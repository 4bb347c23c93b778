// Package journal owns the record that every write leaves: who did what
// (audit), which step a subject took, and which events follow. A service
// writes one Entry in the transaction of its change; store implements it.
package journal

import (
	"context"
	"time"

	"chengqiao/internal/event"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
)

// Transactor runs fn in one transaction that travels in fn's context; all
// store calls with that context join it, and so does a nested InTx. fn may be
// run again after a serialization failure, so it must not keep effects of a
// failed run outside the store.
type Transactor interface {
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
}

// Entry is the record of one change.
type Entry struct {
	Actor  policy.Actor
	Action policy.Action
	// Kind and Subject name what was changed; Version is its version after it.
	Kind    string
	Subject string
	Version int64
	At      time.Time
	// Step is set when the change is a step of the subject's state machine.
	Step *lifecycle.Step
	// Events follow from the change. Their ID, At, actor, Kind, Subject and
	// Version are filled from the entry where they are empty.
	Events []event.Event
	// Detail holds ids, states and numbers for the auditor: no personal data.
	Detail map[string]any
}

// Journal writes entries. Write must run inside InTx.
type Journal interface {
	Write(ctx context.Context, e Entry) error
}
