package mail_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/mail"
)

const from = "成桥 <no-reply@chengqiao.example>"

var at = clock.NewManual(time.Date(2026, 11, 23, 6, 30, 0, 0, time.UTC))

var letter = mail.Message{
	ID: "019f", To: "li@example.org", ToName: "李工",
	Subject: "请确认您的邮箱 Please confirm",
	Text:    "您好,\n.\n请打开 https://chengqiao.example/verify?token=abc=def\n",
	HTML:    `<p>您好,<a href="https://chengqiao.example/verify?token=abc=def">确认</a></p>`,
}

func TestTheFolderHoldsTheWholeLetter(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "outbox")
	var log strings.Builder
	s, err := mail.OpenFolder(dir, from, at, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Check(t.Context()), s.Send(t.Context(), letter)); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 || !strings.HasPrefix(files[0].Name(), "20261123T063000.000000Z-") || filepath.Ext(files[0].Name()) != ".eml" {
		t.Fatalf("the folder holds %v, %v", files, err)
	}
	content, err := os.ReadFile(filepath.Join(dir, files[0].Name()))
	if err != nil {
		t.Fatal(err)
	}
	checkLetter(t, string(content))
	for _, private := range []string{"li@example.org", "token"} {
		if strings.Contains(log.String(), private) {
			t.Errorf("the log tells %q: %s", private, log.String())
		}
	}
}

func TestLettersInTheFolderAreForTheirOwnerOnly(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "outbox")
	s := openFolder(t, dir)
	if err := s.Send(t.Context(), letter); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %s", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTheFolderForgetsOnePersonsLettersAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "outbox")
	s := openFolder(t, dir)
	other := letter
	other.To, other.Text = "wang@example.org", "关于 li@example.org"
	if err := errors.Join(s.Send(t.Context(), letter), s.Send(t.Context(), other), s.Send(t.Context(), letter)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "note.eml"), []byte("no letter"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Forget(t.Context(), []string{"LI@example.org"}); err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*.eml"))
	if err != nil || len(left) != 2 {
		t.Fatalf("left %v, %v", left, err)
	}
	content, err := os.ReadFile(left[0])
	if err != nil || !strings.Contains(string(content), "wang@example.org") {
		t.Errorf("left %s, %v", content, err)
	}
}

func TestTheFolderForgetsOldLettersOldestFirst(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "outbox")
	c := clock.NewManual(at.Now())
	s, err := mail.OpenFolder(dir, from, c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	for range 4 {
		if err := s.Send(t.Context(), letter); err != nil {
			t.Fatal(err)
		}
		c.Advance(24 * time.Hour)
	}
	bound := at.Now().Add(48 * time.Hour) // the third was written then
	for _, want := range []int{1, 1, 0} {
		if n, err := s.Prune(t.Context(), bound, 1); err != nil || n != want {
			t.Fatalf("pruned %d, want %d, %v", n, want, err)
		}
	}
	left, err := filepath.Glob(filepath.Join(dir, "*.eml"))
	if err != nil || len(left) != 2 || !strings.HasPrefix(filepath.Base(left[0]), "20261125T063000") {
		t.Errorf("left %v, %v", left, err)
	}
}

func TestSMTPHandsTheWholeLetterOver(t *testing.T) {
	for security, server := range map[mail.Security]*smtpServer{
		mail.StartTLS: startSMTP(t, nil), mail.ImplicitTLS: startSMTPS(t),
	} {
		t.Run(string(security), func(t *testing.T) { handOver(t, server, security) })
	}
}

func handOver(t *testing.T, server *smtpServer, security mail.Security) {
	s := newSMTP(t, mail.SMTPOptions{
		Host: "127.0.0.1", Port: server.port(), Security: security,
		Username: "user", Password: "geheim", RootCAs: server.roots,
	})
	if err := errors.Join(s.Check(t.Context()), s.Send(t.Context(), letter)); err != nil {
		t.Fatal(err)
	}
	letters := server.seen(&server.letters)
	if len(letters) != 1 {
		t.Fatalf("the server took %d letters", len(letters))
	}
	checkLetter(t, letters[0])
	if signedIn := server.seen(&server.signedIn); len(signedIn) != 2 || signedIn[1] != "user:geheim" {
		t.Errorf("signed in as %q, want twice as user:geheim", signedIn)
	}
	if senders := server.seen(&server.senders); !strings.Contains(senders[0], "<no-reply@chengqiao.example>") {
		t.Errorf("the envelope is from %q", senders)
	}
}

