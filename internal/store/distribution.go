package store

import (
	"context"

	"chengqiao/internal/clock"
	"chengqiao/internal/errs"
	"chengqiao/internal/reward"
	"chengqiao/internal/sqldb"
)

// InsertDistribution implements reward.Store.
func (s *Reward) InsertDistribution(ctx context.Context, d reward.Distribution) error {
	return s.db.InTx(ctx, func(ctx context.Context) error {
		_, err := s.db.Exec(ctx, `
			INSERT INTO distributions (id, state, step_seq, version, contract_id, owner_org, plan_id, seq, movement_id,
				receipt_id, moved_on, type, amount_fen, taxes_fen, costs_fen, commission_fen, net_fen, base_fen, pool_fen,
				main_fen, institution_fen, institution_total_fen, prepared_by, computed_at, approved_by, approved_at,
				payment_reference)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
				$24, '', 0, '')`,
			d.ID, d.Position.State, d.Position.Seq, d.Version, d.ContractID, d.OwnerOrg, d.PlanID, d.Seq, d.MovementID,
			d.ReceiptID, d.On, d.Event.Type, d.Event.Amount, d.Event.Taxes, d.Event.DirectCosts, d.Event.SellerCommission,
			d.Effect.Net, d.Effect.Base, d.Effect.Pool, d.Effect.Main, d.Effect.Institution, d.InstitutionTotal,
			d.PreparedBy, clock.Micros(d.ComputedAt))
		if sqldb.IsDuplicate(err, "distributions", "movement_id", "owner_org") {
			return errs.Wrap(errs.Conflict, "distribution_exists", err)
		}
		if err != nil {
			return err
		}
		for i, share := range d.Shares {
			if _, err := s.db.Exec(ctx, `
				INSERT INTO distribution_shares (distribution_id, place, person_id, role, weight, group_weight, amount_fen, accepted_at)
				VALUES ($1, $2, $3, $4, $5, $6, $7, 0)`,
				d.ID, i, share.PersonID, share.Role, share.Weight, share.GroupWeight, share.Amount); err != nil {
				return err
			}
		}
		return nil
	})
}

// SaveDistribution implements reward.Store.
func (s *Reward) SaveDistribution(ctx context.Context, d reward.Distribution) error {
	return s.db.InTx(ctx, func(ctx context.Context) error {
		if err := sqldb.ExpectOne(s.db.Exec(ctx, `
			UPDATE distributions SET state = $1, step_seq = $2, version = $3, approved_by = $4, approved_at = $5,
				paid_on = $6, payment_reference = $7, proof_file = $8
			WHERE id = $9 AND version = $10`,
			d.Position.State, d.Position.Seq, d.Version, d.ApprovedBy, clock.Micros(d.ApprovedAt),
			sqldb.NullText(d.PaidOn), d.PaymentReference, sqldb.NullText(d.ProofFile), d.ID, d.Version-1)); err != nil {
			return err
		}
		for i, share := range d.Shares {
			if share.AcceptedAt.IsZero() {
				continue
			}
			if _, err := s.db.Exec(ctx, `
				UPDATE distribution_shares SET accepted_at = $1 WHERE distribution_id = $2 AND place = $3`,
				clock.Micros(share.AcceptedAt), d.ID, i); err != nil {
				return err
			}
		}
		return nil
	})
}

const distributionColumns = `d.id, d.state, d.step_seq, d.version, d.contract_id, d.owner_org, d.plan_id, d.seq,
	d.movement_id, d.receipt_id, d.moved_on, d.type, d.amount_fen, d.taxes_fen, d.costs_fen, d.commission_fen, d.net_fen,
	d.base_fen, d.pool_fen, d.main_fen, d.institution_fen, d.institution_total_fen, d.prepared_by, d.computed_at,
	d.approved_by, d.approved_at, d.paid_on, d.payment_reference, d.proof_file FROM distributions d`

func scanDistribution(row sqldb.Row) (reward.Distribution, error) {
	var d reward.Distribution
	var computed, approved int64
	err := row.Scan(&d.ID, &d.Position.State, &d.Position.Seq, &d.Version, &d.ContractID, &d.OwnerOrg, &d.PlanID, &d.Seq,
		&d.MovementID, &d.ReceiptID, &d.On, &d.Event.Type, &d.Event.Amount, &d.Event.Taxes, &d.Event.DirectCosts,
		&d.Event.SellerCommission, &d.Effect.Net, &d.Effect.Base, &d.Effect.Pool, &d.Effect.Main, &d.Effect.Institution,
		&d.InstitutionTotal, &d.PreparedBy, &computed, &d.ApprovedBy, &approved, sqldb.IntoText(&d.PaidOn),
		&d.PaymentReference, sqldb.IntoText(&d.ProofFile))
	d.ComputedAt, d.ApprovedAt = clock.FromMicros(computed), clock.FromMicros(approved)
	return d, err
}

// Distribution implements reward.Store.
func (s *Reward) Distribution(ctx context.Context, id string) (reward.Distribution, error) {
	d, err := sqldb.One(ctx, s.db, scanDistribution, `SELECT `+distributionColumns+` WHERE d.id = $1`, id)
	if err != nil {
		return reward.Distribution{}, err
	}
	found := []reward.Distribution{d}
	err = s.addShares(ctx, found, `distribution_id = $1`, id)
	return found[0], err
}

