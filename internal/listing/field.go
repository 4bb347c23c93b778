package listing

import (
	"context"
	"slices"

	"chengqiao/internal/errs"
	"chengqiao/internal/policy"
)

// ReadsField tells whether the actor reads a field of the live version, for
// other pages that would tell what stands in it. What does not exist, or has
// not been published, nobody reads.
func (s *Service[C]) ReadsField(ctx context.Context, actor policy.Actor, id, field string) (bool, error) {
	record, err := s.deps.Store.Load(ctx, s.rules.Kind, id)
	if errs.KindOf(err) == errs.NotFound || err == nil && record.Live == nil {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	terms, facts, err := s.facts(ctx, record, actor.OrgID != "")
	if err != nil {
		return false, err
	}
	return policy.Check(actor, s.rules.action(Read), facts).Allowed() &&
		slices.Contains(policy.TiersOf(actor, facts), s.tierOf(field, terms)), nil
}
