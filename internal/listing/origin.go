package listing

import (
	"context"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/text"
)

// Origin says where a listing was taken over from: another platform's record,
// shown with its licence and a link back.
type Origin struct {
	ListingID string
	Kind      string
	OwnerOrg  string
	// Source and SourceID are by what the record is known again.
	Source, SourceID string
	Named            OriginName
	// Link is the original's page; "" where it has none.
	Link string
	// SeenAt is the harvest that met the record last.
	SeenAt time.Time
	// VanishedOn is since when the source has it no more; "" while it does.
	VanishedOn clock.Date
}

// OriginName is what a harvest says of its source.
type OriginName struct {
	Name       text.Text `json:"name"`
	Home       string    `json:"home,omitempty"`
	Licence    text.Text `json:"licence"`
	LicenceURL string    `json:"licence_url,omitempty"`
	// AtSource: whoever wants it turns to the source; its owner here only
	// keeps the record.
	AtSource bool `json:"at_source,omitempty"`
}

// Contact is where to turn to: the original, or else the source's own page.
func (o Origin) Contact() string {
	if o.Link != "" {
		return o.Link
	}
	return o.Named.Home
}

// Origins keeps where listings were taken over from.
type Origins interface {
	// KeepOrigins adds origins or brings them up to date; what had vanished is
	// there again.
	KeepOrigins(ctx context.Context, origins []Origin) error
	// SeeOrigins says that records were met that became no listing this time.
	SeeOrigins(ctx context.Context, owner, kind, source string, sourceIDs []string, at time.Time) error
	// Vanish marks those of a source that no harvest has met since, and says
	// how many there were.
	Vanish(ctx context.Context, owner, kind, source string, since time.Time, day clock.Date) (int64, error)
	// Origin is where a listing was taken over from; ok is false for a listing
	// that was written here.
	Origin(ctx context.Context, listingID string) (o Origin, ok bool, err error)
}
