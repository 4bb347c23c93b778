package redis

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"chengqiao/internal/kv"
)

// allow is the generic cell rate algorithm in whole microseconds of the
// server's clock. The known library counts in floating-point seconds and so
// tells a caller with 7 attempts a minute after the first that 5 remain.
//
// KEYS[1] holds the instant at which the allowance is whole again; ARGV is the
// time in which one attempt comes back, and the count.
var allow = redis.NewScript(`
local time = redis.call("TIME")
local now = time[1] * 1000000 + time[2]
local interval = tonumber(ARGV[1])
local whole = math.max(now, tonumber(redis.call("GET", KEYS[1]) or "0"))
local next = whole + interval
local room = now + interval * tonumber(ARGV[2]) - next
if room < 0 then
  return {0, 0, -room, whole - now}
end
redis.call("SET", KEYS[1], string.format("%.0f", next), "PX", math.ceil((next - now) / 1000))
return {1, math.floor(room / interval), 0, next - now}
`)

type limiter struct{ client *redis.Client }

var _ kv.Limiter = (*limiter)(nil)

func limitKey(key string) string { return namespace + "limit:" + key }

// Allow implements kv.Limiter.
func (l *limiter) Allow(ctx context.Context, key string, limit kv.Limit) (kv.Decision, error) {
	interval := (limit.Period / time.Duration(limit.Count)).Microseconds()
	reply, err := allow.Run(ctx, l.client, []string{limitKey(key)}, interval, limit.Count).Int64Slice()
	if err != nil {
		return kv.Decision{}, mapped(ctx, err)
	}
	if len(reply) != 4 {
		return kv.Decision{}, kv.Unavailable(fmt.Errorf("the rate limit script answered %d values", len(reply)))
	}
	return kv.Decision{
		Allowed:    reply[0] == 1,
		Remaining:  int(reply[1]),
		RetryAfter: time.Duration(reply[2]) * time.Microsecond,
		ResetAfter: time.Duration(reply[3]) * time.Microsecond,
	}, nil
}

// Forget implements kv.Limiter.
func (l *limiter) Forget(ctx context.Context, key string) error {
	return mapped(ctx, l.client.Del(ctx, limitKey(key)).Err())
}
