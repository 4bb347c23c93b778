package redis

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	// rest is for how long nothing is asked of a server that has been silent.
	rest = time.Second
	// looking bounds how long one command looks whether the server is back.
	looking = 2 * (dialTimeout + replyTimeout)
)

// errResting is the answer while a silent server is left alone.
var errResting = errors.New("redis has been silent a moment ago")

// resting leaves a server alone that accepts and does not answer. Every request
// asks it several times, and each would wait for it anew; so after one has, the
// others are refused at once, and one at a time looks whether it is back. A server
// that refuses connections costs nothing, and is asked each time.
type resting struct {
	begin time.Time
	// until is when to look again, as time after begin; 0 while the server answers.
	until atomic.Int64
}

var _ redis.Hook = (*resting)(nil)

// DialHook implements redis.Hook.
func (r *resting) DialHook(next redis.DialHook) redis.DialHook { return next }

// ProcessPipelineHook implements redis.Hook.
func (r *resting) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

// ProcessHook implements redis.Hook.
func (r *resting) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if until := r.until.Load(); until != 0 {
			now := time.Since(r.begin)
			if int64(now) < until || !r.until.CompareAndSwap(until, int64(now+looking)) {
				cmd.SetErr(errResting)
				return errResting
			}
		}
		err := next(ctx, cmd)
		switch {
		case ctx.Err() != nil: // the caller did not wait for what would have told
		case silent(err):
			r.until.Store(int64(time.Since(r.begin) + rest))
		default:
			r.until.Store(0)
		}
		return err
	}
}

func silent(err error) bool {
	var late net.Error
	return errors.As(err, &late) && late.Timeout() || errors.Is(err, redis.ErrPoolTimeout)
}
