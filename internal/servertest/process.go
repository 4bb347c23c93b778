package servertest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// startWithin is generous: several test processes may start servers on two
// busy cores at once.
const startWithin = 3 * time.Minute

// errExited says that the server ended before it was ready, for example
// because its port was taken between choosing and binding it.
var errExited = errors.New("the server ended before it was ready")

// process is one running server.
type process struct {
	name string
	path string
	args []string
	dir  string
	who  *account
	// deathSignal ends the server at once and with all its children.
	deathSignal syscall.Signal

	cmd  *exec.Cmd
	done chan struct{} // closed when the server has ended
}

// start runs the server; ready is polled until it answers nil.
func (p *process) start(ready func(ctx context.Context) error) error {
	log, err := os.OpenFile(p.logPath(), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command(p.path, p.args...)
	cmd.Dir = p.dir
	// Nothing of the developer's settings (PGHOST, MEILI_…) gets through.
	cmd.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C", "TZ=UTC", "HOME=" + p.dir, "TMPDIR=" + p.dir}
	// Files, not pipes: `go test` would wait for pipes that a child holds.
	cmd.Stdout, cmd.Stderr = log, log
	// A group of its own keeps Ctrl-C for the test process, which decides.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: p.who.credential()}
	dieWithParent(cmd.SysProcAttr, p.deathSignal)

	p.cmd, p.done = cmd, make(chan struct{})
	started := make(chan error)
	done := p.done
	go func() {
		// The kernel's parent is the thread that forked. It has to live as
		// long as the server does, so this goroutine keeps it.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // how it ended stands in its log
			close(done)
		}
	}()
	if err := <-started; err != nil {
		return fmt.Errorf("start %s: %w", p.name, err)
	}
	if err := p.await(ready); err != nil {
		p.kill()
		return fmt.Errorf("%s: %w; its log ends with:\n%s", p.name, err, p.logTail())
	}
	return nil
}

func (p *process) await(ready func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), startWithin)
	defer cancel()
	for {
		err := ready(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-p.done:
			return errExited
		case <-ctx.Done():
			return fmt.Errorf("not ready within %s: %w", startWithin, err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// kill ends the server as a crash would and waits until it is gone.
func (p *process) kill() {
	select {
	case <-p.done:
		return
	default:
	}
	_ = p.cmd.Process.Signal(p.deathSignal)
	select {
	case <-p.done:
	case <-time.After(10 * time.Second):
		_ = p.cmd.Process.Kill()
		<-p.done
	}
}

// logPath lies beside the server's folder: that belongs to the server's user,
// this to us.
func (p *process) logPath() string {
	return filepath.Join(filepath.Dir(p.dir), filepath.Base(p.dir)+".log")
}

func (p *process) logTail() string {
	content, err := os.ReadFile(p.logPath())
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(content)), "\n")
	return strings.Join(lines[max(0, len(lines)-20):], "\n")
}

// remove deletes the ended server's folder and log.
func (p *process) remove() error {
	return errors.Join(os.RemoveAll(p.dir), os.Remove(p.logPath()))
}

// onFreePort calls run with ports until one is not taken by somebody else
// between choosing and binding.
func onFreePort(run func(port int) error) error {
	var err error
	for range 10 {
		var port int
		if port, err = freePort(); err != nil {
			return err
		}
		if err = run(port); !errors.Is(err, errExited) {
			return err
		}
	}
	return err
}

// freePort looks below the range that the kernel hands out for outgoing
// connections and for port 0, so that a server which was stopped can come
// back on its own port.
func freePort() (int, error) {
	const first, last = 10_240, 32_000
	for range 100 {
		port := first + rand.IntN(last-first)
		l, err := net.Listen("tcp", loopback(port))
		if err != nil {
			continue
		}
		return port, l.Close()
	}
	return 0, fmt.Errorf("no free port between %d and %d", first, last)
}

func loopback(port int) string { return fmt.Sprintf("127.0.0.1:%d", port) }
