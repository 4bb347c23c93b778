-- Accounts and organisations never go back to an earlier step.

-- +goose Up
CREATE TRIGGER accounts_step_forward BEFORE UPDATE ON accounts FOR EACH ROW
    WHEN (NEW.step_seq < OLD.step_seq OR (NEW.step_seq = OLD.step_seq AND NEW.state <> OLD.state))
    EXECUTE FUNCTION refuse('illegal_step');
CREATE TRIGGER organisations_step_forward BEFORE UPDATE ON organisations FOR EACH ROW
    WHEN (NEW.step_seq < OLD.step_seq OR (NEW.step_seq = OLD.step_seq AND NEW.state <> OLD.state))
    EXECUTE FUNCTION refuse('illegal_step');
