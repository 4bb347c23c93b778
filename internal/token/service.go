package token

import (
	"context"
	"crypto/subtle"
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
)

// SeenEvery is how exactly a token's last use is kept: a write a request would
// be too dear.
const SeenEvery = 5 * time.Minute

// The bounds of what a person makes.
const (
	// MaxTokens is how many good ones a person has for one organisation.
	MaxTokens = 20
	maxName   = 80
	// maxYear is the last that RFC 3339 can write: a token of a later one could
	// not be listed, nor any beside it.
	maxYear = 9999
	maxPage = 100
)

// Store keeps tokens. Writes join the transaction in ctx; single reads give
// errs.NotFound "not_found".
type Store interface {
	InsertToken(ctx context.Context, t Token) error
	Token(ctx context.Context, id string) (Token, error)
	TokenByPrefix(ctx context.Context, prefix string) (Token, error)
	// Tokens of an organisation, newest first, before an id ("" begins at the
	// newest); account "" is everybody's.
	Tokens(ctx context.Context, org, account, before string, limit int) ([]Token, error)
	// CountGood counts a person's tokens for an organisation that have not
	// ended at an instant.
	CountGood(ctx context.Context, org, account string, now time.Time) (int, error)
	// EndToken ends one that has not ended; errs.Stale otherwise.
	EndToken(ctx context.Context, id string, at time.Time, reason string) error
	// EndTokens ends all of a person's for an organisation.
	EndTokens(ctx context.Context, org, account string, at time.Time, reason string) error
	// DeleteTokens forgets all of an account's.
	DeleteTokens(ctx context.Context, account string) error
	SeeToken(ctx context.Context, id string, at time.Time) error
}

// People knows as whom an account acts.
type People interface {
	// Acting is the actor that an account is for an organisation now, and the
	// account's language; ok is false when the account is gone, suspended or no
	// member.
	Acting(ctx context.Context, account, org string) (actor policy.Actor, locale string, ok bool, err error)
	// Member tells whether an account belongs to an organisation, suspended or not.
	Member(ctx context.Context, account, org string) (bool, error)
}

// Deps are what the service works with.
type Deps struct {
	Tx      journal.Transactor
	Store   Store
	Journal journal.Journal
	Clock   clock.Clock
	People  People
}

// Service is the use cases of tokens.
type Service struct{ deps Deps }

// NewService makes the service.
func NewService(deps Deps) *Service { return &Service{deps} }

// Form is what a person says of a new token.
type Form struct {
	Name   string
	Scopes []policy.TokenScope
	// ExpiresAt is zero for no end date.
	ExpiresAt time.Time
}

// Create makes a token of the actor for the organisation, and its text: the
// only moment it is known. Errors: errs.Invalid "invalid_fields";
// errs.Conflict "too_many_tokens".
func (s *Service) Create(ctx context.Context, actor policy.Actor, org string, form Form) (Token, string, error) {
	if err := policy.Check(actor, policy.TokenCreate, policy.Facts{OwnerOrg: org}).Err(); err != nil {
		return Token{}, "", err
	}
	now := s.deps.Clock.Now()
	name := strings.TrimSpace(form.Name)
	scopes := slices.Compact(slices.Sorted(slices.Values(form.Scopes)))
	if err := errs.InvalidFields(faults(name, scopes, form.ExpiresAt, now)); err != nil {
		return Token{}, "", err
	}
	text, prefix := newText()
	t := Token{
		ID: ident.NewID(), Prefix: prefix, Hash: hash(text), AccountID: actor.AccountID, OrgID: org, Name: name,
		Scopes: scopes, CreatedAt: now, ExpiresAt: form.ExpiresAt.UTC().Truncate(time.Microsecond),
	}
	if form.ExpiresAt.IsZero() {
		t.ExpiresAt = time.Time{}
	}
	err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		n, err := s.deps.Store.CountGood(ctx, org, actor.AccountID, now)
		if err != nil {
			return err
		}
		if n >= MaxTokens {
			return errs.Newp(errs.Conflict, "too_many_tokens", errs.Params{"max": MaxTokens})
		}
		if err := s.deps.Store.InsertToken(ctx, t); err != nil {
			return err
		}
		return s.write(ctx, actor, policy.TokenCreate, t, 1, map[string]any{"prefix": prefix, "scopes": scopes})
	})
	return t, text, err
}

func faults(name string, scopes []policy.TokenScope, expires, now time.Time) []errs.Field {
	var out []errs.Field
	switch {
	case name == "":
		out = append(out, errs.Field{Path: "name", Code: "required"})
	case utf8.RuneCountInString(name) > maxName:
		out = append(out, errs.Field{Path: "name", Code: "too_long", Params: errs.Params{"max": maxName}})
	}
	if len(scopes) == 0 {
		out = append(out, errs.Field{Path: "scopes", Code: "required"})
	}
	for _, scope := range scopes {
		if !slices.Contains(policy.AllTokenScopes, scope) {
			out = append(out, errs.Field{Path: "scopes", Code: "unknown_value"})
		}
	}
	switch {
	case expires.IsZero():
	case !expires.After(now):
		out = append(out, errs.Field{Path: "expires_at", Code: "in_the_past"})
	case expires.UTC().Year() > maxYear:
		out = append(out, errs.Field{Path: "expires_at", Code: "out_of_range"})
	}
	return out
}

