package store

import (
	"context"
	"strings"
	"time"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/match"
	"chengqiao/internal/sqldb"
)

var (
	_ match.ProposalStore = (*Match)(nil)
	_ match.AsideStore    = (*Match)(nil)
)

const proposalColumns = `p.id, p.state, p.step_seq, p.version, p.match_id, p.need_id, p.subject_kind, p.subject_id, p.broker_org, p.made_by,
	p.note_zh, p.note_en, p.conflict, p.band, p.made_at, p.ended_at`

// InsertProposal implements match.ProposalStore.
func (s *Match) InsertProposal(ctx context.Context, p match.Proposal) error {
	_, err := s.db.Exec(ctx, `INSERT INTO proposals (id, state, step_seq, version, match_id, need_id, subject_kind, subject_id, broker_org, made_by,
			note_zh, note_en, conflict, band, made_at, ended_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		p.ID, p.Position.State, p.Position.Seq, p.Version, p.MatchID, p.NeedID, p.Subject.Kind, p.Subject.ID, p.BrokerOrg, p.MadeBy,
		p.Note.Zh, p.Note.En, p.Conflict, p.Band, clock.Micros(p.MadeAt), clock.Micros(p.EndedAt))
	if sqldb.IsDuplicate(err, "proposals", "need_id", "subject_id") {
		return errs.Wrap(errs.Conflict, "proposal_exists", err)
	}
	return err
}

func scanProposal(row sqldb.Row) (match.Proposal, error) { return scanProposalAnd(row) }

func scanProposalAnd(row sqldb.Row, more ...any) (match.Proposal, error) {
	var p match.Proposal
	var made, ended int64
	err := row.Scan(append([]any{&p.ID, &p.Position.State, &p.Position.Seq, &p.Version, &p.MatchID, &p.NeedID, &p.Subject.Kind, &p.Subject.ID,
		&p.BrokerOrg, &p.MadeBy, &p.Note.Zh, &p.Note.En, &p.Conflict, &p.Band, &made, &ended}, more...)...)
	p.MadeAt, p.EndedAt = clock.FromMicros(made), clock.FromMicros(ended)
	return p, err
}

// Proposal implements match.ProposalStore.
func (s *Match) Proposal(ctx context.Context, id string) (match.Proposal, error) {
	return sqldb.One(ctx, s.db, scanProposal, `SELECT `+proposalColumns+` FROM proposals p WHERE p.id = $1`, id)
}

// SaveProposal implements match.ProposalStore.
func (s *Match) SaveProposal(ctx context.Context, p match.Proposal) error {
	return sqldb.ExpectOne(s.db.Exec(ctx, `UPDATE proposals SET state = $1, step_seq = $2, version = $3, ended_at = $4 WHERE id = $5 AND version = $6`,
		p.Position.State, p.Position.Seq, p.Version, clock.Micros(p.EndedAt), p.ID, p.Version-1))
}

// ProposalsSince implements match.ProposalStore.
func (s *Match) ProposalsSince(ctx context.Context, org string, since time.Time) (int, error) {
	n, err := sqldb.One(ctx, s.db, sqldb.Scalar[int64], `SELECT count(*) FROM proposals WHERE broker_org = $1 AND made_at > $2`, org, clock.Micros(since))
	return int(n), err
}

// OpenProposals implements match.ProposalStore.
func (s *Match) OpenProposals(ctx context.Context, of match.Ref, limit int) ([]match.Proposal, error) {
	side := `p.subject_id`
	if of.Kind == match.Need {
		side = `p.need_id`
	}
	return sqldb.All(ctx, s.db, scanProposal, `SELECT `+proposalColumns+` FROM proposals p
		WHERE `+side+` = $1 AND p.state = 'open' ORDER BY p.id DESC LIMIT $2`, of.ID, limit)
}

// ProposalsOf implements match.ProposalStore.
func (s *Match) ProposalsOf(ctx context.Context, f match.ProposalFilter) ([]match.Proposal, error) {
	text, args := proposalsQuery(f)
	var led []int // to an introduction
	var matches []string
	n := 0
	found, err := sqldb.All(ctx, s.db, func(row sqldb.Row) (match.Proposal, error) {
		var introduced bool
		p, err := scanProposalAnd(row, &introduced)
		if introduced {
			led, matches = append(led, n), append(matches, p.MatchID)
		}
		n++
		return p, err
	}, text, args...)
	if err != nil {
		return nil, err
	}
	outcomes, err := s.Outcomes(ctx, matches...)
	for _, i := range led {
		for _, o := range outcomes {
			if o.MatchID == found[i].MatchID {
				found[i].Outcomes = append(found[i].Outcomes, o)
			}
		}
	}
	return found, err
}

func proposalsQuery(f match.ProposalFilter) (string, []any) {
	var c conditions
	c.add(`p.broker_org = ?`, f.OrgID)
	if f.State != "" {
		c.add(`p.state = ?`, string(f.State))
	}
	if f.Before != "" {
		c.add(`p.id < ?`, f.Before)
	}
	return `SELECT ` + proposalColumns + `, EXISTS (SELECT 1 FROM introductions i
			WHERE i.need_id = p.need_id AND ` + offered + ` = p.subject_id AND i.broker_org = p.broker_org
				AND i.made_at >= p.made_at AND (p.ended_at = 0 OR i.made_at < p.ended_at))
		FROM proposals p WHERE ` + c.where() + ` ORDER BY p.id DESC LIMIT ` + c.limit(f.Limit), c.args
}

// readByMembers: a live version that members of verified organisations read.
const readByMembers = `coalesce(v.content ->> 'audience', '') IN ('', 'PUBLIC', 'MEMBERS')`

// unintroduced: nobody asks or has been let talk about the need.
const unintroduced = `NOT EXISTS (SELECT 1 FROM introductions i WHERE i.need_id = l.id AND i.state IN ('open', 'accepted'))`

// readByItself: of a pair m, what is offered is no achievement of a package that
// is a good match of the need to the same readers. Lists of matches show the
// package alone then, and whoever talks about it talks about the achievement.
var readByItself = `(m.subject_kind <> 'achievement' OR NOT EXISTS (SELECT 1 FROM listing_parts h
	JOIN matches k ON k.need_id = m.need_id AND k.subject_id = h.listing_id AND k.band IN ('strong', 'good')
	JOIN listings g ON g.id = h.listing_id AND g.state = 'published' JOIN revisions x ON x.id = g.live_revision
	WHERE h.part_id = m.subject_id AND ` + strings.ReplaceAll(readByMembers, "v.", "x.") + `))`

// bothRead: the listings of a pair m are live, and members read both.
var bothRead = `l.state = 'published' AND r.state = 'published' AND ` + readByMembers + ` AND ` + strings.ReplaceAll(readByMembers, "v.", "w.")

// neverIntroduced: of a pair m, nobody asked to talk about it.
const neverIntroduced = `NOT EXISTS (SELECT 1 FROM introductions i WHERE i.need_id = m.need_id AND ` + offered + ` = m.subject_id)`

// notProposed: of a pair m, no mediator has put it before both sides.
const notProposed = `NOT EXISTS (SELECT 1 FROM proposals p WHERE p.need_id = m.need_id AND p.subject_id = m.subject_id AND p.state = 'open')`

// What a mediator has set aside holds while the versions that it looked at are
// live: of a need l, until a good match comes that was not there; of a pair m
// itself; and of a pair m with its need, which takes what was there by then.
const (
	needAside = `EXISTS (SELECT 1 FROM desk_asides a WHERE a.org_id = ? AND a.kind = 'need' AND a.subject_id = l.id AND a.need_number = l.live_number
		AND NOT EXISTS (SELECT 1 FROM matches k WHERE k.need_id = l.id AND k.band IN ('strong', 'good') AND k.created_at > a.at))`
	pairAside = `EXISTS (SELECT 1 FROM desk_asides a WHERE a.org_id = ? AND a.kind = 'match' AND a.subject_id = m.id
		AND a.need_number = l.live_number AND a.result_number = r.live_number)`
	needOfPairAside = `EXISTS (SELECT 1 FROM desk_asides a WHERE a.org_id = ? AND a.kind = 'need' AND a.subject_id = m.need_id
		AND a.need_number = l.live_number AND m.created_at <= a.at)`
	// amongAside begins the search where little is: with what a mediator set aside.
	amongAside = ` IN (SELECT a.subject_id FROM desk_asides a WHERE a.org_id = ? AND a.kind = `
)

// waitingNeeds are the conditions of a filter on listings l with their live versions v.
func waitingNeeds(f match.NeedFilter) *conditions {
	var c conditions
	c.add(`l.kind = 'need' AND l.state = 'published' AND ` + readByMembers + ` AND ` + unintroduced)
	if f.Aside {
		c.add(`l.id`+amongAside+`'need')`, f.OrgID)
		c.add(needAside, f.OrgID)
	} else {
		c.add(`NOT `+needAside, f.OrgID)
	}
	c.classified(`v`, f.TechnicalField, f.Region)
	has := `EXISTS (SELECT 1 FROM matches m WHERE m.need_id = l.id AND ` + readByItself + ` AND m.band `
	switch f.Band {
	case match.Strong:
		c.add(has + `= 'strong')`)
	case match.Good:
		c.add(has + `IN ('strong', 'good'))`)
	case match.Possible:
		c.add(`NOT ` + has + `IN ('strong', 'good'))`)
	}
	if !f.Before.IsZero() {
		c.add(`l.published_at <= ?`, clock.Micros(f.Before))
	}
	return &c
}

// classified keeps to a technical field, which is never withheld, and to a
// region with its divisions, where members read it.
func (c *conditions) classified(version, field, region string) {
	if field != "" {
		c.add(version+`.content ->> 'technical_field' = ?`, field)
	}
	if region != "" {
		c.add(`coalesce(` + version + `.content -> 'tiers' ->> 'region', '') <> 'NDA'`)
		c.add(version+`.content ->> 'region' LIKE ? ESCAPE '\'`, sqldb.LikePrefix(strings.TrimSuffix(strings.TrimSuffix(region, "00"), "00")))
	}
}

