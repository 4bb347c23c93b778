package servertest

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"syscall"
	"testing"
)

// Meilisearch gives the address and master key of an empty Meilisearch of the
// caller's own. It ends with the test.
func Meilisearch(t testing.TB) (url, masterKey string) {
	t.Helper()
	s := StartMeilisearch(t)
	return "http://" + s.Addr, s.MasterKey
}

// MeilisearchBinary is the path of the program, for tests of what starts one
// by itself.
func MeilisearchBinary(t testing.TB) string {
	t.Helper()
	bin, err := meilisearchTool.find()
	require(t, err)
	return bin
}

// StartMeilisearch is Meilisearch for tests that take the server away and
// bring it back. Its data outlive a restart.
func StartMeilisearch(t testing.TB) *Server {
	t.Helper()
	w, err := openWorkspace()
	require(t, err)
	bin, err := w.binary(meilisearchTool)
	require(t, err)
	dir, err := w.serverDir("meilisearch")
	require(t, err)
	s := &Server{MasterKey: secret()}
	require(t, onFreePort(func(port int) error {
		s.Addr = loopback(port)
		s.process = &process{
			name: "meilisearch", path: bin, dir: dir, who: w.account, deathSignal: syscall.SIGKILL,
			args: []string{"--env", "production", "--no-analytics",
				"--http-addr", s.Addr, "--master-key", s.MasterKey,
				"--db-path", filepath.Join(dir, "data.ms"),
				"--dump-dir", filepath.Join(dir, "dumps"), "--snapshot-dir", filepath.Join(dir, "snapshots"),
				// Beside other test packages on a small machine.
				"--max-indexing-memory", "1GiB", "--max-indexing-threads", "2",
				"--log-level", "WARN"},
		}
		s.ready = s.meilisearchIsOurs
		return s.start(s.ready)
	}))
	s.cleanup(t)
	return s
}

// meilisearchIsOurs asks what only our master key may ask.
func (s *Server) meilisearchIsOurs(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.Addr+"/version", nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+s.MasterKey)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, res.Body)
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("the Meilisearch on %s answers %s", s.Addr, res.Status)
	}
	return nil
}