// Page is one page of tokens with the cursor of the next; "" at the end.
type Page struct {
	Items []Token
	Next  string
}

// Tokens lists one's own for an organisation, newest first; who decides for
// the organisation sees everybody's. Error: errs.Malformed "malformed_cursor".
func (s *Service) Tokens(ctx context.Context, actor policy.Actor, org, cursor string, limit int) (Page, error) {
	if err := policy.Check(actor, policy.TokenCreate, policy.Facts{OwnerOrg: org}).Err(); err != nil {
		return Page{}, err
	}
	if err := ident.CheckCursor(cursor); err != nil {
		return Page{}, err
	}
	whose := actor.AccountID
	if policy.Check(actor, policy.TokenRead, policy.Facts{OwnerOrg: org}).Allowed() {
		whose = ""
	}
	limit = max(1, min(limit, maxPage))
	found, err := s.deps.Store.Tokens(ctx, org, whose, cursor, limit+1)
	if err != nil || len(found) <= limit {
		return Page{Items: found}, err
	}
	return Page{Items: found[:limit], Next: found[limit-1].ID}, nil
}

// Revoke ends a token at once. Errors: errs.NotFound; errs.Conflict
// "token_ended".
func (s *Service) Revoke(ctx context.Context, actor policy.Actor, org, id string) error {
	return s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		t, err := s.deps.Store.Token(ctx, id)
		if err != nil {
			return err
		}
		if t.OrgID != org {
			return errs.New(errs.NotFound, "not_found")
		}
		if err := policy.Check(actor, policy.TokenRevoke, policy.Facts{OwnerOrg: t.OrgID, AccountID: t.AccountID}).Err(); err != nil {
			return err
		}
		if !t.EndedAt.IsZero() {
			return errs.New(errs.Conflict, "token_ended")
		}
		if err := s.deps.Store.EndToken(ctx, id, s.deps.Clock.Now(), Revoked); err != nil {
			return err
		}
		return s.write(ctx, actor, policy.TokenRevoke, t, 2, nil)
	})
}

func (s *Service) write(ctx context.Context, actor policy.Actor, action policy.Action, t Token, version int64, detail map[string]any) error {
	return s.deps.Journal.Write(ctx, journal.Entry{
		Actor: actor, Action: action, Kind: Kind, Subject: t.ID, Version: version, At: s.deps.Clock.Now(), Detail: detail,
	})
}

// Bearer is who a request with a token is from.
type Bearer struct {
	TokenID string
	Actor   policy.Actor
	Locale  string
}

// errInvalid is the one answer to a token that is unknown, ended, too old or
// whose maker has left: telling which helps a guesser.
var errInvalid = errs.New(errs.Unauthenticated, "token_not_valid")

// Authenticate resolves a token's text to the actor that its maker is now.
// Error: errs.Unauthenticated "token_not_valid".
func (s *Service) Authenticate(ctx context.Context, text string) (Bearer, error) {
	prefix, ok := prefixOf(text)
	if !ok {
		return Bearer{}, errInvalid
	}
	t, err := s.deps.Store.TokenByPrefix(ctx, prefix)
	if errs.KindOf(err) == errs.NotFound {
		return Bearer{}, errInvalid
	}
	if err != nil {
		return Bearer{}, err
	}
	now := s.deps.Clock.Now()
	if subtle.ConstantTimeCompare([]byte(hash(text)), []byte(t.Hash)) != 1 || !t.good(now) {
		return Bearer{}, errInvalid
	}
	actor, locale, ok, err := s.deps.People.Acting(ctx, t.AccountID, t.OrgID)
	if err != nil {
		return Bearer{}, err
	}
	if !ok {
		return Bearer{}, errInvalid
	}
	if now.Sub(t.LastUsedAt) >= SeenEvery {
		if err := s.deps.Store.SeeToken(ctx, t.ID, now); err != nil {
			return Bearer{}, err
		}
	}
	actor.TokenID, actor.TokenScopes = t.ID, t.Scopes
	return Bearer{TokenID: t.ID, Actor: actor, Locale: locale}, nil
}

// Events are those that MembersChanged is to be told of.
func Events() []event.Name { return []event.Name{event.MemberChanged} }

// MembersChanged ends the tokens of those who are members no longer, so that
// who comes back later comes without them. It is an outbox consumer.
func (s *Service) MembersChanged(ctx context.Context, events []event.Event) error {
	for _, e := range events {
		account, _ := e.Data["account_id"].(string)
		if account == "" {
			continue
		}
		member, err := s.deps.People.Member(ctx, account, e.Subject)
		if err != nil {
			return err
		}
		if member {
			continue
		}
		if err := s.deps.Store.EndTokens(ctx, e.Subject, account, e.At, Membership); err != nil {
			return err
		}
	}
	return nil
}

// Forget drops an account's tokens, in the transaction that erases it.
func (s *Service) Forget(ctx context.Context, account string) error {
	return s.deps.Store.DeleteTokens(ctx, account)
}
