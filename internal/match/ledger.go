package match

import (
	"context"
	"maps"
	"slices"
	"time"

	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/ident"
	"chengqiao/internal/journal"
	"chengqiao/internal/policy"
)

// recorded gives each finding its row in the ledger, a new one where there is none,
// and keeps what the owner of a side is shown for the first time; side is empty for
// who owns none. All of it is one transaction.
func (s *Service) recorded(ctx context.Context, found []finding, side Side) error {
	missing, err := s.attach(ctx, found)
	if err != nil {
		return err
	}
	unseen, err := s.unseen(ctx, found, side)
	if err != nil || len(missing)+len(unseen) == 0 {
		return err
	}
	return s.tx.InTx(ctx, func(ctx context.Context) error {
		fresh := make([]Match, 0, len(missing))
		for _, i := range missing {
			fresh = append(fresh, s.fresh(found[i].match))
		}
		if err := s.store.Insert(ctx, fresh); err != nil {
			return err
		}
		if len(fresh) > 0 {
			if _, err := s.attach(ctx, found); err != nil { // another replica may have been first
				return err
			}
		}
		return s.show(ctx, found, unseen, side)
	})
}

// attach sets the ids of the findings that have rows and gives the places of
// those that have none.
func (s *Service) attach(ctx context.Context, found []finding) (missing []int, err error) {
	if len(found) == 0 {
		return nil, nil
	}
	pairs := make([]Pair, 0, len(found))
	for _, f := range found {
		pairs = append(pairs, f.match.Pair())
	}
	ids, err := s.store.IDs(ctx, pairs)
	if err != nil {
		return nil, err
	}
	for i := range found {
		if id, ok := ids[found[i].match.Pair()]; ok {
			found[i].match.ID = id
		} else {
			missing = append(missing, i)
		}
	}
	return missing, nil
}

func (s *Service) fresh(m Match) Match {
	now := s.clock.Now()
	m.ID, m.Version, m.CreatedAt, m.UpdatedAt = ident.NewID(), 1, now, now
	return m
}

// followed is how many listings are compared with one that changed. The ledger
// keeps good matches alone, and those are among the first.
const followed = 40

// Follow writes the ledger for listings that changed: each is matched at once
// against the other side, as members see both. Pairs that are good or better
// are kept, those that were are judged anew; pairs that are strong for the first
// time make an event for each side. from and to are
// the places in the feed; where another replica has done it meanwhile, nothing is
// written and the error is errs.Stale "stale_version".
//
// The index must already hold what the feed says up to `to`.
func (s *Service) Follow(ctx context.Context, from, to int64, changed []Ref) error {
	members := []policy.Tier{policy.TierPublic, policy.TierMembers}
	live, err := s.listings.Live(ctx, changed)
	if err != nil {
		return err
	}
	var found []Match
	for _, l := range live {
		var of []Match
		err := errs.Caught(func() error {
			q := question{asked: l, own: l.ViewFor(members), tiers: members, ledger: true, least: s.model.Bands.Good}
			fs, err := s.find(ctx, q)
			if err != nil {
				return err
			}
			for _, f := range fs {
				of = append(of, f.match)
			}
			changed, err := s.fittedBefore(ctx, q, of)
			of = append(of, changed...)
			return err
		})
		switch {
		case errs.IsPanic(err): // of one listing, which must not keep the ledger from all others
			s.log.ErrorContext(ctx, "listing could not be matched and is passed over", "kind", l.Kind, "id", l.ID, "error", err)
		case err != nil:
			return err
		}
		found = append(found, of...)
	}
	return s.tx.InTx(ctx, func(ctx context.Context) error {
		if err := s.store.Advance(ctx, from, to); err != nil {
			return err
		}
		now := s.clock.Now()
		for _, m := range found {
			if err := s.keep(ctx, m, now); err != nil {
				return err
			}
		}
		return nil
	})
}

// rejudged is how many pairs of a listing that changed are read and judged anew at a
// time: a result may have been good for any number of needs.
const rejudged = 200

