package account

import (
	"context"
	"errors"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/ident"
	"chengqiao/internal/journal"
	"chengqiao/internal/policy"
)

// Transactor is journal.Transactor that also tells of the commit: caches are
// dropped after it, never before.
type Transactor interface {
	journal.Transactor
	AfterCommit(ctx context.Context, f func())
}

// Limiter counts attempts at guessing secrets. When its server is away it
// errs, and the attempt is refused.
type Limiter interface {
	// Allow spends one of count attempts per period; retryAfter is positive
	// when there is none left.
	Allow(ctx context.Context, key string, count int, period time.Duration) (retryAfter time.Duration, err error)
	// Forget gives the key its attempts back.
	Forget(ctx context.Context, key string) error
}

// Cache keeps resolved sessions for a short while; see kv.Cache.
type Cache interface {
	Get(ctx context.Context, key string) (value []byte, ok bool, err error)
	Fill(ctx context.Context, key string, value []byte, ttl time.Duration) error
	Drop(ctx context.Context, hold time.Duration, keys ...string) error
}

// Kept is a record that outlives an erasure, and why.
type Kept struct {
	What   string // a stable code: "contract_parties", "reward_payments"
	Ground string // the law's ground, a stable code: "contract_record", "tax_record"
	// Named: the record stands on the person's name, which then stays with it.
	Named bool
}

// Records is another package's view of a person's data.
type Records interface {
	// Export is what it holds about the account and the person's entries, as
	// it is to be shown to that person.
	Export(ctx context.Context, account string, persons []string) (any, error)
	// Keeps says which records of the account and the persons the law makes it
	// keep.
	Keeps(ctx context.Context, account string, persons []string) ([]Kept, error)
}

// Traces are what another package keeps for an account's sake alone, and what
// goes with it: the copies of its letters, its notifications.
type Traces interface {
	// Erase forgets what is kept for an account and its addresses. It may be
	// called again, and for one of which nothing is kept.
	Erase(ctx context.Context, account string, addresses []string) error
}

// Belongings are what another package keeps for a person alone.
type Belongings interface {
	// Forget drops an account's, in the transaction that erases the account.
	Forget(ctx context.Context, account string) error
}

// Config are the times and secrets that an operator sets; zero times take
// their defaults.
type Config struct {
	// TokenKey signs one-time tokens: 32 random bytes or more, the same on all
	// replicas. Changing it makes the letters already sent worthless.
	TokenKey []byte
	// SessionIdle ends a session not used for so long (default 14 days),
	// SessionLife every session (default 90 days).
	SessionIdle, SessionLife time.Duration
	// VerifyWithin, ResetWithin and InviteWithin are the lives of the letters'
	// links (default 48 hours, 1 hour, 30 days).
	VerifyWithin, ResetWithin, InviteWithin time.Duration
	// Guesses are the attempts to prove a password, to one account (default 10
	// in 15 minutes); Letters are those that anybody can have sent to one
	// address (default 5 an hour). One network address has ten times as many.
	Guesses, Letters Limit
	// RegistrationClosed leaves accounts to those who are invited.
	RegistrationClosed bool
	// CacheFor bounds how stale a replica's view of a session can be when its
	// cache could not be told of a change (default 30 seconds).
	CacheFor time.Duration
}

func (c Config) withDefaults() Config {
	const day = 24 * time.Hour
	for value, standard := range map[*time.Duration]time.Duration{
		&c.SessionIdle: 14 * day, &c.SessionLife: 90 * day, &c.CacheFor: 30 * time.Second,
		&c.VerifyWithin: 2 * day, &c.ResetWithin: time.Hour, &c.InviteWithin: 30 * day,
	} {
		if *value <= 0 {
			*value = standard
		}
	}
	if c.Guesses.Count <= 0 {
		c.Guesses = Limit{Count: 10, Period: 15 * time.Minute}
	}
	if c.Letters.Count <= 0 {
		c.Letters = Limit{Count: 5, Period: time.Hour}
	}
	return c
}

