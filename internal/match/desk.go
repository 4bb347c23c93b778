package match

import (
	"context"
	"strconv"
	"strings"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/ident"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
)

// DeskCounts is how much lies on a mediator's desk, and how much of needs and
// matches it has set aside. No number is above MostCounted, which stands for as
// many or more.
type DeskCounts struct {
	Needs, Idle, Proposals int
	NeedsAside, IdleAside  int
}

// MostCounted bounds what the desk counts.
const MostCounted = 1000

// DeskPage is one page of a list with the cursor of the next; "" at the end.
type DeskPage[T any] struct {
	Items []T
	Next  string
}

const (
	// maxDeskPage bounds a page of the desk; a page of unsaid size has usualDeskPage.
	maxDeskPage   = 50
	usualDeskPage = 20
)

func deskPage(limit int) int {
	if limit <= 0 {
		return usualDeskPage
	}
	return min(limit, maxDeskPage)
}

// DeskSort is an order of waiting needs.
type DeskSort string

// The orders.
const (
	ByDeadline DeskSort = "deadline" // the nearest last day first
	ByAge      DeskSort = "oldest"   // the longest published first
)

// NeedFilter chooses waiting needs.
type NeedFilter struct {
	// OrgID is the mediator that asks. Aside: those that it has set aside, which
	// are left out otherwise.
	OrgID string
	Aside bool

	TechnicalField string
	// Region is a code of GB/T 2260; a province takes its divisions with it.
	Region string
	// Band: None is every need; Strong and Good those with a pair of at least
	// that strength in the ledger, Possible those without either.
	Band Band
	// Before: published until then; zero is every need.
	Before time.Time
	Sort   DeskSort
	After  DeskCursor
	Limit  int
}

// DeskCursor is a place in an ordered list; the zero value is its beginning.
type DeskCursor struct {
	// Key is what the list is ordered by: a day, microseconds, or a score.
	Key string
	ID  string
}

// String is the cursor as it travels.
func (c DeskCursor) String() string { return c.Key + "." + c.ID }

// Number is Key where that is a number.
func (c DeskCursor) Number() int64 {
	n, _ := strconv.ParseInt(c.Key, 10, 64)
	return n
}

// deskCursor reads a cursor; errs.Malformed "malformed_cursor" for what is none.
// numeric: the list is ordered by a number.
func deskCursor(s string, numeric bool) (DeskCursor, error) {
	if s == "" {
		return DeskCursor{}, nil
	}
	key, id, ok := strings.Cut(s, ".")
	_, err := strconv.ParseInt(key, 10, 64)
	if !ok || key == "" || id == "" || numeric && err != nil {
		return DeskCursor{}, errs.New(errs.Malformed, "malformed_cursor")
	}
	return DeskCursor{key, id}, nil
}

// WaitingNeed is a live need that nobody has been introduced to.
type WaitingNeed struct {
	ID string
	// Until is its last day, Since when it was published.
	Until clock.Date
	Since time.Time
	// Strong and Good are how many such pairs the ledger holds of it.
	Strong, Good int
	// Proposed is for how many results of it a proposal of the mediator's is open.
	Proposed int
}

// IdleFilter chooses good pairs that nobody acted on.
type IdleFilter struct {
	// OrgID and Aside as in NeedFilter.
	OrgID string
	Aside bool

	TechnicalField, Region string
	// Band is Strong or Good; None is either.
	Band Band
	// Before: in the ledger since then or longer.
	Before time.Time
	After  DeskCursor
	Limit  int
}

// ProposalFilter chooses a mediator's proposals.
type ProposalFilter struct {
	OrgID string
	State lifecycle.State // "" for every state
	// Before is the id of the last one already seen; "" begins at the newest.
	Before string
	Limit  int
}

// DeskQuery is what a person asks of one of the desk's lists.
type DeskQuery struct {
	// Aside: what the mediator has set aside, and not what waits.
	Aside                  bool
	TechnicalField, Region string
	Band                   Band
	// Days is the least age; 0 is what the desk usually shows.
	Days   int
	Sort   DeskSort
	Cursor string
	Limit  int
}

// IdlePair is a good pair that nobody acted on, with its reasons as members read.
type IdlePair struct {
	Match
	Reasons []Reason
}

// IdleDays is how long a good match may lie before the desk tells of it.
func (d *Desk) IdleDays() int { return d.config.IdleDays }

func (d *Desk) may(actor policy.Actor) error {
	return policy.Check(actor, policy.DeskRead, policy.Facts{OwnerOrg: actor.OrgID}).Err()
}

