package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"chengqiao/internal/backup"
	"chengqiao/internal/blob"
	"chengqiao/internal/config"
	"chengqiao/internal/interrupt"
	"chengqiao/internal/sqldb"
	"chengqiao/internal/store"
	"chengqiao/internal/telemetry"
)

func backupCommand(flags *settingFlags) *cobra.Command {
	var out string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "backup --out FILE",
		Short: "Write everything that cannot be made again into one file",
		Long: "Writes the database as it is at one moment, the uploaded files, the letters of mail.backend folder, and\n" +
			"token.key. Servers may go on serving. Not in it: the indexes of search and matching, which `serve` makes again\n" +
			"from the database, and the configuration. The file holds secrets and personal data, and is readable by its\n" +
			"owner alone. `restore` takes it, on either database engine. Exit code 3 when uploaded files are missing or\n" +
			"damaged, or rows refer to none; all else is in the backup then.",
		Example: "  chengqiao backup --out /srv/backup/chengqiao-$(date +%F).tar.gz --data /var/lib/chengqiao\n" +
			"  chengqiao backup --out /srv/backup/chengqiao.tar.gz --config /etc/chengqiao.yaml --json",
		Args: exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if out == "" {
				return usageError("--out is needed: the file to write")
			}
			cfg, err := flags.loadExisting()
			if err != nil {
				return err
			}
			return runBackup(cmd, cfg, out, asJSON)
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "file to write; one that is there is replaced when the new one is whole")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the result as JSON")
	return cmd
}

// inBackup is what a backup holds, as both commands tell it.
type inBackup struct {
	File          string    `json:"file"`
	Bytes         int64     `json:"bytes"`
	SHA256        string    `json:"sha256"`
	MadeAt        time.Time `json:"made_at"`
	Program       string    `json:"program"`
	Engine        string    `json:"engine"`
	SchemaVersion int64     `json:"schema_version"`
	Tables        int       `json:"tables"`
	Rows          int64     `json:"rows"`
	Files         int64     `json:"files"`
	FileBytes     int64     `json:"file_bytes"`
	Letters       int64     `json:"letters"`
	// TokenKey is whether the key is in it: one from the configuration is not.
	TokenKey bool `json:"token_key"`
	// What was at fault when it was made: keys, and texts.
	FilesAtFault     []string `json:"files_at_fault"`
	BrokenReferences []string `json:"broken_references"`
	Seconds          float64  `json:"seconds"`
}

func described(path string, seen *counted, head backup.Head, m backup.Manifest, since time.Time) inBackup {
	files := m.Part(backup.Files)
	return inBackup{
		File: path, Bytes: seen.n, SHA256: hex.EncodeToString(seen.sum.Sum(nil)), MadeAt: head.MadeAt, Program: head.Program,
		Engine: head.Engine, SchemaVersion: head.Schema, Tables: len(head.Tables), Rows: m.Rows(), Files: files.Count, FileBytes: files.Bytes,
		Letters: m.Part(backup.Letters).Count, TokenKey: m.Part(backup.TokenKey).Count > 0,
		FilesAtFault: m.FilesAtFault, BrokenReferences: m.BrokenReferences, Seconds: time.Since(since).Round(time.Millisecond).Seconds(),
	}
}

// faults tells of what was at fault when the backup was made.
func (b inBackup) faults() error {
	var faults []string
	if n := len(b.FilesAtFault); n > 0 {
		faults = append(faults, fmt.Sprintf("%d uploaded files are missing or not as they were uploaded, the first under the key %s", n, b.FilesAtFault[0]))
	}
	if len(b.BrokenReferences) > 0 {
		faults = append(faults, b.BrokenReferences...)
		faults = append(faults, "a hand has been in the database; PostgreSQL will not take it back like this")
	}
	if len(faults) == 0 {
		return nil
	}
	return differs("%s", strings.Join(faults, "\n  "))
}

