-- The record that every write leaves. Steps reference edges and the step
-- before them, so that neither an illegal move nor a gap in a history can be
-- stored by anybody, this program included.

-- +goose Up
CREATE TABLE edges (
    kind         TEXT    NOT NULL,
    from_state   TEXT    NOT NULL, -- '' before the first step
    to_state     TEXT    NOT NULL,
    action       TEXT    NOT NULL,
    needs_reason BOOLEAN NOT NULL,
    -- An edge that left the machine stays for the steps taken by it, retired.
    retired      BOOLEAN NOT NULL,
    CONSTRAINT edges_pk PRIMARY KEY (kind, from_state, to_state, action)
);

CREATE TABLE steps (
    kind       TEXT   NOT NULL,
    subject_id TEXT   NOT NULL,
    seq        BIGINT NOT NULL,
    prev_seq   BIGINT,
    from_state TEXT   NOT NULL,
    to_state   TEXT   NOT NULL,
    action     TEXT   NOT NULL,
    account_id TEXT   NOT NULL, -- '' for the program itself
    org_id     TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    reason     TEXT   NOT NULL,
    CONSTRAINT steps_pk PRIMARY KEY (kind, subject_id, seq),
    CONSTRAINT steps_position UNIQUE (kind, subject_id, seq, to_state),
    CONSTRAINT steps_chain CHECK (
        (seq = 1 AND prev_seq IS NULL AND from_state = '')
        OR (seq > 1 AND prev_seq IS NOT NULL AND prev_seq = seq - 1)),
    CONSTRAINT steps_edge_step_fk FOREIGN KEY (kind, from_state, to_state, action)
        REFERENCES edges (kind, from_state, to_state, action),
    CONSTRAINT steps_prev_step_fk FOREIGN KEY (kind, subject_id, prev_seq, from_state)
        REFERENCES steps (kind, subject_id, seq, to_state)
);

CREATE TABLE audit (
    id         TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    account_id TEXT   NOT NULL, -- '' for the program itself
    org_id     TEXT   NOT NULL,
    action     TEXT   NOT NULL,
    kind       TEXT   NOT NULL,
    subject_id TEXT   NOT NULL,
    version    BIGINT NOT NULL,
    detail     JSONB  NOT NULL,
    CONSTRAINT audit_pk PRIMARY KEY (id)
);
CREATE INDEX audit_of_subject ON audit (kind, subject_id, id);
CREATE INDEX audit_of_account ON audit (account_id, id);
