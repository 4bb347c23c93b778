-- States follow their history; signatures and messages are a record.

-- +goose Up
CREATE TRIGGER introductions_step_forward BEFORE UPDATE ON introductions FOR EACH ROW
    WHEN (NEW.step_seq < OLD.step_seq OR (NEW.step_seq = OLD.step_seq AND NEW.state <> OLD.state))
    EXECUTE FUNCTION refuse('illegal_step');
CREATE TRIGGER deals_step_forward BEFORE UPDATE ON deals FOR EACH ROW
    WHEN (NEW.step_seq < OLD.step_seq OR (NEW.step_seq = OLD.step_seq AND NEW.state <> OLD.state))
    EXECUTE FUNCTION refuse('illegal_step');

CREATE TRIGGER nda_signatures_append_only BEFORE UPDATE OR DELETE ON nda_signatures
    FOR EACH ROW EXECUTE FUNCTION refuse('append_only');
CREATE TRIGGER nda_signatures_append_only_truncate BEFORE TRUNCATE ON nda_signatures
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('append_only');
CREATE TRIGGER deal_messages_append_only BEFORE UPDATE OR DELETE ON deal_messages
    FOR EACH ROW EXECUTE FUNCTION refuse('append_only');
CREATE TRIGGER deal_messages_append_only_truncate BEFORE TRUNCATE ON deal_messages
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('append_only');
