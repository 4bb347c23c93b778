package errs

import (
	"errors"
	"fmt"
	"runtime/debug"
)

// Panicked is a panic that was caught.
type Panicked struct {
	value any
	stack []byte
}

// Error says what happened and where.
func (p *Panicked) Error() string { return fmt.Sprintf("panic: %v\n%s", p.value, p.stack) }

// Caught does what must not end the program for everybody else, and gives a
// panic as an error (Panicked).
func Caught(do func() error) (err error) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case *Panicked: // passed on from beside
			err = p
		default:
			err = &Panicked{p, debug.Stack()}
		}
	}()
	return do()
}

// IsPanic tells whether an error is, or wraps, a panic that was caught: what was
// given cannot be dealt with, however often it is tried.
func IsPanic(err error) bool {
	var p *Panicked
	return errors.As(err, &p)
}
