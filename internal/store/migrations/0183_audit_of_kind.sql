-- The newest of one kind, and what happened to a subject of whatever kind: the
-- audit grows for as long as there is the platform, a page of it is fifty lines.

-- +goose Up
CREATE INDEX audit_of_kind ON audit (kind, id);
DROP INDEX audit_of_subject;
CREATE INDEX audit_of_subject ON audit (subject_id, id);
