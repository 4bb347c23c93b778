// Package meiliserver starts a Meilisearch of one's own: for evaluations and
// benchmarks, which leave nothing behind.
package meiliserver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"chengqiao/internal/ident"
)

// Server is a Meilisearch that was started for its caller alone.
type Server struct {
	// URL is its address and Key its master key.
	URL, Key string
	command  *exec.Cmd
	dir      string
	log      *bytes.Buffer
	ended    chan struct{}
}

const (
	startWithin = 30 * time.Second
	askEvery    = 20 * time.Millisecond
	meiliName   = "meilisearch"
)

// Start starts a server on a free port of this machine with its data in a
// temporary folder. binary is the path of its program; "" looks in PATH.
func Start(ctx context.Context, binary string) (*Server, error) {
	if binary == "" {
		found, err := exec.LookPath(meiliName)
		if err != nil {
			return nil, errors.New("no Meilisearch: give the address of one, or a path to its program")
		}
		binary = found
	}
	dir, err := os.MkdirTemp("", "chengqiao-meilisearch-")
	if err != nil {
		return nil, err
	}
	s := &Server{Key: ident.NewID() + ident.NewID(), dir: dir, log: &bytes.Buffer{}, ended: make(chan struct{})}
	if err := s.run(binary); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := s.answers(ctx); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

func (s *Server) run(binary string) error {
	address, err := freeAddress()
	if err != nil {
		return err
	}
	s.URL = "http://" + address
	binary, err = confine(binary, s.dir)
	if err != nil {
		return err
	}
	s.command = exec.Command(binary,
		"--env", "production", "--no-analytics", "--master-key", s.Key, "--http-addr", address,
		"--db-path", filepath.Join(s.dir, "data.ms"), "--dump-dir", filepath.Join(s.dir, "dumps"),
		"--snapshot-dir", filepath.Join(s.dir, "snapshots"), "--log-level", "WARN",
		// It would take two thirds of the machine.
		"--max-indexing-memory", "1GiB")
	s.command.Dir = s.dir
	// It needs nothing of our surroundings, and may not write into our TMPDIR.
	s.command.Env = []string{"TMPDIR=" + s.dir}
	s.command.Stdout, s.command.Stderr = s.log, s.log
	unprivileged(s.command)
	if err := s.command.Start(); err != nil {
		return fmt.Errorf("start %s: %w", binary, err)
	}
	go func() {
		_ = s.command.Wait() // its log tells why it ended
		close(s.ended)
	}()
	return nil
}

// answers waits until the server does.
func (s *Server) answers(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	tick := time.NewTicker(askEvery)
	defer tick.Stop()
	for {
		if s.healthy(ctx) {
			return nil
		}
		select {
		case <-s.ended:
			return fmt.Errorf("meilisearch ended: %s", s.log)
		case <-ctx.Done():
			return fmt.Errorf("meilisearch does not answer: %w", ctx.Err())
		case <-tick.C:
		}
	}
}

func (s *Server) healthy(ctx context.Context) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+"/health", nil)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	return err == nil && response.StatusCode == http.StatusOK
}

// PID is the number of its process.
func (s *Server) PID() int { return s.command.Process.Pid }

// Stop ends the server and removes its folder.
func (s *Server) Stop() error {
	var err error
	select {
	case <-s.ended:
	default:
		err = s.command.Process.Kill()
		<-s.ended
	}
	return errors.Join(err, os.RemoveAll(s.dir))
}

func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer listener.Close()
	return listener.Addr().String(), nil
}
