//go:build !unix

package watermark

import "runtime/debug"

// boundMemory lets the collector work hard at the limit; here nothing ends a
// process that goes beyond it but its time.
func boundMemory(limit int64) error {
	debug.SetMemoryLimit(limit)
	return nil
}
