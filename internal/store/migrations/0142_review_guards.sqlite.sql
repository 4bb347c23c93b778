-- What a round of review found is not rewritten, nor which reminders went out.

-- +goose Up
-- +goose StatementBegin
CREATE TRIGGER review_rounds_append_only BEFORE UPDATE ON review_rounds
BEGIN SELECT RAISE(ABORT, 'append_only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER review_rounds_append_only_delete BEFORE DELETE ON review_rounds
BEGIN SELECT RAISE(ABORT, 'append_only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER expiry_reminders_append_only BEFORE UPDATE ON expiry_reminders
BEGIN SELECT RAISE(ABORT, 'append_only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER expiry_reminders_append_only_delete BEFORE DELETE ON expiry_reminders
BEGIN SELECT RAISE(ABORT, 'append_only'); END;
-- +goose StatementEnd
