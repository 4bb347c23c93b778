-- Documents with versions, asked for and granted one by one; who read what of
-- them; and the notes that organisations keep for themselves.

-- +goose Up

-- The file that the document began with; NULL for that file itself.
ALTER TABLE files ADD COLUMN document_id TEXT;
ALTER TABLE files ADD COLUMN number BIGINT NOT NULL DEFAULT 1;
-- The tier shows that it exists; its content is for those it was granted to.
ALTER TABLE files ADD COLUMN on_request BOOLEAN NOT NULL DEFAULT FALSE;
CREATE UNIQUE INDEX files_of_document ON files (document_id, number);

ALTER TABLE file_reads ADD COLUMN marked BOOLEAN NOT NULL DEFAULT FALSE;

CREATE TABLE file_requests (
    id             TEXT    NOT NULL,
    kind           TEXT    NOT NULL DEFAULT 'file_request' CHECK (kind = 'file_request'),
    state          TEXT    NOT NULL,
    step_seq       BIGINT  NOT NULL,
    version        BIGINT  NOT NULL,
    document_id    TEXT    NOT NULL,
    from_number    BIGINT  NOT NULL, -- the version that was current when it was asked for
    subject_kind   TEXT    NOT NULL,
    subject_id     TEXT    NOT NULL,
    owner_org      TEXT    NOT NULL,
    asker_org      TEXT    NOT NULL,
    told_name      TEXT    NOT NULL, -- the document's name as far as the asker knows it
    asked_by       TEXT    NOT NULL,
    asked_at       BIGINT  NOT NULL,
    reason         TEXT    NOT NULL,
    wants_original BOOLEAN NOT NULL,
    decided_by     TEXT    NOT NULL, -- '' while it waits
    decided_at     BIGINT  NOT NULL,
    until_day      TEXT    NOT NULL, -- the last day of a grant
    original       BOOLEAN NOT NULL,
    answer         TEXT    NOT NULL,
    CONSTRAINT file_requests_pk PRIMARY KEY (id),
    CONSTRAINT file_requests_two_sides CHECK (owner_org <> asker_org),
    CONSTRAINT file_requests_file_fk FOREIGN KEY (document_id) REFERENCES files (id),
    CONSTRAINT file_requests_step_fk FOREIGN KEY (kind, id, step_seq, state)
        REFERENCES steps (kind, subject_id, seq, to_state) DEFERRABLE INITIALLY DEFERRED
);
CREATE UNIQUE INDEX file_requests_one_open ON file_requests (document_id, asker_org) WHERE state = 'asked';
CREATE INDEX file_requests_received ON file_requests (owner_org, id);
CREATE INDEX file_requests_sent ON file_requests (asker_org, id);
CREATE INDEX file_requests_of_asker ON file_requests (subject_id, asker_org, id);

CREATE TABLE notes (
    id           TEXT   NOT NULL,
    version      BIGINT NOT NULL,
    org_id       TEXT   NOT NULL,
    subject_kind TEXT   NOT NULL CHECK (subject_kind IN ('achievement', 'package', 'need')),
    subject_id   TEXT   NOT NULL,
    account_id   TEXT   NOT NULL,
    text         TEXT   NOT NULL,
    written_at   BIGINT NOT NULL,
    changed_at   BIGINT NOT NULL,
    CONSTRAINT notes_pk PRIMARY KEY (id),
    CONSTRAINT notes_listing_fk FOREIGN KEY (subject_id) REFERENCES listings (id)
);
CREATE INDEX notes_of_organisation ON notes (org_id, id);
CREATE INDEX notes_of_subject ON notes (org_id, subject_id, id);
CREATE INDEX notes_of_account ON notes (account_id, id);
