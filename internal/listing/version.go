package listing

import (
	"context"
	"slices"
	"time"

	"chengqiao/internal/errs"
	"chengqiao/internal/policy"
	"chengqiao/internal/text"
)

// VersionView is one reader's copy of a published version.
type VersionView[C any] struct {
	Number      int64
	PublishedAt time.Time
	Content     C
	// Withheld are the fields that exist in a tier the reader lacks, sorted.
	Withheld []string
}

// Version is a published version as far as the actor may see it: the live one
// as Get shows it, an earlier one to those who may read earlier ones, each
// field in the narrower of the tiers that it had then and that it has now.
// What was shown above the public tier is logged. Errors: errs.NotFound, also
// for what exists and is not for the actor.
func (s *Service[C]) Version(ctx context.Context, actor policy.Actor, id string, number int64) (VersionView[C], error) {
	var none VersionView[C]
	record, err := s.deps.Store.Load(ctx, s.rules.Kind, id)
	if err != nil {
		return none, err
	}
	if record.Live == nil {
		return none, errs.New(errs.NotFound, "not_found")
	}
	now, facts, err := s.facts(ctx, record, actor.OrgID != "")
	if err != nil {
		return none, err
	}
	read := s.rules.action(Read)
	if number != record.LiveNumber {
		read = s.rules.action(ReadVersions)
	}
	if err := policy.Check(actor, read, facts).Err(); err != nil {
		return none, err
	}
	revision, err := s.numbered(ctx, id, number)
	if err != nil {
		return none, err
	}
	content, err := decode[C](revision.Content)
	if err != nil {
		return none, err
	}
	inside := policy.Check(actor, s.rules.action(Inside), facts).Allowed()
	full := inside || actor.Is(facts.Persons)
	cut, err := s.cut(revision.Content, s.narrowest(s.kind.Terms(content), now), policy.TiersOf(actor, facts), inside)
	if err != nil {
		return none, err
	}
	if cut.content, err = s.kind.Present(ctx, cut.content, full); err != nil {
		return none, err
	}
	if !full && !actor.System {
		read := record
		read.LiveRevision = revision.ID
		if err := s.disclosed(ctx, actor, read, cut.above); err != nil {
			return none, err
		}
	}
	return VersionView[C]{Number: revision.Number, PublishedAt: revision.PublishedAt, Content: cut.content, Withheld: cut.withheld}, nil
}

// ReadsVersions tells whether the actor reads versions before the live one.
// Error: errs.NotFound.
func (s *Service[C]) ReadsVersions(ctx context.Context, actor policy.Actor, id string) (bool, error) {
	record, err := s.deps.Store.Load(ctx, s.rules.Kind, id)
	if err != nil || record.LiveNumber <= 1 {
		return false, err
	}
	_, facts, err := s.facts(ctx, record, actor.OrgID != "")
	return policy.Check(actor, s.rules.action(ReadVersions), facts).Allowed(), err
}

// numbered is the published revision of a number; errs.NotFound.
func (s *Service[C]) numbered(ctx context.Context, id string, number int64) (Revision, error) {
	revisions, err := s.deps.Store.Revisions(ctx, id)
	if err != nil {
		return Revision{}, err
	}
	at := slices.IndexFunc(revisions, func(r Revision) bool { return r.Number == number && number > 0 })
	if at < 0 {
		return Revision{}, errs.New(errs.NotFound, "not_found")
	}
	return revisions[at], nil
}

// narrowest are terms under which each field is read as narrowly as under both.
func (s *Service[C]) narrowest(then, now Terms) Terms {
	out := then
	out.Audience = narrower(audience(then), audience(now))
	out.Tiers = map[string]policy.Tier{}
	for field := range s.rules.Tiers {
		out.Tiers[field] = narrower(s.tierOf(field, then), s.tierOf(field, now))
	}
	return out
}

// Source is what a listing of the actor's own says now, its working copy
// before its live version, for beginning another one with it. Errors:
// errs.NotFound; those of policy.
func (s *Service[C]) Source(ctx context.Context, actor policy.Actor, id string) (C, error) {
	var none C
	record, err := s.load(ctx, actor, id, Edit)
	if err != nil {
		return none, err
	}
	source := record.Working
	if source == nil {
		source = record.Live
	}
	if source == nil { // withdrawn before it was ever published
		return none, errs.New(errs.NotFound, "not_found")
	}
	return decode[C](source.Content)
}

// CopyTitle is the title of a listing that begins with what another one says,
// at most limit characters in each language.
func CopyTitle(t text.Text, limit int) text.Text {
	mark := func(title, mark string) string {
		if title == "" {
			return ""
		}
		runes := []rune(title)
		return string(runes[:min(len(runes), limit-text.Length(mark))]) + mark
	}
	return text.Text{Zh: mark(t.Zh, "（副本）"), En: mark(t.En, " (copy)")}
}
