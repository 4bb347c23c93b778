package ident

import (
	"fmt"

	"github.com/google/uuid"
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
