package redis_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"chengqiao/internal/errs"
	"chengqiao/internal/kv"
	"chengqiao/internal/kv/conformance"
	"chengqiao/internal/kv/redis"
	"chengqiao/internal/servertest"
)

func open(t *testing.T, addr string) kv.Backend {
	t.Helper()
	redis.LogTo(slog.New(slog.DiscardHandler))
	b, err := redis.Open("redis://"+addr, slog.New(slog.NewTextHandler(t.Output(), nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

func TestRedisKeepsThePort(t *testing.T) {
	conformance.Run(t, func(t *testing.T) (one, other kv.Backend) {
		addr := servertest.Redis(t)
		return open(t, addr), open(t, addr)
	})
}

func TestEveryCallSaysSoWhenRedisIsAway(t *testing.T) {
	server := servertest.StartRedis(t)
	b := open(t, server.Addr)
	lock, _, err := b.TryLock(t.Context(), "held", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	server.Stop(t)

	for name, call := range callsOf(b, lock) {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			err := call(t.Context())
			if !errors.Is(err, kv.ErrUnavailable) || errs.KindOf(err) != errs.Unavailable {
				t.Errorf("got %v, want %v", err, kv.ErrUnavailable)
			}
			if took := time.Since(start); took > time.Minute {
				t.Errorf("took %s", took)
			}
		})
	}

	server.Start(t)
	var last error
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if last = b.Set(t.Context(), "k", nil, time.Minute); last == nil {
			return
		}
	}
	t.Errorf("not used again after it came back: %v", last)
}

// TestARedisThatHangsCostsABoundedTime: the kernel accepts, nobody answers.
func TestARedisThatHangsCostsABoundedTime(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	b := open(t, silent.Addr().String())
	for name, call := range map[string]func() error{
		"get":       func() error { _, _, err := b.Get(t.Context(), "k"); return err },
		"subscribe": func() error { _, err := b.Subscribe(t.Context(), "k"); return err },
	} {
		start := time.Now()
		if err := call(); !errors.Is(err, kv.ErrUnavailable) {
			t.Errorf("%s: got %v", name, err)
		}
		if took := time.Since(start); took > time.Minute {
			t.Errorf("%s took %s", name, took)
		}
	}
}

func TestARedisThatHangsIsNotWaitedForEachTime(t *testing.T) {
	server := servertest.StartRedis(t)
	front := newFront(t, server.Addr)
	b := open(t, front.addr)
	get := func() error { _, _, err := b.Get(t.Context(), "k"); return err }
	if err := get(); err != nil {
		t.Fatal(err)
	}
	front.hang.Store(true)
	if err := get(); !errors.Is(err, kv.ErrUnavailable) {
		t.Fatalf("of one that hangs: %v", err)
	}
	start := time.Now()
	for range 50 {
		if err := get(); !errors.Is(err, kv.ErrUnavailable) {
			t.Fatalf("of one that hangs: %v", err)
		}
	}
	if took := time.Since(start); took > 30*time.Second {
		t.Errorf("fifty more take %s", took)
	}
	front.hang.Store(false)
	var last error
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if last = get(); last == nil {
			return
		}
	}
	t.Errorf("not used again after it answers: %v", last)
}

// front stands before a Redis; while it hangs it takes what is sent and passes
// nothing on.
type front struct {
	addr string
	hang atomic.Bool
}

func newFront(t *testing.T, behind string) *front {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	f := &front{addr: listener.Addr().String()}
	pass := func(to, from net.Conn) {
		defer to.Close()
		for buffer := make([]byte, 4096); ; {
			n, err := from.Read(buffer)
			if err != nil {
				return
			}
			if f.hang.Load() {
				continue
			}
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
	}
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", behind)
			if err != nil {
				_ = client.Close()
				continue
			}
			go pass(server, client)
			go pass(client, server)
		}
	}()
	return f
}

