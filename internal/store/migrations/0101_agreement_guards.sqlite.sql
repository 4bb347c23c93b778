-- An agreement never goes back, and its terms never change: other terms are
-- another agreement.

-- +goose Up
-- +goose StatementBegin
CREATE TRIGGER agreements_step_forward BEFORE UPDATE ON agreements
WHEN NEW.step_seq < OLD.step_seq OR (NEW.step_seq = OLD.step_seq AND NEW.state <> OLD.state)
BEGIN SELECT RAISE(ABORT, 'illegal_step'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER agreements_bound BEFORE UPDATE ON agreements
WHEN NEW.terms_hash <> OLD.terms_hash OR NEW.owner_org <> OLD.owner_org OR NEW.package_id <> OLD.package_id
BEGIN SELECT RAISE(ABORT, 'version_is_kept'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER agreements_kept BEFORE DELETE ON agreements
BEGIN SELECT RAISE(ABORT, 'version_is_kept'); END;
-- +goose StatementEnd
