package errs_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"chengqiao/internal/errs"
)

func TestAPanicIsAnErrorThatSaysWhereItHappened(t *testing.T) {
	var none map[string]int
	err := errs.Caught(func() error { none["a"]++; return nil })
	if err == nil || !strings.Contains(err.Error(), "nil map") || !strings.Contains(err.Error(), "caught_test.go") {
		t.Errorf("%v", err)
	}
	if errs.KindOf(err) != errs.Internal || !errs.IsPanic(fmt.Errorf("reading: %w", err)) {
		t.Errorf("%v is of the kind %v, a panic: %v", err, errs.KindOf(err), errs.IsPanic(err))
	}
	own := errors.New("own")
	if err := errs.Caught(func() error { return own }); !errors.Is(err, own) || errs.IsPanic(err) {
		t.Errorf("%v", err)
	}
	if err := errs.Caught(func() error { return nil }); err != nil {
		t.Errorf("%v", err)
	}
}
