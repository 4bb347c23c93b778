package app

import (
	"context"
	"time"

	"chengqiao/internal/account"
	"chengqiao/internal/catalog"
	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/httpapi"
	"chengqiao/internal/kv"
	"chengqiao/internal/mail"
	"chengqiao/internal/notify"
	"chengqiao/internal/outbox"
	"chengqiao/internal/policy"
	"chengqiao/internal/store"
)

// attempts lets accounts count attempts at secrets. It fails closed: when the
// kv is away the attempt is refused.
type attempts struct{ limiter kv.Limiter }

var _ account.Limiter = attempts{}

func (j attempts) Allow(ctx context.Context, key string, count int, period time.Duration) (time.Duration, error) {
	return waitFor(ctx, j.limiter, "account/"+key, kv.Limit{Count: count, Period: period})
}

func (j attempts) Forget(ctx context.Context, key string) error {
	return j.limiter.Forget(ctx, "account/"+key)
}

// waitFor spends one of a key's allowance; what it gives is positive when there is
// none left.
func waitFor(ctx context.Context, limiter kv.Limiter, key string, limit kv.Limit) (retryAfter time.Duration, err error) {
	d, err := limiter.Allow(ctx, key, limit)
	if err != nil || d.Allowed {
		return 0, err
	}
	return max(d.RetryAfter, time.Nanosecond), nil
}

// requests spreads the load of clients; when the kv is away it allows.
type requests struct {
	limiter   kv.Limiter
	perMinute int
}

var _ httpapi.RequestLimiter = requests{}

func (j requests) AllowRequest(ctx context.Context, client string) (httpapi.RequestQuota, error) {
	d, err := j.limiter.Allow(ctx, "request/"+client, kv.Limit{Count: j.perMinute, Period: time.Minute})
	return httpapi.RequestQuota{
		Allowed: d.Allowed, Limit: j.perMinute, Remaining: d.Remaining, RetryAfter: d.RetryAfter, Reset: d.ResetAfter,
	}, err
}

// sessions lets the HTTP server resolve its cookies.
type sessions struct{ accounts *account.Service }

var _ httpapi.Authenticator = sessions{}

func (j sessions) Authenticate(ctx context.Context, token, actingOrg string) (httpapi.Session, error) {
	a, err := j.accounts.Authenticate(ctx, token, actingOrg)
	return httpapi.Session{ID: a.SessionID, Actor: a.Actor, Locale: a.Locale}, err
}

// keyedAnswers lets the HTTP server keep its answers in the transaction of their change.
type keyedAnswers struct{ kept *store.Idempotency }

var _ httpapi.Idempotency = keyedAnswers{}

func (j keyedAnswers) Do(ctx context.Context, req httpapi.KeyedRequest, fn func(ctx context.Context) (httpapi.KeptAnswer, error)) (httpapi.KeptAnswer, bool, error) {
	answer, replayed, err := j.kept.Do(ctx, store.Request(req), func(ctx context.Context) (store.Response, error) {
		a, err := fn(ctx)
		return store.Response(a), err
	})
	return httpapi.KeptAnswer(answer), replayed, err
}

// personNames names contributors.
type personNames struct{ accounts *account.Service }

var _ catalog.Persons = personNames{}

func (j personNames) Names(ctx context.Context, ids []string) (map[string]string, error) {
	return j.accounts.PersonNames(ctx, ids)
}

// undelivered lets the operator read what waits to be delivered.
type undelivered struct{ p *platform }

var _ httpapi.Backlogs = undelivered{}

func (j undelivered) Backlogs(ctx context.Context, actor policy.Actor) ([]outbox.Backlog, error) {
	if err := policy.Check(actor, policy.BacklogRead, policy.Facts{}).Err(); err != nil {
		return nil, err
	}
	return j.p.backlogs(ctx)
}

// auditLines lets the operator read the audit.
type auditLines struct{ journal *store.Journal }

var _ httpapi.AuditLog = auditLines{}

