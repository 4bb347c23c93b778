package listing

import (
	"context"
	"slices"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
)

// StepRequest asks for one step.
type StepRequest struct {
	// Action is the verb alone: "submit".
	Action string
	// Version is the one last read.
	Version int64
	Reason  string
	// Outcome is how the listing ended, for kinds that ask.
	Outcome string
	// Fields are a reviewer's reasons by field.
	Fields []FieldReason
	// Checklist is what the reviewer found, point by point.
	Checklist []CheckAnswer
}

// Step takes one step of a listing or of its working copy. Errors: errs.Stale
// "stale_version"; errs.Conflict "illegal_step" and "suspended_by_platform";
// errs.Invalid "invalid_fields", among them what submission refuses.
func (s *Service[C]) Step(ctx context.Context, actor policy.Actor, id string, req StepRequest) (Head, error) {
	action := s.rules.action(req.Action)
	ofReview, ofLife := has(s.rules.Review, action), has(s.rules.Life, action)
	if !ofReview && !ofLife || req.Action == Create || req.Action == Edit || ofMerger(req.Action) {
		return Head{}, errs.InvalidFields([]errs.Field{{Path: "action", Code: "unknown_value"}})
	}
	var record Record
	err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		var err error
		if record, err = s.loadVersion(ctx, actor, id, req.Action, req.Version); err != nil {
			return err
		}
		switch {
		case req.Action == Publish:
			return s.publish(ctx, actor, &record, req)
		case ofLife:
			return s.live(ctx, actor, &record, req)
		default:
			return s.review(ctx, actor, &record, req)
		}
	})
	if err != nil {
		return Head{}, err
	}
	facts, err := s.factsFor(ctx, actor, record)
	return headOf(s.rules, actor, record, true, facts), err
}

// review takes a step of the working copy alone.
func (s *Service[C]) review(ctx context.Context, actor policy.Actor, record *Record, req StepRequest) error {
	step, err := s.reviewStep(*record, req.Action, req.Reason)
	if err != nil {
		return err
	}
	if req.Action == Return {
		if err := s.decide(ctx, actor, record.Working.ID, req); err != nil {
			return err
		}
	}
	// Something never published has no life but its working copy's.
	if req.Action == Discard && record.Live == nil {
		return illegal(s.rules, record.shown(), req.Action)
	}
	record.Version++
	record.UpdatedAt = s.deps.Clock.Now()
	w := *record.Working
	w.Position, w.UpdatedAt = after(step), record.UpdatedAt
	what := "changed"
	switch req.Action {
	case Submit:
		content, err := s.submission(ctx, record.Listing, w)
		if err != nil {
			return err
		}
		quality := s.kind.Quality(content)
		if !actor.System {
			if err := errs.InvalidFields(s.deps.Marks.refuse(quality)); err != nil {
				return err
			}
		}
		if w.Content, err = encode(content); err != nil {
			return err
		}
		w.Title, w.SubmittedAt, w.ReturnReason = s.kind.Title(content), record.UpdatedAt, ""
		w.TechnicalField, w.Quality = s.kind.TechnicalField(content), quality.Score
		what = "submitted"
	case Return:
		if err := checkReasons(req.Fields); err != nil {
			return err
		}
		w.ReturnReason = req.Reason
		what = "returned"
	}
	if err := s.deps.Store.Save(ctx, record.Listing); err != nil {
		return err
	}
	if err := s.deps.Store.SaveRevision(ctx, w); err != nil {
		return err
	}
	record.Working = &w
	if !w.open() {
		record.Working = nil
	}
	if err := s.deps.Journal.Write(ctx, s.reviewEntry(actor, record.Listing, step, what)); err != nil {
		return err
	}
	if err := s.reviewed(ctx, actor, record.Listing, req.Action, w); err != nil {
		return err
	}
	if req.Action != Return {
		return nil
	}
	if len(req.Fields) > 0 {
		if err := s.deps.Store.KeepReturn(ctx, w.ID, step.Seq, req.Fields); err != nil {
			return err
		}
	}
	return s.deps.Store.KeepRound(ctx, Round{
		RevisionID: w.ID, Seq: step.Seq, Reason: req.Reason, At: record.UpdatedAt, Checklist: req.Checklist, Content: w.Content,
	})
}

func (s *Service[C]) reviewStep(record Record, verb, reason string) (lifecycle.Step, error) {
	if record.Working == nil {
		return lifecycle.Step{}, illegal(s.rules, record.Position.State, verb)
	}
	return s.rules.Review.Step(record.Working.ID, record.Working.Position, string(s.rules.action(verb)), reason)
}

