package account_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"

	"chengqiao/config"
	"chengqiao/internal/account"
	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/ident"
	"chengqiao/internal/kv"
	"chengqiao/internal/kv/memory"
	"chengqiao/internal/policy"
	"chengqiao/internal/sqldb"
	"chengqiao/internal/store"
	"chengqiao/internal/store/storetest"
	"chengqiao/internal/taxonomy"
	"chengqiao/internal/text"
)

var noon = time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)

// cheap are password parameters that cost a test nothing.
var cheap = account.PasswordConfig{MemoryKiB: 64, Passes: 1, Threads: 1, AtOnce: 8}

const password = "长度够用的一句话 2026"

// limiter gives the kv port the shape that account asks for, as app does.
type limiter struct{ kv.Limiter }

func (l limiter) Allow(ctx context.Context, key string, count int, period time.Duration) (time.Duration, error) {
	d, err := l.Limiter.Allow(ctx, key, kv.Limit{Count: count, Period: period})
	if d.Allowed {
		return 0, err
	}
	return max(d.RetryAfter, 1), err
}

// records is another package's view of personal data.
type records struct{ kept []account.Kept }

func (r *records) Export(context.Context, string, []string) (any, error) {
	return map[string]any{"rewards": 1}, nil
}

func (r *records) Keeps(context.Context, string, []string) ([]account.Kept, error) {
	return r.kept, nil
}

// world is the service on a real store.
type world struct {
	*account.Service
	t       *testing.T
	ctx     context.Context
	db      *sqldb.DB
	clock   *clock.Manual
	deps    account.Deps
	records *records
	codes   int
}

func forEachWorld(t *testing.T, fn func(w *world)) {
	t.Helper()
	storetest.ForEachEngine(t, func(t *testing.T, db *sqldb.DB) { fn(newWorld(t, db)) }, account.Machines...)
}

func newWorld(t *testing.T, db *sqldb.DB) *world {
	t.Helper()
	lists, err := taxonomy.Load(config.Files)
	if err != nil {
		t.Fatal(err)
	}
	c := clock.NewManual(noon)
	backend := memory.Open(c)
	w := &world{t: t, ctx: context.Background(), db: db, clock: c, records: &records{}}
	w.deps = account.Deps{
		Tx: db, Store: store.NewAccount(db), Journal: store.NewJournal(db, nil, nil), Clock: c,
		Passwords: account.NewPasswords(cheap), Limiter: limiter{backend}, Cache: backend, Regions: lists, Files: files{db},
		Records: map[string]account.Records{"rewards": w.records},
		Config:  account.Config{TokenKey: bytes.Repeat([]byte{7}, 32)},
	}
	w.Service = w.service()
	return w
}

