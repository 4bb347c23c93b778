package ident

import (
	"fmt"

	"github.com/google/uuid"

	"chengqiao/internal/errs"
)

// NewID makes the key of a new row: a UUIDv7 in lower case, so that keys of
// one writer sort by the time they were made. It panics when the machine has
// no randomness to give, as nothing sensible can be done then.
func NewID() string {
	id, err := uuid.NewV7()
	if err != nil {
		panic(fmt.Sprintf("ident: no randomness for a new id: %v", err))
	}
	return id.String()
}

// IsID says whether s is a key as NewID writes them: a UUID in its canonical
// lower-case form. It lets a reader answer "no such thing" for a malformed
// key without asking the store.
func IsID(s string) bool {
	id, err := uuid.Parse(s)
	return err == nil && id.String() == s
}

// CheckCursor refuses a cursor of a list in the order of its ids that is none of
// them; "" begins at the beginning. Error: errs.Malformed "malformed_cursor".
func CheckCursor(cursor string) error {
	if cursor != "" && !IsID(cursor) {
		return errs.New(errs.Malformed, "malformed_cursor")
	}
	return nil
}
