-- Since when an address takes nothing; 0 while it does. Of those that fail when
-- this is added the time counts from their next failure.

-- +goose Up
ALTER TABLE webhook_endpoints ADD COLUMN failing_since BIGINT NOT NULL DEFAULT 0;
