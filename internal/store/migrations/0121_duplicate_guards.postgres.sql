-- A pair never goes back.

-- +goose Up
CREATE TRIGGER duplicates_step_forward BEFORE UPDATE ON duplicates FOR EACH ROW
    WHEN (NEW.step_seq < OLD.step_seq OR (NEW.step_seq = OLD.step_seq AND NEW.state <> OLD.state))
    EXECUTE FUNCTION refuse('illegal_step');
