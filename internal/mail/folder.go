package mail

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	netmail "net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"chengqiao/internal/clock"
)

// Folder writes each letter as an .eml file, which any mail program opens. It
// sends nothing to anybody.
type Folder struct {
	sender
	dir string
	log *slog.Logger
}

var _ Sender = (*Folder)(nil)

// OpenFolder makes dir if it is absent. from is the letters' From line.
func OpenFolder(dir, from string, clk clock.Clock, log *slog.Logger) (*Folder, error) {
	s, err := newSender(from, clk)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder for letters: %w", err)
	}
	return &Folder{sender: s, dir: dir, log: log}, nil
}

// nameTime sorts files by time under every locale.
const nameTime = "20060102T150405.000000Z"

// Send implements Sender. A file appears whole or not at all.
func (f *Folder) Send(ctx context.Context, m Message) error {
	letter, err := f.compose(m)
	if err != nil {
		return err
	}
	path := filepath.Join(f.dir, f.clock.Now().UTC().Format(nameTime)+"-"+rand.Text()[:8]+ending)
	if err := f.write(path, func(file *os.File) error {
		_, err := letter.WriteTo(file)
		return err
	}); err != nil {
		return unavailable(err)
	}
	// Neither recipient nor content: both are personal data, and a letter may
	// hold a link that signs in.
	f.log.InfoContext(ctx, "letter written", "path", path)
	return nil
}

func (f *Folder) write(path string, fill func(*os.File) error) (err error) {
	part, err := os.CreateTemp(f.dir, ".part-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(part.Name())
		}
	}()
	if err := errors.Join(fill(part), part.Close()); err != nil {
		return err
	}
	return os.Rename(part.Name(), path)
}

// ending is that of the letters' files.
const ending = ".eml"

// Forget implements Sender. It reads the head of every letter in the folder: a
// name that told the recipient would tell it to whoever lists the folder.
func (f *Folder) Forget(ctx context.Context, addresses []string) error {
	return f.each(ctx, func(path string) (bool, error) {
		to, err := recipient(path)
		if err != nil || !slices.ContainsFunc(addresses, func(a string) bool { return strings.EqualFold(a, to) }) {
			return true, err
		}
		return true, f.remove(path)
	})
}

// Prune implements Sender; a file's name says when it was written.
func (f *Folder) Prune(ctx context.Context, before time.Time, limit int) (int, error) {
	removed := 0
	bound := before.UTC().Format(nameTime)
	err := f.each(ctx, func(path string) (bool, error) {
		if removed >= limit || filepath.Base(path) >= bound {
			return false, nil // they come by time
		}
		removed++
		return true, f.remove(path)
	})
	return removed, err
}

// each calls visit with every letter's file, oldest first, while it says true.
func (f *Folder) each(ctx context.Context, visit func(path string) (bool, error)) error {
	entries, err := os.ReadDir(f.dir) // sorted by name
	if err != nil {
		return unavailable(err)
	}
	for _, e := range entries {
		if filepath.Ext(e.Name()) != ending || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if more, err := visit(filepath.Join(f.dir, e.Name())); err != nil {
			return unavailable(err)
		} else if !more {
			return nil
		}
	}
	return nil
}

// remove takes one file away; that another process has done so is fine.
func (f *Folder) remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// recipient is the bare address that a letter's file is to; "" for a file that
// is no letter, or is gone.
func recipient(path string) (string, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer file.Close()
	letter, err := netmail.ReadMessage(file)
	if err != nil {
		return "", nil
	}
	to, err := netmail.ParseAddress(letter.Header.Get("To"))
	if err != nil {
		return "", nil
	}
	return to.Address, nil
}

// Check implements Sender.
func (f *Folder) Check(context.Context) error {
	info, err := os.Stat(f.dir)
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("%s is not a folder", f.dir)
	}
	if err != nil {
		return unavailable(err)
	}
	return nil
}
