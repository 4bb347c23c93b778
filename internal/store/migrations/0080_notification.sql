-- Notifications, and the record of letters so that none is written twice.

-- +goose Up
CREATE TABLE notifications (
    id         TEXT   NOT NULL,
    account_id TEXT   NOT NULL,
    org_id     TEXT   NOT NULL, -- '' for the person
    event_id   TEXT   NOT NULL, -- events are pruned, so no reference
    code       TEXT   NOT NULL,
    kind       TEXT   NOT NULL,
    subject_id TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    read_at    BIGINT NOT NULL, -- 0 until read
    CONSTRAINT notifications_pk PRIMARY KEY (id),
    CONSTRAINT notifications_once UNIQUE (event_id, account_id, code)
);
CREATE INDEX notifications_of_account ON notifications (account_id, id);

CREATE TABLE letters (
    event_id  TEXT    NOT NULL,
    recipient TEXT    NOT NULL, -- an account; '' for a letter that a request addresses
    template  TEXT    NOT NULL,
    refused   BOOLEAN NOT NULL,
    at        BIGINT  NOT NULL,
    CONSTRAINT letters_pk PRIMARY KEY (event_id, recipient, template)
);
