package blob

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
)

func TestAFullDiskIsNoFaultOfWhoSends(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	if _, err := receive(t.Context(), full, strings.NewReader("text"), Rule{MaxBytes: 10}); !errors.Is(err, ErrUnavailable) {
		t.Errorf("with nowhere to write: %v", err)
	}
	spooled, err := os.Create(filepath.Join(t.TempDir(), "spooled"))
	if err != nil {
		t.Fatal(err)
	}
	defer spooled.Close()
	broken := errors.New("the line is cut")
	if _, err := receive(t.Context(), spooled, iotest.ErrReader(broken), Rule{MaxBytes: 10}); !errors.Is(err, broken) || errors.Is(err, ErrUnavailable) {
		t.Errorf("of a sender who broke off: %v", err)
	}
}
