package app

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"chengqiao/internal/backup"
	"chengqiao/internal/blob"
	"chengqiao/internal/config"
	"chengqiao/internal/interrupt"
	"chengqiao/internal/sqldb"
	"chengqiao/internal/store"
)

func restoreCommand(flags *settingFlags) *cobra.Command {
	var check, asJSON bool
	cmd := &cobra.Command{
		Use:   "restore FILE",
		Short: "Bring back what `backup` wrote, where nothing is yet",
		Long: "Reads the whole file first: one that is cut off or altered is refused. Then it fills an empty data folder and an\n" +
			"empty database, all of it or nothing: of SQLite or PostgreSQL, whichever the backup is of, and brings an older\n" +
			"schema up to date. Nothing may serve there meanwhile. `serve` then makes the indexes of search and matching.",
		Example: "  chengqiao restore chengqiao-2026-11-23.tar.gz --data /var/lib/chengqiao\n" +
			"  chengqiao restore chengqiao-2026-11-23.tar.gz --config /etc/chengqiao-postgres.yaml\n" +
			"  chengqiao restore chengqiao-2026-11-23.tar.gz --check",
		Args: exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			file, err := os.Open(args[0])
			if err != nil {
				return usageError("%v", err)
			}
			defer file.Close()
			info, err := file.Stat()
			if err != nil {
				return err
			}
			if !info.Mode().IsRegular() {
				return usageError("%s is no file: a backup is read more than once", args[0])
			}
			a := archive{file: file, size: info.Size(), bar: newProgressLine(cmd.ErrOrStderr())}
			if check {
				return checkBackup(cmd, a, asJSON)
			}
			cfg, err := flags.load(nil)
			if err != nil {
				return err
			}
			return runRestore(cmd, cfg, a, asJSON)
		},
	}
	cmd.Flags().BoolVar(&check, "check", false, "only read the file to its end and prove that it is whole")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the result as JSON")
	return cmd
}

// archive is the file of a backup.
type archive struct {
	file *os.File
	size int64
	bar  *progressLine
}

// from is the file from its beginning, with progress.
func (a archive) from(ctx context.Context, doing string) (io.Reader, error) {
	_, err := a.file.Seek(0, io.SeekStart)
	return &shownReading{interrupt.Reader(ctx, a.file), a, doing, 0}, err
}

type shownReading struct {
	io.Reader
	a     archive
	doing string
	read  int64
}

func (r *shownReading) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.read += int64(n)
	r.a.bar.show(r.read, r.a.size, r.doing+" "+filepath.Base(r.a.file.Name()))
	return n, err
}

// prove reads all of it.
func (a archive) prove(ctx context.Context) (backup.Head, inBackup, error) {
	start := time.Now()
	from, err := a.from(ctx, "proving")
	if err != nil {
		return backup.Head{}, inBackup{}, err
	}
	seen := &counted{to: io.Discard, sum: sha256.New()}
	head, manifest, err := backup.Prove(io.TeeReader(from, seen))
	a.bar.end()
	if err != nil {
		return head, inBackup{}, fmt.Errorf("%s: %w", a.file.Name(), err)
	}
	return head, described(a.file.Name(), seen, head, manifest, start), nil
}

func checkBackup(cmd *cobra.Command, a archive, asJSON bool) error {
	_, found, err := a.prove(cmd.Context())
	if err != nil {
		return err
	}
	if err := found.write(cmd.OutOrStdout(), asJSON, "proven:"); err != nil {
		return err
	}
	return found.faults()
}

func runRestore(cmd *cobra.Command, cfg config.Config, a archive, asJSON bool) error {
	ctx, start := cmd.Context(), time.Now()
	if err := refuseOccupied(ctx, cfg); err != nil {
		return err
	}
	head, found, err := a.prove(ctx)
	if err != nil {
		return err
	}
	if err := checkTokenKey(cfg, found, head); err != nil {
		return err
	}
	r := restoring{cfg: cfg, archive: a, head: head, broken: found.BrokenReferences}
	if err := r.run(ctx); err != nil {
		a.bar.end()
		return errors.Join(fmt.Errorf("restore: %w", err), r.undo())
	}
	a.bar.end()
	found.Seconds = time.Since(start).Round(time.Millisecond).Seconds()
	if err := found.write(cmd.OutOrStdout(), asJSON, "restored"); err != nil {
		return err
	}
	if !asJSON {
		fmt.Fprintln(cmd.OutOrStdout(), "  "+afterwards(cfg))
	}
	return found.faults()
}

// afterwards says what is left to do.
func afterwards(cfg config.Config) string {
	if cfg.Search.Engine == "meilisearch" {
		return "next: `chengqiao reindex`, unless Meilisearch is as empty as the database was; then `chengqiao serve`"
	}
	return "next: `chengqiao serve`, which makes the indexes"
}

