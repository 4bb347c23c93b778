-- The state of a proposal follows its history.

-- +goose Up
-- +goose StatementBegin
CREATE TRIGGER proposals_step_forward BEFORE UPDATE ON proposals
WHEN NEW.step_seq < OLD.step_seq OR (NEW.step_seq = OLD.step_seq AND NEW.state <> OLD.state)
BEGIN SELECT RAISE(ABORT, 'illegal_step'); END;
-- +goose StatementEnd
