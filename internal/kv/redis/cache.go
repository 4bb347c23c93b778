package redis

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"

	"chengqiao/internal/kv"
)

type cache struct{ client *redis.Client }

var _ kv.Cache = (*cache)(nil)

// What stands before a value, or in the place of one that was dropped. What has
// neither was written by another program, and is no value.
const (
	keptMark    = 'v'
	droppedMark = 'x'
)

func cacheKey(key string) string { return namespace + "cache:" + key }

// Get implements kv.Cache.
func (c *cache) Get(ctx context.Context, key string) ([]byte, bool, error) {
	value, err := c.client.Get(ctx, cacheKey(key)).Bytes()
	if errors.Is(err, redis.Nil) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, mapped(ctx, err)
	}
	if len(value) == 0 || value[0] != keptMark {
		return nil, false, nil
	}
	return value[1:], true, nil
}

// Set implements kv.Cache.
func (c *cache) Set(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	return mapped(ctx, c.client.Set(ctx, cacheKey(key), marked(value), ttl).Err())
}

// Fill implements kv.Cache.
func (c *cache) Fill(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	return mapped(ctx, c.client.SetNX(ctx, cacheKey(key), marked(value), ttl).Err())
}

// Drop implements kv.Cache.
func (c *cache) Drop(ctx context.Context, hold time.Duration, keys ...string) error {
	if len(keys) == 0 {
		return nil
	}
	_, err := c.client.Pipelined(ctx, func(pipe redis.Pipeliner) error {
		for _, key := range keys {
			pipe.Set(ctx, cacheKey(key), []byte{droppedMark}, hold)
		}
		return nil
	})
	return mapped(ctx, err)
}

func marked(value []byte) []byte { return append([]byte{keptMark}, value...) }
