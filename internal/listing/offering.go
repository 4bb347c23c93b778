package listing

import (
	"context"

	"chengqiao/internal/errs"
	"chengqiao/internal/policy"
)

// Offering is a Kind whose listings offer what is not the owner's alone to
// offer: others have to agree, and may have taken it meanwhile.
type Offering[C any] interface {
	// CheckOffer is what must hold, beyond CheckSubmission, whenever a content
	// begins to be offered: when it is published, resumed or reconfirmed.
	CheckOffer(ctx context.Context, l Listing, c C) ([]errs.Field, error)
	// Reviewed follows a step of a working copy by its verb (Submit, Recall,
	// Discard or the one that ends the listing), in the same transaction.
	Reviewed(ctx context.Context, actor policy.Actor, l Listing, verb string, c C) error
}

// checkOffer refuses to offer what may not be offered now.
func (s *Service[C]) checkOffer(ctx context.Context, l Listing, content C) error {
	offering, ok := s.kind.(Offering[C])
	if !ok {
		return nil
	}
	problems, err := offering.CheckOffer(ctx, l, content)
	if err != nil {
		return err
	}
	return errs.InvalidFields(problems)
}

// reviewed tells the kind of a step of a working copy with this content.
func (s *Service[C]) reviewed(ctx context.Context, actor policy.Actor, l Listing, verb string, w Revision) error {
	offering, ok := s.kind.(Offering[C])
	if !ok || verb != Submit && verb != Recall && verb != Discard && verb != s.rules.End {
		return nil
	}
	content, err := decode[C](w.Content)
	if err != nil {
		return err
	}
	return offering.Reviewed(ctx, actor, l, verb, content)
}