// Deps are what the service works with.
type Deps struct {
	Tx        Transactor
	Store     Store
	Journal   journal.Journal
	Clock     clock.Clock
	Passwords *Passwords
	Limiter   Limiter
	Cache     Cache
	Regions   Regions
	Files     Files
	// Belongings are what other packages keep for an account and forget with it.
	Belongings []Belongings
	// Records are the other packages' by the name of their section in an export.
	Records map[string]Records
	// Traces are what goes with an account.
	Traces []Traces
	Config Config
}

// Service is the use cases of accounts and organisations. Every error is an
// *errs.Error or the context's.
type Service struct {
	deps Deps
	keys keyring
}

const minTokenKey = 32

// NewService makes the service. A token key that is too short is a mistake in
// the configuration: errs.Invalid "token_key_too_short".
func NewService(deps Deps) (*Service, error) {
	if len(deps.Config.TokenKey) < minTokenKey {
		return nil, errs.Newp(errs.Invalid, "token_key_too_short", errs.Params{"min_bytes": minTokenKey})
	}
	deps.Config = deps.Config.withDefaults()
	return &Service{deps: deps, keys: keyring{deps.Config.TokenKey}}, nil
}

// Letters that this package asks for, as "letter" in a MailRequested event.
const (
	LetterVerify             = "verify_email"
	LetterAddressKnown       = "address_known"
	LetterUnfinished         = "registration_unfinished"
	LetterReset              = "reset_password"
	LetterMemberInvited      = "member_invited"
	LetterContributorInvited = "contributor_invited"
	LetterHandover           = "handover_offered"
	LetterSuspended          = "account_suspended"
	LetterRestored           = "account_restored"
)

// letter is the event that asks for a letter about a token. It carries ids
// alone; the mail worker gets the rest from Letter.
func letter(kind, subject, tokenID string) event.Event {
	return event.Event{Name: event.MailRequested, Data: map[string]any{"letter": kind, "subject": subject, "token_id": tokenID}}
}

// issue makes and keeps a token with what t says it is for.
func (s *Service) issue(ctx context.Context, t Token, life time.Duration) (Token, error) {
	t.ID, t.CreatedAt = ident.NewID(), s.deps.Clock.Now()
	t.ExpiresAt = t.CreatedAt.Add(life)
	return t, s.deps.Store.InsertToken(ctx, t)
}

// errTokenInvalid is the one answer to a token that is forged, used, too old
// or for something else: telling which helps a guesser.
var errTokenInvalid = errs.New(errs.Invalid, "token_invalid")

// redeem uses a token up inside the caller's transaction.
func (s *Service) redeem(ctx context.Context, p Purpose, text string) (Token, error) {
	id, ok := s.keys.open(p, text)
	if !ok {
		return Token{}, errTokenInvalid
	}
	t, err := s.deps.Store.Token(ctx, id)
	if absent(err) {
		return Token{}, errTokenInvalid
	}
	if err != nil {
		return Token{}, err
	}
	now := s.deps.Clock.Now()
	if !t.good(p, now) {
		return Token{}, errTokenInvalid
	}
	if err := s.deps.Store.UseToken(ctx, t.ID, now); err != nil {
		return Token{}, err
	}
	return t, nil
}

// absent tells whether err says that there is no such row.
func absent(err error) bool {
	var e *errs.Error
	return errors.As(err, &e) && e.Kind == errs.NotFound
}

// write journals a change that is no step.
func (s *Service) write(ctx context.Context, actor policy.Actor, action policy.Action, kind, subject string, version int64, detail map[string]any, events ...event.Event) error {
	return s.deps.Journal.Write(ctx, journal.Entry{
		Actor: actor, Action: action, Kind: kind, Subject: subject, Version: version,
		At: s.deps.Clock.Now(), Events: events, Detail: detail,
	})
}
