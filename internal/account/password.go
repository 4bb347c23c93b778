package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// PasswordConfig is the cost of one password check.
type PasswordConfig struct {
	// MemoryKiB, Passes and Threads are Argon2id's parameters (RFC 9106). The
	// zero value takes 19 MiB, 2 passes and 1 thread: OWASP's least, which 2
	// cores bear at a few dozen sign-ins a second.
	MemoryKiB uint32
	Passes    uint32
	Threads   uint8
	// AtOnce bounds how many checks run together, and so the memory that a
	// flood of sign-ins can take; 0 means 4.
	AtOnce int
}

const (
	saltBytes = 16
	keyBytes  = 32
)

// Passwords hashes and checks passwords with Argon2id. Safe for concurrent use.
type Passwords struct {
	cfg   PasswordConfig
	slots chan struct{}
	decoy string
}

// NewPasswords makes a hasher; zero parameters take their defaults.
func NewPasswords(cfg PasswordConfig) *Passwords {
	if cfg.MemoryKiB == 0 {
		cfg.MemoryKiB = 19 * 1024
	}
	if cfg.Passes == 0 {
		cfg.Passes = 2
	}
	if cfg.Threads == 0 {
		cfg.Threads = 1
	}
	if cfg.AtOnce <= 0 {
		cfg.AtOnce = 4
	}
	p := &Passwords{cfg: cfg, slots: make(chan struct{}, cfg.AtOnce)}
	p.decoy = p.encode(make([]byte, saltBytes), make([]byte, keyBytes))
	return p
}

// Hash is the password's hash in PHC form, with its salt and parameters. It
// waits for a free slot; the only error is the context's.
func (p *Passwords) Hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt) // never fails, see crypto/rand
	key, err := p.derive(ctx, password, salt, p.cfg, keyBytes)
	if err != nil {
		return "", err
	}
	return p.encode(salt, key), nil
}

// Verify tells whether the password is the one of hash. An empty hash (no such
// account) costs the same work and is never right, so that the time taken does
// not tell which addresses have accounts. The only error is the context's.
func (p *Passwords) Verify(ctx context.Context, password, hash string) (bool, error) {
	real := hash != ""
	if !real {
		hash = p.decoy
	}
	cfg, salt, want, err := decode(hash)
	if err != nil {
		return false, err
	}
	got, err := p.derive(ctx, password, salt, cfg, uint32(len(want)))
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, want) == 1 && real, nil
}

// Outdated tells whether a hash was made with other parameters than today's.
func (p *Passwords) Outdated(hash string) bool {
	cfg, _, _, err := decode(hash)
	return err != nil || cfg.MemoryKiB != p.cfg.MemoryKiB || cfg.Passes != p.cfg.Passes || cfg.Threads != p.cfg.Threads
}

func (p *Passwords) derive(ctx context.Context, password string, salt []byte, cfg PasswordConfig, length uint32) ([]byte, error) {
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-p.slots }()
	return argon2.IDKey([]byte(password), salt, cfg.Passes, cfg.MemoryKiB, cfg.Threads, length), nil
}

func (p *Passwords) encode(salt, key []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		p.cfg.MemoryKiB, p.cfg.Passes, p.cfg.Threads, b64.EncodeToString(salt), b64.EncodeToString(key))
}

func decode(hash string) (cfg PasswordConfig, salt, key []byte, err error) {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return cfg, nil, nil, fmt.Errorf("account: not an Argon2id hash of version %d", argon2.Version)
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &cfg.MemoryKiB, &cfg.Passes, &cfg.Threads); err != nil {
		return cfg, nil, nil, fmt.Errorf("account: parameters of a password hash: %w", err)
	}
	if salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil {
		return cfg, nil, nil, fmt.Errorf("account: salt of a password hash: %w", err)
	}
	if key, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil {
		return cfg, nil, nil, fmt.Errorf("account: key of a password hash: %w", err)
	}
	return cfg, salt, key, nil
}
