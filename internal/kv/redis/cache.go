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
	return value, true, nil
}

// Set implements kv.Cache.
func (c *cache) Set(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	return mapped(ctx, c.client.Set(ctx, cacheKey(key), value, ttl).Err())
}

// Delete implements kv.Cache.
func (c *cache) Delete(ctx context.Context, keys ...string) error {
	if len(keys) == 0 {
		return nil
	}
	names := make([]string, len(keys))
	for i, key := range keys {
		names[i] = cacheKey(key)
	}
	return mapped(ctx, c.client.Del(ctx, names...).Err())
}
