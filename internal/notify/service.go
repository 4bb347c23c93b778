package notify

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/ident"
	"chengqiao/internal/journal"
	"chengqiao/internal/link"
)

// maxRecipients bounds who is told of one event in one organisation.
const maxRecipients = 100

// Deps are what the service works with.
type Deps struct {
	Store       Store
	Subjects    Subjects
	Directory   Directory
	Memberships Memberships
	Requests    Requests
	Sender      Sender
	Letters     *Letters
	// Live is wanted where digests are told.
	Live *Live
	// Confirmations is wanted where listings are written about.
	Confirmations Confirmations
	// Tx and Journal are wanted where messages are gathered and letters chosen.
	Tx      journal.Transactor
	Journal journal.Journal
	Clock   clock.Clock
	Log     *slog.Logger
	// PublicURL is the address people use, without a trailing slash, OneClick its
	// path where mail programs end letters by themselves (RFC 8058).
	PublicURL, OneClick string
	// Key signs the links that end letters; the same on all replicas.
	Key []byte
	// Quiet is how long messages are unread before a letter tells of them.
	Quiet time.Duration
}

// Service tells people of events. Notify and Mail are outbox consumers: they
// may see an event again, and then do nothing twice.
type Service struct {
	deps  Deps
	links link.Signer
}

// NewService makes the service.
func NewService(deps Deps) *Service {
	return &Service{deps: deps, links: link.NewSigner("letters", deps.Key)}
}

// told is one person to be told of one event.
type told struct {
	Recipient
	orgID string
	rule  rule
}

// Notify keeps a notification for everybody whom the rules tell of the events.
func (s *Service) Notify(ctx context.Context, events []event.Event) error {
	var out []Notification
	for _, ev := range events {
		_, people, err := s.toldOf(ctx, ev, func(rule) bool { return true })
		if err != nil {
			return err
		}
		for _, p := range people {
			n := Notification{
				ID: ident.NewID(), AccountID: p.AccountID, OrgID: p.orgID, EventID: ev.ID, Code: p.rule.code,
				Kind: ev.Kind, SubjectID: ev.Subject, At: ev.At, Gathered: p.rule.gathered,
			}
			n.MessageID, _ = ev.Data["message_id"].(string)
			out = append(out, n)
		}
	}
	if len(out) == 0 {
		return nil
	}
	return s.deps.Store.InsertNotifications(ctx, out)
}

// toldOf finds whom the chosen rules tell of an event: each person once a
// code, and never the one who did it.
func (s *Service) toldOf(ctx context.Context, ev event.Event, chosen func(rule) bool) (Concerned, []told, error) {
	applying := slices.DeleteFunc(slices.Clone(rules), func(r rule) bool { return !r.applies(ev) || !chosen(r) })
	if len(applying) == 0 {
		return Concerned{}, nil, nil
	}
	c, err := s.deps.Subjects.Concerned(ctx, ev.Kind, ev.Subject)
	if err != nil {
		if errs.KindOf(err) == errs.NotFound {
			return c, nil, nil // gone since: there is nothing to tell
		}
		return c, nil, err
	}
	if last, about := ev.Data["confirm_by"].(string); about && last != string(c.ConfirmBy) {
		return c, nil, nil // confirmed since: there is nothing to remind of
	}
	var out []told
	for _, r := range applying {
		people, err := s.peopleOf(ctx, r, ev, c)
		if err != nil {
			return c, nil, err
		}
		for _, p := range people {
			known := slices.ContainsFunc(out, func(o told) bool { return o.AccountID == p.AccountID && o.rule.code == r.code })
			if !known && p.AccountID != ev.AccountID {
				out = append(out, p)
			}
		}
	}
	return c, out, nil
}

func (s *Service) peopleOf(ctx context.Context, r rule, ev event.Event, c Concerned) ([]told, error) {
	var out []told
	add := func(org string, people []Recipient) {
		for _, p := range people {
			out = append(out, told{Recipient: p, orgID: org, rule: r})
		}
	}
	switch r.to {
	case persons:
		people, err := s.deps.Directory.Claimed(ctx, c.Persons)
		add("", people)
		return out, err
	case staff:
		people, err := s.deps.Directory.Staff(ctx, r.roles, maxRecipients)
		add("", people)
		return out, err
	}
	for _, org := range r.orgs(ev, c) {
		people, err := s.deps.Directory.Members(ctx, org, r.roles, maxRecipients)
		if err != nil {
			return nil, err
		}
		add(org, people)
	}
	return out, nil
}

