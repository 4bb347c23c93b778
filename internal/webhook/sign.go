package webhook

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"chengqiao/internal/errs"
)

// secretMark begins a secret's text (Standard Webhooks, "Signature scheme").
const secretMark = "whsec_"

// newSecret is a fresh secret of 256 random bits as people copy it.
func newSecret() string {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails, see crypto/rand
	return secretMark + base64.StdEncoding.EncodeToString(raw)
}

// sign is the value of webhook-signature: one signature for each secret.
func sign(secrets []string, id string, at time.Time, body []byte) (string, error) {
	signatures := make([]string, 0, len(secrets))
	for _, s := range secrets {
		key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(s, secretMark))
		if err != nil {
			return "", errs.Wrap(errs.Internal, "internal", fmt.Errorf("webhook: a secret is no base64"))
		}
		h := hmac.New(sha256.New, key)
		h.Write([]byte(id + "." + strconv.FormatInt(at.Unix(), 10) + "."))
		h.Write(body)
		signatures = append(signatures, "v1,"+base64.StdEncoding.EncodeToString(h.Sum(nil)))
	}
	return strings.Join(signatures, " "), nil
}

// Sealer keeps secrets unreadable in the database. They must be read again to
// sign, so a hash does not do.
type Sealer struct{ aead cipher.AEAD }

// NewSealer makes a sealer under a key that all replicas share; from it the
// key of webhooks alone is derived.
func NewSealer(key []byte) (Sealer, error) {
	derived, err := hkdf.Key(sha256.New, key, nil, "chengqiao/webhook/secret", 32)
	if err != nil {
		return Sealer{}, fmt.Errorf("webhook key: %w", err)
	}
	block, err := aes.NewCipher(derived)
	if err != nil {
		return Sealer{}, fmt.Errorf("webhook key: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return Sealer{}, fmt.Errorf("webhook key: %w", err)
	}
	return Sealer{aead}, nil
}

// seal binds a secret to its endpoint: a row copied to another opens nothing.
func (s Sealer) seal(endpoint, secret string) string {
	return base64.StdEncoding.EncodeToString(s.aead.Seal(nil, nil, []byte(secret), []byte(endpoint)))
}

func (s Sealer) open(endpoint, sealed string) (string, error) {
	raw, err := base64.StdEncoding.DecodeString(sealed)
	if err == nil {
		raw, err = s.aead.Open(nil, nil, raw, []byte(endpoint))
	}
	if err != nil {
		return "", errs.Wrap(errs.Internal, "internal", fmt.Errorf("webhook: a secret of %s cannot be opened; was the key changed?", endpoint))
	}
	return string(raw), nil
}

// signing are the secrets of an endpoint that sign at an instant.
func (s Sealer) signing(e Endpoint, now time.Time) ([]string, error) {
	var out []string
	for _, secret := range e.Secrets {
		if !secret.ExpiresAt.IsZero() && !now.Before(secret.ExpiresAt) {
			continue
		}
		plain, err := s.open(e.ID, secret.Sealed)
		if err != nil {
			return nil, err
		}
		out = append(out, plain)
	}
	return out, nil
}
