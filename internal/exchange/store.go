package exchange

import (
	"context"
	"io"
	"time"

	"chengqiao/internal/errs"
	"chengqiao/internal/policy"
)

// Store keeps previews. Its methods join the transaction in ctx.
type Store interface {
	Insert(ctx context.Context, p Preview) error
	// Load reads a preview; errs.NotFound "not_found".
	Load(ctx context.Context, id string) (Preview, error)
	// Save changes a preview whose stored version is one less than p.Version;
	// errs.Stale "stale_version" otherwise.
	Save(ctx context.Context, p Preview) error
	// OfOrg are an organisation's previews, newest first.
	OfOrg(ctx context.Context, org string, limit int) ([]Preview, error)
	// Delete removes a preview with its rows.
	Delete(ctx context.Context, id string) error
	// Expired are previews whose life ended before now.
	Expired(ctx context.Context, now time.Time, limit int) ([]string, error)

	// PutRows adds or replaces rows.
	PutRows(ctx context.Context, preview string, rows []Row) error
	// Rows are a preview's in their order, after a number.
	Rows(ctx context.Context, preview string, f RowFilter) ([]Row, error)
	// RowsNumbered are the rows of these numbers, in their order.
	RowsNumbered(ctx context.Context, preview string, numbers []int64) ([]Row, error)
	// Keys are the source ids of the rows that are not left out, in their order.
	Keys(ctx context.Context, preview string) ([]Key, error)
	// Count counts the rows into the preview's numbers.
	Count(ctx context.Context, p Preview) (Preview, error)
}

// RowFilter chooses rows.
type RowFilter struct {
	// Faulty are the rows with a fault alone; Wanted leaves out what is left out.
	Faulty, Wanted bool
	After          int64
	Limit          int
}

// Key is by what a row's record is known again.
type Key struct {
	Number   int64
	SourceID string
}

// Table is an uploaded file as columns and rows.
type Table interface {
	// Columns are the headings read so far.
	Columns() []string
	// Next is the next row's line and cells; io.EOF at the end. A row that
	// cannot be read comes with why instead of cells.
	Next() (line int64, cells []string, unreadable *errs.Field, err error)
	Close() error
}

// Batch is rows to be checked or taken.
type Batch struct {
	Listing  string
	OwnerOrg string
	// Columns are the properties of the columns.
	Columns []string
	Submit  bool
	Rows    []Row
}

// Records knows the formats of files and what listings say.
type Records interface {
	// Open reads a file. The errors are the file's: errs.Malformed, errs.TooLarge.
	Open(body io.Reader, name string) (Table, error)
	// Takes tells whether listings of the kind can be imported.
	Takes(listing string) bool
	// Recognise proposes the properties of columns by their headings.
	Recognise(listing string, headings []string) []string
	// Properties are those that columns can be given.
	Properties(listing string) []Property
	// Knows tells whether a column can be given the property.
	Knows(listing, property string) bool
	// Check says for each row what importing it would do.
	Check(ctx context.Context, actor policy.Actor, b Batch) ([]Checked, error)
	// Take imports the rows in the transaction of ctx and says what became of each.
	Take(ctx context.Context, actor policy.Actor, b Batch) ([]Checked, error)
}

// Progress is how far a commit is, for people who watch it; it may be lost.
type Progress interface {
	Set(ctx context.Context, id string, done int64)
	Get(ctx context.Context, id string) int64
}
