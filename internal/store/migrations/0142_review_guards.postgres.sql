-- What a round of review found is not rewritten, nor which reminders went out.

-- +goose Up
CREATE TRIGGER review_rounds_append_only BEFORE UPDATE OR DELETE ON review_rounds
    FOR EACH ROW EXECUTE FUNCTION refuse('append_only');
CREATE TRIGGER review_rounds_append_only_truncate BEFORE TRUNCATE ON review_rounds
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('append_only');
CREATE TRIGGER expiry_reminders_append_only BEFORE UPDATE OR DELETE ON expiry_reminders
    FOR EACH ROW EXECUTE FUNCTION refuse('append_only');
CREATE TRIGGER expiry_reminders_append_only_truncate BEFORE TRUNCATE ON expiry_reminders
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('append_only');
