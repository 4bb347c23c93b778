package account

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"chengqiao/internal/errs"
	"chengqiao/internal/ident"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// Credentials are what somebody signs in with, and from where.
type Credentials struct {
	Identifier string
	Password   string
	UserAgent  string
	Address    string
}

// Started is a session just begun: the only moment its secret is known.
type Started struct {
	SessionID string
	Token     string
	ExpiresAt time.Time
	Actor     policy.Actor
}

// maxUserAgent is how much of a client's name is kept, in characters.
const maxUserAgent = 300

// errCredentials is the one answer to an unknown address and a wrong password.
var errCredentials = errs.New(errs.Unauthenticated, "wrong_credentials")

var errSuspended = errs.New(errs.Forbidden, "account_suspended")

// SignIn begins a session. It acts for the account's organisation if there is
// exactly one. A registration whose address is not proven is answered like an
// unknown address: anything else would tell whoever registers an address
// whether it had an account. That an account is suspended is told to whoever
// knows its password, and to nobody else. Errors: errs.Unauthenticated
// "wrong_credentials"; errs.Forbidden "account_suspended"; errs.RateLimited
// "too_many_attempts".
func (s *Service) SignIn(ctx context.Context, actor policy.Actor, c Credentials) (Started, error) {
	if err := policy.Check(actor, policy.SessionCreate, policy.Facts{}).Err(); err != nil {
		return Started{}, err
	}
	if err := s.allowGuess(ctx, c.Identifier, c.Address); err != nil {
		return Started{}, err
	}
	a, err := s.accountOf(ctx, c.Identifier)
	if err != nil {
		return Started{}, err
	}
	// Outside the transaction: the work is heavy, and SQLite has one writer.
	right, err := s.deps.Passwords.Verify(ctx, c.Password, a.PasswordHash)
	if err != nil {
		return Started{}, err
	}
	switch {
	case right && a.Position.State == Suspended:
		return Started{}, errSuspended
	case !right || a.Position.State != Active:
		return Started{}, errCredentials
	}
	started, err := s.begin(ctx, a, c)
	if err != nil {
		return Started{}, err
	}
	// The right password: what was mistyped before is forgiven. Failing to
	// forgive is no reason to refuse.
	_ = s.deps.Limiter.Forget(ctx, guessKey(c.Identifier))
	return started, nil
}

// accountOf is the account of an identifier; the zero Account when there is none.
func (s *Service) accountOf(ctx context.Context, identifier string) (Account, error) {
	i, err := s.deps.Store.IdentifierByValue(ctx, Email, FoldEmail(identifier))
	if absent(err) {
		return Account{}, nil
	}
	if err != nil {
		return Account{}, err
	}
	return s.deps.Store.Account(ctx, i.AccountID)
}

func (s *Service) begin(ctx context.Context, a Account, c Credentials) (Started, error) {
	rehashed := ""
	if s.deps.Passwords.Outdated(a.PasswordHash) {
		var err error
		if rehashed, err = s.deps.Passwords.Hash(ctx, c.Password); err != nil {
			return Started{}, err
		}
	}
	secret := newSessionToken()
	var session Session
	var actor policy.Actor
	err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		now := s.deps.Clock.Now()
		present, err := s.deps.Store.Account(ctx, a.ID)
		if err != nil {
			return err
		}
		if present.Position.State == Suspended {
			return errSuspended
		}
		if present.Version != a.Version { // the password was changed, or the account erased, meanwhile
			return errCredentials
		}
		if rehashed != "" {
			present.PasswordHash = rehashed
			present.Version++
			if err := s.deps.Store.SaveAccount(ctx, present); err != nil {
				return err
			}
		}
		session = Session{
			ID: ident.NewID(), TokenHash: hashToken(secret), AccountID: a.ID, CreatedAt: now, LastSeenAt: now,
			ExpiresAt: now.Add(min(s.deps.Config.SessionIdle, s.deps.Config.SessionLife)),
			UserAgent: cut(c.UserAgent, maxUserAgent), Address: c.Address,
		}
		memberships, err := s.deps.Store.Memberships(ctx, a.ID)
		if err != nil {
			return err
		}
		if len(memberships) == 1 {
			session.ActingOrg = memberships[0].OrgID
		}
		if err := s.endOldest(ctx, a.ID); err != nil {
			return err
		}
		if err := s.deps.Store.InsertSession(ctx, session); err != nil {
			return err
		}
		who, err := s.resolve(ctx, session)
		if err != nil {
			return err
		}
		actor, _ = who.actor(session.ActingOrg)
		return s.write(ctx, actor, policy.SessionCreate, SessionKind, session.ID, 1, nil)
	})
	return Started{SessionID: session.ID, Token: secret, ExpiresAt: session.ExpiresAt, Actor: actor}, err
}

