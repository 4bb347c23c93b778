package account

import (
	"context"
	"slices"
	"strings"
	"time"

	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/ident"
	"chengqiao/internal/journal"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// Governed is an account as the platform's operator sees it: no more of a
// person than it takes to know whose account it is and what it opens.
type Governed struct {
	ID      string
	State   lifecycle.State
	Version int64
	Name    string
	Email   string
	// StateReason is why it is suspended; "" while it is not.
	StateReason string
	CreatedAt   time.Time
	// LastSignIn is zero before the first.
	LastSignIn  time.Time
	Memberships []Membership
	// Actions are the verbs of what the reader may do to it now.
	Actions []string
}

// AccountFilter chooses accounts, newest first; zero fields choose all. Erased
// ones are never among them: whose they were is nobody's to find.
type AccountFilter struct {
	// Query is part of the name or the address, folded.
	Query string
	State lifecycle.State
	ID    string
	// Before is the cursor; "" begins at the newest.
	Before string
	Limit  int
	// Window is among how many accounts a page is sought: a part of a name is
	// found by no index.
	Window int
}

const (
	// accountsPage is how many accounts a page has at most.
	accountsPage = 50
	// accountsWindow is among how many accounts a page is sought: by a word that
	// none has about a tenth of a second on SQLite (measured with 200,000 accounts).
	accountsWindow = 20_000
	// maxStateReason bounds the reason, which stands in a letter, in characters.
	maxStateReason = 500
)

// governable are the states that an account can be listed by.
var governable = []lifecycle.State{Unconfirmed, Active, Suspended}

// Accounts are a page of the platform's accounts. next is the cursor, "" at the
// end; a page can hold less than is asked for and yet have one, where what is
// sought is rare. Errors: errs.Malformed "malformed_cursor"; errs.Invalid
// "invalid_fields" for an unknown state.
func (s *Service) Accounts(ctx context.Context, actor policy.Actor, f AccountFilter) (page []Governed, next string, err error) {
	if err := policy.Check(actor, policy.AccountList, policy.Facts{}).Err(); err != nil {
		return nil, "", err
	}
	if err := ident.CheckCursor(f.Before); err != nil {
		return nil, "", err
	}
	if f.State != "" && !slices.Contains(governable, f.State) {
		return nil, "", errs.InvalidFields([]errs.Field{{Path: "state", Code: "unknown_value"}})
	}
	f.Query = text.Fold(strings.TrimSpace(f.Query))
	limit := accountsPage
	if f.Limit > 0 {
		limit = min(f.Limit, accountsPage)
	}
	f.Limit, f.Window = limit+1, accountsWindow
	page, next, err = s.deps.Store.Accounts(ctx, f)
	if err != nil {
		return nil, "", err
	}
	if len(page) > limit {
		page = page[:limit]
		next = page[limit-1].ID
	}
	return page, next, s.govern(ctx, actor, page)
}

// AccountAt is the account of a sign-in address, for the operator at the
// machine. Error: errs.NotFound.
func (s *Service) AccountAt(ctx context.Context, actor policy.Actor, email string) (Governed, error) {
	if err := policy.Check(actor, policy.AccountList, policy.Facts{}).Err(); err != nil {
		return Governed{}, err
	}
	i, err := s.deps.Store.IdentifierByValue(ctx, Email, FoldEmail(email))
	if err != nil {
		return Governed{}, err
	}
	return s.governed(ctx, actor, i.AccountID)
}

// governed is one account. Error: errs.NotFound.
func (s *Service) governed(ctx context.Context, actor policy.Actor, id string) (Governed, error) {
	found, _, err := s.deps.Store.Accounts(ctx, AccountFilter{ID: id, Limit: 1, Window: 1})
	if err != nil {
		return Governed{}, err
	}
	if len(found) == 0 {
		return Governed{}, errs.New(errs.NotFound, "not_found")
	}
	return found[0], s.govern(ctx, actor, found)
}

// govern completes accounts by what they open, when they were last used and
// what the actor may do to them.
func (s *Service) govern(ctx context.Context, actor policy.Actor, found []Governed) error {
	ids := make([]string, len(found))
	for i, a := range found {
		ids[i] = a.ID
	}
	memberships, err := s.deps.Store.MembershipsOf(ctx, ids)
	if err != nil {
		return err
	}
	signedIn, err := s.deps.Store.LastSignIns(ctx, ids)
	if err != nil {
		return err
	}
	for i := range found {
		a := &found[i]
		a.Memberships, a.LastSignIn = memberships[a.ID], signedIn[a.ID]
		facts := policy.Facts{AccountID: a.ID}
		for _, action := range overAccount(a.State) {
			if policy.Check(actor, action, facts).Allowed() {
				a.Actions = append(a.Actions, strings.TrimPrefix(string(action), Kind+"."))
			}
		}
	}
	return nil
}

// overAccount is what an operator can do to an account in a state.
func overAccount(state lifecycle.State) []policy.Action {
	switch state {
	case Active:
		return []policy.Action{policy.AccountSignOut, policy.AccountSuspend}
	case Suspended:
		return []policy.Action{policy.AccountRestore}
	}
	return nil
}

// StepAccount suspends or restores an account as it was read at a version, for
// a reason, and has the person told by letter. Whoever is suspended is signed
// out everywhere, and neither a password nor a letter's link nor an API token
// opens anything until the account is restored. Errors: errs.NotFound;
// errs.Invalid "invalid_fields" for an unknown verb and a missing or long
// reason; errs.Stale "stale_version"; errs.Conflict "illegal_step", and
// "last_operator" for the last one who could restore it.
func (s *Service) StepAccount(ctx context.Context, actor policy.Actor, id string, version int64, verb, reason string) (Governed, error) {
	action := policy.Action(Kind + "." + verb)
	if action != policy.AccountSuspend && action != policy.AccountRestore {
		return Governed{}, errs.InvalidFields([]errs.Field{{Path: "action", Code: "unknown_value"}})
	}
	if err := policy.Check(actor, action, policy.Facts{AccountID: id}).Err(); err != nil {
		return Governed{}, err
	}
	reason = strings.TrimSpace(reason)
	if text.Length(reason) > maxStateReason {
		return Governed{}, errs.InvalidFields([]errs.Field{{Path: "reason", Code: "too_long", Params: errs.Params{"max": maxStateReason}}})
	}
	var after Governed
	err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		a, err := s.deps.Store.Account(ctx, id)
		if err != nil {
			return err
		}
		if a.Position.State == Erased {
			return errs.New(errs.NotFound, "not_found")
		}
		if a.Version != version {
			return errs.New(errs.Stale, "stale_version")
		}
		if err := s.moveAccount(ctx, actor, a, action, reason); err != nil {
			return err
		}
		after, err = s.governed(ctx, actor, id)
		return err
	})
	return after, err
}

