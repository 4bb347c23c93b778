// Package redis is the kv port on a Redis that several replicas share. It owns
// the keys below "chengqiao:" and the one connection per replica that live
// events come in by.
package redis

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"

	"chengqiao/internal/kv"
)

// namespace keeps our keys apart where a Redis serves several programs.
const namespace = "chengqiao:"

// Waits for a Redis that is away. They bound what one request can lose to it;
// a healthy one answers in a millisecond.
const (
	dialTimeout  = 2 * time.Second
	replyTimeout = time.Second
)

// Backend implements kv.Backend on Redis. Its methods may be called by several
// goroutines.
type Backend struct {
	*cache
	*limiter
	*bus
	*locker

	client *redis.Client
}

var _ kv.Backend = (*Backend)(nil)

// Open takes a URL (redis://, rediss:// or unix://, with user, password and
// database number). It does not wait for the server: Ping tells whether it is
// there, and a server that comes later is used from then on.
func Open(url string, log *slog.Logger) (*Backend, error) {
	options, err := redis.ParseURL(url)
	if err != nil {
		// The library's error repeats the URL, which may hold a password.
		return nil, errors.New("not a Redis URL of the form redis://user:password@host:6379/0")
	}
	options.ClientName = "chengqiao"
	options.DialTimeout = dialTimeout
	options.DialerRetries = 1
	options.ReadTimeout = replyTimeout
	options.WriteTimeout = replyTimeout
	options.MaxRetries = 1
	// A caller's deadline counts, not only ours.
	options.ContextTimeoutEnabled = true
	client := redis.NewClient(options)
	client.AddHook(&resting{begin: time.Now()})
	return &Backend{
		cache:   &cache{client: client},
		limiter: &limiter{client: client},
		bus:     newBus(client, log),
		locker:  &locker{client: client},
		client:  client,
	}, nil
}

// LogTo sends what the client library has to say about its connections to
// log, for the whole process: the library knows only one place. Without it
// the library writes to standard error.
func LogTo(log *slog.Logger) { redis.SetLogger(libraryLog{log}) }

type libraryLog struct{ log *slog.Logger }

// Printf is called by the library.
func (l libraryLog) Printf(ctx context.Context, format string, v ...any) {
	l.log.DebugContext(ctx, "redis client", "message", fmt.Sprintf(format, v...))
}

// Ping implements kv.Backend.
func (b *Backend) Ping(ctx context.Context) error { return mapped(ctx, b.client.Ping(ctx).Err()) }

// Close implements kv.Backend.
func (b *Backend) Close() error { return errors.Join(b.bus.close(), b.client.Close()) }

// mapped turns the library's errors into the port's. A caller who gave up gets
// its own error back.
func mapped(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, redis.ErrClosed):
		return kv.ErrClosed
	case errors.Is(ctx.Err(), context.Canceled):
		return ctx.Err()
	default:
		return kv.Unavailable(err)
	}
}
