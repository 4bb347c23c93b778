package deal

import (
	"context"
	"slices"

	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/ident"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
	"chengqiao/internal/taxonomy"
	"chengqiao/internal/text"
)

// View is a deal as one reader may see it.
type View struct {
	Deal
	// Actions are what the reader may do now: close, message, nda_sign,
	// contract_draft.
	Actions []string
}

func view(d Deal, actor policy.Actor) View { return View{Deal: d, Actions: d.actionsFor(actor)} }

// readable loads a deal that the actor may do the action on; errs.NotFound.
func (s *Service) readable(ctx context.Context, actor policy.Actor, action policy.Action, id string) (Deal, error) {
	d, err := s.deps.Store.Deal(ctx, id)
	if err != nil {
		return Deal{}, err
	}
	return d, policy.Check(actor, action, d.Facts()).Err()
}

// Deal is one deal; errs.NotFound.
func (s *Service) Deal(ctx context.Context, actor policy.Actor, id string) (View, error) {
	d, err := s.readable(ctx, actor, policy.DealRead, id)
	if err != nil {
		return View{}, err
	}
	return view(d, actor), nil
}

// Deals lists those of the acting organisation, newest first; an empty state
// lists all. Errors: errs.Forbidden; errs.Invalid for the state; errs.Malformed
// "malformed_cursor".
func (s *Service) Deals(ctx context.Context, actor policy.Actor, state lifecycle.State, cursor string, limit int) (Page[View], error) {
	if err := knownState(Machine, state); err != nil {
		return Page[View]{}, err
	}
	org, err := partyScope(actor, policy.DealRead)
	if err != nil {
		return Page[View]{}, err
	}
	if err := ident.CheckCursor(cursor); err != nil {
		return Page[View]{}, err
	}
	limit = bounded(limit)
	found, err := s.deps.Store.Deals(ctx, DealFilter{OrgID: org, State: state, Before: cursor, Limit: limit + 1})
	if err != nil {
		return Page[View]{}, err
	}
	cut := page(found, limit, func(d Deal) string { return d.ID })
	out := Page[View]{Next: cut.Next}
	for _, d := range cut.Items {
		out.Items = append(out.Items, view(d, actor))
	}
	return out, nil
}

// Timeline is what happened to a deal, oldest first: the steps of the
// introduction that it came from, then its own.
func (s *Service) Timeline(ctx context.Context, actor policy.Actor, id string) ([]lifecycle.Step, error) {
	d, err := s.readable(ctx, actor, policy.DealRead, id)
	if err != nil {
		return nil, err
	}
	before, err := s.deps.History.Steps(ctx, IntroductionKind, d.IntroductionID)
	if err != nil {
		return nil, err
	}
	since, err := s.deps.History.Steps(ctx, Kind, d.ID)
	return slices.Concat(before, since), err
}

// Messages of a deal, newest first. Errors: errs.NotFound; errs.Malformed
// "malformed_cursor".
func (s *Service) Messages(ctx context.Context, actor policy.Actor, id, cursor string, limit int) (Page[Message], error) {
	if _, err := s.readable(ctx, actor, policy.DealReadMessages, id); err != nil {
		return Page[Message]{}, err
	}
	if err := ident.CheckCursor(cursor); err != nil {
		return Page[Message]{}, err
	}
	limit = bounded(limit)
	found, err := s.deps.Store.Messages(ctx, id, cursor, limit+1)
	if err != nil {
		return Page[Message]{}, err
	}
	return page(found, limit, func(m Message) string { return m.ID }), nil
}

// Post adds a message to a deal that is not closed. Errors: errs.NotFound,
// errs.Invalid for the text, errs.Conflict "deal_closed".
func (s *Service) Post(ctx context.Context, actor policy.Actor, id, words string) (Message, error) {
	var posted Message
	err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		d, err := s.alive(ctx, actor, policy.DealMessage, id)
		if err != nil {
			return err
		}
		switch {
		case text.Blank(words):
			return errs.InvalidFields([]errs.Field{{Path: "text", Code: "required"}})
		case text.Length(words) > MaxMessage:
			return errs.InvalidFields([]errs.Field{{Path: "text", Code: "too_long", Params: errs.Params{"max": MaxMessage}}})
		}
		posted = Message{
			ID: ident.NewID(), DealID: d.ID, OrgID: actor.OrgID, AccountID: actor.AccountID,
			PersonID: actor.PersonID, At: s.deps.Clock.Now(), Text: words,
		}
		if err := s.deps.Store.InsertMessage(ctx, posted); err != nil {
			return err
		}
		return s.writeDeal(ctx, actor, policy.DealMessage, d, nil, event.MessagePosted, map[string]any{"message_id": posted.ID})
	})
	return posted, err
}

// alive is readable for what a closed deal no longer allows; errs.Conflict
// "deal_closed".
func (s *Service) alive(ctx context.Context, actor policy.Actor, action policy.Action, id string) (Deal, error) {
	d, err := s.readable(ctx, actor, action, id)
	if err != nil {
		return d, err
	}
	if d.Position.State == Closed {
		return d, errs.New(errs.Conflict, "deal_closed")
	}
	return d, nil
}

