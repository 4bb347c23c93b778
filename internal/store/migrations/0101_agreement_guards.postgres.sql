-- An agreement never goes back, and its terms never change: other terms are
-- another agreement.

-- +goose Up
CREATE TRIGGER agreements_step_forward BEFORE UPDATE ON agreements FOR EACH ROW
    WHEN (NEW.step_seq < OLD.step_seq OR (NEW.step_seq = OLD.step_seq AND NEW.state <> OLD.state))
    EXECUTE FUNCTION refuse('illegal_step');
CREATE TRIGGER agreements_bound BEFORE UPDATE ON agreements FOR EACH ROW
    WHEN (NEW.terms_hash <> OLD.terms_hash OR NEW.owner_org <> OLD.owner_org OR NEW.package_id <> OLD.package_id)
    EXECUTE FUNCTION refuse('version_is_kept');
CREATE TRIGGER agreements_kept BEFORE DELETE ON agreements FOR EACH ROW
    EXECUTE FUNCTION refuse('version_is_kept');
