-- What the owner of components says to having them in another organisation's
-- package: one agreement for each owner and each set of terms.

-- +goose Up
CREATE TABLE agreements (
    id          TEXT   NOT NULL,
    -- The kind is part of every key of history; a composite foreign key needs it as a column.
    kind        TEXT   NOT NULL DEFAULT 'agreement' CHECK (kind = 'agreement'),
    state       TEXT   NOT NULL,
    step_seq    BIGINT NOT NULL,
    version     BIGINT NOT NULL,
    package_id  TEXT   NOT NULL,
    package_org TEXT   NOT NULL, -- who asks
    owner_org   TEXT   NOT NULL, -- who answers
    terms_hash  TEXT   NOT NULL, -- of components, rights, weights and price
    title_zh    TEXT   NOT NULL, -- the package's, when it was asked
    title_en    TEXT   NOT NULL,
    terms       JSONB  NOT NULL,
    asked_at    BIGINT NOT NULL,
    answered_at BIGINT NOT NULL, -- 0 until answered
    reason      TEXT   NOT NULL,
    CONSTRAINT agreements_pk PRIMARY KEY (id),
    CONSTRAINT agreements_once UNIQUE (package_id, owner_org, terms_hash),
    CONSTRAINT agreements_not_with_oneself CHECK (owner_org <> package_org),
    CONSTRAINT agreements_package_fk FOREIGN KEY (package_id) REFERENCES listings (id),
    CONSTRAINT agreements_owner_fk FOREIGN KEY (owner_org) REFERENCES organisations (id),
    CONSTRAINT agreements_step_fk FOREIGN KEY (kind, id, step_seq, state)
        REFERENCES steps (kind, subject_id, seq, to_state) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX agreements_of_owner ON agreements (owner_org, id);
CREATE INDEX agreements_asked ON agreements (owner_org, asked_at, id) WHERE state = 'asked';
