package listing

import (
	"context"
	"slices"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/event"
	"chengqiao/internal/journal"
	"chengqiao/internal/policy"
)

// Reminder is that the owner of a listing was reminded of its last day.
type Reminder struct {
	ListingID string
	ConfirmBy clock.Date
	// Days is how many before ConfirmBy the reminder is for.
	Days int
	At   time.Time
}

// RemindDue reminds of the published listings that leave search in at most so
// many of the days, up to limit, and says how many. Each of the days reminds
// once of one last day, whoever runs it and however often; a listing found
// late is reminded of by the nearest of the days alone.
func (s *Service[C]) RemindDue(ctx context.Context, now time.Time, days []int, limit int) (int, error) {
	today, reminded := clock.DateOf(now), 0
	for _, d := range slices.Sorted(slices.Values(days)) {
		ids, err := s.deps.Store.ToRemind(ctx, s.rules.Kind, today, d, limit-reminded)
		if err != nil {
			return reminded, err
		}
		for _, id := range ids {
			if err := s.remind(ctx, id, today, d); err != nil {
				return reminded, err
			}
			reminded++
		}
		if reminded >= limit {
			break
		}
	}
	return reminded, nil
}

func (s *Service[C]) remind(ctx context.Context, id string, today clock.Date, days int) error {
	return s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		record, err := s.deps.Store.Load(ctx, s.rules.Kind, id)
		if err != nil {
			return err
		}
		if !found(record.Position.State) || record.ConfirmBy < today || record.ConfirmBy > today.AddDays(days) {
			return nil // confirmed or gone meanwhile
		}
		now := s.deps.Clock.Now()
		given, err := s.deps.Store.KeepReminder(ctx, Reminder{ListingID: id, ConfirmBy: record.ConfirmBy, Days: days, At: now})
		if err != nil || !given {
			return err
		}
		ev := s.happened(record.Listing, "expiring")
		ev.Data["days"], ev.Data["confirm_by"] = days, string(record.ConfirmBy)
		return s.deps.Journal.Write(ctx, journal.Entry{
			Actor: policy.SystemActor(), Action: policy.ListingRemind, Kind: record.Kind, Subject: id, Version: record.Version,
			At: now, Events: []event.Event{ev}, Detail: map[string]any{"days": days},
		})
	})
}
