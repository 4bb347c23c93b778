package listing

import (
	"context"
	"slices"

	"chengqiao/internal/errs"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
)

// Merged is the state of a listing that was found to repeat another and went
// in its favour: 已并入. Nothing of it is lost, its address leads on, and it can
// come back as it was.
const Merged lifecycle.State = "merged"

// The verbs by which a listing goes and comes back; there is one way back for
// each state that it can have come from.
const (
	Merge            = "merge"
	Unmerge          = "unmerge"
	UnmergeDraft     = "unmerge_draft"
	UnmergeSuspended = "unmerge_suspended"
	UnmergeExpired   = "unmerge_expired"
)

// waysBack is the verb that leads back into each state.
var waysBack = map[lifecycle.State]string{
	Draft: UnmergeDraft, Published: Unmerge, Suspended: UnmergeSuspended, Expired: UnmergeExpired,
}

// Mergeable adds to a life that its listings can be merged into others.
func Mergeable(m lifecycle.Machine) lifecycle.Machine {
	for _, state := range []lifecycle.State{Draft, Published, Suspended, Expired} {
		if slices.ContainsFunc(m.Edges, func(e lifecycle.Edge) bool { return e.To == state }) {
			m.Edges = append(m.Edges,
				lifecycle.Edge{From: state, To: Merged, Action: m.Kind + "." + Merge},
				lifecycle.Edge{From: Merged, To: state, Action: m.Kind + "." + waysBack[state]})
		}
	}
	return m
}

// ofMerger tells whether a verb belongs to the decision on a pair of listings,
// which no step of the listing alone can take.
func ofMerger(verb string) bool {
	switch verb {
	case Merge, Unmerge, UnmergeDraft, UnmergeSuspended, UnmergeExpired:
		return true
	}
	return false
}

// Merges knows where merged listings went.
type Merges interface {
	// Survivor is the listing into which one was merged; "" where there is none.
	Survivor(ctx context.Context, id string) (string, error)
}

// MergeAway takes a listing out of everybody's sight but its owner's. Its
// working copy stays as it is. Errors: errs.NotFound; errs.Stale
// "stale_version"; errs.Conflict "in_review" while review has it, and
// "illegal_step" where it has ended.
func (s *Service[C]) MergeAway(ctx context.Context, actor policy.Actor, id string, version int64) error {
	return s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		record, err := s.loadVersion(ctx, actor, id, Merge, version)
		if err != nil {
			return err
		}
		if record.Working != nil && record.Working.Position.State == InReview {
			return errs.New(errs.Conflict, "in_review")
		}
		return s.move(ctx, actor, record, Merge)
	})
}

// Restore brings a merged listing back into the state that it was merged from.
// Errors: errs.NotFound; errs.Conflict "illegal_step" where it is not merged.
func (s *Service[C]) Restore(ctx context.Context, actor policy.Actor, id string) error {
	return s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		record, err := s.load(ctx, actor, id, Unmerge)
		if err != nil {
			return err
		}
		if record.Position.State != Merged {
			return illegal(s.rules, record.Position.State, Unmerge)
		}
		steps, err := s.deps.History.Steps(ctx, s.rules.Kind, id)
		if err != nil {
			return err
		}
		return s.move(ctx, actor, record, waysBack[steps[len(steps)-1].From])
	})
}

// move takes a step of the listing that changes nothing of it but where it
// stands.
func (s *Service[C]) move(ctx context.Context, actor policy.Actor, record Record, verb string) error {
	step, err := s.rules.Life.Step(record.ID, record.Position, string(s.rules.action(verb)), "")
	if err != nil {
		return err
	}
	before, now := found(record.Position.State), s.deps.Clock.Now()
	record.Position = after(step)
	record.Version++
	record.UpdatedAt, record.ChangedAt = now, now
	if err := s.deps.Store.Save(ctx, record.Listing); err != nil {
		return err
	}
	return s.deps.Journal.Write(ctx, s.entry(actor, record.Listing, step, consequence(before, found(step.To))))
}

// longestChain bounds how often a survivor may have been merged in its turn.
const longestChain = 10

// SurvivorOf is the listing that a merged one leads this reader to, through
// whatever that was merged into in its turn; "" where it is not merged, was
// never published to this reader, or leads to nothing that the reader may see.
func (s *Service[C]) SurvivorOf(ctx context.Context, actor policy.Actor, id string) (string, error) {
	for i := range longestChain {
		record, err := s.deps.Store.Load(ctx, s.rules.Kind, id)
		if err != nil {
			return "", err
		}
		if record.Live == nil {
			return "", nil
		}
		_, facts, err := s.facts(ctx, record, actor.OrgID != "")
		if err != nil {
			return "", err
		}
		merged := record.Position.State == Merged
		facts.Published = facts.Published || merged // as it was read before
		if !policy.Check(actor, s.rules.action(Read), facts).Allowed() {
			return "", nil
		}
		if !merged {
			if i == 0 {
				return "", nil
			}
			return id, nil
		}
		if s.deps.Merges == nil {
			return "", nil
		}
		if id, err = s.deps.Merges.Survivor(ctx, id); err != nil || id == "" {
			return "", err
		}
	}
	return "", nil
}

// gone is the error for who may not read a listing: of a merged one it says
// where to go on.
func (s *Service[C]) gone(ctx context.Context, actor policy.Actor, record Record, refused error) error {
	if record.Position.State != Merged || errs.KindOf(refused) != errs.NotFound {
		return refused
	}
	into, err := s.SurvivorOf(ctx, actor, record.ID)
	if err != nil || into == "" {
		return refused
	}
	return errs.Newp(errs.NotFound, "listing_merged", errs.Params{"into": into})
}