func (b inBackup) write(to io.Writer, asJSON bool, done string) error {
	if asJSON {
		return json.NewEncoder(to).Encode(b)
	}
	key := "token.key"
	if !b.TokenKey {
		key = "no token.key, which the configuration has"
	}
	_, err := fmt.Fprintf(to, "%s %s: %s, sha256 %s\n  of %s by %s, schema %d\n  %d rows in %d tables (%s), %d uploaded files (%s), %d letters, %s\n",
		done, b.File, size(b.Bytes), b.SHA256, b.MadeAt.Local().Format("2006-01-02 15:04:05 -07:00"), b.Program, b.SchemaVersion,
		b.Rows, b.Tables, b.Engine, b.Files, size(b.FileBytes), b.Letters, key)
	return err
}

// size is a number of bytes for a person.
func size(n int64) string {
	switch {
	case n < 1<<10:
		return fmt.Sprintf("%d B", n)
	case n < 1<<20:
		return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
	case n < 1<<30:
		return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30))
}

func runBackup(cmd *cobra.Command, cfg config.Config, path string, asJSON bool) error {
	ctx, start := cmd.Context(), time.Now()
	key, err := presentTokenKey(cfg) // first: a folder that was mistyped is not to be made
	if err != nil {
		return err
	}
	db, err := openDatabase(ctx, cfg, false)
	if err != nil {
		return err
	}
	defer db.Close()
	blobs, err := openBlobs(cfg)
	if err != nil {
		return err
	}
	b := backingUp{cfg: cfg, key: key, db: db, blobs: blobs, bar: newProgressLine(cmd.ErrOrStderr())}
	var seen *counted
	err = writeWhole("--out", path, 0o600, func(to io.Writer) error {
		seen = &counted{to: to, sum: sha256.New()}
		return b.write(ctx, seen)
	})
	b.bar.end()
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	made := described(path, seen, b.head, b.manifest, start)
	if err := made.write(cmd.OutOrStdout(), asJSON, "backed up to"); err != nil {
		return err
	}
	if !asJSON {
		fmt.Fprintln(cmd.OutOrStdout(), "  not in it: the indexes of search and matching, which `serve` makes again, and the configuration")
	}
	return made.faults()
}

// counted counts what is written, and its checksum.
type counted struct {
	to  io.Writer
	n   int64
	sum hash.Hash
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.to.Write(p)
	c.n += int64(n)
	c.sum.Write(p[:n])
	return n, err
}

// rowsPerShow is after how many rows the progress is looked at.
const rowsPerShow = 1000

// backingUp is one backup while it is written.
type backingUp struct {
	cfg   config.Config
	key   []byte
	db    *sqldb.DB
	blobs *blob.Store
	bar   *progressLine

	head     backup.Head
	manifest backup.Manifest
}

func (b *backingUp) write(ctx context.Context, to io.Writer) error {
	var w *backup.Writer
	var files []store.KeptFile
	var broken []string
	// The moment is over before files are copied: they never change, and while it
	// lasts SQLite's log grows and PostgreSQL keeps what was deleted.
	err := store.Read(ctx, b.db, func(ctx context.Context, c store.Contents) error {
		if c.Schema == 0 {
			return errors.New("the database has no tables yet; `chengqiao migrate` makes them")
		}
		b.head = backup.Head{
			Program: programVersion(), MadeAt: time.Now().UTC(), Engine: b.cfg.Database.Driver, Schema: c.Schema, Tables: map[string][]string{},
			TokenKeySHA256: keyPrint(b.key),
		}
		for _, t := range c.Tables {
			b.head.Tables[t.Name] = t.Columns
		}
		var err error
		if w, err = backup.NewWriter(to, b.head); err != nil {
			return err
		}
		rows := 0
		for _, t := range c.Tables {
			if err := c.Rows(ctx, t, func(values []any) error {
				if rows++; rows%rowsPerShow == 0 {
					b.bar.show(0, 0, fmt.Sprintf("%d rows, at %s", rows, t.Name))
				}
				return w.Row(t.Name, values)
			}); err != nil {
				return fmt.Errorf("table %s: %w", t.Name, err)
			}
		}
		if files, err = c.Files(ctx); err != nil {
			return err
		}
		broken, err = c.BrokenReferences(ctx)
		return err
	})
	if err != nil {
		return err
	}
	atFault, err := b.writeFiles(ctx, w, files)
	if err != nil {
		return err
	}
	if err := b.writeLetters(ctx, w); err != nil {
		return err
	}
	if b.cfg.Auth.TokenKey == "" {
		if err := w.Add(backup.TokenKey, "", int64(len(b.key)), bytes.NewReader(b.key)); err != nil {
			return err
		}
	}
	b.manifest, err = w.Close(atFault, broken)
	return err
}