func TestAPasswordIsNotSentInTheClear(t *testing.T) {
	server := startSMTP(t, map[string]string{"EHLO": "250-test\r\n250 AUTH PLAIN LOGIN"})
	for _, security := range []mail.Security{mail.Clear, mail.StartTLS} {
		s := newSMTP(t, mail.SMTPOptions{
			Host: "127.0.0.1", Port: server.port(), Security: security, Username: "user", Password: "geheim",
			RootCAs: server.roots,
		})
		if err := s.Send(t.Context(), letter); !errors.Is(err, mail.ErrUnavailable) {
			t.Errorf("%s: got %v", security, err)
		}
	}
	if signedIn := server.seen(&server.signedIn); len(signedIn) > 0 {
		t.Errorf("the server saw %q", signedIn)
	}
}

func TestAServerWithAForeignCertificateGetsNothing(t *testing.T) {
	server := startSMTP(t, nil)
	s := newSMTP(t, mail.SMTPOptions{Host: "127.0.0.1", Port: server.port(), Security: mail.StartTLS})
	if err := s.Send(t.Context(), letter); !errors.Is(err, mail.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
	if senders := server.seen(&server.senders); len(senders) > 0 {
		t.Errorf("the server saw the envelope %q", senders)
	}
}

func TestRefusedForGoodIsToldFromTryLater(t *testing.T) {
	for name, c := range map[string]struct {
		answers map[string]string
		want    error
	}{
		"no such mailbox":     {map[string]string{"RCPT": "550 5.1.1 <" + letter.To + "> no such user"}, mail.ErrRefused},
		"mailbox is full":     {map[string]string{"RCPT": "452 4.2.2 full"}, mail.ErrUnavailable},
		"content refused":     {map[string]string{"letter": "554 5.7.1 spam"}, mail.ErrRefused},
		"no sign-in":          {map[string]string{"MAIL": "530 5.7.0 authentication required"}, mail.ErrUnavailable},
		"sender refused":      {map[string]string{"MAIL": "553 5.7.1 not owned by user"}, mail.ErrUnavailable},
		"greylisted":          {map[string]string{"MAIL": "451 4.7.1 later"}, mail.ErrUnavailable},
		"no service":          {map[string]string{"greeting": "421 closing"}, mail.ErrUnavailable},
		"no data accepted":    {map[string]string{"DATA": "451 later"}, mail.ErrUnavailable},
		"an unfriendly end":   {map[string]string{"QUIT": "500 what"}, nil},
		"a usual good server": {nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			server := startSMTP(t, c.answers)
			s := newSMTP(t, mail.SMTPOptions{Host: "127.0.0.1", Port: server.port(), Security: mail.Clear})
			err := s.Send(t.Context(), letter)
			if !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), letter.To) {
				t.Errorf("the error, which is logged, has the recipient: %v", err)
			}
		})
	}
}