func (j auditLines) Lines(ctx context.Context, actor policy.Actor, kind, subject, before string, limit int) ([]httpapi.AuditLine, error) {
	if err := policy.Check(actor, policy.AuditRead, policy.Facts{}).Err(); err != nil {
		return nil, err
	}
	audited, err := j.journal.Audit(ctx, store.AuditFilter{Kind: kind, Subject: subject, Before: before, Limit: limit})
	out := make([]httpapi.AuditLine, 0, len(audited))
	for _, a := range audited {
		out = append(out, httpapi.AuditLine{
			ID: a.ID, AccountID: a.AccountID, OrgID: a.OrgID, Action: string(a.Entry.Action),
			Kind: a.Entry.Kind, Subject: a.Entry.Subject, Detail: a.Entry.Detail, AtMicros: a.Entry.At.UnixMicro(),
		})
	}
	return out, err
}

// letterRequests completes the letters that accounts ask for.
type letterRequests struct {
	accounts  *account.Service
	publicURL string
}

var _ notify.Requests = letterRequests{}

// letterPages are the pages of the web app that the links of letters open.
var letterPages = map[string]struct{ template, page string }{
	account.LetterVerify:       {"verify_email", "/verify-email?token="},
	account.LetterReset:        {"reset_password", "/reset-password?token="},
	account.LetterAddressKnown: {"address_known", "/sign-in"},
	account.LetterUnfinished:   {"registration_unfinished", "/register"},
	account.LetterHandover:     {"handover_offered", "/organisation"},
	account.LetterSuspended:    {"account_suspended", "/privacy"}, // which says whose the platform is
	account.LetterRestored:     {"account_restored", "/sign-in"},
}

func (j letterRequests) Requested(ctx context.Context, ev event.Event) (notify.Requested, bool, error) {
	l, ok, err := j.accounts.Letter(ctx, ev)
	if err != nil || !ok {
		return notify.Requested{}, false, err
	}
	r := notify.Requested{To: l.Email, Name: l.Name, Locale: l.Locale, Organisation: l.Organisation, Reason: l.Reason, Due: l.ExpiresAt}
	switch page, known := letterPages[l.Kind]; {
	case known:
		r.Template, r.Link = page.template, j.publicURL+page.page+l.Token
	case l.Role != "":
		r.Template, r.Link = "member_invited", j.publicURL+"/claim?token="+l.Token
	default:
		r.Template, r.Link = "contributor_invited", j.publicURL+"/claim?token="+l.Token
	}
	return r, true, nil
}

// letterEndings end letters by their links: those of a topic, or of an alert.
type letterEndings struct{ p *platform }

var _ httpapi.LetterEndings = letterEndings{}

func (j letterEndings) End(ctx context.Context, actor policy.Actor, token string) (httpapi.EndedLetters, error) {
	topic, err := j.p.notices.Unsubscribe(ctx, actor, token)
	if errs.KindOf(err) != errs.Invalid {
		return httpapi.EndedLetters{Topic: topic, InApp: true}, err
	}
	ended, err := j.p.searches.Unsubscribe(ctx, actor, token)
	return httpapi.EndedLetters{Name: ended.Name, InApp: ended.InApp}, err
}

// letters hands the letters of notify to the mail adapter.
type letters struct{ sender mail.Sender }

var _ notify.Sender = letters{}

func (j letters) Send(ctx context.Context, l notify.Letter) error {
	return j.sender.Send(ctx, mail.Message{ID: l.ID, To: l.To, ToName: l.Name, Subject: l.Subject, Text: l.Text, HTML: l.HTML, Unsubscribe: l.Unsubscribe})
}

// liveBus carries live events over the kv.
type liveBus struct{ bus kv.Bus }

var _ notify.Bus = liveBus{}

func (j liveBus) Publish(ctx context.Context, topic string, payload []byte) error {
	return j.bus.Publish(ctx, topic, payload)
}

func (j liveBus) Subscribe(ctx context.Context, topics ...string) (<-chan notify.Signal, error) {
	subscription, err := j.bus.Subscribe(ctx, topics...)
	if err != nil {
		return nil, err
	}
	signals := make(chan notify.Signal)
	go func() {
		defer close(signals)
		for m := range subscription.Messages() {
			select {
			case signals <- notify.Signal(m):
			case <-ctx.Done():
				return
			}
		}
	}()
	return signals, nil
}
