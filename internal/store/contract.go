package store

import (
	"context"

	"chengqiao/internal/clock"
	"chengqiao/internal/contract"
	"chengqiao/internal/errs"
	"chengqiao/internal/rights"
	"chengqiao/internal/sqldb"
)

// Contract keeps contracts and their money.
type Contract struct{ db *sqldb.DB }

var _ contract.Store = (*Contract)(nil)

// NewContract makes the adapter.
func NewContract(db *sqldb.DB) *Contract { return &Contract{db: db} }

// InsertContract implements contract.Store.
func (s *Contract) InsertContract(ctx context.Context, c contract.Contract) error {
	return s.db.InTx(ctx, func(ctx context.Context) error {
		_, err := s.db.Exec(ctx, `
			INSERT INTO contracts (id, state, step_seq, version, deal_id, package_id, seller_org, buyer_org, type,
				total_fen, technology_fen, terms, drafted_by, drafted_at, signed_on)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
			c.ID, c.Position.State, c.Position.Seq, c.Version, c.DealID, sqldb.NullText(c.PackageID),
			c.Seller.ID, c.Buyer.ID, c.Terms.Type, c.Terms.Total.Fen(), c.Terms.TechnologyAmount.Fen(),
			sqldb.ToJSON(c.Terms), c.DraftedBy, clock.Micros(c.DraftedAt), sqldb.NullText(c.SignedOn))
		if sqldb.IsDuplicate(err, "contracts", "deal_id") {
			return errs.Wrap(errs.Conflict, "contract_exists", err)
		}
		if err != nil {
			return err
		}
		for side, p := range map[contract.Side]contract.Party{contract.SellerSide: c.Seller, contract.BuyerSide: c.Buyer} {
			if _, err := s.db.Exec(ctx, `
				INSERT INTO contract_parties (contract_id, side, org_id, name, credit_code, region, signed_at, signed_by)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
				c.ID, side, p.ID, sqldb.ToJSON(p.Name), p.CreditCode, p.Region, clock.Micros(p.SignedAt), p.SignedBy); err != nil {
				return err
			}
		}
		for i, part := range c.Components {
			if _, err := s.db.Exec(ctx, `
				INSERT INTO contract_components (contract_id, place, component_kind, achievement_id, title, owner_org,
					owner_name, rights, weight_bps)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
				c.ID, i, part.Kind, sqldb.NullText(part.AchievementID), sqldb.ToJSON(part.Title), part.OwnerOrg,
				sqldb.ToJSON(part.OwnerName), sqldb.ToJSON(part.Rights), part.WeightBps); err != nil {
				return err
			}
		}
		return nil
	})
}

// SaveContract implements contract.Store.
func (s *Contract) SaveContract(ctx context.Context, c contract.Contract) error {
	return s.db.InTx(ctx, func(ctx context.Context) error {
		if err := sqldb.ExpectOne(s.db.Exec(ctx, `
			UPDATE contracts SET state = $1, step_seq = $2, version = $3, type = $4, total_fen = $5, technology_fen = $6,
				terms = $7, signed_on = $8
			WHERE id = $9 AND version = $10`,
			c.Position.State, c.Position.Seq, c.Version, c.Terms.Type, c.Terms.Total.Fen(), c.Terms.TechnologyAmount.Fen(),
			sqldb.ToJSON(c.Terms), sqldb.NullText(c.SignedOn), c.ID, c.Version-1)); err != nil {
			return err
		}
		for side, p := range map[contract.Side]contract.Party{contract.SellerSide: c.Seller, contract.BuyerSide: c.Buyer} {
			if err := sqldb.ExpectOne(s.db.Exec(ctx, `
				UPDATE contract_parties SET signed_at = $1, signed_by = $2 WHERE contract_id = $3 AND side = $4`,
				clock.Micros(p.SignedAt), p.SignedBy, c.ID, side)); err != nil {
				return err
			}
		}
		return nil
	})
}

// contractColumns are read by scanContract. Both parties are joined: a
// contract always has them.
const contractColumns = `
	c.id, c.state, c.step_seq, c.version, c.deal_id, c.package_id, c.terms, c.drafted_by, c.drafted_at, c.signed_on,
	seller.org_id, seller.name, seller.credit_code, seller.region, seller.signed_at, seller.signed_by,
	buyer.org_id, buyer.name, buyer.credit_code, buyer.region, buyer.signed_at, buyer.signed_by,
	(SELECT CAST(COALESCE(SUM(m.gross_fen), 0) AS BIGINT) FROM movements m WHERE m.contract_id = c.id AND m.type = 'RECEIPT'),
	(SELECT CAST(COALESCE(SUM(m.gross_fen), 0) AS BIGINT) FROM movements m WHERE m.contract_id = c.id AND m.type = 'REFUND'),
	(SELECT CAST(COALESCE(SUM(m.taxes_fen + m.costs_fen + m.commission_fen), 0) AS BIGINT) FROM movements m WHERE m.contract_id = c.id)
	FROM contracts c
	JOIN contract_parties seller ON seller.contract_id = c.id AND seller.side = 'seller'
	JOIN contract_parties buyer ON buyer.contract_id = c.id AND buyer.side = 'buyer'`

func scanContract(row sqldb.Row) (contract.Contract, error) {
	var c contract.Contract
	var drafted, sellerSigned, buyerSigned int64
	err := row.Scan(&c.ID, &c.Position.State, &c.Position.Seq, &c.Version, &c.DealID, sqldb.IntoText(&c.PackageID),
		sqldb.IntoJSON(&c.Terms), &c.DraftedBy, &drafted, sqldb.IntoText(&c.SignedOn),
		&c.Seller.ID, sqldb.IntoJSON(&c.Seller.Name), &c.Seller.CreditCode, &c.Seller.Region, &sellerSigned, &c.Seller.SignedBy,
		&c.Buyer.ID, sqldb.IntoJSON(&c.Buyer.Name), &c.Buyer.CreditCode, &c.Buyer.Region, &buyerSigned, &c.Buyer.SignedBy,
		&c.Received, &c.Refunded, &c.Deducted)
	c.DraftedAt = clock.FromMicros(drafted)
	c.Seller.SignedAt, c.Buyer.SignedAt = clock.FromMicros(sellerSigned), clock.FromMicros(buyerSigned)
	return c, err
}

// Contract implements contract.Store.
func (s *Contract) Contract(ctx context.Context, id string) (contract.Contract, error) {
	c, err := sqldb.One(ctx, s.db, scanContract, `SELECT `+contractColumns+` WHERE c.id = $1`, id)
	if err != nil {
		return contract.Contract{}, err
	}
	found := []contract.Contract{c}
	err = s.addComponents(ctx, found)
	return found[0], err
}

// contractsQuery finds an organisation's contracts by each way in which it can
// be one's: a condition with OR over them would read everybody's.
func contractsQuery(f contract.Filter) (string, []any) {
	var c conditions
	if !f.All {
		c.add(`c.id IN (
			SELECT id FROM contracts WHERE seller_org = ?
			UNION SELECT id FROM contracts WHERE buyer_org = ?
			UNION SELECT contract_id FROM contract_components WHERE owner_org = ?)`, f.OrgID, f.OrgID, f.OrgID)
	}
	if f.State != "" {
		c.add(`c.state = ?`, string(f.State))
	}
	if f.Before != "" {
		c.add(`c.id < ?`, f.Before)
	}
	return `SELECT ` + contractColumns + ` WHERE ` + c.where() + ` ORDER BY c.id DESC LIMIT ` + c.limit(f.Limit), c.args
}

// Contracts implements contract.Store.
func (s *Contract) Contracts(ctx context.Context, f contract.Filter) ([]contract.Contract, error) {
	query, args := contractsQuery(f)
	found, err := sqldb.All(ctx, s.db, scanContract, query, args...)
	if err != nil {
		return nil, err
	}
	return found, s.addComponents(ctx, found)
}

// addComponents reads the components of contracts in one query.
func (s *Contract) addComponents(ctx context.Context, contracts []contract.Contract) error {
	if len(contracts) == 0 {
		return nil
	}
	places := make(map[string]int, len(contracts))
	ids := make([]string, len(contracts))
	for i, c := range contracts {
		places[c.ID], ids[i] = i, c.ID
	}
	type row struct {
		contractID string
		contract.Component
	}
	scan := func(r sqldb.Row) (row, error) {
		var c row
		err := r.Scan(&c.contractID, &c.Kind, sqldb.IntoText(&c.AchievementID), sqldb.IntoJSON(&c.Title), &c.OwnerOrg,
			sqldb.IntoJSON(&c.OwnerName), sqldb.IntoJSON(&c.Rights), &c.WeightBps)
		return c, err
	}
	rows, err := sqldb.All(ctx, s.db, scan, `
		SELECT contract_id, component_kind, achievement_id, title, owner_org, owner_name, rights, weight_bps
		FROM contract_components WHERE contract_id IN (`+sqldb.Placeholders(1, len(ids))+`)
		ORDER BY contract_id, place`, sqldb.Args(nil, ids)...)
	if err != nil {
		return err
	}
	for _, r := range rows {
		c := &contracts[places[r.contractID]]
		c.Components = append(c.Components, r.Component)
	}
	return nil
}

// RightsTaken implements contract.Store.
func (s *Contract) RightsTaken(ctx context.Context, exceptContract string, achievements []string) ([]rights.Taken, error) {
	scan := func(r sqldb.Row) (rights.Taken, error) {
		var t rights.Taken
		err := r.Scan(&t.AchievementID, sqldb.IntoText(&t.PackageID), sqldb.IntoJSON(&t.Rights), &t.On)
		return t, err
	}
	return sqldb.All(ctx, s.db, scan, `
		SELECT p.achievement_id, c.package_id, p.rights, c.signed_on
		FROM contract_components p JOIN contracts c ON c.id = p.contract_id
		WHERE c.id <> $1 AND c.state IN ('signed', 'completed')
		  AND p.achievement_id IN (`+sqldb.Placeholders(2, len(achievements))+`)
		ORDER BY c.id, p.place`, sqldb.Args([]any{exceptContract}, achievements)...)
}

// CountMovements implements contract.Store.
func (s *Contract) CountMovements(ctx context.Context, contractID string) (int, error) {
	return sqldb.One(ctx, s.db, sqldb.Scalar[int], `SELECT count(*) FROM movements WHERE contract_id = $1`, contractID)
}

// InsertMovement implements contract.Store.
func (s *Contract) InsertMovement(ctx context.Context, m contract.Movement) error {
	_, err := s.db.Exec(ctx, `
		INSERT INTO movements (id, contract_id, type, receipt_id, moved_on, gross_fen, vat_fen, taxes_fen, costs_fen,
			commission_fen, bank_reference, reason, file_id, instalment, recorded_by, recorded_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		m.ID, m.ContractID, m.Type, sqldb.NullText(m.ReceiptID), m.On, m.Gross, m.VAT, m.Taxes, m.DirectCosts,
		m.SellerCommission, m.BankReference, m.Reason, sqldb.NullText(m.FileID), m.Instalment, m.RecordedBy,
		clock.Micros(m.RecordedAt))
	if sqldb.IsDuplicate(err, "movements", "contract_id", "bank_reference") {
		return errs.Wrap(errs.Conflict, "bank_reference_used", err)
	}
	return err
}

// movementColumns are read by scanMovement.
const movementColumns = `
	m.id, m.contract_id, m.type, m.receipt_id, m.moved_on, m.gross_fen, m.vat_fen, m.taxes_fen, m.costs_fen,
	m.commission_fen, m.bank_reference, m.reason, m.file_id, m.instalment, m.recorded_by, m.recorded_at,
	(SELECT CAST(COALESCE(SUM(r.gross_fen), 0) AS BIGINT) FROM movements r WHERE r.receipt_id = m.id),
	(SELECT CAST(COALESCE(SUM(r.vat_fen), 0) AS BIGINT) FROM movements r WHERE r.receipt_id = m.id)
	FROM movements m`

func scanMovement(row sqldb.Row) (contract.Movement, error) {
	var m contract.Movement
	var recorded int64
	err := row.Scan(&m.ID, &m.ContractID, &m.Type, sqldb.IntoText(&m.ReceiptID), &m.On, &m.Gross, &m.VAT, &m.Taxes,
		&m.DirectCosts, &m.SellerCommission, &m.BankReference, &m.Reason, sqldb.IntoText(&m.FileID), &m.Instalment,
		&m.RecordedBy, &recorded, &m.Refunded, &m.RefundedVAT)
	m.RecordedAt = clock.FromMicros(recorded)
	return m, err
}

// Movement implements contract.Store.
func (s *Contract) Movement(ctx context.Context, id string) (contract.Movement, error) {
	return sqldb.One(ctx, s.db, scanMovement, `SELECT `+movementColumns+` WHERE m.id = $1`, id)
}

// Movements implements contract.Store.
func (s *Contract) Movements(ctx context.Context, contractID string) ([]contract.Movement, error) {
	return sqldb.All(ctx, s.db, scanMovement, `SELECT `+movementColumns+`
		WHERE m.contract_id = $1 ORDER BY m.recorded_at, m.id`, contractID)
}