// submission is the content completed and found fit for review.
func (s *Service[C]) submission(ctx context.Context, l Listing, r Revision) (C, error) {
	content, err := decode[C](r.Content)
	if err != nil {
		return content, err
	}
	problems, err := s.kind.CheckSubmission(ctx, l, content)
	if err != nil {
		return content, err
	}
	if err := errs.InvalidFields(problems); err != nil {
		return content, err
	}
	return s.kind.Complete(ctx, l.OwnerOrg, content)
}

// publish makes the reviewed working copy the live version.
func (s *Service[C]) publish(ctx context.Context, actor policy.Actor, record *Record, req StepRequest) error {
	review, err := s.reviewStep(*record, Publish, "")
	if err != nil {
		return err
	}
	if err := s.decide(ctx, actor, record.Working.ID, req); err != nil {
		return err
	}
	// What it refers to may have gone since it was submitted.
	content, err := s.submission(ctx, record.Listing, *record.Working)
	if err != nil {
		return err
	}
	if err := s.checkOffer(ctx, record.Listing, content); err != nil {
		return err
	}
	life, err := s.golive(record, review, content)
	if err != nil {
		return err
	}
	if err := s.deps.Store.Save(ctx, record.Listing); err != nil {
		return err
	}
	if err := s.deps.Store.SaveRevision(ctx, *record.Live); err != nil {
		return err
	}
	if err := s.deps.Store.SetParts(ctx, record.ID, s.kind.Terms(content).Parts); err != nil {
		return err
	}
	if err := s.deps.Journal.Write(ctx, s.reviewEntry(actor, record.Listing, review)); err != nil {
		return err
	}
	if len(req.Checklist) > 0 {
		// The text itself is kept as the published version.
		round := Round{RevisionID: record.Live.ID, Seq: review.Seq, At: record.UpdatedAt, Checklist: req.Checklist}
		if err := s.deps.Store.KeepRound(ctx, round); err != nil {
			return err
		}
	}
	what := "published"
	if !found(record.Position.State) {
		what = "changed"
	}
	return s.deps.Journal.Write(ctx, s.entry(actor, record.Listing, life, what))
}

// golive changes the record as publishing its working copy does, and is the
// step of the listing itself.
func (s *Service[C]) golive(record *Record, review lifecycle.Step, content C) (lifecycle.Step, error) {
	life, err := s.rules.Life.Step(record.ID, record.Position, string(s.rules.action(Publish)), "")
	if err != nil {
		return life, err
	}
	now := s.deps.Clock.Now()
	w := *record.Working
	w.Position, w.Number, w.PublishedAt, w.UpdatedAt = after(review), record.LiveNumber+1, now, now
	record.Live, record.Working = &w, nil
	record.Position = after(life)
	record.Version++
	record.LiveRevision, record.LiveNumber = w.ID, w.Number
	record.UpdatedAt, record.ChangedAt, record.PublishedAt = now, now, now
	record.ConfirmBy = s.kind.ConfirmBy(content, clock.DateOf(now), s.deps.ConfirmDays)
	record.SuspendedBy, record.Outcome = "", ""
	return life, nil
}

// live takes a step of the listing itself.
func (s *Service[C]) live(ctx context.Context, actor policy.Actor, record *Record, req StepRequest) error {
	step, err := s.rules.Life.Step(record.ID, record.Position, string(s.rules.action(req.Action)), req.Reason)
	if err != nil {
		return err
	}
	// Who may offer it again is who took it away: a suspension by the platform
	// ends by a reviewed new version.
	if req.Action == Resume && record.SuspendedBy != record.OwnerOrg && !actor.System {
		return errs.New(errs.Conflict, "suspended_by_platform")
	}
	outcome, err := s.kind.Outcome(req.Action, req.Outcome)
	if err != nil {
		return err
	}
	now := s.deps.Clock.Now()
	wasFound := found(record.Position.State)
	record.Position = after(step)
	record.Version++
	record.UpdatedAt, record.ChangedAt = now, now
	record.Outcome, record.SuspendedBy = outcome, ""
	if req.Action == Suspend {
		record.SuspendedBy = actor.OrgID
	}
	if req.Action == Resume || req.Action == Reconfirm {
		// Offering it again says that it can be had.
		content, err := decode[C](record.Live.Content)
		if err != nil {
			return err
		}
		if err := s.checkOffer(ctx, record.Listing, content); err != nil {
			return err
		}
		record.ConfirmBy = s.kind.ConfirmBy(content, clock.DateOf(now), s.deps.ConfirmDays)
	}
	if err := s.deps.Store.Save(ctx, record.Listing); err != nil {
		return err
	}
	if req.Action == s.rules.End && record.Working != nil {
		if err := s.endWorking(ctx, actor, record); err != nil {
			return err
		}
	}
	return s.deps.Journal.Write(ctx, s.entry(actor, record.Listing, step, consequence(wasFound, found(step.To))))
}

