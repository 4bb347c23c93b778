package listing

import (
	"context"
	"encoding/json"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/lifecycle"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// Live is the whole of a published version, for indexes and for other domains
// that then answer for its tiers.
type Live[C any] struct {
	Kind, ID, OwnerOrg string
	State              lifecycle.State
	// Seq changes exactly when what readers see changes: the version of an
	// index's document.
	Seq int64
	// Number is that of the published version.
	Number      int64
	PublishedAt time.Time
	ChangedAt   time.Time
	ConfirmBy   clock.Date
	Title       text.Text
	Content     C
	// Audience is the tier of the listing, Tiers that of each field it has, by
	// JSON name and never wider than the audience.
	Audience policy.Tier
	Tiers    map[string]policy.Tier
	// Anonymous: the owner must not be named.
	Anonymous bool

	raw   json.RawMessage
	terms Terms
}

// Live reads a listing that search may show. Error: errs.NotFound when there
// is none, or it is not published now.
func (s *Service[C]) Live(ctx context.Context, id string) (Live[C], error) {
	record, err := s.deps.Store.Load(ctx, s.rules.Kind, id)
	if err != nil {
		return Live[C]{}, err
	}
	if record.Live == nil || !found(record.Position.State) {
		return Live[C]{}, errs.New(errs.NotFound, "not_found")
	}
	return s.whole(record)
}

// LastPublished reads the last published version, in whatever state the
// listing is now: for a deal that began while it was live. Error:
// errs.NotFound when there has been none.
func (s *Service[C]) LastPublished(ctx context.Context, id string) (Live[C], error) {
	record, err := s.deps.Store.Load(ctx, s.rules.Kind, id)
	if err != nil {
		return Live[C]{}, err
	}
	if record.Live == nil {
		return Live[C]{}, errs.New(errs.NotFound, "not_found")
	}
	return s.whole(record)
}

// LiveAfter reads published listings by id after one, for rebuilding an index
// and for matching; owner "" is every owner.
func (s *Service[C]) LiveAfter(ctx context.Context, owner, after string, limit int) ([]Live[C], error) {
	records, err := s.deps.Store.LiveAfter(ctx, LiveFilter{Kind: s.rules.Kind, OwnerOrg: owner, After: after, Limit: limit})
	if err != nil {
		return nil, err
	}
	out := make([]Live[C], 0, len(records))
	for _, r := range records {
		l, err := s.whole(r)
		if err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, nil
}

// LiveRefs is LiveAfter without contents, for comparing an index with the
// store page by page; owner "" is every owner.
func (s *Service[C]) LiveRefs(ctx context.Context, owner, after string, limit int) ([]Ref, error) {
	return s.deps.Store.LiveRefs(ctx, LiveFilter{Kind: s.rules.Kind, OwnerOrg: owner, After: after, Limit: limit})
}

// At is the content as a reader of exactly these tiers has it, with the names
// of what is withheld; policy.ReaderTiers gives the tiers of a reader.
func (s *Service[C]) At(l Live[C], tiers []policy.Tier) (C, []string, error) {
	cut, err := s.cut(l.raw, l.terms, tiers, false)
	return cut.content, cut.withheld, err
}

func (s *Service[C]) whole(record Record) (Live[C], error) {
	content, err := decode[C](record.Live.Content)
	if err != nil {
		return Live[C]{}, err
	}
	terms := s.kind.Terms(content)
	l := Live[C]{
		Kind: record.Kind, ID: record.ID, OwnerOrg: record.OwnerOrg, State: record.Position.State,
		Seq: record.Position.Seq, Number: record.LiveNumber, PublishedAt: record.PublishedAt,
		ChangedAt: record.ChangedAt, ConfirmBy: record.ConfirmBy, Title: record.Live.Title, Content: content,
		Audience: audience(terms), Tiers: map[string]policy.Tier{}, Anonymous: terms.Anonymous,
		raw: record.Live.Content, terms: terms,
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(record.Live.Content, &fields); err != nil {
		return l, errs.Wrap(errs.Internal, "internal", err)
	}
	for field := range fields {
		l.Tiers[field] = s.tierOf(field, terms)
	}
	return l, nil
}