// WaitingNeeds implements match.ProposalStore.
func (s *Match) WaitingNeeds(ctx context.Context, f match.NeedFilter) ([]match.WaitingNeed, error) {
	text, args := waitingQuery(f)
	return sqldb.All(ctx, s.db, func(row sqldb.Row) (match.WaitingNeed, error) {
		var n match.WaitingNeed
		var since, strong, good, proposed int64
		err := row.Scan(&n.ID, &n.Until, &since, &strong, &good, &proposed)
		n.Since, n.Strong, n.Good, n.Proposed = clock.FromMicros(since), int(strong), int(good), int(proposed)
		return n, err
	}, text, args...)
}

func waitingQuery(f match.NeedFilter) (string, []any) {
	c, order := waitingNeeds(f), `l.confirm_by, l.id`
	if f.Sort == match.ByAge {
		order = `l.published_at, l.id`
		if f.After.ID != "" {
			c.add(`(l.published_at > ? OR l.published_at = ? AND l.id > ?)`, f.After.Number(), f.After.Number(), f.After.ID)
		}
	} else if f.After.ID != "" {
		c.add(`(l.confirm_by > ? OR l.confirm_by = ? AND l.id > ?)`, f.After.Key, f.After.Key, f.After.ID)
	}
	return `SELECT l.id, l.confirm_by, l.published_at,
			(SELECT count(*) FROM matches m WHERE m.need_id = l.id AND m.band = 'strong' AND ` + readByItself + `),
			(SELECT count(*) FROM matches m WHERE m.need_id = l.id AND m.band = 'good' AND ` + readByItself + `),
			(SELECT count(*) FROM proposals p WHERE p.need_id = l.id AND p.state = 'open' AND p.broker_org = ` + c.arg(f.OrgID) + `)
		` + needTables + `WHERE ` + c.where() + ` ORDER BY ` + order + ` LIMIT ` + c.limit(f.Limit), c.args
}

