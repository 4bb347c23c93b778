package app

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"chengqiao/internal/config"
)

// tokenKey is the key that signs the links in letters: the configured one, or
// one made on the first start and kept in the data folder.
func tokenKey(cfg config.Config) ([]byte, error) {
	if key := cfg.Auth.TokenKey.Reveal(); key != "" {
		return []byte(key), nil
	}
	path := filepath.Join(cfg.DataDir, "token.key")
	raw, err := os.ReadFile(path)
	if err == nil {
		return []byte(strings.TrimSpace(string(raw))), nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("token key: %w", err)
	}
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // never fails, see crypto/rand
	if err := os.MkdirAll(cfg.DataDir, 0o700); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	// O_EXCL: of two programs that start at once, one makes the key.
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return tokenKey(cfg)
	}
	if err != nil {
		return nil, fmt.Errorf("token key: %w", err)
	}
	defer f.Close()
	key := hex.EncodeToString(secret)
	if _, err := f.WriteString(key + "\n"); err != nil {
		return nil, fmt.Errorf("token key: %w", err)
	}
	return []byte(key), f.Sync()
}
