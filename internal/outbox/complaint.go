package outbox

import (
	"sync"
	"time"
)

// complainEvery is how often the log is told of a failure that lasts. What polls
// comes upon a database that is away each second, and would bury the line that
// says why.
const complainEvery = time.Minute

// complaint tells when the log is to hear of what several goroutines try again and
// again. The zero complaint is ready.
type complaint struct {
	mu   sync.Mutex
	told time.Time // zero while nothing fails
}

// due says whether a failure is to be told: the first one, and one a minute while
// it lasts.
func (c *complaint) due() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now() // a running time, not a business instant
	if !c.told.IsZero() && now.Sub(c.told) < complainEvery {
		return false
	}
	c.told = now
	return true
}

// over says that it went well: the next failure is news.
func (c *complaint) over() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.told = time.Time{}
}
