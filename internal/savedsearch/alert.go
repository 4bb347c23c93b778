package savedsearch

import (
	"context"
	"errors"
	"slices"
	"time"

	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/policy"
)

const (
	// searchPage is how many saved searches are held against fresh listings in
	// one transaction.
	searchPage = 200
	// maxDigest bounds the entries of one digest; further ones come with the
	// next.
	maxDigest = 1000
)

// Events are those that Note is to be told of.
func Events() []event.Name {
	return []event.Name{event.AchievementPublished, event.PackagePublished, event.NeedPublished}
}

// TellEvents are those that Tell is to be told of.
func TellEvents() []event.Name { return []event.Name{event.SavedSearchFound} }

// entry is a line of the ledger.
func (s Search) entry(listing, mark string, at time.Time, digest string) Entry {
	e := Entry{SearchID: s.ID, ListingID: listing, Mark: mark, At: at, Digest: digest}
	if s.Changes {
		e.Edition = mark
	}
	return e
}

// Note holds fresh listings against all saved searches with an alert and notes
// what answers. It is an outbox consumer; its cost is one question to a handful
// of listings for each saved search and batch of publications.
func (s *Service) Note(ctx context.Context, events []event.Event) (err error) {
	ids := make([]string, 0, len(events))
	for _, e := range events {
		ids = append(ids, e.Subject)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	page, err := s.deps.Store.Alerting(ctx, "", searchPage)
	if err != nil || len(page) == 0 {
		return err // nobody waits for anything
	}
	marks, err := s.deps.Finder.Marks(ctx, ids)
	if err != nil || len(marks) == 0 {
		return err // gone since
	}
	fresh, err := s.deps.Finder.Gather(ctx, ids)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, fresh.Close()) }()
	for {
		if err := s.notePage(ctx, page, fresh, marks); err != nil || len(page) < searchPage {
			return err
		}
		if page, err = s.deps.Store.Alerting(ctx, page[len(page)-1].ID, searchPage); err != nil {
			return err
		}
	}
}