// Distributions implements reward.Store.
func (s *Reward) Distributions(ctx context.Context, contractID string) ([]reward.Distribution, error) {
	found, err := sqldb.All(ctx, s.db, scanDistribution,
		`SELECT `+distributionColumns+` WHERE d.contract_id = $1 ORDER BY d.plan_id, d.seq`, contractID)
	if err != nil {
		return nil, err
	}
	return found, s.addShares(ctx, found,
		`distribution_id IN (SELECT id FROM distributions WHERE contract_id = $1)`, contractID)
}

// addShares reads the shares of distributions, which a condition over one
// argument chooses, in one query.
func (s *Reward) addShares(ctx context.Context, distributions []reward.Distribution, condition, arg string) error {
	places := make(map[string]int, len(distributions))
	for i, d := range distributions {
		places[d.ID] = i
	}
	type row struct {
		distributionID string
		reward.Share
	}
	scan := func(r sqldb.Row) (row, error) {
		var c row
		var accepted int64
		err := r.Scan(&c.distributionID, &c.PersonID, &c.Role, &c.Weight, &c.GroupWeight, &c.Amount, &accepted)
		c.AcceptedAt = clock.FromMicros(accepted)
		return c, err
	}
	rows, err := sqldb.All(ctx, s.db, scan, `
		SELECT distribution_id, person_id, role, weight, group_weight, amount_fen, accepted_at
		FROM distribution_shares WHERE `+condition+` ORDER BY distribution_id, place`, arg)
	if err != nil {
		return err
	}
	for _, r := range rows {
		place, known := places[r.distributionID]
		if !known {
			continue // of a distribution that came after these were read
		}
		d := &distributions[place]
		d.Shares = append(d.Shares, r.Share)
		d.Effect.Shares = append(d.Effect.Shares, r.Amount)
	}
	return nil
}

// Unconfirmable implements reward.Store. A person whom a payment names keeps
// the name (reward_payments), so that the account tells of the erasure.
func (s *Reward) Unconfirmable(ctx context.Context, limit int) ([]string, error) {
	const open = `SELECT 1 FROM distribution_shares s WHERE s.distribution_id = d.id AND s.amount_fen <> 0 AND s.accepted_at = 0`
	return sqldb.All(ctx, s.db, sqldb.Scalar[string], `
		SELECT d.id FROM distributions d WHERE d.state = 'paid' AND EXISTS (`+open+`)
			AND NOT EXISTS (`+open+` AND NOT EXISTS (SELECT 1 FROM persons p JOIN accounts a ON a.id = p.account_id
				WHERE p.id = s.person_id AND a.state = 'erased'))
		ORDER BY d.id LIMIT $1`, limit)
}

// OwnShares implements reward.Store.
func (s *Reward) OwnShares(ctx context.Context, persons []string, after *reward.OwnShareKey, limit int) ([]reward.OwnShare, error) {
	scan := func(row sqldb.Row) (reward.OwnShare, error) {
		var o reward.OwnShare
		var accepted int64
		err := row.Scan(&o.DistributionID, &o.Place, &o.ContractID, &o.OwnerOrg, &o.State, &o.Type, &o.On, &o.Base, &o.Pool,
			sqldb.IntoText(&o.PaidOn), &o.PersonID, &o.Role, &o.Weight, &o.GroupWeight, &o.Amount, &accepted,
			&o.Rule.Base, &o.Rule.FloorBps, &o.Rule.TeamBps, &o.Rule.ID, &o.Rule.Version, &o.Rule.Place, &o.Rule.EffectiveFrom,
			&o.LegalFloor)
		o.AcceptedAt = clock.FromMicros(accepted)
		return o, err
	}
	var from reward.OwnShareKey
	if after != nil {
		from = *after
	}
	return sqldb.All(ctx, s.db, scan, `
		SELECT d.id, s.place, d.contract_id, d.owner_org, d.state, d.type, d.moved_on, d.base_fen, d.pool_fen, d.paid_on,
			s.person_id, s.role, s.weight, s.group_weight, s.amount_fen, s.accepted_at,
			p.base, p.floor_bps, p.team_bps, p.rule_id, p.rule_version, p.rule_place, p.rule_from, p.legal_floor
		FROM distribution_shares s
		JOIN distributions d ON d.id = s.distribution_id
		JOIN plans p ON p.id = d.plan_id
		WHERE ($1 OR s.distribution_id < $2 OR (s.distribution_id = $2 AND s.place > $3))
		  AND s.person_id IN (`+sqldb.Placeholders(5, len(persons))+`)
		ORDER BY s.distribution_id DESC, s.place LIMIT $4`,
		sqldb.Args([]any{after == nil, from.DistributionID, from.Place, limit}, persons)...)
}

// OwnTotals implements reward.Store.
func (s *Reward) OwnTotals(ctx context.Context, persons []string) (reward.OwnTotals, error) {
	scan := func(row sqldb.Row) (reward.OwnTotals, error) {
		var t reward.OwnTotals
		err := row.Scan(&t.Owed, &t.Paid)
		return t, err
	}
	return sqldb.One(ctx, s.db, scan, `
		SELECT CAST(COALESCE(SUM(CASE WHEN d.state IN ('paid', 'confirmed') THEN 0 ELSE s.amount_fen END), 0) AS BIGINT),
			CAST(COALESCE(SUM(CASE WHEN d.state IN ('paid', 'confirmed') THEN s.amount_fen ELSE 0 END), 0) AS BIGINT)
		FROM distribution_shares s JOIN distributions d ON d.id = s.distribution_id
		WHERE s.person_id IN (`+sqldb.Placeholders(1, len(persons))+`)`, sqldb.Args(nil, persons)...)
}
