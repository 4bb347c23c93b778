package httpapi

import (
	"context"
	"net/netip"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"chengqiao/internal/errs"
)

// RequestLimiter spreads load between clients. It allows when its own server
// is away (see kv): what guards secrets has limits of its own in account.
type RequestLimiter interface {
	// AllowRequest spends one of a client's requests.
	AllowRequest(ctx context.Context, client string) (RequestQuota, error)
}

// RequestQuota is what a client has left.
type RequestQuota struct {
	Allowed           bool
	Limit, Remaining  int
	RetryAfter, Reset time.Duration
}

// networkOf is the part of a client's address that one customer of a network
// has: a whole address of IPv4, a /64 of IPv6, in which a machine takes as many
// addresses as it likes.
func networkOf(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil || ip.Unmap().Is4() {
		return address
	}
	network, err := ip.WithZone("").Prefix(64)
	if err != nil {
		return address
	}
	return network.String()
}

// limitRate counts the requests of a token, or of a client's network, and tells the client
// what is left (RateLimit-* of draft-ietf-httpapi-ratelimit-headers).
func (s *server) limitRate(c *gin.Context) {
	if s.Limiter == nil {
		c.Next()
		return
	}
	quota, err := s.Limiter.AllowRequest(c.Request.Context(), counted(c))
	if err != nil {
		s.fail(c, err)
		return
	}
	c.Header("RateLimit-Limit", strconv.Itoa(quota.Limit))
	c.Header("RateLimit-Remaining", strconv.Itoa(quota.Remaining))
	c.Header("RateLimit-Reset", strconv.Itoa(seconds(quota.Reset)))
	if !quota.Allowed {
		s.fail(c, errs.Newp(errs.RateLimited, "too_many_requests", errs.Params{"retry_after_seconds": seconds(quota.RetryAfter)}))
		return
	}
	c.Next()
}

// seconds rounds a wait up, so that a client that waits it is let in.
func seconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }
