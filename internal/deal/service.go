package deal

import (
	"context"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/journal"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
)

// Config are the deal's rules that an operator sets.
type Config struct {
	// AnswerWithin is the response clock of an introduction.
	AnswerWithin time.Duration
	// NDAVersion is the text that a deal's first signature signs.
	NDAVersion string
}

// DefaultAnswerWithin is five days and nights: a working week in most weeks,
// whatever day it begins.
const DefaultAnswerWithin = 120 * time.Hour

// Deps are what the service works with.
type Deps struct {
	Tx         journal.Transactor
	Store      Store
	Journal    journal.Journal
	History    History
	Listings   Listings
	Components Components
	Needs      Needs
	Matches    Matches
	Reasons    Reasons
	Clock      clock.Clock
	Config     Config
}

// Service is the use cases of introductions and deals. Every error is an
// *errs.Error; what an actor may not know of is errs.NotFound.
type Service struct{ deps Deps }

// NewService makes the service; a zero AnswerWithin is DefaultAnswerWithin.
func NewService(deps Deps) *Service {
	if deps.Config.AnswerWithin <= 0 {
		deps.Config.AnswerWithin = DefaultAnswerWithin
	}
	return &Service{deps: deps}
}

// MaxPage bounds the entries of one page; a page of unsaid size has usualPage.
const (
	MaxPage   = 100
	usualPage = 20
)

// Page is one page of a list with the cursor of the next; "" at the end.
type Page[T any] struct {
	Items []T
	Next  string
}

// page cuts what was read with one entry more than asked for.
func page[T any](items []T, limit int, id func(T) string) Page[T] {
	if len(items) <= limit {
		return Page[T]{Items: items}
	}
	items = items[:limit]
	return Page[T]{Items: items, Next: id(items[limit-1])}
}

func bounded(limit int) int {
	if limit <= 0 {
		return usualPage
	}
	return min(limit, MaxPage)
}

// knownState refuses a state that the machine does not have; "" is every state.
func knownState(m lifecycle.Machine, s lifecycle.State) error {
	if s == "" {
		return nil
	}
	for _, e := range m.Edges {
		if e.To == s {
			return nil
		}
	}
	return errs.InvalidFields([]errs.Field{{Path: "state", Code: "unknown_value"}})
}

// writeIntroduction journals a step of an introduction.
func (s *Service) writeIntroduction(ctx context.Context, actor policy.Actor, i Introduction, step lifecycle.Step, name event.Name) error {
	data := map[string]any{"from_org": i.FromOrg, "to_org": i.ToOrg, "state": string(i.Position.State)}
	addIDs(data, i.ids())
	addIDs(data, map[string]string{"deal_id": i.DealID})
	return s.deps.Journal.Write(ctx, journal.Entry{
		Actor: actor, Action: policy.Action(step.Action), Kind: IntroductionKind, Subject: i.ID, Version: i.Version,
		At: s.deps.Clock.Now(), Step: &step, Events: []event.Event{{Name: name, Data: data}},
	})
}

// writeDeal journals a change of a deal; step is nil where none was taken.
func (s *Service) writeDeal(ctx context.Context, actor policy.Actor, action policy.Action, d Deal, step *lifecycle.Step, name event.Name, more map[string]any) error {
	data := map[string]any{"seller_org": d.SellerOrg, "buyer_org": d.BuyerOrg, "state": string(d.Position.State)}
	addIDs(data, d.ids())
	addIDs(data, map[string]string{"introduction_id": d.IntroductionID})
	for k, v := range more {
		data[k] = v
	}
	return s.deps.Journal.Write(ctx, journal.Entry{
		Actor: actor, Action: action, Kind: Kind, Subject: d.ID, Version: d.Version,
		At: s.deps.Clock.Now(), Step: step, Events: []event.Event{{Name: name, Data: data}}, Detail: more,
	})
}

func addIDs(data map[string]any, ids map[string]string) {
	for k, v := range ids {
		if v != "" {
			data[k] = v
		}
	}
}