func TestACallerWhoGivesUpGetsThatBack(t *testing.T) {
	b := open(t, servertest.Redis(t))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := b.Set(ctx, "k", nil, time.Minute); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestAReaderLearnsThatTheConnectionBroke(t *testing.T) {
	server := servertest.StartRedis(t)
	b := open(t, server.Addr)
	s, err := b.Subscribe(t.Context(), "org:1")
	if err != nil {
		t.Fatal(err)
	}
	server.Stop(t)
	server.Start(t)
	deadline := time.After(time.Minute)
	select {
	case m := <-s.Messages():
		if !m.Missed {
			t.Fatalf("got %+v, want the notice", m)
		}
	case <-deadline:
		t.Fatal("no notice arrives")
	}
	if err := b.Publish(t.Context(), "org:1", []byte("again")); err != nil {
		t.Fatal(err)
	}
	select {
	case m := <-s.Messages():
		if string(m.Payload) != "again" {
			t.Errorf("got %+v", m)
		}
	case <-deadline:
		t.Error("nothing arrives after the connection is back")
	}
}

func TestOpenLimiterAllowsWhileRedisIsAway(t *testing.T) {
	server := servertest.StartRedis(t)
	var log bytes.Buffer
	limiter := kv.NewOpenLimiter(open(t, server.Addr), slog.New(slog.NewTextHandler(&log, nil)))
	once := kv.Limit{Count: 1, Period: time.Hour}
	for _, want := range []bool{true, false} {
		if d, err := limiter.Allow(t.Context(), "k", once); err != nil || d.Allowed != want {
			t.Errorf("got %+v, %v, want allowed %t", d, err, want)
		}
	}
	server.Stop(t)
	for range 3 {
		if d, err := limiter.Allow(t.Context(), "k", once); err != nil || !d.Allowed {
			t.Errorf("while away: got %+v, %v, want allowed", d, err)
		}
	}
	if told := strings.Count(log.String(), "not counted"); told != 1 {
		t.Errorf("told %d times of three limits that were not counted:\n%s", told, log.String())
	}
}

func TestFencesGrowOverARestartWithoutData(t *testing.T) {
	server := servertest.StartRedis(t)
	b := open(t, server.Addr)
	take := func() int64 {
		lock, ok, err := b.TryLock(t.Context(), "k", time.Minute)
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		return lock.Fence()
	}
	before := take()
	server.Stop(t)
	server.Start(t)
	if after := take(); after <= before {
		t.Errorf("the fence went from %d to %d", before, after)
	}
}

func TestABadAddressDoesNotShowItsPassword(t *testing.T) {
	_, err := redis.Open("http://user:geheim@host/%zz", slog.New(slog.DiscardHandler))
	if err == nil || strings.Contains(err.Error(), "geheim") {
		t.Errorf("got %v", err)
	}
}

func callsOf(b kv.Backend, lock kv.Lock) map[string]func(ctx context.Context) error {
	return map[string]func(ctx context.Context) error{
		"get":  func(ctx context.Context) error { _, _, err := b.Get(ctx, "k"); return err },
		"set":  func(ctx context.Context) error { return b.Set(ctx, "k", nil, time.Minute) },
		"fill": func(ctx context.Context) error { return b.Fill(ctx, "k", []byte("v"), time.Minute) },
		"drop": func(ctx context.Context) error { return b.Drop(ctx, time.Minute, "k") },
		"allow": func(ctx context.Context) error {
			_, err := b.Allow(ctx, "k", kv.Limit{Count: 1, Period: time.Minute})
			return err
		},
		"forget":    func(ctx context.Context) error { return b.Forget(ctx, "k") },
		"publish":   func(ctx context.Context) error { return b.Publish(ctx, "k", nil) },
		"subscribe": func(ctx context.Context) error { _, err := b.Subscribe(ctx, "k"); return err },
		"try lock":  func(ctx context.Context) error { _, _, err := b.TryLock(ctx, "k", time.Minute); return err },
		"renew":     func(ctx context.Context) error { return lock.Renew(ctx, time.Minute) },
		"unlock":    lock.Unlock,
		"ping":      b.Ping,
	}
}
