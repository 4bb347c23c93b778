package webhook

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/ident"
	"chengqiao/internal/journal"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// The bounds of what an organisation keeps.
const (
	// MaxEndpoints is how many endpoints an organisation has.
	MaxEndpoints = 10
	maxURL       = 500
	maxName      = 80
	maxPage      = 100
	maxAttempts  = 50
	// secretOverlap is how long a replaced secret signs beside the new one.
	secretOverlap = 24 * time.Hour
	// maxSecrets bounds the signatures of one message.
	maxSecrets = 3
)

// Sender makes the requests.
type Sender interface {
	// Refused is the stable code of why an address is none to send to; "" for
	// one that may be tried.
	Refused(address *url.URL) string
	// Send posts a body. A request that got no answer has an Answer with Fault.
	Send(ctx context.Context, address string, header map[string]string, body []byte) Answer
}

// Answer is what came back.
type Answer struct {
	Status  int
	Excerpt string
	// Fault is why nothing came back, a stable code: "timed_out",
	// "address_refused", "not_reached", "tls_failed".
	Fault string
}

// Listings knows what anybody may read of a listing.
type Listings interface {
	// PublicTitle is the title of a listing that is public now; ok is false for
	// any other.
	PublicTitle(ctx context.Context, kind, id string) (title text.Text, ok bool, err error)
}

// Parties knows the organisations on both sides.
type Parties interface {
	// PartiesOf a subject (introduction, deal); errs.NotFound when it is gone.
	PartiesOf(ctx context.Context, kind, id string) ([]string, error)
}

// Config is what an operator sets.
type Config struct {
	// DisableAfter is how many attempts fail one after the other, and
	// DisableAfterTime over how long a time at least, before an endpoint is
	// disabled.
	DisableAfter     int
	DisableAfterTime time.Duration
	// PublicURL is the address people use, without a trailing slash.
	PublicURL string
}

// Deps are what the service works with.
type Deps struct {
	Tx       journal.Transactor
	Store    Store
	Journal  journal.Journal
	Clock    clock.Clock
	Sealer   Sealer
	Sender   Sender
	Listings Listings
	Parties  Parties
	Config   Config
}

// Service is the use cases of webhooks.
type Service struct{ deps Deps }

// NewService makes the service.
func NewService(deps Deps) *Service { return &Service{deps} }

// Form is what a person says of an endpoint.
type Form struct {
	URL   string
	Name  string
	Types []Type
	// Paused rests it.
	Paused bool
}

func (s *Service) check(actor policy.Actor, org string) error {
	return policy.Check(actor, policy.WebhookManage, policy.Facts{OwnerOrg: org}).Err()
}

// complete cleans a form and finds what is wrong with it.
func (s *Service) complete(f Form) (Form, error) {
	f.URL, f.Name = strings.TrimSpace(f.URL), strings.TrimSpace(f.Name)
	var faults []errs.Field
	address, err := url.Parse(f.URL)
	switch {
	case f.URL == "":
		faults = append(faults, errs.Field{Path: "url", Code: "required"})
	case utf8.RuneCountInString(f.URL) > maxURL:
		faults = append(faults, errs.Field{Path: "url", Code: "too_long", Params: errs.Params{"max": maxURL}})
	case err != nil || address.Host == "" || address.User != nil || address.Fragment != "":
		faults = append(faults, errs.Field{Path: "url", Code: "wrong_format"})
	default:
		if code := s.deps.Sender.Refused(address); code != "" {
			faults = append(faults, errs.Field{Path: "url", Code: code})
		}
	}
	if utf8.RuneCountInString(f.Name) > maxName {
		faults = append(faults, errs.Field{Path: "name", Code: "too_long", Params: errs.Params{"max": maxName}})
	}
	f.Types = slices.Compact(slices.Sorted(slices.Values(f.Types)))
	if len(f.Types) == 0 {
		faults = append(faults, errs.Field{Path: "types", Code: "required"})
	}
	for _, t := range f.Types {
		if !slices.Contains(AllTypes, t) {
			faults = append(faults, errs.Field{Path: "types", Code: "unknown_value"})
		}
	}
	return f, errs.InvalidFields(faults)
}

// Endpoints are an organisation's, oldest first.
func (s *Service) Endpoints(ctx context.Context, actor policy.Actor, org string) ([]Endpoint, error) {
	if err := s.check(actor, org); err != nil {
		return nil, err
	}
	return s.deps.Store.Endpoints(ctx, org, MaxEndpoints)
}

