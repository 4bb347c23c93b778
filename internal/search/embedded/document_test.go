package embedded

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"chengqiao/internal/search"
)

// Every property counts: the generator fills whatever a document has, and the
// checksum is over all of it.
func TestDocumentsAreReadAsTheyWereWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := rapid.Make[search.Document]().Draw(t, "document")
		raw := appendDocument(nil, &d)
		got, err := decodeDocument(raw)
		if err != nil || got.Checksum() != d.Checksum() {
			t.Fatalf("%+v, %v, want %+v", got, err, d)
		}
		end := rapid.IntRange(0, len(raw)-1).Draw(t, "end")
		if cut, err := decodeDocument(raw[:end]); !errors.Is(err, errDocument) {
			t.Fatalf("of %d of %d bytes: %+v", end, len(raw), cut)
		}
	})
}
