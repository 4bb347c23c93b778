-- Introductions and deals about a result that nobody has put into a package: it is named
-- with the need that it may meet.

-- +goose Up
ALTER TABLE introductions ADD COLUMN achievement_id TEXT
    CONSTRAINT introductions_achievement_alone CHECK (achievement_id IS NULL OR package_id IS NULL AND need_id IS NOT NULL);
ALTER TABLE deals ADD COLUMN achievement_id TEXT
    CONSTRAINT deals_achievement_alone CHECK (achievement_id IS NULL OR package_id IS NULL AND need_id IS NOT NULL);
CREATE INDEX deals_about_achievement ON deals (achievement_id) WHERE nda_in_force_at > 0;