// SignOut ends the session of a request. One that has ended already, before the
// request or by another at the same time, is signed out as well.
func (s *Service) SignOut(ctx context.Context, actor policy.Actor, sessionID string) error {
	if !actor.SignedIn() {
		return nil
	}
	err := s.RevokeSession(ctx, actor, sessionID)
	if absent(err) {
		return nil
	}
	return err
}

// Sessions are one's own that are alive, latest seen first.
func (s *Service) Sessions(ctx context.Context, actor policy.Actor) ([]Session, error) {
	if err := s.own(actor, policy.AccountRead); err != nil {
		return nil, err
	}
	return s.deps.Store.Sessions(ctx, actor.AccountID, s.deps.Clock.Now())
}

// RevokeSession ends one of one's own sessions, at once on every replica that
// hears of it and within Config.CacheFor on all. Error: errs.NotFound.
func (s *Service) RevokeSession(ctx context.Context, actor policy.Actor, id string) error {
	if err := s.own(actor, policy.AccountEdit); err != nil {
		return err
	}
	return s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		sessions, err := s.deps.Store.Sessions(ctx, actor.AccountID, s.deps.Clock.Now())
		if err != nil {
			return err
		}
		for _, session := range sessions {
			if session.ID != id {
				continue
			}
			if err := s.deps.Store.DeleteSession(ctx, id); err != nil {
				return err
			}
			s.forget(ctx, session)
			return s.write(ctx, actor, policy.AccountEdit, SessionKind, id, 2, map[string]any{"revoked": true})
		}
		return errs.New(errs.NotFound, "not_found")
	})
}

// maxSessions is how many sessions an account can have: more than anybody has
// devices, and few enough to be read at every change of rights.
const maxSessions = 50

// endOldest makes room for one more session of an account: what has not been
// seen for longest ends.
func (s *Service) endOldest(ctx context.Context, account string) error {
	sessions, err := s.deps.Store.Sessions(ctx, account, s.deps.Clock.Now())
	if err != nil || len(sessions) < maxSessions {
		return err
	}
	for _, old := range sessions[maxSessions-1:] {
		if err := s.deps.Store.DeleteSession(ctx, old.ID); err != nil {
			return err
		}
		s.forget(ctx, old)
	}
	return nil
}

// endSessions ends all sessions of an account but one ("" for none spared).
func (s *Service) endSessions(ctx context.Context, account, spared string) error {
	sessions, err := s.deps.Store.Sessions(ctx, account, s.deps.Clock.Now())
	if err != nil {
		return err
	}
	for _, session := range sessions {
		if session.ID == spared {
			continue
		}
		if err := s.deps.Store.DeleteSession(ctx, session.ID); err != nil {
			return err
		}
		s.forget(ctx, session)
	}
	return nil
}

// ActFor chooses whom the requests of a session act for; "" for oneself.
// Error: errs.Forbidden "not_a_member".
func (s *Service) ActFor(ctx context.Context, actor policy.Actor, sessionID, org string) error {
	if err := s.own(actor, policy.AccountEdit); err != nil {
		return err
	}
	return s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		sessions, err := s.deps.Store.Sessions(ctx, actor.AccountID, s.deps.Clock.Now())
		if err != nil {
			return err
		}
		for _, session := range sessions {
			if session.ID != sessionID {
				continue
			}
			who, err := s.resolve(ctx, session)
			if err != nil {
				return err
			}
			if _, ok := who.actor(org); !ok {
				return errs.New(errs.Forbidden, "not_a_member")
			}
			s.forget(ctx, session)
			return s.deps.Store.SetActingOrg(ctx, sessionID, org)
		}
		return errs.New(errs.NotFound, "not_found")
	})
}

// seenEvery is how exactly a session's last use is kept: a write a request
// would be too dear.
const seenEvery = 5 * time.Minute