// fittedBefore are the pairs of a listing that the ledger has for good or better and
// that are not among what was found, as they are judged now where that is otherwise: what
// fits no more must not go on being told as if it did.
func (s *Service) fittedBefore(ctx context.Context, q question, found []Match) ([]Match, error) {
	if q.own == nil {
		return nil, nil
	}
	known := map[Pair]bool{}
	for _, m := range found {
		known[m.Pair()] = true
	}
	var out []Match
	for after, more := "", true; more; {
		rows, err := s.store.StandingOf(ctx, q.asked.Ref, after, rejudged)
		if err != nil {
			return nil, err
		}
		if more = len(rows) == rejudged; more {
			after = rows[len(rows)-1].ID
		}
		rows = slices.DeleteFunc(rows, func(row Match) bool { return known[row.Pair()] })
		changed, err := s.judgedOtherwise(ctx, q, rows)
		if err != nil {
			return nil, err
		}
		out = append(out, changed...)
	}
	return out, nil
}

// judgedOtherwise are rows of a listing as they are judged now, of those that differ.
func (s *Service) judgedOtherwise(ctx context.Context, q question, rows []Match) ([]Match, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	before := make(map[Ref]Match, len(rows))
	for _, row := range rows {
		other := row.Subject
		if q.asked.Kind != Need {
			other = Ref{Need, row.NeedID}
		}
		before[other] = row
	}
	others, err := s.listings.Live(ctx, slices.Collect(maps.Keys(before)))
	if err != nil {
		return nil, err
	}
	var out []Match
	x := s.index()
	judge := newJudge(x.analyse)
	for _, other := range others {
		f, ok := s.finding(q, other)
		if !ok {
			continue
		}
		f.match.Features = x.Compare(s.model, f.need, f.result)
		s.weigh(&f, judge)
		if !f.match.judgedLike(before[other.Ref]) {
			out = append(out, f.match)
		}
	}
	return out, nil
}

// judgedLike tells whether a pair was judged the same before.
func (m Match) judgedLike(before Match) bool {
	return m.Model == before.Model && m.Band == before.Band && m.Score == before.Score
}

// keep writes what was found of a pair into the ledger.
func (s *Service) keep(ctx context.Context, found Match, now time.Time) error {
	rows, err := s.store.OfNeed(ctx, found.NeedID, []Ref{found.Subject})
	if err != nil {
		return err
	}
	if len(rows) == 1 {
		return s.keepAnew(ctx, rows[0], found, now)
	}
	m := s.fresh(found)
	if err := s.store.Insert(ctx, []Match{m}); err != nil {
		return err
	}
	if m.Band != Strong {
		return nil
	}
	return s.tell(ctx, m, now)
}

// keepAnew changes a row to what is found of its pair now. A strong pair of which its
// owners were never told is told: it has become strong, or a list had it before this.
func (s *Service) keepAnew(ctx context.Context, row, found Match, now time.Time) error {
	if !found.judgedLike(row) {
		row.Model, row.Features, row.Score, row.Band = found.Model, found.Features, found.Score, found.Band
		row.Version++
		row.UpdatedAt = now
		if err := s.store.Save(ctx, row); err != nil {
			return err
		}
	}
	if row.Band != Strong || row.Origin != Found {
		return nil
	}
	if told, err := s.store.Told(ctx, row.ID); err != nil || told {
		return err
	}
	if s.introductions != nil { // who talks already is not told
		if introduced, err := s.introductions.OfPairs(ctx, []Pair{row.Pair()}); err != nil || len(introduced) > 0 {
			return err
		}
	}
	return s.tell(ctx, row, now)
}

// tell makes the events by which both sides learn of a strong match.
func (s *Service) tell(ctx context.Context, m Match, now time.Time) error {
	return s.journal.Write(ctx, journal.Entry{
		Actor: policy.SystemActor(), Action: policy.MatchFind, Kind: "match", Subject: m.ID, Version: m.Version, At: now,
		Events: []event.Event{
			foundFor(Ref{Need, m.NeedID}, m), foundFor(m.Subject, m),
		},
	})
}

// foundFor is the event for the owner of one side.
func foundFor(ref Ref, m Match) event.Event {
	return event.Event{
		Name: event.MatchFound, Kind: string(ref.Kind), Subject: ref.ID, Version: m.Version,
		Data: map[string]any{"match_id": m.ID},
	}
}
