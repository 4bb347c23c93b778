-- In which recorded trace an event happened, for what handles it to go on in; most
-- happen in none.

-- +goose Up
ALTER TABLE events ADD COLUMN trace TEXT NOT NULL DEFAULT '';
