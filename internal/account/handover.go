package account

import (
	"context"
	"slices"
	"time"

	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/ident"
	"chengqiao/internal/policy"
)

// HandoverOutcome is how an offer to hand over ended; "" while it is open.
type HandoverOutcome string

// The outcomes.
const (
	HandoverAccepted  HandoverOutcome = "accepted"
	HandoverDeclined  HandoverOutcome = "declined"
	HandoverWithdrawn HandoverOutcome = "withdrawn"
	HandoverExpired   HandoverOutcome = "expired"
)

// Handover is the offer of who decides for an organisation to let another
// member do so instead.
type Handover struct {
	ID                     string
	OrgID                  string
	FromAccount, ToAccount string
	FromName, ToName       string
	OfferedAt, ExpiresAt   time.Time
}

// HandoverView is a handover as one reader may see it.
type HandoverView struct {
	Handover
	// Actions are what the reader may do: accept, decline, withdraw.
	Actions []string
}

// handoverLasts is how long an offer stands.
const handoverLasts = 14 * 24 * time.Hour

// Handover is an organisation's open one, for its members; ok is false when
// there is none.
func (s *Service) Handover(ctx context.Context, actor policy.Actor, org string) (v HandoverView, ok bool, err error) {
	if err := policy.Check(actor, policy.MemberList, policy.Facts{OwnerOrg: org}).Err(); err != nil {
		return HandoverView{}, false, err
	}
	h, err := s.standingHandover(ctx, org)
	if err != nil {
		return HandoverView{}, false, ignoreAbsent(err)
	}
	return s.handoverView(actor, h), true, nil
}

// standingHandover is the open one that has not run out; errs.NotFound.
func (s *Service) standingHandover(ctx context.Context, org string) (Handover, error) {
	h, err := s.deps.Store.OpenHandover(ctx, org)
	if err == nil && !s.deps.Clock.Now().Before(h.ExpiresAt) {
		err = errs.New(errs.NotFound, "not_found")
	}
	return h, err
}

func (s *Service) handoverView(actor policy.Actor, h Handover) HandoverView {
	v := HandoverView{Handover: h}
	if policy.Check(actor, policy.HandoverAnswer, policy.Facts{AccountID: h.ToAccount}).Allowed() {
		v.Actions = append(v.Actions, "accept", "decline")
	}
	if policy.Check(actor, policy.HandoverOffer, policy.Facts{OwnerOrg: h.OrgID}).Allowed() {
		v.Actions = append(v.Actions, "withdraw")
	}
	return v
}

// OfferHandover offers the actor's place as who decides for an organisation to
// another of its members. Errors: errs.NotFound for who is no member;
// errs.Conflict "handover_open", "handover_to_self".
func (s *Service) OfferHandover(ctx context.Context, actor policy.Actor, org, memberID string) (HandoverView, error) {
	if err := policy.Check(actor, policy.HandoverOffer, policy.Facts{OwnerOrg: org}).Err(); err != nil {
		return HandoverView{}, err
	}
	var h Handover
	err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		o, err := s.deps.Store.Organisation(ctx, org)
		if err != nil {
			return err
		}
		m, err := s.deps.Store.Member(ctx, memberID)
		if err != nil {
			return err
		}
		if m.OrgID != org {
			return errs.New(errs.NotFound, "not_found")
		}
		if m.AccountID == actor.AccountID {
			return errs.New(errs.Conflict, "handover_to_self")
		}
		now := s.deps.Clock.Now()
		if err := s.endStaleHandover(ctx, org, now); err != nil {
			return err
		}
		h = Handover{ID: ident.NewID(), OrgID: org, FromAccount: actor.AccountID, ToAccount: m.AccountID, OfferedAt: now, ExpiresAt: now.Add(handoverLasts)}
		if err := s.deps.Store.InsertHandover(ctx, h); err != nil {
			return err
		}
		if err := s.writeHandover(ctx, actor, o, h, policy.HandoverOffer, "offered", handoverLetter(h)); err != nil {
			return err
		}
		h, err = s.deps.Store.OpenHandover(ctx, org)
		return err
	})
	return s.handoverView(actor, h), err
}

// endStaleHandover makes room for an offer after one that ran out.
func (s *Service) endStaleHandover(ctx context.Context, org string, now time.Time) error {
	h, err := s.deps.Store.OpenHandover(ctx, org)
	if err != nil || now.Before(h.ExpiresAt) {
		return ignoreAbsent(err)
	}
	return s.deps.Store.EndHandover(ctx, h.ID, HandoverExpired, now)
}

