package listing

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/ident"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
)

// View is one reader's copy of a published listing.
type View[C any] struct {
	Head    Head
	Content C
	// Withheld are the fields that exist in a tier the reader lacks, sorted.
	Withheld []string
	// WithheldTiers are the tiers that they stand in.
	WithheldTiers map[string]policy.Tier
	// Revision is the id of the version that was read.
	Revision string
}

// Get is the live version as far as the actor may see it. What was shown above
// the public tier is logged. Errors: errs.NotFound, also for what exists and
// is not for the actor.
func (s *Service[C]) Get(ctx context.Context, actor policy.Actor, id string) (View[C], error) {
	record, err := s.deps.Store.Load(ctx, s.rules.Kind, id)
	if err != nil {
		return View[C]{}, err
	}
	if record.Live == nil {
		return View[C]{}, errs.New(errs.NotFound, "not_found")
	}
	terms, facts, err := s.facts(ctx, record, actor.OrgID != "")
	if err != nil {
		return View[C]{}, err
	}
	if err := policy.Check(actor, s.rules.action(Read), facts).Err(); err != nil {
		return View[C]{}, s.gone(ctx, actor, record, err)
	}
	inside := policy.Check(actor, s.rules.action(Inside), facts).Allowed()
	// Whom the listing names reads all of it, like its owner.
	full := inside || actor.Is(facts.Persons)
	cut, err := s.cut(record.Live.Content, terms, policy.TiersOf(actor, facts), inside)
	if err != nil {
		return View[C]{}, err
	}
	if cut.content, err = s.kind.Present(ctx, cut.content, full); err != nil {
		return View[C]{}, err
	}
	head := headOf(s.rules, actor, record, inside, s.own(record))
	head.Title = record.Live.Title
	if terms.Anonymous && !inside {
		if head.OwnerOrg, err = s.ownerFor(ctx, actor, record, facts); err != nil {
			return View[C]{}, err
		}
	}
	if !full && !actor.System {
		if err := s.disclosed(ctx, actor, record, cut.above); err != nil {
			return View[C]{}, err
		}
	}
	return View[C]{Head: head, Content: cut.content, Withheld: cut.withheld, WithheldTiers: cut.tiers, Revision: record.LiveRevision}, nil
}

// facts are what policy has to know of a record with a live revision; who has
// signed an NDA is asked only where somebody might have.
func (s *Service[C]) facts(ctx context.Context, record Record, signed bool) (Terms, policy.Facts, error) {
	content, err := decode[C](record.Live.Content)
	if err != nil {
		return Terms{}, policy.Facts{}, err
	}
	terms := s.kind.Terms(content)
	facts := policy.Facts{
		OwnerOrg: record.OwnerOrg, Persons: terms.Persons, Audience: audience(terms),
		Published: slices.Contains(s.rules.Readable, record.Position.State),
	}
	if signed {
		facts.NDAWith, err = s.deps.NDAs.WithSigned(ctx, s.rules.Kind, record.ID)
	}
	return terms, facts, err
}

// ownerFor is the owner of an anonymous listing for one who was introduced to
// it, and nothing for anybody else.
func (s *Service[C]) ownerFor(ctx context.Context, actor policy.Actor, record Record, facts policy.Facts) (string, error) {
	if actor.OrgID == "" {
		return "", nil
	}
	introduced, err := s.deps.Introductions.Introduced(ctx, s.rules.Kind, record.ID)
	if err != nil {
		return "", err
	}
	if slices.Contains(introduced, actor.OrgID) || slices.Contains(facts.NDAWith, actor.OrgID) {
		return record.OwnerOrg, nil
	}
	return "", nil
}

func audience(t Terms) policy.Tier {
	if t.Audience == "" {
		return policy.TierPublic
	}
	return t.Audience
}

// tierOf is the tier from which a field is read: the owner's choice or the
// kind's default, never wider than the listing's audience.
func (s *Service[C]) tierOf(field string, terms Terms) policy.Tier {
	tier, known := s.rules.Tiers[field]
	if !known {
		return policy.TierNDA
	}
	if chosen, ok := terms.Tiers[field]; ok && !slices.Contains(s.rules.Fixed, field) {
		tier = chosen
	}
	return narrower(tier, audience(terms))
}

