// Package backup owns the form of a backup: one file that holds everything which
// cannot be made again, and proves itself. It knows neither the tables nor where
// files lie; app reads them from there and brings them back.
//
// The file is a gzip-compressed tar. Its entries, in this order:
//
//	backup.json                   Head
//	database/TABLE/000001.jsonl   the rows of a table, each a JSON array, in as many parts as it takes
//	files/KEY                     uploaded files
//	letters/NAME.eml              letters that were written into a folder
//	token.key                     the key that signs links in letters
//	manifest.json                 Manifest, with a count and a checksum of each of these
//
// Without its end a file is no backup. Nothing is unpacked by the names in it:
// a name of another form is damage.
package backup

import (
	"encoding/json"
	"regexp"
	"time"

	"chengqiao/internal/errs"
)

// Format is that of this version. Another one is another form of file.
const Format = 1

// Errors of this package; compare with errors.Is.
var (
	// ErrDamaged: not whole, altered, or no backup at all. The cause says where.
	ErrDamaged = errs.New(errs.Invalid, "backup_damaged")
	// ErrNewer: of another format, which only a newer program reads.
	ErrNewer = errs.New(errs.Conflict, "backup_newer")
)

func damaged(cause error) error { return errs.Wrap(ErrDamaged.Kind, ErrDamaged.Code, cause) }

// Head says what a backup is of, before anything else in it.
type Head struct {
	Format int `json:"format"`
	// Program is the version of the one that made it.
	Program string `json:"program"`
	// MadeAt is the moment that the database is of.
	MadeAt time.Time `json:"made_at"`
	// Engine is "sqlite" or "postgres"; the rows are the same of both.
	Engine string `json:"engine"`
	// Schema is the version of the tables.
	Schema int64 `json:"schema_version"`
	// Tables are the columns by the table's name.
	Tables map[string][]string `json:"tables"`
	// TokenKeySHA256 tells the key that signs links and seals webhooks' secrets
	// from another.
	TokenKeySHA256 string `json:"token_key_sha256"`
}

// Part is what a backup holds of one kind.
type Part struct {
	// Name is "database/TABLE", "files", "letters" or "token.key".
	Name string `json:"name"`
	// Count is of rows or files.
	Count int64 `json:"count"`
	// Bytes are as stored in the archive, before compression.
	Bytes int64 `json:"bytes"`
	// SHA256 is over the names, sizes and contents of its entries.
	SHA256 string `json:"sha256"`
}

// Manifest ends a backup.
type Manifest struct {
	Parts []Part `json:"parts"`
	// FilesAtFault are the keys of uploaded files that were missing or not as
	// they were uploaded.
	FilesAtFault []string `json:"files_at_fault"`
	// BrokenReferences tell of rows that refer to none, as a hand in the database
	// leaves them.
	BrokenReferences []string `json:"broken_references"`
}

// Part is the one of a name, without content when there is none.
func (m Manifest) Part(name string) Part {
	for _, p := range m.Parts {
		if p.Name == name {
			return p
		}
	}
	return Part{Name: name}
}

// Rows is how many rows all tables have.
func (m Manifest) Rows() (n int64) {
	for _, p := range m.Parts {
		if _, ok := tableOf(p.Name); ok {
			n += p.Count
		}
	}
	return n
}

// The parts that are no tables.
const (
	Files    = "files"
	Letters  = "letters"
	TokenKey = "token.key"
)

const (
	headName     = "backup.json"
	manifestName = "manifest.json"
	tables       = "database/"
)

var tableForm = regexp.MustCompile(`^database/([a-z][a-z0-9_]*)$`)

func tableOf(part string) (string, bool) {
	m := tableForm.FindStringSubmatch(part)
	if m == nil {
		return "", false
	}
	return m[1], true
}

// entryForm is that of every name between head and manifest. What it lets through
// is the name of a table, of an uploaded file as blob makes them, or of a letter:
// none leads out of a folder.
var entryForm = regexp.MustCompile(
	`^(?:(database/[a-z][a-z0-9_]*)/[0-9]{6,9}\.jsonl|(files)/([a-z2-7]{26})|(letters)/([0-9A-Za-z][0-9A-Za-z._-]{0,200}\.eml)|(token\.key))$`)

// partOf takes an entry's name apart: its part, and its name there.
func partOf(entry string) (part, name string, ok bool) {
	m := entryForm.FindStringSubmatch(entry)
	if m == nil {
		return "", "", false
	}
	return m[1] + m[2] + m[4] + m[6], m[3] + m[5], true
}

// IsLetter tells whether a file of this name can be kept as a letter.
func IsLetter(name string) bool {
	part, _, ok := partOf(Letters + "/" + name)
	return ok && part == Letters
}

// indented is how head and manifest are written: for people too.
func indented(v any) ([]byte, error) {
	content, err := json.MarshalIndent(v, "", "  ")
	return append(content, '\n'), err
}
