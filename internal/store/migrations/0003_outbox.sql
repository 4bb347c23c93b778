-- What happened, and who still has to be told.

-- +goose Up
CREATE TABLE events (
    id         TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    kind       TEXT   NOT NULL,
    subject_id TEXT   NOT NULL,
    version    BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    account_id TEXT   NOT NULL,
    org_id     TEXT   NOT NULL,
    data       JSONB  NOT NULL,
    -- The place in commit order, given after commit by the one dispatcher.
    position   BIGINT,
    CONSTRAINT events_pk PRIMARY KEY (id),
    CONSTRAINT events_position UNIQUE (position)
);
CREATE INDEX events_without_position ON events (id) WHERE position IS NULL;
CREATE INDEX events_aged ON events (at) WHERE position IS NOT NULL;
CREATE INDEX events_of_subject ON events (kind, subject_id, id);

CREATE TABLE deliveries (
    event_id    TEXT   NOT NULL,
    consumer    TEXT   NOT NULL,
    state       TEXT   NOT NULL CHECK (state IN ('pending', 'done', 'dead')),
    attempts    BIGINT NOT NULL,
    due_at      BIGINT NOT NULL,
    lease_until BIGINT NOT NULL, -- 0 when not claimed
    lease_token TEXT   NOT NULL,
    last_error  TEXT   NOT NULL,
    ended_at    BIGINT NOT NULL, -- 0 while pending
    CONSTRAINT deliveries_pk PRIMARY KEY (event_id, consumer),
    CONSTRAINT deliveries_event_fk FOREIGN KEY (event_id) REFERENCES events (id)
);
CREATE INDEX deliveries_due ON deliveries (consumer, due_at, event_id) WHERE state = 'pending';
CREATE INDEX deliveries_dead ON deliveries (ended_at, event_id) WHERE state = 'dead';
CREATE INDEX deliveries_done ON deliveries (ended_at) WHERE state = 'done';

-- The last position given. A row of its own, because pruning deletes events
-- and a position must never be given twice.
CREATE TABLE feed (
    name     TEXT   NOT NULL,
    position BIGINT NOT NULL,
    CONSTRAINT feed_pk PRIMARY KEY (name)
);
INSERT INTO feed (name, position) VALUES ('events', 0);
