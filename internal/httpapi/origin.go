package httpapi

import (
	"context"

	"chengqiao/internal/clock"
	"chengqiao/internal/httpapi/oas"
	"chengqiao/internal/listing"
)

// Origins knows where listings were taken over from.
type Origins interface {
	// Origin is a listing's; ok is false for one that was written here.
	Origin(ctx context.Context, listingID string) (o listing.Origin, ok bool, err error)
}

// originOf is where a listing was taken over from, for a reader who may read
// the listing; nothing for one that was written here.
func (a *API) originOf(ctx context.Context, id string) (oas.Origin, error) {
	if a.Origins == nil {
		return oas.Origin{}, nil
	}
	o, ok, err := a.Origins.Origin(ctx, id)
	if err != nil || !ok {
		return oas.Origin{}, err
	}
	return oas.Origin{
		Name: o.Named.Name, Licence: o.Named.Licence, LicenceURL: o.Named.LicenceURL, Link: o.Contact(), AtSource: o.Named.AtSource,
		SeenOn: clock.DateOf(o.SeenAt), VanishedOn: o.VanishedOn,
	}, nil
}
