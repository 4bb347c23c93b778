package savedsearch

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/ident"
	"chengqiao/internal/journal"
	"chengqiao/internal/link"
	"chengqiao/internal/policy"
)

// The bounds of what a person keeps.
const (
	// MaxSearches is how many saved searches a person has.
	MaxSearches = 50
	maxName     = 80
	maxPage     = 100
	// maxBaseline bounds what is known when an alert begins: as many as one
	// search gives.
	maxBaseline = 1000
	// FeedLength is how many entries a feed has.
	FeedLength = 50
	// MaxTold is how much of what an alert told is kept at hand.
	MaxTold = 100
)

// Deps are what the service works with.
type Deps struct {
	Tx      journal.Transactor
	Store   Store
	Journal journal.Journal
	Clock   clock.Clock
	People  People
	Finder  Finder
	Teller  Teller
	// Key signs links; the same on all replicas.
	Key []byte
}

// Service is the use cases of saved searches.
type Service struct {
	deps  Deps
	links link.Signer
}

// The purposes of links.
const (
	toUnsubscribe = "unsubscribe"
	toFeed        = "feed"
)

// NewService makes the service.
func NewService(deps Deps) *Service { return &Service{deps, link.NewSigner(Kind, deps.Key)} }

// Form is what a person says of a saved search.
type Form struct {
	Name          string
	Query         Query
	Alert         Alert
	ByMail, InApp bool
	Changes       bool
}

func (s *Service) check(actor policy.Actor, owner string) error {
	return policy.Check(actor, policy.SearchSave, policy.Facts{AccountID: owner}).Err()
}

// own is policy's answer about one's own searches; a visitor is to sign in.
func (s *Service) own(actor policy.Actor) error {
	if !actor.SignedIn() {
		return errs.New(errs.Unauthenticated, "sign_in_required")
	}
	return s.check(actor, actor.AccountID)
}

func (s *Service) complete(f Form) (Form, error) {
	f.Name = strings.TrimSpace(f.Name)
	var faults []errs.Field
	switch {
	case f.Name == "":
		faults = append(faults, errs.Field{Path: "name", Code: "required"})
	case utf8.RuneCountInString(f.Name) > maxName:
		faults = append(faults, errs.Field{Path: "name", Code: "too_long", Params: errs.Params{"max": maxName}})
	}
	if !slices.Contains(AllAlerts, f.Alert) {
		faults = append(faults, errs.Field{Path: "alert", Code: "unknown_value"})
	}
	if f.Alert != Off && !f.ByMail && !f.InApp {
		faults = append(faults, errs.Field{Path: "by_mail", Code: "way_required"})
	}
	if err := s.deps.Finder.Check(f.Query); err != nil {
		known := errs.As(err)
		if known == nil || known.Kind != errs.Invalid {
			return f, err
		}
		faults = append(faults, known.Fields...)
	}
	return f, errs.InvalidFields(faults)
}

// Page is one page of saved searches with the cursor of the next; "" at the end.
type Page struct {
	Items []Search
	Next  string
}

// Searches are one's own, newest first. Errors: errs.Unauthenticated
// "sign_in_required"; errs.Malformed "malformed_cursor".
func (s *Service) Searches(ctx context.Context, actor policy.Actor, cursor string, limit int) (Page, error) {
	if err := s.own(actor); err != nil {
		return Page{}, err
	}
	if err := ident.CheckCursor(cursor); err != nil {
		return Page{}, err
	}
	limit = max(1, min(limit, maxPage))
	found, err := s.deps.Store.Searches(ctx, actor.AccountID, cursor, limit+1)
	if err != nil || len(found) <= limit {
		return Page{Items: found}, err
	}
	return Page{Items: found[:limit], Next: found[limit-1].ID}, nil
}

// Search is one of one's own. Error: errs.NotFound.
func (s *Service) Search(ctx context.Context, actor policy.Actor, id string) (Search, error) {
	if err := s.own(actor); err != nil {
		return Search{}, err
	}
	found, err := s.deps.Store.Search(ctx, id)
	if err != nil {
		return Search{}, err
	}
	return found, s.check(actor, found.AccountID)
}

// Told is what the alert of one of one's own searches has told of and what is
// live still, the latest found first, up to MaxTold. Error: errs.NotFound.
func (s *Service) Told(ctx context.Context, actor policy.Actor, id string) (Search, []Told, error) {
	found, err := s.Search(ctx, actor, id)
	if err != nil {
		return Search{}, nil, err
	}
	told, err := s.deps.Store.Told(ctx, id, MaxTold)
	return found, told, err
}

