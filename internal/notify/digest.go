package notify

import (
	"context"

	"chengqiao/internal/event"
	"chengqiao/internal/ident"
	"chengqiao/internal/text"
)

// searchAlert is the code of the notification, and the template of the letter,
// of what a saved search found.
const searchAlert = "search_alert"

// maxLetterItems is how many listings a letter shows; the others stand on the
// page that it leads to.
const maxLetterItems = 20

// Digest tells one person of several listings at once.
type Digest struct {
	// EventID is the same when it is told again.
	EventID             string
	PersonID, AccountID string
	// Kind and SubjectID are of what found them, Name is what its owner calls it.
	Kind, SubjectID, Name string
	Items                 []DigestItem
	ByMail, InApp         bool
	// Link leads to all of them, Unsubscribe to the page that ends such letters;
	// OneClick is where a mail program does so by itself (RFC 8058).
	Link, Unsubscribe, OneClick string
}

// DigestItem is one listing of a digest.
type DigestItem struct {
	// Kind is the listing's, as in events; Owner is empty where it is concealed.
	Kind               string
	Title, Line, Owner text.Text
	Link               string
}

// LetterItem is one listing as a letter shows it.
type LetterItem struct{ Kind, Title, Line, Owner, Link string }

// TellDigest keeps a notification, of which open pages hear, and writes a
// letter, as the digest says.
// Told again, it does nothing twice.
func (s *Service) TellDigest(ctx context.Context, d Digest) error {
	if d.InApp {
		now := s.deps.Clock.Now()
		err := s.deps.Store.InsertNotifications(ctx, []Notification{{
			ID: ident.NewID(), AccountID: d.AccountID, EventID: d.EventID, Code: searchAlert,
			Kind: d.Kind, SubjectID: d.SubjectID, At: now,
		}})
		if err != nil {
			return err
		}
		// Not by the event that asked for the digest: pages would read their
		// notifications before this one is among them.
		if err := s.deps.Live.Tell(ctx, d.AccountID, LiveEvent{Name: event.SavedSearchFound, Kind: d.Kind, SubjectID: d.SubjectID, At: now}); err != nil {
			return err
		}
	}
	if !d.ByMail {
		return nil
	}
	written, err := s.deps.Store.Written(ctx, d.EventID)
	if err != nil || len(written) > 0 {
		return err
	}
	people, err := s.deps.Directory.Claimed(ctx, []string{d.PersonID})
	if err != nil || len(people) == 0 || people[0].Email == "" {
		return err
	}
	return s.mailDigest(ctx, d, people[0])
}

// ForgetDigests forgets an account's notifications about what found listings, and
// is no more.
func (s *Service) ForgetDigests(ctx context.Context, accountID, kind, subjectID string) error {
	return s.deps.Store.ForgetNotifications(ctx, accountID, kind, subjectID)
}

func (s *Service) mailDigest(ctx context.Context, d Digest, to Recipient) error {
	v := Values{Name: to.Name, Title: d.Name, Link: d.Link, Count: len(d.Items), Unsubscribe: d.Unsubscribe,
		More: max(len(d.Items)-maxLetterItems, 0)}
	for _, i := range d.Items[:min(len(d.Items), maxLetterItems)] {
		v.Items = append(v.Items, LetterItem{Kind: i.Kind, Title: i.Title.In(to.Locale), Line: shortLine(i.Line.In(to.Locale)), Owner: i.Owner.In(to.Locale), Link: i.Link})
	}
	return s.hand(ctx, LetterRecord{EventID: d.EventID, Recipient: to.AccountID, Template: searchAlert}, to, v, d.OneClick)
}

// maxLine is the length of a listing's line in a letter, in characters.
const maxLine = 120

func shortLine(s string) string {
	if r := []rune(s); len(r) > maxLine {
		return string(r[:maxLine-1]) + "…"
	}
	return s
}
