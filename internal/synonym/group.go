package synonym

import (
	"context"
	"encoding/hex"
	"hash/fnv"
	"time"

	"chengqiao/internal/search/analysis"
)

// State says where a group of the list is from.
type State string

// The states.
const (
	Shipped  State = "shipped"  // as it ships
	Changed  State = "changed"  // ships, with other expressions or under another field
	Disabled State = "disabled" // ships, and is switched off
	Own      State = "own"      // an operator's
)

// AllStates lists them.
var AllStates = []State{Shipped, Changed, Disabled, Own}

// Group is one group of the list.
type Group struct {
	ID          string
	Field       string
	Expressions []string
	State       State
	// Default are the expressions that ship; nil for an operator's own.
	Default []string
	// UpdatedAt and UpdatedBy tell of the last change; zero for a group as it
	// ships.
	UpdatedAt time.Time
	UpdatedBy string
	// Version is 0 for a group as it ships.
	Version int64
}

// Row is a stored group: an operator's own, or what stands in a shipped one's
// place.
type Row struct {
	ID string
	// Shipped: the id is a shipped group's.
	Shipped     bool
	Field       string
	Expressions []string
	Disabled    bool
	UpdatedAt   time.Time
	UpdatedBy   string // an account
	Version     int64
}

// Revision counts the changes of the whole list.
type Revision struct {
	Number    int64
	ChangedAt time.Time // zero before the first
}

// Store keeps rows and the revision.
type Store interface {
	// Rows are all, by id; at most MaxRows.
	Rows(ctx context.Context) ([]Row, error)
	// InsertRow adds a row; errs.Conflict if the id is taken.
	InsertRow(ctx context.Context, r Row) error
	// SaveRow replaces the row of version r.Version-1; errs.Stale if it is not
	// the stored one.
	SaveRow(ctx context.Context, r Row) error
	// DeleteRow removes a row of a version; errs.Stale as in SaveRow.
	DeleteRow(ctx context.Context, id string, version int64) error
	// Revision is the list's.
	Revision(ctx context.Context) (Revision, error)
	// Advance counts a change of the list. In a transaction it makes another's
	// wait, so that what is checked about the whole list holds.
	Advance(ctx context.Context, at time.Time) (Revision, error)
}

// shippedID names a shipped group by its first expression: no other shipped
// group has that one.
func shippedID(first string) string {
	h := fnv.New64a()
	h.Write([]byte(analysis.Spelling(first)))
	return "shipped-" + hex.EncodeToString(h.Sum(nil))
}

// defaults are the groups that ship, in their order.
func defaults(fields []analysis.FieldGroups) []Group {
	var out []Group
	for _, f := range fields {
		for _, expressions := range f.Groups {
			out = append(out, Group{
				ID: shippedID(expressions[0]), Field: f.Field, Expressions: expressions, Default: expressions, State: Shipped,
			})
		}
	}
	return out
}

// merged lays rows over what ships. A row in the place of what ships no more is
// an operator's own, or nothing if it switched it off.
func merged(shipped []Group, rows []Row) []Group {
	stored := map[string]Row{}
	for _, r := range rows {
		stored[r.ID] = r
	}
	out := make([]Group, 0, len(shipped)+len(rows))
	for _, g := range shipped {
		if r, ok := stored[g.ID]; ok {
			state := Changed
			if r.Disabled {
				state = Disabled
			}
			g = r.group(state, g.Default)
		}
		delete(stored, g.ID)
		out = append(out, g)
	}
	for _, r := range rows {
		if _, left := stored[r.ID]; left && !r.Disabled {
			out = append(out, r.group(Own, nil))
		}
	}
	return out
}

func (r Row) group(state State, shipped []string) Group {
	return Group{
		ID: r.ID, Field: r.Field, Expressions: r.Expressions, State: state, Default: shipped,
		UpdatedAt: r.UpdatedAt, UpdatedBy: r.UpdatedBy, Version: r.Version,
	}
}

// row is what stores a group.
func (g Group) row() Row {
	return Row{
		ID: g.ID, Shipped: g.State != Own, Field: g.Field, Expressions: g.Expressions, Disabled: g.State == Disabled,
		UpdatedAt: g.UpdatedAt, UpdatedBy: g.UpdatedBy, Version: g.Version,
	}
}
