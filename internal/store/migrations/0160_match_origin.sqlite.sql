-- The ledger keeps how a pair came into it. A pair that people made may be one
-- that no model would show: its band is ''.

-- +goose Up
CREATE TABLE matches_with_origin (
    id           TEXT   NOT NULL,
    need_id      TEXT   NOT NULL,
    subject_kind TEXT   NOT NULL CHECK (subject_kind IN ('achievement', 'package')),
    subject_id   TEXT   NOT NULL,
    need_org     TEXT   NOT NULL,
    subject_org  TEXT   NOT NULL,
    origin       TEXT   NOT NULL CHECK (origin IN ('found', 'introduction', 'hand')),
    model        TEXT   NOT NULL,
    features     JSONB  NOT NULL,
    score        BIGINT NOT NULL, -- millionths
    band         TEXT   NOT NULL CHECK (band IN ('strong', 'good', 'possible', '')),
    version      BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL,
    CONSTRAINT matches_pk PRIMARY KEY (id),
    CONSTRAINT matches_pair UNIQUE (need_id, subject_id),
    CONSTRAINT matches_need_fk FOREIGN KEY (need_id) REFERENCES listings (id),
    CONSTRAINT matches_subject_fk FOREIGN KEY (subject_id) REFERENCES listings (id)
);
INSERT INTO matches_with_origin
SELECT id, need_id, subject_kind, subject_id, need_org, subject_org, 'found', model, features, score, band,
       version, created_at, updated_at FROM matches;
CREATE TABLE match_feedback_before AS SELECT * FROM match_feedback;
DROP TABLE match_feedback;
DROP TABLE matches;
ALTER TABLE matches_with_origin RENAME TO matches;
CREATE INDEX matches_of_subject ON matches (subject_id, need_id);

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
INSERT INTO match_feedback SELECT match_id, org_id, account_id, opinion, reason, at FROM match_feedback_before;
DROP TABLE match_feedback_before;
