//go:build unix

package watermark

import (
	"runtime/debug"
	"syscall"
)

// reserved is what the runtime and the program's own image take of the address
// space beside the heap.
const reserved = 2 << 30

// boundMemory ends the process when it takes more: the collector works hard at
// the limit, and the kernel refuses what goes far beyond it.
func boundMemory(limit int64) error {
	debug.SetMemoryLimit(limit)
	bound := uint64(limit + reserved)
	return syscall.Setrlimit(syscall.RLIMIT_AS, &syscall.Rlimit{Cur: bound, Max: bound})
}
