package exchange

import (
	"time"

	"chengqiao/internal/errs"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// Kind is the name of previews in journal and events.
const Kind = "import"

// State is where a preview stands.
type State string

// The states.
const (
	Open       State = "open"
	Committing State = "committing"
	Done       State = "done"
)

// Preview is a file that waits to be imported.
type Preview struct {
	ID string
	// Listing is the kind of listings that its rows become: "achievement".
	Listing   string
	OrgID     string
	AccountID string
	// FileName is what the uploader calls the file; it decides nothing.
	FileName string
	State    State
	Columns  []Column
	// Rows is how many there are, Faulty how many cannot be taken, LeftOut how
	// many shall not, Unready how many could not be submitted for review.
	Rows, Faulty, LeftOut, Unready int64
	// Creates, Updates and Same are what the others would become.
	Creates, Updates, Same int64
	// Submit: what is taken is submitted for review.
	Submit bool
	// Result is what was taken, once it is done.
	Result Result
	// By is who confirmed; the background work acts for them.
	By        policy.Actor
	Version   int64
	CreatedAt time.Time
	ExpiresAt time.Time
}

// Column is one of the file's columns.
type Column struct {
	Header string `json:"header"`
	// Property is what it means; "" is nothing, and it is not taken.
	Property string `json:"property"`
}

// properties are those of the columns in order.
func (p Preview) properties() []string {
	out := make([]string, 0, len(p.Columns))
	for _, c := range p.Columns {
		out = append(out, c.Property)
	}
	return out
}

// Result counts what became of the rows.
type Result struct {
	Created   int64 `json:"created"`
	Updated   int64 `json:"updated"`
	Unchanged int64 `json:"unchanged"`
	Submitted int64 `json:"submitted"`
}

// Row is one record of the file.
type Row struct {
	// Number counts from 1 over the rows of the preview.
	Number int64
	// Line is where the row stands in the file, from 1.
	Line  int64
	Cells []string
	// Unreadable is why the row could not be read at all, if it could not.
	Unreadable *errs.Field
	LeftOut    bool

	Checked
}

// Checked is what became of checking a row.
type Checked struct {
	// SourceID is by what the record is known again.
	SourceID string
	Title    text.Text
	// Outcome is what importing the row would do: created, updated, unchanged
	// or rejected.
	Outcome string
	// Faults hinder the import, and Unready a submission for review.
	Faults, Unready []Fault
}

// Fault is what is wrong with a cell.
type Fault struct {
	// Column is the place among the columns from 0; -1 for the row as a whole.
	Column int `json:"column"`
	// Path is the listing's field: "ip_items[0].number".
	Path   string      `json:"path,omitempty"`
	Code   string      `json:"code"`
	Params errs.Params `json:"params,omitempty"`
}

// Property is a meaning that a column can be given.
type Property struct {
	Name     string
	Label    text.Text
	List     string // the coded list of its values; "" for none
	Required bool
}
