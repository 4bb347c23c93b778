package notify

import (
	"context"
	"slices"

	"chengqiao/internal/errs"
	"chengqiao/internal/ident"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// Titled is a notification with the title of its subject as it is now; zero
// when the subject is gone.
type Titled struct {
	Notification
	Title text.Text
}

// Page is one page of notifications with the cursor of the next, "" at the
// end, and how many are unread in all, counted up to MaxUnread.
type Page struct {
	Items  []Titled
	Next   string
	Unread int
}

const (
	// maxPage bounds the notifications of one page.
	maxPage = 100
	// MaxUnread is where counting the unread ends: nobody reads a larger figure.
	MaxUnread = 100
)

// Notifications lists one's own, newest first: those to the person, and those
// for organisations of which the person still is a member. Errors:
// errs.Unauthenticated "sign_in_required", errs.Malformed "malformed_cursor".
func (s *Service) Notifications(ctx context.Context, actor policy.Actor, cursor string, limit int) (Page, error) {
	if err := policy.Check(actor, policy.NotificationRead, policy.Facts{AccountID: actor.AccountID}).Err(); err != nil {
		return Page{}, err
	}
	if err := ident.CheckCursor(cursor); err != nil {
		return Page{}, err
	}
	limit = max(1, min(limit, maxPage))
	orgs, err := s.deps.Memberships.OrganisationsOf(ctx, actor.AccountID)
	if err != nil {
		return Page{}, err
	}
	found, err := s.deps.Store.Notifications(ctx, actor.AccountID, orgs, cursor, limit+1)
	if err != nil {
		return Page{}, err
	}
	var page Page
	if page.Unread, err = s.deps.Store.CountUnread(ctx, actor.AccountID, orgs, MaxUnread); err != nil {
		return Page{}, err
	}
	if len(found) > limit {
		found = found[:limit]
		page.Next = found[limit-1].ID
	}
	page.Items, err = s.titled(ctx, found)
	return page, err
}

// titled reads the titles of all subjects of a kind at once: a busy organisation's
// page is about as many as it has lines.
func (s *Service) titled(ctx context.Context, ns []Notification) ([]Titled, error) {
	about := map[string][]string{}
	for _, n := range ns {
		if !slices.Contains(about[n.Kind], n.SubjectID) {
			about[n.Kind] = append(about[n.Kind], n.SubjectID)
		}
	}
	subjects := make(map[string]map[string]Concerned, len(about))
	for kind, ids := range about {
		var err error
		if subjects[kind], err = s.deps.Subjects.AllConcerned(ctx, kind, ids); err != nil {
			return nil, err
		}
	}
	out := make([]Titled, len(ns))
	for i, n := range ns {
		out[i] = Titled{n, subjects[n.Kind][n.SubjectID].Title}
	}
	return out, nil
}

// MarkRead marks one's own notifications as read, up to one by its id. Errors:
// errs.Unauthenticated "sign_in_required", errs.Invalid with the field "up_to".
func (s *Service) MarkRead(ctx context.Context, actor policy.Actor, upTo string) error {
	if err := policy.Check(actor, policy.NotificationRead, policy.Facts{AccountID: actor.AccountID}).Err(); err != nil {
		return err
	}
	if !ident.IsID(upTo) {
		return errs.InvalidFields([]errs.Field{{Path: "up_to", Code: "wrong_format"}})
	}
	return s.deps.Store.MarkRead(ctx, actor.AccountID, upTo, s.deps.Clock.Now())
}

// MarkOneRead marks one of one's own notifications as read, and none where the id is
// another's. Error: errs.Unauthenticated "sign_in_required".
func (s *Service) MarkOneRead(ctx context.Context, actor policy.Actor, id string) error {
	if err := policy.Check(actor, policy.NotificationRead, policy.Facts{AccountID: actor.AccountID}).Err(); err != nil {
		return err
	}
	return s.deps.Store.MarkOneRead(ctx, actor.AccountID, id, s.deps.Clock.Now())
}
