-- Since when an address takes nothing; 0 while it does. Of those that fail when
-- this is added the time counts from their next failure.

-- +goose Up
ALTER TABLE webhook_endpoints ADD COLUMN failing_since BIGINT NOT NULL DEFAULT 0;
-- Each claim asks which addresses have messages on their way, however many wait.
CREATE INDEX webhook_deliveries_on_their_way ON webhook_deliveries (lease_until, endpoint_id) WHERE state = 'pending';
