package store

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/ident"
	"chengqiao/internal/journal"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
	"chengqiao/internal/span"
	"chengqiao/internal/sqldb"
)

// Subscriptions say which events each outbox consumer is told of. What means
// nothing to a consumer is not left for it: other events would wait behind it.
type Subscriptions map[string]event.Interest

// Journal writes the record of changes: audit, step, events, and one delivery
// per event and subscribed consumer, all in the transaction of the change.
type Journal struct {
	db            *sqldb.DB
	subscriptions Subscriptions
	consumers     []string // of the subscriptions, in order
	committed     func()
}

var _ journal.Journal = (*Journal)(nil)

// NewJournal makes a journal. committed is called after each commit that left
// events behind, to wake the outbox at once; nil where nobody waits.
func NewJournal(db *sqldb.DB, subscriptions Subscriptions, committed func()) *Journal {
	return &Journal{
		db: db, subscriptions: subscriptions, consumers: slices.Sorted(maps.Keys(subscriptions)), committed: committed,
	}
}

// told are the consumers that are told of an event.
func (j *Journal) told(ev event.Event) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, consumer := range j.consumers {
			if j.subscriptions[consumer](ev) && !yield(consumer) {
				return
			}
		}
	}
}

// Write implements journal.Journal. It must run inside InTx. Errors:
// errs.Conflict "illegal_step" when no edge allows the step or it does not
// follow the subject's last one; errs.Stale "stale_version" when another
// transaction took the step of this number first.
func (j *Journal) Write(ctx context.Context, e journal.Entry) error {
	if !j.db.HasTx(ctx) {
		return errors.New("store: journal entry outside a transaction")
	}
	if err := j.writeAudit(ctx, e); err != nil {
		return err
	}
	if e.Step != nil {
		if err := j.writeStep(ctx, e); err != nil {
			return err
		}
	}
	for _, ev := range e.Events {
		if err := j.writeEvent(ctx, completed(ctx, ev, e)); err != nil {
			return err
		}
	}
	if len(e.Events) > 0 && j.committed != nil {
		j.db.AfterCommit(ctx, j.committed)
	}
	return nil
}

func (j *Journal) writeAudit(ctx context.Context, e journal.Entry) error {
	_, err := j.db.Exec(ctx, `
		INSERT INTO audit (id, at, account_id, org_id, action, kind, subject_id, version, detail)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		ident.NewID(), clock.Micros(e.At), e.Actor.AccountID, e.Actor.OrgID, e.Action,
		e.Kind, e.Subject, e.Version, sqldb.ToJSON(audited(e)))
	return err
}

// audited is an entry's detail with the API token by which the actor came.
func audited(e journal.Entry) map[string]any {
	if e.Actor.TokenID == "" {
		return e.Detail
	}
	detail := map[string]any{"token_id": e.Actor.TokenID}
	maps.Copy(detail, e.Detail)
	return detail
}

func (j *Journal) writeStep(ctx context.Context, e journal.Entry) error {
	s := *e.Step
	if s.Kind != e.Kind || s.Subject != e.Subject {
		return fmt.Errorf("store: step of %s %s in the entry of %s %s", s.Kind, s.Subject, e.Kind, e.Subject)
	}
	_, err := j.db.Exec(ctx, `
		INSERT INTO steps (kind, subject_id, seq, prev_seq, from_state, to_state, action, account_id, org_id, at, reason)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		s.Kind, s.Subject, s.Seq, sqldb.NullInt(s.Seq-1), s.From, s.To, s.Action,
		e.Actor.AccountID, e.Actor.OrgID, clock.Micros(e.At), s.Reason)
	switch {
	case err == nil:
		return nil
	case errs.CodeOf(err) == "duplicate":
		return errs.Wrap(errs.Stale, "stale_version", err)
	case errs.CodeOf(err) == "reference_missing": // SQLite does not name the constraint
		return errs.Wrap(errs.Conflict, "illegal_step", err)
	}
	return err
}

