package store

import (
	"context"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/reward"
	"chengqiao/internal/sqldb"
)

// Reward keeps reward plans and distributions.
type Reward struct{ db *sqldb.DB }

var _ reward.Store = (*Reward)(nil)

// NewReward makes the adapter.
func NewReward(db *sqldb.DB) *Reward { return &Reward{db: db} }

// InsertPlan implements reward.Store.
func (s *Reward) InsertPlan(ctx context.Context, p reward.Plan) error {
	return s.db.InTx(ctx, func(ctx context.Context) error {
		_, err := s.db.Exec(ctx, `
			INSERT INTO plans (id, state, step_seq, version, contract_id, owner_org, number, base, floor_bps, team_bps,
				rule_id, rule_version, rule_place, rule_from, legal_floor, created_by, created_at, proposed_by,
				minutes_file, notice_file, publicity_from, publicity_ends, effective_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)`,
			p.ID, p.Position.State, p.Position.Seq, p.Version, p.ContractID, p.OwnerOrg, p.Number, p.Rule.Base,
			p.Rule.FloorBps, p.Rule.TeamBps, p.Rule.ID, p.Rule.Version, p.Rule.Place, p.Rule.EffectiveFrom, p.LegalFloor,
			p.CreatedBy, clock.Micros(p.CreatedAt), p.ProposedBy, sqldb.NullText(p.MinutesFile), sqldb.NullText(p.NoticeFile),
			sqldb.NullText(p.PublicityFrom), sqldb.NullText(p.PublicityEnds), clock.Micros(p.EffectiveAt))
		if sqldb.IsDuplicate(err, "plans", "contract_id", "owner_org") || sqldb.IsDuplicate(err, "plans", "contract_id", "owner_org", "number") {
			return errs.Wrap(errs.Conflict, "plan_in_progress", err)
		}
		if err != nil {
			return err
		}
		return s.insertContributors(ctx, p)
	})
}

// SavePlan implements reward.Store.
func (s *Reward) SavePlan(ctx context.Context, p reward.Plan) error {
	return s.db.InTx(ctx, func(ctx context.Context) error {
		if err := sqldb.ExpectOne(s.db.Exec(ctx, `
			UPDATE plans SET state = $1, step_seq = $2, version = $3, base = $4, floor_bps = $5, team_bps = $6, rule_id = $7,
				rule_version = $8, rule_place = $9, rule_from = $10, legal_floor = $11, proposed_by = $12, minutes_file = $13,
				notice_file = $14, publicity_from = $15, publicity_ends = $16, effective_at = $17
			WHERE id = $18 AND version = $19`,
			p.Position.State, p.Position.Seq, p.Version, p.Rule.Base, p.Rule.FloorBps, p.Rule.TeamBps, p.Rule.ID,
			p.Rule.Version, p.Rule.Place, p.Rule.EffectiveFrom, p.LegalFloor, p.ProposedBy, sqldb.NullText(p.MinutesFile),
			sqldb.NullText(p.NoticeFile), sqldb.NullText(p.PublicityFrom), sqldb.NullText(p.PublicityEnds),
			clock.Micros(p.EffectiveAt), p.ID, p.Version-1)); err != nil {
			return err
		}
		if !p.EffectiveAt.IsZero() {
			return nil // its contributors can change no more
		}
		if _, err := s.db.Exec(ctx, `DELETE FROM plan_contributors WHERE plan_id = $1`, p.ID); err != nil {
			return err
		}
		return s.insertContributors(ctx, p)
	})
}

