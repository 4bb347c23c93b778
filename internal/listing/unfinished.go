package listing

import (
	"context"

	"chengqiao/internal/errs"
	"chengqiao/internal/policy"
)

// Unfinished is a draft that nobody has handed in, with what submission would
// still refuse.
type Unfinished struct {
	Head     Head
	Problems []errs.Field
}

// Whoever may edit the own drafts alone has those of others passed over: so many
// pages of so many drafts at most.
const (
	unfinishedPage  = 20
	unfinishedPages = 5
)

// Unfinished are the acting organisation's drafts that the actor may go on with, the
// last written first, at most limit. What was returned from review is not among
// them: it waits as a task. Error: errs.Unauthenticated "sign_in_required".
func (s *Service[C]) Unfinished(ctx context.Context, actor policy.Actor, limit int) ([]Unfinished, error) {
	if !actor.SignedIn() {
		return nil, errs.New(errs.Unauthenticated, "sign_in_required")
	}
	filter := OwnFilter{Kind: s.rules.Kind, OwnerOrg: policy.ScopeOf(actor, s.rules.action(Inside)).OwnerOrg, State: Draft, Limit: unfinishedPage}
	if filter.OwnerOrg == "" {
		return nil, nil
	}
	var out []Unfinished
	for range unfinishedPages {
		records, err := s.deps.Store.Own(ctx, filter)
		if err != nil {
			return nil, err
		}
		for _, r := range records {
			facts := s.own(r)
			if !policy.Check(actor, s.rules.action(Edit), facts).Allowed() {
				continue
			}
			content, err := decode[C](r.Working.Content)
			if err != nil {
				return nil, err
			}
			problems, err := s.problems(ctx, r.Listing, content, s.kind.Quality(content))
			if err != nil {
				return nil, err
			}
			if out = append(out, Unfinished{headOf(s.rules, actor, r, true, facts), problems}); len(out) == limit {
				return out, nil
			}
		}
		if len(records) < unfinishedPage {
			break
		}
		last := records[len(records)-1]
		filter.After = Mark{last.UpdatedAt, last.ID}
	}
	return out, nil
}