// Tallies are of how much the alerts of searches have told; those of none are
// left out. They say nothing that their owner was not told.
func (s *Service) Tallies(ctx context.Context, searches []Search) (map[string]Tally, error) {
	ids := make([]string, len(searches))
	for i, each := range searches {
		ids[i] = each.ID
	}
	return s.deps.Store.Tallies(ctx, ids)
}

// Create keeps a search. Errors: errs.Invalid "invalid_fields"; errs.Conflict
// "too_many_searches".
func (s *Service) Create(ctx context.Context, actor policy.Actor, form Form) (Search, error) {
	if err := s.own(actor); err != nil {
		return Search{}, err
	}
	form, err := s.complete(form)
	if err != nil {
		return Search{}, err
	}
	now := s.deps.Clock.Now()
	made := Search{
		ID: ident.NewID(), AccountID: actor.AccountID, OrgID: actor.OrgID, Name: form.Name, Query: form.Query, Alert: form.Alert,
		ByMail: form.ByMail, InApp: form.InApp, Changes: form.Changes, DueAt: nextDue(form.Alert, now), CreatedAt: now, UpdatedAt: now, Version: 1,
	}
	known, err := s.baseline(ctx, actor, made)
	if err != nil {
		return Search{}, err
	}
	err = s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		n, err := s.deps.Store.CountSearches(ctx, actor.AccountID)
		if err != nil {
			return err
		}
		if n >= MaxSearches {
			return errs.Newp(errs.Conflict, "too_many_searches", errs.Params{"max": MaxSearches})
		}
		if err := s.deps.Store.InsertSearch(ctx, made); err != nil {
			return err
		}
		if _, err := s.deps.Store.InsertEntries(ctx, known); err != nil {
			return err
		}
		return s.write(ctx, actor, policy.SearchSave, made, "created")
	})
	return made, err
}

// baseline is what answers the query when its alert begins: nothing of it is
// new. It is read outside of the transaction, since search is no part of it.
func (s *Service) baseline(ctx context.Context, actor policy.Actor, search Search) ([]Entry, error) {
	if search.Alert == Off {
		return nil, nil
	}
	items, err := s.deps.Finder.Known(ctx, actor, search.Query, maxBaseline)
	if err != nil || len(items) == 0 {
		return nil, err
	}
	ids := make([]string, len(items))
	for i, item := range items {
		ids[i] = item.ID
	}
	marks, err := s.deps.Finder.Marks(ctx, ids)
	if err != nil {
		return nil, err
	}
	entries := make([]Entry, 0, len(ids))
	for _, id := range ids {
		entries = append(entries, search.entry(id, marks[id], s.deps.Clock.Now(), baseline))
	}
	return entries, nil
}

// Save changes a saved search. Another query, or an alert that begins, takes
// what answers now as known; what waits for an alert that is at once from now on
// is told at once. Errors: errs.Invalid "invalid_fields"; errs.Stale
// "stale_version".
func (s *Service) Save(ctx context.Context, actor policy.Actor, id string, version int64, form Form) (Search, error) {
	before, err := s.Search(ctx, actor, id)
	if err != nil {
		return Search{}, err
	}
	if form, err = s.complete(form); err != nil {
		return Search{}, err
	}
	if before.Version != version {
		return Search{}, errs.New(errs.Stale, "stale_version")
	}
	now, saved := s.deps.Clock.Now(), before
	saved.Name, saved.Query, saved.Alert = form.Name, form.Query, form.Alert
	saved.ByMail, saved.InApp, saved.Changes = form.ByMail, form.InApp, form.Changes
	saved.UpdatedAt, saved.Version = now, version+1
	if saved.Alert != before.Alert {
		saved.DueAt = nextDue(saved.Alert, now)
	}
	var known []Entry
	if before.Alert == Off || !sameQuery(before.Query, saved.Query) {
		if known, err = s.baseline(ctx, actor, saved); err != nil {
			return Search{}, err
		}
	}
	err = s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		if err := s.deps.Store.SaveSearch(ctx, saved); err != nil {
			return err
		}
		if before.Alert == Off {
			// What still waited when the alert ended is new no longer.
			if err := s.deps.Store.DropWaiting(ctx, id); err != nil {
				return err
			}
		}
		if _, err := s.deps.Store.InsertEntries(ctx, known); err != nil {
			return err
		}
		if err := s.write(ctx, actor, policy.SearchSave, saved, "changed"); err != nil || saved.Alert != AtOnce {
			return err
		}
		return s.tellWaiting(ctx, saved)
	})
	return saved, err
}

func sameQuery(a, b Query) bool {
	if len(a) != len(b) {
		return false
	}
	for name, values := range a {
		if !slices.Equal(values, b[name]) {
			return false
		}
	}
	return true
}

