package httpapi

import (
	"context"

	"chengqiao/internal/clock"
	"chengqiao/internal/httpapi/oas"
	"chengqiao/internal/ident"
	"chengqiao/internal/outbox"
	"chengqiao/internal/policy"
)

// AuditLine is one line of the audit as the operator reads it.
type AuditLine struct {
	ID, AccountID, OrgID  string
	Action, Kind, Subject string
	Detail                map[string]any
	AtMicros              int64
}

// AuditLog lists who did what, newest first; before is the id of the last line
// already seen. Errors: those of policy.AuditRead.
type AuditLog interface {
	Lines(ctx context.Context, actor policy.Actor, kind, subject, before string, limit int) ([]AuditLine, error)
}

// Backlogs are what each consumer of the outbox has yet to be told. Errors: those
// of policy.BacklogRead.
type Backlogs interface {
	Backlogs(ctx context.Context, actor policy.Actor) ([]outbox.Backlog, error)
}

// ListBacklogs implements the contract.
func (a *API) ListBacklogs(ctx context.Context, _ oas.ListBacklogsRequestObject) (oas.ListBacklogsResponseObject, error) {
	waiting, err := a.Backlogs.Backlogs(ctx, actorOf(ctx))
	if err != nil {
		return nil, err
	}
	return oas.ListBacklogs200JSONResponse{Items: list(waiting, func(b outbox.Backlog) oas.Backlog {
		return oas.Backlog{Consumer: b.Consumer, Waiting: int(b.Pending), Dead: int(b.Dead), OldestDue: b.OldestDue}
	})}, nil
}

// ListDeadLetters implements the contract.
func (a *API) ListDeadLetters(ctx context.Context, req oas.ListDeadLettersRequestObject) (oas.ListDeadLettersResponseObject, error) {
	limit := pageSize(req.Params.PageSize)
	letters, err := a.DeadLetters.List(ctx, actorOf(ctx), req.Params.Cursor, limit+1)
	if err != nil {
		return nil, err
	}
	page := oas.ListDeadLetters200JSONResponse{}
	if len(letters) > limit {
		letters = letters[:limit]
		page.NextCursor = letters[limit-1].Place().Cursor()
	}
	page.Items = list(letters, func(l outbox.DeadLetter) oas.DeadLetter {
		return oas.DeadLetter{
			EventID: l.Event.ID, Consumer: l.Consumer, Name: string(l.Event.Name), Kind: l.Event.Kind, SubjectID: l.Event.Subject,
			Attempts: int(l.Attempts), LastError: l.LastError, At: l.DiedAt,
		}
	})
	return page, nil
}

// RetryDeadLetters implements the contract.
func (a *API) RetryDeadLetters(ctx context.Context, req oas.RetryDeadLettersRequestObject) (oas.RetryDeadLettersResponseObject, error) {
	queued, err := a.DeadLetters.RetryAll(ctx, actorOf(ctx), req.Body.Consumer)
	if err != nil {
		return nil, err
	}
	return oas.RetryDeadLetters200JSONResponse{Queued: queued}, nil
}

// RetryDeadLetter implements the contract.
func (a *API) RetryDeadLetter(ctx context.Context, req oas.RetryDeadLetterRequestObject) (oas.RetryDeadLetterResponseObject, error) {
	if err := a.DeadLetters.Retry(ctx, actorOf(ctx), req.ID, req.Consumer); err != nil {
		return nil, err
	}
	return oas.RetryDeadLetter204Response{}, nil
}

// ListAudit implements the contract.
func (a *API) ListAudit(ctx context.Context, req oas.ListAuditRequestObject) (oas.ListAuditResponseObject, error) {
	if err := ident.CheckCursor(req.Params.Cursor); err != nil {
		return nil, err
	}
	limit := pageSize(req.Params.PageSize)
	lines, err := a.Audit.Lines(ctx, actorOf(ctx), req.Params.Kind, req.Params.SubjectID, req.Params.Cursor, limit+1)
	if err != nil {
		return nil, err
	}
	page := oas.ListAudit200JSONResponse{}
	if len(lines) > limit {
		lines = lines[:limit]
		page.NextCursor = lines[limit-1].ID
	}
	page.Items = list(lines, auditEntry)
	return page, nil
}

func auditEntry(l AuditLine) oas.AuditEntry {
	return oas.AuditEntry{
		ID: l.ID, At: clock.FromMicros(l.AtMicros), AccountID: l.AccountID, OrganisationID: l.OrgID,
		Action: l.Action, Kind: l.Kind, SubjectID: l.Subject, Detail: l.Detail,
	}
}
