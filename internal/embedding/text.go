package embedding

import (
	"crypto/sha256"
	"encoding/hex"
)

// Ref names a listing.
type Ref struct{ Kind, ID string }

// Reader is for whom a text is.
type Reader string

// The readers whose texts may be sent.
const (
	Public  Reader = "public"
	Members Reader = "members"
)

// Text is what a live listing says to some readers, as it is sent.
type Text struct {
	Ref
	Reader Reader
	Text   string
}

// hashBytes are enough that no two texts of one listing collide.
const hashBytes = 16

// Hash tells texts apart.
func Hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:hashBytes])
}

// Kept is where one text of a listing lies.
type Kept struct {
	Ref
	Reader Reader
	// Hash is of the text.
	Hash      string
	Direction Direction
}
