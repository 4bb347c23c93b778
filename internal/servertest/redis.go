package servertest

import (
	"context"
	"fmt"
	"strconv"
	"syscall"
	"testing"

	"github.com/redis/go-redis/v9"
)

// Redis gives the address (host:port) of an empty Redis of the caller's own.
// It ends with the test.
func Redis(t testing.TB) (addr string) {
	t.Helper()
	return StartRedis(t).Addr
}

// StartRedis is Redis for tests that take the server away and bring it back.
// It keeps nothing over a restart.
func StartRedis(t testing.TB) *Server {
	t.Helper()
	w, err := openWorkspace()
	require(t, err)
	bin, err := w.binary(redisTool)
	require(t, err)
	dir, err := w.serverDir("redis")
	require(t, err)
	s := &Server{}
	require(t, onFreePort(func(port int) error {
		s.Addr = loopback(port)
		s.process = &process{
			name: "redis", path: bin, dir: dir, who: w.account, deathSignal: syscall.SIGKILL,
			args: []string{"--port", strconv.Itoa(port), "--bind", "127.0.0.1", "--dir", dir,
				"--save", "", "--appendonly", "no", "--databases", "16"},
		}
		s.ready = func(ctx context.Context) error { return s.redisIsOurs(ctx) }
		return s.start(s.ready)
	}))
	s.cleanup(t)
	return s
}

// redisIsOurs asks the server for its process id: without a password any
// Redis that took our port first would answer as well.
func (s *Server) redisIsOurs(ctx context.Context) error {
	client := redis.NewClient(&redis.Options{Addr: s.Addr, MaxRetries: -1})
	defer client.Close()
	info, err := client.InfoMap(ctx, "server").Result()
	if err != nil {
		return err
	}
	if pid := info["Server"]["process_id"]; pid != strconv.Itoa(s.cmd.Process.Pid) {
		return fmt.Errorf("the Redis on %s is process %s, not ours", s.Addr, pid)
	}
	return nil
}
