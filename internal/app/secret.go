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
	path := tokenKeyPath(cfg)
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
	key := hex.EncodeToString(secret)
	fresh, err := writeFresh(cfg.DataDir, key+"\n")
	if err != nil {
		return nil, fmt.Errorf("token key: %w", err)
	}
	defer os.Remove(fresh)
	// Linked when it is whole: of programs that start at once one makes the key,
	// and none reads half of it, now or after a crash.
	if err := os.Link(fresh, path); errors.Is(err, os.ErrExist) {
		return tokenKey(cfg)
	} else if err != nil {
		return nil, fmt.Errorf("token key: %w", err)
	}
	return []byte(key), nil
}

func tokenKeyPath(cfg config.Config) string { return filepath.Join(cfg.DataDir, "token.key") }

// writeFresh writes a file of its own in a folder, readable by its owner alone,
// and gives its path.
func writeFresh(dir, content string) (string, error) {
	f, err := os.CreateTemp(dir, "token.key.*")
	if err != nil {
		return "", err
	}
	_, err = f.WriteString(content)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), nil
}
