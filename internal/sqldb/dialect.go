package sqldb

import "hash/fnv"

// SkipLocked is the clause by which a claiming subselect passes rows that
// another claimer holds. SQLite has one writer and needs none.
func (db *DB) SkipLocked() string {
	if db.driver == Postgres {
		return "FOR UPDATE SKIP LOCKED"
	}
	return ""
}

// advisoryKey makes PostgreSQL's 64-bit lock key from a name.
func advisoryKey(name string) int64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte("chengqiao/" + name))
	return int64(h.Sum64()) // the bits are what matters
}
