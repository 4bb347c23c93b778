-- A request for a document never goes back to an earlier step.

-- +goose Up
CREATE TRIGGER file_requests_step_forward BEFORE UPDATE ON file_requests FOR EACH ROW
    WHEN (NEW.step_seq < OLD.step_seq OR (NEW.step_seq = OLD.step_seq AND NEW.state <> OLD.state))
    EXECUTE FUNCTION refuse('illegal_step');
