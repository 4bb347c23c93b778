package complaint_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"chengqiao/internal/complaint"
)

func TestAFailureIsToldAtOnceAndThenOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c complaint.Lasting
		told := 0
		for range 150 { // two and a half minutes of a try a second
			if c.Due() {
				told++
			}
			time.Sleep(time.Second)
		}
		if told != 3 {
			t.Errorf("told %d times, want at once, after one minute and after two", told)
		}
		c.Over()
		if !c.Due() {
			t.Error("a failure after it went well is no news")
		}
	})
}

func TestOfSeveralThatFailTogetherOneTells(t *testing.T) {
	var c complaint.Lasting
	var told atomic.Int64
	var group sync.WaitGroup
	for range 32 {
		group.Go(func() {
			if c.Due() {
				told.Add(1)
			}
		})
	}
	group.Wait()
	if told.Load() != 1 {
		t.Errorf("told %d times", told.Load())
	}
}
