package account_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"chengqiao/internal/account"
	"chengqiao/internal/errs"
	"chengqiao/internal/policy"
	"chengqiao/internal/sqldb"
	"chengqiao/internal/text"
)

var visitor = policy.Actor{}

func TestAnAccountIsOpenOnceItsAddressIsProven(t *testing.T) {
	forEachWorld(t, func(w *world) {
		w.must(w.Register(w.ctx, visitor, registration(" Li@Example.org ", "李  梅"), "192.0.2.1"))
		credentials := account.Credentials{Identifier: "li@example.ORG", Password: password}
		_, err := w.SignIn(w.ctx, visitor, credentials)
		wantCode(w.t, err, errs.Unauthenticated, "wrong_credentials")

		l := w.lastLetter(account.LetterVerify, "Li@Example.org")
		if l.Name != "李 梅" || l.Locale != text.Chinese || l.Token == "" {
			w.t.Fatalf("letter %+v", l)
		}
		w.must(w.VerifyEmail(w.ctx, visitor, l.Token, password, "192.0.2.1"))
		started, err := w.SignIn(w.ctx, visitor, credentials)
		w.must(err)
		me, err := w.Me(w.ctx, started.Actor)
		w.must(err)
		if me.Name != "李 梅" || !me.EmailVerified || me.Email != "Li@Example.org" {
			w.t.Fatalf("me %+v", me)
		}
		wantCode(w.t, w.VerifyEmail(w.ctx, visitor, l.Token, password, "192.0.2.1"), errs.Invalid, "token_invalid")
	})
}

func TestAnAccountHasABoundedNumberOfSessions(t *testing.T) {
	forEachWorld(t, func(w *world) {
		actor := w.person("li@example.org", "李梅")
		first := w.signIn("li@example.org")
		for range 50 {
			w.clock.Advance(time.Second)
			w.signIn("li@example.org")
		}
		sessions, err := w.Sessions(w.ctx, actor)
		w.must(err)
		if len(sessions) != 50 {
			w.t.Errorf("%d sessions", len(sessions))
		}
		if a, err := w.Authenticate(w.ctx, first.Token, ""); err != nil || a.Actor.SignedIn() {
			w.t.Errorf("the oldest session still stands: %+v (%v)", a, err)
		}
	})
}

func TestAClientCanCallItselfWhatItLikes(t *testing.T) {
	forEachWorld(t, func(w *world) {
		actor := w.person("li@example.org", "李梅")
		for name, kept := range map[string]string{
			"Brow\x80ser\xff":              "Browser",
			strings.Repeat("浏", 300) + "览": strings.Repeat("浏", 300),
		} {
			started, err := w.SignIn(w.ctx, visitor, account.Credentials{Identifier: "li@example.org", Password: password, UserAgent: name})
			w.must(err)
			sessions, err := w.Sessions(w.ctx, actor)
			w.must(err)
			for _, s := range sessions {
				if s.ID == started.SessionID && s.UserAgent != kept {
					w.t.Errorf("kept as %q, want %q", s.UserAgent, kept)
				}
			}
		}
	})
}

func TestRegisteringAKnownAddressTellsItsOwnerAlone(t *testing.T) {
	forEachWorld(t, func(w *world) {
		before := w.person("li@example.org", "李梅")
		impostor := registration("LI@example.org", "Somebody Else")
		impostor.Password = "another long password"
		w.must(w.Register(w.ctx, visitor, impostor, "192.0.2.9"))
		if l := w.lastLetter(account.LetterAddressKnown, "li@example.org"); l.Token != "" {
			w.t.Fatalf("letter %+v", l)
		}
		me, err := w.Me(w.ctx, before)
		w.must(err)
		if me.Name != "李梅" {
			w.t.Fatalf("the impostor renamed the account to %q", me.Name)
		}
		w.signIn("li@example.org")
	})
}