func (s *Reward) insertContributors(ctx context.Context, p reward.Plan) error {
	for i, c := range p.Contributors {
		if _, err := s.db.Exec(ctx, `
			INSERT INTO plan_contributors (plan_id, place, person_id, role, weight, leader, confirmed_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			p.ID, i, c.ID, c.Role, c.Weight, c.Leader, clock.Micros(c.ConfirmedAt)); err != nil {
			return err
		}
	}
	return nil
}

const planColumns = `p.id, p.state, p.step_seq, p.version, p.contract_id, p.owner_org, p.number, p.base, p.floor_bps,
	p.team_bps, p.rule_id, p.rule_version, p.rule_place, p.rule_from, p.legal_floor, p.created_by, p.created_at,
	p.proposed_by, p.minutes_file, p.notice_file, p.publicity_from, p.publicity_ends, p.effective_at FROM plans p`

func scanPlan(row sqldb.Row) (reward.Plan, error) {
	var p reward.Plan
	var created, effective int64
	err := row.Scan(&p.ID, &p.Position.State, &p.Position.Seq, &p.Version, &p.ContractID, &p.OwnerOrg, &p.Number,
		&p.Rule.Base, &p.Rule.FloorBps, &p.Rule.TeamBps, &p.Rule.ID, &p.Rule.Version, &p.Rule.Place, &p.Rule.EffectiveFrom,
		&p.LegalFloor, &p.CreatedBy, &created, &p.ProposedBy, sqldb.IntoText(&p.MinutesFile), sqldb.IntoText(&p.NoticeFile),
		sqldb.IntoText(&p.PublicityFrom), sqldb.IntoText(&p.PublicityEnds), &effective)
	p.CreatedAt, p.EffectiveAt = clock.FromMicros(created), clock.FromMicros(effective)
	return p, err
}

// Plan implements reward.Store.
func (s *Reward) Plan(ctx context.Context, id string) (reward.Plan, error) {
	p, err := sqldb.One(ctx, s.db, scanPlan, `SELECT `+planColumns+` WHERE p.id = $1`, id)
	if err != nil {
		return reward.Plan{}, err
	}
	found := []reward.Plan{p}
	err = s.addContributors(ctx, found)
	return found[0], err
}

// Plans implements reward.Store.
func (s *Reward) Plans(ctx context.Context, contractID string) ([]reward.Plan, error) {
	found, err := sqldb.All(ctx, s.db, scanPlan,
		`SELECT `+planColumns+` WHERE p.contract_id = $1 ORDER BY p.owner_org, p.number`, contractID)
	if err != nil {
		return nil, err
	}
	return found, s.addContributors(ctx, found)
}

// addContributors reads the contributors of plans in one query.
func (s *Reward) addContributors(ctx context.Context, plans []reward.Plan) error {
	if len(plans) == 0 {
		return nil
	}
	places := make(map[string]int, len(plans))
	ids := make([]string, len(plans))
	for i, p := range plans {
		places[p.ID], ids[i] = i, p.ID
	}
	type row struct {
		planID string
		reward.PlanContributor
	}
	scan := func(r sqldb.Row) (row, error) {
		var c row
		var confirmed int64
		err := r.Scan(&c.planID, &c.ID, &c.Role, &c.Weight, &c.Leader, &confirmed)
		c.ConfirmedAt = clock.FromMicros(confirmed)
		return c, err
	}
	rows, err := sqldb.All(ctx, s.db, scan, `
		SELECT plan_id, person_id, role, weight, leader, confirmed_at FROM plan_contributors
		WHERE plan_id IN (`+sqldb.Placeholders(1, len(ids))+`) ORDER BY plan_id, place`, sqldb.Args(nil, ids)...)
	if err != nil {
		return err
	}
	for _, r := range rows {
		p := &plans[places[r.planID]]
		p.Contributors = append(p.Contributors, r.PlanContributor)
	}
	return nil
}

// OfContract implements reward.Store.
func (s *Reward) OfContract(ctx context.Context, contractID string) ([]string, error) {
	return sqldb.All(ctx, s.db, sqldb.Scalar[string], `
		SELECT DISTINCT c.person_id FROM plan_contributors c JOIN plans p ON p.id = c.plan_id
		WHERE p.contract_id = $1 ORDER BY c.person_id`, contractID)
}