// AnswerHandover accepts or declines an offer for whom it was made to, or
// withdraws it for who decides. Accepting passes the deciding role on: who
// offered keeps the other roles alone. Errors: errs.Invalid "invalid_fields"
// for an unknown verb; errs.NotFound; errs.Conflict "handover_void" when one of
// the two has left the place since.
func (s *Service) AnswerHandover(ctx context.Context, actor policy.Actor, org, verb string) error {
	outcome, known := map[string]HandoverOutcome{
		"accept": HandoverAccepted, "decline": HandoverDeclined, "withdraw": HandoverWithdrawn,
	}[verb]
	if !known {
		return errs.InvalidFields([]errs.Field{{Path: "action", Code: "unknown_value"}})
	}
	return s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		h, err := s.standingHandover(ctx, org)
		if err != nil {
			return err
		}
		action, facts := policy.HandoverAnswer, policy.Facts{AccountID: h.ToAccount}
		if verb == "withdraw" {
			action, facts = policy.HandoverOffer, policy.Facts{OwnerOrg: org}
		}
		if err := policy.Check(actor, action, facts).Err(); err != nil {
			return err
		}
		o, err := s.deps.Store.Organisation(ctx, org)
		if err != nil {
			return err
		}
		if err := s.deps.Store.EndHandover(ctx, h.ID, outcome, s.deps.Clock.Now()); err != nil {
			return err
		}
		if outcome == HandoverAccepted {
			if err := s.passOn(ctx, actor, o, h); err != nil {
				return err
			}
		}
		return s.writeHandover(ctx, actor, o, h, action, string(outcome))
	})
}

// passOn moves the deciding role from the one to the other.
func (s *Service) passOn(ctx context.Context, actor policy.Actor, o Organisation, h Handover) error {
	members, err := s.deps.Store.Members(ctx, o.ID)
	if err != nil {
		return err
	}
	deciding := policy.DecidingRole(o.Kind)
	from := slices.IndexFunc(members, func(m Member) bool { return m.AccountID == h.FromAccount && m.Role == deciding })
	to := slices.IndexFunc(members, func(m Member) bool { return m.AccountID == h.ToAccount })
	if from < 0 || to < 0 {
		return errs.New(errs.Conflict, "handover_void")
	}
	if !slices.ContainsFunc(members, func(m Member) bool { return m.AccountID == h.ToAccount && m.Role == deciding }) {
		if err := s.addRole(ctx, o, h.ToAccount, deciding, actor); err != nil {
			return err
		}
	}
	if err := s.deps.Store.DeleteMember(ctx, members[from].ID); err != nil {
		return err
	}
	// Told as any removal is: who offered may be no member any more.
	if err := s.writeMember(ctx, actor, o, h.FromAccount, deciding, "removed"); err != nil {
		return err
	}
	return s.forgetAccounts(ctx, h.FromAccount, h.ToAccount)
}

func (s *Service) writeHandover(ctx context.Context, actor policy.Actor, o Organisation, h Handover, action policy.Action, what string, more ...event.Event) error {
	data := map[string]any{"from": h.FromAccount, "to": h.ToAccount, "change": "handover_" + what}
	events := append([]event.Event{{Name: event.MemberChanged, Data: data}}, more...)
	return s.write(ctx, actor, action, OrganisationKind, o.ID, o.Version, data, events...)
}

// handoverLetter asks for the letter that tells an offer to whom it is made:
// notices are seen by who comes back by themselves.
func handoverLetter(h Handover) event.Event {
	return event.Event{Name: event.MailRequested, Data: map[string]any{"letter": LetterHandover, "subject": h.OrgID, "handover_id": h.ID}}
}

// ChangeMember gives a member another role instead of one. Errors:
// errs.NotFound; errs.Invalid "invalid_fields"; errs.Conflict "member_exists",
// "last_decider".
func (s *Service) ChangeMember(ctx context.Context, actor policy.Actor, org, id string, role policy.Role) (Member, error) {
	if err := policy.Check(actor, policy.MemberChange, policy.Facts{OwnerOrg: org}).Err(); err != nil {
		return Member{}, err
	}
	var changed Member
	err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		o, err := s.deps.Store.Organisation(ctx, org)
		if err != nil {
			return err
		}
		if !slices.Contains(policy.RolesOf(o.Kind), role) {
			return errs.InvalidFields([]errs.Field{{Path: "role", Code: "unknown_value"}})
		}
		m, err := s.deps.Store.Member(ctx, id)
		if err != nil {
			return err
		}
		if m.OrgID != org {
			return errs.New(errs.NotFound, "not_found")
		}
		if m.Role == role {
			changed = m
			return nil
		}
		if err := s.mustKeepDecider(ctx, o, m); err != nil {
			return err
		}
		if err := s.deps.Store.DeleteMember(ctx, id); err != nil {
			return err
		}
		if err := s.addRole(ctx, o, m.AccountID, role, actor); err != nil {
			return err
		}
		if err := s.writeMember(ctx, actor, o, m.AccountID, m.Role, "removed"); err != nil {
			return err
		}
		if err := s.writeMember(ctx, actor, o, m.AccountID, role, "added"); err != nil {
			return err
		}
		changed, err = s.memberWith(ctx, org, m.AccountID, role)
		return err
	})
	return changed, err
}

// mustKeepDecider refuses to take its role from the last who decides.
func (s *Service) mustKeepDecider(ctx context.Context, o Organisation, m Member) error {
	deciding := policy.DecidingRole(o.Kind)
	if m.Role != deciding {
		return nil
	}
	others, err := s.othersWith(ctx, o.ID, deciding, m.AccountID)
	if err != nil || len(others) > 0 {
		return err
	}
	return errs.Newp(errs.Conflict, "last_decider", errs.Params{"organisations": []string{o.ID}})
}