// needTables are live listings l with their live versions v.
const needTables = ` FROM listings l JOIN revisions v ON v.id = l.live_revision `

// idleMatches are the conditions of a filter on pairTables.
func idleMatches(f match.IdleFilter) *conditions {
	var c conditions
	c.add(`m.band IN ('strong', 'good') AND m.created_at <= ?`, clock.Micros(f.Before))
	if f.Band != match.None {
		c.add(`m.band = ?`, string(f.Band))
	}
	c.add(bothRead)
	c.add(readByItself)
	c.add(`NOT EXISTS (SELECT 1 FROM match_feedback b WHERE b.match_id = m.id)`)
	c.add(neverIntroduced)
	c.add(notProposed)
	if f.Aside {
		c.add(`m.id`+amongAside+`'match')`, f.OrgID)
		c.add(pairAside, f.OrgID)
	} else {
		c.add(`NOT `+pairAside, f.OrgID)
		c.add(`NOT `+needOfPairAside, f.OrgID)
	}
	c.classified(`v`, f.TechnicalField, f.Region)
	return &c
}

// pairTables are matches m with their listings l and r and the live versions v and
// w of these.
const pairTables = ` FROM matches m JOIN listings l ON l.id = m.need_id JOIN listings r ON r.id = m.subject_id
	JOIN revisions v ON v.id = l.live_revision JOIN revisions w ON w.id = r.live_revision `

