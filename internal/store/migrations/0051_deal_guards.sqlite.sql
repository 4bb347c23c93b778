-- States follow their history; signatures and messages are a record.

-- +goose Up
-- +goose StatementBegin
CREATE TRIGGER introductions_step_forward BEFORE UPDATE ON introductions
WHEN NEW.step_seq < OLD.step_seq OR (NEW.step_seq = OLD.step_seq AND NEW.state <> OLD.state)
BEGIN SELECT RAISE(ABORT, 'illegal_step'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER deals_step_forward BEFORE UPDATE ON deals
WHEN NEW.step_seq < OLD.step_seq OR (NEW.step_seq = OLD.step_seq AND NEW.state <> OLD.state)
BEGIN SELECT RAISE(ABORT, 'illegal_step'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER nda_signatures_append_only BEFORE UPDATE ON nda_signatures
BEGIN SELECT RAISE(ABORT, 'append_only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER nda_signatures_append_only_delete BEFORE DELETE ON nda_signatures
BEGIN SELECT RAISE(ABORT, 'append_only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER deal_messages_append_only BEFORE UPDATE ON deal_messages
BEGIN SELECT RAISE(ABORT, 'append_only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER deal_messages_append_only_delete BEFORE DELETE ON deal_messages
BEGIN SELECT RAISE(ABORT, 'append_only'); END;
-- +goose StatementEnd
