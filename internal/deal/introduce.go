package deal

import (
	"context"
	"errors"
	"slices"
	"time"

	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/ident"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// MaxIntroduction is the length of an introduction's message, in characters.
const MaxIntroduction = 2000

// Request asks for an introduction, for the actor's organisation.
type Request struct {
	// What it is about, see Topic.
	PackageID, AchievementID, NeedID string
	MatchID                          string
	Message                          string
}

func (r Request) topic() Topic {
	return Topic{PackageID: r.PackageID, AchievementID: r.AchievementID, NeedID: r.NeedID}
}

func (r Request) check() error {
	fields := r.topic().check()
	switch {
	case text.Blank(r.Message):
		fields = append(fields, errs.Field{Path: "message", Code: "required"})
	case text.Length(r.Message) > MaxIntroduction:
		fields = append(fields, errs.Field{Path: "message", Code: "too_long", Params: errs.Params{"max": MaxIntroduction}})
	}
	return errs.InvalidFields(fields)
}

// IntroductionView is an introduction as one reader may see it.
type IntroductionView struct {
	Introduction
	// Actions are the verbs of the steps that the reader may take now.
	Actions []string
}

func viewIntroduction(i Introduction, actor policy.Actor) IntroductionView {
	return IntroductionView{Introduction: i.For(actor.OrgID), Actions: i.actionsFor(actor)}
}

// Introduce asks the other side to talk and starts its response clock. Who
// names something offered and a need must own one of them; who names one of them
// alone asks its owner.
//
// Errors: errs.Invalid with fields; errs.NotFound for a listing that the actor
// may not read; errs.Conflict "listing_not_published", "introduction_to_self",
// "introduction_exists", "deal_exists"; errs.Forbidden "not_allowed" with
// reason "not_a_party" when both listings are others'.
func (s *Service) Introduce(ctx context.Context, actor policy.Actor, r Request) (IntroductionView, error) {
	var made Introduction
	err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		if err := policy.Check(actor, policy.IntroductionCreate, policy.Facts{}).Err(); err != nil {
			return err
		}
		if err := r.check(); err != nil {
			return err
		}
		i, err := s.between(ctx, actor, r)
		if err != nil {
			return err
		}
		if err := s.checkMatch(ctx, r); err != nil {
			return err
		}
		if i.Offered() != "" && i.NeedID != "" {
			if i.BrokerOrg, err = s.deps.Matches.Broker(ctx, i.Offered(), i.NeedID); err != nil {
				return err
			}
		}
		pair := i.pairKey(i.FromOrg)
		busy, err := s.deps.Store.Negotiating(ctx, pair)
		if err != nil {
			return err
		}
		if busy {
			return errs.New(errs.Conflict, "deal_exists")
		}
		i.ID = ident.NewID()
		step, err := IntroductionMachine.Step(i.ID, i.Position, string(policy.IntroductionCreate), "")
		if err != nil {
			return err
		}
		i.Position = lifecycle.Position{State: step.To, Seq: step.Seq}
		i.Version = 1
		i.MatchID, i.Message, i.MadeBy = r.MatchID, r.Message, actor.AccountID
		i.MadeAt = s.deps.Clock.Now()
		i.AnswerBy = i.MadeAt.Add(s.deps.Config.AnswerWithin)
		if err := s.deps.Store.InsertIntroduction(ctx, i, pair); err != nil {
			return err
		}
		made = i
		return s.writeIntroduction(ctx, actor, i, step, event.IntroductionMade)
	})
	return viewIntroduction(made, actor), err
}

// between finds the two sides of a requested introduction.
func (s *Service) between(ctx context.Context, actor policy.Actor, r Request) (Introduction, error) {
	i := Introduction{FromOrg: actor.OrgID, Topic: r.topic()}
	var owners []string
	for _, offer := range []struct{ kind, id string }{{"package", r.PackageID}, {"achievement", r.AchievementID}} {
		if offer.id == "" {
			continue
		}
		offered, err := s.listing(ctx, actor, offer.kind, offer.id)
		if err != nil {
			return i, err
		}
		owners = append(owners, offered.Facts.OwnerOrg)
	}
	if r.NeedID != "" {
		wanted, err := s.listing(ctx, actor, "need", r.NeedID)
		if err != nil {
			return i, err
		}
		owners = append(owners, wanted.Facts.OwnerOrg)
		i.Anonymous = wanted.Anonymous
		i.SellerAsks = wanted.Facts.OwnerOrg != actor.OrgID
	}
	if len(owners) == 2 && !slices.Contains(owners, actor.OrgID) {
		return i, errs.Newp(errs.Forbidden, "not_allowed", errs.Params{"reason": "not_a_party"})
	}
	for _, owner := range owners {
		if owner != actor.OrgID {
			i.ToOrg = owner
		}
	}
	if i.ToOrg == "" {
		return i, errs.New(errs.Conflict, "introduction_to_self")
	}
	return i, nil
}

