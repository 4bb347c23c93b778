package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"math/rand/v2"
	"time"

	"chengqiao/internal/errs"
)

// txKey is keyed by database, so that one context can carry transactions on
// two databases (copying from one store to another) without mixing them.
type txKey struct{ db *DB }

// txState is one run of a transaction.
type txState struct {
	tx *sql.Tx
	// failed is the first error of a statement. PostgreSQL refuses everything
	// after it; SQLite would go on. Refusing on both keeps the engines alike:
	// code that swallows a statement's error cannot commit on either.
	failed error
	after  []func()
}

const (
	maxTxAttempts  = 12
	firstTxBackoff = 4 * time.Millisecond
	maxTxBackoff   = 400 * time.Millisecond

	// longestCommit is after what time a commit is given up as lost, as one is that
	// waits for a standby which is away.
	longestCommit = time.Minute
	// longestRollback is after what time the connection is closed instead.
	longestRollback = 5 * time.Second
)

// InTx runs fn in one transaction that travels in fn's context, and commits
// when fn returns nil. Inside another InTx it joins that transaction. On
// PostgreSQL the isolation is SERIALIZABLE and fn runs again after a
// serialization failure or deadlock; on SQLite the write lock is taken at the
// beginning. fn must therefore keep no effects of a failed run outside the
// database.
//
// Whoever goes before the commit leaves nothing behind; a commit that was begun is
// brought to its end, and its error is that nothing was written, unless it is
// errs.Unavailable.
//
// Errors: those of fn; the mapped errors of statements and of the commit (see
// Exec); errs.Unavailable "store_contended" when retries are used up.
func (db *DB) InTx(ctx context.Context, fn func(ctx context.Context) error) error {
	return db.inTx(ctx, sql.LevelSerializable, fn)
}

// InExclusive runs fn in a transaction that no other InExclusive of the same
// name overlaps, in any process. Its statements see what was committed before
// each of them ran (READ COMMITTED on PostgreSQL): the snapshot must not be
// older than the lock. It cannot join a running transaction.
func (db *DB) InExclusive(ctx context.Context, name string, fn func(ctx context.Context) error) error {
	if db.txOf(ctx) != nil {
		return errors.New("sqldb: InExclusive inside a transaction")
	}
	return db.inTx(ctx, sql.LevelReadCommitted, func(ctx context.Context) error {
		if db.driver == Postgres {
			if _, err := db.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, advisoryKey(name)); err != nil {
				return err
			}
		}
		return fn(ctx)
	})
}

func (db *DB) inTx(ctx context.Context, level sql.IsolationLevel, fn func(ctx context.Context) error) (err error) {
	if db.txOf(ctx) != nil {
		return fn(ctx)
	}
	ctx, ended := db.tracedTx(ctx)
	defer func() { ended(err) }()
	backoff := firstTxBackoff
	for attempt := 1; ; attempt++ {
		err = db.runTx(ctx, level, fn)
		if err == nil || !retryable(err) {
			return err
		}
		if attempt == maxTxAttempts {
			return errs.Wrap(errs.Unavailable, "store_contended", err)
		}
		// Full jitter: two transactions that collided must not meet again.
		wait := time.NewTimer(time.Duration(rand.Int64N(int64(backoff))) + time.Millisecond)
		select {
		case <-ctx.Done():
			wait.Stop()
			return ctx.Err()
		case <-wait.C:
		}
		backoff = min(backoff*2, maxTxBackoff)
	}
}

func (db *DB) runTx(ctx context.Context, level sql.IsolationLevel, fn func(ctx context.Context) error) (err error) {
	opts := &sql.TxOptions{Isolation: level}
	if db.driver == SQLite {
		opts = nil // SQLite is serializable always, and its driver knows no levels
	}
	tx, end, err := begin(ctx, db.writer, opts)
	if err != nil {
		return err
	}
	defer end()
	state := &txState{tx: tx}
	done := false
	defer func() {
		if !done {
			rollback(tx, end) // also when fn panics
		}
	}()
	if err := fn(context.WithValue(ctx, txKey{db}, state)); err != nil {
		if state.failed != nil && retryable(state.failed) {
			return state.failed // fn may have replaced the error that asks for a retry
		}
		return err
	}
	if state.failed != nil {
		return state.failed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	done = true
	if err = commit(tx, end); err != nil && !unknown(err) {
		return err
	}
	db.checkpoints.committed()
	for _, f := range state.after {
		f()
	}
	return err
}

// commit commits a transaction that begin has begun.
func commit(tx *sql.Tx, end context.CancelFunc) error {
	begun := time.Now()
	defer time.AfterFunc(longestCommit, end).Stop()
	err := tx.Commit()
	if err != nil && time.Since(begun) >= longestCommit {
		return errs.Wrap(errs.Unavailable, "store_unavailable", err)
	}
	return mapCommitError(err)
}

// unknown tells of a commit's error that nobody knows whether it took place: the
// store went away meanwhile.
func unknown(err error) bool { return errs.KindOf(err) == errs.Unavailable && !retryable(err) }

// begin begins a transaction whose statements end with ctx, and it itself with
// end. Were it to end with ctx too, then nobody would know of a commit that was
// broken off whether it took place, and who is told that nothing was written undoes
// what stands beside the database; and of a rollback that nobody waits for
// PostgreSQL's driver closes the connection.
func begin(ctx context.Context, pool *sql.DB, opts *sql.TxOptions) (tx *sql.Tx, end context.CancelFunc, err error) {
	lasting, end := context.WithCancel(context.WithoutCancel(ctx))
	detach := context.AfterFunc(ctx, end) // who waits for a connection waits no longer than ctx
	tx, err = pool.BeginTx(lasting, opts)
	detach()
	if err != nil {
		end()
		return nil, nil, mapError(orEnded(ctx, err))
	}
	return tx, end, nil
}

// rollback ends a transaction that begin has begun.
func rollback(tx *sql.Tx, end context.CancelFunc) {
	defer time.AfterFunc(longestRollback, end).Stop()
	_ = tx.Rollback()
}

// AfterCommit runs f once the transaction in ctx has committed, and also where
// nobody knows whether it has; never when it rolled back. Outside a transaction f
// runs at once. f must be quick and cannot fail: a wake-up, a cache entry dropped.
func (db *DB) AfterCommit(ctx context.Context, f func()) {
	if state := db.txOf(ctx); state != nil {
		state.after = append(state.after, f)
		return
	}
	f()
}

// HasTx says whether ctx carries a transaction of this database.
func (db *DB) HasTx(ctx context.Context) bool { return db.txOf(ctx) != nil }

func (db *DB) txOf(ctx context.Context) *txState {
	state, _ := ctx.Value(txKey{db}).(*txState)
	return state
}
