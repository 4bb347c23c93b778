package match

import (
	"context"
	"slices"
	"time"

	"chengqiao/internal/errs"
	"chengqiao/internal/policy"
)

// Fate is what became of a match.
type Fate string

// The fates, each further than the one before. What a pair came to is the
// furthest of those it has: a second introduction that is declined takes
// nothing from a contract, and the order in which events arrive is of no account.
const (
	Introduced Fate = "introduced"
	TakenBack  Fate = "taken_back" // by who asked, before an answer
	Lapsed     Fate = "lapsed"     // nobody answered
	Declined   Fate = "declined"
	Accepted   Fate = "accepted" // a deal is open
	BrokenOff  Fate = "broken_off"
	Drafted    Fate = "drafted" // a contract is written
	Signed     Fate = "signed"
)

// Fates are all of them, in order.
var Fates = []Fate{Introduced, TakenBack, Lapsed, Declined, Accepted, BrokenOff, Drafted, Signed}

// Outcome is when something first became of a match.
type Outcome struct {
	MatchID string
	Fate    Fate
	At      time.Time
	// Code is the coded reason, if there is one.
	Code string
	// Model is the one that had shown the match last before; "" where none had.
	Model string
}

// Furthest is the one of a match's outcomes that it came to; zero for none.
func Furthest(outcomes []Outcome) Outcome {
	var furthest Outcome
	for _, o := range outcomes {
		if slices.Index(Fates, o.Fate) > slices.Index(Fates, furthest.Fate) {
			furthest = o
		}
	}
	return furthest
}

// Happening is that something became of a need and a result.
type Happening struct {
	Pair Pair
	Fate Fate
	At   time.Time
	Code string
}

// Happened keeps what became of pairs. A pair that the ledger does not hold was
// put together by the introduction and gets its row, with what the model says
// of it today. Doing it twice, or in another order, comes to the same. Errors:
// those of Deps.Ready.
func (s *Service) Happened(ctx context.Context, happenings []Happening) error {
	for _, h := range happenings {
		m, err := s.rowOf(ctx, h.Pair)
		if err != nil {
			return err
		}
		err = s.tx.InTx(ctx, func(ctx context.Context) error {
			model, err := s.store.LastShown(ctx, m.ID, "", h.At)
			if err != nil {
				return err
			}
			return s.store.KeepOutcome(ctx, Outcome{MatchID: m.ID, Fate: h.Fate, At: h.At, Code: h.Code, Model: model})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// rowOf is a pair's row, a new one where it has none.
func (s *Service) rowOf(ctx context.Context, pair Pair) (Match, error) {
	rows, err := s.store.OfNeed(ctx, pair.NeedID, []Ref{pair.Subject})
	if err != nil {
		return Match{}, err
	}
	if len(rows) == 1 {
		return rows[0], nil
	}
	m, err := s.judged(ctx, pair)
	if err != nil {
		return Match{}, err
	}
	m.Origin = Introduction
	m = s.fresh(m)
	if err := s.store.Insert(ctx, []Match{m}); err != nil {
		return Match{}, err
	}
	// Another replica, or the matching itself, may have been first.
	if rows, err = s.store.OfNeed(ctx, pair.NeedID, []Ref{pair.Subject}); err != nil {
		return Match{}, err
	}
	if len(rows) != 1 {
		return Match{}, errs.New(errs.Internal, "internal")
	}
	return rows[0], nil
}

// judged is a pair as the model sees it, from what members read of both. A
// listing that members may not read gives the model nothing to say.
func (s *Service) judged(ctx context.Context, pair Pair) (Match, error) {
	m := Match{NeedID: pair.NeedID, Subject: pair.Subject, Features: Features{}}
	if err := s.ready(ctx); err != nil {
		return m, err
	}
	need, err := s.listings.Published(ctx, Ref{Need, pair.NeedID})
	if err != nil {
		return m, err
	}
	result, err := s.listings.Published(ctx, pair.Subject)
	if err != nil {
		return m, err
	}
	m.NeedOrg, m.SubjectOrg = need.OrgID, result.OrgID
	members := []policy.Tier{policy.TierPublic, policy.TierMembers}
	n, r := need.ViewFor(members), result.ViewFor(members)
	if n == nil || r == nil {
		return m, nil
	}
	m.Model, m.Features = s.model.Version, s.index().Compare(s.model, n, r)
	f := finding{match: m, need: n, result: r}
	s.weigh(&f, newJudge(s.index().analyse))
	return f.match, nil
}

// Compare gives the features of one need with one result, RequirementFit apart;
// neither has to be in the index.
func (x *Index) Compare(m Model, need, result *View) Features {
	n, r := x.weigh(need, needs), x.weigh(result, results)
	x.mu.RLock()
	defer x.mu.RUnlock()
	asked, found := x.vectorOf(n), x.vectorOf(r)
	asked.meaning, found.meaning = need.Meaning, result.Meaning
	wish, facts := x.wishOf(asked, factsOf(need), new(wishRoom)), factsOf(result)
	values := x.compare(&wish, found, &facts, x.meant.usual(m.Meaning))
	return values.features()
}
