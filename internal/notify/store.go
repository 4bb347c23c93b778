package notify

import (
	"context"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/event"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// Notification is a word that waits for a person.
type Notification struct {
	ID        string
	AccountID string
	// OrgID is for which of the person's organisations; "" for the person.
	OrgID   string
	EventID string
	// Code says what has happened; clients translate it.
	Code string
	// Kind and SubjectID are what it is about.
	Kind      string
	SubjectID string
	At        time.Time
	ReadAt    time.Time // zero until read
	// MessageID is the message that it tells of; "" where it tells of none.
	MessageID string
	// Gathered: a letter is to tell of it with others, unless it is read before.
	Gathered bool
}

// LetterRecord is the record that a letter was handed over, or refused for
// good. It holds no address and no text: both are personal data.
type LetterRecord struct {
	EventID string
	// Recipient is an account; "" for a letter that a request addresses.
	Recipient string
	Template  string
	Refused   bool
	At        time.Time
}

// Store keeps notifications and the record of letters.
type Store interface {
	// InsertNotifications keeps those that are new by event, account and code. One
	// about a message that its account has read by now is kept as read.
	InsertNotifications(ctx context.Context, ns []Notification) error
	// Notifications of an account that are for its person or for one of the
	// organisations, newest first, before one's id; "" begins at the newest.
	Notifications(ctx context.Context, accountID string, orgs []string, before string, limit int) ([]Notification, error)
	// CountUnread counts the unread ones of the same, up to limit.
	CountUnread(ctx context.Context, accountID string, orgs []string, limit int) (int, error)
	// MarkRead marks those of an account up to one's id.
	MarkRead(ctx context.Context, accountID, upTo string, at time.Time) error
	// MarkOneRead marks the one of an account with this id, if there is one.
	MarkOneRead(ctx context.Context, accountID, id string, at time.Time) error
	// ForgetNotifications forgets those of an account about a subject.
	ForgetNotifications(ctx context.Context, accountID, kind, subjectID string) error
	// Written are the letters of an event, by recipient and template.
	Written(ctx context.Context, eventID string) ([]LetterRecord, error)
	InsertLetter(ctx context.Context, l LetterRecord) error

	// ReadTalk keeps that an account has read the messages of a deal up to one, and
	// marks its notifications of them. It does nothing where the deal has no such
	// message, or a later one was read already.
	ReadTalk(ctx context.Context, accountID, dealID, upTo string, at time.Time) error
	// DueTalks are talks in which messages wait, unread, for a letter: none of
	// them older than oldest, and the newest not younger than quiet or the first
	// not younger than longest. It leaves out those of which a letter has told
	// that is unread still, and of who declines such letters.
	DueTalks(ctx context.Context, oldest, quiet, longest time.Time, limit int) ([]Talk, error)
	// ClaimTalk gives what waits in a talk to the letter of an event, and says how
	// much that is.
	ClaimTalk(ctx context.Context, t Talk, eventID string) (int64, error)
	// Unread counts what is unread of what a letter tells of.
	Unread(ctx context.Context, t Talk, eventID string) (int, error)

	// Declined are the topics of letters that an account declines.
	Declined(ctx context.Context, accountID string) ([]Topic, error)
	// Decline and Accept keep a choice; they may be repeated.
	Decline(ctx context.Context, accountID string, topic Topic, at time.Time) error
	Accept(ctx context.Context, accountID string, topic Topic) error
}

// Talk is the talk of a deal as one member of an organisation follows it.
type Talk struct{ AccountID, OrgID, DealID string }

// Concerned is whom the subject of an event concerns, and what may be told of
// it to all of them.
type Concerned struct {
	Title    text.Text
	OwnerOrg string
	// State is where a subject stands that asks for something; "" for listings.
	State string
	// Parties are the organisations on both sides.
	Parties []string
	// Asker and Asked are the sides of an introduction, AnswerBy its clock.
	Asker, Asked string
	AnswerBy     time.Time
	// Mediator put the two together by hand; it is no party, and reads no more than
	// what became of it. "" for none.
	Mediator string
	// Concealed is an organisation that must not be named to the other side.
	Concealed string
	// Persons are those it is about.
	Persons []string
	// ConfirmBy is until when a listing holds unconfirmed; "" for other subjects.
	ConfirmBy clock.Date
}

// Orgs are all organisations concerned.
func (c Concerned) Orgs() []string {
	return distinct(append([]string{c.OwnerOrg, c.Asker, c.Asked}, c.Parties...))
}

// Subjects knows the subjects of events.
type Subjects interface {
	// Concerned tells whom a subject concerns; errs.NotFound when it is gone
	// or of a kind that concerns nobody.
	Concerned(ctx context.Context, kind, id string) (Concerned, error)
	// AllConcerned is the same for those of several subjects of a kind that there are.
	AllConcerned(ctx context.Context, kind string, ids []string) (map[string]Concerned, error)
}

// Recipient is a person with an account who can be told.
type Recipient struct {
	AccountID string
	Name      string
	// Email is a verified address; "" when there is none.
	Email string
	// Locale is the person's language, zh-CN or en.
	Locale string
}

// Directory knows people. Erased accounts are not in it.
type Directory interface {
	// Members of an organisation with one of the roles, at most limit.
	Members(ctx context.Context, orgID string, roles []policy.Role, limit int) ([]Recipient, error)
	// Staff are members of the platform with one of the roles.
	Staff(ctx context.Context, roles []policy.Role, limit int) ([]Recipient, error)
	// Claimed are the accounts of persons, of those who have one.
	Claimed(ctx context.Context, personIDs []string) ([]Recipient, error)
	// Known tells whether an account is in it.
	Known(ctx context.Context, accountID string) (bool, error)
	// OrganisationName is an organisation's; errs.NotFound.
	OrganisationName(ctx context.Context, orgID string) (text.Text, error)
}

// Memberships knows for whom an account may act.
type Memberships interface {
	// OrganisationsOf are those of which an account is a member.
	OrganisationsOf(ctx context.Context, accountID string) ([]string, error)
}

// Requested is one letter that a domain asks for by event.MailRequested: to
// verify an address, to reset a password, to invite.
type Requested struct {
	Template string
	To, Name string
	Locale   string
	// Link is the whole address that the letter is about, token included.
	Link string
	// Organisation invites, or is handed over; absent in letters about an account.
	Organisation text.Text
	// Reason is why it is written, in the words of whoever caused it; mostly absent.
	Reason string
	// Due is until when the link or the offer stands; zero where it does not end.
	Due time.Time
}

// Requests reads what a domain asked for. The event carries no secret, so the
// token is the domain's to know.
type Requests interface {
	// Requested is the letter of an event; ok is false when it is no longer
	// wanted (the token is used or has expired, the account is gone).
	Requested(ctx context.Context, ev event.Event) (r Requested, ok bool, err error)
}

// Confirmations makes the links by which a letter's reader confirms a listing.
type Confirmations interface {
	Link(kind, id string, confirmBy clock.Date, accountID string) string
}

// Letter is one letter to one person.
type Letter struct {
	// ID is the same whenever the same letter is sent again.
	ID       string
	To, Name string
	Subject  string
	// HTML says what Text says.
	Text, HTML string
	// Unsubscribe is where a mail program ends such letters; "" for none.
	Unsubscribe string
}

// Sender hands letters over. An error of kind errs.Invalid means that trying
// again is no use.
type Sender interface {
	Send(ctx context.Context, l Letter) error
}
