package beside_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"chengqiao/internal/beside"
	"chengqiao/internal/errs"
)

func TestAPanicBesideIsThatOfWhoWaits(t *testing.T) {
	var reached bool
	err := errs.Caught(func() error {
		wait := beside.Start(func() { panic("stumbled") })
		reached = true
		wait()
		return nil
	})
	if !reached || err == nil || !strings.Contains(err.Error(), "stumbled") {
		t.Errorf("%v", err)
	}
}

func TestEveryPartIsDoneOnceAndNoneIsLeftRunning(t *testing.T) {
	for _, n := range []int{0, 1, 2, 17} {
		var mu sync.Mutex
		done := map[int]int{}
		beside.All(n, 3, func(part int) {
			mu.Lock()
			defer mu.Unlock()
			done[part]++
		})
		for part := range n {
			if done[part] != 1 {
				t.Errorf("part %d of %d was done %d times", part, n, done[part])
			}
		}
	}
	for failing := range 8 {
		var running atomic.Int32
		err := errs.Caught(func() error {
			beside.All(8, 4, func(part int) {
				running.Add(1)
				defer running.Add(-1)
				if part == failing {
					panic(fmt.Sprint("part ", part))
				}
			})
			return nil
		})
		if err == nil || running.Load() != 0 {
			t.Errorf("with part %d failing: %v, %d still running", failing, err, running.Load())
		}
	}
}
