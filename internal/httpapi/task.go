package httpapi

import (
	"context"

	"chengqiao/internal/httpapi/oas"
	"chengqiao/internal/money"
	"chengqiao/internal/notify"
)

// ListMyNotifications implements the contract.
func (a *API) ListMyNotifications(ctx context.Context, req oas.ListMyNotificationsRequestObject) (oas.ListMyNotificationsResponseObject, error) {
	page, err := a.Notices.Notifications(ctx, actorOf(ctx), req.Params.Cursor, pageSize(req.Params.PageSize))
	if err != nil {
		return nil, err
	}
	return oas.ListMyNotifications200JSONResponse{
		Items: list(page.Items, func(n notify.Titled) oas.Notification {
			return oas.Notification{
				ID: n.ID, Code: n.Code, Kind: n.Kind, SubjectID: n.SubjectID, OrganisationID: n.OrgID,
				Title: n.Title.In(localeOf(ctx)), At: n.At, Read: !n.ReadAt.IsZero(),
			}
		}),
		NextCursor: page.Next, Unread: page.Unread,
	}, nil
}

// ReadMyNotifications implements the contract.
func (a *API) ReadMyNotifications(ctx context.Context, req oas.ReadMyNotificationsRequestObject) (oas.ReadMyNotificationsResponseObject, error) {
	return oas.ReadMyNotifications204Response{}, a.Notices.MarkRead(ctx, actorOf(ctx), req.Body.UpTo)
}

// ReadMyNotification implements the contract.
func (a *API) ReadMyNotification(ctx context.Context, req oas.ReadMyNotificationRequestObject) (oas.ReadMyNotificationResponseObject, error) {
	return oas.ReadMyNotification204Response{}, a.Notices.MarkOneRead(ctx, actorOf(ctx), req.ID)
}

// ListMyTasks implements the contract.
func (a *API) ListMyTasks(ctx context.Context, _ oas.ListMyTasksRequestObject) (oas.ListMyTasksResponseObject, error) {
	tasks, err := a.Tasks.Of(ctx, actorOf(ctx))
	if err != nil {
		return nil, err
	}
	return oas.ListMyTasks200JSONResponse{Items: list(tasks, func(t notify.Task) oas.Task {
		out := oas.Task{Code: t.Code, Kind: t.Kind, SubjectID: t.SubjectID, Title: t.Title.In(localeOf(ctx)), Party: t.Party.In(localeOf(ctx)), DueAt: t.DueAt}
		if t.MovedOn != "" {
			out.MovedOn, out.Amount = t.MovedOn, money.Fen(t.Fen)
		}
		return out
	})}, nil
}
