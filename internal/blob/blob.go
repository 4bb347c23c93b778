// Package blob owns uploaded files: their bytes, nothing else. It gives each a
// random key, measures size, checksum and type itself while the upload streams
// in, and refuses what is too large before anything is kept. Names, owners and
// disclosure tiers are rows of the domains; who may read a file is decided
// there before Open is called.
//
// The bytes lie in a data folder (Folder) or in S3-compatible storage (S3).
//
// A file's type is what its bytes look like, not what the uploader says. It is
// still the uploader's content: serve it as an attachment with nosniff.
package blob

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"mime"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gabriel-vasile/mimetype"

	"chengqiao/internal/errs"
	"chengqiao/internal/interrupt"
)

// Info describes a kept file.
type Info struct {
	// Key finds the file again: random, without meaning, safe in a URL.
	Key string
	// Size is in bytes.
	Size int64
	// SHA256 is lower-case hexadecimal.
	SHA256 string
	// ContentType is the media type by content, "application/pdf", with a
	// charset for texts.
	ContentType string
}

// Rule says what an upload may be.
type Rule struct {
	// MaxBytes is the largest size that is kept.
	MaxBytes int64
	// Types are the media types accepted, without parameters; empty accepts all.
	Types []string
}

// File is a kept file, open for reading. Seeking lets HTTP answer ranges.
type File interface {
	io.ReadSeekCloser
	// Size is in bytes.
	Size() int64
}

// Bucket is where bytes lie. Keys are made by Store. A key that holds nothing
// gives ErrNotFound from Open; Delete of it is no error.
type Bucket interface {
	// Put keeps the content of spooled, which lies at its start, as info.Key:
	// all of it or nothing. After an error it is nothing, unless the bucket did
	// not answer.
	Put(ctx context.Context, spooled *os.File, info Info) error
	Open(ctx context.Context, key string) (File, error)
	Delete(ctx context.Context, key string) error
	// Check says whether the bucket can be used.
	Check(ctx context.Context) error
}

// Errors of this package; compare with errors.Is. The parameters they carry
// when returned are limit_bytes and content_type.
var (
	ErrNotFound    = errs.New(errs.NotFound, "file_not_found")
	ErrTooLarge    = errs.New(errs.TooLarge, "file_too_large")
	ErrEmpty       = errs.New(errs.Invalid, "file_empty")
	ErrWrongType   = errs.New(errs.Invalid, "file_type_not_accepted")
	ErrUnavailable = errs.New(errs.Unavailable, "file_store_unavailable")
)

// Store takes uploads in. Its methods may be called by several goroutines.
type Store struct {
	bucket Bucket
	spool  string
}

// spoolPattern names the files of uploads on their way.
const spoolPattern = "upload-*"

// abandonedAfter is longer than any upload takes.
const abandonedAfter = 24 * time.Hour

// NewStore keeps files in bucket. spool is a folder for uploads on their way,
// made if absent; with a Folder it lies best on the same file system. What a
// crash has left there is removed.
func NewStore(bucket Bucket, spool string) (*Store, error) {
	if err := os.MkdirAll(spool, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder for uploads: %w", err)
	}
	left, err := filepath.Glob(filepath.Join(spool, spoolPattern))
	if err != nil {
		return nil, err
	}
	for _, path := range left {
		// Another process may share the folder: its present uploads stay.
		if info, err := os.Stat(path); err == nil && time.Since(info.ModTime()) > abandonedAfter {
			_ = os.Remove(path)
		}
	}
	return &Store{bucket: bucket, spool: spool}, nil
}

// Put reads an upload to its end and keeps it. announce is told the key before
// anything is kept under it: whoever notes it finds the bytes again, should the
// program end before it knows what became of them. Put gives ErrTooLarge as soon
// as the limit is passed, ErrEmpty, ErrWrongType, the reader's or announce's own
// error, and nothing is kept then; and ErrUnavailable, after which a storage that
// did not answer may have kept it.
func (s *Store) Put(ctx context.Context, upload io.Reader, rule Rule, announce func(ctx context.Context, key string) error) (Info, error) {
	file, err := os.CreateTemp(s.spool, spoolPattern)
	if err != nil {
		return Info{}, unavailable(ctx, err)
	}
	defer func() {
		_ = file.Close()
		_ = os.Remove(file.Name())
	}()
	info, err := receive(ctx, file, upload, rule)
	if err != nil {
		return Info{}, err
	}
	if err := announce(ctx, info.Key); err != nil {
		return Info{}, err
	}
	if err := s.bucket.Put(ctx, file, info); err != nil {
		return Info{}, err
	}
	return info, nil
}