func (d *Desk) daysAgo(days int) time.Time { return d.clock.Now().AddDate(0, 0, -days) }

// Counts is how much lies on the desk. Errors: those of policy for desk.read.
func (d *Desk) Counts(ctx context.Context, actor policy.Actor) (DeskCounts, error) {
	if err := d.may(actor); err != nil {
		return DeskCounts{}, err
	}
	return d.store.CountDesk(ctx, actor.OrgID, d.daysAgo(d.config.IdleDays), MostCounted)
}

// Needs lists live needs that nobody has been introduced to. Errors: those of
// policy for desk.read; errs.Malformed "malformed_cursor".
func (d *Desk) Needs(ctx context.Context, actor policy.Actor, q DeskQuery) (DeskPage[WaitingNeed], error) {
	var none DeskPage[WaitingNeed]
	if err := d.may(actor); err != nil {
		return none, err
	}
	if q.Sort == "" {
		q.Sort = ByDeadline
	}
	after, err := deskCursor(q.Cursor, q.Sort == ByAge)
	if err != nil {
		return none, err
	}
	f := NeedFilter{OrgID: actor.OrgID, Aside: q.Aside, TechnicalField: q.TechnicalField, Region: q.Region, Band: q.Band, Sort: q.Sort, After: after, Limit: deskPage(q.Limit) + 1}
	if q.Days > 0 {
		f.Before = d.daysAgo(q.Days)
	}
	found, err := d.store.WaitingNeeds(ctx, f)
	if err != nil {
		return none, err
	}
	return cutPage(found, f.Limit-1, func(n WaitingNeed) DeskCursor {
		if q.Sort == ByAge {
			return DeskCursor{strconv.FormatInt(clock.Micros(n.Since), 10), n.ID}
		}
		return DeskCursor{string(n.Until), n.ID}
	}), nil
}

// Idle lists good pairs that nobody acted on or proposed, the strongest first. Errors: as
// in Needs.
func (d *Desk) Idle(ctx context.Context, actor policy.Actor, q DeskQuery) (DeskPage[IdlePair], error) {
	var none DeskPage[IdlePair]
	if err := d.may(actor); err != nil {
		return none, err
	}
	after, err := deskCursor(q.Cursor, true)
	if err != nil {
		return none, err
	}
	days := d.config.IdleDays
	if q.Days > 0 {
		days = q.Days
	}
	f := IdleFilter{OrgID: actor.OrgID, Aside: q.Aside, TechnicalField: q.TechnicalField, Region: q.Region, Band: q.Band, Before: d.daysAgo(days), After: after, Limit: deskPage(q.Limit) + 1}
	found, err := d.store.IdleMatches(ctx, f)
	if err != nil {
		return none, err
	}
	page := cutPage(found, f.Limit-1, func(m Match) DeskCursor { return DeskCursor{strconv.FormatInt(m.Score, 10), m.ID} })
	explained, err := d.matches.explained(ctx, page.Items, deskTiers)
	pairs := make([]IdlePair, 0, len(explained))
	for _, p := range explained {
		pairs = append(pairs, IdlePair{p.match, p.explanation.Reasons})
	}
	return DeskPage[IdlePair]{Items: pairs, Next: page.Next}, err
}

// Proposals lists those of the acting mediator, newest first. Errors: those of
// policy for desk.read; errs.Invalid for the state; errs.Malformed "malformed_cursor".
func (d *Desk) Proposals(ctx context.Context, actor policy.Actor, state lifecycle.State, cursor string, limit int) (DeskPage[Proposal], error) {
	var none DeskPage[Proposal]
	if err := d.may(actor); err != nil {
		return none, err
	}
	if err := ident.CheckCursor(cursor); err != nil {
		return none, err
	}
	limit = deskPage(limit)
	found, err := d.store.ProposalsOf(ctx, ProposalFilter{OrgID: actor.OrgID, State: state, Before: cursor, Limit: limit + 1})
	if err != nil {
		return none, err
	}
	var page DeskPage[Proposal]
	if len(found) > limit {
		found, page.Next = found[:limit], found[limit-1].ID
	}
	for _, p := range found {
		page.Items = append(page.Items, p.seenBy(actor))
	}
	return page, nil
}

// cutPage cuts what was read with one entry more than asked for.
func cutPage[T any](items []T, limit int, at func(T) DeskCursor) DeskPage[T] {
	if len(items) <= limit {
		return DeskPage[T]{Items: items}
	}
	return DeskPage[T]{Items: items[:limit], Next: at(items[limit-1]).String()}
}