// refuseOccupied wants each place in which the program keeps something on this
// machine to be absent or empty. Indexes are among them: of other listings they
// would go on answering.
func refuseOccupied(ctx context.Context, cfg config.Config) error {
	places := []string{tokenKeyPath(cfg), matchingIndexPath(cfg), cfg.Search.Dir}
	if cfg.Database.Driver == string(sqldb.SQLite) {
		// SQLite would take the log of one that was deleted for the new one's, and write
		// its pages into it.
		path := cfg.Database.DSN.Reveal()
		places = append(places, path, path+"-wal", path+"-journal")
	}
	if cfg.Blob.Backend == "folder" {
		places = append(places, cfg.Blob.Dir)
	}
	if cfg.Mail.Backend == "folder" {
		places = append(places, cfg.Mail.Dir)
	}
	var occupied []string
	for _, place := range places {
		info, err := os.Stat(place)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return usageError("%v", err)
		}
		if info.IsDir() {
			content, err := os.ReadDir(place)
			if err != nil {
				return usageError("%v", err)
			}
			if len(content) == 0 {
				continue
			}
		}
		occupied = append(occupied, place)
	}
	if len(occupied) > 0 {
		return usageError("a backup is restored only where nothing is yet; there is\n  %s", strings.Join(occupied, "\n  "))
	}
	if cfg.Database.Driver == string(sqldb.SQLite) {
		return nil
	}
	db, err := openDatabase(ctx, cfg, true)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = emptyTarget(ctx, db)
	return err
}

// emptyTarget is a database that nobody has kept anything in.
func emptyTarget(ctx context.Context, db *sqldb.DB) (store.Target, error) {
	target, err := store.Examine(ctx, db)
	if err == nil && target.Occupied != "" {
		err = usageError("a backup is restored only into an empty database, and its table %s has rows", target.Occupied)
	}
	return target, err
}

// checkTokenKey wants the key of the backup: with another, links in letters that
// were sent lead nowhere and the secrets of webhooks cannot be read.
func checkTokenKey(cfg config.Config, found inBackup, head backup.Head) error {
	configured := cfg.Auth.TokenKey.Reveal()
	switch {
	case configured == "" && found.TokenKey:
		return nil
	case configured == "":
		return usageError("the backup was made with a key in auth.token_key, which is not in it: set the same")
	case keyPrint([]byte(configured)) == head.TokenKeySHA256:
		return nil
	case found.TokenKey:
		return usageError("auth.token_key is not the key of the backup: leave it empty, or take the key out by `tar -xzf %s token.key` and set that", found.File)
	}
	return usageError("auth.token_key is not the key with which the backup was made")
}

// restoring is one restore while it goes on.
type restoring struct {
	cfg config.Config
	archive
	head backup.Head
	// broken are references that were so when the backup was made.
	broken []string
	blobs  *blob.Store

	// What was made, to be taken away again: folders from the outermost, files,
	// and uploaded files by their keys.
	folders, files, keys []string
	// kept: the database is there, and what it names must stay.
	kept bool
}

func (r *restoring) run(ctx context.Context) error {
	if err := r.makeFolder(r.cfg.DataDir); err != nil {
		return err
	}
	if r.cfg.Database.Driver == string(sqldb.SQLite) {
		return r.intoSQLite(ctx)
	}
	return r.intoPostgres(ctx)
}

// undo takes away what was made. Folders that somebody has put something into
// meanwhile stay.
func (r *restoring) undo() error {
	if r.kept {
		return nil
	}
	var faults []error
	for _, key := range r.keys {
		faults = append(faults, r.blobs.Delete(context.Background(), key))
	}
	for _, path := range r.files {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			faults = append(faults, err)
		}
	}
	if r.cfg.Blob.Backend == "folder" && len(r.keys) > 0 {
		subfolders, err := os.ReadDir(r.cfg.Blob.Dir)
		faults = append(faults, err)
		for _, sub := range subfolders {
			_ = os.Remove(filepath.Join(r.cfg.Blob.Dir, sub.Name()))
		}
	}
	for _, dir := range slices.Backward(r.folders) {
		_ = os.Remove(dir)
	}
	return errors.Join(faults...)
}

// makeFolder makes a folder and those above it, for its owner alone.
func (r *restoring) makeFolder(dir string) error {
	var missing []string
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := os.Stat(at); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		missing = append(missing, at)
	}
	slices.Reverse(missing)
	r.folders = append(r.folders, missing...)
	return os.MkdirAll(dir, 0o700)
}

