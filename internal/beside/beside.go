// Package beside runs work next to its caller. A panic in a goroutine ends the
// program for everybody, and none that asked can catch it; here it comes back to
// the caller, whose request or job ends as by a panic of its own.
package beside

import "chengqiao/internal/errs"

// Start does something beside the caller, who has to wait for its end, in a
// deferred call where the caller itself may panic meanwhile.
func Start(do func()) (wait func()) {
	ended := make(chan error, 1)
	go func() {
		ended <- errs.Caught(func() error {
			do()
			return nil
		})
	}()
	return func() {
		if err := <-ended; err != nil {
			panic(err)
		}
	}
}

// All does something for each part from 0, at most so many at a time, and waits
// for all of it.
func All(parts, atOnce int, do func(part int)) {
	next := make(chan int, parts)
	for p := range parts {
		next <- p
	}
	close(next)
	work := func() {
		for p := range next {
			do(p)
		}
	}
	for range min(parts, atOnce) - 1 {
		defer Start(work)()
	}
	work()
}