// moveAccount takes the step inside the caller's transaction.
func (s *Service) moveAccount(ctx context.Context, actor policy.Actor, a Account, action policy.Action, reason string) error {
	step, err := Machine.Step(a.ID, a.Position, string(action), reason)
	if err != nil {
		return err
	}
	told := LetterRestored
	a.StateReason = ""
	if step.To == Suspended {
		told, a.StateReason = LetterSuspended, reason
		if err := s.mustKeepOperator(ctx, a.ID); err != nil {
			return err
		}
		// A link that was sent before must not set a password afterwards.
		if err := s.deps.Store.WithdrawTokens(ctx, a.ID, ForReset, s.deps.Clock.Now()); err != nil {
			return err
		}
		if err := s.endSessions(ctx, a.ID, ""); err != nil {
			return err
		}
	}
	a.Position = lifecycle.Position{State: step.To, Seq: step.Seq}
	a.Version++
	if err := s.deps.Store.SaveAccount(ctx, a); err != nil {
		return err
	}
	return s.deps.Journal.Write(ctx, journal.Entry{
		Actor: actor, Action: action, Kind: Kind, Subject: a.ID, Version: a.Version, At: s.deps.Clock.Now(),
		Step: &step, Events: []event.Event{letter(told, a.ID, "")},
	})
}

// mustKeepOperator refuses to suspend the last operator of the platform who can
// sign in: nobody could restore anybody any more.
func (s *Service) mustKeepOperator(ctx context.Context, account string) error {
	memberships, err := s.deps.Store.Memberships(ctx, account)
	if err != nil {
		return err
	}
	for _, m := range memberships {
		if m.Kind != policy.Platform || !slices.Contains(m.Roles, policy.Operator) {
			continue
		}
		others, err := s.othersWith(ctx, m.OrgID, policy.Operator, account)
		if err != nil {
			return err
		}
		if len(others) == 0 {
			return errs.New(errs.Conflict, "last_operator")
		}
	}
	return nil
}

// othersWith are the accounts besides one that hold a role in an organisation
// and can use it: who is suspended decides nothing.
func (s *Service) othersWith(ctx context.Context, org string, role policy.Role, account string) ([]string, error) {
	holders, err := s.deps.Store.ActiveAccountsOf(ctx, org, role)
	return slices.DeleteFunc(holders, func(id string) bool { return id == account }), err
}

// SignOutEverywhere ends all sessions of an account. What the account's API
// tokens open stays open: their owner and who decides for the organisation end
// those. Error: errs.NotFound.
func (s *Service) SignOutEverywhere(ctx context.Context, actor policy.Actor, id string) error {
	if err := policy.Check(actor, policy.AccountSignOut, policy.Facts{AccountID: id}).Err(); err != nil {
		return err
	}
	return s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		a, err := s.deps.Store.Account(ctx, id)
		if err != nil {
			return err
		}
		if a.Position.State == Erased {
			return errs.New(errs.NotFound, "not_found")
		}
		if err := s.endSessions(ctx, id, ""); err != nil {
			return err
		}
		return s.write(ctx, actor, policy.AccountSignOut, Kind, id, a.Version, nil)
	})
}
