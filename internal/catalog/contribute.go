package catalog

import (
	"context"
	"slices"
	"strings"

	"chengqiao/internal/event"
	"chengqiao/internal/journal"
	"chengqiao/internal/listing"
	"chengqiao/internal/policy"
)

// ContributionStore keeps contributions. Its methods join the transaction in ctx.
type ContributionStore interface {
	// ContributionsTo are those of achievements, by achievement and id.
	ContributionsTo(ctx context.Context, achievementIDs []string) ([]Contribution, error)
	// ContributionsOf are those of a person under any of the entries, last
	// asked first, with title, owner and total weight, at most limit.
	ContributionsOf(ctx context.Context, personIDs []string, limit int) ([]Contribution, error)
	// Contribution is one by its id; errs.NotFound.
	Contribution(ctx context.Context, id string) (Contribution, error)
	// KeepContribution adds one of version 1, or changes one whose stored
	// version is one less than c.Version; errs.Stale "stale_version".
	KeepContribution(ctx context.Context, c Contribution) error
	// DropContributions forgets those of persons no longer named.
	DropContributions(ctx context.Context, ids []string) error
}

// maxContributions bounds a person's own list.
const maxContributions = 200

// Step is listing.Service.Step; whoever is named in what is submitted is asked
// to confirm it.
func (a *Achievements) Step(ctx context.Context, actor policy.Actor, id string, req listing.StepRequest) (listing.Head, error) {
	var head listing.Head
	err := a.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		var err error
		if head, err = a.Service.Step(ctx, actor, id, req); err != nil || req.Action != listing.Submit {
			return err
		}
		return a.ask(ctx, actor, id)
	})
	return head, err
}

