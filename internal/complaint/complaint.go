// Package complaint owns how often the log hears of a failure that lasts. What is
// tried again every second while a server is away would bury the line that says why.
package complaint

import (
	"sync/atomic"
	"time"
)

// every is how often a failure that lasts is told.
const every = time.Minute

// start is where running time is counted from: a clock that is set must neither
// silence the log nor flood it.
var start = time.Now()

// Lasting tells when the log is to hear of what may fail again and again, for
// several goroutines at once. The zero Lasting is ready.
type Lasting struct {
	// told is the running time of the last telling, in nanoseconds; zero while nothing fails.
	told atomic.Int64
}

// Due says whether a failure is to be told: the first one, and one a minute while
// it lasts. Of several at once one is.
func (l *Lasting) Due() bool {
	now, told := int64(time.Since(start)), l.told.Load()
	if told != 0 && now-told < int64(every) {
		return false
	}
	return l.told.CompareAndSwap(told, now)
}

// Over says that it went well: the next failure is news.
func (l *Lasting) Over() {
	if l.told.Load() != 0 { // every request may say so: most have nothing to write
		l.told.Store(0)
	}
}
