-- Files attached to subjects, and who was given them.

-- +goose Up
CREATE TABLE files (
    id           TEXT   NOT NULL,
    subject_kind TEXT   NOT NULL,
    subject_id   TEXT   NOT NULL,
    blob_key     TEXT   NOT NULL,
    name         TEXT   NOT NULL,
    size         BIGINT NOT NULL, -- bytes
    content_type TEXT   NOT NULL,
    sha256       TEXT   NOT NULL,
    tier         TEXT   NOT NULL CHECK (tier IN ('PUBLIC', 'MEMBERS', 'NDA')),
    uploaded_by  TEXT   NOT NULL,
    org_id       TEXT   NOT NULL,
    uploaded_at  BIGINT NOT NULL,
    CONSTRAINT files_pk PRIMARY KEY (id),
    CONSTRAINT files_of_blob UNIQUE (blob_key)
);
CREATE INDEX files_of_subject ON files (subject_kind, subject_id, id);

CREATE TABLE file_reads (
    id         TEXT   NOT NULL,
    file_id    TEXT   NOT NULL,
    account_id TEXT   NOT NULL,
    org_id     TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    CONSTRAINT file_reads_pk PRIMARY KEY (id),
    CONSTRAINT file_reads_file_fk FOREIGN KEY (file_id) REFERENCES files (id)
);
CREATE INDEX file_reads_of_file ON file_reads (file_id, id);
