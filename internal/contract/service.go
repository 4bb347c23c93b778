package contract

import (
	"context"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/ident"
	"chengqiao/internal/journal"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
)

// Deps are what the service works with.
type Deps struct {
	Tx            journal.Transactor
	Store         Store
	Journal       journal.Journal
	History       History
	Deals         Deals
	Packages      Packages
	Organisations Organisations
	Contributors  Contributors
	Files         Files
	Clock         clock.Clock
}

// Service is the use cases of contracts and their money. Every error is an
// *errs.Error; what an actor may not know of is errs.NotFound.
type Service struct{ deps Deps }

// NewService makes the service.
func NewService(deps Deps) *Service { return &Service{deps: deps} }

// MaxPage bounds the entries of one page.
const MaxPage = 100

// Page is one page of contracts with the cursor of the next; "" at the end.
type Page struct {
	Items []View
	Next  string
}

// Contract is one contract; errs.NotFound.
func (s *Service) Contract(ctx context.Context, actor policy.Actor, id string) (View, error) {
	c, err := s.readable(ctx, actor, id)
	if err != nil {
		return View{}, err
	}
	return view(c, actor), nil
}

// Contracts lists those that the actor's organisation has a part in, newest
// first; an empty state lists all. Errors: errs.Unauthenticated; errs.Invalid for
// the state; errs.Malformed "malformed_cursor".
func (s *Service) Contracts(ctx context.Context, actor policy.Actor, state lifecycle.State, cursor string, limit int) (Page, error) {
	if err := knownState(state); err != nil {
		return Page{}, err
	}
	if err := ident.CheckCursor(cursor); err != nil {
		return Page{}, err
	}
	scope := policy.ScopeOf(actor, policy.ContractRead)
	if !scope.All && scope.PartyOrg == "" {
		if !actor.SignedIn() {
			return Page{}, errs.New(errs.Unauthenticated, "sign_in_required")
		}
		return Page{}, nil
	}
	limit = max(1, min(limit, MaxPage))
	found, err := s.deps.Store.Contracts(ctx, Filter{
		All: scope.All, OrgID: scope.PartyOrg, State: state, Before: cursor, Limit: limit + 1,
	})
	if err != nil {
		return Page{}, err
	}
	var out Page
	if len(found) > limit {
		found = found[:limit]
		out.Next = found[limit-1].ID
	}
	for _, c := range found {
		out.Items = append(out.Items, view(c, actor))
	}
	return out, nil
}

// Timeline is what happened to a contract, oldest first; errs.NotFound.
func (s *Service) Timeline(ctx context.Context, actor policy.Actor, id string) ([]lifecycle.Step, error) {
	c, err := s.readable(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	return s.deps.History.Steps(ctx, Kind, c.ID)
}

// Of is a contract for other domains, which have checked the actor
// themselves; errs.NotFound.
func (s *Service) Of(ctx context.Context, id string) (Contract, error) {
	return s.deps.Store.Contract(ctx, id)
}

// MovementsOf are a contract's receipts and refunds for other domains, in the
// order in which they were recorded.
func (s *Service) MovementsOf(ctx context.Context, contractID string) ([]Movement, error) {
	return s.deps.Store.Movements(ctx, contractID)
}

// readable loads a contract that the actor may read; errs.NotFound.
func (s *Service) readable(ctx context.Context, actor policy.Actor, id string) (Contract, error) {
	c, err := s.deps.Store.Contract(ctx, id)
	if err != nil {
		return Contract{}, err
	}
	persons, err := s.deps.Contributors.OfContract(ctx, id)
	if err != nil {
		return Contract{}, err
	}
	return c, policy.Check(actor, policy.ContractRead, c.readFacts(persons)).Err()
}

// permitted loads a contract on which the actor may do the action now.
func (s *Service) permitted(ctx context.Context, actor policy.Actor, action policy.Action, id string) (Contract, error) {
	c, err := s.deps.Store.Contract(ctx, id)
	if err != nil {
		return Contract{}, err
	}
	return c, policy.Check(actor, action, c.Facts()).Err()
}

// knownState refuses a state that the machine does not have; "" is every state.
func knownState(state lifecycle.State) error {
	if state == "" {
		return nil
	}
	for _, e := range Machine.Edges {
		if e.To == state {
			return nil
		}
	}
	return errs.InvalidFields([]errs.Field{{Path: "state", Code: "unknown_value"}})
}

// write journals a change of a contract; step is nil where none was taken.
func (s *Service) write(ctx context.Context, actor policy.Actor, action policy.Action, c Contract, step *lifecycle.Step, name event.Name, more map[string]any) error {
	data := map[string]any{
		"deal_id": c.DealID, "seller_org": c.Seller.ID, "buyer_org": c.Buyer.ID, "state": string(c.Position.State),
	}
	if step != nil {
		data["from"] = string(step.From)
	}
	if step != nil && (step.To == Signed || step.To == Terminated) {
		// What was taken, or is free again.
		data["achievements"] = c.achievements()
	}
	for k, v := range more {
		data[k] = v
	}
	return s.deps.Journal.Write(ctx, journal.Entry{
		Actor: actor, Action: action, Kind: Kind, Subject: c.ID, Version: c.Version,
		At: s.deps.Clock.Now(), Step: step, Events: []event.Event{{Name: name, Data: data}}, Detail: more,
	})
}

// today is the present civil date.
func (s *Service) today() clock.Date { return clock.DateOf(s.deps.Clock.Now()) }