// completed fills what an event leaves to its entry and to the context.
func completed(ctx context.Context, ev event.Event, e journal.Entry) event.Event {
	if ev.ID == "" {
		ev.ID = ident.NewID()
	}
	if ev.At.IsZero() {
		ev.At = e.At
	}
	if ev.Kind == "" && ev.Subject == "" {
		ev.Kind, ev.Subject, ev.Version = e.Kind, e.Subject, e.Version
	}
	if ev.AccountID == "" && ev.OrgID == "" {
		ev.AccountID, ev.OrgID = e.Actor.AccountID, e.Actor.OrgID
	}
	ev.Trace = span.Place(ctx)
	return ev
}

func (j *Journal) writeEvent(ctx context.Context, ev event.Event) error {
	_, err := j.db.Exec(ctx, `
		INSERT INTO events (id, name, kind, subject_id, version, at, account_id, org_id, data, trace)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		ev.ID, ev.Name, ev.Kind, ev.Subject, ev.Version, clock.Micros(ev.At),
		ev.AccountID, ev.OrgID, sqldb.ToJSON(ev.Data), ev.Trace)
	if err != nil {
		return err
	}
	for consumer := range j.told(ev) {
		_, err := j.db.Exec(ctx, `
			INSERT INTO deliveries (event_id, consumer, state, attempts, due_at, lease_until, lease_token, last_error, ended_at)
			VALUES ($1, $2, 'pending', 0, $3, 0, '', '', 0)`, ev.ID, consumer, clock.Micros(ev.At))
		if err != nil {
			return err
		}
	}
	return nil
}

// maxSteps bounds a history that is read: somebody can send a draft to review
// and take it back all day.
const maxSteps = 1000

// Steps is a subject's history, first step first; of a very long one the
// latest maxSteps.
func (j *Journal) Steps(ctx context.Context, kind, subject string) ([]lifecycle.Step, error) {
	steps, err := sqldb.All(ctx, j.db, scanStep, `
		SELECT kind, subject_id, seq, from_state, to_state, action, account_id, org_id, at, reason
		FROM steps WHERE kind = $1 AND subject_id = $2 ORDER BY seq DESC LIMIT $3`, kind, subject, maxSteps)
	slices.Reverse(steps)
	return steps, err
}

func scanStep(row sqldb.Row) (lifecycle.Step, error) {
	var s lifecycle.Step
	var at int64
	err := row.Scan(&s.Kind, &s.Subject, &s.Seq, &s.From, &s.To, &s.Action, &s.AccountID, &s.OrgID, &at, &s.Reason)
	s.At = clock.FromMicros(at)
	return s, err
}

// Audited is one line of the audit.
type Audited struct {
	ID        string
	Entry     journal.Entry
	AccountID string
	OrgID     string
}

// AuditFilter chooses lines of the audit; empty fields choose all.
type AuditFilter struct {
	Kind, Subject string
	AccountID     string
	// Before is the id of the last line already seen; "" begins at the newest.
	Before string
	Limit  int
}

// Audit lists who did what, newest first. Entry carries action, subject,
// version, instant and detail.
func (j *Journal) Audit(ctx context.Context, f AuditFilter) ([]Audited, error) {
	query, args := auditQuery(f)
	return sqldb.All(ctx, j.db, scanAudited, query, args...)
}

func auditQuery(f AuditFilter) (string, []any) {
	var c conditions
	for _, equal := range [][2]string{{"kind", f.Kind}, {"subject_id", f.Subject}, {"account_id", f.AccountID}} {
		if equal[1] != "" {
			c.add(equal[0]+` = ?`, equal[1])
		}
	}
	if f.Before != "" {
		c.add(`id < ?`, f.Before)
	}
	return `SELECT id, at, account_id, org_id, action, kind, subject_id, version, detail FROM audit
		WHERE ` + c.where() + ` ORDER BY id DESC LIMIT ` + c.limit(f.Limit), c.args
}

func scanAudited(row sqldb.Row) (Audited, error) {
	var a Audited
	var at int64
	var action string
	err := row.Scan(&a.ID, &at, &a.AccountID, &a.OrgID, &action, &a.Entry.Kind, &a.Entry.Subject,
		&a.Entry.Version, sqldb.IntoJSON(&a.Entry.Detail))
	a.Entry.At, a.Entry.Action = clock.FromMicros(at), policy.Action(action)
	return a, err
}