// Mail writes the letters of the events. One that fails is tried again with
// its event; it holds up no other of the event, and those that went out already
// are not repeated.
func (s *Service) Mail(ctx context.Context, events []event.Event) error {
	for _, ev := range events {
		if err := s.mailOf(ctx, ev); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) mailOf(ctx context.Context, ev event.Event) error {
	switch ev.Name {
	case event.MailRequested:
		return s.mailRequested(ctx, ev)
	case event.MessagesGathered:
		return s.mailGathered(ctx, ev)
	}
	c, people, err := s.toldOf(ctx, ev, func(r rule) bool { return r.letter != "" })
	if err != nil || len(people) == 0 {
		return err
	}
	if people, err = s.wanting(ctx, ev, c, people); err != nil || len(people) == 0 {
		return err
	}
	written, err := s.deps.Store.Written(ctx, ev.ID)
	if err != nil {
		return err
	}
	var held error // by the first that is to be tried again
	for _, p := range people {
		done := slices.ContainsFunc(written, func(l LetterRecord) bool {
			return l.Recipient == p.AccountID && l.Template == p.rule.code
		})
		if done {
			continue
		}
		values, err := s.values(ctx, ev, c, p)
		if err != nil {
			return err
		}
		err = s.send(ctx, ev.ID, p, values)
		if err != nil && (errs.KindOf(err) != errs.Unavailable || ctx.Err() != nil) {
			return err
		}
		if held == nil {
			held = err
		}
	}
	return held
}

func (s *Service) mailRequested(ctx context.Context, ev event.Event) error {
	written, err := s.deps.Store.Written(ctx, ev.ID)
	if err != nil || len(written) > 0 {
		return err
	}
	r, ok, err := s.deps.Requests.Requested(ctx, ev)
	if err != nil || !ok {
		return err
	}
	return s.send(ctx, ev.ID, told{Recipient: Recipient{Email: r.To, Locale: r.Locale}, rule: rule{code: r.Template}},
		Values{Name: r.Name, Link: r.Link, Organisation: r.Organisation.In(r.Locale), Reason: r.Reason, Due: r.Due})
}

// wanting are those of the people who have an address, did not decline such
// letters, and are told of what still waits.
func (s *Service) wanting(ctx context.Context, ev event.Event, c Concerned, people []told) ([]told, error) {
	var out []told
	for _, p := range people {
		if p.Email == "" {
			continue
		}
		over, err := s.over(ctx, p.rule, ev, c)
		if err != nil {
			return nil, err
		}
		declined, err := s.declines(ctx, p.AccountID, p.rule.letter)
		if err != nil {
			return nil, err
		}
		if !over && !declined {
			out = append(out, p)
		}
	}
	return out, nil
}

// over tells whether what a rule's letter asks for waits no longer.
func (s *Service) over(ctx context.Context, r rule, ev event.Event, c Concerned) (bool, error) {
	if r.of != "" {
		id, _ := ev.Data[r.of+"_id"].(string)
		var err error
		if c, err = s.deps.Subjects.Concerned(ctx, r.of, id); err != nil {
			if errs.KindOf(err) == errs.NotFound {
				return true, nil
			}
			return false, err
		}
	}
	return r.while != "" && r.while != c.State, nil
}

// values are what a letter about an event says to one person.
func (s *Service) values(ctx context.Context, ev event.Event, c Concerned, p told) (Values, error) {
	v := Values{
		Name: p.Name, Title: c.Title.In(p.Locale), Kind: ev.Kind, Due: c.AnswerBy,
		Link: s.deps.PublicURL + pathOf(p.rule.code, ev),
	}
	if p.rule.code == "listing_expiring" || p.rule.code == "listing_expired" {
		v.Link = s.deps.Confirmations.Link(ev.Kind, ev.Subject, c.ConfirmBy, p.AccountID)
		v.Due = c.ConfirmBy.End()
	}
	for _, org := range c.Parties {
		if org == p.orgID || org == c.Concealed {
			continue
		}
		name, err := s.deps.Directory.OrganisationName(ctx, org)
		if err != nil && errs.KindOf(err) != errs.NotFound {
			return v, err
		}
		v.Organisation = name.In(p.Locale)
	}
	return v, nil
}

// pathOf is the page of the web app where what a letter tells is to be seen.
func pathOf(code string, ev event.Event) string {
	page := "/" + ev.Kind + "s/" + ev.Subject
	switch {
	case code == "listing_returned":
		return "/my" + page
	case code == "introduction_accepted":
		if dealID, ok := ev.Data["deal_id"].(string); ok {
			return "/deals/" + dealID
		}
	case code == "organisation_verified":
		return "/dashboard"
	case ev.Kind == "organisation":
		return "/organisation"
	case ev.Kind == "webhook":
		return "/organisation/webhooks/" + ev.Subject
	case ev.Kind == "contribution" && code == "contribution_to_confirm":
		return "/my/contributions"
	case ev.Kind == "distribution" && code != "reward_to_approve":
		return "/my/rewards"
	case ev.Kind == "file_request":
		return "/file-requests"
	case code == "match_proposed":
		return page + "/matches"
	}
	return page
}

// send hands one letter over and keeps that it did.
func (s *Service) send(ctx context.Context, eventID string, p told, v Values) error {
	oneClick := ""
	if topic := p.rule.letter; topic.optional() {
		v.Unsubscribe, oneClick = s.unsubscribeLinks(p.AccountID, topic)
	}
	return s.hand(ctx, LetterRecord{EventID: eventID, Recipient: p.AccountID, Template: p.rule.code}, p.Recipient, v, oneClick)
}

// hand writes a letter, hands it over and keeps its record.
func (s *Service) hand(ctx context.Context, record LetterRecord, to Recipient, v Values, oneClick string) error {
	subject, body, err := s.deps.Letters.Write(record.Template, to.Locale, v)
	if err != nil {
		return err
	}
	page, err := pageOf(subject, body, to.Locale, s.deps.PublicURL)
	if err != nil {
		return err
	}
	err = s.deps.Sender.Send(ctx, Letter{
		ID: strings.Trim(record.EventID+"."+record.Recipient, "."), To: to.Email, Name: v.Name,
		Subject: subject, Text: body, HTML: page, Unsubscribe: oneClick,
	})
	record.Refused = err != nil && errs.KindOf(err) == errs.Invalid
	if err != nil && !record.Refused {
		return err
	}
	if record.Refused {
		s.deps.Log.WarnContext(ctx, "letter refused for good", "event", record.EventID, "template", record.Template, "error", err)
	}
	record.At = s.deps.Clock.Now()
	return s.deps.Store.InsertLetter(ctx, record)
}

// distinct drops empty and repeated entries, keeping order.
func distinct(in []string) []string {
	var out []string
	for _, v := range in {
		if v != "" && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}
