package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Folder keeps files below one folder of this machine, a thousandth of them in
// each subfolder.
type Folder struct{ dir string }

var _ Bucket = (*Folder)(nil)

// OpenFolder makes dir if it is absent.
func OpenFolder(dir string) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder for files: %w", err)
	}
	return &Folder{dir: dir}, nil
}

// path is safe: Store lets only keys through that are letters and digits.
func (f *Folder) path(key string) string { return filepath.Join(f.dir, key[:2], key) }

// Put implements Bucket. The file appears under its key whole and after it is
// on the disk, or not at all.
func (f *Folder) Put(ctx context.Context, spooled *os.File, info Info) error {
	if err := f.put(spooled, f.path(info.Key)); err != nil {
		return unavailable(ctx, err)
	}
	return nil
}

func (f *Folder) put(spooled *os.File, path string) error {
	sub := filepath.Dir(path)
	if err := os.MkdirAll(sub, 0o700); err != nil {
		return err
	}
	if err := spooled.Sync(); err != nil {
		return err
	}
	if os.Link(spooled.Name(), path) != nil {
		// Another file system than the spool's, or one without links.
		if err := copyWhole(spooled, path); err != nil {
			return err
		}
	}
	return errors.Join(syncFolder(sub), syncFolder(f.dir))
}

func copyWhole(from io.Reader, path string) (err error) {
	part := path + ".part"
	to, err := os.OpenFile(part, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(part)
		}
	}()
	if _, err = io.Copy(to, from); err != nil {
		return errors.Join(err, to.Close())
	}
	if err = errors.Join(to.Sync(), to.Close()); err != nil {
		return err
	}
	return os.Rename(part, path)
}

// syncFolder puts the names in a folder on the disk: syncing a file does not
// put its name there.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Open implements Bucket.
func (f *Folder) Open(ctx context.Context, key string) (File, error) {
	file, err := os.Open(f.path(key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, unavailable(ctx, err)
	}
	info, err := file.Stat()
	if err != nil {
		_ = file.Close()
		return nil, unavailable(ctx, err)
	}
	return sized{file, info.Size()}, nil
}

// Delete implements Bucket.
func (f *Folder) Delete(ctx context.Context, key string) error {
	if err := os.Remove(f.path(key)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return unavailable(ctx, err)
	}
	return nil
}

// Check implements Bucket: a file can be written, as on a disk that is neither
// full nor read-only.
func (f *Folder) Check(ctx context.Context) error {
	probe, err := os.CreateTemp(f.dir, ".check-*")
	if err != nil {
		return unavailable(ctx, err)
	}
	_, err = probe.WriteString("ok")
	if err := errors.Join(err, probe.Close(), os.Remove(probe.Name())); err != nil {
		return unavailable(ctx, err)
	}
	return nil
}

// sized is a file whose size was asked for.
type sized struct {
	io.ReadSeekCloser
	size int64
}

// Size implements File.
func (s sized) Size() int64 { return s.size }
