-- A request for a document never goes back to an earlier step.

-- +goose Up
-- +goose StatementBegin
CREATE TRIGGER file_requests_step_forward BEFORE UPDATE ON file_requests
WHEN NEW.step_seq < OLD.step_seq OR (NEW.step_seq = OLD.step_seq AND NEW.state <> OLD.state)
BEGIN SELECT RAISE(ABORT, 'illegal_step'); END;
-- +goose StatementEnd
