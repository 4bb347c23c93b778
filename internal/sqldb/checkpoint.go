package sqldb

import (
	"context"
	"database/sql"
	"sync"
	"time"
)

// SQLite commits to a log beside the file, and from time to time what stands there
// has to be moved into the file, which waits for the disk. Left to itself the commit
// does it that makes the log longer than four megabytes: one writer in some dozens
// waited for 20 ms. So a connection of its own does it beside them.
const (
	// checkpointPause is the least time between two of them. The first commit behind
	// one waits for the disk once, since the log begins anew.
	checkpointPause = 2 * time.Second
	// passes is how often it is tried until nothing was committed meanwhile: only
	// then the log begins anew.
	passes = 8
	// longestLog is the pages of the log, of 4 KiB each, from which on a commit does
	// it after all: writers that never pause would let the log grow without end.
	longestLog = 32 << 10
)

// checkpoints moves commits from SQLite's log into its file while nobody waits.
type checkpoints struct {
	pool  *sql.DB // of one connection
	wrote chan struct{}
	stop  context.CancelFunc
	ended sync.WaitGroup
}

func openCheckpoints(dsn string, pause time.Duration) (*checkpoints, error) {
	pool, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(1)
	ctx, stop := context.WithCancel(context.Background())
	c := &checkpoints{pool: pool, wrote: make(chan struct{}, 1), stop: stop}
	c.ended.Go(func() { c.run(ctx, pause) })
	return c, nil
}

// committed says that the log may be longer. It never waits.
func (c *checkpoints) committed() {
	if c == nil {
		return
	}
	select {
	case c.wrote <- struct{}{}:
	default:
	}
}

func (c *checkpoints) run(ctx context.Context, pause time.Duration) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-c.wrote:
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		c.move(ctx)
	}
}

// move moves what has been committed. Errors need no answer: what fails is done by
// the next one, by a commit once the log is long, or when the database is closed or
// opened.
func (c *checkpoints) move(ctx context.Context) {
	before := -1
	for range passes {
		var busy, logged, moved int
		err := c.pool.QueryRowContext(ctx, `PRAGMA wal_checkpoint(PASSIVE)`).Scan(&busy, &logged, &moved)
		if err != nil || busy != 0 || moved < logged || logged == before {
			return
		}
		before = logged
	}
}

func (c *checkpoints) close() error {
	if c == nil {
		return nil
	}
	c.stop()
	c.ended.Wait()
	return c.pool.Close()
}
