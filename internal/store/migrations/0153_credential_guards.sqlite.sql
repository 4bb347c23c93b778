-- Credentials never go back to an earlier step.

-- +goose Up
-- +goose StatementBegin
CREATE TRIGGER credentials_step_forward BEFORE UPDATE ON credentials
WHEN NEW.step_seq < OLD.step_seq OR (NEW.step_seq = OLD.step_seq AND NEW.state <> OLD.state)
BEGIN SELECT RAISE(ABORT, 'illegal_step'); END;
-- +goose StatementEnd
