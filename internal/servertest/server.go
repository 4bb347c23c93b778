package servertest

import (
	"context"
	"testing"
)

// Server is a server of the test's own, which it may stop and start again.
type Server struct {
	*process
	// Addr is host:port; the same after a restart.
	Addr string
	// MasterKey is Meilisearch's; empty for Redis.
	MasterKey string

	ready func(ctx context.Context) error
}

// Stop ends the server as a crash would. Connections to it break.
func (s *Server) Stop(t testing.TB) {
	t.Helper()
	s.kill()
}

// Start brings a stopped server back on its address and waits until it answers.
func (s *Server) Start(t testing.TB) {
	t.Helper()
	require(t, s.start(s.ready))
}

// cleanup ends the server with the test and shows its log where that helps.
func (s *Server) cleanup(t testing.TB) {
	t.Cleanup(func() {
		s.kill()
		if t.Failed() {
			t.Logf("the log of %s ends with:\n%s", s.name, s.logTail())
		}
		if err := s.remove(); err != nil {
			t.Errorf("servertest: %v", err)
		}
	})
}
