package store

import (
	"context"
	"errors"
	"fmt"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/ident"
	"chengqiao/internal/journal"
	"chengqiao/internal/sqldb"
)

// WriteAll is Write for many entries by few statements: imports write tens of
// thousands. The errors are those of Write.
func (j *Journal) WriteAll(ctx context.Context, entries []journal.Entry) error {
	if !j.db.HasTx(ctx) {
		return errors.New("store: journal entries outside a transaction")
	}
	var audits, steps, events, deliveries [][]any
	for _, e := range entries {
		audits = append(audits, []any{
			ident.NewID(), clock.Micros(e.At), e.Actor.AccountID, e.Actor.OrgID, string(e.Action),
			e.Kind, e.Subject, e.Version, sqldb.ToJSON(audited(e))})
		if s := e.Step; s != nil {
			if s.Kind != e.Kind || s.Subject != e.Subject {
				return fmt.Errorf("store: step of %s %s in the entry of %s %s", s.Kind, s.Subject, e.Kind, e.Subject)
			}
			steps = append(steps, []any{
				s.Kind, s.Subject, s.Seq, sqldb.NullInt(s.Seq - 1), string(s.From), string(s.To), s.Action,
				e.Actor.AccountID, e.Actor.OrgID, clock.Micros(e.At), s.Reason})
		}
		for _, ev := range e.Events {
			ev = completed(ctx, ev, e)
			events = append(events, []any{
				ev.ID, string(ev.Name), ev.Kind, ev.Subject, ev.Version, clock.Micros(ev.At),
				ev.AccountID, ev.OrgID, sqldb.ToJSON(ev.Data), ev.Trace})
			for consumer := range j.told(ev) {
				deliveries = append(deliveries, []any{ev.ID, consumer, "pending", 0, clock.Micros(ev.At), 0, "", "", 0})
			}
		}
	}
	if err := insertMany(ctx, j.db, `INSERT INTO audit
		(id, at, account_id, org_id, action, kind, subject_id, version, detail)`, audits, ""); err != nil {
		return err
	}
	err := insertMany(ctx, j.db, `INSERT INTO steps
		(kind, subject_id, seq, prev_seq, from_state, to_state, action, account_id, org_id, at, reason)`, steps, "")
	switch {
	case err == nil:
	case errs.CodeOf(err) == "duplicate":
		return errs.Wrap(errs.Stale, "stale_version", err)
	case errs.CodeOf(err) == "reference_missing": // SQLite does not name the constraint
		return errs.Wrap(errs.Conflict, "illegal_step", err)
	default:
		return err
	}
	if err := insertMany(ctx, j.db, `INSERT INTO events
		(id, name, kind, subject_id, version, at, account_id, org_id, data, trace)`, events, ""); err != nil {
		return err
	}
	if err := insertMany(ctx, j.db, `INSERT INTO deliveries
		(event_id, consumer, state, attempts, due_at, lease_until, lease_token, last_error, ended_at)`, deliveries, ""); err != nil {
		return err
	}
	if len(events) > 0 && j.committed != nil {
		j.db.AfterCommit(ctx, j.committed)
	}
	return nil
}
