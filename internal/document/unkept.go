package document

import (
	"context"
	"errors"
	"time"
)

// unkeptAfter is longer than any upload takes.
const unkeptAfter = 24 * time.Hour

// DropUnkept removes the bytes of up to limit uploads that became no file: the
// program ended in the midst of them, or the database or the storage did not say
// what came of it. It says how many were removed; one that cannot be is in nobody's way.
func (s *Service) DropUnkept(ctx context.Context, limit int) (int, error) {
	keys, err := s.deps.Store.UnkeptUploads(ctx, s.deps.Clock.Now().Add(-unkeptAfter), limit)
	if err != nil {
		return 0, err
	}
	removed := 0
	var failed error
	for _, key := range keys {
		if err := s.drop(ctx, key); err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		removed++
	}
	return removed, failed
}

// drop removes the bytes of an upload unless a file has them. Cut off anywhere, it
// can be done again.
func (s *Service) drop(ctx context.Context, key string) error {
	given, err := s.deps.Store.GiveUpUpload(ctx, key)
	if err != nil || !given {
		return err
	}
	if err := s.deps.Blobs.Delete(ctx, key); err != nil {
		return err
	}
	return s.deps.Store.ForgetUpload(ctx, key)
}