// SignNDA signs the deal's NDA for the acting organisation. The first
// signature fixes the text, the second brings it in force. Errors:
// errs.NotFound, errs.Forbidden for a role that cannot sign, errs.Conflict
// "deal_closed" or "nda_already_signed".
func (s *Service) SignNDA(ctx context.Context, actor policy.Actor, id string) (View, error) {
	var signed Deal
	err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		d, err := s.alive(ctx, actor, policy.DealNDASign, id)
		if err != nil {
			return err
		}
		if d.NDA.SignedBy(actor.OrgID) {
			return errs.New(errs.Conflict, "nda_already_signed")
		}
		if d.NDA.TextVersion == "" {
			d.NDA.TextVersion = s.deps.Config.NDAVersion
		}
		signature := Signature{OrgID: actor.OrgID, AccountID: actor.AccountID, PersonID: actor.PersonID, At: s.deps.Clock.Now()}
		d.NDA.Signatures = append(d.NDA.Signatures, signature)
		if d.NDA.SignedBy(d.SellerOrg) && d.NDA.SignedBy(d.BuyerOrg) {
			d.NDA.InForceAt = signature.At
		}
		d.Version++
		if err := s.deps.Store.SaveDeal(ctx, d); err != nil {
			return err
		}
		if err := s.deps.Store.InsertSignature(ctx, d.ID, signature, d.NDA.TextVersion); err != nil {
			return err
		}
		signed = d
		return s.writeDeal(ctx, actor, policy.DealNDASign, d, nil, event.NDASigned,
			map[string]any{"text_version": d.NDA.TextVersion, "in_force": d.NDA.InForce()})
	})
	return view(signed, actor), err
}

// Close ends a negotiation without a contract, with a reason of the list taxonomy.CloseReason.
// Errors: errs.NotFound, errs.Invalid for the reason, errs.Conflict
// "illegal_step" when it is not being negotiated.
func (s *Service) Close(ctx context.Context, actor policy.Actor, id string, reason Reason) (View, error) {
	reason = reason.coded()
	var closed Deal
	err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		d, err := s.readable(ctx, actor, policy.DealClose, id)
		if err != nil {
			return err
		}
		if err := reason.check(s.deps.Reasons, taxonomy.CloseReason); err != nil {
			return err
		}
		d.Reason = reason
		closed, err = s.step(ctx, actor, d, policy.DealClose, reason.Code)
		return err
	})
	return view(closed, actor), err
}

// MarkContracted records that a deal has led to a signed contract. It joins
// the transaction in ctx, does nothing for a deal that is contracted already,
// and is the contract domain's to call, not a person's. Errors: errs.NotFound,
// errs.Conflict "illegal_step" for a closed deal.
func (s *Service) MarkContracted(ctx context.Context, dealID string) error {
	return s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		d, err := s.deps.Store.Deal(ctx, dealID)
		if err != nil {
			return err
		}
		if d.Position.State == Contracted {
			return nil
		}
		_, err = s.step(ctx, policy.SystemActor(), d, policy.DealContract, "")
		return err
	})
}

// step moves a deal to its end and journals it.
func (s *Service) step(ctx context.Context, actor policy.Actor, d Deal, action policy.Action, reason string) (Deal, error) {
	step, err := Machine.Step(d.ID, d.Position, string(action), reason)
	if err != nil {
		return d, err
	}
	d.Position = lifecycle.Position{State: step.To, Seq: step.Seq}
	d.Version++
	d.EndedAt = s.deps.Clock.Now()
	if err := s.deps.Store.SaveDeal(ctx, d); err != nil {
		return d, err
	}
	return d, s.writeDeal(ctx, actor, action, d, &step, event.DealChanged, nil)
}

// WithSigned are the organisations that may read the NDA tier of a subject of
// kind "package", "achievement" or "need", because they are party to a deal
// about it whose NDA is in force and which is not closed. A package discloses
// by it only the achievements that a party of the deal owns: somebody else's
// secrets are not the seller's to open.
func (s *Service) WithSigned(ctx context.Context, kind, subject string) ([]string, error) {
	switch kind {
	case "package":
		return s.deps.Store.Signed(ctx, SignedFilter{PackageIDs: []string{subject}})
	case "need":
		return s.deps.Store.Signed(ctx, SignedFilter{NeedID: subject})
	case "achievement":
		owner, packages, err := s.deps.Components.PackagesWith(ctx, subject)
		if err != nil {
			return nil, err
		}
		return s.deps.Store.Signed(ctx, SignedFilter{PackageIDs: packages, AchievementID: subject, Party: owner})
	default:
		return nil, nil
	}
}

// Granted is WithSigned from the other side: the packages, needs and
// achievements whose NDA tier an organisation may read, at most limit, the
// newest first.
func (s *Service) Granted(ctx context.Context, org string, limit int) ([]string, error) {
	return s.deps.Store.Granted(ctx, org, limit)
}

// Sides are the parties of a deal and what it is about, for the contract that
// comes out of it. Error: errs.NotFound.
func (s *Service) Sides(ctx context.Context, dealID string) (Deal, error) {
	return s.deps.Store.Deal(ctx, dealID)
}
