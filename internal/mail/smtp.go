package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"chengqiao/internal/clock"
)

// Security is how a connection to the mail server is protected.
type Security string

// The ways to protect a connection.
const (
	// StartTLS begins in the clear and must change to TLS, usually on port 587.
	StartTLS Security = "starttls"
	// ImplicitTLS is TLS from the first byte, usually on port 465.
	ImplicitTLS Security = "tls"
	// Clear has no protection: for a relay on the same machine.
	Clear Security = "none"
)

// SMTPOptions say which server takes letters.
type SMTPOptions struct {
	Host     string
	Port     int
	Security Security
	// Username is empty for a server that asks for none. A password is never
	// sent in the clear.
	Username, Password string
	// Timeout bounds the connection and each answer; zero means 15 s.
	Timeout time.Duration
	// RootCAs is nil for the machine's.
	RootCAs *x509.CertPool
}

// SMTP hands letters to a mail server, one connection a letter: letters are
// few, and a connection kept open is one more thing to go stale.
type SMTP struct {
	sender
	host    string
	dial    gomail.DialContextFunc
	options []gomail.Option
}

var _ Sender = (*SMTP)(nil)

const defaultTimeout = 15 * time.Second

// NewSMTP connects to nothing yet; Check does. from is the letters' From line.
func NewSMTP(o SMTPOptions, from string, clk clock.Clock) (*SMTP, error) {
	s, err := newSender(from, clk)
	if err != nil {
		return nil, err
	}
	if o.Timeout == 0 {
		o.Timeout = defaultTimeout
	}
	secured := &tls.Config{ServerName: o.Host, RootCAs: o.RootCAs, MinVersion: tls.VersionTLS12}
	dial := new(net.Dialer).DialContext
	policy := gomail.TLSMandatory
	switch o.Security {
	case StartTLS:
	case ImplicitTLS:
		dial = (&tls.Dialer{Config: secured}).DialContext
		// The connection has TLS already, and such a server offers no other;
		// under this policy the library looks what it has.
		policy = gomail.TLSOpportunistic
	case Clear:
		policy = gomail.NoTLS
	default:
		return nil, fmt.Errorf("unknown protection %q of a mail connection", o.Security)
	}
	options := []gomail.Option{
		gomail.WithPort(o.Port),
		gomail.WithTimeout(o.Timeout),
		gomail.WithTLSConfig(secured),
		gomail.WithTLSPolicy(policy),
		gomail.WithHELO(domainOf(s.from.Address)),
	}
	if o.Username != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover),
			gomail.WithUsername(o.Username), gomail.WithPassword(o.Password))
	}
	if _, err := gomail.NewClient(o.Host, options...); err != nil {
		return nil, err
	}
	return &SMTP{sender: s, host: o.Host, dial: dial, options: options}, nil
}

// Send implements Sender.
func (s *SMTP) Send(ctx context.Context, m Message) error {
	letter, err := s.compose(m)
	if err != nil {
		return err
	}
	client, closeAll, err := s.client(ctx)
	if err != nil {
		return err
	}
	defer closeAll()
	err = client.DialAndSendWithContext(ctx, letter)
	if letter.IsDelivered() {
		// The server has taken it. What went wrong with the good-bye after
		// that must not send the letter twice.
		return nil
	}
	if err == nil {
		err = errors.New("the server did not take the letter")
	}
	var sending *gomail.SendError
	known := errors.As(err, &sending)
	// Causes go to the log, where the recipient's address has no place: personal data.
	err = errors.New(strings.ReplaceAll(err.Error(), m.To, "the recipient"))
	// A server that does not let the sender begin refuses what it would refuse of
	// any letter: it wants a sign-in, or another From, and an operator who sees to
	// it. The letter waits for that.
	if known && sending.ErrorCode() >= 500 && sending.Reason != gomail.ErrSMTPMailFrom {
		return refused(err)
	}
	return unavailable(err)
}

// Check implements Sender: it greets the server and signs in.
func (s *SMTP) Check(ctx context.Context) error {
	client, closeAll, err := s.client(ctx)
	if err != nil {
		return err
	}
	defer closeAll()
	if err := client.DialWithContext(ctx); err != nil {
		return unavailable(err)
	}
	if err := client.Close(); err != nil {
		return unavailable(err)
	}
	return nil
}

// client is for one conversation. closeAll ends its connection: the library
// leaves that open when the greeting, TLS or signing in fails, and heeds ctx
// only while connecting.
func (s *SMTP) client(ctx context.Context) (client *gomail.Client, closeAll func(), err error) {
	end := func() {}
	dial := func(dialling context.Context, network, address string) (net.Conn, error) {
		conn, err := s.dial(dialling, network, address)
		if err != nil {
			return nil, err
		}
		stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
		end = func() {
			stop()
			_ = conn.Close()
		}
		return conn, nil
	}
	client, err = gomail.NewClient(s.host, append(slices.Clip(s.options), gomail.WithDialContextFunc(dial))...)
	return client, func() { end() }, err
}

// Forget implements Sender: what is handed over is not kept here.
func (*SMTP) Forget(context.Context, []string) error { return nil }

// Prune implements Sender: what is handed over is not kept here.
func (*SMTP) Prune(context.Context, time.Time, int) (int, error) { return 0, nil }
