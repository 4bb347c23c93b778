package httpapi

import (
	"context"

	"chengqiao/internal/httpapi/oas"
	"chengqiao/internal/notify"
)

// ListMyTasks implements the contract.
func (a *API) ListMyTasks(ctx context.Context, _ oas.ListMyTasksRequestObject) (oas.ListMyTasksResponseObject, error) {
	tasks, err := a.Tasks.Of(ctx, actorOf(ctx))
	if err != nil {
		return nil, err
	}
	return oas.ListMyTasks200JSONResponse{Items: list(tasks, func(t notify.Task) oas.Task {
		return oas.Task{Code: t.Code, Kind: t.Kind, SubjectID: t.SubjectID, Title: t.Title.In(localeOf(ctx)), DueAt: t.DueAt}
	})}, nil
}
