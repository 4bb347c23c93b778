-- What proves an organisation and what its brokers have learnt, each looked at
-- by the platform's verifier; and the offers to hand an organisation over.

-- +goose Up
ALTER TABLE organisations ADD COLUMN verified_at BIGINT NOT NULL DEFAULT 0; -- 0 while it is not
ALTER TABLE organisations ADD COLUMN verified_until TEXT NOT NULL DEFAULT ''; -- civil date; '' without end
UPDATE organisations SET verified_at = coalesce((
    SELECT max(s.at) FROM steps s
    WHERE s.kind = 'organisation' AND s.subject_id = organisations.id AND s.to_state = 'verified'), created_at)
WHERE state = 'verified';

CREATE TABLE credentials (
    id              TEXT   NOT NULL,
    kind            TEXT   NOT NULL DEFAULT 'credential' CHECK (kind = 'credential'),
    state           TEXT   NOT NULL,
    step_seq        BIGINT NOT NULL,
    version         BIGINT NOT NULL,
    org_id          TEXT   NOT NULL,
    person_id       TEXT,            -- whose certificate; NULL for the organisation's
    credential_kind TEXT   NOT NULL,
    level           TEXT   NOT NULL, -- of a broker's certificate; '' of others
    number          TEXT   NOT NULL,
    issuer          TEXT   NOT NULL,
    valid_until     TEXT   NOT NULL, -- civil date; '' without end
    file_id         TEXT   NOT NULL,
    state_reason    TEXT   NOT NULL,
    submitted_at    BIGINT NOT NULL,
    submitted_by    TEXT   NOT NULL,
    decided_at      BIGINT NOT NULL, -- 0 until then
    CONSTRAINT credentials_pk PRIMARY KEY (id),
    CONSTRAINT credentials_org_fk FOREIGN KEY (org_id) REFERENCES organisations (id),
    CONSTRAINT credentials_person_fk FOREIGN KEY (person_id) REFERENCES persons (id),
    CONSTRAINT credentials_file_fk FOREIGN KEY (file_id) REFERENCES files (id),
    CONSTRAINT credentials_step_fk FOREIGN KEY (kind, id, step_seq, state)
        REFERENCES steps (kind, subject_id, seq, to_state) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX credentials_of_organisation ON credentials (org_id, id);
CREATE INDEX credentials_of_person ON credentials (person_id);
CREATE INDEX credentials_by_state ON credentials (state, id);
CREATE INDEX credentials_due ON credentials (valid_until, id) WHERE state = 'verified' AND valid_until <> '';

CREATE TABLE handovers (
    id           TEXT   NOT NULL,
    org_id       TEXT   NOT NULL,
    from_account TEXT   NOT NULL,
    to_account   TEXT   NOT NULL,
    offered_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    ended_at     BIGINT NOT NULL, -- 0 while it is open
    outcome      TEXT   NOT NULL, -- '' while it is open
    CONSTRAINT handovers_pk PRIMARY KEY (id),
    CONSTRAINT handovers_org_fk FOREIGN KEY (org_id) REFERENCES organisations (id),
    CONSTRAINT handovers_from_fk FOREIGN KEY (from_account) REFERENCES accounts (id),
    CONSTRAINT handovers_to_fk FOREIGN KEY (to_account) REFERENCES accounts (id)
);
CREATE UNIQUE INDEX handovers_open ON handovers (org_id) WHERE ended_at = 0;
