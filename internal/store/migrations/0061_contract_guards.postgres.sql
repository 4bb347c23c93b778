-- A contract goes forward, and money that moved stays recorded.

-- +goose Up
CREATE TRIGGER contracts_step_forward BEFORE UPDATE ON contracts FOR EACH ROW
    WHEN (NEW.step_seq < OLD.step_seq OR (NEW.step_seq = OLD.step_seq AND NEW.state <> OLD.state))
    EXECUTE FUNCTION refuse('illegal_step');
CREATE TRIGGER movements_append_only BEFORE UPDATE OR DELETE ON movements
    FOR EACH ROW EXECUTE FUNCTION refuse('append_only');
CREATE TRIGGER movements_append_only_truncate BEFORE TRUNCATE ON movements
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('append_only');

-- +goose StatementBegin
CREATE FUNCTION movements_refuse_excess() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.type = 'REFUND' AND NEW.gross_fen + (
        SELECT COALESCE(SUM(r.gross_fen), 0) FROM movements r WHERE r.receipt_id = NEW.receipt_id
    ) > (SELECT m.gross_fen FROM movements m WHERE m.id = NEW.receipt_id) THEN
        RAISE EXCEPTION USING MESSAGE = 'refund_exceeds_receipts', ERRCODE = 'CQ001';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER movements_refund_within_receipt BEFORE INSERT ON movements
    FOR EACH ROW EXECUTE FUNCTION movements_refuse_excess();
