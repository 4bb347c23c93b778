package listing

import (
	"context"

	"chengqiao/internal/lifecycle"
)

// Contents is a listing with what its working copy and its live version say,
// for other domains, which answer for who may see what.
type Contents[C any] struct {
	Listing
	// Working is nil without a working copy, Live without a publication; Live
	// is the last published version, in whatever state the listing is now.
	Working *C
	Live    *Live[C]
}

// Found tells whether search shows it now.
func (c Contents[C]) Found() bool { return c.Live != nil && found(c.Position.State) }

// Contents reads those of the listings that exist, in no order.
func (s *Service[C]) Contents(ctx context.Context, ids []string) ([]Contents[C], error) {
	records, err := s.deps.Store.LoadMany(ctx, s.rules.Kind, ids)
	if err != nil {
		return nil, err
	}
	out := make([]Contents[C], 0, len(records))
	for _, r := range records {
		c := Contents[C]{Listing: r.Listing}
		if r.Working != nil {
			content, err := decode[C](r.Working.Content)
			if err != nil {
				return nil, err
			}
			c.Working = &content
		}
		if r.Live != nil {
			live, err := s.whole(r)
			if err != nil {
				return nil, err
			}
			c.Live = &live
		}
		out = append(out, c)
	}
	return out, nil
}

// Inside is what its owner has: the working copy, else the last published
// version; false where it says nothing.
func (c Contents[C]) Inside() (C, bool) {
	var none C
	switch {
	case c.Working != nil:
		return *c.Working, true
	case c.Live != nil:
		return c.Live.Content, true
	}
	return none, false
}

// Presented fills into a content what is not stored, for its owner's people or
// for somebody outside.
func (s *Service[C]) Presented(ctx context.Context, content C, inside bool) (C, error) {
	return s.kind.Present(ctx, content, inside)
}

// HeldBy counts the listings of this kind that have the part in their last
// published version and are offered, or can be offered again.
func (s *Service[C]) HeldBy(ctx context.Context, part string) (int, error) {
	ids, err := s.deps.Store.Containing(ctx, s.rules.Kind, part, []lifecycle.State{Published, Suspended, Expired})
	return len(ids), err
}
