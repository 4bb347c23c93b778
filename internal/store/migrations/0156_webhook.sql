-- Webhooks: where an organisation has messages sent, what is to be sent, and
-- the log of attempts. Secrets are sealed by the program.

-- +goose Up
CREATE TABLE webhook_endpoints (
    id              TEXT   NOT NULL,
    org_id          TEXT   NOT NULL,
    url             TEXT   NOT NULL,
    name            TEXT   NOT NULL,
    types           TEXT   NOT NULL, -- separated by spaces
    state           TEXT   NOT NULL CHECK (state IN ('active', 'paused', 'disabled')),
    disabled_reason TEXT   NOT NULL,
    secrets         JSONB  NOT NULL,
    failures        BIGINT NOT NULL, -- since the last success
    created_by      TEXT   NOT NULL,
    created_at      BIGINT NOT NULL,
    updated_at      BIGINT NOT NULL,
    version         BIGINT NOT NULL,
    CONSTRAINT webhook_endpoints_pk PRIMARY KEY (id),
    CONSTRAINT webhook_endpoints_organisation_fk FOREIGN KEY (org_id) REFERENCES organisations (id)
);
CREATE INDEX webhook_endpoints_of_organisation ON webhook_endpoints (org_id, id);

CREATE TABLE webhook_deliveries (
    id          TEXT   NOT NULL,
    endpoint_id TEXT   NOT NULL,
    event_id    TEXT   NOT NULL, -- events are pruned, so no reference
    type        TEXT   NOT NULL,
    payload     TEXT   NOT NULL, -- as it is signed: never parsed again
    state       TEXT   NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
    attempts    BIGINT NOT NULL,
    due_at      BIGINT NOT NULL,
    lease_until BIGINT NOT NULL,
    lease_token TEXT   NOT NULL,
    created_at  BIGINT NOT NULL,
    ended_at    BIGINT NOT NULL, -- 0 while pending
    CONSTRAINT webhook_deliveries_pk PRIMARY KEY (id),
    CONSTRAINT webhook_deliveries_once UNIQUE (endpoint_id, event_id),
    CONSTRAINT webhook_deliveries_endpoint_fk FOREIGN KEY (endpoint_id) REFERENCES webhook_endpoints (id)
);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (due_at, id) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_of_endpoint ON webhook_deliveries (endpoint_id, id);
CREATE INDEX webhook_deliveries_by_age ON webhook_deliveries (created_at);

CREATE TABLE webhook_attempts (
    id          TEXT   NOT NULL,
    delivery_id TEXT   NOT NULL,
    at          BIGINT NOT NULL,
    status      BIGINT NOT NULL, -- 0: no answer
    duration    BIGINT NOT NULL, -- microseconds
    excerpt     TEXT   NOT NULL,
    fault       TEXT   NOT NULL,
    CONSTRAINT webhook_attempts_pk PRIMARY KEY (id),
    CONSTRAINT webhook_attempts_delivery_fk FOREIGN KEY (delivery_id) REFERENCES webhook_deliveries (id)
);
CREATE INDEX webhook_attempts_of_delivery ON webhook_attempts (delivery_id, id);
