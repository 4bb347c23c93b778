package httpapi

import (
	"context"

	"chengqiao/internal/httpapi/oas"
	"chengqiao/internal/webhook"
)

func webhookBody(e webhook.Endpoint) oas.Webhook {
	out := oas.Webhook{
		ID: e.ID, URL: e.URL, Name: e.Name, State: oas.WebhookState(e.State), DisabledReason: oas.WebhookDisabledReason(e.DisabledReason),
		Types:    list(e.Types, func(t webhook.Type) oas.WebhookType { return oas.WebhookType(t) }),
		Failures: e.Failures, CreatedAt: e.CreatedAt, UpdatedAt: e.UpdatedAt, Version: e.Version,
	}
	for _, s := range e.Secrets {
		if !s.ExpiresAt.IsZero() && s.ExpiresAt.After(out.OldSecretUntil) {
			out.OldSecretUntil = s.ExpiresAt
		}
	}
	return out
}

func webhookResponse(e webhook.Endpoint) oas.WebhookJSONResponse {
	return oas.WebhookJSONResponse{Body: webhookBody(e), Headers: oas.WebhookResponseHeaders{ETag: etag(e.Version)}}
}

func webhookForm(f oas.WebhookForm) webhook.Form {
	form := webhook.Form{URL: f.URL, Name: f.Name, Paused: f.Paused}
	for _, t := range f.Types {
		form.Types = append(form.Types, webhook.Type(t))
	}
	return form
}

// ListWebhooks implements the contract.
func (a *API) ListWebhooks(ctx context.Context, req oas.ListWebhooksRequestObject) (oas.ListWebhooksResponseObject, error) {
	endpoints, err := a.Webhooks.Endpoints(ctx, actorOf(ctx), req.ID)
	if err != nil {
		return nil, err
	}
	return oas.ListWebhooks200JSONResponse{Items: list(endpoints, webhookBody)}, nil
}

// CreateWebhook implements the contract.
func (a *API) CreateWebhook(ctx context.Context, req oas.CreateWebhookRequestObject) (oas.CreateWebhookResponseObject, error) {
	e, secret, err := a.Webhooks.Create(ctx, actorOf(ctx), req.ID, webhookForm(*req.Body))
	if err != nil {
		return nil, err
	}
	return oas.CreateWebhook201JSONResponse{Webhook: webhookBody(e), Secret: secret}, nil
}

// GetWebhook implements the contract.
func (a *API) GetWebhook(ctx context.Context, req oas.GetWebhookRequestObject) (oas.GetWebhookResponseObject, error) {
	e, err := a.Webhooks.Endpoint(ctx, actorOf(ctx), req.ID, req.WebhookID)
	if err != nil {
		return nil, err
	}
	return oas.GetWebhook200JSONResponse{WebhookJSONResponse: webhookResponse(e)}, nil
}

// SaveWebhook implements the contract.
func (a *API) SaveWebhook(ctx context.Context, req oas.SaveWebhookRequestObject) (oas.SaveWebhookResponseObject, error) {
	version, err := ifMatch(req.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	e, err := a.Webhooks.Save(ctx, actorOf(ctx), req.ID, req.WebhookID, version, webhookForm(*req.Body))
	if err != nil {
		return nil, err
	}
	return oas.SaveWebhook200JSONResponse{WebhookJSONResponse: webhookResponse(e)}, nil
}

// DeleteWebhook implements the contract.
func (a *API) DeleteWebhook(ctx context.Context, req oas.DeleteWebhookRequestObject) (oas.DeleteWebhookResponseObject, error) {
	return oas.DeleteWebhook204Response{}, a.Webhooks.Delete(ctx, actorOf(ctx), req.ID, req.WebhookID)
}

// RotateWebhookSecret implements the contract.
func (a *API) RotateWebhookSecret(ctx context.Context, req oas.RotateWebhookSecretRequestObject) (oas.RotateWebhookSecretResponseObject, error) {
	e, secret, err := a.Webhooks.Rotate(ctx, actorOf(ctx), req.ID, req.WebhookID)
	if err != nil {
		return nil, err
	}
	return oas.RotateWebhookSecret200JSONResponse{Webhook: webhookBody(e), Secret: secret}, nil
}

// PingWebhook implements the contract.
func (a *API) PingWebhook(ctx context.Context, req oas.PingWebhookRequestObject) (oas.PingWebhookResponseObject, error) {
	d, err := a.Webhooks.Ping(ctx, actorOf(ctx), req.ID, req.WebhookID)
	if err != nil {
		return nil, err
	}
	return oas.PingWebhook202JSONResponse(deliveryBody(d)), nil
}

// ListWebhookDeliveries implements the contract.
func (a *API) ListWebhookDeliveries(ctx context.Context, req oas.ListWebhookDeliveriesRequestObject) (oas.ListWebhookDeliveriesResponseObject, error) {
	page, err := a.Webhooks.Deliveries(ctx, actorOf(ctx), req.ID, req.WebhookID, req.Params.Cursor, pageSize(req.Params.PageSize))
	if err != nil {
		return nil, err
	}
	return oas.ListWebhookDeliveries200JSONResponse{Items: list(page.Items, deliveryBody), NextCursor: page.Next}, nil
}

func deliveryBody(d webhook.Delivery) oas.WebhookDelivery {
	out := oas.WebhookDelivery{
		ID: d.ID, Type: oas.WebhookDeliveryType(d.Type), State: oas.WebhookDeliveryState(d.State), Attempts: int(d.Attempts),
		Payload: d.Payload, CreatedAt: d.CreatedAt, EndedAt: d.EndedAt,
	}
	if d.State == webhook.Pending {
		out.DueAt = d.DueAt
	}
	if d.Last != nil {
		out.Last = attemptBody(*d.Last)
	}
	return out
}

func attemptBody(a webhook.Attempt) oas.WebhookAttempt {
	return oas.WebhookAttempt{At: a.At, Status: a.Status, DurationMs: a.Duration.Milliseconds(), Excerpt: a.Excerpt, Fault: oas.WebhookAttemptFault(a.Fault)}
}

// GetWebhookDelivery implements the contract.
func (a *API) GetWebhookDelivery(ctx context.Context, req oas.GetWebhookDeliveryRequestObject) (oas.GetWebhookDeliveryResponseObject, error) {
	d, attempts, err := a.Webhooks.Delivery(ctx, actorOf(ctx), req.ID, req.WebhookID, req.DeliveryID)
	if err != nil {
		return nil, err
	}
	return oas.GetWebhookDelivery200JSONResponse{Delivery: deliveryBody(d), Attempts: list(attempts, attemptBody)}, nil
}

// RedeliverWebhook implements the contract.
func (a *API) RedeliverWebhook(ctx context.Context, req oas.RedeliverWebhookRequestObject) (oas.RedeliverWebhookResponseObject, error) {
	return oas.RedeliverWebhook204Response{}, a.Webhooks.Redeliver(ctx, actorOf(ctx), req.ID, req.WebhookID, req.DeliveryID)
}