// Endpoint is one of an organisation's. Error: errs.NotFound.
func (s *Service) Endpoint(ctx context.Context, actor policy.Actor, org, id string) (Endpoint, error) {
	if err := s.check(actor, org); err != nil {
		return Endpoint{}, err
	}
	e, err := s.deps.Store.Endpoint(ctx, id)
	if err == nil && e.OrgID != org {
		return Endpoint{}, errs.New(errs.NotFound, "not_found")
	}
	return e, err
}

// Create makes an endpoint, and its secret: the only moment it is shown.
// Errors: errs.Invalid "invalid_fields"; errs.Conflict "too_many_webhooks".
func (s *Service) Create(ctx context.Context, actor policy.Actor, org string, form Form) (Endpoint, string, error) {
	if err := s.check(actor, org); err != nil {
		return Endpoint{}, "", err
	}
	form, err := s.complete(form)
	if err != nil {
		return Endpoint{}, "", err
	}
	now, secret := s.deps.Clock.Now(), newSecret()
	e := Endpoint{
		ID: ident.NewID(), OrgID: org, URL: form.URL, Name: form.Name, Types: form.Types, State: stateOf(form),
		CreatedBy: actor.AccountID, CreatedAt: now, UpdatedAt: now, Version: 1,
	}
	e.Secrets = []Secret{{Sealed: s.deps.Sealer.seal(e.ID, secret), CreatedAt: now}}
	err = s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		others, err := s.deps.Store.Endpoints(ctx, org, MaxEndpoints)
		if err != nil {
			return err
		}
		if len(others) >= MaxEndpoints {
			return errs.Newp(errs.Conflict, "too_many_webhooks", errs.Params{"max": MaxEndpoints})
		}
		if err := s.deps.Store.InsertEndpoint(ctx, e); err != nil {
			return err
		}
		return s.write(ctx, actor, e, "created")
	})
	return e, secret, err
}

func stateOf(f Form) State {
	if f.Paused {
		return Paused
	}
	return Active
}

// Save changes an endpoint; a disabled one lives again. Errors: errs.Invalid
// "invalid_fields"; errs.Stale "stale_version".
func (s *Service) Save(ctx context.Context, actor policy.Actor, org, id string, version int64, form Form) (Endpoint, error) {
	form, err := s.complete(form)
	if err != nil {
		return Endpoint{}, err
	}
	return s.change(ctx, actor, org, id, "changed", func(e *Endpoint) error {
		if e.Version != version {
			return errs.New(errs.Stale, "stale_version")
		}
		e.URL, e.Name, e.Types, e.State = form.URL, form.Name, form.Types, stateOf(form)
		e.DisabledReason, e.Failures, e.FailingSince = "", 0, time.Time{}
		return nil
	})
}

// Rotate gives an endpoint a new secret, shown once; the old one signs beside
// it for a day.
func (s *Service) Rotate(ctx context.Context, actor policy.Actor, org, id string) (Endpoint, string, error) {
	secret := newSecret()
	e, err := s.change(ctx, actor, org, id, "secret_rotated", func(e *Endpoint) error {
		now := s.deps.Clock.Now()
		for i := range e.Secrets {
			if e.Secrets[i].ExpiresAt.IsZero() {
				e.Secrets[i].ExpiresAt = now.Add(secretOverlap)
			}
		}
		e.Secrets = slices.DeleteFunc(e.Secrets, func(old Secret) bool { return !now.Before(old.ExpiresAt) })
		e.Secrets = slices.Insert(e.Secrets, 0, Secret{Sealed: s.deps.Sealer.seal(e.ID, secret), CreatedAt: now})
		e.Secrets = e.Secrets[:min(len(e.Secrets), maxSecrets)]
		return nil
	})
	return e, secret, err
}

// change loads, changes and saves an endpoint in one transaction.
func (s *Service) change(ctx context.Context, actor policy.Actor, org, id, what string, change func(*Endpoint) error) (Endpoint, error) {
	var e Endpoint
	err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		var err error
		if e, err = s.Endpoint(ctx, actor, org, id); err != nil {
			return err
		}
		e.Secrets = slices.Clone(e.Secrets)
		rested := e.State != Active
		if err := change(&e); err != nil {
			return err
		}
		e.Version++
		e.UpdatedAt = s.deps.Clock.Now()
		if err := s.deps.Store.SaveEndpoint(ctx, e); err != nil {
			return err
		}
		if rested && e.State == Active {
			// A person says that the receiver is back, hours before the next attempt.
			if err := s.deps.Store.Hurry(ctx, e.ID, e.UpdatedAt); err != nil {
				return err
			}
		}
		return s.write(ctx, actor, e, what)
	})
	return e, err
}

// Delete forgets an endpoint with the log of its deliveries.
func (s *Service) Delete(ctx context.Context, actor policy.Actor, org, id string) error {
	return s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		e, err := s.Endpoint(ctx, actor, org, id)
		if err != nil {
			return err
		}
		if err := s.deps.Store.DeleteEndpoint(ctx, id); err != nil {
			return err
		}
		e.Version++
		return s.write(ctx, actor, e, "deleted")
	})
}