// service is another replica on the same store.
func (w *world) service() *account.Service {
	w.t.Helper()
	s, err := account.NewService(w.deps)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func wantCode(t *testing.T, err error, kind errs.Kind, code string) {
	t.Helper()
	if err == nil || errs.KindOf(err) != kind || errs.CodeOf(err) != code {
		t.Fatalf("error %v, want kind %d code %q", err, kind, code)
	}
}

func wantField(t *testing.T, err error, path, code string) {
	t.Helper()
	if err == nil || errs.KindOf(err) != errs.Invalid {
		t.Fatalf("error %v, want field %s %s", err, path, code)
	}
	for _, f := range errs.As(err).Fields {
		if f.Path == path && f.Code == code {
			return
		}
	}
	t.Fatalf("error %v, want field %s %s", err, path, code)
}

func registration(email, name string) account.Registration {
	return account.Registration{Email: email, Password: password, Name: name, Locale: text.Chinese, Consents: []account.Consent{
		{Purpose: account.ConsentTerms, Version: "2026-11", Given: true},
		{Purpose: account.ConsentPrivacy, Version: "2026-11", Given: true},
	}}
}

// letters are the letters asked for that are still to be sent, oldest first.
func (w *world) letters() []account.Letter {
	w.t.Helper()
	events, err := sqldb.All(w.ctx, w.db, func(row sqldb.Row) (event.Event, error) {
		e := event.Event{Name: event.MailRequested}
		return e, row.Scan(sqldb.IntoJSON(&e.Data))
	}, `SELECT data FROM events WHERE name = 'mail.requested' ORDER BY id`)
	w.must(err)
	var out []account.Letter
	for _, e := range events {
		l, ok, err := w.Letter(w.ctx, e)
		w.must(err)
		if ok {
			out = append(out, l)
		}
	}
	return out
}

// lastLetter is the latest letter of a kind to an address.
func (w *world) lastLetter(kind, email string) account.Letter {
	w.t.Helper()
	var found account.Letter
	for _, l := range w.letters() {
		if l.Kind == kind && l.Email == email {
			found = l
		}
	}
	if found.Kind == "" {
		w.t.Fatalf("no letter %s to %s among %+v", kind, email, w.letters())
	}
	return found
}

// person opens an account with a proven address and signs it in.
func (w *world) person(email, name string) policy.Actor {
	w.t.Helper()
	_, err := w.CreateAccount(w.ctx, policy.SystemActor(), registration(email, name))
	w.must(err)
	return w.signIn(email).Actor
}

func (w *world) signIn(email string) account.Started {
	w.t.Helper()
	s, err := w.SignIn(w.ctx, policy.Actor{}, account.Credentials{Identifier: email, Password: password, UserAgent: "Test/1.0", Address: "192.0.2.1"})
	w.must(err)
	return s
}

// code is a fresh, right credit code.
func (w *world) code() string {
	w.t.Helper()
	w.codes++
	c, err := ident.CompleteCreditCode(fmt.Sprintf("12650000%08d", w.codes))
	w.must(err)
	return c.String()
}

func (w *world) profile(kind policy.OrgKind, name string) account.Profile {
	w.t.Helper()
	return account.Profile{Kind: kind, Name: text.Zh(name), CreditCode: w.code(), Region: "650100",
		Contact: account.Contact{Name: "李老师", Phone: "0991-1234567", Email: "office@example.org"}}
}

// organisation registers one and gives it with its founder acting for it.
func (w *world) organisation(kind policy.OrgKind, name, founder string) (account.OrganisationView, policy.Actor) {
	w.t.Helper()
	o, err := w.RegisterOrganisation(w.ctx, w.person(founder, "创始人"), w.profile(kind, name))
	w.must(err)
	return o, w.as(founder, o.ID)
}

// as signs a person in and acts for an organisation.
func (w *world) as(email, org string) policy.Actor {
	w.t.Helper()
	a, err := w.Authenticate(w.ctx, w.signIn(email).Token, org)
	w.must(err)
	return a.Actor
}

// files reads which files belong to a subject from the store, as documents do.
type files struct{ db *sqldb.DB }

func (f files) Attached(ctx context.Context, kind, subject string, ids []string) (map[string]bool, error) {
	own, err := sqldb.All(ctx, f.db, sqldb.Scalar[string],
		`SELECT id FROM files WHERE subject_kind = $1 AND subject_id = $2 AND id IN (`+sqldb.Placeholders(3, len(ids))+`)`,
		sqldb.Args([]any{kind, subject}, ids)...)
	out := map[string]bool{}
	for _, id := range own {
		out[id] = true
	}
	return out, err
}

// file attaches a file to an organisation and gives its id.
func (w *world) file(org string) string {
	w.t.Helper()
	id := ident.NewID()
	_, err := w.db.Exec(w.ctx, `
		INSERT INTO files (id, subject_kind, subject_id, blob_key, name, size, content_type, sha256, tier, uploaded_by, org_id, uploaded_at)
		VALUES ($1, 'organisation', $2, $1, 'licence.pdf', 1, 'application/pdf', '', 'NDA', '', $2, 0)`, id, org)
	w.must(err)
	return id
}

// licence is what proves an organisation, to its last day; "" without end.
func (w *world) licence(org string, until clock.Date) account.CredentialForm {
	w.t.Helper()
	return account.CredentialForm{Kind: account.BusinessLicence, Number: "6501", Issuer: "市场监督管理局", ValidUntil: until, FileID: w.file(org)}
}

// prove submits what proves an organisation.
func (w *world) prove(head policy.Actor) account.CredentialView {
	w.t.Helper()
	c, err := w.SubmitCredential(w.ctx, head, head.OrgID, w.licence(head.OrgID, ""))
	w.must(err)
	return c
}

// verified is an organisation that the platform has verified by a licence.
func (w *world) verified(kind policy.OrgKind, name, founder string, until clock.Date) (account.OrganisationView, policy.Actor) {
	w.t.Helper()
	o, head := w.organisation(kind, name, founder)
	_, err := w.SubmitCredential(w.ctx, head, o.ID, w.licence(o.ID, until))
	w.must(err)
	_, err = w.step(head, o.ID, "submit", "")
	w.must(err)
	o, err = w.step(w.verifier(), o.ID, "verify", "")
	w.must(err)
	return o, w.as(founder, o.ID)
}

// step takes a step of an organisation's verification as it stands.
func (w *world) step(actor policy.Actor, org, verb, reason string) (account.OrganisationView, error) {
	w.t.Helper()
	now, err := w.Organisation(w.ctx, policy.SystemActor(), org)
	w.must(err)
	return w.StepOrganisation(w.ctx, actor, org, now.Version, verb, reason)
}

// verifier acts for the platform.
func (w *world) verifier() policy.Actor {
	return policy.Actor{AccountID: "verifier", OrgID: "platform", OrgKind: policy.Platform, OrgVerified: true, Roles: []policy.Role{policy.Verifier}}
}
