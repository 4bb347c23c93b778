-- The state of a proposal follows its history.

-- +goose Up
CREATE TRIGGER proposals_step_forward BEFORE UPDATE ON proposals FOR EACH ROW
    WHEN (NEW.step_seq < OLD.step_seq OR (NEW.step_seq = OLD.step_seq AND NEW.state <> OLD.state))
    EXECUTE FUNCTION refuse('illegal_step');
