package match

import (
	"context"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/ident"
	"chengqiao/internal/journal"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// MaxProposalNote is the length of a proposal's note in one language, in characters.
const MaxProposalNote = 1000

// ProposalRequest asks that a need and a result be put before both sides.
type ProposalRequest struct {
	NeedID  string
	Subject Ref
	Note    text.Text
}

func (r ProposalRequest) check() error {
	var faults []errs.Field
	if text.Blank(r.Note.Zh) && text.Blank(r.Note.En) {
		faults = append(faults, errs.Field{Path: "note", Code: "required"})
	}
	length := func(path, s string) {
		if text.Length(s) > MaxProposalNote {
			faults = append(faults, errs.Field{Path: path, Code: "too_long", Params: errs.Params{"max": MaxProposalNote}})
		}
	}
	length("note.zh", r.Note.Zh)
	length("note.en", r.Note.En)
	return errs.InvalidFields(faults)
}

// DeskConfig are the desk's rules that an operator sets.
type DeskConfig struct {
	// ProposalsPerDay bounds what one mediator puts before others in 24 hours.
	ProposalsPerDay int
	// IdleDays is how long a good match may lie before the desk tells of it.
	IdleDays int
}

// DeskDeps are what the desk works with.
type DeskDeps struct {
	Matches *Service
	Store   ProposalStore
	Asides  AsideStore
	Tx      journal.Transactor
	Journal journal.Journal
	Clock   clock.Clock
	Config  DeskConfig
}

// Desk is the mediators' view of the market: what waits for somebody to put two
// sides together, what they set aside of it, and what they put together by hand.
type Desk struct {
	matches *Service
	store   ProposalStore
	asides  AsideStore
	tx      journal.Transactor
	journal journal.Journal
	clock   clock.Clock
	config  DeskConfig
}

// NewDesk makes the desk.
func NewDesk(d DeskDeps) *Desk {
	return &Desk{matches: d.Matches, store: d.Store, asides: d.Asides, tx: d.Tx, journal: d.Journal, clock: d.Clock, config: d.Config}
}

// Propose puts a need and a result before both sides, with the mediator's name
// and note. The pair is judged as any match, by what members read.
//
// Errors: those of policy for proposal.make and for reading either listing;
// errs.Invalid for the note; errs.Conflict "listing_not_published",
// "proposal_same_owner", "proposal_unmasks", "pair_introduced", "proposal_exists";
// errs.RateLimited "too_many_proposals".
func (d *Desk) Propose(ctx context.Context, actor policy.Actor, r ProposalRequest) (Proposal, error) {
	r.Note = r.Note.Trimmed()
	if err := policy.Check(actor, policy.ProposalMake, policy.Facts{OwnerOrg: actor.OrgID}).Err(); err != nil {
		return Proposal{}, err
	}
	if err := r.check(); err != nil {
		return Proposal{}, err
	}
	var made Proposal
	err := d.tx.InTx(ctx, func(ctx context.Context) error {
		need, result, err := d.sides(ctx, actor, r)
		if err != nil {
			return err
		}
		now := d.clock.Now()
		if err := d.allowed(ctx, actor, Pair{r.NeedID, r.Subject}, now); err != nil {
			return err
		}
		m, err := d.inLedger(ctx, need, result)
		if err != nil {
			return err
		}
		made = Proposal{
			ID: ident.NewID(), Version: 1, MatchID: m.ID, NeedID: r.NeedID, Subject: r.Subject,
			BrokerOrg: actor.OrgID, MadeBy: actor.AccountID, Note: r.Note, Band: m.Band, MadeAt: now,
			Conflict: actor.OrgID == need.OrgID || actor.OrgID == result.OrgID,
		}
		step, err := ProposalMachine.Step(made.ID, made.Position, string(policy.ProposalMake), "")
		if err != nil {
			return err
		}
		made.Position = lifecycle.Position{State: step.To, Seq: step.Seq}
		if err := d.store.InsertProposal(ctx, made); err != nil {
			return err
		}
		return d.write(ctx, actor, made, step, event.MatchProposed)
	})
	return made.seenBy(actor), err
}

// sides are the two listings as members read them, both live.
func (d *Desk) sides(ctx context.Context, actor policy.Actor, r ProposalRequest) (need, result Listing, err error) {
	asked := Ref{Need, r.NeedID}
	live, err := d.live(ctx, actor, asked, r.Subject)
	if err != nil {
		return need, result, err
	}
	need, result = live[asked], live[r.Subject]
	return need, result, ofTwo(actor, need, result)
}

// ofTwo refuses a pair of one owner, and an anonymous need of the mediator's
// own: its name beside the need would tell whose it is. Of another's anonymous
// need no refusal may tell that either.
func ofTwo(actor policy.Actor, need, result Listing) error {
	anonymous := need.ViewFor(deskTiers).OrgName.IsZero()
	switch {
	case anonymous && need.OrgID == actor.OrgID:
		return errs.New(errs.Conflict, "proposal_unmasks")
	case !anonymous && need.OrgID == result.OrgID:
		return errs.New(errs.Conflict, "proposal_same_owner")
	}
	return nil
}

// deskTiers are what a mediator reads: a member's, and nothing under an NDA.
var deskTiers = []policy.Tier{policy.TierPublic, policy.TierMembers}

// allowed refuses what is introduced already, and more than a day's worth.
func (d *Desk) allowed(ctx context.Context, actor policy.Actor, pair Pair, now time.Time) error {
	introduced, err := d.matches.introductions.OfPairs(ctx, []Pair{pair})
	if err != nil {
		return err
	}
	if introduced[pair] != "" {
		return errs.New(errs.Conflict, "pair_introduced")
	}
	const day = 24 * time.Hour
	n, err := d.store.ProposalsSince(ctx, actor.OrgID, now.Add(-day))
	if err != nil {
		return err
	}
	if n >= d.config.ProposalsPerDay {
		return errs.Newp(errs.RateLimited, "too_many_proposals", errs.Params{"max": d.config.ProposalsPerDay, "retry_after_seconds": int(time.Hour / time.Second)})
	}
	return nil
}

// inLedger is the pair's row in the ledger, with the band that it has now.
func (d *Desk) inLedger(ctx context.Context, need, result Listing) (Match, error) {
	f, _ := d.matches.finding(question{asked: need, own: need.ViewFor(deskTiers), tiers: deskTiers}, result)
	d.matches.compared(&f, deskTiers)
	f.match.Origin = Hand
	rows, err := d.matches.store.OfNeed(ctx, need.ID, []Ref{result.Ref})
	if err != nil {
		return Match{}, err
	}
	if len(rows) == 1 {
		f.match.ID = rows[0].ID
		return f.match, nil
	}
	m := d.matches.fresh(f.match)
	return m, d.matches.store.Insert(ctx, []Match{m})
}

// Withdraw takes a proposal back; both sides see it no more. Errors:
// errs.NotFound; errs.Conflict "illegal_step" for one that is withdrawn.
func (d *Desk) Withdraw(ctx context.Context, actor policy.Actor, id string) (Proposal, error) {
	var done Proposal
	err := d.tx.InTx(ctx, func(ctx context.Context) error {
		p, err := d.store.Proposal(ctx, id)
		if err != nil {
			return err
		}
		if err := policy.Check(actor, policy.ProposalWithdraw, p.Facts()).Err(); err != nil {
			return err
		}
		step, err := ProposalMachine.Step(p.ID, p.Position, string(policy.ProposalWithdraw), "")
		if err != nil {
			return err
		}
		p.Position = lifecycle.Position{State: step.To, Seq: step.Seq}
		p.Version++
		p.EndedAt = d.clock.Now()
		if err := d.store.SaveProposal(ctx, p); err != nil {
			return err
		}
		done = p
		return d.write(ctx, actor, p, step, event.MatchProposalWithdrawn)
	})
	return done.seenBy(actor), err
}

// write journals a step of a proposal, with an event for each side.
func (d *Desk) write(ctx context.Context, actor policy.Actor, p Proposal, step lifecycle.Step, name event.Name) error {
	data := map[string]any{"match_id": p.MatchID, "proposal_id": p.ID, "broker_org": p.BrokerOrg}
	of := func(ref Ref) event.Event {
		return event.Event{Name: name, Kind: string(ref.Kind), Subject: ref.ID, Version: p.Version, Data: data}
	}
	return d.journal.Write(ctx, journal.Entry{
		Actor: actor, Action: policy.Action(step.Action), Kind: ProposalKind, Subject: p.ID, Version: p.Version,
		At: d.clock.Now(), Step: &step, Events: []event.Event{of(Ref{Need, p.NeedID}), of(p.Subject)},
		Detail: map[string]any{"need_id": p.NeedID, "subject_id": p.Subject.ID, "conflict": p.Conflict},
	})
}
