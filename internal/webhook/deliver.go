package webhook

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/ident"
	"chengqiao/internal/policy"
)

// FanOut makes a message for each endpoint that wants to be told of the
// events. It is an outbox consumer: a repeated event makes no second message.
func (s *Service) FanOut(ctx context.Context, events []event.Event) error {
	var out []Delivery
	for _, e := range events {
		t := typeOf(e)
		if t == "" {
			continue
		}
		orgs, err := s.told(ctx, e)
		if err != nil {
			return err
		}
		made, err := s.messages(ctx, e, t, orgs)
		if err != nil {
			return err
		}
		out = append(out, made...)
	}
	if len(out) == 0 {
		return nil
	}
	return s.deps.Store.InsertDeliveries(ctx, out)
}

// told are the organisations that an event is told to: the owner of a listing,
// both sides of an introduction or a deal.
func (s *Service) told(ctx context.Context, e event.Event) ([]string, error) {
	if owner, ok := e.Data["owner_org"].(string); ok {
		return []string{owner}, nil
	}
	orgs, err := s.deps.Parties.PartiesOf(ctx, e.Kind, e.Subject)
	if errs.KindOf(err) == errs.NotFound {
		return nil, nil // gone since
	}
	return orgs, err
}

func (s *Service) messages(ctx context.Context, e event.Event, t Type, orgs []string) ([]Delivery, error) {
	var out []Delivery
	var data map[string]any
	for _, org := range orgs {
		endpoints, err := s.deps.Store.Endpoints(ctx, org, MaxEndpoints)
		if err != nil {
			return nil, err
		}
		for _, endpoint := range endpoints {
			if !endpoint.wants(t) {
				continue
			}
			if data == nil {
				if data, err = s.data(ctx, e); err != nil {
					return nil, err
				}
			}
			d, err := newDelivery(endpoint, e.ID, t, e.At, data, s.deps.Clock.Now())
			if err != nil {
				return nil, err
			}
			out = append(out, d)
		}
	}
	return out, nil
}

// data is what a message says of its subject: ids and states, and of a listing
// that anybody may read its title and address.
func (s *Service) data(ctx context.Context, e event.Event) (map[string]any, error) {
	subject := map[string]any{"id": e.Subject, "version": e.Version}
	if state, ok := e.Data["state"].(string); ok {
		subject["state"] = state
	}
	number, listed := e.Data["number"]
	if !listed {
		return map[string]any{e.Kind: subject}, nil
	}
	subject["kind"], subject["number"] = e.Kind, number
	title, public, err := s.deps.Listings.PublicTitle(ctx, e.Kind, e.Subject)
	if err != nil {
		return nil, err
	}
	if public {
		subject["title"] = title
		subject["url"] = s.deps.Config.PublicURL + "/" + e.Kind + "s/" + e.Subject
	}
	return map[string]any{"listing": subject}, nil
}

// message is the body (Standard Webhooks, "Payload structure").
type message struct {
	Type      Type           `json:"type"`
	Timestamp string         `json:"timestamp"`
	Data      map[string]any `json:"data"`
}

func newDelivery(e Endpoint, eventID string, t Type, at time.Time, data map[string]any, now time.Time) (Delivery, error) {
	body, err := json.Marshal(message{Type: t, Timestamp: at.UTC().Format(time.RFC3339Nano), Data: data})
	if err != nil {
		return Delivery{}, errs.Wrap(errs.Internal, "internal", err)
	}
	return Delivery{
		ID: ident.NewID(), EndpointID: e.ID, EventID: eventID, Type: t, Payload: string(body),
		State: Pending, DueAt: now, CreatedAt: now,
	}, nil
}

// Deliver makes one attempt for each of the deliveries, which stand in events
// by their ids. An attempt that the receiver did not take is an error, after
// which the queue tries again.
func (s *Service) Deliver(ctx context.Context, claimed []event.Event) error {
	for _, e := range claimed {
		if err := s.deliver(ctx, e.ID); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) deliver(ctx context.Context, id string) error {
	d, err := s.deps.Store.Delivery(ctx, id)
	if errs.KindOf(err) == errs.NotFound {
		return nil // deleted with its endpoint
	}
	if err != nil {
		return err
	}
	e, err := s.deps.Store.Endpoint(ctx, d.EndpointID)
	if errs.KindOf(err) == errs.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	if e.State != Active {
		return errs.New(errs.Conflict, "webhook_not_active") // paused since it was claimed
	}
	at := s.deps.Clock.Now()
	secrets, err := s.deps.Sealer.signing(e, at)
	if err != nil {
		return err
	}
	signature, err := sign(secrets, d.ID, at, []byte(d.Payload))
	if err != nil {
		return err
	}
	answer := s.deps.Sender.Send(ctx, e.URL, map[string]string{
		"webhook-id":        d.ID,
		"webhook-timestamp": strconv.FormatInt(at.Unix(), 10),
		"webhook-signature": signature,
	}, []byte(d.Payload))
	attempt := Attempt{DeliveryID: d.ID, At: at, Status: answer.Status, Duration: s.deps.Clock.Now().Sub(at), Excerpt: answer.Excerpt, Fault: answer.Fault}
	if err := s.record(ctx, e.ID, attempt); err != nil {
		return err
	}
	if attempt.good() {
		return nil
	}
	if attempt.Fault != "" {
		return fmt.Errorf("no answer: %s", attempt.Fault)
	}
	return fmt.Errorf("answered %d", attempt.Status)
}

// statusGone is the answer of a receiver that wants nothing any more
// (RFC 9110 section 15.5.11).
const statusGone = 410

// record keeps an attempt, counts failures, and disables an endpoint that has
// failed too often for too long or says that it is gone. Often alone is not
// enough: of an import's messages each fails within the seconds of a restart.
func (s *Service) record(ctx context.Context, endpoint string, a Attempt) error {
	return s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		if err := s.deps.Store.InsertAttempt(ctx, a); err != nil {
			return err
		}
		if a.good() {
			return s.deps.Store.ClearFailures(ctx, endpoint)
		}
		failures, since, err := s.deps.Store.CountFailure(ctx, endpoint, a.At)
		if err != nil {
			return err
		}
		switch {
		case a.Status == statusGone:
			return s.disable(ctx, endpoint, Gone)
		case failures >= s.deps.Config.DisableAfter && a.At.Sub(since) >= s.deps.Config.DisableAfterTime:
			return s.disable(ctx, endpoint, Failing)
		}
		return nil
	})
}

func (s *Service) disable(ctx context.Context, id, reason string) error {
	e, err := s.deps.Store.Endpoint(ctx, id)
	if err != nil || e.State == Disabled {
		return err
	}
	e.State, e.DisabledReason = Disabled, reason
	e.Secrets = slices.Clone(e.Secrets)
	e.Version++
	e.UpdatedAt = s.deps.Clock.Now()
	if err := s.deps.Store.SaveEndpoint(ctx, e); err != nil {
		return err
	}
	return s.write(ctx, policy.SystemActor(), e, "disabled",
		event.Event{Name: event.WebhookDisabled, Data: map[string]any{"reason": reason}})
}
