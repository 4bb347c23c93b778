package contract

import (
	"context"
	"slices"

	"chengqiao/internal/errs"
	"chengqiao/internal/event"
	"chengqiao/internal/ident"
	"chengqiao/internal/policy"
)

// Movements are a contract's receipts and refunds in the order in which they
// were recorded. What the seller paid in taxes, costs and commission is shown
// to the seller alone. Error: errs.NotFound.
func (s *Service) Movements(ctx context.Context, actor policy.Actor, contractID string) ([]Movement, error) {
	c, err := s.deps.Store.Contract(ctx, contractID)
	if err != nil {
		return nil, err
	}
	if err := policy.Check(actor, policy.ReceiptRead, c.readFacts(nil)).Err(); err != nil {
		return nil, err
	}
	found, err := s.deps.Store.Movements(ctx, contractID)
	if err != nil {
		return nil, err
	}
	if actor.OrgID != c.Seller.ID && !actor.System {
		found = slices.Clone(found)
		for i := range found {
			found[i] = found[i].withoutCosts()
		}
	}
	return found, nil
}

// RecordReceipt records money that came in on a contract in force. Errors:
// errs.NotFound, errs.Forbidden, errs.Invalid with fields (a file of another
// subject among them), errs.Conflict "contract_not_in_force",
// "bank_reference_used" or "too_many_movements".
func (s *Service) RecordReceipt(ctx context.Context, actor policy.Actor, contractID string, f ReceiptForm) (Movement, error) {
	var recorded Movement
	err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		c, err := s.permitted(ctx, actor, policy.ReceiptRecord, contractID)
		if err != nil {
			return err
		}
		if err := f.check(c, s.today()); err != nil {
			return err
		}
		if err := s.attached(ctx, c.ID, f.FileID); err != nil {
			return err
		}
		if !c.inForce() {
			return errs.New(errs.Conflict, "contract_not_in_force")
		}
		recorded = Movement{
			ID: ident.NewID(), ContractID: c.ID, Type: Receipt, On: f.ReceivedOn,
			Gross: f.Gross.Fen(), VAT: f.VAT.Fen(), Taxes: f.Taxes.Fen(), DirectCosts: f.DirectCosts.Fen(),
			SellerCommission: f.SellerCommission.Fen(), BankReference: reference(f.BankReference), FileID: f.FileID,
			Instalment: f.Instalment, RecordedBy: actor.AccountID, RecordedAt: s.deps.Clock.Now(),
		}
		return s.insert(ctx, actor, policy.ReceiptRecord, c, recorded, event.ReceiptRecorded)
	})
	return recorded, err
}

// RecordRefund records that money of a receipt went back, also after the
// contract's end. Errors: errs.NotFound, errs.Forbidden, errs.Invalid with
// fields, errs.Conflict "refund_of_refund", "refund_exceeds_receipts" (with
// the part and by how much), "bank_reference_used" or "too_many_movements".
func (s *Service) RecordRefund(ctx context.Context, actor policy.Actor, receiptID string, f RefundForm) (Movement, error) {
	var recorded Movement
	err := s.deps.Tx.InTx(ctx, func(ctx context.Context) error {
		receipt, err := s.deps.Store.Movement(ctx, receiptID)
		if err != nil {
			return err
		}
		c, err := s.permitted(ctx, actor, policy.RefundRecord, receipt.ContractID)
		if err != nil {
			return err
		}
		if receipt.Type != Receipt {
			return errs.New(errs.Conflict, "refund_of_refund")
		}
		if err := f.check(receipt, s.today()); err != nil {
			return err
		}
		if err := checkRefund(receipt, f.Gross.Fen(), f.VAT.Fen()); err != nil {
			return err
		}
		recorded = Movement{
			ID: ident.NewID(), ContractID: c.ID, Type: Refund, ReceiptID: receipt.ID, On: f.RefundedOn,
			Gross: f.Gross.Fen(), VAT: f.VAT.Fen(), BankReference: reference(f.BankReference), Reason: f.Reason,
			RecordedBy: actor.AccountID, RecordedAt: s.deps.Clock.Now(),
		}
		return s.insert(ctx, actor, policy.RefundRecord, c, recorded, event.RefundRecorded)
	})
	return recorded, err
}

// attached refuses a proof that is not a file of the contract; "" is none.
func (s *Service) attached(ctx context.Context, contractID, fileID string) error {
	if fileID == "" {
		return nil
	}
	own, err := s.deps.Files.Attached(ctx, Kind, contractID, []string{fileID})
	if err == nil && !own[fileID] {
		err = errs.InvalidFields([]errs.Field{{Path: "file_id", Code: "file_not_attached"}})
	}
	return err
}

// insert keeps a movement and journals it on its contract.
func (s *Service) insert(ctx context.Context, actor policy.Actor, action policy.Action, c Contract, m Movement, name event.Name) error {
	n, err := s.deps.Store.CountMovements(ctx, c.ID)
	if err != nil {
		return err
	}
	if n >= MaxMovements {
		return errs.Newp(errs.Conflict, "too_many_movements", errs.Params{"max": MaxMovements})
	}
	if err := s.deps.Store.InsertMovement(ctx, m); err != nil {
		return err
	}
	return s.write(ctx, actor, action, c, nil, name, map[string]any{
		"movement_id": m.ID, "receipt_id": m.ReceiptID, "gross_fen": m.Gross, "vat_fen": m.VAT,
	})
}