// endWorking discards the working copy of a listing that ends.
func (s *Service[C]) endWorking(ctx context.Context, actor policy.Actor, record *Record) error {
	step, err := s.reviewStep(*record, s.rules.End, "")
	if err != nil {
		return err
	}
	w := *record.Working
	w.Position, w.UpdatedAt = after(step), record.UpdatedAt
	record.Working = nil
	if err := s.deps.Store.SaveRevision(ctx, w); err != nil {
		return err
	}
	if err := s.deps.Journal.Write(ctx, s.reviewEntry(actor, record.Listing, step)); err != nil {
		return err
	}
	return s.reviewed(ctx, actor, record.Listing, s.rules.End, w)
}

// found tells whether search and matching know a listing in this state.
func found(state lifecycle.State) bool { return state == Published }

// consequence names the event of a change by whether search knew the listing
// before and knows it after.
func consequence(before, after bool) string {
	switch {
	case before && !after:
		return "hidden"
	case !before && after:
		return "published"
	}
	return "changed"
}

func illegal(rules Rules, state lifecycle.State, verb string) error {
	return errs.Newp(errs.Conflict, "illegal_step",
		errs.Params{"kind": rules.Kind, "state": string(state), "action": string(rules.action(verb))})
}

// The bounds of a reviewer's reasons.
const (
	maxReasons = 100
	maxReason  = 1000
)

func checkReasons(reasons []FieldReason) error {
	var f Faults
	f.Count("fields", len(reasons), maxReasons)
	for i, r := range reasons {
		f.String(At("fields", i, "reason"), r.Reason, maxReason)
		f.Required(At("fields", i, "reason"), r.Reason != "")
		f.Required(At("fields", i, "path"), r.Path != "")
	}
	return f.Err()
}

// actions are the verbs of the steps that the actor may take now.
func actions(rules Rules, actor policy.Actor, record Record, facts policy.Facts) []string {
	candidates := rules.Life.Actions(record.Position.State)
	if record.Working != nil {
		candidates = append(candidates, rules.Review.Actions(record.Working.Position.State)...)
	}
	reviewable := record.Working != nil && record.Working.Position.State == InReview
	var out []string
	for _, a := range candidates {
		verb := verbOf(a)
		switch {
		case slices.Contains(out, verb),
			verb == Publish && !reviewable,
			verb == Discard && record.Live == nil,
			ofMerger(verb),
			verb == Resume && record.SuspendedBy != record.OwnerOrg,
			!policy.Check(actor, policy.Action(a), facts).Allowed():
		default:
			out = append(out, verb)
		}
	}
	editable := !slices.Contains(rules.Final, record.Position.State) &&
		(record.Working == nil || record.Working.Position.State != InReview)
	if editable && policy.Check(actor, rules.action(Edit), facts).Allowed() {
		out = append(out, Edit)
	}
	return out
}

// headOf is the head for a reader, inside or outside of the owner and review.
func headOf(rules Rules, actor policy.Actor, record Record, inside bool, facts policy.Facts) Head {
	h := Head{
		ID: record.ID, Kind: record.Kind, Title: record.title(inside), State: record.Position.State,
		LiveNumber: record.LiveNumber, Version: record.Version, UpdatedAt: record.ChangedAt,
		PublishedAt: record.PublishedAt, ConfirmBy: record.ConfirmBy, OwnerOrg: record.OwnerOrg, Outcome: record.Outcome,
		Quality: Ungraded,
	}
	if !inside {
		return h
	}
	h.State, h.UpdatedAt = record.shown(), record.UpdatedAt
	shown := record.Live
	if record.Working != nil {
		shown = record.Working
		h.WorkingState, h.ReturnReason = shown.Position.State, shown.ReturnReason
	}
	if shown != nil {
		h.SubmittedAt, h.TechnicalField, h.Quality = shown.SubmittedAt, shown.TechnicalField, shown.Quality
	}
	h.Actions = actions(rules, actor, record, facts)
	return h
}

// StepIf takes a step of the listing itself when it stands in a state, for
// other domains: whatever its version is. In any other state it does nothing.
// Errors: errs.NotFound; those of policy.
func (s *Service[C]) StepIf(ctx context.Context, actor policy.Actor, id string, state lifecycle.State, req StepRequest) error {
	return s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		record, err := s.load(ctx, actor, id, req.Action)
		if err != nil || record.Position.State != state {
			return err
		}
		return s.live(ctx, actor, &record, req)
	})
}
