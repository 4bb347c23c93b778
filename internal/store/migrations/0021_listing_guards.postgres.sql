-- Listings and revisions never go back; what was published never changes; the
-- log of disclosures is kept.

-- +goose Up
CREATE TRIGGER listings_step_forward BEFORE UPDATE ON listings FOR EACH ROW
    WHEN (NEW.step_seq < OLD.step_seq OR (NEW.step_seq = OLD.step_seq AND NEW.state <> OLD.state))
    EXECUTE FUNCTION refuse('illegal_step');
CREATE TRIGGER revisions_step_forward BEFORE UPDATE ON revisions FOR EACH ROW
    WHEN (NEW.step_seq < OLD.step_seq OR (NEW.step_seq = OLD.step_seq AND NEW.state <> OLD.state))
    EXECUTE FUNCTION refuse('illegal_step');
CREATE TRIGGER revisions_published BEFORE UPDATE ON revisions FOR EACH ROW
    WHEN (OLD.state = 'published')
    EXECUTE FUNCTION refuse('version_is_kept');
CREATE TRIGGER revisions_kept BEFORE DELETE ON revisions FOR EACH ROW
    EXECUTE FUNCTION refuse('version_is_kept');
CREATE TRIGGER review_returns_append_only BEFORE UPDATE OR DELETE ON review_returns FOR EACH ROW
    EXECUTE FUNCTION refuse('append_only');
CREATE TRIGGER disclosures_append_only BEFORE UPDATE OR DELETE ON disclosures FOR EACH ROW
    EXECUTE FUNCTION refuse('append_only');
