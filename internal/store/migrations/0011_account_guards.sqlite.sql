-- Accounts and organisations never go back to an earlier step.

-- +goose Up
-- +goose StatementBegin
CREATE TRIGGER accounts_step_forward BEFORE UPDATE ON accounts
WHEN NEW.step_seq < OLD.step_seq OR (NEW.step_seq = OLD.step_seq AND NEW.state <> OLD.state)
BEGIN SELECT RAISE(ABORT, 'illegal_step'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER organisations_step_forward BEFORE UPDATE ON organisations
WHEN NEW.step_seq < OLD.step_seq OR (NEW.step_seq = OLD.step_seq AND NEW.state <> OLD.state)
BEGIN SELECT RAISE(ABORT, 'illegal_step'); END;
-- +goose StatementEnd
