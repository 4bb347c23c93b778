package errs_test

import (
	"errors"
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
	if errs.KindOf(err) != errs.Internal {
		t.Errorf("kind %v", errs.KindOf(err))
	}
	own := errors.New("own")
	if err := errs.Caught(func() error { return own }); !errors.Is(err, own) {
		t.Errorf("%v", err)
	}
	if err := errs.Caught(func() error { return nil }); err != nil {
		t.Errorf("%v", err)
	}
}
