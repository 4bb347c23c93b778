package benchmark

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// program is the built program over a data folder of its own.
type program struct {
	path     string
	settings []string // flags before the command
	server   *exec.Cmd
	log      bytes.Buffer
	visitor
}

func newProgram(path, dir string, settings ...string) *program {
	flags := []string{"--data", dir, "--set", "log.level=error", "--set", "server.requests_per_minute=0", "--set", "server.listen=127.0.0.1:0"}
	for _, s := range settings {
		flags = append(flags, "--set", s)
	}
	return &program{path: path, settings: flags, visitor: visitor{http: &http.Client{
		Transport: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: mostClients},
	}}}
}

// run runs a command to its end and gives what it took.
func (p *program) run(ctx context.Context, arguments ...string) (time.Duration, error) {
	began := time.Now()
	command := exec.CommandContext(ctx, p.path, append(p.settings[:len(p.settings):len(p.settings)], arguments...)...)
	var problems bytes.Buffer
	command.Stderr = &problems
	if err := command.Run(); err != nil && command.ProcessState.ExitCode() != rejectedLines {
		return 0, fmt.Errorf("%s: %w: %s", strings.Join(arguments, " "), err, problems.String())
	}
	return time.Since(began), nil
}

// rejectedLines is the exit code of an import that left lines out.
const rejectedLines = 3

var listening = regexp.MustCompile(`listening on (http://[^)]+)\)`)

// serve starts the server and gives the time until it is ready.
func (p *program) serve(ctx context.Context) (time.Duration, error) {
	began := time.Now()
	p.server = exec.Command(p.path, append(p.settings[:len(p.settings):len(p.settings)], "serve")...)
	p.server.Stderr = &p.log
	out, err := p.server.StdoutPipe()
	if err != nil {
		return 0, err
	}
	if err := p.server.Start(); err != nil {
		return 0, err
	}
	lines := bufio.NewScanner(out)
	for p.address == "" && lines.Scan() {
		if found := listening.FindStringSubmatch(lines.Text()); found != nil {
			p.address = found[1]
		}
	}
	if p.address == "" {
		return 0, errors.Join(fmt.Errorf("serve does not listen: %s", p.log.String()), p.stop())
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	for {
		if err := p.get(ctx, "/readyz", nil); err == nil {
			return time.Since(began), nil
		}
		const pause = 20 * time.Millisecond
		select {
		case <-ctx.Done():
			return 0, errors.Join(ctx.Err(), p.stop())
		case <-time.After(pause):
		}
	}
}

// quiet waits until the server does next to nothing: what an import left it to
// do beside the requests is over. It gives how long that took.
func (p *program) quiet(ctx context.Context) (time.Duration, error) {
	const look, calm = 2 * time.Second, 5 // at rest for ten seconds
	began, last := time.Now(), time.Duration(0)
	for still := 0; still < calm; {
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(look):
		}
		used, err := processorTime(p.server.Process.Pid)
		if err != nil {
			return 0, err
		}
		if still++; used-last > look/20 {
			still = 0
		}
		last = used
	}
	return time.Since(began), nil
}

// processorTime is what a process has used of the processors so far.
func processorTime(pid int) (time.Duration, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	// proc(5): the name in brackets may hold spaces; utime and stime are the
	// 14th and 15th field, in hundredths of a second.
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	const utime, stime = 11, 12
	var sum int64
	for _, at := range []int{utime, stime} {
		n, err := strconv.ParseInt(fields[at], 10, 64)
		if err != nil {
			return 0, err
		}
		sum += n
	}
	return time.Duration(sum) * 10 * time.Millisecond, nil
}

// peak is the greatest memory that a process has had, in MiB.
func peak(pid int) (int, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		var kib int
		if n, _ := fmt.Sscanf(line, "VmHWM: %d kB", &kib); n == 1 {
			return kib / 1024, nil
		}
	}
	return 0, errors.New("no VmHWM")
}

// stop ends the server.
func (p *program) stop() error {
	if p.server == nil {
		return nil
	}
	err := p.server.Process.Signal(os.Interrupt)
	if ended := p.server.Wait(); ended != nil {
		err = errors.Join(err, fmt.Errorf("%w: %s", ended, p.log.String()))
	}
	p.server = nil
	return err
}
