package mail_test

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// smtpServer speaks SMTP on a real connection as far as one letter needs it,
// with answers that a test can change.
type smtpServer struct {
	listener net.Listener
	tls      *tls.Config
	implicit bool // TLS from the first byte
	// roots trust the server's certificate, which is for 127.0.0.1.
	roots *x509.CertPool
	// answers replace the usual answer to a command: "RCPT": "550 no such user".
	answers map[string]string

	mu       sync.Mutex
	letters  []string
	signedIn []string // user and password, in order
	senders  []string
}

func startSMTP(t *testing.T, answers map[string]string) *smtpServer {
	t.Helper()
	return start(t, answers, false)
}

// startSMTPS speaks TLS from the first byte.
func startSMTPS(t *testing.T) *smtpServer {
	t.Helper()
	return start(t, nil, true)
}

func start(t *testing.T, answers map[string]string, implicit bool) *smtpServer {
	t.Helper()
	// httptest owns a certificate for loopback addresses; only that is used.
	certified := httptest.NewTLSServer(nil)
	t.Cleanup(certified.Close)
	roots := x509.NewCertPool()
	roots.AddCert(certified.Certificate())

	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &smtpServer{
		listener: l, roots: roots, answers: answers, implicit: implicit,
		tls: &tls.Config{Certificates: certified.TLS.Certificates},
	}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			serving.Go(func() { s.serve(conn) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		serving.Wait()
	})
	return s
}

func (s *smtpServer) port() int { return s.listener.Addr().(*net.TCPAddr).Port }

func (s *smtpServer) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	secure := s.implicit
	if secure {
		conn = tls.Server(conn, s.tls)
	}
	lines := bufio.NewReader(conn)
	say := func(command, usual string) {
		if other, ok := s.answers[command]; ok {
			usual = other
		}
		_, _ = fmt.Fprintf(conn, "%s\r\n", usual)
	}
	say("greeting", "220 test")
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		command, rest, _ := strings.Cut(line, " ")
		switch strings.ToUpper(command) {
		case "EHLO":
			if secure {
				say("EHLO", "250-test\r\n250-8BITMIME\r\n250 AUTH PLAIN")
			} else {
				say("EHLO", "250-test\r\n250-8BITMIME\r\n250 STARTTLS")
			}
		case "STARTTLS":
			say("STARTTLS", "220 go")
			conn = tls.Server(conn, s.tls)
			lines, secure = bufio.NewReader(conn), true
		case "AUTH":
			s.note(&s.signedIn, decoded(strings.TrimPrefix(rest, "PLAIN ")))
			say("AUTH", "235 welcome")
		case "MAIL":
			s.note(&s.senders, rest)
			say("MAIL", "250 fine")
		case "DATA":
			say("DATA", "354 go on")
			if _, refused := s.answers["DATA"]; refused {
				continue
			}
			var letter strings.Builder
			for {
				line, err := lines.ReadString('\n')
				if err != nil {
					return
				}
				if line == ".\r\n" {
					break
				}
				letter.WriteString(line)
			}
			s.note(&s.letters, letter.String())
			say("letter", "250 taken")
		case "QUIT":
			say("QUIT", "221 bye")
			return
		default: // RCPT, NOOP, RSET
			say(strings.ToUpper(command), "250 fine")
		}
	}
}

func (s *smtpServer) note(list *[]string, entry string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	*list = append(*list, entry)
}

// seen gives what was noted so far.
func (s *smtpServer) seen(list *[]string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), *list...)
}

func decoded(plain string) string {
	content, err := base64.StdEncoding.DecodeString(plain)
	if err != nil {
		return err.Error()
	}
	return strings.ReplaceAll(strings.TrimPrefix(string(content), "\x00"), "\x00", ":")
}