// Delete forgets a saved search with its ledger and what was told of it in the
// app, which would lead nowhere.
func (s *Service) Delete(ctx context.Context, actor policy.Actor, id string) error {
	return s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		found, err := s.Search(ctx, actor, id)
		if err != nil {
			return err
		}
		if err := s.deps.Store.DeleteSearch(ctx, id); err != nil {
			return err
		}
		if err := s.deps.Teller.Forget(ctx, found); err != nil {
			return err
		}
		found.Version++
		return s.write(ctx, actor, policy.SearchSave, found, "deleted")
	})
}

// SetFeed gives a saved search a new address of a feed, or takes it away; an
// earlier address no longer answers.
func (s *Service) SetFeed(ctx context.Context, actor policy.Actor, id string, on bool) (Search, error) {
	var found Search
	err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		var err error
		if found, err = s.Search(ctx, actor, id); err != nil {
			return err
		}
		found.FeedOn = on
		if on {
			found.FeedSerial++
		}
		found.Version++
		found.UpdatedAt = s.deps.Clock.Now()
		if err := s.deps.Store.SaveSearch(ctx, found); err != nil {
			return err
		}
		what := "feed_closed"
		if on {
			what = "feed_opened"
		}
		return s.write(ctx, actor, policy.SearchSave, found, what)
	})
	return found, err
}

// FeedKey is the secret part of a feed's address; "" without a feed.
func (s *Service) FeedKey(search Search) string {
	if !search.FeedOn {
		return ""
	}
	return s.links.Text(toFeed, search.ID, search.FeedSerial)
}

// Feed is a saved search by the secret part of its feed's address, and what
// anybody may read of what answers it. Error: errs.NotFound.
func (s *Service) Feed(ctx context.Context, key string) (Search, []Item, error) {
	found, err := s.deps.Store.Search(ctx, link.ID(key))
	if err != nil {
		return Search{}, nil, err
	}
	if !found.FeedOn || !s.links.Good(toFeed, key, found.FeedSerial) {
		return Search{}, nil, errs.New(errs.NotFound, "not_found")
	}
	items, err := s.deps.Finder.Found(ctx, policy.Actor{}, found.Query, FeedLength)
	return found, items, err
}

// PublicFeed is what anybody may read of what answers a query. Errors: those
// of Finder.Check.
func (s *Service) PublicFeed(ctx context.Context, q Query) ([]Item, error) {
	if err := s.deps.Finder.Check(q); err != nil {
		return nil, err
	}
	return s.deps.Finder.Found(ctx, policy.Actor{}, q, FeedLength)
}

// Unsubscribed is a search whose letters have ended.
type Unsubscribed struct {
	// Name is the search's; "" where it was deleted.
	Name string
	// InApp: its alert goes on in the app.
	InApp bool
}

// Unsubscribe ends the letters of an alert by the signed link of one of them, and
// with them an alert that has no other way. It may be repeated. Error: errs.Invalid
// "token_invalid".
func (s *Service) Unsubscribe(ctx context.Context, actor policy.Actor, token string) (Unsubscribed, error) {
	if err := policy.Check(actor, policy.SearchUnsubscribe, policy.Facts{}).Err(); err != nil {
		return Unsubscribed{}, err
	}
	if !s.links.Good(toUnsubscribe, token, 0) {
		return Unsubscribed{}, errs.New(errs.Invalid, "token_invalid")
	}
	var ended Unsubscribed
	err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		found, err := s.deps.Store.Search(ctx, link.ID(token))
		if errs.KindOf(err) == errs.NotFound {
			return nil // deleted: there are no more alerts
		}
		if err != nil {
			return err
		}
		on := found.Alert != Off
		ended = Unsubscribed{found.Name, on && found.InApp}
		if !on || !found.ByMail {
			return nil
		}
		if found.InApp {
			found.ByMail = false
		} else {
			found.Alert = Off
			found.DueAt = nextDue(Off, s.deps.Clock.Now())
		}
		found.Version++
		found.UpdatedAt = s.deps.Clock.Now()
		if err := s.deps.Store.SaveSearch(ctx, found); err != nil {
			return err
		}
		return s.write(ctx, actor, policy.SearchUnsubscribe, found, "unsubscribed")
	})
	return ended, err
}

// Forget drops an account's saved searches, in the transaction that erases it.
func (s *Service) Forget(ctx context.Context, account string) error {
	return s.deps.Store.DeleteSearches(ctx, account)
}

func (s *Service) write(ctx context.Context, actor policy.Actor, action policy.Action, search Search, what string, events ...event.Event) error {
	return s.deps.Journal.Write(ctx, journal.Entry{
		Actor: actor, Action: action, Kind: Kind, Subject: search.ID, Version: search.Version,
		At: s.deps.Clock.Now(), Events: events, Detail: map[string]any{"change": what},
	})
}
