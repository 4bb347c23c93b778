-- Credentials never go back to an earlier step.

-- +goose Up
CREATE TRIGGER credentials_step_forward BEFORE UPDATE ON credentials FOR EACH ROW
    WHEN (NEW.step_seq < OLD.step_seq OR (NEW.step_seq = OLD.step_seq AND NEW.state <> OLD.state))
    EXECUTE FUNCTION refuse('illegal_step');