func (s *Service) notePage(ctx context.Context, page []Search, fresh Gathered, marks map[string]string) error {
	var found []Entry
	var searches, listings []string
	for _, search := range page {
		ids, err := fresh.Candidates(ctx, search.Query)
		if errs.KindOf(err) == errs.Invalid {
			continue // kept by a version that understood more
		}
		if err != nil {
			return err
		}
		for _, id := range ids {
			found = append(found, search.entry(id, marks[id], s.deps.Clock.Now(), ""))
			listings = append(listings, id)
		}
		if len(ids) > 0 {
			searches = append(searches, search.ID)
		}
	}
	if len(found) == 0 {
		return nil
	}
	slices.Sort(listings)
	return s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		known, err := s.deps.Store.Known(ctx, searches, slices.Compact(slices.Clone(listings)))
		if err != nil {
			return err
		}
		fresh := slices.DeleteFunc(slices.Clone(found), func(e Entry) bool { return repeats(e, known) })
		noted, err := s.deps.Store.InsertEntries(ctx, fresh)
		if err != nil {
			return err
		}
		for _, search := range page {
			if search.Alert == AtOnce && slices.Contains(noted, search.ID) {
				if err := s.tellOf(ctx, search); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// repeats tells whether an entry says what the ledger has: the listing itself,
// or where changes count, what the listing said.
func repeats(e Entry, known []Entry) bool {
	return slices.ContainsFunc(known, func(k Entry) bool {
		return k.SearchID == e.SearchID && k.ListingID == e.ListingID && (e.Edition == "" || k.Mark == e.Mark)
	})
}

// tellOf asks for a digest of what waits.
func (s *Service) tellOf(ctx context.Context, search Search) error {
	return s.write(ctx, policy.SystemActor(), policy.SearchAlert, search, "found", event.Event{Name: event.SavedSearchFound})
}

// tellWaiting asks for a digest where something waits.
func (s *Service) tellWaiting(ctx context.Context, search Search) error {
	waiting, err := s.deps.Store.Waiting(ctx, search.ID)
	if err != nil || !waiting {
		return err
	}
	return s.tellOf(ctx, search)
}

// TellDue asks for the digests of up to limit daily and weekly alerts whose
// instant has come, and says how many instants it passed. Of replicas that do
// so at once, one does.
func (s *Service) TellDue(ctx context.Context, limit int) (int, error) {
	now := s.deps.Clock.Now()
	due, err := s.deps.Store.Due(ctx, now, limit)
	if err != nil {
		return 0, err
	}
	passed := 0
	for _, search := range due {
		err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
			search.DueAt = nextDue(search.Alert, now)
			search.Version++
			if err := s.deps.Store.SaveSearch(ctx, search); err != nil {
				return err
			}
			return s.tellWaiting(ctx, search)
		})
		if errs.KindOf(err) == errs.Stale {
			continue // another replica's, or changed by its owner: its turn comes again
		}
		if err != nil {
			return passed, err
		}
		passed++
	}
	return passed, nil
}

// Tell tells what waits of the searches that events are about. It is an outbox
// consumer: told again, the same event tells the same digest.
func (s *Service) Tell(ctx context.Context, events []event.Event) error {
	for _, e := range events {
		if err := s.tell(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) tell(ctx context.Context, e event.Event) (err error) {
	search, err := s.deps.Store.Search(ctx, e.Subject)
	if errs.KindOf(err) == errs.NotFound || err == nil && search.Alert == Off {
		return nil // deleted or silenced since
	}
	if err != nil {
		return err
	}
	actor, ok, err := s.owner(ctx, search)
	if err != nil || !ok {
		return err
	}
	items, err := s.claimed(ctx, actor, search, e.ID)
	if err != nil || len(items) == 0 {
		return err
	}
	return s.deps.Teller.Tell(ctx, Digest{
		EventID: e.ID, Search: search, Person: actor, Items: items, Unsubscribe: s.links.Text(toUnsubscribe, search.ID, 0),
	})
}

// claimed is what a digest says. What a digest was given once is all of it, and
// stays known as told whatever becomes of it: nobody knows whether a digest that
// is told again had been told before. What waits and may not be read, or no
// longer answers, is forgotten before it is given to a digest, so that it may
// come again.
func (s *Service) claimed(ctx context.Context, actor policy.Actor, search Search, digest string) ([]Item, error) {
	listings, err := s.deps.Store.InDigest(ctx, search.ID, digest, maxDigest)
	if err != nil {
		return nil, err
	}
	if len(listings) > 0 {
		return s.readable(ctx, actor, search, listings)
	}
	waiting, err := s.deps.Store.InDigest(ctx, search.ID, "", maxDigest)
	if err != nil || len(waiting) == 0 {
		return nil, err
	}
	items, err := s.readable(ctx, actor, search, waiting)
	if err != nil {
		return nil, err
	}
	var wanted []string
	for _, i := range items {
		wanted = append(wanted, i.ID)
	}
	gone := slices.DeleteFunc(waiting, func(id string) bool { return slices.Contains(wanted, id) })
	err = s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		if err := s.deps.Store.Drop(ctx, search.ID, gone); err != nil {
			return err
		}
		if err := s.deps.Store.Claim(ctx, search.ID, digest, wanted); err != nil {
			return err
		}
		listings, err = s.deps.Store.InDigest(ctx, search.ID, digest, maxDigest)
		return err
	})
	// Another digest may have been quicker.
	return slices.DeleteFunc(items, func(i Item) bool { return !slices.Contains(listings, i.ID) }), err
}

// owner is the owner as reader: for the organisation of the search, or for
// nobody once the owner has left it.
func (s *Service) owner(ctx context.Context, search Search) (policy.Actor, bool, error) {
	actor, _, ok, err := s.deps.People.Acting(ctx, search.AccountID, search.OrgID)
	if err != nil || ok || search.OrgID == "" {
		return actor, ok, err
	}
	actor, _, ok, err = s.deps.People.Acting(ctx, search.AccountID, "")
	return actor, ok, err
}

// readable are those of the listings that answer the query as the actor reads
// now.
func (s *Service) readable(ctx context.Context, actor policy.Actor, search Search, listings []string) (items []Item, err error) {
	gathered, err := s.deps.Finder.Gather(ctx, listings)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, gathered.Close()) }()
	return gathered.Found(ctx, actor, search.Query)
}
