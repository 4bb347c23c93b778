package indexing

import (
	"context"
	"slices"
	"time"

	"chengqiao/internal/text"
)

// namePeriod is for how long an organisation is called in lists what it was
// called when it was first asked for: no longer than an index takes to follow.
const namePeriod = 2 * time.Second

// keptNames bounds the names that are kept.
const keptNames = 10_000

// nameKey is an organisation in one period; what it is called does not change
// under it.
type nameKey struct {
	id     string
	period int64
}

// keptName is a name; unknown for an organisation that does not exist.
type keptName struct {
	name  text.Text
	known bool
}

// OrganisationNames implements finding.Cards: each page of a search names dozens.
func (l *Listings) OrganisationNames(ctx context.Context, ids []string) (map[string]text.Text, error) {
	period := l.clock.Now().UnixNano() / int64(namePeriod)
	out := make(map[string]text.Text, len(ids))
	var missing []string
	for _, id := range ids {
		if k, ok := l.names.Get(nameKey{id, period}); !ok {
			missing = append(missing, id)
		} else if k.known {
			out[id] = k.name
		}
	}
	slices.Sort(missing)
	if missing = slices.Compact(missing); len(missing) == 0 {
		return out, nil
	}
	owners, err := l.organisations.Owners(ctx, missing)
	if err != nil {
		return nil, err
	}
	for _, id := range missing {
		owner, known := owners[id]
		l.names.Put(nameKey{id, period}, keptName{owner.Name, known})
		if known {
			out[id] = owner.Name
		}
	}
	return out, nil
}