func TestARegistrationsFaultsAreNamedByField(t *testing.T) {
	w := sqliteWorld(t)
	for _, c := range []struct {
		path, code string
		spoil      func(r *account.Registration)
	}{
		{"email", "required", func(r *account.Registration) { r.Email = " " }},
		{"email", "email_invalid", func(r *account.Registration) { r.Email = "li@localhost" }},
		{"email", "email_invalid", func(r *account.Registration) { r.Email = "Li <li@example.org>" }},
		{"email", "too_long", func(r *account.Registration) { r.Email = strings.Repeat("a", 250) + "@example.org" }},
		{"password", "too_short", func(r *account.Registration) { r.Password = "九个字的密码真短啊" }},
		{"password", "too_long", func(r *account.Registration) { r.Password = strings.Repeat("abcde", 41) }},
		{"password", "password_guessable", func(r *account.Registration) { r.Password = "aabbaabbaabb" }},
		{"password", "password_guessable", func(r *account.Registration) { r.Password = "ZHANG@example.org" }},
		{"name", "required", func(r *account.Registration) { r.Name = "\t" }},
		{"name", "required", func(r *account.Registration) { r.Name = "\u200b \u200d" }},
		{"name", "too_long", func(r *account.Registration) { r.Name = strings.Repeat("梅", 101) }},
		{"locale", "unknown_value", func(r *account.Registration) { r.Locale = "fr" }},
		{"consents", "consent_required", func(r *account.Registration) { r.Consents = r.Consents[:1] }},
		{"consents", "consent_required", func(r *account.Registration) { r.Consents[0].Given = false }},
		{"consents[1].purpose", "unknown_value", func(r *account.Registration) { r.Consents[1].Purpose = "resale" }},
		{"consents[0].version", "required", func(r *account.Registration) { r.Consents[0].Version = "" }},
	} {
		r := registration("zhang@example.org", "张三")
		c.spoil(&r)
		wantField(t, w.Register(w.ctx, visitor, r, "192.0.2.1"), c.path, c.code)
	}
	n, err := sqldb.One(w.ctx, w.db, sqldb.Scalar[int64], `SELECT count(*) FROM persons`)
	if err != nil || n != 0 {
		t.Fatalf("%d persons stored of broken registrations, %v", n, err)
	}
}

func TestOfTwoRegistrationsAtOnceOneAccountComes(t *testing.T) {
	forEachWorld(t, func(w *world) {
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				// A collision may surface as a conflict; it must not make two accounts.
				err := w.Register(w.ctx, visitor, registration("li@example.org", "李梅"), "192.0.2.1")
				if err != nil && errs.KindOf(err) != errs.Conflict && errs.KindOf(err) != errs.Stale {
					w.t.Error(err)
				}
			})
		}
		wg.Wait()
		n, err := sqldb.One(w.ctx, w.db, sqldb.Scalar[int64], `SELECT count(*) FROM accounts`)
		w.must(err)
		if n != 1 {
			w.t.Fatalf("%d accounts", n)
		}
	})
}

func TestAWrongPasswordAndAnUnknownAddressGetTheSameAnswer(t *testing.T) {
	forEachWorld(t, func(w *world) {
		w.person("li@example.org", "李梅")
		_, wrong := w.SignIn(w.ctx, visitor, account.Credentials{Identifier: "li@example.org", Password: "not this one", Address: "192.0.2.1"})
		_, unknown := w.SignIn(w.ctx, visitor, account.Credentials{Identifier: "nobody@example.org", Password: password, Address: "192.0.2.1"})
		wantCode(w.t, wrong, errs.Unauthenticated, "wrong_credentials")
		wantCode(w.t, unknown, errs.Unauthenticated, "wrong_credentials")
	})
}

func TestGuessingIsSlowedPerAccountAndForgivenByTheRightPassword(t *testing.T) {
	w := sqliteWorld(t)
	w.person("li@example.org", "李梅")
	guess := func(from string) error {
		_, err := w.SignIn(w.ctx, visitor, account.Credentials{Identifier: "li@example.org", Password: "a wrong guess", Address: from})
		return err
	}
	for range 5 {
		wantCode(t, guess("192.0.2.1"), errs.Unauthenticated, "wrong_credentials")
	}
	w.signIn("li@example.org")
	for range 10 {
		wantCode(t, guess("192.0.2.7"), errs.Unauthenticated, "wrong_credentials")
	}
	err := guess("192.0.2.8") // another address does not help
	wantCode(t, err, errs.RateLimited, "too_many_attempts")
	if s, _ := errs.As(err).Params["retry_after_seconds"].(int); s <= 0 {
		t.Fatalf("params %v", errs.As(err).Params)
	}
	w.clock.Advance(15 * time.Minute)
	w.signIn("li@example.org")
}

func TestASecretsLimitFailsClosed(t *testing.T) {
	w := sqliteWorld(t)
	w.person("li@example.org", "李梅")
	away := errs.New(errs.Unavailable, "kv_unavailable")
	w.deps.Limiter = brokenLimiter{away}
	_, err := w.service().SignIn(w.ctx, visitor, account.Credentials{Identifier: "li@example.org", Password: password})
	if !errors.Is(err, away) {
		t.Fatalf("signed in without a limit: %v", err)
	}
}

