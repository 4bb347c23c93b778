-- Matches that mediators make by hand, and what their desk asks for: needs by
-- their last day and by age, strong pairs that nobody acted on, and whether
-- a need was introduced.

-- +goose Up
CREATE TABLE proposals (
    id           TEXT    NOT NULL,
    kind         TEXT    NOT NULL DEFAULT 'proposal' CHECK (kind = 'proposal'),
    state        TEXT    NOT NULL,
    step_seq     BIGINT  NOT NULL,
    version      BIGINT  NOT NULL,
    match_id     TEXT    NOT NULL,
    need_id      TEXT    NOT NULL,
    subject_kind TEXT    NOT NULL CHECK (subject_kind IN ('achievement', 'package')),
    subject_id   TEXT    NOT NULL,
    broker_org   TEXT    NOT NULL,
    made_by      TEXT    NOT NULL, -- account
    note_zh      TEXT    NOT NULL,
    note_en      TEXT    NOT NULL,
    conflict     BOOLEAN NOT NULL, -- the mediator owns one of the sides
    band         TEXT    NOT NULL CHECK (band IN ('strong', 'good', 'possible', '')), -- when it was made
    made_at      BIGINT  NOT NULL,
    ended_at     BIGINT  NOT NULL, -- 0 while open
    CONSTRAINT proposals_pk PRIMARY KEY (id),
    CONSTRAINT proposals_match_fk FOREIGN KEY (match_id) REFERENCES matches (id),
    CONSTRAINT proposals_step_fk FOREIGN KEY (kind, id, step_seq, state)
        REFERENCES steps (kind, subject_id, seq, to_state) DEFERRABLE INITIALLY DEFERRED
);
CREATE UNIQUE INDEX proposals_one_open ON proposals (need_id, subject_id) WHERE state = 'open';
CREATE INDEX proposals_open_of_subject ON proposals (subject_id) WHERE state = 'open';
CREATE INDEX proposals_of_broker ON proposals (broker_org, id);
CREATE INDEX proposals_of_day ON proposals (broker_org, made_at);

CREATE INDEX listings_live_by_age ON listings (kind, published_at, id) WHERE state = 'published';
CREATE INDEX introductions_of_need ON introductions (need_id, state);
CREATE INDEX matches_by_strength ON matches (score, id) WHERE band IN ('strong', 'good');