// pairColumns are matchColumns of m.
var pairColumns = `m.` + strings.ReplaceAll(strings.Join(strings.Fields(matchColumns), " "), ", ", ", m.")

// IdleMatches implements match.ProposalStore.
func (s *Match) IdleMatches(ctx context.Context, f match.IdleFilter) ([]match.Match, error) {
	text, args := idleQuery(f)
	return sqldb.All(ctx, s.db, scanMatch, text, args...)
}

func idleQuery(f match.IdleFilter) (string, []any) {
	c := idleMatches(f)
	if f.After.ID != "" {
		c.add(`(m.score < ? OR m.score = ? AND m.id < ?)`, f.After.Number(), f.After.Number(), f.After.ID)
	}
	return `SELECT ` + pairColumns + pairTables +
		`WHERE ` + c.where() + ` ORDER BY m.score DESC, m.id DESC LIMIT ` + c.limit(f.Limit), c.args
}

// CountDesk implements match.ProposalStore.
func (s *Match) CountDesk(ctx context.Context, org string, before time.Time, limit int) (match.DeskCounts, error) {
	var out match.DeskCounts
	for _, each := range []struct {
		into   *int
		c      *conditions
		tables string
	}{
		{&out.Needs, waitingNeeds(match.NeedFilter{OrgID: org}), needTables},
		{&out.NeedsAside, waitingNeeds(match.NeedFilter{OrgID: org, Aside: true}), needTables},
		{&out.Idle, idleMatches(match.IdleFilter{OrgID: org, Before: before}), pairTables},
		{&out.IdleAside, idleMatches(match.IdleFilter{OrgID: org, Aside: true, Before: before}), pairTables},
		{&out.Proposals, openProposals(org), ` FROM proposals p `},
	} {
		n, err := sqldb.One(ctx, s.db, sqldb.Scalar[int64],
			`SELECT count(*) FROM (SELECT 1`+each.tables+`WHERE `+each.c.where()+` LIMIT `+each.c.limit(limit)+`) counted`, each.c.args...)
		if err != nil {
			return out, err
		}
		*each.into = int(n)
	}
	return out, nil
}

func openProposals(org string) *conditions {
	var c conditions
	c.add(`p.broker_org = ? AND p.state = 'open'`, org)
	return &c
}

// SetAside implements match.AsideStore.
func (s *Match) SetAside(ctx context.Context, a match.Aside) error {
	_, err := s.db.Exec(ctx, `INSERT INTO desk_asides (org_id, kind, subject_id, need_number, result_number, at)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (org_id, kind, subject_id) DO UPDATE SET need_number = excluded.need_number, result_number = excluded.result_number, at = excluded.at`,
		a.OrgID, a.Kind, a.ID, a.NeedVersion, a.ResultVersion, clock.Micros(a.At))
	return err
}

// DropAside implements match.AsideStore.
func (s *Match) DropAside(ctx context.Context, org string, kind match.SetAsideKind, id string) (bool, error) {
	res, err := s.db.Exec(ctx, `DELETE FROM desk_asides WHERE org_id = $1 AND kind = $2 AND subject_id = $3`, org, kind, id)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// Broker implements deal.Matches: the mediator whose proposal of the pair is open.
func (s *Match) Broker(ctx context.Context, packageID, needID string) (string, error) {
	found, err := sqldb.All(ctx, s.db, sqldb.Scalar[string],
		`SELECT broker_org FROM proposals WHERE need_id = $1 AND subject_id = $2 AND state = 'open'`, needID, packageID)
	if err != nil || len(found) == 0 {
		return "", err
	}
	return found[0], nil
}
