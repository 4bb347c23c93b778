-- Which of its needs an organisation has a match of with a result: asked
-- whenever somebody is about to ask for the result. Pairs themselves are found
-- by matches_pair.

-- +goose Up
DROP INDEX matches_of_subject;
CREATE INDEX matches_of_subject ON matches (subject_id, need_org);
