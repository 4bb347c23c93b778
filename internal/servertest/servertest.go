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

// workspace is where everything lies that this test process starts.
type workspace struct {
	dir     string   // the servers' data and logs
	bin     string   // binaries that the servers' user could not reach otherwise
	account *account // whom the servers run as; nil means as ourselves

	// guardianPipe is never written to. While this process lives it is open;
	// when the process ends, however it ends, the guardian reads end-of-file
	// and removes the folders.
	guardianPipe *os.File
}

// openWorkspace makes the folders once per process. The servers die with this
// process through their parent-death signal (see process.go); a process
// cannot remove its own folders after being killed, which is why a small shell
// waits for its end instead. This needs no TestMain in the packages that use it.
var openWorkspace = sync.OnceValues(func() (*workspace, error) {
	who, err := serverAccount()
	if err != nil {
		return nil, err
	}
	w := &workspace{account: who}
	if w.dir, err = w.folder(dataRoot()); err != nil {
		return nil, err
	}
	// Not beside the data: programs may not be allowed to run from memory.
	if w.bin, err = w.folder(os.TempDir()); err != nil {
		return nil, err
	}
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	const script = `cat >/dev/null
n=0
while { [ -e "$1" ] || [ -e "$2" ]; } && [ $n -lt 100 ]; do
  rm -rf "$1" "$2" 2>/dev/null || sleep 0.1
  n=$((n + 1))
done`
	guardian := exec.Command("/bin/sh", "-c", script, "guardian", w.dir, w.bin)
	guardian.Stdin = read
	guardian.Dir = "/"
	// A session of its own: Ctrl-C in the terminal must not reach it before
	// it has cleaned up.
	guardian.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := guardian.Start(); err != nil {
		return nil, fmt.Errorf("start the guardian of %s: %w", w.dir, err)
	}
	_ = read.Close()
	w.guardianPipe = write
	return w, nil
})

// dataRoot is where the servers' data go: CHENGQIAO_TEST_DATA, or memory where
// there is plenty, or the usual temporary folder. Making and dropping a
// database touches hundreds of files, which a busy disk does three times as
// slowly as memory.
func dataRoot() string {
	if dir := os.Getenv("CHENGQIAO_TEST_DATA"); dir != "" {
		return dir
	}
	const memory, plenty = "/dev/shm", 4 << 30
	if freeBytes(memory) >= plenty {
		return memory
	}
	return os.TempDir()
}

// folder makes a folder for this process below parent, which the servers' user
// can pass through; each server's own folder inside is closed again.
func (w *workspace) folder(parent string) (string, error) {
	dir, err := os.MkdirTemp(parent, "chengqiao-test-")
	if err != nil {
		return "", fmt.Errorf("make a folder for the test servers: %w", err)
	}
	if w.account == nil {
		return dir, nil
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		return "", err
	}
	if err := w.account.canReach(dir); err != nil {
		return "", fmt.Errorf("%w: set TMPDIR and CHENGQIAO_TEST_DATA to folders that every user may enter", err)
	}
	return dir, nil
}

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
	shared := filepath.Join(w.bin, filepath.Base(path))
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
