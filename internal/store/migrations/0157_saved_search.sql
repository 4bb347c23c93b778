-- Saved searches, and the ledger of what was found and told so that nothing is
-- told twice.

-- +goose Up
CREATE TABLE saved_searches (
    id          TEXT    NOT NULL,
    account_id  TEXT    NOT NULL,
    org_id      TEXT    NOT NULL, -- '' for oneself
    name        TEXT    NOT NULL,
    query       JSONB   NOT NULL,
    alert       TEXT    NOT NULL CHECK (alert IN ('off', 'at_once', 'daily', 'weekly')),
    by_mail     BOOLEAN NOT NULL,
    in_app      BOOLEAN NOT NULL,
    changes     BOOLEAN NOT NULL,
    feed_serial BIGINT  NOT NULL,
    feed_on     BOOLEAN NOT NULL,
    due_at      BIGINT  NOT NULL, -- 0 without a clock
    created_at  BIGINT  NOT NULL,
    updated_at  BIGINT  NOT NULL,
    version     BIGINT  NOT NULL,
    CONSTRAINT saved_searches_pk PRIMARY KEY (id),
    CONSTRAINT saved_searches_account_fk FOREIGN KEY (account_id) REFERENCES accounts (id)
);
CREATE INDEX saved_searches_of_account ON saved_searches (account_id, id);
CREATE INDEX saved_searches_alerting ON saved_searches (id) WHERE alert <> 'off';
CREATE INDEX saved_searches_due ON saved_searches (due_at) WHERE due_at > 0;

CREATE TABLE saved_search_ledger (
    search_id  TEXT   NOT NULL,
    listing_id TEXT   NOT NULL,
    edition    TEXT   NOT NULL, -- '' where a listing counts once, else its mark
    mark       TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    digest     TEXT   NOT NULL, -- by which event it was told; '' while it waits
    CONSTRAINT saved_search_ledger_pk PRIMARY KEY (search_id, listing_id, edition),
    CONSTRAINT saved_search_ledger_search_fk FOREIGN KEY (search_id) REFERENCES saved_searches (id)
);
CREATE INDEX saved_search_ledger_digest ON saved_search_ledger (search_id, digest);