type brokenLimiter struct{ err error }

func (b brokenLimiter) Allow(context.Context, string, int, time.Duration) (time.Duration, error) {
	return 0, b.err
}
func (b brokenLimiter) Forget(context.Context, string) error { return b.err }

func TestASessionOutlivesTheProcessAndEndsInTime(t *testing.T) {
	forEachWorld(t, func(w *world) {
		w.person("li@example.org", "李梅")
		started := w.signIn("li@example.org")
		restarted := w.service()
		a, err := restarted.Authenticate(w.ctx, started.Token, "")
		w.must(err)
		if a.Actor.AccountID != started.Actor.AccountID || a.SessionID != started.SessionID {
			w.t.Fatalf("authenticated %+v", a)
		}
		// Used every day, it lives on, but not for ever.
		for range 89 {
			w.clock.Advance(24 * time.Hour)
			if a, err = w.Authenticate(w.ctx, started.Token, ""); err != nil || !a.Actor.SignedIn() {
				w.t.Fatalf("signed out on %s, %v", w.clock.Now(), err)
			}
		}
		w.clock.Advance(24 * time.Hour)
		if a, err = w.Authenticate(w.ctx, started.Token, ""); err != nil || a.Actor.SignedIn() {
			w.t.Fatalf("still signed in after 90 days, %v", err)
		}
		idle := w.signIn("li@example.org")
		w.clock.Advance(14 * 24 * time.Hour)
		if a, err = w.Authenticate(w.ctx, idle.Token, ""); err != nil || a.Actor.SignedIn() {
			w.t.Fatalf("still signed in after 14 idle days, %v", err)
		}
		if n, err := w.Prune(w.ctx, 10); err != nil || n != 3 {
			w.t.Fatalf("pruned %d, %v", n, err)
		}
	})
}

func TestTheStoreHoldsNoSecretOfASession(t *testing.T) {
	w := sqliteWorld(t)
	w.person("li@example.org", "李梅")
	started := w.signIn("li@example.org")
	hash, err := sqldb.One(w.ctx, w.db, sqldb.Scalar[string], `SELECT token_hash FROM sessions WHERE id = $1`, started.SessionID)
	w.must(err)
	if strings.Contains(hash, started.Token) {
		t.Fatal("the secret is stored")
	}
	if a, err := w.Authenticate(w.ctx, hash, ""); err != nil || a.Actor.SignedIn() {
		t.Fatalf("the stored hash signs in, %v", err)
	}
}

func TestARevokedSessionIsOverAtOnce(t *testing.T) {
	forEachWorld(t, func(w *world) {
		actor := w.person("li@example.org", "李梅")
		lost := w.signIn("li@example.org")
		if _, err := w.Authenticate(w.ctx, lost.Token, ""); err != nil { // now it is cached
			w.t.Fatal(err)
		}
		sessions, err := w.Sessions(w.ctx, actor)
		w.must(err)
		if len(sessions) != 2 {
			w.t.Fatalf("%d sessions", len(sessions))
		}
		stranger := w.person("wang@example.org", "王五")
		wantCode(w.t, w.RevokeSession(w.ctx, stranger, lost.SessionID), errs.NotFound, "not_found")
		w.must(w.RevokeSession(w.ctx, actor, lost.SessionID))
		if a, err := w.Authenticate(w.ctx, lost.Token, ""); err != nil || a.Actor.SignedIn() {
			w.t.Fatalf("still signed in, %v", err)
		}
	})
}

// lateFill is a cache in which something happens before what was read is kept.
type lateFill struct {
	account.Cache
	before func()
}

func (c *lateFill) Fill(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	if before := c.before; before != nil {
		c.before = nil
		before()
	}
	return c.Cache.Fill(ctx, key, value, ttl)
}

func TestARequestThatBeganBeforeASessionEndedDoesNotBringItBack(t *testing.T) {
	forEachWorld(t, func(w *world) {
		w.person("li@example.org", "李梅")
		started := w.signIn("li@example.org")
		cache := &lateFill{Cache: w.deps.Cache}
		w.deps.Cache = cache
		replica := w.service()
		cache.before = func() { w.must(replica.SignOut(w.ctx, started.Actor, started.SessionID)) }
		if a, err := replica.Authenticate(w.ctx, started.Token, ""); err != nil || !a.Actor.SignedIn() {
			w.t.Fatalf("the request came first, yet %+v, %v", a, err)
		}
		if a, err := replica.Authenticate(w.ctx, started.Token, ""); err != nil || a.Actor.SignedIn() {
			w.t.Fatalf("still signed in, %v", err)
		}
	})
}