// write journals a change. An address may hold a secret of its owner, so the
// audit has none.
func (s *Service) write(ctx context.Context, actor policy.Actor, e Endpoint, what string, events ...event.Event) error {
	action := policy.WebhookManage
	if actor.System {
		action = policy.WebhookDisable
	}
	return s.deps.Journal.Write(ctx, journal.Entry{
		Actor: actor, Action: action, Kind: Kind, Subject: e.ID, Version: e.Version,
		At: s.deps.Clock.Now(), Events: events, Detail: map[string]any{"change": what, "organisation": e.OrgID},
	})
}

// Page is one page of deliveries with the cursor of the next; "" at the end.
type Page struct {
	Items []Delivery
	Next  string
}

// Deliveries is an endpoint's log, newest first. Errors: errs.NotFound;
// errs.Malformed "malformed_cursor".
func (s *Service) Deliveries(ctx context.Context, actor policy.Actor, org, id, cursor string, limit int) (Page, error) {
	if _, err := s.Endpoint(ctx, actor, org, id); err != nil {
		return Page{}, err
	}
	if err := ident.CheckCursor(cursor); err != nil {
		return Page{}, err
	}
	limit = max(1, min(limit, maxPage))
	found, err := s.deps.Store.Deliveries(ctx, id, cursor, limit+1)
	if err != nil || len(found) <= limit {
		return Page{Items: found}, err
	}
	return Page{Items: found[:limit], Next: found[limit-1].ID}, nil
}

// Delivery is one message of the log with its attempts, newest first. Error:
// errs.NotFound.
func (s *Service) Delivery(ctx context.Context, actor policy.Actor, org, endpoint, id string) (Delivery, []Attempt, error) {
	if _, err := s.Endpoint(ctx, actor, org, endpoint); err != nil {
		return Delivery{}, nil, err
	}
	d, err := s.deps.Store.Delivery(ctx, id)
	if err != nil {
		return Delivery{}, nil, err
	}
	if d.EndpointID != endpoint {
		return Delivery{}, nil, errs.New(errs.NotFound, "not_found")
	}
	attempts, err := s.deps.Store.Attempts(ctx, id, maxAttempts)
	return d, attempts, err
}

// Redeliver sends a message of the log again under its own id, also one that
// waits for its next attempt. Errors: errs.Conflict "webhook_not_active", and
// "delivery_pending" for one that is on its way.
func (s *Service) Redeliver(ctx context.Context, actor policy.Actor, org, endpoint, id string) error {
	return s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		e, err := s.activeEndpoint(ctx, actor, org, endpoint)
		if err != nil {
			return err
		}
		d, err := s.deps.Store.Delivery(ctx, id)
		if err != nil {
			return err
		}
		if d.EndpointID != endpoint {
			return errs.New(errs.NotFound, "not_found")
		}
		if err := s.deps.Store.Requeue(ctx, id, s.deps.Clock.Now()); errs.KindOf(err) == errs.Stale {
			return errs.New(errs.Conflict, "delivery_pending")
		} else if err != nil {
			return err
		}
		return s.write(ctx, actor, e, "redelivered")
	})
}

func (s *Service) activeEndpoint(ctx context.Context, actor policy.Actor, org, id string) (Endpoint, error) {
	e, err := s.Endpoint(ctx, actor, org, id)
	if err == nil && e.State != Active {
		err = errs.New(errs.Conflict, "webhook_not_active")
	}
	return e, err
}

// Ping sends an endpoint a message that says nothing, to try it. Error:
// errs.Conflict "webhook_not_active".
func (s *Service) Ping(ctx context.Context, actor policy.Actor, org, id string) (Delivery, error) {
	var d Delivery
	err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		e, err := s.activeEndpoint(ctx, actor, org, id)
		if err != nil {
			return err
		}
		now := s.deps.Clock.Now()
		d, err = newDelivery(e, ident.NewID(), Ping, now, map[string]any{}, now)
		if err != nil {
			return err
		}
		if err := s.deps.Store.InsertDeliveries(ctx, []Delivery{d}); err != nil {
			return err
		}
		return s.write(ctx, actor, e, "pinged")
	})
	return d, err
}

// LogKept is how long a message stays in the log.
const LogKept = 30 * 24 * time.Hour

// Prune forgets up to limit messages that are older than the log is kept.
func (s *Service) Prune(ctx context.Context, limit int) (int, error) {
	return s.deps.Store.Prune(ctx, s.deps.Clock.Now().Add(-LogKept), limit)
}
