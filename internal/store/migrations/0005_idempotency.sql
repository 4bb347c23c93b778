-- Answers to unsafe requests, kept by the key the client chose, so that a
-- repeated request is answered and not done again.

-- +goose Up
CREATE TABLE idempotency (
    scope        TEXT   NOT NULL, -- the account, or what stands for it before signing in
    key          TEXT   NOT NULL,
    request_hash TEXT   NOT NULL,
    status       BIGINT NOT NULL, -- 0 until the answer is known, inside one transaction only
    headers      JSONB  NOT NULL,
    body         TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    CONSTRAINT idempotency_pk PRIMARY KEY (scope, key)
);
CREATE INDEX idempotency_age ON idempotency (created_at);
