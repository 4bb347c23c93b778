-- +goose Up
ALTER TABLE listings ADD COLUMN created_by TEXT NOT NULL DEFAULT ''; -- account; '' for the program itself
UPDATE listings SET created_by = coalesce(
    (SELECT s.account_id FROM steps s WHERE s.kind = listings.kind AND s.subject_id = listings.id AND s.seq = 1), '');

ALTER TABLE revisions ADD COLUMN technical_field TEXT NOT NULL DEFAULT '';
ALTER TABLE revisions ADD COLUMN quality BIGINT NOT NULL DEFAULT -1; -- when saved last; -1 where nobody graded it
UPDATE revisions SET technical_field = coalesce(content ->> 'technical_field', '')
WHERE state IN ('draft', 'in_review', 'returned');
