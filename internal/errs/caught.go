package errs

import (
	"fmt"
	"runtime/debug"
)

// Caught does what must not end the program for everybody else, and gives a
// panic as an error that says where it happened.
func Caught(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return do()
}
