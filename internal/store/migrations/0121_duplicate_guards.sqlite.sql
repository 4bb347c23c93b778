-- A pair never goes back.

-- +goose Up
-- +goose StatementBegin
CREATE TRIGGER duplicates_step_forward BEFORE UPDATE ON duplicates
WHEN NEW.step_seq < OLD.step_seq OR (NEW.step_seq = OLD.step_seq AND NEW.state <> OLD.state)
BEGIN SELECT RAISE(ABORT, 'illegal_step'); END;
-- +goose StatementEnd
