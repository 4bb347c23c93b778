package savedsearch

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
)

// signer makes the texts of links that stand for a saved search without a
// sign-in. They are kept nowhere: the id with a MAC under the server's key.
type signer struct{ key []byte }

// The purposes of links.
const (
	toUnsubscribe = "unsubscribe"
	toFeed        = "feed"
)

func (s signer) text(purpose, id string, serial int64) string {
	h := hmac.New(sha256.New, s.key)
	h.Write([]byte("chengqiao/saved_search/" + purpose + "/" + id + "/" + strconv.FormatInt(serial, 10)))
	return id + "." + base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

// idIn is the id that a text is about; whether the text is good, good tells.
func idIn(text string) string {
	id, _, _ := strings.Cut(text, ".")
	return id
}

func (s signer) good(purpose, text string, serial int64) bool {
	return hmac.Equal([]byte(text), []byte(s.text(purpose, idIn(text), serial)))
}
