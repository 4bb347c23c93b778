-- Who put the two sides of an introduction together by hand; '' for nobody.

-- +goose Up
ALTER TABLE introductions ADD COLUMN broker_org TEXT NOT NULL DEFAULT '';