func TestASessionThatHasEndedMeanwhileIsSignedOut(t *testing.T) {
	forEachWorld(t, func(w *world) {
		w.person("li@example.org", "李梅")
		started := w.signIn("li@example.org")
		results := make([]error, 4)
		var wg sync.WaitGroup
		for i := range results {
			wg.Go(func() { results[i] = w.SignOut(w.ctx, started.Actor, started.SessionID) })
		}
		wg.Wait()
		for _, err := range results {
			w.must(err)
		}
		if a, err := w.Authenticate(w.ctx, started.Token, ""); err != nil || a.Actor.SignedIn() {
			w.t.Fatalf("still signed in, %v", err)
		}
	})
}

func TestASignOutInsideARolledBackTransactionDidNotHappen(t *testing.T) {
	forEachWorld(t, func(w *world) {
		w.person("li@example.org", "李梅")
		started := w.signIn("li@example.org")
		boom := errors.New("boom")
		err := w.db.InTx(w.ctx, func(ctx context.Context) error {
			w.must(w.SignOut(ctx, started.Actor, started.SessionID))
			return boom
		})
		if !errors.Is(err, boom) {
			w.t.Fatal(err)
		}
		if a, err := w.Authenticate(w.ctx, started.Token, ""); err != nil || !a.Actor.SignedIn() {
			w.t.Fatalf("signed out by what was rolled back, %v", err)
		}
	})
}

func TestAResetSetsThePasswordAndEndsAllSessions(t *testing.T) {
	forEachWorld(t, func(w *world) {
		w.person("li@example.org", "李梅")
		open := w.signIn("li@example.org")
		w.must(w.RequestReset(w.ctx, visitor, "nobody@example.org", "192.0.2.1"))
		w.must(w.RequestReset(w.ctx, visitor, "li@example.org", "192.0.2.1"))
		l := w.lastLetter(account.LetterReset, "li@example.org")
		wantField(w.t, w.CompleteReset(w.ctx, visitor, l.Token, "short"), "password", "too_short")
		const fresh = "a fresh long password"
		w.must(w.CompleteReset(w.ctx, visitor, l.Token, fresh))
		wantCode(w.t, w.CompleteReset(w.ctx, visitor, l.Token, fresh), errs.Invalid, "token_invalid")
		if a, err := w.Authenticate(w.ctx, open.Token, ""); err != nil || a.Actor.SignedIn() {
			w.t.Fatalf("still signed in, %v", err)
		}
		_, err := w.SignIn(w.ctx, visitor, account.Credentials{Identifier: "li@example.org", Password: password})
		wantCode(w.t, err, errs.Unauthenticated, "wrong_credentials")
		_, err = w.SignIn(w.ctx, visitor, account.Credentials{Identifier: "li@example.org", Password: fresh})
		w.must(err)
		recorded, err := sqldb.One(w.ctx, w.db, sqldb.Scalar[int], `SELECT count(*) FROM audit WHERE action = $1`, policy.AccountRecover)
		w.must(err)
		if recorded != 2 {
			w.t.Errorf("the audit has %d lines of the letter and the new password, want 2", recorded)
		}
	})
}

func TestATokenOpensOnlyWhatItIsForAndOnlyInTime(t *testing.T) {
	w := sqliteWorld(t)
	w.person("li@example.org", "李梅")
	w.must(w.RequestReset(w.ctx, visitor, "li@example.org", "192.0.2.1"))
	token := w.lastLetter(account.LetterReset, "li@example.org").Token
	id, mac, _ := strings.Cut(token, ".")
	for name, err := range map[string]error{
		"for verification": w.VerifyEmail(w.ctx, visitor, token, password, "192.0.2.1"),
		"without its MAC":  w.CompleteReset(w.ctx, visitor, id, password),
		"of another id":    w.CompleteReset(w.ctx, visitor, "f"+id[1:]+"."+mac, password),
		"with a short MAC": w.CompleteReset(w.ctx, visitor, token[:len(token)-4], password),
		"made of nothing":  w.CompleteReset(w.ctx, visitor, ".", password),
	} {
		if err == nil || errs.CodeOf(err) != "token_invalid" {
			t.Errorf("a token %s: %v", name, err)
		}
	}
	w.clock.Advance(time.Hour)
	wantCode(t, w.CompleteReset(w.ctx, visitor, token, password), errs.Invalid, "token_invalid")
	if got := w.letters(); len(got) != 0 {
		t.Fatalf("letters with worthless links would still be sent: %+v", got)
	}
}