// Keep keeps a file of a backup under the key that it had, and says whether it
// was not there yet. One that is there and says something else is replaced.
// Errors: ErrUnavailable, or the reader's own; ErrNotFound for a key that Put
// never made.
func (s *Store) Keep(ctx context.Context, key string, content io.Reader) (fresh bool, err error) {
	if !keyForm.MatchString(key) {
		return false, ErrNotFound
	}
	file, err := os.CreateTemp(s.spool, spoolPattern)
	if err != nil {
		return false, unavailable(ctx, err)
	}
	defer func() {
		_ = file.Close()
		_ = os.Remove(file.Name())
	}()
	info, err := receive(ctx, file, content, Rule{MaxBytes: math.MaxInt64 - 1})
	if err != nil {
		return false, err
	}
	info.Key = key
	there, err := s.checksum(ctx, key)
	fresh = errors.Is(err, ErrNotFound)
	if !fresh && (err != nil || there == info.SHA256) {
		return false, err
	}
	return fresh, s.bucket.Put(ctx, file, info)
}

// checksum is that of a kept file's bytes as they are now, or ErrNotFound.
func (s *Store) checksum(ctx context.Context, key string) (string, error) {
	file, err := s.bucket.Open(ctx, key)
	if err != nil {
		return "", err
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, interrupt.Reader(ctx, file)); err != nil {
		return "", unavailable(ctx, err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// Open gives a kept file, or ErrNotFound.
func (s *Store) Open(ctx context.Context, key string) (File, error) {
	if !keyForm.MatchString(key) {
		return nil, ErrNotFound
	}
	return s.bucket.Open(ctx, key)
}

// Delete forgets a file. An absent one is no error.
func (s *Store) Delete(ctx context.Context, key string) error {
	if !keyForm.MatchString(key) {
		return nil
	}
	return s.bucket.Delete(ctx, key)
}

// Check says whether files can be kept and read, for readiness checks.
func (s *Store) Check(ctx context.Context) error { return s.bucket.Check(ctx) }

// receive spools the upload and describes it; file ends at its start.
func receive(ctx context.Context, file *os.File, upload io.Reader, rule Rule) (Info, error) {
	sum := sha256.New()
	// One byte more than allowed tells a file of the limit from a larger one.
	body := io.LimitReader(interrupt.Reader(ctx, upload), rule.MaxBytes+1)
	size, err := io.Copy(io.MultiWriter(spooling{ctx, file}, sum), body)
	switch {
	case err != nil:
		return Info{}, err
	case size > rule.MaxBytes:
		return Info{}, errs.Newp(ErrTooLarge.Kind, ErrTooLarge.Code, errs.Params{"limit_bytes": rule.MaxBytes})
	case size == 0:
		return Info{}, ErrEmpty
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return Info{}, unavailable(ctx, err)
	}
	detected, err := mimetype.DetectReader(file)
	if err != nil {
		return Info{}, unavailable(ctx, err)
	}
	if err := accept(detected.String(), rule.Types); err != nil {
		return Info{}, err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return Info{}, unavailable(ctx, err)
	}
	return Info{
		Key: newKey(), Size: size, SHA256: hex.EncodeToString(sum.Sum(nil)), ContentType: detected.String(),
	}, nil
}

// spooling writes what comes in. That it cannot, on a disk that is full, is the
// store's fault and none of who sends.
type spooling struct {
	ctx  context.Context
	file *os.File
}

// Write implements io.Writer.
func (s spooling) Write(p []byte) (int, error) {
	n, err := s.file.Write(p)
	if err != nil {
		return n, unavailable(s.ctx, err)
	}
	return n, nil
}

func accept(contentType string, types []string) error {
	base, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return err
	}
	if len(types) > 0 && !slices.Contains(types, base) {
		return errs.Newp(ErrWrongType.Kind, ErrWrongType.Code, errs.Params{"content_type": base})
	}
	return nil
}

// keyForm is 26 letters and digits of base 32: 130 random bits.
var keyForm = regexp.MustCompile(`^[a-z2-7]{26}$`)

func newKey() string { return strings.ToLower(rand.Text()) }

// unavailable wraps a cause so that it matches ErrUnavailable; a caller who
// gave up gets its own error back.
func unavailable(ctx context.Context, cause error) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err()
	}
	return errs.Wrap(ErrUnavailable.Kind, ErrUnavailable.Code, cause)
}
