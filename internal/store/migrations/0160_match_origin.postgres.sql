-- The ledger keeps how a pair came into it. A pair that people made may be one
-- that no model would show: its band is ''.

-- +goose Up
ALTER TABLE matches ADD COLUMN origin TEXT NOT NULL DEFAULT 'found' CHECK (origin IN ('found', 'introduction', 'hand'));
ALTER TABLE matches ALTER COLUMN origin DROP DEFAULT;
ALTER TABLE matches DROP CONSTRAINT matches_band_check;
ALTER TABLE matches ADD CONSTRAINT matches_band_check CHECK (band IN ('strong', 'good', 'possible', ''));
