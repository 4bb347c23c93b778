package savedsearch

import (
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/text"
)

// Kind names saved searches in the journal and in events.
const Kind = "saved_search"

// Alert is when its owner is told of what is new.
type Alert string

// The alerts.
const (
	Off    Alert = "off"
	AtOnce Alert = "at_once"
	Daily  Alert = "daily"
	Weekly Alert = "weekly"
)

// AllAlerts in the order in which they are offered.
var AllAlerts = []Alert{Off, AtOnce, Daily, Weekly}

// Query is a search as the address of the search page holds it: values by name.
type Query map[string][]string

// Search is one saved search.
type Search struct {
	ID        string
	AccountID string
	// OrgID is for whom its owner acted: with the tiers of that organisation
	// the query is answered, as long as the owner is its member.
	OrgID string
	Name  string
	Query Query
	Alert Alert
	// ByMail and InApp are the ways of the alert.
	ByMail, InApp bool
	// Changes: a listing that was told of is told of again when a newer version
	// says something else.
	Changes bool
	// FeedSerial numbers the addresses that its feed has had; FeedOn that the
	// last of them answers.
	FeedSerial int64
	FeedOn     bool
	// DueAt is the next instant of a daily or weekly alert; zero without one.
	DueAt     time.Time
	CreatedAt time.Time
	UpdatedAt time.Time
	Version   int64
}

// Item is what a digest or a feed says of a listing to one reader.
type Item struct {
	Kind, ID string
	Title    text.Text
	// Line is what is better, in one line; else the abstract.
	Line         text.Text
	Organisation text.Text
	PublishedAt  time.Time
}

// Entry is a line of the ledger: a listing that answered a query.
type Entry struct {
	SearchID, ListingID string
	// Edition is "" where a listing counts once, else its Mark.
	Edition string
	// Mark is of what the listing said.
	Mark string
	At   time.Time
	// Digest is by which event it was told; "" while it waits.
	Digest string
}

// Told is a listing of which an alert has told.
type Told struct {
	Kind, ID string
	// At is when it was found, the last time where newer versions count.
	At time.Time
}

// Tally is of how many listings an alert has told, and when the latest was found.
type Tally struct {
	Count  int
	Latest time.Time
}

// baseline stands in Entry.Digest for what was there when the alert began.
const baseline = "baseline"

// tellAt is the hour of Shanghai at which daily and weekly alerts are told;
// the weekly ones on Monday.
const tellAt = 8

// nextDue is the first instant of an alert after now; zero for one without a
// clock.
func nextDue(a Alert, now time.Time) time.Time {
	if a != Daily && a != Weekly {
		return time.Time{}
	}
	local := now.In(clock.Shanghai)
	due := time.Date(local.Year(), local.Month(), local.Day(), tellAt, 0, 0, 0, clock.Shanghai)
	for !due.After(now) || a == Weekly && due.Weekday() != time.Monday {
		due = due.AddDate(0, 0, 1)
	}
	return due.UTC()
}
