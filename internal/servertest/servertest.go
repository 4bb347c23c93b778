// Package servertest starts real servers for tests: PostgreSQL, Redis and
// Meilisearch, on free ports of the loopback interface, with their data in a
// temporary folder. It owns finding the binaries, dropping root's rights, and
// making sure that nothing outlives the test process. It imports nothing of
// the product but the deployment's own grants.
//
// Nothing is skipped: where a binary is missing the test fails with a message
// that names the script which installs it.
//
// PostgreSQL is started once per test process and gives each caller a fresh
// database; Redis and Meilisearch start in a few hundredths of a second, so
// each caller has its own.
package servertest

import (
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
)

// workspace is the folder that holds everything this test process starts.
type workspace struct {
	dir     string
	account *account // whom the servers run as; nil means as ourselves

	// guardianPipe is never written to. While this process lives it is open;
	// when the process ends, however it ends, the guardian reads end-of-file
	// and removes dir.
	guardianPipe *os.File
}

// openWorkspace makes the folder once per process. The servers die with this
// process through their parent-death signal (see process.go); a process
// cannot remove its own folder after being killed, which is why a small shell
// waits for its end instead. This needs no TestMain in the packages that use it.
var openWorkspace = sync.OnceValues(func() (*workspace, error) {
	who, err := serverAccount()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "chengqiao-test-")
	if err != nil {
		return nil, fmt.Errorf("make a folder for the test servers: %w", err)
	}
	if who != nil {
		// The servers' user has to pass through; each server's own folder
		// below is closed again.
		if err := os.Chmod(dir, 0o755); err != nil {
			return nil, err
		}
		if err := who.canReach(dir); err != nil {
			return nil, fmt.Errorf("%w: set TMPDIR to a folder that every user may enter", err)
		}
	}
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	const script = `cat >/dev/null
n=0
while [ -e "$1" ] && [ $n -lt 100 ]; do
  rm -rf "$1" 2>/dev/null || sleep 0.1
  n=$((n + 1))
done`
	guardian := exec.Command("/bin/sh", "-c", script, "guardian", dir)
	guardian.Stdin = read
	guardian.Dir = "/"
	// A session of its own: Ctrl-C in the terminal must not reach it before
	// it has cleaned up.
	guardian.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := guardian.Start(); err != nil {
		return nil, fmt.Errorf("start the guardian of %s: %w", dir, err)
	}
	_ = read.Close()
	return &workspace{dir: dir, account: who, guardianPipe: write}, nil
})

// serverDir makes an empty folder for one server, owned by its user.
func (w *workspace) serverDir(name string) (string, error) {
	dir, err := os.MkdirTemp(w.dir, name+"-")
	if err != nil {
		return "", err
	}
	if w.account != nil {
		if err := os.Chown(dir, w.account.uid, w.account.gid); err != nil {
			return "", err
		}
	}
	return dir, nil
}

// binary gives a path to the tool that the servers' user can run: the tool
// itself, or a link or copy of it inside the workspace where the original lies
// in a folder that is closed to that user.
func (w *workspace) binary(tool tool) (string, error) {
	path, err := tool.find()
	if err != nil {
		return "", err
	}
	if w.account == nil || w.account.canReach(path) == nil {
		return path, nil
	}
	return w.publish(path)
}

var publishing sync.Mutex

func (w *workspace) publish(path string) (string, error) {
	publishing.Lock()
	defer publishing.Unlock()
	shared := filepath.Join(w.dir, "bin-"+filepath.Base(path))
	if _, err := os.Stat(shared); err == nil {
		return shared, nil
	}
	if os.Link(path, shared) == nil {
		return shared, nil
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(shared, content, 0o755); err != nil {
		return "", err
	}
	return shared, nil
}

// secret is a fresh password or key. Beside closing the server to other users
// of the machine it proves that the server which answers on our port is ours.
func secret() string { return rand.Text() }

// require ends the test when a server cannot be had.
func require(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("servertest: %v", err)
	}
}
