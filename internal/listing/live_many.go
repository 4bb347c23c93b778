package listing

import (
	"context"
	"slices"
)

// LiveMany reads those of the listings that search may show, in no order.
func (s *Service[C]) LiveMany(ctx context.Context, ids []string) ([]Live[C], error) {
	records, err := s.deps.Store.LoadMany(ctx, s.rules.Kind, ids)
	if err != nil {
		return nil, err
	}
	out := make([]Live[C], 0, len(records))
	for _, r := range records {
		if r.Live == nil || !found(r.Position.State) {
			continue
		}
		l, err := s.whole(r)
		if err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, nil
}

// LiveHeads are those of the listings that search may show, without their
// contents, in no order. What a published number says never changes.
func (s *Service[C]) LiveHeads(ctx context.Context, ids []string) ([]Listing, error) {
	heads, err := s.deps.Store.Heads(ctx, s.rules.Kind, ids)
	return slices.DeleteFunc(heads, func(l Listing) bool { return l.LiveRevision == "" || !found(l.Position.State) }), err
}
