package duplicate

import (
	"context"
	"errors"
	"fmt"

	"chengqiao/internal/errs"
	"chengqiao/internal/journal"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
)

// The verbs of the decisions.
const (
	Merge = "merge"
	Keep  = "keep_apart"
	Undo  = "undo"
)

// Decision asks for one.
type Decision struct {
	Action string
	// Version is the pair's that was last read.
	Version int64
	Reason  string
	// Survivor is the listing that stays, of a merger.
	Survivor string
	// SurvivorVersion and OtherVersion are those of the listings as they were
	// compared; the survivor's counts where something is carried into it.
	SurvivorVersion, OtherVersion int64
	// Carry is what the survivor takes from the other.
	Carry []Choice
}

// Decide carries out a decision in one transaction. Errors: errs.NotFound;
// those of policy; errs.Stale "stale_version" where the pair or a listing
// changed since it was read; errs.Conflict "illegal_step", "in_review",
// "listing_in_package" and "listing_in_deal"; errs.Invalid with the field at
// fault.
func (s *Service) Decide(ctx context.Context, actor policy.Actor, id string, d Decision) (Shown, error) {
	do, known := map[string]func(context.Context, policy.Actor, *Pair, Decision) error{
		Merge: s.merge, Keep: s.keepApart, Undo: s.undo,
	}[d.Action]
	if !known {
		return Shown{}, errs.InvalidFields([]errs.Field{{Path: "action", Code: "unknown_value"}})
	}
	var pair Pair
	err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		var err error
		if pair, err = s.load(ctx, actor, id); err != nil {
			return err
		}
		if pair.Version != d.Version {
			return errs.New(errs.Stale, "stale_version")
		}
		return do(ctx, actor, &pair, d)
	})
	if err != nil {
		return Shown{}, err
	}
	return s.show(ctx, actor, pair)
}

// step moves a pair and writes it with the record of the move.
func (s *Service) step(ctx context.Context, actor policy.Actor, pair *Pair, action policy.Action, reason string, detail map[string]any) error {
	step, err := Machine.Step(pair.ID, pair.Position, string(action), reason)
	if err != nil {
		return err
	}
	now := s.deps.Clock.Now()
	pair.Position = lifecycle.Position{State: step.To, Seq: step.Seq}
	pair.UpdatedAt = now
	pair.Version++
	if pair.Version == 1 {
		pair.CreatedAt = now
		err = s.deps.Store.Insert(ctx, *pair)
	} else {
		err = s.deps.Store.Save(ctx, *pair)
	}
	if err != nil {
		return err
	}
	return s.deps.Journal.Write(ctx, journal.Entry{
		Actor: actor, Action: action, Kind: PairKind, Subject: pair.ID, Version: pair.Version, At: now, Step: &step, Detail: detail,
	})
}

// merge lets one of both go in favour of the other. Who lets go must own it;
// who carries something must own both.
func (s *Service) merge(ctx context.Context, actor policy.Actor, pair *Pair, d Decision) error {
	if d.Survivor != pair.First && d.Survivor != pair.Second {
		return errs.InvalidFields([]errs.Field{{Path: "survivor_id", Code: "unknown_value"}})
	}
	survivor, gone := Ref{pair.Kind, d.Survivor}, Ref{pair.Kind, pair.Other(d.Survivor)}
	facts := policy.Facts{OwnerOrg: pair.ownerOf(gone.ID), Parties: pair.owners()}
	if err := policy.Check(actor, policy.DuplicateMerge, facts).Err(); err != nil {
		return err
	}
	if len(d.Carry) > 0 && pair.ownerOf(survivor.ID) != facts.OwnerOrg {
		return errs.InvalidFields([]errs.Field{{Path: "carry", Code: "not_own_listing"}})
	}
	if err := s.remains(ctx, pair, survivor); err != nil {
		return err
	}
	if err := s.deps.Listings.Bound(ctx, gone); err != nil {
		return err
	}
	pair.Survivor, pair.Kept = survivor.ID, Kept{}
	if len(d.Carry) > 0 {
		if err := s.carryInto(ctx, actor, pair, survivor, gone, d); err != nil {
			return err
		}
	}
	if err := s.deps.Listings.Merge(ctx, actor, gone, d.OtherVersion); err != nil {
		return err
	}
	return s.step(ctx, actor, pair, policy.DuplicateMerge, d.Reason, map[string]any{"survivor": survivor.ID, "merged": gone.ID})
}

// remains wants the survivor to be there: not ended, and another owner's in
// everybody's sight, since readers are led to it.
func (s *Service) remains(ctx context.Context, pair *Pair, survivor Ref) error {
	found, err := s.deps.Listings.Subjects(ctx, survivor.Kind, []string{survivor.ID})
	if err != nil {
		return err
	}
	if len(found) == 0 || found[0].Ended || found[0].Open == nil && pair.FirstOrg != pair.SecondOrg {
		return errs.New(errs.Conflict, "survivor_ended")
	}
	return nil
}

