-- API tokens. The secret stands nowhere; the hash of the whole text does.

-- +goose Up
CREATE TABLE api_tokens (
    id           TEXT   NOT NULL,
    prefix       TEXT   NOT NULL,
    hash         TEXT   NOT NULL,
    account_id   TEXT   NOT NULL,
    org_id       TEXT   NOT NULL,
    name         TEXT   NOT NULL,
    scopes       TEXT   NOT NULL, -- separated by spaces
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL, -- 0: no end date
    last_used_at BIGINT NOT NULL, -- 0 before the first use
    ended_at     BIGINT NOT NULL, -- 0 while it is good
    end_reason   TEXT   NOT NULL,
    CONSTRAINT api_tokens_pk PRIMARY KEY (id),
    CONSTRAINT api_tokens_prefix UNIQUE (prefix),
    CONSTRAINT api_tokens_account_fk FOREIGN KEY (account_id) REFERENCES accounts (id),
    CONSTRAINT api_tokens_organisation_fk FOREIGN KEY (org_id) REFERENCES organisations (id)
);
CREATE INDEX api_tokens_of_organisation ON api_tokens (org_id, id);
CREATE INDEX api_tokens_of_account ON api_tokens (account_id, org_id);