// intoSQLite fills a file beside the one that is to be, which takes its name when
// it is whole and of the newest schema.
func (r *restoring) intoSQLite(ctx context.Context) error {
	path := r.cfg.Database.DSN.Reveal()
	if err := r.makeFolder(filepath.Dir(path)); err != nil {
		return err
	}
	part := path + ".restoring"
	// The database's own permissions are those of its log too.
	made, err := os.OpenFile(part, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return usageError("%s is there: another restore is at work, or was cut off and left it; then remove it", part)
	}
	if err != nil {
		return err
	}
	defer made.Close()
	r.files = append(r.files, part, part+"-wal", part+"-shm")
	for _, left := range r.files[len(r.files)-2:] { // of one that was cut off, whose file alone was removed
		if err := os.Remove(left); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	beside := r.cfg
	beside.Database.DSN, beside.Database.MigrateDSN = config.Secret(part), config.Secret(part)
	db, err := openDatabase(ctx, beside, true)
	if err != nil {
		return err
	}
	if err := errors.Join(r.fill(ctx, db), db.Close()); err != nil {
		return err
	}
	if err := migrate(ctx, beside); err != nil {
		return err
	}
	if _, err := os.Stat(part + "-wal"); err == nil {
		return fmt.Errorf("the log of %s could not be moved into it: is the disk full?", part)
	}
	if err := made.Sync(); err != nil {
		return err
	}
	// Not by a renaming, which would replace what a server has made meanwhile.
	if err := os.Link(part, path); err != nil {
		return err
	}
	r.kept = true
	return os.Remove(part)
}

// intoPostgres fills the database in one transaction, and then brings it to the
// newest schema as a start of the program would.
func (r *restoring) intoPostgres(ctx context.Context) error {
	db, err := openDatabase(ctx, r.cfg, true)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := r.fill(ctx, db); err != nil {
		return err
	}
	r.kept = true
	if err := migrate(ctx, r.cfg); err != nil {
		return fmt.Errorf("everything is there, but of the schema %d still; `chengqiao migrate` goes on: %w", r.head.Schema, err)
	}
	return nil
}

func (r *restoring) fill(ctx context.Context, db *sqldb.DB) error {
	target, err := emptyTarget(ctx, db)
	switch {
	case err != nil:
		return err
	case r.head.Schema > target.Latest:
		return fmt.Errorf("its schema is %d, by %s, and this program's %d: %w", r.head.Schema, r.head.Program, target.Latest, backup.ErrNewer)
	case target.Schema > r.head.Schema:
		return usageError("the tables are of the schema %d already, the backup of %d: it needs a database without tables", target.Schema, r.head.Schema)
	}
	return store.Refill(ctx, db, r.head.Schema, r.head.Tables, r.broken, func(ctx context.Context, put sqldb.Put) error {
		return r.read(ctx, put)
	})
}

// read brings everything to its place, the rows through put.
func (r *restoring) read(ctx context.Context, put sqldb.Put) error {
	from, err := r.from(ctx, "restoring")
	if err != nil {
		return err
	}
	in, err := backup.NewReader(from)
	if err != nil {
		return err
	}
	entry, err := in.Next()
	for err == nil {
		switch entry.Part {
		case backup.Files:
			err = r.keepFile(ctx, entry)
		case backup.Letters:
			err = r.keepLetter(entry)
		case backup.TokenKey:
			err = r.keepTokenKey(entry)
		default:
			entry, err = r.putTable(ctx, put, in, entry)
			continue
		}
		if err == nil {
			entry, err = in.Next()
		}
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// putTable puts the rows of all entries of a table and gives the entry after them.
func (r *restoring) putTable(ctx context.Context, put sqldb.Put, in *backup.Reader, entry *backup.Entry) (*backup.Entry, error) {
	table := entry.Table
	var end error
	_, err := put(ctx, table, r.head.Tables[table], func() ([]any, error) {
		for {
			values, err := entry.Row()
			if !errors.Is(err, io.EOF) {
				return values, err
			}
			if entry, end = in.Next(); end != nil || entry.Table != table {
				return nil, io.EOF
			}
		}
	})
	if err != nil {
		return nil, fmt.Errorf("table %s: %w", table, err)
	}
	return entry, end
}

func (r *restoring) keepFile(ctx context.Context, entry *backup.Entry) (err error) {
	if r.blobs == nil {
		if r.cfg.Blob.Backend == "folder" {
			if err := r.makeFolder(r.cfg.Blob.Dir); err != nil {
				return err
			}
		}
		if err := r.makeFolder(uploadsPath(r.cfg)); err != nil {
			return err
		}
		if r.blobs, err = openBlobs(r.cfg); err != nil {
			return err
		}
	}
	fresh, err := r.blobs.Keep(ctx, entry.Name, entry)
	if fresh {
		r.keys = append(r.keys, entry.Name)
	}
	return err
}

// keepLetter puts a letter back into the folder, where there is one that has a
// day on which it is emptied.
func (r *restoring) keepLetter(entry *backup.Entry) error {
	if r.cfg.Mail.Backend != "folder" {
		return nil
	}
	if err := r.makeFolder(r.cfg.Mail.Dir); err != nil {
		return err
	}
	return r.write(filepath.Join(r.cfg.Mail.Dir, entry.Name), entry)
}

// keepTokenKey writes the key where the program looks for it, unless the
// configuration has it.
func (r *restoring) keepTokenKey(entry *backup.Entry) error {
	if r.cfg.Auth.TokenKey != "" {
		return nil
	}
	return r.write(tokenKeyPath(r.cfg), entry)
}

// write makes a file that is not there yet, for its owner alone.
func (r *restoring) write(path string, content io.Reader) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	r.files = append(r.files, path)
	_, err = io.Copy(file, content)
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}