func TestAServerThatIsAwayCostsABoundedTime(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	s := newSMTP(t, mail.SMTPOptions{
		Host: "127.0.0.1", Port: silent.Addr().(*net.TCPAddr).Port, Security: mail.Clear, Timeout: 200 * time.Millisecond,
	})
	start := time.Now()
	if err := errors.Join(s.Send(t.Context(), letter), s.Check(t.Context())); !errors.Is(err, mail.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
	if took := time.Since(start); took > time.Minute {
		t.Errorf("took %s", took)
	}
}

func TestALetterEndsWithItsContext(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	s := newSMTP(t, mail.SMTPOptions{
		Host: "127.0.0.1", Port: silent.Addr().(*net.TCPAddr).Port, Security: mail.Clear, Timeout: time.Hour,
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		conn, err := silent.Accept()
		cancel()
		if err == nil {
			_, _ = io.Copy(io.Discard, conn)
		}
	}()
	if err := s.Send(ctx, letter); !errors.Is(err, mail.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
}

// TestNothingCanBeSmuggledIntoTheHead: subjects and names come from people.
func TestNothingCanBeSmuggledIntoTheHead(t *testing.T) {
	dir := t.TempDir()
	s := openFolder(t, dir)
	for name, m := range map[string]mail.Message{
		"subject":       {To: "a@example.org", Subject: "x\r\nBcc: b@example.org", Text: "t"},
		"name":          {To: "a@example.org", ToName: "x\nBcc: b@example.org", Subject: "s", Text: "t"},
		"address":       {To: "a@example.org\r\nBcc: b@example.org", Subject: "s", Text: "t"},
		"two addresses": {To: "a@example.org, b@example.org", Subject: "s", Text: "t"},
		"named address": {To: "X <a@example.org>", Subject: "s", Text: "t"},
		"no address":    {To: "", Subject: "s", Text: "t"},
		"no host":       {To: "a@", Subject: "s", Text: "t"},
	} {
		if err := s.Send(t.Context(), m); !errors.Is(err, mail.ErrRefused) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 0 {
		t.Errorf("the folder holds %v, %v", files, err)
	}
}

func TestBadSettingsAreRefusedAtTheStart(t *testing.T) {
	for _, bad := range []string{"", "成桥", "no-reply@", "a@b, c@d"} {
		if _, err := mail.OpenFolder(t.TempDir(), bad, at, slog.New(slog.DiscardHandler)); err == nil {
			t.Errorf("the sender %q was taken", bad)
		}
	}
	if _, err := mail.NewSMTP(mail.SMTPOptions{Host: "h", Port: 25, Security: "ssl3"}, from, at); err == nil {
		t.Error("an unknown protection was taken")
	}
	if _, err := mail.NewSMTP(mail.SMTPOptions{Port: 25, Security: mail.Clear}, from, at); err == nil {
		t.Error("an empty host was taken")
	}
}

func openFolder(t *testing.T, dir string) *mail.Folder {
	t.Helper()
	s, err := mail.OpenFolder(dir, from, at, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func newSMTP(t *testing.T, o mail.SMTPOptions) *mail.SMTP {
	t.Helper()
	s, err := mail.NewSMTP(o, from, at)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// checkLetter reads a letter as a mail program does and compares it with letter.
func checkLetter(t *testing.T, raw string) {
	t.Helper()
	// SMTP doubles a point at the start of a line.
	m, err := netmail.ReadMessage(strings.NewReader(strings.ReplaceAll(raw, "\r\n..", "\r\n.")))
	if err != nil {
		t.Fatal(err)
	}
	words := new(mime.WordDecoder)
	for header, want := range map[string]string{
		"Subject": letter.Subject, "From": from, "To": "李工 <li@example.org>",
		"Message-Id": "<019f@chengqiao.example>", "Date": "Mon, 23 Nov 2026 14:30:00 +0800",
		"Auto-Submitted": "auto-generated",
	} {
		got, err := words.DecodeHeader(m.Header.Get(header))
		if err != nil || strings.ReplaceAll(got, `"`, "") != want {
			t.Errorf("%s is %q, %v, want %q", header, got, err, want)
		}
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("the letter is %q, %v", kind, err)
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for _, want := range []struct{ kind, content string }{{"text/plain", letter.Text}, {"text/html", letter.HTML}} {
		part, err := parts.NextRawPart()
		if err != nil {
			t.Fatal(err)
		}
		if got := part.Header.Get("Content-Type"); !strings.HasPrefix(got, want.kind) {
			t.Errorf("a part is %q, want %q", got, want.kind)
		}
		content, err := io.ReadAll(quotedprintable.NewReader(part))
		if got := strings.ReplaceAll(string(content), "\r\n", "\n"); err != nil || strings.TrimSpace(got) != strings.TrimSpace(want.content) {
			t.Errorf("%s reads %q, %v, want %q", want.kind, got, err, want.content)
		}
	}
}