// Authenticate resolves a session's secret to its actor. An unknown or ended
// one gives the zero Actor and no error. Error: errs.Forbidden "not_a_member"
// when the request wants to act for an organisation that the account does not
// belong to.
func (s *Service) Authenticate(ctx context.Context, token, actingOrg string) (Authenticated, error) {
	who, err := s.identify(ctx, hashToken(token))
	if err != nil || who.AccountID == "" {
		return Authenticated{}, err
	}
	org := actingOrg
	if org == "" {
		org = who.ActingOrg
	}
	actor, ok := who.actor(org)
	if !ok && actingOrg != "" {
		return Authenticated{}, errs.New(errs.Forbidden, "not_a_member")
	}
	return Authenticated{SessionID: who.SessionID, Actor: actor, Locale: who.Locale}, nil
}

// identify is the identity of a session's hash, from the cache where it can;
// the zero identity when there is none.
func (s *Service) identify(ctx context.Context, hash string) (identity, error) {
	now := s.deps.Clock.Now()
	var who identity
	if raw, ok, err := s.deps.Cache.Get(ctx, cacheKey(hash)); err == nil && ok && json.Unmarshal(raw, &who) == nil {
		if now.Before(who.ExpiresAt) {
			return who, nil
		}
		return identity{}, nil
	}
	session, err := s.deps.Store.SessionByHash(ctx, hash)
	if absent(err) {
		return identity{}, nil
	}
	if err != nil || !now.Before(session.ExpiresAt) {
		return identity{}, err
	}
	if now.Sub(session.LastSeenAt) >= seenEvery {
		session.LastSeenAt = now
		session.ExpiresAt = earlier(now.Add(s.deps.Config.SessionIdle), session.CreatedAt.Add(s.deps.Config.SessionLife))
		if err := s.deps.Store.SeeSession(ctx, session.ID, session.LastSeenAt, session.ExpiresAt); err != nil {
			return identity{}, err
		}
	}
	if who, err = s.resolve(ctx, session); err != nil {
		return identity{}, err
	}
	if raw, err := json.Marshal(who); err == nil {
		_ = s.deps.Cache.Fill(ctx, cacheKey(hash), raw, s.deps.Config.CacheFor)
	}
	return who, nil
}

// resolve reads what a session stands for: for nobody while its account cannot
// be used.
func (s *Service) resolve(ctx context.Context, session Session) (identity, error) {
	a, err := s.deps.Store.Account(ctx, session.AccountID)
	if err != nil || a.Position.State != Active {
		return identity{}, err
	}
	entries, err := s.deps.Store.EntriesOf(ctx, a.ID)
	if err != nil {
		return identity{}, err
	}
	memberships, err := s.deps.Store.Memberships(ctx, a.ID)
	if err != nil {
		return identity{}, err
	}
	who := identity{SessionID: session.ID, AccountID: a.ID, PersonID: a.PersonID, Locale: a.Locale,
		ActingOrg: session.ActingOrg, ExpiresAt: session.ExpiresAt, Memberships: memberships}
	for _, p := range entries {
		if p.ID != a.PersonID {
			who.Entries = append(who.Entries, p.ID)
		}
	}
	return who, nil
}

// settled is after which time no request still resolves a session as it was
// before a change.
const settled = 10 * time.Second

// forget drops a session from the cache once the change is committed, and what
// others are resolving just now, who may have read before it.
func (s *Service) forget(ctx context.Context, session Session) {
	// The request may be over by then; its end must not keep a revoked session alive.
	after := context.WithoutCancel(ctx)
	s.deps.Tx.AfterCommit(ctx, func() { _ = s.deps.Cache.Drop(after, settled, cacheKey(session.TokenHash)) })
}

// forgetAccounts drops all sessions of accounts from the cache: what they may
// do has changed.
func (s *Service) forgetAccounts(ctx context.Context, accounts ...string) error {
	for _, a := range accounts {
		sessions, err := s.deps.Store.Sessions(ctx, a, s.deps.Clock.Now())
		if err != nil {
			return err
		}
		for _, session := range sessions {
			s.forget(ctx, session)
		}
	}
	return nil
}

// own checks an action on one's own account.
func (s *Service) own(actor policy.Actor, action policy.Action) error {
	if !actor.SignedIn() {
		return errs.New(errs.Unauthenticated, "sign_in_required")
	}
	return policy.Check(actor, action, policy.Facts{AccountID: actor.AccountID}).Err()
}

func cacheKey(hash string) string { return "session/" + hash }

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// cut keeps the first n characters.
func cut(s string, n int) string {
	s = strings.ToValidUTF8(s, "") // a header can hold any bytes; PostgreSQL cannot
	if text.Length(s) <= n {
		return s
	}
	return string([]rune(s)[:n])
}
