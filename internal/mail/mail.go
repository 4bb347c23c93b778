// Package mail owns how a letter leaves the program: by SMTP, or into a folder
// of .eml files for development and demonstration. What a letter says, in
// which language and to whom is decided by notify; that it is sent once its
// cause is committed, and again after a failure, by outbox.
package mail

import (
	"context"
	"errors"
	"fmt"
	netmail "net/mail"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
)

// Message is one letter to one person.
type Message struct {
	// ID stays the same when a letter is sent again after a failure, so that
	// mailboxes can tell the second as the same: the event's id, say.
	ID string
	// To is a bare address, "li@example.org"; ToName may be empty.
	To, ToName string
	Subject    string
	// Unsubscribe is where a mail program ends such letters by one request
	// (RFC 8058); "" for letters that nobody can do without.
	Unsubscribe string
	// Text is always there; HTML, if there, says the same.
	Text, HTML string
}

// Sender sends letters. Methods may be called by several goroutines.
type Sender interface {
	// Send returns once the letter is handed over. ErrRefused means that
	// trying again is no use, ErrUnavailable that it is.
	Send(ctx context.Context, m Message) error
	// Check says whether letters could be sent now, for readiness checks.
	Check(ctx context.Context) error
	// Forget erases the copies that the sender keeps of letters to any of the
	// addresses, whatever their case. Error: ErrUnavailable.
	Forget(ctx context.Context, addresses []string) error
	// Prune erases up to limit copies of letters handed over before an instant,
	// and says how many. Error: ErrUnavailable.
	Prune(ctx context.Context, before time.Time, limit int) (int, error)
}

// Errors of this package; compare with errors.Is.
var (
	// ErrRefused: the letter is malformed, or the server refuses its
	// recipient or content for good.
	ErrRefused = errs.New(errs.Invalid, "mail_refused")
	// ErrUnavailable: the server is away, asks to try later, or takes nothing from
	// this sender.
	ErrUnavailable = errs.New(errs.Unavailable, "mail_unavailable")
)

func refused(cause error) error {
	return errs.Wrap(ErrRefused.Kind, ErrRefused.Code, cause)
}

func unavailable(cause error) error {
	return errs.Wrap(ErrUnavailable.Kind, ErrUnavailable.Code, cause)
}

// sender is who letters come from, and when.
type sender struct {
	from  *netmail.Address
	clock clock.Clock
}

// newSender reads a From line: "成桥 <no-reply@example.org>" or a bare address.
func newSender(from string, clk clock.Clock) (sender, error) {
	address, err := netmail.ParseAddress(from)
	if err != nil {
		return sender{}, fmt.Errorf("not a sender's address: %q: %w", from, err)
	}
	return sender{from: address, clock: clk}, nil
}

// compose writes a letter by the standards. Its errors match ErrRefused.
func (s sender) compose(m Message) (*gomail.Msg, error) {
	to, err := netmail.ParseAddress(m.To)
	if err != nil || to.Name != "" {
		return nil, refused(errors.New("the recipient's address is none"))
	}
	if strings.ContainsAny(m.Subject, "\r\n") || strings.ContainsAny(m.ToName, "\r\n") {
		return nil, refused(fmt.Errorf("a line break in the subject or a name"))
	}
	letter := gomail.NewMsg()
	letter.FromMailAddress(s.from)
	letter.AddToMailAddress(&netmail.Address{Name: m.ToName, Address: to.Address})
	letter.Subject(m.Subject)
	letter.SetDateWithValue(s.clock.Now().In(clock.Shanghai))
	if m.Unsubscribe != "" {
		letter.SetGenHeader(gomail.HeaderListUnsubscribe, "<"+m.Unsubscribe+">")
		letter.SetGenHeader(gomail.HeaderListUnsubscribePost, "List-Unsubscribe=One-Click")
	}
	if m.ID == "" {
		letter.SetMessageID()
	} else {
		letter.SetMessageIDWithValue(m.ID + "@" + domainOf(s.from.Address))
	}
	// No out-of-office answers to a program (RFC 3834).
	letter.SetGenHeader("Auto-Submitted", "auto-generated")
	letter.SetBodyString(gomail.TypeTextPlain, m.Text)
	if m.HTML != "" {
		letter.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	}
	return letter, nil
}

func domainOf(address string) string {
	return address[strings.LastIndexByte(address, '@')+1:]
}
