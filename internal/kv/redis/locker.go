package redis

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"

	"chengqiao/internal/kv"
)

// takeLock sets the lock to a new fence if it is free. The fence is the
// server's clock in microseconds, or one more than the last: it goes on
// growing when a Redis without persistence comes back empty. %.0f keeps all
// digits (a Lua number holds 53 bits, the clock needs 51).
var takeLock = redis.NewScript(`
if redis.call("EXISTS", KEYS[1]) == 1 then
  return false
end
local time = redis.call("TIME")
local fence = time[1] * 1000000 + time[2]
local last = redis.call("GET", KEYS[2])
if last and tonumber(last) >= fence then
  fence = tonumber(last) + 1
end
fence = string.format("%.0f", fence)
redis.call("SET", KEYS[1], fence, "PX", ARGV[1])
redis.call("SET", KEYS[2], fence, "PX", 86400000)
return fence
`)

var renewLock = redis.NewScript(`
if redis.call("GET", KEYS[1]) ~= ARGV[1] then
  return 0
end
return redis.call("PEXPIRE", KEYS[1], ARGV[2])
`)

var giveLock = redis.NewScript(`
if redis.call("GET", KEYS[1]) ~= ARGV[1] then
  return 0
end
return redis.call("DEL", KEYS[1])
`)

type locker struct{ client *redis.Client }

var _ kv.Locker = (*locker)(nil)

// TryLock implements kv.Locker. The braces keep both keys of a lock on one
// node of a cluster.
func (l *locker) TryLock(ctx context.Context, key string, ttl time.Duration) (kv.Lock, bool, error) {
	name := namespace + "lock:{" + key + "}"
	fence, err := takeLock.Run(ctx, l.client, []string{name, name + ":fence"}, ttl.Milliseconds()).Int64()
	if err == redis.Nil {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, mapped(ctx, err)
	}
	return &lock{client: l.client, name: name, fence: fence}, true, nil
}

type lock struct {
	client *redis.Client
	name   string
	fence  int64
}

var _ kv.Lock = (*lock)(nil)

// Fence implements kv.Lock.
func (k *lock) Fence() int64 { return k.fence }

// Renew implements kv.Lock.
func (k *lock) Renew(ctx context.Context, ttl time.Duration) error {
	held, err := renewLock.Run(ctx, k.client, []string{k.name}, k.fence, ttl.Milliseconds()).Bool()
	return lostUnless(held, mapped(ctx, err))
}

// Unlock implements kv.Lock.
func (k *lock) Unlock(ctx context.Context) error {
	held, err := giveLock.Run(ctx, k.client, []string{k.name}, k.fence).Bool()
	return lostUnless(held, mapped(ctx, err))
}

func lostUnless(held bool, err error) error {
	if err == nil && !held {
		return kv.ErrLockLost
	}
	return err
}
