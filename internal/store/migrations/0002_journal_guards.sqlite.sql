-- History cannot be rewritten.

-- +goose Up
-- +goose StatementBegin
CREATE TRIGGER steps_append_only BEFORE UPDATE ON steps
BEGIN SELECT RAISE(ABORT, 'append_only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER steps_append_only_delete BEFORE DELETE ON steps
BEGIN SELECT RAISE(ABORT, 'append_only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER steps_retired_edge BEFORE INSERT ON steps
WHEN EXISTS (SELECT 1 FROM edges e WHERE e.kind = NEW.kind AND e.from_state = NEW.from_state
             AND e.to_state = NEW.to_state AND e.action = NEW.action AND e.retired)
BEGIN SELECT RAISE(ABORT, 'illegal_step'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_append_only BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'append_only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_append_only_delete BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'append_only'); END;
-- +goose StatementEnd
