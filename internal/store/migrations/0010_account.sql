-- Persons, accounts, organisations. Personal data stands here and nowhere
-- else; everything outside refers by id.

-- +goose Up
CREATE TABLE persons (
    id         TEXT   NOT NULL,
    name       TEXT   NOT NULL, -- '' once erased
    folded     TEXT   NOT NULL,
    named_by   TEXT,            -- the organisation that made the entry
    account_id TEXT,            -- who claimed it
    created_at BIGINT NOT NULL,
    erased_at  BIGINT NOT NULL,
    CONSTRAINT persons_pk PRIMARY KEY (id)
);
CREATE INDEX persons_of_organisation ON persons (named_by, folded, id);
CREATE INDEX persons_of_account ON persons (account_id);

CREATE TABLE accounts (
    id            TEXT   NOT NULL,
    kind          TEXT   NOT NULL DEFAULT 'account' CHECK (kind = 'account'),
    state         TEXT   NOT NULL,
    step_seq      BIGINT NOT NULL,
    version       BIGINT NOT NULL,
    person_id     TEXT   NOT NULL,
    locale        TEXT   NOT NULL,
    password_hash TEXT   NOT NULL,
    created_at    BIGINT NOT NULL,
    CONSTRAINT accounts_pk PRIMARY KEY (id),
    CONSTRAINT accounts_person_fk FOREIGN KEY (person_id) REFERENCES persons (id),
    CONSTRAINT accounts_step_fk FOREIGN KEY (kind, id, step_seq, state)
        REFERENCES steps (kind, subject_id, seq, to_state) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX accounts_unproven ON accounts (created_at) WHERE state = 'unconfirmed';

CREATE TABLE identifiers (
    id          TEXT   NOT NULL,
    account_id  TEXT   NOT NULL,
    kind        TEXT   NOT NULL CHECK (kind IN ('email')),
    value       TEXT   NOT NULL,
    folded      TEXT   NOT NULL,
    verified_at BIGINT NOT NULL,
    CONSTRAINT identifiers_pk PRIMARY KEY (id),
    CONSTRAINT identifiers_value UNIQUE (kind, folded),
    CONSTRAINT identifiers_account_fk FOREIGN KEY (account_id) REFERENCES accounts (id)
);
CREATE INDEX identifiers_of_account ON identifiers (account_id);

CREATE TABLE consents (
    id         TEXT    NOT NULL,
    account_id TEXT    NOT NULL,
    purpose    TEXT    NOT NULL,
    version    TEXT    NOT NULL,
    given      BOOLEAN NOT NULL,
    at         BIGINT  NOT NULL,
    CONSTRAINT consents_pk PRIMARY KEY (id),
    CONSTRAINT consents_account_fk FOREIGN KEY (account_id) REFERENCES accounts (id)
);
CREATE INDEX consents_of_account ON consents (account_id, id);

CREATE TABLE organisations (
    id            TEXT    NOT NULL,
    kind          TEXT    NOT NULL DEFAULT 'organisation' CHECK (kind = 'organisation'),
    state         TEXT    NOT NULL,
    step_seq      BIGINT  NOT NULL,
    version       BIGINT  NOT NULL,
    org_kind      TEXT    NOT NULL,
    name          JSONB   NOT NULL,
    folded        TEXT    NOT NULL,
    credit_code   TEXT    NOT NULL,
    verified_code TEXT, -- the credit code while verified: one organisation has it then
    region        TEXT    NOT NULL,
    address       TEXT    NOT NULL,
    website       TEXT    NOT NULL,
    about         JSONB   NOT NULL,
    contact       JSONB   NOT NULL,
    state_reason  TEXT    NOT NULL,
    demo          BOOLEAN NOT NULL,
    created_at    BIGINT  NOT NULL,
    CONSTRAINT organisations_pk PRIMARY KEY (id),
    CONSTRAINT organisations_verified_code UNIQUE (verified_code),
    CONSTRAINT organisations_step_fk FOREIGN KEY (kind, id, step_seq, state)
        REFERENCES steps (kind, subject_id, seq, to_state) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX organisations_by_state ON organisations (state, id);

CREATE TABLE members (
    id         TEXT   NOT NULL,
    org_id     TEXT   NOT NULL,
    account_id TEXT   NOT NULL,
    role       TEXT   NOT NULL,
    since      BIGINT NOT NULL,
    added_by   TEXT   NOT NULL, -- '' for the program itself
    CONSTRAINT members_pk PRIMARY KEY (id),
    CONSTRAINT members_role UNIQUE (org_id, account_id, role),
    CONSTRAINT members_org_fk FOREIGN KEY (org_id) REFERENCES organisations (id),
    CONSTRAINT members_account_fk FOREIGN KEY (account_id) REFERENCES accounts (id)
);
CREATE INDEX members_of_account ON members (account_id, org_id);

CREATE TABLE invitations (
    id         TEXT   NOT NULL,
    org_id     TEXT   NOT NULL,
    person_id  TEXT   NOT NULL,
    role       TEXT   NOT NULL, -- '' for a contributor
    email      TEXT   NOT NULL, -- '' once it ended
    invited_by TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at   BIGINT NOT NULL,
    CONSTRAINT invitations_pk PRIMARY KEY (id),
    CONSTRAINT invitations_org_fk FOREIGN KEY (org_id) REFERENCES organisations (id),
    CONSTRAINT invitations_person_fk FOREIGN KEY (person_id) REFERENCES persons (id)
);
CREATE INDEX invitations_open ON invitations (org_id, expires_at) WHERE ended_at = 0;
CREATE INDEX invitations_of_person ON invitations (person_id);

-- The texts of tokens are not stored; see account.Token.
CREATE TABLE tokens (
    id            TEXT   NOT NULL,
    purpose       TEXT   NOT NULL,
    account_id    TEXT,
    invitation_id TEXT,
    created_at    BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL,
    used_at       BIGINT NOT NULL,
    CONSTRAINT tokens_pk PRIMARY KEY (id),
    CONSTRAINT tokens_account_fk FOREIGN KEY (account_id) REFERENCES accounts (id),
    CONSTRAINT tokens_invitation_fk FOREIGN KEY (invitation_id) REFERENCES invitations (id)
);
CREATE INDEX tokens_of_account ON tokens (account_id, purpose);
CREATE INDEX tokens_ended ON tokens (expires_at);

CREATE TABLE sessions (
    id           TEXT   NOT NULL,
    token_hash   TEXT   NOT NULL,
    account_id   TEXT   NOT NULL,
    acting_org   TEXT,
    created_at   BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    user_agent   TEXT   NOT NULL,
    address      TEXT   NOT NULL,
    CONSTRAINT sessions_pk PRIMARY KEY (id),
    CONSTRAINT sessions_token UNIQUE (token_hash),
    CONSTRAINT sessions_account_fk FOREIGN KEY (account_id) REFERENCES accounts (id),
    CONSTRAINT sessions_org_fk FOREIGN KEY (acting_org) REFERENCES organisations (id)
);
CREATE INDEX sessions_of_account ON sessions (account_id, expires_at);
CREATE INDEX sessions_ended ON sessions (expires_at);
