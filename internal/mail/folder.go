package mail

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

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
	path := filepath.Join(f.dir, f.clock.Now().UTC().Format(nameTime)+"-"+rand.Text()[:8]+".eml")
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
