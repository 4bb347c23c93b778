// Package conformance holds every adapter of the kv port to the same promises.
// It is imported by tests alone.
package conformance

import (
	"testing"
	"time"

	"chengqiao/internal/kv"
)

// Open gives two views of the same shared state, as two replicas have them;
// an adapter for one process gives the same backend twice. It closes them when
// the test ends.
type Open func(t *testing.T) (one, other kv.Backend)

// Run holds an adapter to the port.
func Run(t *testing.T, open Open) {
	for name, suite := range map[string]func(*testing.T, Open){
		"cache": cache, "limiter": limiter, "bus": bus, "locker": locker, "closing": closing,
	} {
		t.Run(name, func(t *testing.T) { suite(t, open) })
	}
}

// patience is longer than any adapter takes on the slowest machine: only what
// hangs uses it up.
const patience = time.Minute

// eventually polls until holds, and fails the test when it never does.
func eventually(t *testing.T, otherwise string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if holds() {
			return
		}
	}
	t.Fatal(otherwise)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
