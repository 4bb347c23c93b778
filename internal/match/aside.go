package match

import (
	"context"
	"time"

	"chengqiao/internal/errs"
	"chengqiao/internal/journal"
	"chengqiao/internal/policy"
)

// AsideKind is the kind of what is set aside in the journal.
const AsideKind = "aside"

// SetAsideKind is what a mediator sets aside.
type SetAsideKind string

// What can be set aside: a waiting need, with the pairs that it has by then, or one pair.
const (
	NeedAside  SetAsideKind = "need"
	MatchAside SetAsideKind = "match"
)

// Aside keeps a need or a pair off a mediator's lists. It holds while what was
// looked at is what there is: a new version of either side ends it, and of a
// need a good match that was not there.
type Aside struct {
	OrgID string
	Kind  SetAsideKind
	// ID is the need's, or the pair's in the ledger.
	ID string
	// NeedVersion and ResultVersion are the live versions that were looked at;
	// with a need alone there is no result.
	NeedVersion, ResultVersion int64
	At                         time.Time
}

// AsideStore keeps what mediators set aside. Writes join the transaction in ctx.
type AsideStore interface {
	// SetAside keeps it, in place of an earlier one of the same.
	SetAside(ctx context.Context, a Aside) error
	// DropAside forgets it, and tells whether there was any.
	DropAside(ctx context.Context, org string, kind SetAsideKind, id string) (bool, error)
}

// SetNeedAside takes a need, with the pairs that it has now, off the lists of the
// actor's organisation. Errors: those of policy for desk.set_aside and for
// reading the need; errs.Conflict "listing_not_published".
func (d *Desk) SetNeedAside(ctx context.Context, actor policy.Actor, needID string) error {
	return d.setAside(ctx, actor, func(ctx context.Context) (Aside, error) {
		need := Ref{Need, needID}
		live, err := d.live(ctx, actor, need)
		return Aside{Kind: NeedAside, ID: needID, NeedVersion: live[need].Version}, err
	})
}

// SetMatchAside takes a pair of the ledger off the list of untouched matches of
// the actor's organisation. Errors: as SetNeedAside, of both sides; errs.NotFound.
func (d *Desk) SetMatchAside(ctx context.Context, actor policy.Actor, matchID string) error {
	return d.setAside(ctx, actor, func(ctx context.Context) (Aside, error) {
		m, err := d.matches.store.Load(ctx, matchID)
		if err != nil {
			return Aside{}, err
		}
		need := Ref{Need, m.NeedID}
		live, err := d.live(ctx, actor, need, m.Subject)
		return Aside{Kind: MatchAside, ID: matchID, NeedVersion: live[need].Version, ResultVersion: live[m.Subject].Version}, err
	})
}

func (d *Desk) setAside(ctx context.Context, actor policy.Actor, look func(context.Context) (Aside, error)) error {
	if err := d.maySetAside(actor); err != nil {
		return err
	}
	return d.tx.InTx(ctx, func(ctx context.Context) error {
		a, err := look(ctx)
		if err != nil {
			return err
		}
		a.OrgID, a.At = actor.OrgID, d.clock.Now()
		if err := d.asides.SetAside(ctx, a); err != nil {
			return err
		}
		return d.writeAside(ctx, actor, a.Kind, a.ID, a.NeedVersion, "set_aside")
	})
}

// BringBack puts what the actor's organisation had set aside on its lists again;
// that nothing was is no error. Errors: those of policy for desk.set_aside.
func (d *Desk) BringBack(ctx context.Context, actor policy.Actor, kind SetAsideKind, id string) error {
	if err := d.maySetAside(actor); err != nil {
		return err
	}
	return d.tx.InTx(ctx, func(ctx context.Context) error {
		was, err := d.asides.DropAside(ctx, actor.OrgID, kind, id)
		if err != nil || !was {
			return err
		}
		return d.writeAside(ctx, actor, kind, id, 0, "brought_back")
	})
}

func (d *Desk) maySetAside(actor policy.Actor) error {
	return policy.Check(actor, policy.DeskSetAside, policy.Facts{OwnerOrg: actor.OrgID}).Err()
}

func (d *Desk) writeAside(ctx context.Context, actor policy.Actor, kind SetAsideKind, id string, version int64, done string) error {
	return d.journal.Write(ctx, journal.Entry{
		Actor: actor, Action: policy.DeskSetAside, Kind: AsideKind, Subject: id, Version: version, At: d.clock.Now(),
		Detail: map[string]any{"done": done, "of": string(kind)},
	})
}

// live are listings that the actor may read, each as members do; errs.NotFound
// for one that is not for members, errs.Conflict "listing_not_published" for
// one that is not live.
func (d *Desk) live(ctx context.Context, actor policy.Actor, refs ...Ref) (map[Ref]Listing, error) {
	for _, ref := range refs {
		facts, err := d.matches.listings.Facts(ctx, ref)
		if err != nil {
			return nil, err
		}
		if err := policy.Check(actor, readActions[ref.Kind], facts).Err(); err != nil {
			return nil, err
		}
	}
	found, err := d.matches.listings.Live(ctx, refs)
	if err != nil {
		return nil, err
	}
	out := make(map[Ref]Listing, len(found))
	for _, l := range found {
		if l.ViewFor(deskTiers) != nil {
			out[l.Ref] = l
		}
	}
	for _, ref := range refs {
		if _, ok := out[ref]; !ok {
			return nil, errs.Newp(errs.Conflict, "listing_not_published", errs.Params{"kind": string(ref.Kind)})
		}
	}
	return out, nil
}