// writeFiles adds the uploaded files and gives the keys of those at fault: a
// backup without them is better than none, and its owner is told.
func (b *backingUp) writeFiles(ctx context.Context, w *backup.Writer, files []store.KeptFile) (atFault []string, err error) {
	var done, total int64
	for _, f := range files {
		total += f.Size
	}
	for i, f := range files {
		b.bar.show(done, total, fmt.Sprintf("%d of %d uploaded files", i, len(files)))
		whole, err := b.writeFile(ctx, w, f)
		if err != nil {
			return nil, fmt.Errorf("file %s: %w", f.Key, err)
		}
		if !whole {
			atFault = append(atFault, f.Key)
		}
		done += f.Size
	}
	return atFault, nil
}

// writeFile says whether the file is as it was uploaded. One of another size is
// not taken.
func (b *backingUp) writeFile(ctx context.Context, w *backup.Writer, f store.KeptFile) (whole bool, err error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	file, err := b.blobs.Open(ctx, f.Key)
	if errors.Is(err, blob.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer file.Close()
	if file.Size() != f.Size {
		return false, nil
	}
	sum := sha256.New()
	err = w.Add(backup.Files, f.Key, f.Size, io.TeeReader(interrupt.Reader(ctx, file), sum))
	return hex.EncodeToString(sum.Sum(nil)) == f.SHA256, err
}

// writeLetters adds the letters in the folder. Those that wait to be sent by a
// server are rows.
func (b *backingUp) writeLetters(ctx context.Context, w *backup.Writer) error {
	if b.cfg.Mail.Backend != "folder" {
		return nil
	}
	entries, err := os.ReadDir(b.cfg.Mail.Dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for i, e := range entries {
		if !backup.IsLetter(e.Name()) {
			continue // on its way, or not ours
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		b.bar.show(int64(i), int64(len(entries)), fmt.Sprintf("%d of %d letters", i, len(entries)))
		content, err := os.ReadFile(filepath.Join(b.cfg.Mail.Dir, e.Name()))
		if errors.Is(err, fs.ErrNotExist) {
			continue // its days are over
		}
		if err != nil {
			return err
		}
		if err := w.Add(backup.Letters, e.Name(), int64(len(content)), bytes.NewReader(content)); err != nil {
			return err
		}
	}
	return nil
}

// presentTokenKey is the key that the program works with. It makes none: whatever
// has kept something in the database has made one.
func presentTokenKey(cfg config.Config) ([]byte, error) {
	if key := cfg.Auth.TokenKey.Reveal(); key != "" {
		return []byte(key), nil
	}
	content, err := os.ReadFile(tokenKeyPath(cfg))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, usageError("there is no %s, and auth.token_key is empty: --data names another folder, or nobody has worked there yet", tokenKeyPath(cfg))
	}
	if err != nil {
		return nil, fmt.Errorf("token key: %w", err)
	}
	return []byte(strings.TrimSpace(string(content))), nil
}

// keyPrint tells a key from another without telling it: keys have 32 signs at
// least, so it cannot be guessed.
func keyPrint(key []byte) string {
	sum := sha256.Sum256(key)
	return hex.EncodeToString(sum[:])
}

// programVersion is what the build knows of where it comes from.
func programVersion() string {
	return strings.TrimSpace("chengqiao " + telemetry.Version())
}
