// Package link owns the signed texts in addresses that stand for something
// without a sign-in: what ends letters, what a feed is read by. They are kept
// nowhere: an id with a MAC under the server's key.
package link

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
)

// Signer makes and proves the links about one kind of things.
type Signer struct {
	kind string
	key  []byte
}

// NewSigner makes the signer of a kind, "saved_search", with a key that is the
// same on all replicas.
func NewSigner(kind string, key []byte) Signer { return Signer{kind, key} }

// Text is the link to one thing for one purpose. Another serial makes another
// link, and only the last of them is Good.
func (s Signer) Text(purpose, id string, serial int64) string {
	h := hmac.New(sha256.New, s.key)
	h.Write([]byte("chengqiao/" + s.kind + "/" + purpose + "/" + id + "/" + strconv.FormatInt(serial, 10)))
	return id + "." + base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

// Good tells whether a text is the link for a purpose and a serial.
func (s Signer) Good(purpose, text string, serial int64) bool {
	return hmac.Equal([]byte(text), []byte(s.Text(purpose, ID(text), serial)))
}

// ID is the id that a text is about; whether the text is good, Good tells.
func ID(text string) string {
	id, _, _ := strings.Cut(text, ".")
	return id
}
