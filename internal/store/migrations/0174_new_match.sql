-- The newest strong matches of an organisation's listings, on whichever side.

-- +goose Up
CREATE INDEX matches_new_of_need ON matches (need_org, created_at, id) WHERE band = 'strong';
CREATE INDEX matches_new_of_subject ON matches (subject_org, created_at, id) WHERE band = 'strong';