// listing reads a live listing that the actor may see.
func (s *Service) listing(ctx context.Context, actor policy.Actor, kind, id string) (Listing, error) {
	l, err := s.deps.Listings.Listing(ctx, kind, id)
	if err != nil {
		return l, err
	}
	if err := policy.Check(actor, policy.Action(kind+".read"), l.Facts).Err(); err != nil {
		return l, err
	}
	if !l.Facts.Published {
		return l, errs.Newp(errs.Conflict, "listing_not_published", errs.Params{"kind": kind})
	}
	return l, nil
}

// checkMatch refuses a match that pairs something else than the request.
func (s *Service) checkMatch(ctx context.Context, r Request) error {
	if r.MatchID == "" {
		return nil
	}
	offered, needID, err := s.deps.Matches.Pair(ctx, r.MatchID)
	if errors.Is(err, errs.New(errs.NotFound, "not_found")) {
		return errs.InvalidFields([]errs.Field{{Path: "match_id", Code: "unknown_reference"}})
	}
	if err != nil {
		return err
	}
	if offered != r.topic().Offered() || needID != r.NeedID {
		return errs.InvalidFields([]errs.Field{{Path: "match_id", Code: "not_this_pair"}})
	}
	return nil
}

// Introduction is one introduction as the actor may see it; errs.NotFound.
func (s *Service) Introduction(ctx context.Context, actor policy.Actor, id string) (IntroductionView, error) {
	i, err := s.deps.Store.Introduction(ctx, id)
	if err != nil {
		return IntroductionView{}, err
	}
	if err := policy.Check(actor, policy.IntroductionRead, i.Facts()).Err(); err != nil {
		return IntroductionView{}, err
	}
	return viewIntroduction(i, actor), nil
}

// IntroductionQuery chooses from the acting organisation's introductions.
type IntroductionQuery struct {
	Box   Box
	State lifecycle.State
	// ListingID is what they are about; "" for all.
	ListingID string
	// Cursor is Next of the page before.
	Cursor string
	Limit  int
}

// Introductions lists those of the acting organisation, newest first.
// Errors: errs.Forbidden; errs.Invalid for box and state; errs.Malformed "malformed_cursor".
func (s *Service) Introductions(ctx context.Context, actor policy.Actor, q IntroductionQuery) (Page[IntroductionView], error) {
	var none Page[IntroductionView]
	if !q.Box.Valid() {
		return none, errs.InvalidFields([]errs.Field{{Path: "box", Code: "unknown_value"}})
	}
	if err := knownState(IntroductionMachine, q.State); err != nil {
		return none, err
	}
	org, err := partyScope(actor, policy.IntroductionRead)
	if err != nil {
		return none, err
	}
	if err := ident.CheckCursor(q.Cursor); err != nil {
		return none, err
	}
	limit := bounded(q.Limit)
	found, err := s.deps.Store.Introductions(ctx, IntroductionFilter{
		OrgID: org, Box: q.Box, State: q.State, ListingID: q.ListingID, Before: q.Cursor, Limit: limit + 1})
	if err != nil {
		return none, err
	}
	cut := page(found, limit, func(i Introduction) string { return i.ID })
	out := Page[IntroductionView]{Next: cut.Next}
	for _, i := range cut.Items {
		out.Items = append(out.Items, viewIntroduction(i, actor))
	}
	return out, nil
}

// partyScope is the organisation whose rows the actor may list; who acts for
// none is told to sign in or to choose one.
func partyScope(actor policy.Actor, action policy.Action) (string, error) {
	org := policy.ScopeOf(actor, action).PartyOrg
	switch {
	case org != "":
		return org, nil
	case !actor.SignedIn():
		return "", errs.New(errs.Unauthenticated, "sign_in_required")
	case actor.OrgID != "":
		return "", errs.Newp(errs.Forbidden, "not_allowed", errs.Params{"reason": "role_missing"})
	default:
		return "", errs.Newp(errs.Forbidden, "not_allowed", errs.Params{"reason": "not_a_party"})
	}
}

// Introduced are the organisations that know who stands behind a package or a
// need of kind "package" or "need", because an introduction about it was
// accepted; the owner is one of them.
func (s *Service) Introduced(ctx context.Context, kind, subject string) ([]string, error) {
	return s.deps.Store.Introduced(ctx, kind, subject)
}

// The median response time is told from minAnswers on, over the latest
// maxAnswers within responseWindow.
const (
	minAnswers     = 3
	maxAnswers     = 200
	responseWindow = 365 * 24 * time.Hour
)

// MedianResponseHours is how long an organisation usually takes to answer an
// introduction, in whole hours rounded up, with the number of answers that this
// rests on; both are 0 when there are too few.
// One that lapsed counts with its whole time, or silence would look fast.
func (s *Service) MedianResponseHours(ctx context.Context, org string) (hours, answers int, err error) {
	times, err := s.deps.Store.ResponseTimes(ctx, org, s.deps.Clock.Now().Add(-responseWindow), maxAnswers)
	if err != nil || len(times) < minAnswers {
		return 0, 0, err
	}
	slices.Sort(times)
	median := times[len(times)/2]
	if len(times)%2 == 0 {
		median = (times[len(times)/2-1] + median) / 2
	}
	return int((median + time.Hour - 1) / time.Hour), len(times), nil
}
