package match

import (
	"context"
	"time"
	"unicode/utf8"

	"chengqiao/internal/errs"
	"chengqiao/internal/journal"
	"chengqiao/internal/policy"
	"chengqiao/internal/taxonomy"
)

// Opinion is what an organisation says of a match.
type Opinion string

// The opinions.
const (
	Relevant   Opinion = "relevant"
	Irrelevant Opinion = "irrelevant"
)

// Feedback is what an organisation thinks of a match. It moves that
// organisation's own list at once, and teaches the model with others'; who
// gave it is seen by that organisation alone.
type Feedback struct {
	MatchID   string
	OrgID     string
	AccountID string
	// Other is the listing on the other side of the match.
	Other   Ref
	Opinion Opinion
	// Code is why it is irrelevant, of the list of its side; "" where it was
	// not said. Reason is in the organisation's own words.
	Code, Reason string
	// Side is the organisation's, and Model the one that had last shown it the
	// match when it gave its opinion; "" for none.
	Side  Side
	Model string
	At    time.Time
}

// Reasons knows the coded lists of reasons; taxonomy.Set is one.
type Reasons interface {
	// Has tells whether a list has a code.
	Has(list, code string) bool
}

// longestReason bounds the reason of a feedback, in characters.
const longestReason = 500

// remembered is how many opinions on the matches of one listing are read: more
// than anybody gives.
const remembered = 500

// Say is what an organisation says of a match.
type Say struct {
	Opinion      Opinion
	Code, Reason string
}

// Feedback keeps what the actor's organisation thinks of a match, in place of
// what it thought before. Errors: errs.NotFound for who owns neither side;
// errs.Invalid with the field at fault.
func (s *Service) Feedback(ctx context.Context, actor policy.Actor, matchID string, say Say) error {
	var faults []errs.Field
	if say.Opinion != Relevant && say.Opinion != Irrelevant {
		faults = append(faults, errs.Field{Path: "verdict", Code: "unknown"})
	}
	if utf8.RuneCountInString(say.Reason) > longestReason {
		faults = append(faults, errs.Field{Path: "reason", Code: "too_long", Params: errs.Params{"max": longestReason}})
	}
	if err := errs.InvalidFields(faults); err != nil {
		return err
	}
	return s.judging(ctx, actor, matchID, func(ctx context.Context, m Match, side Side, now time.Time) (string, error) {
		if !s.mayBeSaid(say, side) {
			return "", errs.InvalidFields([]errs.Field{{Path: "reason_code", Code: "unknown_value"}})
		}
		model, err := s.store.LastShown(ctx, m.ID, side, now)
		if err != nil {
			return "", err
		}
		return string(say.Opinion), s.store.SetFeedback(ctx, Feedback{
			MatchID: m.ID, OrgID: actor.OrgID, AccountID: actor.AccountID, Opinion: say.Opinion,
			Code: say.Code, Reason: say.Reason, Side: side, Model: model, At: now,
		})
	})
}

// mayBeSaid tells whether the coded reason is one of the side's; only what is
// irrelevant has one.
func (s *Service) mayBeSaid(say Say, side Side) bool {
	list := taxonomy.IrrelevantResult
	if side == SubjectSide {
		list = taxonomy.IrrelevantNeed
	}
	return say.Code == "" || say.Opinion == Irrelevant && s.reasons.Has(list, say.Code)
}

// TakeBack forgets what the actor's organisation thinks of a match; that it
// thought nothing is no error. Errors: as Feedback.
func (s *Service) TakeBack(ctx context.Context, actor policy.Actor, matchID string) error {
	return s.judging(ctx, actor, matchID, func(ctx context.Context, m Match, _ Side, _ time.Time) (string, error) {
		was, err := s.store.DropFeedback(ctx, m.ID, actor.OrgID)
		if err != nil || !was {
			return "", err
		}
		return "none", nil
	})
}

// judging does something with the opinion of the actor's organisation on a
// match, and writes down what it is now; "" for nothing changed.
func (s *Service) judging(ctx context.Context, actor policy.Actor, matchID string,
	do func(ctx context.Context, m Match, side Side, now time.Time) (string, error),
) error {
	return s.tx.InTx(ctx, func(ctx context.Context) error {
		m, err := s.store.Load(ctx, matchID)
		if err != nil {
			return err
		}
		side, owner := NeedSide, m.NeedOrg
		if actor.OrgID == m.SubjectOrg {
			side, owner = SubjectSide, m.SubjectOrg
		}
		if err := policy.Check(actor, policy.MatchFeedback, policy.Facts{OwnerOrg: owner}).Err(); err != nil {
			return err
		}
		now := s.clock.Now()
		verdict, err := do(ctx, m, side, now)
		if err != nil || verdict == "" {
			return err
		}
		return s.journal.Write(ctx, journal.Entry{
			Actor: actor, Action: policy.MatchFeedback, Kind: "match", Subject: m.ID, Version: m.Version, At: now,
			Detail: map[string]any{"verdict": verdict},
		})
	})
}

// judgementsOf are the opinions as they move a list.
func judgementsOf(feedback []Feedback) []Judgement {
	out := make([]Judgement, 0, len(feedback))
	for _, f := range feedback {
		out = append(out, Judgement{Ref: f.Other, Opinion: f.Opinion, Code: f.Code})
	}
	return out
}
