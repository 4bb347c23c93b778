-- Listings and revisions never go back; what was published never changes; the
-- log of disclosures is kept.

-- +goose Up
-- +goose StatementBegin
CREATE TRIGGER listings_step_forward BEFORE UPDATE ON listings
WHEN NEW.step_seq < OLD.step_seq OR (NEW.step_seq = OLD.step_seq AND NEW.state <> OLD.state)
BEGIN SELECT RAISE(ABORT, 'illegal_step'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER revisions_step_forward BEFORE UPDATE ON revisions
WHEN NEW.step_seq < OLD.step_seq OR (NEW.step_seq = OLD.step_seq AND NEW.state <> OLD.state)
BEGIN SELECT RAISE(ABORT, 'illegal_step'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER revisions_published BEFORE UPDATE ON revisions
WHEN OLD.state = 'published'
BEGIN SELECT RAISE(ABORT, 'version_is_kept'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER revisions_kept BEFORE DELETE ON revisions
BEGIN SELECT RAISE(ABORT, 'version_is_kept'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER review_returns_append_only BEFORE UPDATE ON review_returns
BEGIN SELECT RAISE(ABORT, 'append_only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER review_returns_append_only_delete BEFORE DELETE ON review_returns
BEGIN SELECT RAISE(ABORT, 'append_only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER disclosures_append_only BEFORE UPDATE ON disclosures
BEGIN SELECT RAISE(ABORT, 'append_only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER disclosures_append_only_delete BEFORE DELETE ON disclosures
BEGIN SELECT RAISE(ABORT, 'append_only'); END;
-- +goose StatementEnd