func (s *Service) carryInto(ctx context.Context, actor policy.Actor, pair *Pair, survivor, gone Ref, d Decision) error {
	into, err := s.deps.Listings.Working(ctx, actor, survivor)
	if err != nil {
		return err
	}
	from, err := s.deps.Listings.Working(ctx, actor, gone)
	if err != nil {
		return err
	}
	content, err := carry(into.Content, from.Content, d.Carry)
	if err != nil {
		return err
	}
	pair.Kept.Carried = true
	if into.Open {
		pair.Kept.Before = into.Content
	}
	pair.Kept.After, err = s.deps.Listings.Save(ctx, actor, survivor, d.SurvivorVersion, content)
	return err
}

// keepApart says that both are what they are. What belongs to two owners is
// the platform's to decide.
func (s *Service) keepApart(ctx context.Context, actor policy.Actor, pair *Pair, d Decision) error {
	if err := policy.Check(actor, policy.DuplicateApart, pair.facts()).Err(); err != nil {
		return err
	}
	like, err := s.compareNow(ctx, *pair)
	if err != nil {
		return err
	}
	pair.Kept = Kept{Score: pair.Score, Codes: codesFor(like.Reasons)}
	return s.step(ctx, actor, pair, policy.DuplicateApart, d.Reason, nil)
}

// compareNow compares both listings of a pair by what its owners have. Of those
// that cannot be read nothing agrees: who looked at both may decide all the same.
func (s *Service) compareNow(ctx context.Context, pair Pair) (Likeness, error) {
	subjects, err := s.deps.Listings.Subjects(ctx, pair.Kind, []string{pair.First, pair.Second})
	if err != nil {
		return Likeness{}, err
	}
	if len(subjects) != 2 {
		return Likeness{}, errs.New(errs.NotFound, "not_found")
	}
	if subjects[0].Stumbled != nil || subjects[1].Stumbled != nil {
		return Likeness{}, nil
	}
	a, b := views(subjects[0], subjects[1], pair.FirstOrg == pair.SecondOrg)
	if a == nil || b == nil {
		return Likeness{}, errs.New(errs.NotFound, "not_found")
	}
	var like Likeness
	s.read(ctx, pair.Kind, []string{pair.First, pair.Second}, func() {
		like = s.deps.Finder.Compare(s.deps.Finder.Sketch(*a), s.deps.Finder.Sketch(*b))
	})
	return like, nil
}

// codesFor are the reasons that speak for a pair.
func codesFor(reasons []Reason) []Code {
	var out []Code
	for _, r := range reasons {
		if !r.Against {
			out = append(out, r.Code)
		}
	}
	return out
}

// undo takes a decision back. A merged listing comes back as it was. The
// survivor's working copy goes back to what it said before as long as nobody
// has changed it since; else it stays what they made of it.
func (s *Service) undo(ctx context.Context, actor policy.Actor, pair *Pair, d Decision) error {
	if err := policy.Check(actor, policy.DuplicateUndo, pair.undoFacts()).Err(); err != nil {
		return err
	}
	detail := map[string]any{}
	if pair.Position.State == Merged {
		survivor, gone := Ref{pair.Kind, pair.Survivor}, Ref{pair.Kind, pair.Other(pair.Survivor)}
		if err := s.deps.Listings.Unmerge(ctx, actor, gone); err != nil {
			return err
		}
		restored, err := s.restore(ctx, actor, *pair, survivor)
		if err != nil {
			return err
		}
		detail["survivor_restored"] = restored
		pair.Survivor = ""
	}
	pair.Kept = Kept{}
	return s.step(ctx, actor, pair, policy.DuplicateUndo, d.Reason, detail)
}

// restore gives the survivor what it said before the merger, and tells whether
// it did.
func (s *Service) restore(ctx context.Context, actor policy.Actor, pair Pair, survivor Ref) (bool, error) {
	if !pair.Kept.Carried {
		return false, nil
	}
	now, err := s.deps.Listings.Working(ctx, actor, survivor)
	if err != nil {
		return false, err
	}
	if now.Version != pair.Kept.After || !now.Open {
		return false, nil
	}
	if pair.Kept.Before != nil {
		_, err = s.deps.Listings.Save(ctx, actor, survivor, now.Version, pair.Kept.Before)
	} else {
		err = s.deps.Listings.Discard(ctx, actor, survivor, now.Version)
	}
	if errors.Is(err, errs.New(errs.Stale, "stale_version")) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("restore the survivor: %w", err)
	}
	return true, nil
}
