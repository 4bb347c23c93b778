package listing

import "context"

// LiveMany reads those of the listings that search may show, in no order.
func (s *Service[C]) LiveMany(ctx context.Context, ids []string) ([]Live[C], error) {
	records, err := s.deps.Store.LiveMany(ctx, s.rules.Kind, ids)
	if err != nil {
		return nil, err
	}
	out := make([]Live[C], 0, len(records))
	for _, r := range records {
		l, err := s.whole(r)
		if err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, nil
}

// LiveHead says which version of a listing is live. What a published number says
// never changes.
type LiveHead struct {
	ID, Kind, OwnerOrg string
	Number             int64
}