func TestNoTokenStandsInTheStore(t *testing.T) {
	w := sqliteWorld(t)
	w.must(w.Register(w.ctx, visitor, registration("li@example.org", "李梅"), "192.0.2.1"))
	_, mac, _ := strings.Cut(w.lastLetter(account.LetterVerify, "li@example.org").Token, ".")
	for _, table := range []string{"SELECT data FROM events", "SELECT detail FROM audit", "SELECT id || purpose FROM tokens"} {
		rows, err := sqldb.All(w.ctx, w.db, sqldb.Scalar[string], table)
		w.must(err)
		for _, r := range rows {
			if strings.Contains(r, mac) || strings.Contains(r, "example.org") || strings.Contains(r, "李梅") {
				t.Errorf("%s holds %s", table, r)
			}
		}
	}
}

func TestLettersToOneAddressAreFew(t *testing.T) {
	w := sqliteWorld(t)
	w.person("li@example.org", "李梅")
	for range 5 {
		w.must(w.RequestReset(w.ctx, visitor, "li@example.org", "192.0.2.1"))
	}
	wantCode(t, w.RequestReset(w.ctx, visitor, "li@example.org", "192.0.2.1"), errs.RateLimited, "too_many_attempts")
	if got := w.letters(); len(got) != 1 {
		t.Fatalf("%d letters whose link works, the last one alone should", len(got))
	}
}

// interrupted lets something else happen once, before a transaction begins.
type interrupted struct {
	account.Transactor
	by func()
}

func (i *interrupted) InTx(ctx context.Context, fn func(ctx context.Context) error) error {
	if by := i.by; by != nil {
		i.by = nil
		by()
	}
	return i.Transactor.InTx(ctx, fn)
}

func TestAPasswordThatIsChangedMeanwhileProvesNothing(t *testing.T) {
	forEachWorld(t, func(w *world) {
		w.person("li@example.org", "李梅")
		mine := w.signIn("li@example.org")
		change := func(s *account.Service, from, to string) error {
			return s.UpdateMe(w.ctx, mine.Actor, mine.SessionID, account.Patch{NewPassword: &to, CurrentPassword: from})
		}
		const first, second = "the first of two changes", "the second of two changes"
		late := func(by func()) *account.Service {
			deps := w.deps
			deps.Tx = &interrupted{w.db, by}
			s, err := account.NewService(deps)
			w.must(err)
			return s
		}
		err := change(late(func() { w.must(change(w.Service, password, first)) }), password, "of an attacker's choice")
		wantField(w.t, err, "current_password", "password_wrong")
		_, err = late(func() { w.must(change(w.Service, first, second)) }).Erase(w.ctx, mine.Actor, first)
		wantField(w.t, err, "password", "password_wrong")
		w.must(change(w.Service, second, password))
	})
}

func TestChangingThePasswordNeedsTheOldOneAndEndsOtherSessions(t *testing.T) {
	forEachWorld(t, func(w *world) {
		w.person("li@example.org", "李梅")
		mine, other := w.signIn("li@example.org"), w.signIn("li@example.org")
		fresh, name, locale := "a fresh long password", "李小梅", text.English
		patch := account.Patch{NewPassword: &fresh, CurrentPassword: "wrong", Name: &name, Locale: &locale}
		wantField(w.t, w.UpdateMe(w.ctx, mine.Actor, mine.SessionID, patch), "current_password", "password_wrong")
		patch.CurrentPassword = password
		w.must(w.UpdateMe(w.ctx, mine.Actor, mine.SessionID, patch))
		if a, err := w.Authenticate(w.ctx, mine.Token, ""); err != nil || !a.Actor.SignedIn() || a.Locale != text.English {
			w.t.Fatalf("this session %+v, %v", a, err)
		}
		if a, err := w.Authenticate(w.ctx, other.Token, ""); err != nil || a.Actor.SignedIn() {
			w.t.Fatalf("the other session lives, %v", err)
		}
		me, err := w.Me(w.ctx, mine.Actor)
		w.must(err)
		if me.Name != name {
			w.t.Fatalf("name %q", me.Name)
		}
	})
}
