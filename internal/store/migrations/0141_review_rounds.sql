-- The reviewer's work: who has a submission before them, what each round of
-- review found and of which text, what contributors were asked and answered,
-- and which reminders of a listing's last day were given.

-- +goose Up
CREATE TABLE review_claims (
    revision_id TEXT   NOT NULL,
    account_id  TEXT   NOT NULL,
    until       BIGINT NOT NULL,
    CONSTRAINT review_claims_pk PRIMARY KEY (revision_id),
    CONSTRAINT review_claims_revision_fk FOREIGN KEY (revision_id) REFERENCES revisions (id)
);

CREATE TABLE review_rounds (
    revision_id TEXT   NOT NULL,
    step_seq    BIGINT NOT NULL,
    reason      TEXT   NOT NULL,
    at          BIGINT NOT NULL,
    checklist   JSONB  NOT NULL, -- {"fields": [{"code", "ok", "reason"}]}
    content     JSONB  NOT NULL, -- as it was before the reviewer
    CONSTRAINT review_rounds_pk PRIMARY KEY (revision_id, step_seq),
    CONSTRAINT review_rounds_revision_fk FOREIGN KEY (revision_id) REFERENCES revisions (id)
);

CREATE TABLE contributions (
    id          TEXT   NOT NULL,
    listing_id  TEXT   NOT NULL,
    person_id   TEXT   NOT NULL,
    role        TEXT   NOT NULL,
    weight      BIGINT NOT NULL,
    answer      TEXT   NOT NULL CHECK (answer IN ('asked', 'confirmed', 'declined')),
    reason      TEXT   NOT NULL,
    version     BIGINT NOT NULL,
    asked_at    BIGINT NOT NULL,
    answered_at BIGINT NOT NULL, -- 0 until answered
    CONSTRAINT contributions_pk PRIMARY KEY (id),
    CONSTRAINT contributions_once UNIQUE (listing_id, person_id),
    CONSTRAINT contributions_listing_fk FOREIGN KEY (listing_id) REFERENCES listings (id)
);
CREATE INDEX contributions_of_person ON contributions (person_id, asked_at, id);

-- One row for each reminder given: a letter goes out once, whatever restarts.
CREATE TABLE expiry_reminders (
    listing_id TEXT   NOT NULL,
    confirm_by TEXT   NOT NULL,
    days       BIGINT NOT NULL, -- before confirm_by
    at         BIGINT NOT NULL,
    CONSTRAINT expiry_reminders_pk PRIMARY KEY (listing_id, confirm_by, days),
    CONSTRAINT expiry_reminders_listing_fk FOREIGN KEY (listing_id) REFERENCES listings (id)
);