func narrower(a, b policy.Tier) policy.Tier {
	if slices.Index(policy.AllTiers, a) > slices.Index(policy.AllTiers, b) {
		return a
	}
	return b
}

// excerpt is a content cut down to some tiers.
type excerpt[C any] struct {
	content  C
	withheld []string
	// tiers are those of what was withheld.
	tiers map[string]policy.Tier
	// above are the fields shown from above the public tier.
	above map[string]policy.Tier
}

// cut leaves out of a stored content every field that none of the tiers opens.
// The owner's choice of tiers itself stays inside.
func (s *Service[C]) cut(raw json.RawMessage, terms Terms, tiers []policy.Tier, inside bool) (excerpt[C], error) {
	out := excerpt[C]{above: map[string]policy.Tier{}, tiers: map[string]policy.Tier{}}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		return out, errs.Wrap(errs.Internal, "internal", fmt.Errorf("decode content: %w", err))
	}
	if !inside {
		delete(fields, "tiers")
	}
	for _, field := range sortedKeys(fields) {
		tier := s.tierOf(field, terms)
		switch {
		case !slices.Contains(tiers, tier):
			delete(fields, field)
			out.withheld = append(out.withheld, field)
			out.tiers[field] = tier
		case tier != policy.TierPublic:
			out.above[field] = tier
		}
	}
	rest, err := encode(fields)
	if err != nil {
		return out, err
	}
	out.content, err = decode[C](rest)
	return out, err
}

// disclosed logs what an outsider was shown above the public tier.
func (s *Service[C]) disclosed(ctx context.Context, actor policy.Actor, record Record, above map[string]policy.Tier) error {
	if len(above) == 0 {
		return nil
	}
	d := Disclosure{
		ID: ident.NewID(), Kind: s.rules.Kind, ListingID: record.ID, RevisionID: record.LiveRevision,
		ViewerOrg: actor.OrgID, AccountID: actor.AccountID, At: s.deps.Clock.Now(),
		Tier: string(policy.TierPublic), Fields: sortedKeys(above),
	}
	for _, tier := range above {
		d.Tier = string(narrower(tier, policy.Tier(d.Tier)))
	}
	d.Day = clock.DateOf(d.At)
	return s.deps.Store.Disclose(ctx, d)
}

// Standing is what other domains have to know of a listing before they let
// somebody act on it.
type Standing struct {
	OwnerOrg string
	State    lifecycle.State
	// Facts decide with policy who may read it and which tiers.
	Facts policy.Facts
	// Anonymous: the owner is shown to those introduced alone.
	Anonymous bool
	// Live: search and matching know it.
	Live bool
	// SubmittedAt is when the live version was submitted for review: what was
	// attached later waits for the next one. Zero where nothing is published.
	SubmittedAt time.Time
}

// Standing reads where a listing stands, for other domains: it asks no policy.
// Error: errs.NotFound.
func (s *Service[C]) Standing(ctx context.Context, id string) (Standing, error) {
	record, err := s.deps.Store.Load(ctx, s.rules.Kind, id)
	if err != nil {
		return Standing{}, err
	}
	out := Standing{OwnerOrg: record.OwnerOrg, State: record.shown(), Facts: s.own(record)}
	if record.Live == nil {
		return out, nil
	}
	terms, facts, err := s.facts(ctx, record, true)
	facts.CreatedBy, facts.Authors = out.Facts.CreatedBy, out.Facts.Authors
	out.Facts, out.Anonymous, out.Live = facts, terms.Anonymous, found(record.Position.State)
	out.SubmittedAt = record.Live.SubmittedAt
	return out, err
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// OwnerOf is the organisation whose listing it is, for other domains: it asks
// no policy. Error: errs.NotFound.
func (s *Service[C]) OwnerOf(ctx context.Context, id string) (string, error) {
	record, err := s.deps.Store.Load(ctx, s.rules.Kind, id)
	return record.OwnerOrg, err
}
