package app_test

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"chengqiao/internal/app"
)

// asProgram makes the test binary be the program itself, so that tests run the
// real thing in a process of its own, which can be killed.
const asProgram = "CHENGQIAO_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	// The program starts itself to draw watermarks, without an environment.
	if os.Getenv(asProgram) != "" || len(os.Args) == 2 && os.Args[1] == "draw-watermark" {
		os.Exit(app.Run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	runBeside()
	code := m.Run()
	if foundationFolder != "" {
		_ = os.RemoveAll(foundationFolder)
	}
	os.Exit(code)
}

// runBeside lets more tests run at once than there are processors, unless the
// command says how many: most of the time they wait for the programs that they
// have started.
func runBeside() {
	flag.Parse()
	said := false
	flag.Visit(func(f *flag.Flag) { said = said || f.Name == "test.parallel" })
	if said {
		return
	}
	if err := flag.Set("test.parallel", strconv.Itoa(2*runtime.GOMAXPROCS(0))); err != nil {
		panic(err)
	}
}

// settings are environment variables of the program.
type settings map[string]string

// program is a running `chengqiao serve`.
type program struct {
	t       testing.TB
	cmd     *exec.Cmd
	address string
	out     *lockedBuffer
	ended   chan error
}

func command(ctx context.Context, env settings, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	for name, value := range env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return cmd
}

// runCommand runs the program to its end and gives its output and exit code.
func runCommand(t testing.TB, env settings, stdin io.Reader, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	cmd := command(t.Context(), env, args...)
	var out, errOut bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, &out, &errOut
	err := cmd.Run()
	if _, ok := err.(*exec.ExitError); err != nil && !ok {
		t.Fatalf("chengqiao %s: %v", strings.Join(args, " "), err)
	}
	return out.String(), errOut.String(), cmd.ProcessState.ExitCode()
}

var listening = regexp.MustCompile(`http://[0-9.:\[\]]+`)

// serve starts `chengqiao serve` on a free port and waits until it is ready.
func serve(t testing.TB, env settings, args ...string) *program {
	t.Helper()
	full := settings{"CHENGQIAO_SERVER__LISTEN": "127.0.0.1:0"}
	for name, value := range env {
		full[name] = value
	}
	cmd := command(context.Background(), full, append([]string{"serve"}, args...)...)
	p := &program{t: t, cmd: cmd, out: &lockedBuffer{}, ended: make(chan error, 1)}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = p.out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	found := make(chan string, 1)
	go func() {
		for lines := bufio.NewScanner(stdout); lines.Scan(); {
			fmt.Fprintln(p.out, lines.Text())
			if a := listening.FindString(lines.Text()); a != "" {
				select {
				case found <- a:
				default:
				}
			}
		}
		p.ended <- cmd.Wait()
	}()
	t.Cleanup(p.kill)
	select {
	case p.address = <-found:
	case err := <-p.ended:
		p.ended <- err
		t.Fatalf("the program ended before it listened: %v\n%s", err, p.out)
	case <-time.After(patience):
		t.Fatalf("the program does not listen after %v\n%s", patience, p.out)
	}
	p.waitReady()
	return p
}

func (p *program) waitReady() {
	p.t.Helper()
	eventually(p.t, "the program is ready", func() error {
		res, err := http.Get(p.address + "/readyz")
		if err != nil {
			return err
		}
		defer res.Body.Close()
		if res.StatusCode != http.StatusOK {
			return fmt.Errorf("/readyz answers %d", res.StatusCode)
		}
		return nil
	})
}

// kill ends the program as a power cut would.
func (p *program) kill() {
	_ = p.cmd.Process.Kill()
	p.wait()
}

// stop asks the program to end and gives its exit code.
func (p *program) stop() int {
	p.t.Helper()
	return p.end(syscall.SIGTERM)
}

// end sends the program a signal that ends it, and gives its exit code.
func (p *program) end(by syscall.Signal) int {
	p.t.Helper()
	if err := p.cmd.Process.Signal(by); err != nil {
		p.t.Fatal(err)
	}
	p.wait()
	return p.cmd.ProcessState.ExitCode()
}

func (p *program) wait() {
	p.t.Helper()
	select {
	case err := <-p.ended:
		p.ended <- err
	case <-time.After(patience):
		p.t.Fatalf("the program does not end within %v\n%s", patience, p.out)
	}
}

// patience is longer than anything here takes on the slowest machine: only what
// hangs uses it up.
const patience = 2 * time.Minute

// eventually polls until check passes; what never does fails the test.
func eventually(t testing.TB, what string, check func() error) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for {
		err := check()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within %v: %v", what, patience, err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// lockedBuffer collects output of two streams.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