// Import is listing.Service.Import; whoever is named in what is submitted is
// asked to confirm it, as by Step.
func (a *Achievements) Import(ctx context.Context, actor policy.Actor, b listing.Batch[AchievementContent]) ([]listing.Imported, error) {
	if !b.Submit {
		return a.Service.Import(ctx, actor, b)
	}
	var out []listing.Imported
	err := a.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		var err error
		if out, err = a.Service.Import(ctx, actor, b); err != nil {
			return err
		}
		for _, done := range out {
			if done.Outcome != listing.Created && done.Outcome != listing.Updated {
				continue
			}
			if err := a.ask(ctx, actor, done.ListingID); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// Ask asks the contributors of the newest text who were not asked about their
// part yet, before or after it is submitted. Errors: errs.NotFound; those of policy.
func (a *Achievements) Ask(ctx context.Context, actor policy.Actor, id string) ([]Part, error) {
	standing, err := a.Standing(ctx, id)
	if err == nil {
		err = policy.Check(actor, policy.ContributionAsk, standing.Facts).Err()
	}
	if err != nil {
		return nil, err
	}
	if err := a.deps.Tx.InTx(ctx, func(ctx context.Context) error { return a.ask(ctx, actor, id) }); err != nil {
		return nil, err
	}
	return a.Parts(ctx, actor, id)
}

func (a *Achievements) ask(ctx context.Context, actor policy.Actor, id string) error {
	if a.deps.Contributions == nil {
		return nil
	}
	draft, err := a.Draft(ctx, actor, id)
	if err != nil {
		return err
	}
	kept, err := a.deps.Contributions.ContributionsTo(ctx, []string{id})
	if err != nil {
		return err
	}
	now := a.deps.Clock.Now()
	var dropped []string
	for _, c := range kept {
		if !slices.ContainsFunc(draft.Content.Contributors, func(p Contributor) bool { return p.PersonID == c.PersonID }) {
			dropped = append(dropped, c.ID)
		}
	}
	if err := a.deps.Contributions.DropContributions(ctx, dropped); err != nil {
		return err
	}
	for _, p := range draft.Content.Contributors {
		if p.PersonID == "" || p.Weight == 0 {
			continue // there is nothing to confirm yet
		}
		c, asked := ask(of(kept, p.PersonID), id, p, now)
		if !asked {
			continue
		}
		if err := a.keep(ctx, actor, c, policy.ContributionAsk, event.ContributionAsked); err != nil {
			return err
		}
	}
	return nil
}

// of is a person's contribution among those kept, nil without one.
func of(kept []Contribution, person string) *Contribution {
	for i := range kept {
		if kept[i].PersonID == person {
			return &kept[i]
		}
	}
	return nil
}

func (a *Achievements) keep(ctx context.Context, actor policy.Actor, c Contribution, action policy.Action, name event.Name) error {
	if err := a.deps.Contributions.KeepContribution(ctx, c); err != nil {
		return err
	}
	detail := map[string]any{"achievement_id": c.AchievementID, "answer": string(c.Answer), "role": string(c.Role), "weight": c.Weight}
	return a.deps.Journal.Write(ctx, journal.Entry{
		Actor: actor, Action: action, Kind: ContributionKind, Subject: c.ID, Version: c.Version, At: a.deps.Clock.Now(),
		Detail: detail,
		Events: []event.Event{{Name: name, Data: map[string]any{"achievement_id": c.AchievementID, "state": string(c.Answer)}}},
	})
}

// Part is a contributor of the newest text with what they say to it.
type Part struct {
	Contributor
	// Answer is where the person's confirmation of exactly this part stands;
	// "" where they were not asked about it.
	Answer ContributionAnswer
	Reason string
}

// Parts are the contributors of the newest text, for its owner and review.
// Errors: errs.NotFound.
func (a *Achievements) Parts(ctx context.Context, actor policy.Actor, id string) ([]Part, error) {
	draft, err := a.Draft(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	var kept []Contribution
	if a.deps.Contributions != nil {
		if kept, err = a.deps.Contributions.ContributionsTo(ctx, []string{id}); err != nil {
			return nil, err
		}
	}
	parts := make([]Part, 0, len(draft.Content.Contributors))
	for _, p := range draft.Content.Contributors {
		part := Part{Contributor: p}
		if c := of(kept, p.PersonID); c != nil && c.about(p) {
			part.Answer, part.Reason, part.Confirmed = c.Answer, c.Reason, c.Agrees(p)
		}
		parts = append(parts, part)
	}
	return parts, nil
}

// Get is listing.Service.Get with who has confirmed their part. Whoever reads
// the names reads that; the weights and what else was answered stay with the owner.
func (a *Achievements) Get(ctx context.Context, actor policy.Actor, id string) (listing.View[AchievementContent], error) {
	view, err := a.Service.Get(ctx, actor, id)
	if err != nil || len(view.Content.Contributors) == 0 || a.deps.Contributions == nil {
		return view, err
	}
	// The reader's copy has no weights to compare with.
	live, err := a.LastPublished(ctx, id)
	if err != nil {
		return view, err
	}
	kept, err := a.deps.Contributions.ContributionsTo(ctx, []string{id})
	if err != nil {
		return view, err
	}
	for i, p := range view.Content.Contributors {
		for _, published := range live.Content.Contributors {
			if c := of(kept, p.PersonID); c != nil && published.PersonID == p.PersonID {
				view.Content.Contributors[i].Confirmed = c.Agrees(published)
			}
		}
	}
	return view, nil
}

// MyContributions are the actor's own, last asked first. Error: errs.Unauthenticated.
func (a *Achievements) MyContributions(ctx context.Context, actor policy.Actor) ([]Contribution, error) {
	own := policy.Facts{Persons: []string{actor.PersonID}}
	if err := policy.Check(actor, policy.ContributionRead, own).Err(); err != nil {
		return nil, err
	}
	return a.deps.Contributions.ContributionsOf(ctx, append([]string{actor.PersonID}, actor.Entries...), maxContributions)
}

// Answer is the contributor's own word. Errors: errs.NotFound, also for
// somebody else's; those of Contribution.answer.
func (a *Achievements) Answer(ctx context.Context, actor policy.Actor, id string, answer ContributionAnswer, reason string, version int64) (Contribution, error) {
	var c Contribution
	err := a.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		var err error
		if c, err = a.deps.Contributions.Contribution(ctx, id); err != nil {
			return err
		}
		if err := policy.Check(actor, policy.ContributionAnswer, c.Facts()).Err(); err != nil {
			return err
		}
		if c, err = c.answer(answer, strings.TrimSpace(reason), version, a.deps.Clock.Now()); err != nil {
			return err
		}
		return a.keep(ctx, actor, c, policy.ContributionAnswer, event.ContributionAnswered)
	})
	return c, err
}
