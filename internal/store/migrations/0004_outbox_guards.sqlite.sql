-- An event's content never changes; its position is given once.

-- +goose Up
-- +goose StatementBegin
CREATE TRIGGER events_content BEFORE UPDATE ON events
WHEN OLD.position IS NOT NULL OR NEW.position IS NULL
    OR NEW.id <> OLD.id OR NEW.name <> OLD.name OR NEW.kind <> OLD.kind
    OR NEW.subject_id <> OLD.subject_id OR NEW.version <> OLD.version OR NEW.at <> OLD.at
    OR NEW.account_id <> OLD.account_id OR NEW.org_id <> OLD.org_id OR NEW.data <> OLD.data
BEGIN SELECT RAISE(ABORT, 'append_only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER events_undelivered BEFORE DELETE ON events
WHEN OLD.position IS NULL
BEGIN SELECT RAISE(ABORT, 'append_only'); END;
-- +goose StatementEnd
