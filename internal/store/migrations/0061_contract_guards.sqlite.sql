-- A contract goes forward, and money that moved stays recorded.

-- +goose Up
-- +goose StatementBegin
CREATE TRIGGER contracts_step_forward BEFORE UPDATE ON contracts
WHEN NEW.step_seq < OLD.step_seq OR (NEW.step_seq = OLD.step_seq AND NEW.state <> OLD.state)
BEGIN SELECT RAISE(ABORT, 'illegal_step'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER movements_append_only BEFORE UPDATE ON movements
BEGIN SELECT RAISE(ABORT, 'append_only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER movements_append_only_delete BEFORE DELETE ON movements
BEGIN SELECT RAISE(ABORT, 'append_only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER movements_refund_within_receipt BEFORE INSERT ON movements
WHEN NEW.type = 'REFUND' AND NEW.gross_fen + (
        SELECT COALESCE(SUM(r.gross_fen), 0) FROM movements r WHERE r.receipt_id = NEW.receipt_id
    ) > (SELECT m.gross_fen FROM movements m WHERE m.id = NEW.receipt_id)
BEGIN SELECT RAISE(ABORT, 'refund_exceeds_receipts'); END;
-- +goose StatementEnd
