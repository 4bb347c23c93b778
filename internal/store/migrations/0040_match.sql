-- The ledger of matches: which need and result were found to fit, by which
-- model and why, and what either side thinks of it.

-- +goose Up
CREATE TABLE matches (
    id           TEXT   NOT NULL,
    need_id      TEXT   NOT NULL,
    subject_kind TEXT   NOT NULL CHECK (subject_kind IN ('achievement', 'package')),
    subject_id   TEXT   NOT NULL,
    need_org     TEXT   NOT NULL,
    subject_org  TEXT   NOT NULL,
    model        TEXT   NOT NULL,
    features     JSONB  NOT NULL,
    score        BIGINT NOT NULL, -- millionths
    band         TEXT   NOT NULL CHECK (band IN ('strong', 'good', 'possible')),
    version      BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL,
    CONSTRAINT matches_pk PRIMARY KEY (id),
    CONSTRAINT matches_pair UNIQUE (need_id, subject_id),
    CONSTRAINT matches_need_fk FOREIGN KEY (need_id) REFERENCES listings (id),
    CONSTRAINT matches_subject_fk FOREIGN KEY (subject_id) REFERENCES listings (id)
);
CREATE INDEX matches_of_subject ON matches (subject_id, need_id);

-- One opinion of each organisation on a match.
CREATE TABLE match_feedback (
    match_id   TEXT   NOT NULL,
    org_id     TEXT   NOT NULL,
    account_id TEXT   NOT NULL,
    opinion    TEXT   NOT NULL CHECK (opinion IN ('relevant', 'irrelevant')),
    reason     TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    CONSTRAINT match_feedback_pk PRIMARY KEY (match_id, org_id),
    CONSTRAINT match_feedback_match_fk FOREIGN KEY (match_id) REFERENCES matches (id)
);

-- How far in the feed of events the ledger is written. All replicas share it.
CREATE TABLE match_cursor (
    name     TEXT   NOT NULL,
    position BIGINT NOT NULL,
    CONSTRAINT match_cursor_pk PRIMARY KEY (name)
);
INSERT INTO match_cursor (name, position) VALUES ('ledger', 0);
